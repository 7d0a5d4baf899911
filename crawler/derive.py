"""Knowledge from evidence: kept visits folded, in the order of time, into what is known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.conclude import Conclusion, conclude, settled
from crawler.config import Source
from crawler.corroborating import corroborate, watched_at
from crawler.quality import Doubt
from crawler.reading import Reader, read, reread
from crawler.still import unchanged
from snapshots.archive import Archive, Step
from snapshots.archive.errata import Erratum, What
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


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """How many visits a history has, how many changes it had, and which of them differ now.

    ``is_edited``: it was read with another recipe than before.
    """

    visits: int
    changes: int
    errata: tuple[Erratum, ...]
    is_edited: bool


def rebuild(archive: Archive, source: Source, *, noted_at: datetime) -> list[Folded]:
    """Derive all that is known of a source anew, as visits came in between earlier ones.

    In the caller's transaction. Changes that come out as before keep their numbers; those
    that do not are noted as errata, and changes that had not been told are news.
    """
    # Loaded when it is needed: most visits read no history again.
    from crawler.errata import differing, told_of

    before, digest = told_of(archive, source.key), _recipe_digest(archive, source)
    numbers = _forgotten(archive, source)
    visits = archive.evidence.readable_visits(source.key)
    folded = [fold(archive, source, visit, numbers) for visit in visits]
    corroborate(archive, source)
    found = differing(archive, source, before, digest)
    archive.errata.note((each for each in found if each.what is not What.NEW), noted_at)
    return folded


def read_again(
    archive: Archive, source: Source, *, noted_at: datetime, steps: Iterable[Step] | None = None
) -> ReadAgain:
    """Derive all that is known of a source from the same evidence, none of which is news.

    In the caller's transaction. Whatever differs from what was known is noted as an
    erratum. ``steps`` are what ``steps_of`` gave for the source, if that was done before.
    """
    from crawler.errata import differing, told_of

    before, digest = told_of(archive, source.key), _recipe_digest(archive, source)
    visits = archive.evidence.count_readable(source.key)
    numbers = _forgotten(archive, source)
    if steps is None:
        for visit in archive.evidence.readable_visits(source.key):
            fold(archive, source, visit, numbers)
    for step in steps or ():
        archive.progress.advance(step, numbers)
    corroborate(archive, source)
    found = differing(archive, source, before, digest)
    errata = tuple(replace(erratum, noted_at=noted_at) for erratum in found)
    archive.errata.note(errata, noted_at)
    return ReadAgain(visits, len(before), errata, digest != source.reading_digest)


def read_if_outdated(archive: Archive, source: Source, *, noted_at: datetime) -> ReadAgain | None:
    """Read a source's history again if its knowledge was read with another recipe than today's.

    In the caller's transaction. None when there was nothing to do, or nothing was known.
    """
    if not is_outdated(archive, source):
        return None
    is_known = archive.knowledge.newest_snapshot(source.key) is not None
    again = read_again(archive, source, noted_at=noted_at)
    return again if is_known else None


def steps_of(scratch: Archive, source: Source, reader: Reader = read) -> Iterator[Step | None]:
    """Yield what each kept visit to a source teaches, in the order of time; None if nothing.

    ``scratch`` holds none of the source's knowledge yet, and all of it afterwards.
    """
    with scratch.transaction():
        for visit in scratch.evidence.readable_visits(source.key):
            step = taught(scratch, source, visit, reader).step
            if step is not None:
                scratch.progress.advance(step, {})
            yield step


def fold(archive: Archive, source: Source, visit: GoodVisit, numbers: Numbers) -> Folded:
    """Read one kept visit and move the source's knowledge by it, if it is to be believed."""
    found = taught(archive, source, visit)
    if (step := found.step) is None:
        return _doubted(visit, found.doubt)
    records = tuple(archive.progress.advance(step, numbers))
    outcome = Outcome.UNCHANGED if step.is_unchanged else outcome_of(step)
    return Folded(visit=visit, outcome=outcome, reason=found.cut_short, records=records)


def taught(archive: Archive, source: Source, visit: GoodVisit, reader: Reader = read) -> Conclusion:
    """Return what one kept visit teaches, beside what is known of the source before it.

    A visit whose bytes were thinned teaches that nothing had changed since the snapshot
    before it, if that is still the one before it, and the recipe the one it was read with.
    Otherwise it teaches nothing.
    """
    newest = archive.knowledge.newest_snapshot(source.key)
    if visit.repeated is not None:
        is_told = newest is not None and visit.repeated == (
            newest.snapshot.id,
            source.reading_digest,
        )
        return Conclusion(step=unchanged(source, visit, newest) if newest and is_told else None)
    is_believed = not visit.is_doubted
    if newest and is_believed and is_same_payloads(newest, visit, source.reading_digest):
        return Conclusion(step=unchanged(source, visit, newest))
    standing = archive.knowledge.standing(source.key)
    seen = reread(archive, source, visit, reader)
    found = conclude(archive, source, visit, standing, seen)
    verdicts = {u: Verdict(v) for u, v in archive.evidence.verdicts(visit.id).items()}
    return _watched(archive, source, visit, settled(found, verdicts))


def _watched(archive: Archive, source: Source, visit: GoodVisit, found: Conclusion) -> Conclusion:
    """Return a conclusion, or the doubt of an archived visit that our own sight speaks against."""
    if found.step is None or (outcome := outcome_of(found.step)) is Outcome.UNCHANGED:
        return found
    if (told := watched_at(archive, source, visit)) is None:
        return found
    if outcome is Outcome.PARTIAL:
        return Conclusion(doubt=Doubt(Outcome.PARTIAL, found.cut_short or ""))
    reason = f"{visit.captures[0].url} {told}"
    return Conclusion(doubt=Doubt(Outcome.QUARANTINED, reason))


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


def is_same_payloads(newest: Newest, visit: GoodVisit, digest: str) -> bool:
    """Whether a visit saw, byte for byte, what the newest snapshot holds, and settles nothing.

    A visit that misses once more an item that the one before it missed teaches something.
    """
    return (
        visit.is_complete
        and newest.snapshot.is_complete
        and newest.recipe_digest == digest
        and newest.snapshot.digests == visit.digests
        and not newest.is_awaiting
    )


def _forgotten(archive: Archive, source: Source) -> Numbers:
    """Drop what is known of a source; return the numbers of its changes, withdrawn ones too."""
    withdrawn = archive.errata.withdrawn_numbers(source.key)
    return {**withdrawn, **archive.progress.forget(source.key)}


def _recipe_digest(archive: Archive, source: Source) -> str | None:
    newest = archive.knowledge.newest_snapshot(source.key)
    return newest.recipe_digest if newest else None


def _doubted(visit: GoodVisit, doubt: Doubt | None) -> Folded:
    outcome = doubt.outcome if doubt else Outcome.QUARANTINED
    return Folded(visit=visit, outcome=outcome, reason=doubt.reason if doubt else None)
