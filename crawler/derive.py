"""Knowledge from evidence: kept visits folded, in the order of time, into what is known."""

from dataclasses import dataclass

from crawler.conclude import conclude, settled
from crawler.config import Source
from crawler.corroborating import corroborate, watched_at
from crawler.quality import Doubt
from crawler.reading import reread
from crawler.still import unchanged
from snapshots.archive import Archive, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.archive.knowledge import Newest
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
    folded = [fold(archive, source, visit, numbers) for visit in visits]
    corroborate(archive, source)
    return folded


def fold(archive: Archive, source: Source, visit: GoodVisit, numbers: Numbers) -> Folded:
    """Read one kept visit and move the source's knowledge by it, if it is to be believed."""
    newest = archive.knowledge.newest_snapshot(source.key)
    is_believed = not visit.is_doubted
    if newest and is_believed and is_same_payloads(archive, newest, visit, source.reading_digest):
        archive.progress.advance(unchanged(source, visit, newest), numbers)
        return Folded(visit=visit, outcome=Outcome.UNCHANGED)
    standing = archive.knowledge.standing(source.key)
    found = conclude(archive, source, visit, standing, reread(archive, source, visit))
    verdicts = {u: Verdict(v) for u, v in archive.evidence.verdicts(visit.id).items()}
    found = settled(found, verdicts)
    if (step := found.step) is None:
        return _doubted(visit, found.doubt)
    outcome, reason = outcome_of(step), found.cut_short
    if outcome is not Outcome.UNCHANGED and (told := watched_at(archive, source, visit)):
        is_partial = outcome is Outcome.PARTIAL
        return Folded(
            visit=visit,
            outcome=outcome if is_partial else Outcome.QUARANTINED,
            reason=reason if is_partial else f"{visit.captures[0].url} {told}",
        )
    records = tuple(archive.progress.advance(step, numbers))
    return Folded(visit=visit, outcome=outcome, reason=reason, records=records)


def outcome_of(step: Step) -> Outcome:
    """Return what a good visit that taught a step came to."""
    if not step.snapshot.is_complete:
        return Outcome.PARTIAL
    moved = step.told or step.held or step.late or step.joined
    is_news = moved or any(unseen.misses == 1 for unseen in step.unseen)
    return Outcome.NEW if is_news else Outcome.UNCHANGED


def is_outdated(archive: Archive, source: Source) -> bool:
    """Whether a source's knowledge was read with another recipe than today's, or not at all."""
    newest = archive.knowledge.newest_snapshot(source.key)
    if newest is None:
        return archive.evidence.has_readable(source.key)
    return newest.recipe_digest != source.reading_digest


def is_same_payloads(archive: Archive, newest: Newest, visit: GoodVisit, digest: str) -> bool:
    """Whether a visit saw, byte for byte, what the newest snapshot holds, and settles nothing.

    A visit that misses once more an item that the one before it missed teaches something.
    """
    return (
        visit.is_complete
        and newest.snapshot.is_complete
        and newest.recipe_digest == digest
        and newest.snapshot.digests == visit.digests
        and not archive.knowledge.awaits(newest.snapshot.source)
    )


def _doubted(visit: GoodVisit, doubt: Doubt | None) -> Folded:
    outcome = doubt.outcome if doubt else Outcome.QUARANTINED
    return Folded(visit=visit, outcome=outcome, reason=doubt.reason if doubt else None)
