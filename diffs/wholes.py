"""Wholes: the dates, citations, amounts and short quoted phrases no edit splits."""

import re
from collections.abc import Iterator

# No whole is longer, in characters.
LONGEST = 100
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|"
    r"Aug(?:ust|\.)?|Sep(?:t(?:ember|\.)?|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NUMBER = r"\d[\d,.]{0,20}(?<=\d)"
_LARGE = "hundred|thousand|million|billion|trillion"
_PLACE = r"(?:\d{1,6}[\w.\-]{0,8}(?<=\w)|[IVXLC]{1,6}\b)(?:\(\w{1,5}\)){0,6}"
_QUOTED = r"[^\s“”\"]{1,20}(?:[ ][^\s“”\"]{1,20}){1,3}"
_WHOLE = re.compile(
    rf"""(?<![\w$€£¥])(?=(
      {_MONTH}[ \xa0]{_DAY}(?:,?[ \xa0]\d{{4}})?(?!\w)
    | {_MONTH},?[ \xa0]\d{{4}}(?!\w)
    | {_DAY}[ \xa0](?:of[ \xa0])?{_MONTH}(?:,?[ \xa0]\d{{4}})?(?!\w)
    | (?i:titles?|sections?|sec\.|parts?|chapters?|articles?|forms?|nos?\.|no\.?)[ \xa0]{_PLACE}
    | \d{{1,4}}[ \xa0](?:U\.[ ]?S\.[ ]?C\.|C\.[ ]?F\.[ ]?R\.|USC|CFR|Stat\.|FR|Fed\.[ ]Reg\.)
      (?:[ \xa0](?:§{{1,2}}|[Pp]arts?|[Ss]ec\.))?[ \xa0]?(?:{_PLACE}|\d[\d,]{{0,9}})
    | §{{1,2}}[ \xa0]?{_PLACE}
    | [$€£¥]?{_NUMBER}[ \xa0](?:%|(?:percent|per[ ]cent|{_LARGE})(?!\w))
    | “{_QUOTED}”
    | (?<![^\s(\[])"{_QUOTED}"(?!\w)
    ))""",
    re.VERBOSE,
)
# Every whole has one of these in it, or one of the letters of a Roman number after a space.
_HINT = re.compile(r"[0-9§“\"IVXLC]")
_ROMAN = frozenset("IVXLC")


def has_wholes(text: str) -> bool:
    """Whether a text may hold a whole: a quick look."""
    return any(
        found[0] not in _ROMAN or text[max(0, found.start() - 1)] in " \xa0"
        for found in _HINT.finditer(text)
    )


def wholes(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield the places (start and end) of what is whole in a text; they may overlap.

    Those that begin from ``start`` to ``end`` are told. What is whole does not depend on
    where one begins to look: "5 May 2018" is one, and "May 2018" in it another.
    """
    last = len(text) if end is None else end
    for found in _WHOLE.finditer(text, start, last + LONGEST):
        if found.start() < last:
            yield found.span(1)


def is_inside(text: str, place: int) -> bool:
    """Whether a place in a text lies inside a whole."""
    start = text.rfind(" ", 0, max(0, place - LONGEST)) + 1
    return any(first < place < last for first, last in wholes(text, start, place))
