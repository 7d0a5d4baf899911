"""Trends: how often a term is used over time, so that failing to see is never a fall."""

from datetime import UTC, datetime, timedelta

import pytest

from diffs.lexicon import Pack, Term, lexicon_of
from diffs.trends import Stood, series, sparkline, trends
from snapshots.records import Item

START = datetime(2021, 1, 1, tzinfo=UTC)
DAYS = [START + timedelta(days=n) for n in range(5)]
LEXICON = lexicon_of([Pack(title="p", terms=(Term(old="alien", new=("noncitizen",)),))])


def stood(key, text, first, until=None, *, source="ice"):
    return Stood(
        source=source,
        item=Item(key=key, title="Sheet", text=text),
        first=DAYS[first],
        until=DAYS[until] if until is not None else None,
    )


def trend(*wordings, days=(0, 1, 2, 3, 4)):
    (found,) = trends(["alien"], LEXICON, wordings, {"ice": [DAYS[n] for n in days]})
    return found


def told(found):
    """(uses, panel uses, items, entered, left) at each point."""
    return [(p.uses, p.panel_uses, p.items, p.entered, p.left) for p in found.points]


def test_a_rewording_moves_the_panel():
    found = trend(stood("a", "aliens, an alien", 0, 2), stood("a", "noncitizens", 2))

    assert told(found) == [(2, 2, 1, 0, 0)] * 2 + [(0, 0, 1, 0, 0)] * 3
    assert found.panel_items == 1


def test_items_that_come_and_go_leave_the_panel_as_it_was():
    found = trend(
        stood("a", "alien", 0), stood("b", "aliens aliens", 1, 3), stood("c", "alien", 0, 4)
    )

    assert told(found) == [
        (2, 1, 2, 0, 0),
        (4, 1, 3, 1, 0),
        (4, 1, 3, 0, 0),
        (2, 1, 2, 0, 1),
        (1, 1, 1, 0, 1),
    ]
    assert series(found, is_panel=True) == [(day, 1) for day in DAYS]


def test_a_visit_that_failed_is_no_point_and_no_fall():
    found = trend(stood("a", "alien", 0), days=(0, 1, 4))

    assert series(found) == [(DAYS[0], 1), (DAYS[1], 1), (DAYS[4], 1)]


def test_what_began_and_ended_between_two_points_is_not_seen():
    found = trend(stood("a", "alien", 0), stood("b", "alien", 1, 2), days=(0, 2, 4))

    assert told(found) == [(1, 1, 1, 0, 0)] * 3
    assert [each.item.key for each in found.items] == ["a"]


def test_an_items_own_uses_are_told_step_by_step_with_its_absence():
    found = trend(
        stood("a", "alien", 0, 1), stood("a", "people", 1, 2), stood("a", "alien alien", 3)
    )

    (item,) = found.items
    assert item.steps == ((DAYS[0], 1), (DAYS[1], 0), (DAYS[2], None), (DAYS[3], 2))
    assert (item.first, item.last) == (1, 2)


def test_the_title_the_summary_and_further_columns_count_but_the_kind_of_block_does_not():
    item = Item(
        key="a", title="Alien", summary="aliens", fields={"office": "alien", "block": "alien"}
    )

    (found,) = trends(
        ["alien"],
        LEXICON,
        [Stood(source="ice", item=item, first=DAYS[0], until=None)],
        {"ice": DAYS},
    )

    assert found.points[0].uses == 3


def test_all_sources_together_begin_when_each_had_been_seen():
    found = trends(
        ["alien"],
        LEXICON,
        [stood("a", "alien", 0), stood("a", "alien alien", 2, source="cbp")],
        {"ice": [DAYS[0], DAYS[1], DAYS[3]], "cbp": [DAYS[2], DAYS[4]]},
    )

    assert [each.source for each in found] == [None, "ice", "cbp"]
    assert series(found[0]) == [(DAYS[2], 3), (DAYS[3], 3), (DAYS[4], 3)]
    assert found[0].panel_items == 2


def test_a_source_without_a_good_snapshot_has_no_trend():
    assert trends(["alien"], LEXICON, [], {"ice": []}) == []


@pytest.mark.parametrize(
    ("values", "width", "bars"),
    [
        ([0, 1, 7], 10, "▁▂█"),
        ([0, 0], 10, "▁▁"),
        ([100, 1, 0], 10, "█▂▁"),
        ([0, 5, 0, 10], 2, "▅█"),
        ([], 10, ""),
    ],
)
def test_bars_show_none_as_the_lowest_and_any_use_above_it(values, width, bars):
    assert sparkline(values, width) == bars
