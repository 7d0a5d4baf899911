"""What stands around two items: their dates, and the items that they stand beside."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log2

from snapshots.records import Item

# All that stands around two items moves their likeness by so much at most.
MOST_BY_DATE = 0.1
MOST_BY_NEIGHBOURS = 0.1
# So many bits of evidence are as good as certain.
CERTAIN_BITS = 4.0


class Context:
    """What the pairs that are sure say of dates and neighbours; places are in the two lists."""

    def __init__(
        self, old: Sequence[Item], new: Sequence[Item], sure: Iterable[tuple[int, int]]
    ) -> None:
        self.old = old
        self.new = new
        partner = dict(sure)
        self._agree, self._differ = _bits(old, new, partner)
        self._before = _anchors(len(old), partner), _anchors(len(new), _turned(partner))
        self._after = (
            _anchors(len(old), partner, backwards=True),
            _anchors(len(new), _turned(partner), backwards=True),
        )
        self._partner = partner

    def shift(self, old: int, new: int) -> float:
        """Return by how much what stands around two items speaks for their being one."""
        return self._by_date(old, new) + self._by_neighbours(old, new)

    def _by_date(self, old: int, new: int) -> float:
        before, after = self.old[old].published, self.new[new].published
        if before is None or after is None:
            return 0.0
        bits = self._agree if before == after else self._differ
        return MOST_BY_DATE * max(-1.0, min(1.0, bits / CERTAIN_BITS))

    def _by_neighbours(self, old: int, new: int) -> float:
        """Between the same two matched items, the nearer the more: half for either side."""
        total = 0.0
        for olds, news in (self._before, self._after):
            here, there = olds[old], news[new]
            if here is not None and self._partner[here] == there:
                total += 1 / max(abs(old - here), abs(new - there))
        return MOST_BY_NEIGHBOURS * total / 2


def _bits(
    old: Sequence[Item], new: Sequence[Item], partner: Mapping[int, int]
) -> tuple[float, float]:
    """Return the bits for one item in dates that agree, and in dates that differ.

    How often the dates of sure pairs agree, beside how often those of any two items do:
    where a redesign has dated everything anew, dates say nothing.
    Source: I. Fellegi and A. Sunter, JASA 64 (1969).
    """
    dated = [(old[a].published, new[b].published) for a, b in partner.items()]
    both = [before == after for before, after in dated if before and after]
    agree = (sum(both) + 1) / (len(both) + 2)
    counts = Counter(item.published for item in new if item.published)
    total = sum(counts.values())
    chance = (sum(n * n for n in counts.values()) + 1) / (total * total + 2)
    return log2(agree / chance), log2((1 - agree) / (1 - chance))


def _anchors(
    length: int, partner: Mapping[int, int], *, backwards: bool = False
) -> list[int | None]:
    """Return, for each place, the nearest place before (or after) it that has a partner."""
    nearest: list[int | None] = [None] * length
    last = None
    for place in range(length - 1, -1, -1) if backwards else range(length):
        nearest[place] = last
        if place in partner:
            last = place
    return nearest


def _turned(partner: Mapping[int, int]) -> dict[int, int]:
    return {new: old for old, new in partner.items()}
