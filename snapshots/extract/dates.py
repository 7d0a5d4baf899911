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
)
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
    return _day(bare) or _month(bare) or text


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
