"""Splits and merges: one item whose wording became two, and two whose wording became one.

Never a reason to pair items: it tells what a matching leaves as an addition or a removal.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from diffs.told import bag_of
from snapshots.records import Flag, Item

# The parts hold so much of the whole's wording between them ...
COVERED = 0.8
# ... each of them so much that no other part holds ...
LEAST_SHARE = 0.15
# ... and each is made of the whole's wording by so much: it is no text that only quotes it.
LEAST_DERIVED = 0.6
# A shorter wording, in neighbouring words that carry meaning, is too short to be divided.
FEWEST_NEIGHBOURS = 6
# A wording that so many items share is nobody's.
MOST_SHARING = 20
# Of no more parts that were paired with nothing it is first asked whether any may be one.
FEW_PARTS = 8

Wording = frozenset[tuple[str, str]]


class Split(NamedTuple):
    """An old item, by its place, and the new ones that it became, in their order."""

    old: int
    new: tuple[int, ...]


class Merge(NamedTuple):
    """The old items, by their places and in their order, that became one new one."""

    old: tuple[int, ...]
    new: int


def divided(
    old: Sequence[Item], new: Sequence[Item], pairs: Iterable[tuple[int, int]]
) -> tuple[list[Split], list[Merge]]:
    """Return the old items that became several new ones, and the new ones that several became.

    Each in their order. ``pairs`` is the matching, as places. At least one of the parts was
    paired with no item of the other side; another may be the whole's own partner. What is
    covered is the wording of the title, summary and text, but not what other items on
    either side say as well.
    """
    became = dict(pairs)
    said_old = cache(lambda place: _wording(old[place]))
    said_new = cache(lambda place: _wording(new[place]))
    split = _divided(old, new, became, said_old, said_new)
    merged = _divided(new, old, {n: o for o, n in became.items()}, said_new, said_old)
    return [Split(*each) for each in split], [Merge(parts, whole) for whole, parts in merged]


def flags_of_places(
    split: Iterable[Split], merged: Iterable[Merge]
) -> tuple[Mapping[int, Flag], Mapping[int, Flag]]:
    """Return the flags of old and of new places: of every whole, and of every part."""
    of_old: dict[int, Flag] = {}
    of_new: dict[int, Flag] = {}
    for each in split:
        of_old[each.old] = Flag.SPLIT
        of_new.update(dict.fromkeys(each.new, Flag.SPLIT))
    for one in merged:
        of_new[one.new] = Flag.MERGED
        of_old.update(dict.fromkeys(one.old, Flag.MERGED))
    return of_old, of_new


def _divided(
    wholes: Sequence[Item],
    parts: Sequence[Item],
    partner: Mapping[int, int],
    said_by_whole: Callable[[int], Wording],
    said_by_part: Callable[[int], Wording],
) -> list[tuple[int, tuple[int, ...]]]:
    """Return the wholes whose wording parts divide among them; ``partner`` is the whole's."""
    paired = set(partner.values())
    lone = [place for place in range(len(parts)) if place not in paired]
    if not lone:
        return []
    changed = [
        place
        for place, item in enumerate(wholes)
        if place not in partner or _is_reworded(item, parts[partner[place]])
    ]
    # One part alone divides nothing, unless with what the whole has become.
    likely = changed if len(lone) > 1 else [place for place in changed if place in partner]
    if not likely:
        return []
    of_parts = {place: said_by_part(place) for place in lone}
    if not _may_divide([wholes[place] for place in likely], [*of_parts.values()]):
        return []
    of_parts.update({partner[w]: said_by_part(partner[w]) for w in changed if w in partner})
    of_wholes = {place: said_by_whole(place) for place in changed}
    shared = Counter(pair for wording in of_wholes.values() for pair in wording)
    holders = _holders(of_parts)
    found = []
    for place, wording in of_wholes.items():
        own = frozenset(pair for pair in wording if shared[pair] == 1)
        mine = partner.get(place)
        held = _held(own, holders)
        held = {part: pairs for part, pairs in held.items() if part == mine or part not in paired}
        chosen = _parts(own, held, of_parts)
        if any(part not in paired for part in chosen):
            found.append((place, tuple(sorted(chosen))))
    return found


def _is_reworded(old: Item, new: Item) -> bool:
    return (old.title, old.summary, old.text) != (new.title, new.summary, new.text)


def _may_divide(wholes: Sequence[Item], parts: Sequence[Wording]) -> bool:
    """Whether any whole may say enough of a part: a quick look, which is worth it for few."""
    if len(parts) > FEW_PARTS:
        return True
    said = [" ".join(filter(None, (i.title, i.summary, i.text))).casefold() for i in wholes]
    return any(_says(text, part) for part in parts for text in said)


def _says(text: str, part: Wording) -> bool:
    """Whether a text holds as large a share of a part's words as a part is derived by.

    Of every pair the longer word is looked for, as it is the rarer one.
    """
    most = len(part)
    needed = LEAST_DERIVED * most
    for one, other in part:
        word = one if len(one) >= len(other) else other
        if word not in text and (_stem(word) == word or _stem(word) not in text):
            most -= 1
            if most < needed:
                return False
    return True


def _stem(word: str) -> str:
    """What any inflection of a folded word begins with."""
    return word.partition("'")[0].removesuffix("y") if word[-1] == "y" or "'" in word else word


def _wording(item: Item) -> Wording:
    """Neighbouring words that carry meaning, two by two."""
    return frozenset(pairwise(bag_of(item)))


def _holders(of_parts: Mapping[int, Wording]) -> dict[tuple[str, str], list[int]]:
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, wording in of_parts.items():
        for pair in wording:
            holders[pair].append(place)
    return holders


def _held(
    own: Wording, holders: Mapping[tuple[str, str], list[int]]
) -> dict[int, set[tuple[str, str]]]:
    """Return what each part holds of a whole."""
    held: dict[int, set[tuple[str, str]]] = defaultdict(set)
    if len(own) < FEWEST_NEIGHBOURS:
        return held
    for pair in own:
        among = holders.get(pair, [])
        for place in among if len(among) <= MOST_SHARING else ():
            held[place].add(pair)
    return held


def _parts(
    own: Wording, held: Mapping[int, set[tuple[str, str]]], of_parts: Mapping[int, Wording]
) -> list[int]:
    """Return the parts that divide a whole among them, largest first; none if they do not."""
    derived = [p for p, pairs in held.items() if len(pairs) >= LEAST_DERIVED * len(of_parts[p])]
    chosen: list[int] = []
    covered: set[tuple[str, str]] = set()
    for place in sorted(derived, key=lambda place: (-len(held[place]), place)):
        if len(held[place] - covered) >= LEAST_SHARE * len(own):
            chosen.append(place)
            covered |= held[place]
    is_divided = len(chosen) > 1 and len(covered) >= COVERED * len(own)
    # A part that says nearly all of it is the whole, and the other a repetition.
    return chosen if is_divided and len(held[chosen[0]]) < COVERED * len(own) else []
