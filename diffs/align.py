"""Alignment: which stretches of one text's units stand where which stretches of another's stood."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Indel

from diffs.words import common

# Up to this product of lengths the shortest script is found at once: 1.5 ms at most.
DIRECT_CELLS = 4_000_000
# Larger gaps are divided by what occurs once on both sides; so often, then they are replaced.
MOST_DIVISIONS = 8

Anchor = tuple[int, int]


class Stretch(NamedTuple):
    """Units ``old:old_end`` of the old text that units ``new:new_end`` of the new replaced."""

    old: int
    old_end: int
    new: int
    new_end: int

    def to(self, later: "Stretch") -> "Stretch":
        """Return the stretch from where this one begins to where a later one ends."""
        return Stretch(self.old, later.old_end, self.new, later.new_end)


def align(old: Sequence[str], new: Sequence[str]) -> list[Stretch]:
    """Return what was replaced, in order; between two stretches, as many units are equal.

    The script is the shortest there is for texts of some two thousand words. Longer ones
    are divided by pairs of words, then words, that occur once on both sides, and what
    nothing divides is replaced as a whole, so that the work stays in proportion to the texts.
    """
    head = common(old, new)
    most = min(len(old), len(new)) - head
    tail = min(most, common(old[head:][::-1], new[head:][::-1]))
    whole = Stretch(head, len(old) - tail, head, len(new) - tail)
    return list(_told(old, new, whole, 0))


def _told(
    old: Sequence[str], new: Sequence[str], gap: Stretch, divisions: int
) -> Iterator[Stretch]:
    """What was replaced within a gap, of which neither the first nor the last units match."""
    sizes = gap.old_end - gap.old, gap.new_end - gap.new
    if not any(sizes):
        return
    before, after = old[gap.old : gap.old_end], new[gap.new : gap.new_end]
    if set(before).isdisjoint(after):
        yield gap
    elif sizes[0] * sizes[1] <= DIRECT_CELLS:
        for code in Indel.opcodes(before, after):
            if code.tag != "equal":
                yield Stretch(
                    gap.old + code.src_start,
                    gap.old + code.src_end,
                    gap.new + code.dest_start,
                    gap.new + code.dest_end,
                )
    elif divisions < MOST_DIVISIONS and (anchors := _anchors(before, after)):
        for between in _gaps(old, new, gap, anchors):
            yield from _told(old, new, between, divisions + 1)
    else:
        yield gap


def _gaps(
    old: Sequence[str], new: Sequence[str], gap: Stretch, anchors: Sequence[Anchor]
) -> Iterator[Stretch]:
    """The gaps that remain when equal units around each anchor are kept."""
    here, there = gap.old, gap.new
    for place_old, place_new in anchors:
        at_old, at_new = gap.old + place_old, gap.new + place_new
        if at_old < here or at_new < there:
            continue
        end_old, end_new = at_old, at_new
        while at_old > here and at_new > there and old[at_old - 1] == new[at_new - 1]:
            at_old, at_new = at_old - 1, at_new - 1
        yield Stretch(here, at_old, there, at_new)
        while end_old < gap.old_end and end_new < gap.new_end and old[end_old] == new[end_new]:
            end_old, end_new = end_old + 1, end_new + 1
        here, there = end_old, end_new
    yield Stretch(here, gap.old_end, there, gap.new_end)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[Anchor]:
    """The places of what occurs once on both sides, in rising order: pairs of words, or words."""
    pairs = rising(_shared(pairwise(old), pairwise(new)))
    return pairs or rising(_shared(old, new))


def _shared(old: Iterable[object], new: Iterable[object]) -> list[Anchor]:
    places_old, places_new = _unique(old), _unique(new)
    return [(here, places_new[key]) for key, here in places_old.items() if key in places_new]


def _unique(keys: Iterable[object]) -> dict[object, int]:
    """The keys that occur once, with their places, in order."""
    places: dict[object, int] = {}
    for place, key in enumerate(keys):
        places[key] = -1 if key in places else place
    return {key: place for key, place in places.items() if place >= 0}


def rising(pairs: Sequence[Anchor]) -> list[Anchor]:
    """Return the most pairs that rise on both sides, of pairs that rise on the first."""
    ends: list[int] = []
    best: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        before.append(best[length - 1] if length else -1)
        ends[length : length + 1] = [there]
        best[length : length + 1] = [number]
    chain, number = [], best[-1] if best else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]
