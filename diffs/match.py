"""Which old item is which new one: one to one, from the surest evidence down."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from itertools import compress, repeat
from math import log
from operator import attrgetter, itemgetter, not_
from typing import NamedTuple

from diffs.assignment import Edge, assigned
from diffs.blocks import (
    but_for_numbers,
    in_another_section,
    is_heading,
    kind_but_for_numbers,
    row_label,
    same_words,
)
from diffs.context import Context
from diffs.likeness import LIKE_ENOUGH, likely_pairs
from diffs.links import canonical_link
from diffs.numbers import by_number, same_edition
from diffs.placed import placed
from snapshots.records import Item, Match

SURE = 1.0
SURELY_LIKE = 0.7
# What stands where another stood is as likely as not the same one.
PLACED = 0.5
# A summary of so many characters is hardly ever two items'.
TELLING_CHARS = 60
# Most visits leave no more items than this, on either side, and these have nothing in common.
FEW_LEFT = 8
# However alike two items are, so much doubt remains.
CERTAIN = 0.01
LINK = Match("link", SURE)
_UNLISTED = (None, None, None)


class Pair(NamedTuple):
    """An old item and the new one it became, by their places, with the reason."""

    old: int
    new: int
    match: Match


Evidence = Callable[[Item], Hashable | None]
_ADDRESS = attrgetter("url")
# What Pair._make is, at a third less.
_PAIRED = partial(tuple.__new__, Pair)


def match(old: Sequence[Item], new: Sequence[Item], *, surely: bool = False) -> list[Pair]:
    """Return the pairs of old and new items that are one item, in order of the new.

    Rounds, each over what the earlier ones left: link (canonical; where several items
    share one, with the title), document number, same wording, same words of a short block,
    a row's first cell, a line but for its numbers, same title, same summary and date,
    likeness, place. An item that no round pairs was added or removed. ``surely`` asks
    for more likeness, and for none between two links: where part of the new items was not
    seen, an old one's true partner may be among them.
    """
    rounds = _Rounds(old, new)
    if rounds.are_few_unlike():
        rounds.numbers()
    elif rounds.are_blocks():
        rounds.blocks()
    else:
        rounds.unique("link", _link)
        rounds.in_order("link", _link_and_wording)
        rounds.in_order("link", _link_and_title)
        rounds.blocks()
        rounds.unique("wording", _title)
        rounds.unique("wording", _summary)
    rounds.likeness(surely=surely)
    if not surely:
        rounds.place()
    return rounds.pairs if rounds.is_in_order else sorted(rounds.pairs, key=itemgetter(1))


class _Rounds:
    """The items not yet paired, and the pairs found so far."""

    def __init__(self, old: Sequence[Item], new: Sequence[Item]) -> None:
        self.old = old
        self.new = new
        self.pairs: list[Pair] = []
        self.is_in_order = True
        self.left_old, self.left_new = self._same_address()

    @property
    def is_over(self) -> bool:
        """Whether one side has no item left to pair."""
        return not self.left_old or not self.left_new

    def are_few_unlike(self) -> bool:
        """Whether few items are left, of which no two have any evidence of a round in common."""
        if self.is_over or max(len(self.left_old), len(self.left_new)) > FEW_LEFT:
            return False
        old = {each for place in self.left_old for each in _evidence(self.old[place])}
        return not any(
            each in old for place in self.left_new for each in _evidence(self.new[place])
        )

    def are_blocks(self) -> bool:
        """Whether nothing is left but blocks of a page, which have no links and titles."""
        left = ((self.old, self.left_old), (self.new, self.left_new))
        return all(
            (item.url, item.title, item.summary) == _UNLISTED
            for side, places in left
            for item in map(side.__getitem__, places)
        )

    def blocks(self) -> None:
        """Pair the items left by their numbers and wording, and what blocks are known by."""
        self.numbers()
        self.in_order("wording", _said)
        self.in_order("wording", _wording)
        self.in_order("wording", _text)
        self.in_order("wording", same_words)
        self.unique("wording", row_label)
        self.unique("wording", kind_but_for_numbers)
        self.unique("wording", but_for_numbers)
        self.evenly("wording", in_another_section)

    def unique(self, by: str, evidence: Evidence) -> None:
        """Pair the items left whose evidence no other item shares, paired or not."""
        old, new = self._places(evidence)
        shared = [v for v, places in old.items() if len(places) == len(new.get(v, ())) == 1]
        paired = self._evidence_of_paired(evidence) if shared else set()
        found = Match(by, SURE)
        for value in shared:
            if value not in paired:
                self._pair(old[value][0], new[value][0], found)

    def in_order(self, by: str, evidence: Evidence) -> None:
        """Pair the items left that share their evidence: the first with the first, and so on."""
        old, new = self._places(evidence)
        found = Match(by, SURE)
        for value, places in old.items():
            for here, there in zip(places, new.get(value, ()), strict=False):
                self._pair(here, there, found)

    def evenly(self, by: str, evidence: Evidence) -> None:
        """Pair the items left in their order where as many have the same evidence on both sides."""
        old, new = self._places(evidence)
        found = Match(by, SURE)
        for value, places in old.items():
            if len(places) == len(new.get(value, ())):
                for here, there in zip(places, new[value], strict=True):
                    self._pair(here, there, found)

    def _same_address(self) -> tuple[dict[int, None], dict[int, None]]:
        """Pair the items whose addresses are written alike, and nobody else's; return the others.

        Nearly all items of nearly all visits are known by this, in one go.
        """
        known = list(map(_addresses(self.old).get, map(_ADDRESS, self.new)))
        is_known = [here is not None for here in known]
        left = {*range(len(self.old))}.difference(known)
        if len(left) + sum(is_known) > len(self.old):
            times = Counter(known)
            is_known = [here is not None and times[here] == 1 for here in known]
            left = {*range(len(self.old))}.difference(compress(known, is_known))
        places = range(len(known))
        pairs = zip(compress(known, is_known), compress(places, is_known), repeat(LINK))
        self.pairs += map(_PAIRED, pairs)
        return dict.fromkeys(sorted(left)), dict.fromkeys(compress(places, map(not_, is_known)))

    def numbers(self) -> None:
        """Pair the items left that one document number names, and no other item."""
        if self.is_over:
            return
        old, new = by_number(self.old, self.left_old), by_number(self.new, self.left_new)
        shared = [number for number in old if number in new]
        if not shared:
            return
        pairs = [(pair.old, pair.new) for pair in self.pairs]
        paired = (
            by_number(self.old, [p[0] for p in pairs]),
            by_number(self.new, [p[1] for p in pairs]),
        )
        for number in shared:
            places = old[number], new[number]
            if any(number in taken for taken in paired) or max(map(len, places)) > 1:
                continue
            here, there = places[0][0], places[1][0]
            is_left = here in self.left_old and there in self.left_new
            if is_left and same_edition(self.old[here], self.new[there]):
                self._pair(here, there, Match("number", SURE))

    def likeness(self, *, surely: bool) -> None:
        """Pair the items left by the words they share, so that all of them fit best."""
        if self.is_over:
            return
        likely = likely_pairs(self.old, self.new, list(self.left_old), list(self.left_new))
        if not likely:
            return
        around = Context(self.old, self.new, [*self._sure(), *_mutual(likely)])
        scores = {}
        for likeness, here, there in likely:
            score = min(1.0, likeness + around.shift(here, there))
            is_doubted = surely and (likeness < SURELY_LIKE or self._are_linked(here, there))
            if score >= LIKE_ENOUGH and not is_doubted:
                scores[here, there] = score
        edges = [Edge(_weight(score), *places) for places, score in scores.items()]
        for _, here, there in assigned(edges):
            self._pair(here, there, Match("likeness", round(scores[here, there], 3)))

    def place(self) -> None:
        """Pair the blocks left that stand alone between the same two neighbours."""
        if self.is_over or self.new[next(iter(self.left_new))].text is None:
            return
        was = {pair.new: pair.old for pair in self.pairs}
        for here, there in [*placed(self.old, self.new, was, (self.left_old, self.left_new))]:
            self._pair(here, there, Match("place", PLACED))

    def _sure(self) -> list[tuple[int, int]]:
        return [(pair.old, pair.new) for pair in self.pairs]

    def _are_linked(self, old: int, new: int) -> bool:
        return bool(self.old[old].url and self.new[new].url)

    def _places(
        self, evidence: Evidence
    ) -> tuple[dict[Hashable, list[int]], dict[Hashable, list[int]]]:
        if self.is_over:
            return {}, {}
        return _index(self.old, self.left_old, evidence), _index(self.new, self.left_new, evidence)

    def _evidence_of_paired(self, evidence: Evidence) -> set[Hashable]:
        old = {evidence(self.old[pair.old]) for pair in self.pairs}
        return old | {evidence(self.new[pair.new]) for pair in self.pairs}

    def _pair(self, old: int, new: int, found: Match) -> None:
        del self.left_old[old], self.left_new[new]
        self.pairs.append(Pair(old, new, found))
        self.is_in_order = False


def _index(
    items: Sequence[Item], left: dict[int, None], evidence: Evidence
) -> dict[Hashable, list[int]]:
    places: dict[Hashable, list[int]] = {}
    for place in left:
        value = evidence(items[place])
        if value is not None:
            places.setdefault(value, []).append(place)
    return places


def others(count: int, places: Sequence[int]) -> list[int]:
    """Return the other places of so many, in order."""
    return [] if len(places) == count else sorted({*range(count)}.difference(places))


def _addresses(items: Sequence[Item]) -> dict[str | None, int]:
    """The places of items by their addresses as written, without those that several share."""
    places = dict(zip(map(_ADDRESS, items), range(len(items)), strict=True))
    if len(places) < len(items) or None in places or "" in places:
        counts = Counter(map(_ADDRESS, items))
        return {url: place for url, place in places.items() if url and counts[url] == 1}
    return places


def _mutual(likely: Sequence[tuple[float, int, int]]) -> list[tuple[int, int]]:
    """The pairs that are surely like, and likest for both: what others may stand beside."""
    best_old: dict[int, tuple[float, int]] = {}
    best_new: dict[int, tuple[float, int]] = {}
    for score, here, there in likely:
        best_old[here] = max(best_old.get(here, (0.0, 0)), (score, there))
        best_new[there] = max(best_new.get(there, (0.0, 0)), (score, here))
    return [
        (here, there)
        for here, (score, there) in best_old.items()
        if score >= SURELY_LIKE and best_new[there][1] == here
    ]


def _weight(score: float) -> float:
    """What a score weighs in an assignment: evidence adds up as the doubt that is left does.

    So one pair that is nearly equal outweighs two that are somewhat like.
    """
    return log((1 + CERTAIN - LIKE_ENOUGH) / (1 + CERTAIN - score)) + CERTAIN


def _evidence(item: Item) -> Iterator[Hashable]:
    """Yield all that an item is paired by; two that have nothing of it in common are not."""
    if item.url:
        yield "link", canonical_link(item.url)
    if item.text is not None:
        yield "text", folded(item.text)
        for evidence in (same_words, row_label, but_for_numbers, in_another_section):
            if (value := evidence(item)) is not None:
                yield evidence.__name__, value
    # Listed items without titles may yet say the same.
    if item.title or item.text is None:
        yield "title", folded(item.title)
    if summary := _summary(item):
        yield "summary", summary


def _link(item: Item) -> Hashable | None:
    return canonical_link(item.url) if item.url else None


def _link_and_wording(item: Item) -> Hashable | None:
    return (_link(item), _wording(item)) if item.url else None


def _text(item: Item) -> Hashable | None:
    return folded(item.text)


def _link_and_title(item: Item) -> Hashable | None:
    return (canonical_link(item.url), folded(item.title)) if item.url else None


def _wording(item: Item) -> Hashable | None:
    if item.text is not None:
        return (folded(item.text), is_heading(item))
    said = (folded(item.title), folded(item.summary), item.published)
    return said if any(said) else (item.url, *sorted(item.fields.items()))


def _said(item: Item) -> Hashable | None:
    """The wording with the further columns, of items that have any."""
    if item.text is not None and len(item.fields) == 1:
        # A block's kind, which says whether it is a heading; most items of a page get here.
        return (folded(item.text), *item.fields.items())
    return (_wording(item), *sorted(item.fields.items())) if item.fields else None


def _title(item: Item) -> Hashable | None:
    return folded(item.title) if item.title else None


def _summary(item: Item) -> Hashable | None:
    """A summary that says enough to be one item's, with the item's date."""
    is_telling = item.summary is not None and len(item.summary) >= TELLING_CHARS
    return (folded(item.summary), item.published) if is_telling else None


def folded(text: str | None) -> str | None:
    """Return a text with all white space, non-breaking included, folded to one space."""
    return " ".join(text.split()) if text else text
