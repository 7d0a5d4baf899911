"""When a schedule comes round: intervals, cron expressions, and clocks that are put on and back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.schedule import interval_s, next_time, schedule_problem, timezone_problem

# A Saturday.
MAY_DAY = datetime(2021, 5, 1, tzinfo=UTC)


def times(schedule: str, timezone: str, after: str, count: int) -> list[str]:
    """Return the next times of a schedule as the clocks of its zone show them."""
    zone = ZoneInfo(timezone)
    at, found = datetime.fromisoformat(after).replace(tzinfo=zone), []
    for _ in range(count):
        at = next_time(schedule, timezone, at)
        assert at.tzinfo is UTC
        found.append(f"{at.astimezone(zone):%a %m-%d %H:%M %Z}")
    return found


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
        ("every 2 s", 2),
        ("every 30 seconds", 30),
    ],
)
def test_an_interval_is_so_many_seconds(written: str, seconds: int) -> None:
    assert interval_s(written) == seconds
    assert schedule_problem(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "0 6 * * *",
        "*/15 * * * *",
        "0 6 * * mon-fri",
        "0 6 * * MON-FRI/2",
        "0 0 29 2 *",
        "0 0 30 2 1",
        "0 0 * jan,mar-may *",
        "5-59/10 0-23 1-31 1-12 0-7",
        "@hourly",
        "@Midnight",
    ],
)
def test_a_cron_expression_can_be_used(written: str) -> None:
    assert schedule_problem(written) is None
    assert interval_s(written) is None


@pytest.mark.parametrize(
    ("nickname", "fields"),
    [
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
        ("@monthly", "0 0 1 * *"),
        ("@weekly", "0 0 * * sun"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@hourly", "0 * * * *"),
    ],
)
def test_a_nickname_comes_when_its_fields_come(nickname: str, fields: str) -> None:
    after = datetime(2025, 11, 2, 4, 30, tzinfo=UTC)
    for _ in range(5):
        expected = next_time(fields, "America/New_York", after)
        assert next_time(nickname, "America/New_York", after) == expected
        after = expected


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "it has 0 fields, not 5"),
        ("sometimes", "it has 1 field, not 5"),
        ("every 0 hours", "it has 3 fields, not 5"),
        ("* * *", "it has 3 fields, not 5"),
        ("61 * * * *", "'61' is no minute"),
        ("* 24 * * *", "'24' is no hour"),
        ("* * 0 * *", "'0' is no day of the month"),
        ("* * * 13 *", "'13' is no month"),
        ("* * * * 8", "'8' is no day of the week"),
        ("* * * * mo", "'mo' is no day of the week"),
        ("* * * * mon,,tue", "'' is no day of the week"),
        ("5-2 * * * *", "'5-2' begins after its end"),
        ("*/0 * * * *", "'*/0' has a step of 0"),
        ("0 0 last * *", "'last' is no day of the month"),
        ("0 0 30 2 *", "no such month has a day 30"),
        ("0 0 30 2 */2", "no such month has a day 30"),
        ("0 0 31 4,6,9,11 *", "no such month has a day 31"),
    ],
)
def test_what_is_no_schedule_is_told_with_what_is(written: str, why: str) -> None:
    assert schedule_problem(written) == (
        "must be 'hourly', 'daily', 'weekly', 'every 6 hours' or five cron fields "
        f"such as '0 6 * * *', not {written!r} ({why})"
    )


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("europe/berlin", "did you mean 'Europe/Berlin'?"),
        ("US/Eastren", "did you mean 'US/Eastern'?"),
        ("Nowhere at all", "it is one of the IANA database"),
        ("../../etc/passwd", "it is one of the IANA database"),
        ("", "it is one of the IANA database"),
    ],
)
def test_what_is_no_time_zone_is_told_with_the_nearest(name: str, remedy: str) -> None:
    assert timezone_problem(name) == (
        f"must name a time zone such as 'America/New_York', not {name!r}; {remedy}"
    )


@pytest.mark.parametrize("name", ["UTC", "America/New_York", "Europe/Berlin"])
def test_a_time_zone_of_the_iana_database_can_be_used(name: str) -> None:
    assert timezone_problem(name) is None


def test_an_interval_counts_from_the_visit_before() -> None:
    assert next_time("every 6 hours", "America/New_York", MAY_DAY) == MAY_DAY.replace(hour=6)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("0", ["Sun 05-02", "Sun 05-09", "Sun 05-16"]),
        ("7", ["Sun 05-02", "Sun 05-09", "Sun 05-16"]),
        ("1", ["Mon 05-03", "Mon 05-10", "Mon 05-17"]),
        ("sun", ["Sun 05-02", "Sun 05-09", "Sun 05-16"]),
        ("1-5", ["Mon 05-03", "Tue 05-04", "Wed 05-05"]),
        ("mon-fri/2", ["Mon 05-03", "Wed 05-05", "Fri 05-07"]),
        ("5-7", ["Sat 05-01", "Sun 05-02", "Fri 05-07"]),
        ("fri-sun", ["Sat 05-01", "Sun 05-02", "Fri 05-07"]),
        ("sun-tue", ["Sun 05-02", "Mon 05-03", "Tue 05-04"]),
        ("*/2", ["Sat 05-01", "Sun 05-02", "Tue 05-04"]),
    ],
)
def test_the_week_of_cron_begins_on_sunday(days: str, found: list[str]) -> None:
    told = times(f"0 6 * * {days}", "UTC", "2021-05-01 00:00", 3)

    assert [time.partition(" 06:00")[0] for time in told] == found


def test_a_day_of_the_month_and_one_of_the_week_are_either() -> None:
    """Source: crontab(5): if both fields are restricted, the command runs when either matches."""
    assert times("0 6 13 * fri", "UTC", "2021-05-08 00:00", 3) == [
        "Thu 05-13 06:00 UTC",
        "Fri 05-14 06:00 UTC",
        "Fri 05-21 06:00 UTC",
    ]


def test_a_day_that_begins_with_a_star_restricts_the_other() -> None:
    """Source: crontab(5): a field that starts with an asterisk counts as not restricted."""
    assert times("0 6 */2 * fri", "UTC", "2021-05-01 00:00", 2) == [
        "Fri 05-07 06:00 UTC",
        "Fri 05-21 06:00 UTC",
    ]


def test_months_and_steps_are_read_as_written() -> None:
    assert times("15 0-20/10 1 jan-dec/6 *", "UTC", "2021-05-01 00:00", 4) == [
        "Thu 07-01 00:15 UTC",
        "Thu 07-01 10:15 UTC",
        "Thu 07-01 20:15 UTC",
        "Sat 01-01 00:15 UTC",
    ]


def test_a_time_is_read_in_its_zone_summer_and_winter() -> None:
    assert next_time("0 6 * * *", "America/New_York", MAY_DAY) == datetime(
        2021, 5, 1, 10, tzinfo=UTC
    )
    assert next_time("0 6 * * *", "America/New_York", MAY_DAY.replace(month=12)) == datetime(
        2021, 12, 1, 11, tzinfo=UTC
    )


def test_a_time_that_a_clock_put_forward_leaves_out_comes_as_much_later() -> None:
    """On 28 March 2021 the clocks of Berlin went from 02:00 to 03:00."""
    assert times("30 2 * * *", "Europe/Berlin", "2021-03-26 12:00", 3) == [
        "Sat 03-27 02:30 CET",
        "Sun 03-28 03:30 CEST",
        "Mon 03-29 02:30 CEST",
    ]


def test_two_times_of_which_one_is_left_out_come_once() -> None:
    assert times("0 2,3 * * *", "Europe/Berlin", "2021-03-27 12:00", 3) == [
        "Sun 03-28 03:00 CEST",
        "Mon 03-29 02:00 CEST",
        "Mon 03-29 03:00 CEST",
    ]


def test_a_time_that_a_clock_put_back_shows_twice_comes_once() -> None:
    """On 31 October 2021 the clocks of Berlin went from 03:00 to 02:00."""
    assert times("30 2 * * *", "Europe/Berlin", "2021-10-29 12:00", 4) == [
        "Sat 10-30 02:30 CEST",
        "Sun 10-31 02:30 CEST",
        "Mon 11-01 02:30 CET",
        "Tue 11-02 02:30 CET",
    ]


def test_what_comes_every_hour_goes_on_while_a_clock_is_put_back() -> None:
    assert times("*/30 * * * *", "Europe/Berlin", "2021-10-31 01:30", 6) == [
        "Sun 10-31 02:00 CEST",
        "Sun 10-31 02:30 CEST",
        "Sun 10-31 02:00 CET",
        "Sun 10-31 02:30 CET",
        "Sun 10-31 03:00 CET",
        "Sun 10-31 03:30 CET",
    ]


def test_what_comes_every_hour_goes_on_while_a_clock_is_put_forward() -> None:
    assert times("*/30 * * * *", "Europe/Berlin", "2021-03-28 01:00", 4) == [
        "Sun 03-28 01:30 CET",
        "Sun 03-28 03:00 CEST",
        "Sun 03-28 03:30 CEST",
        "Sun 03-28 04:00 CEST",
    ]


@pytest.mark.parametrize("timezone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("schedule", ["30 2 * * *", "0 * * * *", "*/20 1-3 * * *", "0 6 * * 1-5"])
def test_a_year_of_times_always_moves_on(schedule: str, timezone: str) -> None:
    at, seen = MAY_DAY, set()

    while at < MAY_DAY.replace(year=2022):
        following = next_time(schedule, timezone, at)
        assert following > at
        assert (following - at).days <= 3
        seen.add(at := following)

    expected = {"30 2 * * *": 365, "0 * * * *": 8760, "*/20 1-3 * * *": 3285, "0 6 * * 1-5": 260}
    # Within the hours in which a clock is put forward or back, a time or two may fall together.
    assert abs(len(seen) - expected[schedule]) <= 7
