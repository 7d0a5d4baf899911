"""When a source is due: intervals and cron expressions, through APScheduler, in UTC."""

import re
from datetime import UTC, datetime

NAMED_S = {"hourly": 3600, "daily": 86_400, "weekly": 604_800}
UNITS_S = {"m": 60, "h": 3600, "d": 86_400}
_EVERY = re.compile(
    r"^(?:every )?(\d{1,5}) ?(?:(m)(?:in(?:ute)?s?)?|(h)(?:ours?)?|(d)(?:ays?)?)$", re.ASCII
)
# A visit may begin a little early, so that a daily cron line never misses a day.
SLACK_S = 60


def schedule_problem(schedule: str) -> str | None:
    """Return what is wrong with a schedule, or None when it can be used."""
    if interval_s(schedule) is not None:
        return None
    try:
        _cron(schedule)
    except ValueError as error:
        return (
            f"must be 'hourly', 'daily', 'weekly', 'every 6 hours' or five cron fields "
            f"such as '0 6 * * *', not {schedule!r} ({error})"
        )
    return None


def interval_s(schedule: str) -> int | None:
    """Return the seconds between visits, or None for a cron expression."""
    found = _EVERY.match(schedule.strip().lower())
    if found:
        return int(found[1]) * UNITS_S[found[2] or found[3] or found[4]] or None
    return NAMED_S.get(schedule.strip().lower())


def is_due(schedule: str, last: datetime | None, now: datetime) -> bool:
    """Whether a source last visited then is to be visited now."""
    if last is None:
        return True
    seconds = interval_s(schedule)
    if seconds is not None:
        return (now - last).total_seconds() >= seconds - SLACK_S
    due = _cron(schedule).get_next_fire_time(last, last)
    return due is not None and bool(due <= now)


def _cron(schedule: str):  # type: ignore[no-untyped-def]
    from apscheduler.triggers.cron import CronTrigger

    return CronTrigger.from_crontab(schedule, timezone=UTC)
