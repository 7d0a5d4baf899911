"""Blocks whose whole text now stands inside another: taken in by it, or taken out of it.

What ``splits`` cannot tell by the share of wording: a line too short for that, or one of
many that became one paragraph.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from diffs.words import is_meaningful, words
from snapshots.records import Change

# So many words that carry meaning are said alike by no chance; fewer must stand beside.
SURELY_SAID = 6
# So many characters hold the first two words of any text.
OPENING = 80
# An opening that so many places share is looked for in no more of them.
MOST_PLACES = 20

Text = Sequence[str]


def absorbed(
    lone: Mapping[int, Change], beside: Mapping[int, Change], op: str
) -> Iterator[tuple[int, int]]:
    """Yield the places of lone blocks, each with that of the block that has its text.

    ``lone`` are those that one side alone has, and ``beside`` the changed ones, by their
    places on that side. The text stands whole in words that ``op`` ("insert" or "delete")
    put in or took out. Where it is short, nothing but other lone blocks lies between.
    """
    runs = [(place, run) for place, change in beside.items() for run in _runs(change, op)]
    if not lone or not runs:
        return
    begun = {place: tuple(words(_only(each)[:OPENING])[:2]) for place, each in lone.items()}
    openings = _openings({*begun.values()}, runs)
    neighbours = _neighbours(lone, beside)
    for place, opening in begun.items():
        if opening not in openings:
            continue
        text = words(_only(lone[place]))
        holders = _holders(text, openings[opening], runs)
        is_sure = sum(map(is_meaningful, text)) >= SURELY_SAID
        found = [h for h in holders if is_sure or h in neighbours[place]]
        if found and any(map(is_meaningful, text)):
            yield place, found[0]


def _only(change: Change) -> str:
    """The text of an added or a removed block; of an item that is no block, none."""
    field = change.fields.get("text")
    return (field.old or field.new or "") if field else ""


def _runs(change: Change, op: str) -> Iterator[Text]:
    field = change.fields.get("text")
    for edit in field.edits or () if field else ():
        if edit.op == op and len(said := words(edit.text)) > 1:
            yield said


def _openings(
    wanted: Collection[tuple[str, ...]], runs: Iterable[tuple[int, Text]]
) -> Mapping[tuple[str, ...], list[tuple[int, int]]]:
    """Where, in which run, the first two words of a wanted text stand."""
    found: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for number, (_, run) in enumerate(runs):
        for at, pair in enumerate(pairwise(run)):
            if pair in wanted and len(found[pair]) < MOST_PLACES:
                found[pair].append((number, at))
    return found


def _holders(
    text: Text, openings: Iterable[tuple[int, int]], runs: Sequence[tuple[int, Text]]
) -> list[int]:
    return [runs[n][0] for n, at in openings if runs[n][1][at : at + len(text)] == text]


def _neighbours(lone: Collection[int], beside: Collection[int]) -> dict[int, set[int]]:
    """The changed blocks that lone ones stand beside, past others that are lone."""
    found: dict[int, set[int]] = defaultdict(set)
    for step, places in ((-1, sorted(lone)), (1, sorted(lone, reverse=True))):
        nearest: dict[int, int] = {}
        for place in places:
            nearest[place] = nearest.get(place + step, place + step)
            found[place].add(nearest[place])
    return {place: near.intersection(beside) for place, near in found.items()}
