"""The freshness that every form of a report states, and the interval that every change does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from diffs.report import html, markdown, text, view
from diffs.report.freshness import standing, statement, table
from diffs.report.phrases import claim
from snapshots.records import (
    Change,
    ChangeRecord,
    FieldChange,
    Item,
    Kind,
    Outcome,
    Seen,
    Snapshot,
    SourceStatus,
    Verdict,
)

NOON = datetime(2021, 5, 3, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRESH = SourceStatus(
    source="dhs",
    title="DHS",
    url="https://dhs.gov/",
    visits=9,
    first_at=NOON - 9 * DAY,
    last_at=NOON - HOUR,
    last_good_at=NOON - HOUR,
    last_outcome=Outcome.UNCHANGED,
    last_reason=None,
    items=3,
    outcomes={"new": 1, "unchanged": 8},
    due_at=NOON + 23 * HOUR,
)
BLIND = replace(
    FRESH,
    source="ice",
    last_good_at=NOON - 3 * DAY,
    last_outcome=Outcome.BLOCKED,
    last_reason="https://ice.gov/ answered 403",
    blind_since=NOON - 2 * DAY,
    bad_visits=4,
    due_at=NOON,
)
OVERDUE = replace(BLIND, is_overdue=True)
QUARANTINED = replace(BLIND, source="cbp", last_outcome=Outcome.QUARANTINED, last_reason="3 of 25")
PARTIAL = replace(
    FRESH, source="fema", last_outcome=Outcome.PARTIAL, last_reason="cut short after 2 pages"
)
NEVER = replace(
    FRESH,
    source="eoir",
    visits=0,
    first_at=None,
    last_at=None,
    last_good_at=None,
    last_outcome=None,
    outcomes={},
    due_at=None,
    is_overdue=True,
)


def test_the_statement_counts_answers_and_names_what_is_overdue_or_blind() -> None:
    statuses = (FRESH, OVERDUE, QUARANTINED, PARTIAL, NEVER)

    assert statement(statuses, NOON) == (
        "On 2021-05-03 12:00 UTC, 4 of 5 sources had been visited; last answers: 1 unchanged, "
        "1 partial, 1 blocked, 1 quarantined. 2 are overdue: ice, eoir. "
        "2 are blind: ice since 2021-05-01 12:00 UTC, cbp since 2021-05-01 12:00 UTC."
    )


def test_the_statement_says_so_when_all_is_well() -> None:
    assert statement((FRESH,), NOON) == (
        "On 2021-05-03 12:00 UTC, 1 of 1 source had been visited; last answers: 1 unchanged. "
        "None is overdue. None is blind."
    )


def test_the_statement_names_a_few_of_many() -> None:
    many = tuple(replace(NEVER, source=f"s{number}") for number in range(8))

    assert statement(many, NOON) == (
        "On 2021-05-03 12:00 UTC, 0 of 8 sources had been visited. "
        "8 are overdue: s0, s1, s2, s3, s4 and 3 more. None is blind."
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (FRESH, ""),
        (PARTIAL, ""),
        (BLIND, "blind since 2021-05-01 12:00 UTC (2 days, 4 visits)"),
        (OVERDUE, "overdue; blind since 2021-05-01 12:00 UTC (2 days, 4 visits)"),
        (
            QUARANTINED,
            "blind since 2021-05-01 12:00 UTC (2 days, 4 visits); waits for: reworded accept cbp",
        ),
        (NEVER, "overdue; never visited"),
        (replace(FRESH, is_overdue=True), "overdue"),
    ],
    ids=["fresh", "partial", "blind", "overdue", "quarantined", "never_visited", "silent"],
)
def test_what_is_wrong_with_a_source_is_told_in_words(status: SourceStatus, told: str) -> None:
    assert standing(status, NOON) == told


def test_the_table_tells_each_source_and_below_it_what_is_not_well() -> None:
    statuses = (FRESH, OVERDUE, PARTIAL, NEVER)

    assert table(statuses, NOON, colour=False, width=80) == [
        "  source  last answer  last good visit   next due (UTC)",
        "  dhs     unchanged    2021-05-03 11:00  2021-05-04 11:00",
        "! ice     blocked      2021-04-30 12:00  now",
        "      overdue; blind since 2021-05-01 12:00 UTC (2 days, 4 visits); last answer:",
        "      blocked on 2021-05-03 11:00 UTC: https://ice.gov/ answered 403",
        "  fema    partial      2021-05-03 11:00  2021-05-04 11:00",
        "      last answer: partial on 2021-05-03 11:00 UTC: cut short after 2 pages",
        "! eoir    none yet     never             now",
        "      overdue; never visited",
    ]


def test_colours_mark_what_is_overdue_and_what_is_blind() -> None:
    lines = table((FRESH, OVERDUE, BLIND), NOON, colour=True, width=120)

    assert [line[:7] for line in lines if not line.startswith("      ")] == [
        "\x1b[1m  s",
        "  dhs  ",
        "\x1b[1;31m",
        "\x1b[33m  ",
    ]


def test_a_terminal_is_not_driven_by_what_a_site_answered() -> None:
    hostile = replace(OVERDUE, last_reason="\x1b]0;owned\x07\x1b[2J", source="i\x1b[31mce")

    told = [statement((hostile,), NOON), *table((hostile,), NOON, colour=False, width=80)]

    assert "\x1b" not in "".join(told)


def item(number: int) -> Item:
    return Item(key=f"k{number}", title=f"Sheet {number}", url=f"https://ice.gov/{number}")


def report() -> view.Report:
    """A report with a change of every kind, and more than are told one by one."""
    old = Snapshot(id=1, source="ice", captured_at=NOON - 9 * DAY, digests=("sha256:aa",))
    seen = Seen(old=old, new=replace(old, id=2), good_visits_between=5, longest_gap_s=176_000)
    link = {"url": FieldChange("https://ice.gov/old", "https://ice.gov/new")}
    reworded = {"summary": FieldChange("Then.", "Now.")}
    changes = [
        Change(kind=Kind.ADDED, item=item(1)),
        Change(kind=Kind.REMOVED, item=item(2), verdict=Verdict.GONE),
        Change(kind=Kind.REMOVED, item=item(3), verdict=Verdict.ROLLED_OFF),
        Change(kind=Kind.CHANGED, item=item(4), changed=("summary",), fields=reworded),
        *(
            Change(kind=Kind.CHANGED, item=item(n), changed=("url",), fields=link)
            for n in range(10, 40)
        ),
    ]
    return view.Report(
        made_at=NOON,
        version="0.1.0",
        since=None,
        until=None,
        sources=(FRESH, OVERDUE, QUARANTINED, NEVER),
        changes=tuple(
            ChangeRecord(id=number, source="ice", change=change, seen=seen)
            for number, change in enumerate(changes, 1)
        ),
        substitutions=(),
        failures=(),
    )


FORMS = {
    "text": lambda: " ".join(text.render(report(), colour=False, width=80).split()),
    "markdown": lambda: markdown.render(report()).replace("\\", ""),
    "html": lambda: html.render(report()).replace("&#39;", "'"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_report_states_how_fresh_it_is(form: str) -> None:
    told = FORMS[form]()

    assert statement(report().sources, NOON) in told
    assert "overdue; blind since 2021-05-01 12:00 UTC (2 days, 4 visits)" in told
    assert "waits for: reworded accept cbp" in told
    assert "overdue; never visited" in told
    assert "https://ice.gov/ answered 403" in told


@pytest.mark.parametrize("form", FORMS)
def test_every_change_says_between_which_visits_it_lies(form: str) -> None:
    told = FORMS[form]()

    claims = [claim(card) for section in view.sections(report()) for card in section.cards]
    assert len(claims) == 5
    assert [told.count(each) for each in claims] == [claims.count(each) for each in claims]
    assert all("5 good visits between, longest blind gap 2 days." in each for each in claims)
