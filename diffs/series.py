"""Series: titles made to one pattern, of which each member differs in a few words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from diffs.words import STOP_WORDS, common, words
from snapshots.records import Item

# A member's own words are so many at most, and its series' words so many at least.
LONGEST_NAME = 4
FEWEST_PATTERN = 2
# By so much the summaries of one item are more alike than those of two of a series.
CLEARER = 0.1
# Titles that hold a name are looked at up to so many.
MOST_TRIED = 20

Words = tuple[str, ...]


class Pattern(NamedTuple):
    """The words before and after the one place at which two titles differ."""

    before: Words
    after: Words


def pattern_of(old: Sequence[str], new: Sequence[str]) -> Pattern | None:
    """Return the pattern that two titles follow, as words; None when they follow none."""
    head = common(old, new)
    tail = common(old[head:][::-1], new[head:][::-1])
    names = len(old) - head - tail, len(new) - head - tail
    found = Pattern(tuple(old[:head]), tuple(old[len(old) - tail :]))
    carrying = sum(word not in STOP_WORDS for part in found for word in part)
    is_one = min(names) > 0 and max(names) <= LONGEST_NAME and carrying >= FEWEST_PATTERN
    return found if is_one else None


class Series:
    """The items of both sides that follow some patterns, and the titles that they stand among."""

    def __init__(self, patterns: Iterable[Pattern], sides: Sequence[Sequence[Item]]) -> None:
        self.members: dict[Pattern, dict[Words, Item]] = defaultdict(dict)
        self.titles = [dict.fromkeys(map(_titled, side)) for side in sides]
        endings: dict[Words, set[Words]] = defaultdict(set)
        for pattern in patterns:
            endings[pattern.before].add(pattern.after)
        for side in sides:
            for item in side:
                self._place(item, endings)

    def are_members(self, pattern: Pattern, old: Item, new: Item) -> bool:
        """Whether two items of a pattern are two of its series, and not one that was retitled.

        A series has a third member, whose summary is about as like the old one's as the
        new is; or one listing has two other titles that differ by just the same words.
        """
        own = _titled(old), _titled(new)
        names = [title[len(pattern.before) : len(title) - len(pattern.after)] for title in own]
        if self._are_contrasted(names[0], names[1]):
            return True
        others = [item for item in self.members[pattern].values() if _titled(item) not in own]
        if not others:
            return False
        if old.summary and old.summary == new.summary:
            return any(old.summary == other.summary for other in others)
        alike = _alike(old, new)
        return all(alike < _alike(old, other) + CLEARER for other in others[:FEWEST_PATTERN])

    def _are_contrasted(self, name: Words, other: Words) -> bool:
        """Whether one listing has a title in which the other name can stand for the name."""
        for titles, by_word in zip(self.titles, self._by_word, strict=True):
            tried = [(by_word.get(a[0], []), a, b) for a, b in ((name, other), (other, name))]
            among, here, there = min(tried, key=lambda each: len(each[0]))
            if any(_exchanged(title, here, there) in titles for title in among[:MOST_TRIED]):
                return True
        return False

    @cached_property
    def _by_word(self) -> list[dict[str, list[Words]]]:
        found: list[dict[str, list[Words]]] = []
        for titles in self.titles:
            by_word: dict[str, list[Words]] = defaultdict(list)
            for title in titles:
                for word in set(title):
                    by_word[word].append(title)
            found.append(by_word)
        return found

    def _place(self, item: Item, endings: dict[Words, set[Words]]) -> None:
        title = _titled(item)
        for start in range(len(title)):
            known = endings.get(title[:start])
            for end in range(start + 1, min(len(title), start + LONGEST_NAME) + 1) if known else ():
                if known and title[end:] in known:
                    self.members[Pattern(title[:start], title[end:])][title[start:end]] = item


def _exchanged(title: Words, name: Words, other: Words) -> Words:
    """A title with the first place of a name taken by another; none, if it has no such place."""
    start = title.index(name[0])
    if title[start : start + len(name)] != name:
        return ()
    return title[:start] + other + title[start + len(name) :]


def _titled(item: Item) -> Words:
    return _words(item.title or "")


@lru_cache(maxsize=65536)
def _words(title: str) -> Words:
    return tuple(words(title))


def _alike(old: Item, new: Item) -> float:
    mine, yours = set(words(old.summary or "")), set(words(new.summary or ""))
    return len(mine & yours) / len(mine | yours) if mine and yours else 0.0
