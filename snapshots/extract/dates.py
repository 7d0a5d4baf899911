"""Dates as pages write them, to ISO 8601 at the precision that the page states.

Dates in English and in figures are read here: they are most, and thousands on a page.
Those of other languages are left to dateparser, which is told the day, the month's name
and the year, and nothing else: it would read a date into almost any words.
"""

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
_TO = r"\s*(?:-|–|—|\bto\b|\bthrough\b|\buntil\b)\s*"
_RANGE = re.compile(_TO, re.IGNORECASE)
# Ranges that state their year, or their month, once: January 5 - February 2, 2024.
_SPANS = re.compile(
    rf"(?<![\w/.-])(?:(?P<month>{_NAME})\.?\s+(?P<day>{_DAY}){_TO}(?:(?P<to_month>{_NAME})\.?\s+)?"
    rf"(?P<to_day>{_DAY})(?:\s*,\s*|\s+)(?P<year>\d{{4}})"
    rf"|(?P<from>{_DAY})(?:\s+(?P<early>{_NAME})\.?)?{_TO}(?P<to>{_DAY})\s+(?P<late>{_NAME})\.?,?"
    rf"\s+(?P<in>\d{{4}})|(?P<first>{_NAME})\.?{_TO}(?P<last>{_NAME})\.?,?\s+(?P<of>\d{{4}}))(?!\d)",
    re.IGNORECASE,
)
# A day, a word and a year may be a date in another language: 27 de enero de 2026.
_OTHER_LANGUAGE = re.compile(
    r"(?<![\w/.-])(?P<day>\d{1,2})(?:\.|º|°|er|o)?\s+(?:de\s+|d’|d')?(?P<month>[^\W\d_]{3,12})\.?,?\s+"
    r"(?:de\s+|del\s+)?(?P<year>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
LANGUAGES = ("es", "fr", "pt", "de", "it")


def iso(text: str | None) -> str | None:
    """Return a date in ISO 8601, or the page's own words when they are not one.

    A short text that names one date among other words, such as a label's, gives that
    date, and one that names two as a range gives an interval: ``2024-01-05/2024-02-01``.
    Numeric dates are read as month/day/year, as US agencies write them. What depends on the
    day it was read ("3 days ago", "yesterday") keeps the page's words: a capture is read
    alike whenever it is read.
    """
    if not text:
        return None
    if _ISO.match(text):
        return text.replace(" ", "T")
    return (_told(text) if len(text) <= LONGEST else None) or text


@lru_cache(maxsize=4_096)
def _told(text: str) -> str | None:
    if span := _SPANS.search(text):
        return _interval(span)
    found = [(match, day) for match in _DATES.finditer(text) if (day := _day(match))]
    if len(found) == 2 and _RANGE.fullmatch(text[found[0][0].end() : found[1][0].start()]):
        return f"{found[0][1]}/{found[1][1]}"
    days = {day for _, day in found}
    if not days:
        return _in_another_language(text)
    return days.pop() if len(days) == 1 else None


def _interval(span: re.Match[str]) -> str | None:
    """The interval that a range states; None for one that is none."""
    begin_name = span["month"] or span["early"] or span["late"] or span["first"]
    end_name = span["to_month"] or span["late"] or span["last"] or span["month"]
    begin, end = _month(begin_name), _month(end_name)
    if not begin or not end:
        return None
    year = int(span["year"] or span["in"] or span["of"])
    # From December to January is over the turn of the year.
    earlier = year - (begin > end)
    if span["first"]:
        return f"{earlier:04}-{begin:02}/{year:04}-{end:02}"
    days = [
        int(re.sub(r"\D", "", d))
        for d in (span["day"] or span["from"], span["to_day"] or span["to"])
    ]
    told = _checked(earlier, begin, days[0]), _checked(year, end, days[1])
    return f"{told[0]}/{told[1]}" if all(told) else None


def _in_another_language(text: str) -> str | None:
    """The one date that a text states in a language other than English, or None."""
    found = [match for match in _OTHER_LANGUAGE.finditer(text) if not _month(match["month"])]
    if len(found) != 1:
        return None
    # Reading dates in many languages takes long to load, and few pages need it.
    from dateparser import parse

    written = "{} {} {}".format(*found[0].group("day", "month", "year"))
    settings = {"STRICT_PARSING": True, "DATE_ORDER": "DMY"}
    day = parse(written, languages=list(LANGUAGES), settings=settings)
    is_meant = day is not None and (day.day, day.year) == (
        int(found[0]["day"]),
        int(found[0]["year"]),
    )
    return day.date().isoformat() if day is not None and is_meant else None


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
