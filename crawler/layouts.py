"""What a change of layout says nothing of: columns made anew or dropped in part, and addresses.

A layout changes where another recipe of the source comes into force, if it is not quarantined.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

from crawler.config import Source
from crawler.reading import Sighting
from diffs.compare import KNOWN_BY, MOST, remade_columns, values
from diffs.match import SURE, Pair, match
from snapshots.archive import Archive, Standing
from snapshots.extract.extract import without
from snapshots.records import Item, Snapshot

# A column of which a layout showed so small a part of what another does was not there.
HARDLY = 0.2


def remade(
    archive: Archive,
    source: Source,
    snapshot: Snapshot,
    standing: Standing,
    items: Sequence[Item],
    pairs: Sequence[Pair],
) -> frozenset[str]:
    """Return the columns that a new layout says otherwise of nearly every item of an old one.

    Or says of most, where the old one hardly said anything.
    """
    old = _of_old_layouts(archive, source, snapshot, standing)
    across = [pair for pair in pairs if standing.items[pair.old].last_seen in old]
    if not across:
        return frozenset()
    before = [each.item for each in standing.items]
    return remade_columns(before, items, across) | _gained(before, items, across)


def _gained(old: Sequence[Item], new: Sequence[Item], pairs: Sequence[Pair]) -> frozenset[str]:
    had = Counter(name for pair in pairs for name, _ in values(old[pair.old]))
    have = Counter(name for pair in pairs for name, _ in values(new[pair.new]))
    return frozenset(
        name
        for name, count in have.items()
        if count >= len(pairs) * MOST and had[name] < count * HARDLY and name not in KNOWN_BY
    )


def without_dropped(seen: Sighting, standing: Standing | None) -> Sighting:
    """Return what was seen without the wordings of which the layout has dropped a part.

    A part that no item shows has been dropped unless most wordings that stood are said as
    they were. What is left of the others says nothing of single items. A title is what items
    are known by: those that stood keep theirs. ``partial`` then names what was left out.
    """
    if not seen.partial:
        return seen
    old = [each.item for each in standing.items] if standing else []
    pairs = cache(lambda: match(old, seen.items))
    dropped = {name for name in seen.partial if _is_dropped(name, old, seen.items, pairs)}
    items = without(seen.items, dropped - KNOWN_BY)
    if dropped & KNOWN_BY:
        items = _with_titles(items, old, pairs())
    return replace(seen, items=items, partial=frozenset(dropped))


def _with_titles(
    items: Sequence[Item], old: Sequence[Item], pairs: Sequence[Pair]
) -> tuple[Item, ...]:
    """Items by the titles that they had; a part and another link may be another item's."""
    sure = [pair for pair in pairs if pair.match.score == SURE or not items[pair.new].url]
    titles = {pair.new: old[pair.old].title for pair in sure}
    return tuple(
        item._replace(title=titles.get(place) or item.title) for place, item in enumerate(items)
    )


def _is_dropped(
    name: str, old: Sequence[Item], new: Sequence[Item], pairs: Callable[[], Sequence[Pair]]
) -> bool:
    """Whether most of what items said in a column is said no more, by them or any other."""
    before, now = ([dict(values(item)).get(name) for item in items] for items in (old, new))
    said = set(now)
    had = [wording for wording in before if wording]
    if not had:
        return name not in KNOWN_BY
    if sum(wording in said for wording in had) > len(had) * MOST:
        return False
    # In a list most of whose items are new, or are on other pages, those that stay tell.
    sides = [(before[pair.old], now[pair.new]) for pair in pairs() if before[pair.old]]
    if not sides:
        return name not in KNOWN_BY
    return sum(one == other for one, other in sides) <= len(sides) * MOST


def filled_among(items: Sequence[Item], names: Collection[str]) -> frozenset[str]:
    """Return those of some columns in which any item says something."""
    return frozenset(name for name in names if any(name in dict(values(item)) for item in items))


def gone_with_layout(
    archive: Archive,
    source: Source,
    snapshot: Snapshot,
    standing: Standing,
    items: Sequence[Item],
) -> frozenset[str]:
    """Return the keys of items that only an old layout showed, at addresses of its own.

    Where a redesign gave its items other addresses, that an old one is dead says nothing of
    the item. An address is an old layout's own when no item lies in the same folder now.
    """
    old = _of_old_layouts(archive, source, snapshot, standing)
    if not old:
        return frozenset()
    folders = {_folder(item.url) for item in items if item.url}
    aged = [each.item for each in standing.items if each.last_seen in old and each.item.url]
    return frozenset(item.key for item in aged if _folder(item.url or "") not in folders)


def _of_old_layouts(
    archive: Archive, source: Source, snapshot: Snapshot, standing: Standing
) -> set[int]:
    """The numbers of the snapshots that last saw an item, and were read by another recipe."""
    if len(source.recipes) == 1:
        return set()
    recipe = source.recipe(snapshot.captured_at)
    seen = {each.last_seen for each in standing.items}
    moments = {number: archive.knowledge.snapshot(number).captured_at for number in seen}
    return {number for number, at in moments.items() if source.recipe(at) is not recipe}


def _folder(url: str) -> tuple[str, str]:
    """The host of an address, and its path up to the last part."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ("", url)
    return (parts.netloc.removeprefix("www."), parts.path.rstrip("/").rpartition("/")[0])
