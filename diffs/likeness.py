"""How like two items are: the words they share, weighed by how rare those are."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from math import fsum, log

from rapidfuzz import fuzz

from diffs.series import Series, pattern_of
from diffs.told import Bag, Told, are_distinct, bag_of, folded_words
from snapshots.records import Item

# Two items below this likeness are different items. Measured on the fact sheets of
# ice.gov and the members' list of parliament.nz: see docs/decisions/0002-likeness.md.
LIKE_ENOUGH = 0.34
# What stands beside an item may lift a pair that is as like as this.
LEAST_LIKE = 0.28
# An old item's candidates come from so many of its rarest words ...
RAREST_WORDS = 8
# ... each of which at most so many new items share.
MOST_SHARING = 50
CANDIDATES = 5
# ... of which the best shares at most so many times as much of them.
CONTENDING = 1 / 3
# A text opens with its subject: when its first words are shared, and open no other text
# on either side, they count for half. So many are looked at; two must be shared.
OPENING_WORDS = 3
FEWEST_OPENING = 2
# Titles whose letters agree so far are one title, mended or misspelt.
SAME_SPELLING = 0.85
# ... if what differs in them is spelled alike as well: Texas is not a misspelt Ohio.
SAME_WORD = 0.75
# What it takes without a title: so many words of summary, so like.
LONG_SUMMARY = 8
UNTITLED_LIKE_ENOUGH = 0.6
FEWEST_BACKGROUND = 50
ROUNDING = 1e-9


def likely_pairs(
    old: Sequence[Item], new: Sequence[Item], left_old: Sequence[int], left_new: Sequence[int]
) -> list[tuple[float, int, int]]:
    """Return (score, old place, new place) of the pairs that may be one item.

    Scores go from ``LEAST_LIKE`` to 1; what an item stands beside may yet lift a pair to
    ``LIKE_ENOUGH``. Candidates come from an index of rare words, never from all pairs.
    """
    told_old = {place: Told(old[place]) for place in left_old}
    told_new = {place: Told(new[place]) for place in left_new}
    rarity = Rarity([*told_old.values()], [*told_new.values()], told_new.keys(), (old, new))
    postings = _postings(told_new)
    found = []
    for here, told in told_old.items():
        for there in _candidates(here, told, postings, rarity):
            score = _score(rarity, told, told_new[there])
            if score >= LEAST_LIKE and not are_distinct(told, told_new[there]):
                found.append((score, here, there))
    return _without_series(old, new, found, (told_old, told_new))


def _without_series(
    old: Sequence[Item],
    new: Sequence[Item],
    found: list[tuple[float, int, int]],
    told: tuple[Mapping[int, Told], Mapping[int, Told]],
) -> list[tuple[float, int, int]]:
    """Leave out the pairs whose titles are two of a series, unless one is misspelt."""
    patterns = {}
    for _, here, there in found:
        mine, yours = told[0][here], told[1][there]
        if mine.title != yours.title and _spelling(mine, yours) < SAME_SPELLING:
            pattern = pattern_of(mine.title, yours.title)
            if pattern:
                patterns[here, there] = pattern
    if not patterns:
        return found
    series = Series(patterns.values(), (old, new))
    return [
        (score, here, there)
        for score, here, there in found
        if (here, there) not in patterns
        or not series.are_members(patterns[here, there], old[here], new[there])
    ]


class Rarity:
    """How rare words and openings are among the texts compared; a bag is a text's words.

    ``sides`` are all items, on either side, and ``places`` those of the new ones compared.
    """

    def __init__(
        self,
        old: list[Told],
        new: list[Told],
        places: Collection[int],
        sides: tuple[Sequence[Item], Sequence[Item]],
    ) -> None:
        self.old = old
        self.new = new
        self.places = places
        self.sides = sides
        self._weights: dict[int, float] = {}

    @cached_property
    def others(self) -> Sequence[Item]:
        """Some of the source's other items, which stand for all of them as a background.

        What they share is not rare. There are as many as there are texts compared, and
        some at least.
        """
        others = [item for place, item in enumerate(self.sides[1]) if place not in self.places]
        return others[:: self._step(len(others))]

    def _step(self, others: int) -> int:
        """Every how manieth of so many other items is looked at."""
        wanted = max(FEWEST_BACKGROUND, len(self.old) + len(self.new))
        return max(1, others // wanted)

    @cached_property
    def weights(self) -> dict[str, float]:
        """The weight of each word compared. Most changes never ask: no two texts are alike."""
        bags = [told.words for told in chain(self.old, self.new)]
        compared = set().union(*bags)
        background = (compared.intersection(bag_of(item)) for item in self.others)
        counts = Counter(chain.from_iterable(chain(bags, background)))
        return {word: log(1 + self.total / count) for word, count in counts.items()}

    @cached_property
    def openings(self) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
        """How many texts of either side begin with the same words."""
        return (
            Counter(_opening(told.bag) for told in self.old),
            Counter(_opening(told.bag) for told in self.new),
        )

    @cached_property
    def total(self) -> int:
        """How many texts there are to be rare among. To count the others, none is looked at."""
        others = len(self.sides[1]) - len(self.places)
        return len(self.old) + len(self.new) + len(range(0, others, self._step(others)))

    def likeness(self, old: Told, new: Told) -> float:
        """Return how like two items are, from 0 to 1: shared weight over mean weight."""
        total = self._whole(old) + self._whole(new)
        alike = 2 * self._weight(old.words & new.words) / total if total else 0.0
        if not self._is_subject(old, new):
            return alike
        subject = self._opening_likeness(old.bag[:OPENING_WORDS], new.bag[:OPENING_WORDS])
        return max(alike, (alike + subject) / 2)

    def at_most(self, old: Told, new: Told) -> float:
        """Return what the likeness of two items cannot exceed, whatever their words weigh.

        A shared word occurs twice at least, and any word in every text at most.
        """
        if self._is_subject(old, new):
            return 1.0
        common = len(old.words & new.words)
        apart = len(old.words) + len(new.words) - 2 * common
        shared = 2 * common * log(1 + self.total / 2)
        return shared / (shared + apart * log(2)) if shared else 0.0

    @cached_property
    def shared_titles(self) -> set[str]:
        """The titles that several items of a side have, which tell nobody apart."""
        counts = [Counter(item.title for item in side if item.title) for side in self.sides]
        return {title for each in counts for title, count in each.items() if count > 1}

    def is_titled_alike(self, old: Told, new: Told) -> bool:
        """Whether further items have the title of either."""
        return old.item.title in self.shared_titles or new.item.title in self.shared_titles

    def _is_subject(self, old: Told, new: Told) -> bool:
        opening = _opening(old.bag)
        if opening != _opening(new.bag) or len(opening) < FEWEST_OPENING:
            return False
        return not self.is_titled_alike(old, new) and all(
            counts[opening] == 1 for counts in self.openings
        )

    def _opening_likeness(self, old: Bag, new: Bag) -> float:
        mine, yours = set(old), set(new)
        total = self._weight(mine) + self._weight(yours)
        return 2 * self._weight(mine & yours) / total if total else 0.0

    def _whole(self, told: Told) -> float:
        known = self._weights.get(id(told))
        if known is None:
            known = self._weights[id(told)] = self._weight(told.words)
        return known

    def _weight(self, bag: Iterable[str]) -> float:
        return fsum(map(self.weights.__getitem__, bag))


def _score(rarity: Rarity, old: Told, new: Told) -> float:
    """Return how like two items are; 0 when they are not like enough, or not titled alike.

    A misspelt title is the same one, unless other items share it; items whose titles
    share no word are one only when long summaries are nearly equal.
    """
    spelling = _spelling(old, new)
    if spelling >= SAME_SPELLING and not rarity.is_titled_alike(old, new):
        return max(rarity.likeness(old, new), spelling)
    most = rarity.at_most(old, new)
    is_titled = not old.title or not new.title or not old.subject.isdisjoint(new.subject)
    least = LEAST_LIKE if is_titled else UNTITLED_LIKE_ENOUGH
    # The two are computed differently, and may differ by a rounding.
    if most < least - ROUNDING or not (is_titled or _is_long(old)):
        return 0.0
    alike = rarity.likeness(old, new)
    return alike if alike >= least else 0.0


def _spelling(old: Told, new: Told) -> float:
    """Return how alike two titles are spelled; 0 when whole words were put for others."""
    if not old.item.title or not new.item.title:
        return 0.0
    alike = fuzz.ratio(
        old.item.title.casefold(), new.item.title.casefold(), score_cutoff=SAME_SPELLING * 100
    )
    if not alike:
        return 0.0
    gone, come = Counter(old.title), Counter(new.title)
    gone, come = gone - come, come - gone
    if gone or come:
        differing = fuzz.ratio(" ".join(gone), " ".join(come)) / 100
        return alike / 100 if differing >= SAME_WORD else 0.0
    return alike / 100


def _is_long(told: Told) -> bool:
    """Whether an item's summary says enough to know it by, whatever its title."""
    return len(set(folded_words(told.item.summary or ""))) >= LONG_SUMMARY


def _opening(bag: Bag) -> tuple[str, ...]:
    return tuple(bag[:FEWEST_OPENING])


def _postings(told: Mapping[int, Told]) -> dict[str, list[int]]:
    postings: dict[str, list[int]] = defaultdict(list)
    for place, each in told.items():
        for word in each.words:
            postings[word].append(place)
    return postings


def _candidates(
    here: int, told: Told, postings: dict[str, list[int]], rarity: Rarity
) -> Iterable[int]:
    """Return the new places that share the rarest words; the nearest, of those that share alike."""
    known = [(len(postings[word]), word) for word in told.words & postings.keys()]
    shared = sorted(each for each in known if each[0] <= MOST_SHARING)[:RAREST_WORDS]
    if not shared:
        return _nearest(here, postings[min(known)[1]]) if known else ()
    if sum(count for count, _ in shared) <= CANDIDATES:
        return sorted({place for _, word in shared for place in postings[word]})
    totals: dict[int, float] = defaultdict(float)
    for _, word in shared:
        weight = rarity.weights[word]
        for place in postings[word]:
            totals[place] += weight
    least = max(totals.values()) * CONTENDING
    nearly = [at for at, total in totals.items() if total >= least]
    return sorted(nearly, key=lambda at: (-totals[at], abs(at - here), at))[:CANDIDATES]


def _nearest(here: int, places: list[int]) -> list[int]:
    """Of items that share only what many share, those about as far down the list."""
    middle = bisect_left(places, here)
    return places[max(0, middle - CANDIDATES) : middle + CANDIDATES]
