"""Columns that a layout has moved: selectors that still match, and read something else. Pure."""

import re
from collections.abc import Sequence

from diffs.compare import remade_columns, says_something_else, values
from diffs.match import Pair
from diffs.words import marks_only
from snapshots.extract.dates import iso
from snapshots.records import Item, Match

# What most items say for a date is one when so large a share of what they say is.
FILLED = 0.5
_SAME = Match("key", 1.0)
_DATE = re.compile(r"\d{4}(?!\d)")


def misread(old: Sequence[Item], new: Sequence[Item], least: float) -> frozenset[str]:
    """Return the columns that say something else of so many items at least, if a layout did it.

    Both sides are of the same items. Sure signs are other titles, dates that are none any
    more, what another column said before, and other addresses with another column. One of
    these alone tells nothing: a site may move its items, and what is said of them may be
    different every day.
    """
    pairs = [Pair(place, place, _SAME) for place in range(len(old))]
    remade = remade_columns(old, new, pairs)
    if _retitled([(a.title or "", b.title or "") for a, b in zip(old, new, strict=True)]) >= least:
        remade |= {"title"}
    is_undated = "published" in remade and _are_dated(old) and not _are_dated(new)
    is_moved = "url" in remade and len(remade) > 1
    is_shifted = sum(map(_says_anothers, old, new)) >= least
    is_sure = "title" in remade or is_undated or is_moved or is_shifted
    return remade if is_sure else frozenset()


def _retitled(titles: Sequence[tuple[str, str]]) -> int:
    """How many titles are no edit of what they were, but other words, or more, or fewer.

    One that ends in dots is cut short: a layout has done that, or has ceased to do it. What
    is put before or after a title is news if it is put to others too, and else a column.
    """
    others, put = 0, set[str]()
    for old, new in titles:
        shorter, longer = sorted((old.strip(), new.strip()), key=len)
        is_dotted = shorter.endswith(("…", "..."))
        is_cut = is_dotted and longer.startswith(shorter.rstrip(" .…"))
        if shorter in longer and not is_cut:
            put.add(longer.replace(shorter, "", 1) if shorter else "")
        else:
            is_other = says_something_else("title", old, new) and not marks_only(old, new)
            others += is_cut or is_other
    return others + len(put)


def _are_dated(items: Sequence[Item]) -> bool:
    """Whether what most items say for a date is one."""
    said = [item.published for item in items if item.published]
    return sum(map(bool, map(_DATE.match, said))) > len(said) * FILLED


def _says_anothers(old: Item, new: Item) -> bool:
    """Whether an item says in a column, in words or as a date, what it said in another one.

    A figure may be last week's there and this week's here.
    """
    said = dict(values(old))
    return any(
        each in {value for other, value in said.items() if other != name}
        for name, value in values(new)
        if value != said.get(name)
        for each in (value, iso(value))
        if each and not each.isdigit()
    )
