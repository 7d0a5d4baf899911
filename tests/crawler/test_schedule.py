"""When a source is due."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.schedule import interval_s, is_due, schedule_problem

NOON = datetime(2021, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("hourly", 3600),
        ("daily", 86_400),
        ("Weekly", 604_800),
        ("every 6 hours", 21_600),
        ("every 1 day", 86_400),
        ("30m", 1800),
        ("12h", 43_200),
        (" every 90 min ", 5400),
    ],
)
def test_an_interval_is_so_many_seconds(written: str, seconds: int) -> None:
    assert interval_s(written) == seconds
    assert schedule_problem(written) is None


@pytest.mark.parametrize("written", ["0 6 * * *", "*/15 * * * *", "0 6 * * mon-fri"])
def test_a_cron_expression_can_be_used(written: str) -> None:
    assert schedule_problem(written) is None
    assert interval_s(written) is None


@pytest.mark.parametrize("written", ["", "sometimes", "every 0 hours", "61 * * * *", "* * *"])
def test_what_is_no_schedule_is_told_with_what_is(written: str) -> None:
    problem = schedule_problem(written)

    assert problem
    assert problem.startswith(
        "must be 'hourly', 'daily', 'weekly', 'every 6 hours' or five cron fields "
        f"such as '0 6 * * *', not {written!r} ("
    )


def test_a_source_that_was_never_visited_is_due() -> None:
    assert is_due("weekly", None, NOON)


@pytest.mark.parametrize(
    ("ago", "due"),
    [
        (timedelta(hours=23, minutes=58), False),
        (timedelta(hours=23, minutes=59, seconds=30), True),
        (timedelta(days=1), True),
        (timedelta(days=400), True),
        (timedelta(0), False),
    ],
    ids=["early", "within_the_slack", "on_time", "late", "just_visited"],
)
def test_a_daily_source_is_due_a_day_after_its_last_visit(ago: timedelta, due: bool) -> None:
    assert is_due("daily", NOON - ago, NOON) is due


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (datetime(2021, 5, 1, 5, 59, tzinfo=UTC), True),
        (datetime(2021, 5, 1, 6, 1, tzinfo=UTC), False),
        (datetime(2021, 4, 20, tzinfo=UTC), True),
    ],
    ids=["before_six", "after_six", "long_ago"],
)
def test_cron_fields_are_read_in_utc(last: datetime, due: bool) -> None:
    assert is_due("0 6 * * *", last, NOON) is due
