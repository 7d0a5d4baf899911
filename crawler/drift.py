"""Whether a reading differs so sharply from a source's past that it is not to be believed."""

from collections import Counter
from collections.abc import Collection, Sequence

from crawler.config import Source
from crawler.layouts import without_dropped
from crawler.quality import Doubt, likeness_doubt
from crawler.reading import listed
from crawler.shifted import misread
from diffs.compare import REMADE, values
from snapshots.archive import Archive, Standing, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.extract.extract import without
from snapshots.extract.selectors import named_by
from snapshots.extract.template import shared, template_of
from snapshots.records import Item, Kind, Outcome, Provenance, Snapshot

# A column is judged from so many items, and when at least this share of them filled it.
FEWEST_ITEMS = 5
FILLED = 0.5
# What an item is known by; a page that no longer shows it is not the page that was.
IDENTIFYING = frozenset(("title", "url", "text"))
# It has fallen sharply when its share is below this part of what it was.
FALLEN_BELOW = 0.2
# A page built of other elements must hold this share of the items that stood.
SAME_ITEMS = 0.5
# Two pages of one template share at least so many of their kinds of element.
SAME_TEMPLATE = 0.3
# A page with fewer kinds has too little of a template to be told by.
FEWEST_KINDS = 3
_NAMED = {"url": "address", "published": "date"}


def fallen_column(
    before: Sequence[Item], items: Sequence[Item], named: Collection[str] = ()
) -> str | None:
    """Return, in words, a column that most items had and hardly one has now, or None.

    A column that is gone altogether has fallen if the recipe has ``named`` it; one that
    was found by a default is not compared, and that is told.
    """
    if min(len(before), len(items)) < FEWEST_ITEMS:
        return None
    old, new = _filled(before), _filled(items)
    for name, count in old.items():
        share = count / len(before)
        is_missed = new[name] > 0 or name in IDENTIFYING or name in named
        if share >= FILLED and is_missed and new[name] / len(items) < share * FALLEN_BELOW:
            return (
                f"{new[name]} of {len(items)} items have a {name}, "
                f"where {count} of {len(before)} had one"
            )
    return None


def drift_doubt(
    archive: Archive,
    source: Source,
    visit: GoodVisit,
    standing: Standing,
    step: Step,
    items: Sequence[Item],
) -> Doubt | None:
    """Return why what a visit read, ``items``, is too unlike a source's past, or None.

    What others captured is history, in which nobody can mend a recipe in time: there, only
    a page that is another one is doubted.
    """
    before = [each.item for each in standing.items]
    is_complete = step.snapshot.is_complete
    if not before:
        return None
    if doubt := likeness_doubt(step.matched, len(before), is_complete=is_complete):
        return doubt
    if not is_own(visit):
        return None
    if not is_complete or standing.complete is None:
        return _remade_doubt(before, step)
    return (
        _fallen_doubt(archive, source, standing, standing.complete, step, items)
        or _remade_doubt(before, step)
        or _template_doubt(archive, standing.complete, visit, step.matched, len(before))
    )


def is_own(visit: GoodVisit) -> bool:
    """Whether a visit was this program's, rather than another's captures."""
    return any(capture.provenance is Provenance.OWN for capture in visit.captures)


def _fallen_doubt(
    archive: Archive,
    source: Source,
    standing: Standing,
    last: Snapshot,
    step: Step,
    items: Sequence[Item],
) -> Doubt | None:
    """That a column has fallen since the last healthy snapshot.

    Items that stand keep what they said last, though the page has long ceased to show it:
    the last snapshot itself is asked before a column is said to have fallen.
    """
    if not step.silent and len(step.told) < len(items) * FILLED:
        return None
    named = named_by(source.recipe(step.snapshot.captured_at))
    if not fallen_column([each.item for each in standing.items], items, named):
        return None
    seen = without_dropped(listed(archive, source, last), standing)
    told = fallen_column(without(seen.items, seen.partial), items, named)
    return Doubt(Outcome.QUARANTINED, told) if told else None


def _remade_doubt(before: Sequence[Item], step: Step) -> Doubt | None:
    """That selectors read something else of nearly every item than they did."""
    new = [told.change.item for told in step.told if told.change.kind is Kind.CHANGED]
    if len(new) < max(FEWEST_ITEMS, step.matched * REMADE):
        return None
    known = {item.key: item for item in before}
    remade = misread([known[item.key] for item in new], new, step.matched * REMADE)
    if not remade:
        return None
    named = sorted(_NAMED.get(name, name) for name in remade)
    told = f"nearly every item has another {', and another '.join(named)}"
    what = "the layout, or the language," if "title" in remade else "the layout"
    return Doubt(Outcome.QUARANTINED, f"{told}: {what} seems to have changed")


def _template_doubt(
    archive: Archive, last: Snapshot, visit: GoodVisit, matched: int, standing: int
) -> Doubt | None:
    """That a page is built otherwise, and holds few of the items that stood."""
    if standing < FEWEST_ITEMS or matched >= standing * SAME_ITEMS:
        return None
    pages = (archive.evidence.whole_captures_of(last.id)[0], visit.captures[0])
    kinds = [template_of(page.payload, page.header("content-type")) for page in pages]
    if min(map(len, kinds)) < FEWEST_KINDS or shared(*kinds) >= SAME_TEMPLATE:
        return None
    told = f"the page is built of other elements, and holds {matched} of the {standing} items"
    return Doubt(Outcome.QUARANTINED, f"{told} that stood")


def _filled(items: Sequence[Item]) -> Counter[str]:
    return Counter(name for item in items for name, _ in values(item))
