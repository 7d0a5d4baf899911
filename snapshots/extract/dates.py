"""Dates as pages write them, to ISO 8601 at the precision that the page states."""

import re
from datetime import date
from functools import lru_cache

# A text this long is no longer a date with a label.
LONGEST = 80
_ISO = re.compile(r"^\d{4}-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?$")
_MONTHS = (
    "january february march april may june july august september october november december"
).split()
# Their names, and the abbreviations that are in use, by the number of the month.
MONTHS = {
    name: number
    for number, whole in enumerate(_MONTHS, start=1)
    for name in (whole, whole[:3], whole[:4])
}
_NAME = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
# Month before day, as US agencies write numeric dates.
_DATES = re.compile(
    rf"(?<![\w/.-])(?:(?P<iso>\d{{4}}[-/]\d\d?[-/]\d\d?)(?!\d)"
    rf"|(?P<numeric>\d{{1,2}}([/-])\d{{1,2}}\3(?:\d{{4}}|\d\d))(?![\d/-])"
    rf"|(?P<month_first>{_NAME})\.?\s+(?P<day_after>{_DAY})(?:\s*,\s*|\s+)(?P<year_last>\d{{4}})(?!\d)"
    rf"|(?P<day_first>{_DAY})[\s-]+(?P<month_after>{_NAME})\.?(?:\s*,\s*|[\s-]+)"
    rf"(?P<year_after>\d{{4}}|\d\d)(?![\d/-])"
    rf"|(?P<month_alone>{_NAME})\.?,?\s+(?P<year_alone>\d{{4}})(?!\d))",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:-|–|—|to|through|until)\s*", re.IGNORECASE)


def iso(text: str | None) -> str | None:
    """Return a date in ISO 8601, or the page's own words when they are not one.

    A short text that names one date among other words, such as a label's, gives that
    date, and one that names two as a range gives an interval: ``2024-01-05/2024-02-01``.
    Numeric dates are read as month/day/year, as US agencies write them.
    """
    if not text:
        return None
    if _ISO.match(text):
        return text.replace(" ", "T")
    return (_told(text) if len(text) <= LONGEST else None) or text


@lru_cache(maxsize=4_096)
def _told(text: str) -> str | None:
    found = [(match, day) for match in _DATES.finditer(text) if (day := _day(match))]
    if len(found) == 2 and _RANGE.fullmatch(text[found[0][0].end() : found[1][0].start()]):
        return f"{found[0][1]}/{found[1][1]}"
    days = {day for _, day in found}
    return days.pop() if len(days) == 1 else None


def _day(match: re.Match[str]) -> str | None:
    """The date that a match states: a day, or a month alone; None for one that is none."""
    if whole := match["iso"]:
        return _checked(*map(int, re.split(r"[-/]", whole)))
    if numeric := match["numeric"]:
        month, day, year = map(int, re.split(r"[-/]", numeric))
        return _checked(_century(year), month, day)
    if name := match["month_alone"]:
        return f"{int(match['year_alone']):04}-{month:02}" if (month := _month(name)) else None
    name, day_text, year_text = (
        (match["month_first"], match["day_after"], match["year_last"])
        if match["month_first"]
        else (match["month_after"], match["day_first"], match["year_after"])
    )
    digits = int(re.sub(r"\D", "", day_text))
    return _checked(_century(int(year_text)), _month(name), digits)


def _month(name: str) -> int:
    return MONTHS.get(name.lower(), 0)


def _century(year: int) -> int:
    """A year of two digits is one of 1969 to 2068, as POSIX reads them."""
    if year >= 100:
        return year
    return year + (1900 if year >= 69 else 2000)


def _checked(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
