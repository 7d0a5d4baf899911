"""Whether a reading differs so sharply from a source's past that it is not to be believed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from crawler.config import Source
from crawler.layouts import without_dropped
from crawler.quality import Doubt, likeness_doubt
from crawler.reading import listed
from diffs.compare import REMADE, remade_columns, values
from diffs.match import Pair
from diffs.wording import REWRITTEN_BELOW, kept_share
from diffs.words import marks_only
from snapshots.archive import Archive, Standing, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.extract.extract import without
from snapshots.extract.template import shared, template_of
from snapshots.records import FieldChange, Item, Kind, Match, Outcome, Provenance, Recipe, Snapshot

# A column is judged from so many items, and when at least this share of them filled it.
FEWEST_ITEMS = 5
FILLED = 0.5
COLUMNS = ("title", "summary", "published", "section")
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
SAME = Match("key", 1.0)


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
    if not is_complete or standing.complete is None or not is_own(visit):
        return None
    return (
        _fallen_doubt(archive, source, standing, standing.complete, step, items)
        or _remade_doubt(before, step)
        or _retitled_doubt(step)
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
    named = _named(source.recipe(step.snapshot.captured_at))
    if not fallen_column([each.item for each in standing.items], items, named):
        return None
    seen = without_dropped(listed(archive, source, last), standing)
    told = fallen_column(without(seen.items, seen.partial), items, named)
    return Doubt(Outcome.QUARANTINED, told) if told else None


def _remade_doubt(before: Sequence[Item], step: Step) -> Doubt | None:
    """That a column says something else of nearly every item, and every address is new.

    Only both together tell: a site may move its items, and a column may be one that is
    different every day.
    """
    changed = [told.change.item for told in step.told if told.change.kind is Kind.CHANGED]
    if len(changed) < max(FEWEST_ITEMS, step.matched * REMADE):
        return None
    places = {item.key: place for place, item in enumerate(before)}
    pairs = [Pair(places[item.key], place, SAME) for place, item in enumerate(changed)]
    remade = remade_columns(before, changed, pairs)
    others = sorted(remade - {"url"})
    if "url" not in remade or not others:
        return None
    told = f"nearly every item has another address, and another {', '.join(others)}"
    return Doubt(Outcome.QUARANTINED, f"{told}: the layout seems to have changed")


def _retitled_doubt(step: Step) -> Doubt | None:
    """That nearly every title was rewritten under the address that it had.

    A list that answers in another language, or shows other documents, is not reworded.
    """
    rewritten = sum(_is_retitled(told.change.fields) for told in step.told)
    if rewritten < max(FEWEST_ITEMS, step.matched * REMADE):
        return None
    told = f"{rewritten} of {step.matched} titles say something else under the same address"
    return Doubt(Outcome.QUARANTINED, f"{told}: it seems another language, or another list")


def _is_retitled(fields: Mapping[str, FieldChange]) -> bool:
    """Whether an item has another title altogether, and its old address."""
    title = fields.get("title")
    if title is None or title.old is None or title.new is None or "url" in fields:
        return False
    is_rewritten = kept_share(title.edits) < REWRITTEN_BELOW
    return is_rewritten and not marks_only(title.old, title.new)


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


def _named(recipe: Recipe) -> set[str]:
    """The columns that a recipe has selectors for."""
    written = {"url": recipe.link, **{name: getattr(recipe, name) for name in COLUMNS}}
    return {name for name, css in written.items() if css} | set(recipe.fields)


def _filled(items: Sequence[Item]) -> Counter[str]:
    return Counter(name for item in items for name, _ in values(item))
