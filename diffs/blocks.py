"""What a block of a page is still known by when its marks, its numbers or its cells changed."""

import re
from functools import lru_cache
from itertools import dropwhile

from diffs.words import MONTHS, is_meaningful, words
from snapshots.records import Item

# Longer blocks share enough words to be known by likeness.
LONGEST_KNOWN = 120
# What parts the cells of a row.
CELL = " | "
# A row's number is no name; a year is.
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGIT = re.compile(r"\d")


def is_heading(item: Item) -> bool:
    """Whether an item is a block that heads others."""
    return item.fields.get("block") == "heading"


def same_words(item: Item) -> tuple[str, ...] | None:
    """Return a short block's words: what differs by marks or case alone says the same."""
    return _short_words(item.text) or None


def are_numbers(item: Item) -> bool:
    """Whether a short block says nothing but numbers, such as a price or a date."""
    said = _short_words(item.text)
    return bool(said) and all(_DIGIT.search(word) or word in MONTHS for word in said)


def but_for_numbers(item: Item) -> tuple[str, ...] | None:
    """Return a short block's words without numbers and months, if any of them carries meaning.

    "7.3 Residents" that was renumbered "9.3 Residents", or the line with the date of an
    update, is the same line where no other says so much.
    """
    text = item.text
    if not text or len(text) > LONGEST_KNOWN or not _DIGIT.search(text):
        return None
    rest = tuple(w for w in _folded(text) if not _DIGIT.search(w) and w not in MONTHS)
    return rest if any(map(is_meaningful, rest)) else None


def kind_but_for_numbers(item: Item) -> tuple[bool, tuple[str, ...]] | None:
    """Return the same, of headings and of others apart: a list of contents repeats headings."""
    rest = but_for_numbers(item)
    return (is_heading(item), rest) if rest is not None else None


def in_another_section(item: Item) -> tuple[str, ...] | None:
    """Return a short block's words after the number in front, but for a section's subnumbers.

    "21.3.5 Renewal" is "22.3.5 Renewal" when a section was put in before.
    """
    said = _short_words(item.text)
    rest = tuple(dropwhile(_DIGIT.search, said))
    is_numbered = 0 < len(rest) < len(said) and rest[0] not in MONTHS
    return said[1:] if is_numbered and any(map(is_meaningful, rest)) else None


def row_label(item: Item) -> str | None:
    """Return the first cell of a table's row: what the row is about, if it says so."""
    if item.text is None or item.fields.get("block") != "row":
        return None
    first, cell, _ = item.text.partition(CELL)
    is_name = is_meaningful(first) or _YEAR.fullmatch(first) is not None
    return " ".join(first.casefold().split()) if cell and is_name else None


def _short_words(text: str | None) -> tuple[str, ...]:
    return _folded(text) if text and len(text) <= LONGEST_KNOWN else ()


@lru_cache(maxsize=1024)
def _folded(text: str) -> tuple[str, ...]:
    return tuple(words(text.replace("’", "'").replace("-", " ")))
