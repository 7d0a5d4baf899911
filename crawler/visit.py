"""One visit to one source: look, judge, compare, ask after what is missing, keep."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.conclude import Conclusion, conclude, with_verdicts
from crawler.config import Source
from crawler.derive import (
    Folded,
    is_outdated,
    is_same_payloads,
    outcome_of,
    rebuild,
    unchanged,
)
from crawler.fetch import Fetcher
from crawler.probe import probe
from crawler.quality import Doubt
from crawler.reading import recipe_digest, sighting
from crawler.walk import Walk, walk
from snapshots.archive import Archive, Probe, Standing, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.records import ChangeRecord, Kind, Outcome, Visit

# Removed items that are asked after in one visit; the others stay unconfirmed.
MOST_PROBES = 100


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
    standing = archive.knowledge.standing(source.key)
    started_at = fetcher.clock.now()
    walked = await walk(source, fetcher, archive)
    found = _concluded(archive, source, started_at, standing, walked)
    if found.step and _is_in_doubt(found.step, walked):
        walked = await _walked_again(source, fetcher, archive, walked)
        found = _concluded(archive, source, started_at, standing, walked)
    probes = [await probe(fetcher, url) for url in _removed_links(found.step)]
    outcome, reason = _told(found)
    kept = Visit(
        source=source.key,
        started_at=started_at,
        finished_at=fetcher.clock.now(),
        outcome=outcome,
        reason=reason,
        captures=walked.captures,
    )
    return _keep(archive, source, standing, kept, found.step, probes)


def _concluded(
    archive: Archive,
    source: Source,
    started_at: datetime,
    standing: Standing | None,
    walked: Walk,
) -> Conclusion:
    if walked.doubt:
        return Conclusion(doubt=walked.doubt)
    is_complete = walked.reason is None
    seen = GoodVisit(0, started_at, is_complete, walked.captures, walked.reason)
    if standing and is_same_payloads(standing, seen, recipe_digest(source)):
        return Conclusion(step=unchanged(source, seen, standing))
    what = sighting(walked.readings, walked.reason)
    return conclude(archive, source, seen, standing, what)


async def _walked_again(source: Source, fetcher: Fetcher, archive: Archive, first: Walk) -> Walk:
    """Walk a listing once more, and return both walks as one.

    An item that moved to an earlier page while the first walk was on its way was seen by
    neither page; only what both walks miss is missing.
    """
    again = await walk(source, fetcher, archive)
    if again.doubt:
        reason = f"a second walk, to be sure, failed: {again.doubt.reason}"
        return replace(first, reason=reason)
    return Walk(
        captures=(*first.captures, *again.captures),
        readings=(*first.readings, *again.readings),
        reason=first.reason or again.reason,
    )


def _told(found: Conclusion) -> tuple[Outcome, str | None]:
    """What a visit came to, with its reason, and the columns that were not compared."""
    if found.step is None:
        doubt = found.doubt or Doubt(Outcome.FAILED, "nothing was seen")
        return doubt.outcome, doubt.reason
    silent = ", ".join(found.step.silent)
    told = f"only one side shows any {silent}: not compared" if silent else None
    return outcome_of(found.step), "; ".join(filter(None, (found.cut_short, told))) or None


def _is_in_doubt(step: Step, walked: Walk) -> bool:
    """Whether a walk over several pages would remove an item."""
    removes = any(told.change.kind is Kind.REMOVED for told in step.told)
    return removes and len(walked.captures) > 1


def _removed_links(step: Step | None) -> list[str]:
    told = step.told if step else ()
    removed = [each.change.item.url for each in told if each.change.kind is Kind.REMOVED]
    return [url for url in dict.fromkeys(removed) if url][:MOST_PROBES]


def _keep(
    archive: Archive,
    source: Source,
    standing: Standing | None,
    visit: Visit,
    step: Step | None,
    probes: Sequence[Probe],
) -> Visited:
    """Keep a visit and what it taught, whole or not at all.

    When the clock is behind what is held, the visit takes its place in time.
    """
    with archive.transaction():
        number = archive.evidence.keep(visit, tuple(probes))
        if step is None:
            return Visited(visit)
        if standing and visit.started_at <= standing.snapshot.captured_at:
            records = _in_its_place(rebuild(archive, source), number)
        else:
            step = with_verdicts(step, {probe.url: probe.verdict for probe in probes})
            records = tuple(archive.progress.advance(step.numbered(number), {}))
    return Visited(visit, records, len(step.items))


def _in_its_place(folded: Sequence[Folded], visit: int) -> tuple[ChangeRecord, ...]:
    return tuple(record for each in folded if each.visit.id == visit for record in each.records)
