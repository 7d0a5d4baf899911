"""Substitutions and trends as text."""

from datetime import UTC, datetime, timedelta

import pytest

from diffs.lexicon import Pack, Term, lexicon_of
from diffs.report.phrases import touches
from diffs.report.terms import point_words, table, trend_lines
from diffs.trends import Stood, trends
from diffs.watched import Touched
from snapshots.records import Item, SubstitutionCount

AT = datetime(2021, 6, 1, tzinfo=UTC)
LONG = "an Alternatives to Detention programme for families"


def counted(old, new, *, is_systematic=False, chance=1.0):
    return SubstitutionCount(
        old=old,
        new=new,
        places=4,
        items=3,
        sources=1,
        first=AT,
        last=AT,
        reverse_places=0,
        chance=chance,
        is_systematic=is_systematic,
    )


def test_the_systematic_stand_apart_from_what_may_be_chance():
    counts = [counted("aliens", "noncitizens", is_systematic=True, chance=0.0048)]

    assert table([*counts, counted("ship", "boat")], width=100) == [
        "phrase                places  items  sources  first       last        back  chance",
        "",
        "Systematic: in more items than chance explains, and one way",
        "aliens → noncitizens       4      3        1  2021-06-01  2021-06-01     0   0.005",
        "",
        "Others, which may be chance",
        "ship → boat                4      3        1  2021-06-01  2021-06-01     0   1.000",
    ]


@pytest.mark.parametrize("width", [36, 40, 60, 78, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal(width):
    moments = [AT + timedelta(days=n) for n in range(300)]
    items = [Item(key=str(n), text=f"{LONG} {LONG} aliens {n}") for n in range(9)]
    wordings = [Stood(source="ice", item=item, first=AT, until=None) for item in items]
    lexicon = lexicon_of([Pack(title="p", terms=(Term(old="alien"),))])
    (trend,) = trends(["alien"], lexicon, wordings, {"ice": moments})

    lines = [*table([counted(LONG, LONG)], width=width), *trend_lines(trend, width=width)]

    assert max(map(len, lines)) <= width
    assert lines[-1] == "    and 4 items more"


def test_control_characters_of_a_page_do_not_get_out():
    assert "\x1b" not in "".join(table([counted("a\x1b[31m", "b")], width=80))


def test_a_point_in_words():
    item = Item(key="a", text="aliens")
    lexicon = lexicon_of([Pack(title="p", terms=(Term(old="alien"),))])
    stood = Stood(source="ice", item=item, first=AT, until=None)
    (trend,) = trends(["alien"], lexicon, [stood], {"ice": [AT]})

    assert point_words(trend.points[0]) == "2021-06-01: 1 use in 1 item"


@pytest.mark.parametrize(
    ("touched", "words"),
    [
        (
            Touched(old="alien", new="noncitizen", times=2, packs=("2021",), against=("2025",)),
            "watched: alien → noncitizen (2 places), as “2021” asks",
        ),
        (
            Touched(old="noncitizen", new="alien", times=1, against=("2021",)),
            "watched: noncitizen → alien (1 place), against “2021”",
        ),
        (Touched(old="alien", new=None, times=1), "watched: alien taken out (1 place)"),
        (Touched(old=None, new="alien", times=1), "watched: alien put in (1 place)"),
    ],
)
def test_a_watched_term_is_told_with_its_direction(touched, words):
    assert touches([touched]) == words
    assert touches([]) == ""


def test_where_there_is_no_width_for_columns_numbers_are_in_words():
    counts = [counted("aliens", "noncitizens", is_systematic=True, chance=0.0048)]

    assert table([*counts, counted("ship", "boat")], width=60) == [
        "Systematic: in more items than chance explains, and one way",
        "aliens → noncitizens",
        "    4 places in 3 items of 1 source; 2021-06-01; chance",
        "    0.005",
        "",
        "Others, which may be chance",
        "ship → boat",
        "    4 places in 3 items of 1 source; 2021-06-01; chance",
        "    1.000",
    ]
