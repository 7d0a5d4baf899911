"""Whether a text names a date anywhere, told without reading which."""

import re

_DIGITS = "0123456789"
# Characters of a text that a search by letters is not worth its while for.
SHORT = 60
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    r"(?i:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d)|\d{4}-\d\d-\d\d"
    rf"|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:\d{{4}}|\d\d)\b"
    rf"|\d{{1,2}}\s+{_MONTH}\.?,?\s+(?:\d{{4}}|\d\d)\b"
    r"|\d{1,2}\.?\s+(?:de\s+)?[^\W\d]{3,12}\.?\s+(?:de\s+)?(?:19|20)\d\d\b"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december)\s+\d{4})"
)
# A word's first character that a date may begin with is found soon, and then the date: from
# behind that character, it is looked back before it, and from there ahead.
_BEGINNING = rf"(?<!\w.)(?<=(?={_DATE}).)"
# What a date that begins with a name goes on with. It is soon told where there is none.
_YEARED = r"(?<=\s.)(?:\d{3}|\d?(?i:st|nd|rd|th)?,?\s+\d\d)"
_FIGURES = re.compile(rf"\d{_BEGINNING}", re.DOTALL)
_NAMED = re.compile(rf"[JFMASONDjfmasond\u017f]{_BEGINNING}", re.DOTALL)
_FIGURES_OR_YEAR = re.compile(rf"\d(?:{_BEGINNING}|(?P<year>{_YEARED}))", re.DOTALL)


def is_dated(text: str) -> bool:
    """Whether a text names a date."""
    # Ten searches for one character are faster than one for any of ten, but in short texts.
    if len(text) > SHORT and text.isascii() and not any(map(text.__contains__, _DIGITS)):
        return False
    first = _FIGURES_OR_YEAR.search(text)
    if first is None or not first["year"]:
        return first is not None
    # Nothing before it begins a date but the word that it follows.
    place = first.start()
    word = len(text[:place].rstrip().rpartition(" ")[0])
    return (_NAMED.search(text, word) or _FIGURES.search(text, place)) is not None
