"""Dates as pages write them, to ISO 8601 at the precision that the page states."""

import re
from datetime import date, datetime

_ISO = re.compile(r"^\d{4}-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?$")
_LABEL = re.compile(
    r"^(?:(?:release|publication|publish|published|posted|issued|effective|last|date|updated"
    r"|reviewed|created|modified|on|or)\b[\s/]*)+:?\s*",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_FORMATS = (
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%Y-%m-%d",
    "%m-%d-%Y",
    "%m/%d/%y",
    "%d %b %y",
    "%d %B, %Y",
    "%B %d %Y",
    "%b %d %Y",
)
LONGEST = 80
_IN_TEXT = re.compile(
    r"\b(?:\d{1,2}/\d{1,2}/(?:\d{4}|\d\d)|\d{4}-\d\d-\d\d"
    r"|[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
    r"|\d{1,2}\s+[A-Z][a-z]{2,8}\.?,?\s+(?:\d{4}|\d\d))\b",
)
_ORDINAL = re.compile(r"(\d)(?:st|nd|rd|th)\b")
_MONTHS = ("%B %Y", "%b %Y")


def iso(text: str | None) -> str | None:
    """Return a date in ISO 8601, or the page's own words when they are not one.

    Numeric dates are read as month/day/year, as US agencies write them.
    """
    if not text:
        return None
    if _ISO.match(text):
        return text.replace(" ", "T")
    bare = _WEEKDAY.sub("", _LABEL.sub("", text)).replace("Sept.", "Sep").replace(".", "")
    return _day(bare) or _month(bare) or _within(text) or text


def _within(text: str) -> str | None:
    """The one day that a short text names among other words, such as a label's."""
    if len(text) > LONGEST:
        return None
    days = {day for found in _IN_TEXT.findall(text) if (day := _day(_ORDINAL.sub(r"\1", found.replace("Sept.", "Sep").replace(".", "").replace("Sept ", "Sep "))))}
    return days.pop() if len(days) == 1 else None


def _day(text: str) -> str | None:
    parsed = _parse(text, _FORMATS)
    return parsed.isoformat() if parsed else None


def _month(text: str) -> str | None:
    parsed = _parse(text, _MONTHS)
    return f"{parsed:%Y-%m}" if parsed else None


def _parse(text: str, formats: tuple[str, ...]) -> date | None:
    for form in formats:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
