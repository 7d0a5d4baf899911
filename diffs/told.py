"""What an item says, taken apart once: its words, its title, and the numbers that name it."""

import re
from functools import cached_property, lru_cache
from itertools import takewhile

from diffs.blocks import is_heading
from diffs.numbers import numbers_of
from diffs.words import STOP_WORDS, fold, is_meaningful, words
from snapshots.records import Item

_DIGITS = re.compile(r"\d+")
_HAS_DIGIT = re.compile(r"\d")
SHORT_TEXT = 8
# A heading that became a paragraph, or the reverse, shares so many words that carry meaning,
# and this share of them.
FEWEST_SHARED = 4
MOST_APART = 0.6

Bag = list[str]


class Told:
    """An item's words: in order and as a set, inflections folded; and its title's, as written."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.title = words(item.title) if item.title else []
        self.bag = _folded(self.title) + folded_words(_body(item))
        self.words = frozenset(self.bag)

    @cached_property
    def subject(self) -> frozenset[str]:
        """The title's words, folded, without those that only bind."""
        return frozenset(_folded(self.title))

    @cached_property
    def naming(self) -> list[str]:
        """The words by which the item is named: its title's, or its text's if it has none."""
        return self.title or words(self.item.text or "")

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The document numbers that name the item."""
        return numbers_of(self.item)


def bag_of(item: Item) -> Bag:
    """Return the words of an item's title, text and summary that carry meaning, folded."""
    return _folded(words(item.title or "")) + folded_words(_body(item))


@lru_cache(maxsize=4)
def folded_words(text: str) -> Bag:
    """Return a text's words that carry meaning, in order, inflections folded.

    The list is not to be altered: it is given again to who asks for the same text next.
    """
    return _folded(words(text))


def _body(item: Item) -> str:
    return " ".join(part for part in (item.text, item.summary) if part)


def _folded(said: list[str]) -> Bag:
    # A word that does not end like a plural or a possessive folds to itself.
    return [
        fold(word) if word[-1] == "s" or "’" in word else word
        for word in said
        if word not in STOP_WORDS
    ]


def are_distinct(old: Told, new: Told) -> bool:
    """Whether numbers, or the kind of block, tell two like items apart."""
    if is_heading(old.item) != is_heading(new.item) and not _share_much(old, new):
        return True
    if old.numbers and new.numbers and not old.numbers & new.numbers:
        return True
    if old.item.title is not None:
        return _own_digits(old, new) and _own_digits(new, old)
    return _are_distinct_blocks(old.naming, new.naming)


def _own_digits(told: Told, other: Told) -> bool:
    """Whether a title has a number that the other has not."""
    mine = set(_DIGITS.findall(told.item.title or ""))
    return not mine <= set(_DIGITS.findall(other.item.title or ""))


def _share_much(old: Told, new: Told) -> bool:
    """Whether two blocks say so much alike that one became a heading, or no longer is one."""
    shared = old.words & new.words
    fewest = max(FEWEST_SHARED, MOST_APART * max(len(old.words), len(new.words)))
    return len(shared) >= fewest


def _are_distinct_blocks(mine: list[str], yours: list[str]) -> bool:
    if max(len(mine), len(yours)) > SHORT_TEXT:
        return False
    if _share_only_numbers(mine, yours):
        return True
    digits = [{w for w in side if _HAS_DIGIT.search(w)} for side in (mine, yours)]
    if not all(digits) or digits[0] == digits[1]:
        return False
    rest = [
        [w for w in side if w not in own] for side, own in zip((mine, yours), digits, strict=True)
    ]
    return rest[0] == rest[1] or not digits[0] & digits[1]


def _share_only_numbers(mine: list[str], yours: list[str]) -> bool:
    """Whether no word with a meaning is shared, and the numbers in front of them are not one.

    "4.1 By us" and "1.6.4 Limits" have two numbers in common, and nothing else.
    """
    is_named = any(map(is_meaningful, mine)) and any(map(is_meaningful, yours))
    is_shared = any(map(is_meaningful, {*mine}.intersection(yours)))
    return is_named and not is_shared and _front(mine) != _front(yours)


def _front(said: list[str]) -> list[str]:
    return list(takewhile(_HAS_DIGIT.search, said))
