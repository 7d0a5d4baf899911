"""Which old item is which new one: one to one, from the surest evidence down."""

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from diffs.likeness import likely_pairs
from diffs.links import canonical_link
from snapshots.records import Item, Match

SURE = 1.0
SURELY_LIKE = 0.7


class Pair(NamedTuple):
    """An old item and the new one it became, by their places, with the reason."""

    old: int
    new: int
    match: Match


Evidence = Callable[[Item], Hashable | None]


def match(old: Sequence[Item], new: Sequence[Item], *, surely: bool = False) -> list[Pair]:
    """Return the pairs of old and new items that are one item, in order of the new.

    Rounds, each over what the earlier ones left: link (canonical; where several items
    share one, with the title), same wording, same title, likeness. An item that no
    round pairs was added or removed. ``surely`` asks for more likeness, and for none
    between two links: where part of the new items was not seen, an old one's true
    partner may be among them.
    """
    rounds = _Rounds(old, new)
    rounds.unique("link", _link)
    rounds.in_order("link", _link_and_wording)
    rounds.in_order("link", _link_and_title)
    rounds.in_order("wording", _wording)
    rounds.in_order("wording", _text)
    rounds.unique("wording", _title)
    rounds.likeness(surely=surely)
    return sorted(rounds.pairs, key=lambda pair: pair.new)


class _Rounds:
    """The items not yet paired, and the pairs found so far."""

    def __init__(self, old: Sequence[Item], new: Sequence[Item]) -> None:
        self.old = old
        self.new = new
        self.left_old = dict.fromkeys(range(len(old)))
        self.left_new = dict.fromkeys(range(len(new)))
        self.pairs: list[Pair] = []

    @property
    def is_over(self) -> bool:
        """Whether one side has no item left to pair."""
        return not self.left_old or not self.left_new

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

    def likeness(self, *, surely: bool) -> None:
        """Pair the items left by the words they share, the likest first."""
        if self.is_over:
            return
        likely = likely_pairs(self.old, self.new, list(self.left_old), list(self.left_new))
        for score, here, there in likely:
            if surely and (score < SURELY_LIKE or self._are_linked(here, there)):
                continue
            if here in self.left_old and there in self.left_new:
                self._pair(here, there, Match("likeness", round(score, 3)))

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


def _index(
    items: Sequence[Item], left: dict[int, None], evidence: Evidence
) -> dict[Hashable, list[int]]:
    places: dict[Hashable, list[int]] = {}
    for place in left:
        value = evidence(items[place])
        if value is not None:
            places.setdefault(value, []).append(place)
    return places


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


def _title(item: Item) -> Hashable | None:
    return folded(item.title) if item.title else None


def is_heading(item: Item) -> bool:
    """Whether an item is a block that heads others."""
    return item.fields.get("block") == "heading"


def folded(text: str | None) -> str | None:
    """Return a text with all white space, non-breaking included, folded to one space."""
    return " ".join(text.split()) if text else text
