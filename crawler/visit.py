"""One visit to one source: look, judge, read, compare, keep. The program's story."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.config import Source
from crawler.derive import (
    is_outdated,
    is_same_payloads,
    judged,
    lost_pages,
    plan,
    rebuild,
    recipe_digest,
    unchanged,
    with_verdicts,
)
from crawler.fetch import Fetcher
from crawler.probe import probe
from crawler.walk import Walk, walk
from snapshots.archive import Archive, Probe, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.records import ChangeRecord, Kind, Outcome, Visit


@dataclass(frozen=True, slots=True)
class Visited:
    """What a visit came to, and the changes it found."""

    visit: Visit
    changes: tuple[ChangeRecord, ...] = ()
    items: int = 0


async def visit(source: Source, fetcher: Fetcher, archive: Archive) -> Visited:
    """Look at a source once; keep what it answered; return what changed.

    The first good visit has nothing before it, and reports no change. A visit that
    could not see is kept with its reason, and concludes nothing.

    Raises:
        ArchiveError: the archive cannot be written; nothing of the visit is kept.
    """
    if is_outdated(archive, source):
        with archive.transaction():
            rebuild(archive, source)
    started_at = fetcher.clock.now()
    walked = await walk(source, fetcher, archive)
    if walked.doubt:
        outcome, reason = walked.doubt.outcome, walked.doubt.reason
        return _keep(archive, _record(source, fetcher, started_at, walked, outcome, reason))
    return await _conclude(source, fetcher, archive, started_at, walked)


async def _conclude(
    source: Source, fetcher: Fetcher, archive: Archive, started_at: datetime, walked: Walk
) -> Visited:
    """Compare a walk that saw its source with what stood before."""
    standing = archive.knowledge.standing(source.key)
    seen = GoodVisit(0, started_at, walked.is_complete, walked.captures)
    if standing and is_same_payloads(standing, seen, recipe_digest(source)):
        step = unchanged(source, seen, standing)
        kept = _record(source, fetcher, started_at, walked, Outcome.UNCHANGED, None)
        return _keep(archive, kept, step)
    reading = judged(source, seen, standing, walked.readings)
    if reading.doubt:
        outcome, reason = reading.doubt.outcome, reading.doubt.reason
        return _keep(archive, _record(source, fetcher, started_at, walked, outcome, reason))
    step = plan(archive, source, seen, standing, reading.items)
    if standing and (lost := lost_pages(archive, source, standing, step)):
        walked = replace(walked, is_complete=False, reason=lost)
        seen = replace(seen, is_complete=False)
        step = plan(archive, source, seen, standing, reading.items)
    probes = [await probe(fetcher, url) for url in _removed_links(step)]
    step = with_verdicts(step, {p.url: p.verdict for p in probes})
    outcome = _outcome(step, walked)
    kept = _record(source, fetcher, started_at, walked, outcome, walked.reason)
    return _keep(archive, kept, step, probes)


def _record(
    source: Source,
    fetcher: Fetcher,
    started_at: datetime,
    walked: Walk,
    outcome: Outcome,
    reason: str | None,
) -> Visit:
    return Visit(
        source=source.key,
        started_at=started_at,
        finished_at=fetcher.clock.now(),
        outcome=outcome,
        reason=reason,
        captures=walked.captures,
    )


def _outcome(step: Step, walked: Walk) -> Outcome:
    if not walked.is_complete:
        return Outcome.PARTIAL
    return Outcome.NEW if step.told or step.is_first else Outcome.UNCHANGED


def _removed_links(step: Step) -> list[str]:
    removed = [told.change.item.url for told in step.told if told.change.kind is Kind.REMOVED]
    return [url for url in dict.fromkeys(removed) if url]


def _keep(
    archive: Archive, visit: Visit, step: Step | None = None, probes: Sequence[Probe] = ()
) -> Visited:
    """Keep a visit and what it taught, whole or not at all."""
    with archive.transaction():
        number = archive.evidence.keep(visit, tuple(probes))
        if step is None:
            return Visited(visit)
        records = archive.progress.advance(step.numbered(number), {})
    return Visited(visit, tuple(records), len(step.items))
