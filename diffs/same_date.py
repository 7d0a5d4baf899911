"""Dates as an item states them: when two that are written differently say the same."""

import re
from datetime import UTC, datetime

_DATED = re.compile(r"(\d{4}-\d\d-\d\d)(T[\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?")
_UNIT = r"(?:second|sec|minute|min|hour|hr|day|week|month|year)s?"
_MANY = r"(?:\d+|an?|one|two|three|few|several)"
# What depends on the day it is read: no date at all.
_RELATIVE = re.compile(
    r"(?:(?:last|updated|posted|published|modified|reviewed|on|about|over|almost)[\s:]+)*"
    rf"(?:{_MANY} {_UNIT}(?:,? (?:and )?{_MANY} {_UNIT})? ago|just now"
    r"|(?:today|yesterday)\b.{0,20}|hace \w+ \w+|il y a \w+ \w+)\.?",
    re.IGNORECASE,
)


def is_same_date(old: str, new: str) -> bool:
    """Whether two dates of one item may be one: no reader could tell that it was changed.

    One moment in two time zones, a day with the time of day or without it. What depends on
    the day it is read ("3 days ago") contradicts no date.
    """
    if old == new or is_relative(old) or is_relative(new):
        return True
    dates = _DATED.fullmatch(old), _DATED.fullmatch(new)
    if not dates[0] or not dates[1]:
        return False
    if not dates[0][2] or not dates[1][2]:
        return dates[0][1] == dates[1][1]
    moment = _moment(old)
    return moment is not None and moment == _moment(new)


def is_relative(written: str) -> bool:
    """Whether a date is told from the day on which it is read."""
    return _RELATIVE.fullmatch(written.strip()) is not None


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
