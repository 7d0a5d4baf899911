"""Knowledge from evidence: each good visit read with its recipe, and compared with the last.

The same functions serve a visit, an import and a rebuild, so that all give the same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from crawler.config import Source
from crawler.ledger import Ledger
from crawler.quality import Doubt, notice_doubt, reading_doubt
from diffs.compare import carried, changes_of, silent_columns
from diffs.match import Pair, match
from snapshots.archive import Archive, Standing, Step, Told
from snapshots.archive.evidence import GoodVisit
from snapshots.archive.progress import Numbers
from snapshots.errors import ExtractError
from snapshots.extract import Reading, extract, unite
from snapshots.extract.extract import READER
from snapshots.records import (
    Capture,
    Change,
    ChangeRecord,
    Item,
    Kind,
    Outcome,
    Snapshot,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the captures of a visit say: items, or the doubt that keeps them from counting."""

    items: tuple[Item, ...]
    doubt: Doubt | None = None


def recipe_digest(source: Source) -> str:
    """Return what a source's reading depends on, digested: recipes, and the reader itself."""
    return sha256(f"{READER} {source.url} {source.recipes!r}".encode()).hexdigest()[:16]


def read(source: Source, capture: Capture, archive: Archive) -> Reading:
    """Read one capture with the recipe of its time.

    Raises:
        ExtractError: it is neither HTML nor text.
    """
    recipe = source.recipe(capture.captured_at)
    kind = content_type(capture, archive)
    return extract(capture.payload, recipe, url=capture.final_url, content_type=kind)


def judged(
    source: Source, visit: GoodVisit, standing: Standing | None, readings: Sequence[Reading]
) -> Judged:
    """Return a visit's readings as one snapshot's items, or why they are not to be believed."""
    items = unite(readings) if readings else ()
    recipe = source.recipe(visit.started_at)
    doubt = reading_doubt(
        len(items),
        len(standing.items) if standing else 0,
        is_complete=visit.is_complete,
        sought=repr(recipe.item) if recipe.item else f"what a {source.read} is looked for by",
    )
    return Judged(items, doubt)


def content_type(capture: Capture, archive: Archive) -> str | None:
    """Return a capture's media type; a 304 sends none, and takes it from the payload's first."""
    return capture.header("content-type") or archive.evidence.content_type(capture.payload_digest)


def is_same_payloads(standing: Standing | None, visit: GoodVisit, digest: str) -> bool:
    """Whether a visit saw, byte for byte, what the newest snapshot holds."""
    return (
        standing is not None
        and visit.is_complete
        and standing.snapshot.is_complete
        and standing.recipe_digest == digest
        and standing.snapshot.digests == tuple(c.payload_digest for c in visit.captures)
    )


def plan(
    archive: Archive,
    source: Source,
    visit: GoodVisit,
    standing: Standing | None,
    items: Sequence[Item],
) -> Step:
    """Return how a source's knowledge moves when a visit saw these items.

    In a partial visit, items that were not reached stay as they were.
    """
    snapshot = snapshot_of(source, visit)
    digest = recipe_digest(source)
    if standing is None:
        return Step(snapshot=snapshot, recipe_digest=digest, items=tuple(items), is_first=True)
    old = [standing_item.item for standing_item in standing.items]
    pairs = match(old, items)
    silent = silent_columns(old, items, pairs)
    keyed = _keyed(old, items, pairs, silent)
    changes = changes_of(old, keyed, pairs, silent)
    if not visit.is_complete:
        changes = [change for change in changes if change.kind is not Kind.REMOVED]
    ledger = Ledger(archive, source, standing, snapshot)
    reached = {pair.old for pair in pairs}
    return Step(
        snapshot=snapshot,
        recipe_digest=digest,
        items=keyed,
        told=tuple(map(ledger.told, changes)),
        unseen=()
        if visit.is_complete
        else tuple(
            (s.item.key, s.last_seen) for n, s in enumerate(standing.items) if n not in reached
        ),
        refreshed=_refreshed(old, keyed, pairs, changes),
    )


def snapshot_of(source: Source, visit: GoodVisit) -> Snapshot:
    """Return the snapshot that a good visit is."""
    return Snapshot(
        id=visit.id,
        source=source.key,
        captured_at=visit.started_at,
        digests=tuple(capture.payload_digest for capture in visit.captures),
        is_complete=visit.is_complete,
    )


def lost_pages(archive: Archive, source: Source, standing: Standing, step: Step) -> str | None:
    """Return why a listing that has fewer pages than before was not seen whole, or None.

    When the items that are missing are just those of the pages that are missing, the
    way to those pages was lost. A list that has really become shorter moves its later
    items up to the pages that remain.
    """
    before = standing.complete
    if before is None or len(step.snapshot.digests) >= len(before.digests):
        return None
    removed = [told.change.item for told in step.told if told.change.kind is Kind.REMOVED]
    lost = before.digests[len(step.snapshot.digests) :]
    listed = _items_of_payloads(archive, source, before, lost)
    missing = {(item.url, item.title) for item in removed}
    if not listed or not {(item.url, item.title) for item in listed} <= missing:
        return None
    pages = f"{len(step.snapshot.digests)} of {len(before.digests)} pages"
    return f"the listing led to {pages} only, and all items of the others are missing"


def with_verdicts(step: Step, verdicts: dict[str, Verdict]) -> Step:
    """Return a step whose removed items carry what their links answered.

    An item whose link was not probed is unconfirmed; one without a link has no verdict.
    """
    return replace(step, told=tuple(_judged(told, verdicts) for told in step.told))


@dataclass(frozen=True, slots=True)
class Folded:
    """What came of one visit when it was folded into a source's knowledge."""

    visit: GoodVisit
    records: tuple[ChangeRecord, ...] = ()
    doubt: Doubt | None = None
    is_first: bool = False


def rebuild(archive: Archive, source: Source) -> list[Folded]:
    """Derive all that is known of a source from its evidence again, in the caller's transaction.

    Changes that come out as before keep their numbers.
    """
    numbers = archive.progress.forget(source.key)
    visits = archive.evidence.readable_visits(source.key)
    return [fold(archive, source, visit, numbers) for visit in visits]


def fold(archive: Archive, source: Source, visit: GoodVisit, numbers: Numbers) -> Folded:
    """Read one kept visit and move the source's knowledge by it, if it is to be believed."""
    standing = archive.knowledge.standing(source.key)
    if standing is not None and is_same_payloads(standing, visit, recipe_digest(source)):
        archive.progress.advance(unchanged(source, visit, standing), numbers)
        return Folded(visit)
    seen = _reread(archive, source, visit, standing)
    if seen.doubt:
        return Folded(visit, doubt=seen.doubt)
    verdicts = {u: Verdict(v) for u, v in archive.evidence.verdicts(visit.id).items()}
    step = with_verdicts(plan(archive, source, visit, standing, seen.items), verdicts)
    records = tuple(archive.progress.advance(step, numbers))
    return Folded(visit, records, is_first=step.is_first)


def is_outdated(archive: Archive, source: Source) -> bool:
    """Whether a source's knowledge was read with another recipe than today's."""
    newest = archive.knowledge.newest_snapshot(source.key)
    return newest is not None and newest[1] != recipe_digest(source)


def unchanged(source: Source, visit: GoodVisit, standing: Standing) -> Step:
    """Return the step of a visit that saw nothing new."""
    snapshot = snapshot_of(source, visit)
    items = tuple(standing_item.item for standing_item in standing.items)
    digest = standing.recipe_digest
    return Step(snapshot=snapshot, recipe_digest=digest, items=items, is_unchanged=True)


def _reread(
    archive: Archive, source: Source, visit: GoodVisit, standing: Standing | None
) -> Judged:
    """Read and judge a kept visit as it would be judged if it were made now."""
    try:
        readings = [read(source, capture, archive) for capture in visit.captures]
    except ExtractError as error:
        return Judged((), Doubt(Outcome.QUARANTINED, str(error)))
    for capture, reading in zip(visit.captures, readings, strict=True):
        if doubt := notice_doubt(capture, reading.items):
            return Judged((), doubt)
    return judged(source, visit, standing, readings)


def _items_of_payloads(
    archive: Archive, source: Source, snapshot: Snapshot, digests: Sequence[str]
) -> list[Item]:
    recipe = source.recipe(snapshot.captured_at)
    readings = [
        extract(
            archive.evidence.payload(digest),
            recipe,
            url=source.url,
            content_type=archive.evidence.content_type(digest),
        )
        for digest in digests
    ]
    return [item for reading in readings for item in reading.items]


def _keyed(
    old: Sequence[Item], new: Sequence[Item], pairs: Sequence[Pair], silent: frozenset[str]
) -> tuple[Item, ...]:
    """Give matched items the keys of their past, and the others keys that none stands under.

    In a column that the new side lacks altogether, items keep what they said last.
    """
    before = {pair.new: old[pair.old] for pair in pairs}
    taken = {item.key for item in old}
    keyed = []
    for place, item in enumerate(new):
        known = before.get(place)
        key = known.key if known else _free(item.key, taken)
        taken.add(key)
        told = carried(known, item, silent) if known and silent else item
        keyed.append(told if key == item.key else replace(told, key=key))
    return tuple(keyed)


def _free(key: str, taken: set[str]) -> str:
    candidate, number = key, 2
    while candidate in taken:
        candidate, number = f"{key}-{number}", number + 1
    return candidate


def _refreshed(
    old: Sequence[Item], new: Sequence[Item], pairs: Sequence[Pair], changes: Sequence[Change]
) -> tuple[Item, ...]:
    told = {change.item.key for change in changes}
    kept = [(old[pair.old], new[pair.new]) for pair in pairs]
    return tuple(after for before, after in kept if before != after and after.key not in told)


def _judged(told: Told, verdicts: dict[str, Verdict]) -> Told:
    change = told.change
    if change.kind is not Kind.REMOVED or not change.item.url:
        return told
    verdict = verdicts.get(change.item.url, Verdict.UNCONFIRMED)
    return replace(told, change=replace(change, verdict=verdict))
