"""Words: how a text is taken apart, which words carry meaning, which are one word inflected."""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from typing import NamedTuple

import regex
from rapidfuzz.distance import Postfix, Prefix

# Numbers with their separators, abbreviations, citations such as 287(g), and words
# with their inner apostrophes and hyphens stay whole.
_TOKEN = regex.compile(
    r"(\s*)("
    r"\d+(?:\(\w{1,3}\))+"
    r"|(?:\p{L}\.){2,}"
    r"|\p{Sc}?\d++(?:[.,:/]\d++)*+(?:%|[\p{L}\p{M}\p{N}_]+)?"
    r"|[\p{L}\p{M}\p{N}_]+(?:['’\-‐‑][\p{L}\p{M}\p{N}]+)*"
    r"|[^\s]|$)"
)
# The same for texts in ASCII, in half the time.
_TOKEN_ASCII = re.compile(
    r"(\s*)("
    r"\d+(?:\(\w{1,3}\))+"
    r"|(?:[A-Za-z]\.){2,}"
    r"|\$?\d++(?:[.,:/]\d++)*+(?:%|\w+)?"
    r"|\w+(?:['\-][A-Za-z0-9]+)*"
    r"|[^\s]|$)",
    re.ASCII,
)
_COUNTED = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
# The same for most texts, in a third less time.
_COUNTED_ASCII = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
_WORD = regex.compile(r"[\p{L}\p{N}]")
_MARKS = regex.compile(r"(?!(?<![\p{L}\p{N}])[-−–]\p{N})[\p{P}\s]|[\x60\u00b4]")
# What a page shows of a sign that was escaped once too often.
_ESCAPED = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|#\d{1,7}|#x[0-9a-f]{1,6});"
)
_LETTER = regex.compile(r"\p{L}")
# Words that bind others together; on their own they carry no finding.
STOP_WORDS = frozenset(
    "a an and are as at be been but by for from had has have in into is it its of on or "
    "such that the their them these they this those to was were which who will with".split()
)
MONTHS = frozenset(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_DATE_NUMBER = re.compile(r"\d[\d.,/:]*(?:st|nd|rd|th)?", re.IGNORECASE)
_UNINFLECTED = ("ss", "us", "is", "ics")


class Unit(NamedTuple):
    """One word, number or mark, with the white space before it."""

    space: str
    token: str


def units(text: str) -> list[Unit]:
    """Return a text as units; joining them gives the text back.

    The last unit holds the white space at the end, with an empty token.
    """
    return list(map(Unit._make, pairs(text)))


def pairs(text: str) -> list[tuple[str, str]]:
    """Return a text's units as plain pairs of white space and token, which takes half the time."""
    found: list[tuple[str, str]]
    found = (_TOKEN_ASCII if text.isascii() else _TOKEN).findall(text)
    return found


def words(text: str) -> list[str]:
    """Return a text's words, case folded, in order: for counting, not for edits."""
    folded = text.casefold()
    return (_COUNTED_ASCII if folded.isascii() else _COUNTED).findall(folded)


def marks_only(old: str, new: str) -> bool:
    """Whether two texts differ only in marks, spacing or case.

    A sign before a number and a currency are no marks: -5 is not 5, nor € $. A sign that is
    escaped, so that a reader sees ``&amp;``, is that sign.
    """
    head = old.rfind(" ", 0, Prefix.similarity(old, new)) + 1
    alike = min(Postfix.similarity(old, new), len(old) - head, len(new) - head)
    space = old.find(" ", len(old) - alike)
    tail = len(old) - space if space >= 0 else 0
    one, other = old[head : len(old) - tail].casefold(), new[head : len(new) - tail].casefold()
    # Most words that became others begin with another letter.
    is_other = one[:1] != other[:1] and one[:1].isalnum() and other[:1].isalnum()
    return not is_other and _bare(one) == _bare(other)


def common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words two texts begin with alike."""
    count = 0
    for left, right in zip(old, new, strict=False):
        if left != right:
            break
        count += 1
    return count


def _bare(text: str) -> str:
    while "&" in text and (shown := _ESCAPED.sub(lambda found: unescape(found[0]), text)) != text:
        text = shown
    return str(_MARKS.sub("", text))


def is_word(token: str) -> bool:
    """Whether a token has a letter or a digit in it."""
    # Most tokens are plain words; telling so is cheap.
    return (token.isascii() and token.isalnum()) or _WORD.search(token) is not None


def is_meaningful(token: str) -> bool:
    """Whether a token is a word with letters, and not a stop word."""
    has_letter = (token.isascii() and token.isalpha()) or _LETTER.search(token) is not None
    return has_letter and token.casefold() not in STOP_WORDS


def is_of_date(token: str) -> bool:
    """Whether a token is a number, as of a day or a year, or the name of a month."""
    return token.casefold() in MONTHS or _DATE_NUMBER.fullmatch(token) is not None


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return a word without case and English inflection: Aliens, alien's and alien are one."""
    base = word.casefold().replace("’", "'").removesuffix("'").removesuffix("'s")
    if len(base) <= 3 or base.endswith(_UNINFLECTED) or not base.endswith("s"):
        return base
    if base.endswith("ies"):
        return base[:-3] + "y"
    if base.endswith(("ches", "shes", "xes", "sses", "zes")):
        return base[:-2]
    return base[:-1]
