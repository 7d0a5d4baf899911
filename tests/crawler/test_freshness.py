"""When a source is due, and from when it is overdue."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.config import Source
from crawler.freshness import due_at, is_due, overdue_at, with_freshness
from snapshots.archive import LastVisit
from snapshots.records import Outcome, Read, SourceStatus

NOON = datetime(2021, 5, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def source(schedule: str, timezone: str = "UTC") -> Source:
    return Source(
        key="ice",
        url="https://ice.gov/",
        read=Read.PAGE,
        title="ICE",
        schedule=schedule,
        timezone=timezone,
    )


def last(at: datetime, bad_visits: int = 0) -> LastVisit:
    outcome = "failed" if bad_visits else "unchanged"
    return LastVisit(at, outcome, None, None, bad_visits, at if bad_visits else None)


def status(first_at: datetime | None, good_at: datetime | None, bad_visits: int) -> SourceStatus:
    return SourceStatus(
        source="ice",
        title="ICE",
        url="https://ice.gov/",
        visits=bad_visits + (good_at is not None),
        first_at=first_at,
        last_at=first_at,
        last_good_at=good_at,
        last_outcome=Outcome.FAILED if first_at else None,
        last_reason=None,
        items=0,
        bad_visits=bad_visits,
    )


def test_a_source_that_was_never_visited_is_due() -> None:
    assert is_due(source("weekly"), None, NOON)


@pytest.mark.parametrize(
    ("ago", "due"),
    [
        (timedelta(hours=23, minutes=58), False),
        (timedelta(hours=23, minutes=59, seconds=30), True),
        (DAY, True),
        (400 * DAY, True),
        (timedelta(0), False),
    ],
    ids=["early", "within_the_slack", "on_time", "late", "just_visited"],
)
def test_a_daily_source_is_due_a_day_after_its_last_visit(ago: timedelta, due: bool) -> None:
    assert is_due(source("daily"), last(NOON - ago), NOON) is due


def test_a_source_of_a_minute_is_not_due_before_half_of_it() -> None:
    often = source("every 1 minute")

    assert not is_due(often, last(NOON), NOON + timedelta(seconds=20))
    assert is_due(often, last(NOON), NOON + timedelta(seconds=31))


@pytest.mark.parametrize(
    ("seen", "due"),
    [
        (datetime(2021, 5, 1, 5, 59, tzinfo=UTC), True),
        (datetime(2021, 5, 1, 6, 1, tzinfo=UTC), False),
        (datetime(2021, 4, 20, tzinfo=UTC), True),
    ],
    ids=["before_six", "after_six", "long_ago"],
)
def test_a_cron_source_is_due_once_its_time_has_come(seen: datetime, due: bool) -> None:
    assert is_due(source("0 6 * * *"), last(seen), NOON) is due


def test_cron_fields_are_read_in_the_sources_time_zone() -> None:
    """06:00 in New York is 10:00 UTC in summer."""
    seen = datetime(2021, 5, 1, 9, tzinfo=UTC)

    assert due_at(source("0 6 * * *", "America/New_York"), seen, 0) == seen.replace(hour=10)
    assert due_at(source("0 6 * * *"), seen, 0) == seen.replace(hour=6) + DAY


@pytest.mark.parametrize(
    ("bad_visits", "wait"),
    [
        (0, DAY),
        (1, 15 * MINUTE),
        (2, 30 * MINUTE),
        (3, HOUR),
        (6, 8 * HOUR),
        (7, 16 * HOUR),
        (8, DAY),
        (5000, DAY),
    ],
)
def test_a_source_that_was_not_seen_is_due_again_ever_later(
    bad_visits: int, wait: timedelta
) -> None:
    assert due_at(source("daily"), NOON, bad_visits) == NOON + wait


def test_a_retry_never_comes_later_than_the_schedule() -> None:
    assert due_at(source("every 5 minutes"), NOON, 1) == NOON + 5 * MINUTE
    assert due_at(source("10 12 * * *"), NOON, 3) == NOON + 10 * MINUTE


def test_a_run_every_minute_retries_within_a_minute_of_the_quarter_of_an_hour() -> None:
    blind = last(NOON, bad_visits=1)

    assert not is_due(source("daily"), blind, NOON + 13 * MINUTE)
    assert is_due(source("daily"), blind, NOON + 14 * MINUTE)


@pytest.mark.parametrize(
    ("schedule", "after"),
    [
        ("daily", 2 * DAY),
        ("weekly", 14 * DAY),
        ("hourly", 2 * HOUR),
        ("every 5 minutes", HOUR + 5 * MINUTE),
        ("0 6 * * *", timedelta(hours=42)),
        ("0 6 * * mon-fri", timedelta(days=2, hours=18)),
        ("*/10 * * * *", HOUR + 10 * MINUTE),
    ],
)
def test_a_source_is_overdue_by_the_second_time_it_was_not_seen(
    schedule: str, after: timedelta
) -> None:
    """Last seen on a Saturday at noon."""
    assert overdue_at(source(schedule), NOON) == NOON + after


def test_a_source_that_was_seen_in_time_is_not_overdue() -> None:
    seen = with_freshness(source("daily"), status(NOON, NOON, 0), NOON + 2 * DAY - MINUTE)
    missed = with_freshness(source("daily"), status(NOON, NOON, 0), NOON + 2 * DAY)

    assert (seen.is_overdue, seen.due_at) == (False, NOON + DAY)
    assert (missed.is_overdue, missed.due_at) == (True, NOON + DAY)


def test_a_source_that_was_never_seen_well_is_overdue_as_long_after_its_first_visit() -> None:
    early = with_freshness(source("daily"), status(NOON, None, 1), NOON + HOUR)
    late = with_freshness(source("daily"), status(NOON, None, 1), NOON + 2 * DAY)

    assert (early.is_overdue, late.is_overdue) == (False, True)
    assert early.due_at == NOON + 15 * MINUTE


def test_a_source_that_was_never_visited_is_overdue_at_once() -> None:
    never = with_freshness(source("daily"), status(None, None, 0), NOON)

    assert (never.is_overdue, never.due_at) == (True, None)
