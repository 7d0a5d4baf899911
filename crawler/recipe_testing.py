"""A recipe tried on all held history: what each snapshot gives, and where it stops matching."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from crawler.config import Source
from crawler.reading import Sighting, reread
from diffs.compare import KNOWN_BY
from diffs.match import match
from snapshots.archive import Archive
from snapshots.archive.evidence import GoodVisit
from snapshots.extract.extract import without
from snapshots.records import Item, Read, Recipe

LISTED = ("title", "url", "summary", "published", "section")
BLOCKS = ("text", "section")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a recipe reads of one visit, beside the visit before it and the recipe in force.

    ``filled`` is each column's share of the items (0 to 1). ``stopped`` names the columns,
    or ``item``, that matched at the reading before and match nothing here. ``lost`` and
    ``gained`` count items against the recipe in force; None where that is the one tried,
    or where the bytes were thinned. ``is_same``: byte for byte what the visit before saw.
    """

    visit: GoodVisit
    items: int
    filled: dict[str, float]
    stopped: tuple[str, ...] = ()
    lost: int | None = None
    gained: int | None = None
    doubt: str | None = None
    is_same: bool = False
    is_thinned: bool = False


def try_recipe(archive: Archive, source: Source, recipes: Sequence[Recipe]) -> Iterator[Tried]:
    """Yield what recipes read of each kept visit to a source, oldest first. Writes nothing."""
    trial = replace(source, recipes=tuple(recipes))
    columns = columns_of(trial)
    is_other = trial.recipes != source.recipes
    before: Tried | None = None
    for visit in archive.evidence.readable_visits(source.key):
        if visit.repeated is not None:
            yield Tried(visit=visit, items=0, filled={}, is_thinned=True)
            continue
        if before and before.visit.digests == visit.digests and _is_alike(before.visit, visit):
            before = replace(before, visit=visit, is_same=True, stopped=())
        else:
            there = reread(archive, source, visit) if is_other else None
            before = _tried(visit, reread(archive, trial, visit), there, columns, before)
        yield before


def columns_of(source: Source) -> tuple[str, ...]:
    """Return the columns that a source's items have, in order; those of named fields last."""
    named = dict.fromkeys(name for recipe in source.recipes for name in recipe.fields)
    return (*(LISTED if source.read is Read.LISTING else BLOCKS), *named)


def _is_alike(before: GoodVisit, visit: GoodVisit) -> bool:
    """Whether one recipe, and one judgement, holds for both of two visits."""
    sides = (before, visit)
    return len({(each.is_complete, each.is_doubted) for each in sides}) == 1 and all(
        old.url == new.url for old, new in zip(before.captures, visit.captures, strict=False)
    )


def _tried(
    visit: GoodVisit,
    seen: Sighting,
    there: Sighting | None,
    columns: Sequence[str],
    before: Tried | None,
) -> Tried:
    items = without(seen.items, seen.partial - KNOWN_BY)
    filled = {name: _share(items, name) for name in columns}
    pairs = len(match(there.items, seen.items)) if there is not None else 0
    return Tried(
        visit=visit,
        items=len(seen.items),
        filled=filled,
        stopped=tuple(_stopped(before, items, filled)),
        lost=len(there.items) - pairs if there is not None else None,
        gained=len(seen.items) - pairs if there is not None else None,
        doubt=seen.doubt.reason if seen.doubt else seen.cut_short,
    )


def _stopped(before: Tried | None, items: Sequence[Item], filled: dict[str, float]) -> list[str]:
    if before is None or not before.items:
        return []
    if not items:
        return ["item"]
    return [name for name, share in filled.items() if not share and before.filled.get(name)]


def _share(items: Sequence[Item], column: str) -> float:
    said = sum(bool(_value(item, column)) for item in items)
    return said / len(items) if items else 0.0


def _value(item: Item, column: str) -> str | None:
    own = column in LISTED or column in BLOCKS
    return getattr(item, column) if own else item.fields.get(column)
