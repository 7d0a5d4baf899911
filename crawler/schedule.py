"""When a schedule comes round: intervals, and cron expressions in a time zone by APScheduler.

The fields of a cron expression are read here, as crontab(5) has them, and given to
APScheduler as plain lists of numbers: by itself it counts the days of the week from Monday,
leaves out the step of ``mon-fri/2``, and asks that both the day of the month and the day of
the week agree.
"""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

NAMED_S = {"hourly": 3600, "daily": 86_400, "weekly": 604_800}
UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_EVERY = re.compile(
    r"^(?:every )?(\d{1,5}) ?"
    r"(?:(s)(?:ec(?:ond)?s?)?|(m)(?:in(?:ute)?s?)?|(h)(?:ours?)?|(d)(?:ays?)?)$",
    re.ASCII,
)
_PART = re.compile(r"^(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d{1,3}))?$", re.ASCII)
_LEAP_YEAR = 2024


class _Field(NamedTuple):
    """One field of a cron expression: its least and greatest value, and their names."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


_MONTHS = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())
_DAYS = tuple("sun mon tue wed thu fri sat".split())
# Source: crontab(5). Sunday is 0 and 7.
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _DAYS),
)
# Source: crontab(5).
_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


def schedule_problem(schedule: str) -> str | None:
    """Return what is wrong with a schedule, or None when it can be used."""
    if interval_s(schedule) is not None:
        return None
    try:
        _check_that_it_comes(schedule)
    except ValueError as error:
        return (
            f"must be 'hourly', 'daily', 'weekly', 'every 6 hours' or five cron fields "
            f"such as '0 6 * * *', not {schedule!r} ({error})"
        )
    return None


def timezone_problem(name: str) -> str | None:
    """Return what is wrong with the name of a time zone, or None when it can be used."""
    try:
        _zone(name)
    except (ValueError, KeyError, OSError):
        from zoneinfo import available_timezones

        near = get_close_matches(name, sorted(available_timezones()), n=1)
        remedy = f"did you mean {near[0]!r}?" if near else "it is one of the IANA database"
        return f"must name a time zone such as 'America/New_York', not {name!r}; {remedy}"
    return None


def interval_s(schedule: str) -> int | None:
    """Return the seconds between visits, or None for a cron expression."""
    found = _EVERY.match(schedule.strip().lower())
    if found:
        unit = next(unit for unit in found.groups()[1:] if unit)
        return int(found[1]) * UNITS_S[unit] or None
    return NAMED_S.get(schedule.strip().lower())


def next_time(schedule: str, timezone: str, after: datetime) -> datetime:
    """Return the first time of a schedule after a moment, in UTC.

    An interval counts from that moment. A time of day that a clock put forward leaves out
    comes as much later; one that a clock put back shows twice comes once, or both times
    when the expression names every hour.
    """
    seconds = interval_s(schedule)
    if seconds is not None:
        return after + timedelta(seconds=seconds)
    zone = _zone(timezone)
    wall = after.astimezone(zone).replace(tzinfo=None, fold=0)
    found = after
    while found <= after:
        wall = _next_on_the_wall(schedule, wall.replace(second=0, microsecond=0))
        found = wall.replace(tzinfo=zone).astimezone(UTC)
    if _written(schedule)[1] == "*":
        again = _next_by_the_same_offset(schedule, after.astimezone(zone))
        return min(found, again) if again.astimezone(zone).fold else found
    return found


@lru_cache(maxsize=4096)
def _next_on_the_wall(schedule: str, wall: datetime) -> datetime:
    """The next time that a clock on the wall shows, which knows of no zone, after a full minute.

    APScheduler is asked in UTC: with a zone it stays where it is, for ever, in the hour
    that a clock put back shows twice.
    """
    now = wall.replace(tzinfo=UTC)
    found: datetime = _trigger(schedule).get_next_fire_time(now, now)
    return found.replace(tzinfo=None)


def _next_by_the_same_offset(schedule: str, after: datetime) -> datetime:
    """The next time if the clock were not put back: what falls in the doubled hour."""
    offset = after.utcoffset() or timedelta()
    wall = after.replace(tzinfo=None, fold=0, second=0, microsecond=0)
    return (_next_on_the_wall(schedule, wall) - offset).replace(tzinfo=UTC)


def _read(schedule: str) -> list[list[int]]:
    """The values of the five fields of a cron expression, each in order.

    Raises:
        ValueError: it is no cron expression; the message says why.
    """
    written = _written(schedule)
    if len(written) != len(_FIELDS):
        fields = "field" if len(written) == 1 else "fields"
        raise ValueError(f"it has {len(written)} {fields}, not {len(_FIELDS)}")
    return [_values(text, field) for text, field in zip(written, _FIELDS, strict=True)]


def _written(schedule: str) -> list[str]:
    """The fields of a cron expression as written, or as its nickname stands for them."""
    plain = schedule.strip().lower()
    return _NICKNAMES.get(plain, plain).split()


def _values(written: str, field: _Field) -> list[int]:
    found: set[int] = set()
    for part in written.split(","):
        read = _PART.match(part)
        if not read:
            raise ValueError(f"{part!r} is no {field.name}")
        star, first, last, step = read.groups()
        low = field.low if star else _value(first, field)
        high = field.high if star or (step and not last) else _value(last or first, field)
        # Sunday is the last day of a week as well as the first.
        high = 7 if field.names is _DAYS and high == 0 < low else high
        if low > high:
            raise ValueError(f"{part!r} begins after its end")
        if step == "0" * len(step or " "):
            raise ValueError(f"{part!r} has a step of 0")
        found.update(range(low, high + 1, int(step or 1)))
    return sorted({day % 7 for day in found} if field.names is _DAYS else found)


def _value(written: str, field: _Field) -> int:
    if written in field.names:
        return field.names.index(written) + field.low
    if not written.isdigit() or not field.low <= int(written) <= field.high:
        raise ValueError(f"{written!r} is no {field.name}")
    return int(written)


def _check_that_it_comes(schedule: str) -> None:
    """Refuse the 30th of February, which would be looked for to the end of the calendar."""
    _, _, days, months, _ = _read(schedule)
    longest = max(monthrange(_LEAP_YEAR, month)[1] for month in months)
    if min(days) > longest and _needs_both_days(schedule):
        raise ValueError(f"no such month has a day {min(days)}")


def _needs_both_days(schedule: str) -> bool:
    """Whether the day of the month and the day of the week must agree.

    Source: crontab(5): where neither field begins with an asterisk, either is enough.
    """
    _, _, day, _, weekday = _written(schedule)
    return day.startswith("*") or weekday.startswith("*")


@lru_cache(maxsize=1024)
def _trigger(schedule: str) -> Any:
    """The trigger of a cron expression: on either day, when both kinds of days are named."""
    from apscheduler.triggers.combining import OrTrigger
    from apscheduler.triggers.cron import CronTrigger

    minute, hour, day, month, weekday = (",".join(map(str, each)) for each in _read(schedule))
    # APScheduler's week begins on Monday.
    weekday = ",".join(str((int(number) - 1) % 7) for number in weekday.split(","))
    time = {"minute": minute, "hour": hour, "month": month, "timezone": UTC}
    if _needs_both_days(schedule):
        return CronTrigger(**time, day=day, day_of_week=weekday)
    return OrTrigger([CronTrigger(**time, day=day), CronTrigger(**time, day_of_week=weekday)])


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
