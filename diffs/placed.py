"""Blocks known by their place alone: what stands between the same two blocks as before."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from diffs.blocks import are_numbers, is_heading
from diffs.told import folded_words
from snapshots.records import Item

# What two texts at one place have in common, of their words with a meaning, if they are one.
LEAST_COMMON = 0.25


def placed(
    old: Sequence[Item],
    new: Sequence[Item],
    was: Mapping[int, int],
    left: tuple[Collection[int], Collection[int]],
) -> Iterator[tuple[int, int]]:
    """Yield the old and new places of blocks that stand alone between the same neighbours.

    ``was`` gives the old places of the new items that are paired, and ``left`` are the old
    and new places of the others. The two are of one kind. A heading between the same texts
    is one however it is reworded; others share some of their words, or both are numbers.
    """
    for there in left[1]:
        here = _between(was, there, len(old), len(new))
        if here in left[0] and _may_be_one(old[here], new[there]):
            yield here, there


def _between(was: Mapping[int, int], there: int, old: int, new: int) -> int:
    """The old place whose neighbours are those of a new one, or -1; a page's end is such, too."""
    before = -1 if there == 0 else was.get(there - 1, old)
    after = old if there == new - 1 else was.get(there + 1, -1)
    is_whole_page = before == -1 and after == old
    return before + 1 if after - before == 2 and not is_whole_page else -1


def _may_be_one(old: Item, new: Item) -> bool:
    if old.text is None or new.text is None or old.fields.get("block") != new.fields.get("block"):
        return False
    if is_heading(old) or (are_numbers(old) and are_numbers(new)):
        return True
    mine, yours = set(folded_words(old.text)), set(folded_words(new.text))
    return 2 * len(mine & yours) >= LEAST_COMMON * (len(mine) + len(yours)) > 0
