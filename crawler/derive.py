"""Knowledge from evidence: kept visits folded, in the order of time, into what is known."""

from dataclasses import dataclass

from crawler.conclude import conclude, digests_of, snapshot_of, with_verdicts
from crawler.config import Source
from crawler.quality import Doubt
from crawler.reading import recipe_digest, reread
from snapshots.archive import Archive, Standing, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.archive.progress import Numbers
from snapshots.records import ChangeRecord, Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What came of one visit when it was folded into a source's knowledge."""

    visit: GoodVisit
    outcome: Outcome
    reason: str | None = None
    records: tuple[ChangeRecord, ...] = ()


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
        return Folded(visit=visit, outcome=Outcome.UNCHANGED)
    found = conclude(archive, source, visit, standing, reread(archive, source, visit))
    if found.step is None:
        return _doubted(visit, found.doubt)
    verdicts = {u: Verdict(v) for u, v in archive.evidence.verdicts(visit.id).items()}
    step = with_verdicts(found.step, verdicts)
    records = tuple(archive.progress.advance(step, numbers))
    outcome, reason = outcome_of(step), found.cut_short
    return Folded(visit=visit, outcome=outcome, reason=reason, records=records)


def outcome_of(step: Step) -> Outcome:
    """Return what a good visit that taught a step came to."""
    if not step.snapshot.is_complete:
        return Outcome.PARTIAL
    return Outcome.NEW if step.told or step.joined else Outcome.UNCHANGED


def is_outdated(archive: Archive, source: Source) -> bool:
    """Whether a source's knowledge was read with another recipe than today's, or not at all."""
    newest = archive.knowledge.newest_snapshot(source.key)
    if newest is None:
        return archive.evidence.has_readable(source.key)
    return newest[1] != recipe_digest(source)


def is_same_payloads(standing: Standing, visit: GoodVisit, digest: str) -> bool:
    """Whether a visit saw, byte for byte, what the newest snapshot holds."""
    return (
        visit.is_complete
        and standing.snapshot.is_complete
        and standing.recipe_digest == digest
        and standing.snapshot.digests == digests_of(visit)
    )


def unchanged(source: Source, visit: GoodVisit, standing: Standing) -> Step:
    """Return the step of a visit that saw nothing new."""
    snapshot = snapshot_of(source, visit, is_complete=True)
    items = tuple(standing_item.item for standing_item in standing.items)
    digest = standing.recipe_digest
    return Step(snapshot=snapshot, recipe_digest=digest, items=items, is_unchanged=True)


def _doubted(visit: GoodVisit, doubt: Doubt | None) -> Folded:
    outcome = doubt.outcome if doubt else Outcome.QUARANTINED
    return Folded(visit=visit, outcome=outcome, reason=doubt.reason if doubt else None)
