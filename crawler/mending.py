"""Recipes for a layout that has changed: proposed, judged by the known items, or refused. Pure.

A recipe is proposed only when it finds most of what was known again, and more than the
recipe in force does. Whether it is taken is a person's decision.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from diffs.compare import KNOWN_BY, remade_columns, says_something_else, values
from diffs.match import Pair, match
from snapshots.errors import ExtractError
from snapshots.extract.extract import Reading, extract, partial_columns, unite, without
from snapshots.extract.refind import refound
from snapshots.extract.selectors import named_by
from snapshots.records import Item, Read, Recipe

# A page that holds less than this share of the known items is another page.
LEAST_FOUND = 0.5
FEWEST_FOUND = 2
# A recipe must be so much better than the one in force, of 1.
LEAST_GAIN = 0.02
# What the columns' agreement counts for beside finding the items.
AGREEMENT = 0.4


@dataclass(frozen=True, slots=True)
class Page:
    """One payload of a visit, with the address that answered it."""

    payload: bytes
    url: str
    content_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """A recipe for a new layout, and what it finds of the ``known`` items.

    ``pairs`` are the places of known items and of ``items`` that are one. ``leads_on``:
    the listing goes on where the visit did not. ``confidence`` is from 0 to 1.
    """

    recipe: Recipe
    known: tuple[Item, ...]
    items: tuple[Item, ...]
    pairs: tuple[Pair, ...]
    leads_on: bool
    confidence: float
    remarks: tuple[str, ...] = ()

    @property
    def found(self) -> int:
        """How many of the known items are found again."""
        return len(self.pairs)

    def told(self, key: str) -> str:
        """Return in a line what is proposed, and the command that takes it."""
        return (
            f"a new recipe that finds {self.found} of {len(self.known)} known items is "
            f"proposed: `reworded accept {key} --mend`"
        )

    def lost(self) -> list[Item]:
        """Return the known items that are not found again, in their order."""
        found = {pair.old for pair in self.pairs}
        return [item for place, item in enumerate(self.known) if place not in found]

    def new(self) -> list[Item]:
        """Return the items that were not known, in page order."""
        found = {pair.new for pair in self.pairs}
        return [item for place, item in enumerate(self.items) if place not in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What one recipe reads of a visit's pages, beside the known items."""

    recipe: Recipe
    items: tuple[Item, ...] = ()
    pairs: tuple[Pair, ...] = ()
    leads_on: bool = False
    score: float = 0.0


def propose(pages: Sequence[Page], recipe: Recipe, known: Sequence[Item]) -> Mend | None:
    """Return a recipe that reads a visit's pages as ``recipe`` read the known items, or None.

    None when too few of the known items are found again, for then the page is truly
    another one; and when the recipe in force reads the pages as well. The recipe is
    undated. Time is linear in the pages for each of a handful of candidates, and that of a
    comparison.
    """
    if not pages or not known:
        return None
    first = pages[0]
    candidates = refound(
        first.payload, recipe, url=first.url, content_type=first.content_type, known=known
    )
    tried = [_tried(pages, candidate, known) for candidate in candidates]
    best = max(tried, key=lambda each: each.score, default=None)
    if best is None or not _is_enough(best, len(known)):
        return None
    now = _tried(pages, recipe, known)
    if best.score < now.score + LEAST_GAIN and not _missed(now, known) - _missed(best, known):
        return None
    return Mend(
        recipe=best.recipe,
        known=tuple(known),
        items=best.items,
        pairs=best.pairs,
        leads_on=best.leads_on,
        confidence=round(best.score, 2),
        remarks=tuple(_remarks(recipe, best, known)),
    )


def finds_enough(pages: Sequence[Page], recipe: Recipe, known: Sequence[Item]) -> bool:
    """Whether a recipe finds so many of the known items on some pages that they are its own."""
    return _is_enough(_tried(pages, recipe, known), len(known))


def first_moment(believed_until: datetime, seen_at: datetime, taken: Sequence[Recipe]) -> date:
    """Return from when a new recipe holds: a day, or the very moment where a day is too coarse.

    ``believed_until`` is when the last capture of the old layout was made, and ``seen_at``
    when the first of the new one was. What was captured before is never read anew by it.
    """
    day = seen_at.date()
    if believed_until.date() < day and all(recipe.since != day for recipe in taken):
        return day
    whole = seen_at.replace(microsecond=0)
    return whole if whole > believed_until else seen_at


def _tried(pages: Sequence[Page], recipe: Recipe, known: Sequence[Item]) -> _Tried:
    """What a recipe reads, from the first page on, up to one that it cannot read."""
    readings = list(takewhile(bool, (_reading(page, recipe) for page in pages)))
    told = [reading for reading in readings if reading is not None]
    items = without(unite(told), partial_columns(told)) if told else ()
    if not items:
        return _Tried(recipe=recipe)
    pairs = tuple(match(known, items))
    following = told[-1].next_url if recipe.read is Read.LISTING else None
    leads_on = following is not None and following not in {page.url for page in pages}
    return _Tried(
        recipe=recipe,
        items=items,
        pairs=pairs,
        leads_on=leads_on,
        score=_score(known, items, pairs, leads_on),
    )


def _reading(page: Page, recipe: Recipe) -> Reading | None:
    try:
        return extract(page.payload, recipe, url=page.url, content_type=page.content_type)
    except ExtractError:
        return None


def _score(
    known: Sequence[Item], items: Sequence[Item], pairs: Sequence[Pair], leads_on: bool
) -> float:
    """How well the items found again, and what they say, agree with what is known; 0 to 1.

    The items on pages that were not visited are not missed.
    """
    wanted = min(len(known), len(items)) if leads_on else len(known)
    found = min(1.0, len(pairs) / wanted)
    precise = len(pairs) / len(items)
    if not pairs:
        return 0.0
    both = 2 * found * precise / (found + precise)
    return both * (1 - AGREEMENT + AGREEMENT * _agreement(known, items, pairs))


def _agreement(known: Sequence[Item], items: Sequence[Item], pairs: Sequence[Pair]) -> float:
    """How far the columns say what they said, from -1 to 1, on average.

    Where nothing agrees, an address counts half, for a redesign may move every item; any
    other column says something else, and is worse than none.
    """
    remade = remade_columns(known, items, pairs) - {"url"}
    worth, told = Counter[str](), Counter[str]()
    for pair in pairs:
        now = dict(values(items[pair.new]))
        for name, value in values(known[pair.old]):
            told[name] += 1
            worth[name] += _worth(name, value, now.get(name))
    halves = [-2.0 if name in remade else worth[name] / count for name, count in told.items()]
    return sum(halves) / len(halves) / 2 if halves else 0.0


def _worth(name: str, old: str, new: str | None) -> int:
    """What it is worth, in halves, that a column which said ``old`` says ``new``."""
    if new is None:
        return 0
    if new == old:
        return 2
    return -2 if name in KNOWN_BY and says_something_else(name, old, new) else 1


def _missed(tried: _Tried, known: Sequence[Item]) -> set[str]:
    """The columns that a recipe names and most items had, of which it reads nothing any more."""
    had = Counter(name for item in known for name, _ in values(item))
    filled = {name for item in tried.items for name, _ in values(item)}
    return {n for n in named_by(tried.recipe) - filled if had[n] >= len(known) * LEAST_FOUND}


def _is_enough(tried: _Tried, known: int) -> bool:
    wanted = min(known, len(tried.items)) if tried.leads_on else known
    return len(tried.pairs) >= max(min(FEWEST_FOUND, known), wanted * LEAST_FOUND)


def _remarks(old: Recipe, best: _Tried, known: Sequence[Item]) -> list[str]:
    """What the new recipe does not read as the old one did."""
    new = best.recipe
    gone = [name for name in old.fields if name not in new.fields]
    said = [f"the field {name!r} is not found any more: it is not compared" for name in gone]
    filled = Counter(name for item in best.items for name, _ in values(item))
    had = Counter(name for item in known for name, _ in values(item))
    said += [
        f"no item shows a {name} any more: it is not compared"
        for name, count in had.items()
        if name not in gone and not filled[name] and count >= len(known) * LEAST_FOUND
    ]
    said += [
        f"ignore {css!r} matches nothing any more" for css in old.ignore if css not in new.ignore
    ]
    if best.leads_on:
        said.append("the listing goes on; its further pages are read by the next visit")
    return said
