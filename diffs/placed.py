"""Blocks known by their place: what stands between the same two blocks as before."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from diffs.blocks import are_numbers, but_for_numbers, is_heading
from diffs.told import folded_words
from snapshots.records import Item

# What two texts at one place have in common, of their words with a meaning, if they are one;
# and where several stand in a row on either side.
LEAST_COMMON = 0.25
LEAST_COMMON_OF_SEVERAL = 0.5


def placed(
    old: Sequence[Item],
    new: Sequence[Item],
    was: Mapping[int, int],
    left: tuple[Collection[int], Collection[int]],
) -> Iterator[tuple[int, int]]:
    """Yield the old and new places of blocks that stand between the same neighbours as before.

    ``was`` gives the old places of the new items that are paired, and ``left`` are the old
    and new places of the others, in order. Between the neighbours, or one of them and the
    page's end, there are as many on both sides. A heading that stands there alone is one
    however it is reworded; others share some of their words, or differ in numbers alone.
    """
    for run in _runs(left[1]):
        first = _first_between(was, run, len(old), len(new))
        for here, there in zip(range(first, first + len(run)), run, strict=True):
            if here in left[0] and _are_one(old[here], new[there], is_alone=len(run) == 1):
                yield here, there


def _runs(places: Collection[int]) -> Iterator[range]:
    """The runs of neighbouring places, of places in order."""
    first = last = -1
    for place in places:
        if place != last:
            yield from [range(first, last)] if last > first else []
            first = place
        last = place + 1
    yield from [range(first, last)] if last > first else []


def _first_between(was: Mapping[int, int], run: range, old: int, new: int) -> int:
    """The old place after the neighbour before a run, or past the end if it is not such a run."""
    before = -1 if run.start == 0 else was.get(run.start - 1, old)
    after = old if run.stop == new else was.get(run.stop, -1)
    is_whole_page = before == -1 and after == old
    return before + 1 if after - before - 1 == len(run) and not is_whole_page else old


def _are_one(old: Item, new: Item, *, is_alone: bool) -> bool:
    if old.text is None or new.text is None or old.fields.get("block") != new.fields.get("block"):
        return False
    if (is_alone and is_heading(old)) or (are_numbers(old) and are_numbers(new)):
        return True
    said = but_for_numbers(old)
    if said is not None and said == but_for_numbers(new):
        return True
    mine, yours = set(folded_words(old.text)), set(folded_words(new.text))
    least = LEAST_COMMON if is_alone else LEAST_COMMON_OF_SEVERAL
    return 2 * len(mine & yours) >= least * (len(mine) + len(yours)) > 0
