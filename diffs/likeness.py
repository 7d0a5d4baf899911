"""How like two items are: the words they share, weighed by how rare those are."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from heapq import nsmallest
from itertools import chain
from math import fsum, inf, log

from rapidfuzz import fuzz

from diffs.numbers import numbers_of
from diffs.words import STOP_WORDS, fold, words
from snapshots.records import Item

# Two items below this likeness are different items. Measured on the fact sheets of
# ice.gov and the members' list of parliament.nz: see docs/decisions/0002-likeness.md.
LIKE_ENOUGH = 0.34
# What stands beside an item may lift a pair that is as like as this.
LEAST_LIKE = 0.28
# An old item's candidates come from so many of its rarest words ...
RAREST_WORDS = 12
# ... each of which at most so many new items share.
MOST_SHARING = 50
CANDIDATES = 5
# A text opens with its subject: when its first words are shared, and open no other text
# on either side, they count for half. So many are looked at; two must be shared.
OPENING_WORDS = 3
FEWEST_OPENING = 2
_DIGIT = re.compile(r"\d")
SHORT_TEXT = 8
# Titles whose letters agree so far are one title, mended or misspelt.
SAME_SPELLING = 0.85
# ... if what differs in them is spelled alike as well: Texas is not a misspelt Ohio.
SAME_WORD = 0.75
# What it takes without a title: so many words of summary, so like.
LONG_SUMMARY = 8
UNTITLED_LIKE_ENOUGH = 0.6
FEWEST_BACKGROUND = 50
ROUNDING = 1e-9

Bag = list[str]


def likely_pairs(
    old: Sequence[Item], new: Sequence[Item], left_old: Sequence[int], left_new: Sequence[int]
) -> list[tuple[float, int, int]]:
    """Return (score, old place, new place) of the pairs that may be one item.

    Scores go from ``LEAST_LIKE`` to 1; what an item stands beside may yet lift a pair to
    ``LIKE_ENOUGH``. Candidates come from an index of rare words, never from all pairs.
    """
    bags_old = {place: _bag(old[place]) for place in left_old}
    bags_new = {place: _bag(new[place]) for place in left_new}
    rarity = Rarity([*bags_old.values()], [*bags_new.values()], new)
    postings = _postings(bags_new)
    found = []
    for here, bag in bags_old.items():
        for there in _candidates(here, bag, postings, rarity):
            score = _score(rarity, (bag, bags_new[there]), old[here], new[there])
            if score >= LEAST_LIKE and not _are_distinct(old[here], new[there]):
                found.append((score, here, there))
    return found


class Rarity:
    """How rare words and openings are among the texts compared; a bag is a text's words.

    Some of ``listed``, the source's items, stand for all of them as a background: what
    they share is not rare. There are as many as there are texts, and some at least.
    """

    def __init__(self, old: list[Bag], new: list[Bag], listed: Sequence[Item]) -> None:
        self.old = old
        self.new = new
        wanted = max(FEWEST_BACKGROUND, len(old) + len(new))
        self.listed = listed[:: max(1, len(listed) // wanted)]

    @cached_property
    def weights(self) -> dict[str, float]:
        """The weight of each word compared. Most changes never ask: no two texts are alike."""
        background = map(_bag, self.listed)
        compared = set().union(*self.old, *self.new)
        bags = chain(self.old, self.new, background)
        counts = Counter(word for bag in bags for word in compared.intersection(bag))
        return {word: log(1 + self.total / count) for word, count in counts.items()}

    @cached_property
    def openings(self) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
        """How many texts of either side begin with the same words."""
        return Counter(map(_opening, self.old)), Counter(map(_opening, self.new))

    @property
    def total(self) -> int:
        """How many texts there are to be rare among."""
        return len(self.old) + len(self.new) + len(self.listed)

    def likeness(self, old: Bag, new: Bag) -> float:
        """Return how like two bags are, from 0 to 1: shared weight over mean weight."""
        alike = self._shared(old, new)
        if not self._is_subject(old, new):
            return alike
        subject = self._shared(old[:OPENING_WORDS], new[:OPENING_WORDS])
        return max(alike, (alike + subject) / 2)

    def at_most(self, old: Bag, new: Bag) -> float:
        """Return what the likeness of two bags cannot exceed, whatever their words weigh.

        A shared word occurs twice at least, and any word in every text at most.
        """
        if self._is_subject(old, new):
            return 1.0
        mine, yours = set(old), set(new)
        shared = 2 * len(mine & yours) * log(1 + self.total / 2)
        return shared / (shared + len(mine ^ yours) * log(2)) if shared else 0.0

    def _is_subject(self, old: Bag, new: Bag) -> bool:
        opening = _opening(old)
        if opening != _opening(new) or len(opening) < FEWEST_OPENING:
            return False
        return all(counts[opening] == 1 for counts in self.openings)

    def _shared(self, old: Bag, new: Bag) -> float:
        mine, yours = set(old), set(new)
        total = self._weight(mine) + self._weight(yours)
        return 2 * self._weight(mine & yours) / total if total else 0.0

    def _weight(self, bag: set[str]) -> float:
        return fsum(self.weights[word] for word in bag)


def _score(rarity: Rarity, bags: tuple[Bag, Bag], old: Item, new: Item) -> float:
    """Return how like two items are; 0 when they are not like enough, or not titled alike.

    A misspelt title is the same one; items whose titles share no word are one only
    when long summaries are nearly equal.
    """
    spelling = _spelling(old.title, new.title)
    if spelling >= SAME_SPELLING:
        return max(rarity.likeness(*bags), spelling)
    least = max(LEAST_LIKE, _least(old, new))
    # The two are computed differently, and may differ by a rounding.
    if rarity.at_most(*bags) < least - ROUNDING:
        return 0.0
    alike = rarity.likeness(*bags)
    return alike if alike >= least else 0.0


def _spelling(old: str | None, new: str | None) -> float:
    """Return how alike two titles are spelled; 0 when whole words were put for others."""
    if not old or not new:
        return 0.0
    alike = fuzz.ratio(old.casefold(), new.casefold()) / 100
    if alike < SAME_SPELLING:
        return 0.0
    gone, come = Counter(words(old)), Counter(words(new))
    gone, come = gone - come, come - gone
    differing = fuzz.ratio(" ".join(gone), " ".join(come)) / 100
    return alike if differing >= SAME_WORD or (not gone and not come) else 0.0


def _least(old: Item, new: Item) -> float:
    """How like two items must be, by what their titles say."""
    if not old.title or not new.title or _folded_words(old.title) & _folded_words(new.title):
        return LEAST_LIKE
    is_long = len(_folded_words(old.summary or "")) >= LONG_SUMMARY
    return UNTITLED_LIKE_ENOUGH if is_long else inf


def _opening(bag: Bag) -> tuple[str, ...]:
    return tuple(bag[:FEWEST_OPENING])


def _folded_words(text: str) -> set[str]:
    return {fold(word) for word in words(text) if word not in STOP_WORDS}


def _bag(item: Item) -> list[str]:
    text = " ".join(part for part in (item.title, item.text, item.summary) if part)
    # A word that does not end like a plural or a possessive folds to itself.
    return [
        fold(word) if word[-1] == "s" or "’" in word else word
        for word in words(text)
        if word not in STOP_WORDS
    ]


def _postings(bags: dict[int, list[str]]) -> dict[str, list[int]]:
    postings: dict[str, list[int]] = defaultdict(list)
    for place, bag in bags.items():
        for word in set(bag):
            postings[word].append(place)
    return postings


def _candidates(
    here: int, bag: Bag, postings: dict[str, list[int]], rarity: Rarity
) -> Iterable[int]:
    """Return the new places that share the rarest words; the nearest, of those that share alike."""
    known = [word for word in set(bag) if word in postings]
    shared = [word for word in known if len(postings[word]) <= MOST_SHARING]
    if not shared:
        return _nearest(here, known, postings)
    shared.sort(key=lambda word: (len(postings[word]), word))
    rarest = shared[:RAREST_WORDS]
    places = {place for word in rarest for place in postings[word]}
    if len(places) <= CANDIDATES:
        return sorted(places)
    totals: dict[int, float] = defaultdict(float)
    for word in rarest:
        for place in postings[word]:
            totals[place] += rarity.weights[word]
    return nsmallest(CANDIDATES, totals, key=lambda at: (-totals[at], abs(at - here), at))


def _nearest(here: int, known: list[str], postings: dict[str, list[int]]) -> list[int]:
    """Of items that share only what many share, those about as far down the list."""
    if not known:
        return []
    places = postings[min(known, key=lambda word: (len(postings[word]), word))]
    middle = bisect_left(places, here)
    return places[max(0, middle - CANDIDATES) : middle + CANDIDATES]


def _are_distinct(old: Item, new: Item) -> bool:
    """Whether numbers, or the kind of block, tell two like items apart."""
    if (old.fields.get("block") == "heading") != (new.fields.get("block") == "heading"):
        return True
    numbers = numbers_of(old), numbers_of(new)
    if all(numbers) and not numbers[0] & numbers[1]:
        return True
    mine, yours = words(old.title or old.text or ""), words(new.title or new.text or "")
    digits = {w for w in mine if _DIGIT.search(w)}, {w for w in yours if _DIGIT.search(w)}
    if not all(digits) or digits[0] == digits[1]:
        return False
    is_series = [w for w in mine if w not in digits[0]] == [w for w in yours if w not in digits[1]]
    is_named = old.title is not None or max(len(mine), len(yours)) <= SHORT_TEXT
    return is_named and (is_series or not digits[0] & digits[1])
