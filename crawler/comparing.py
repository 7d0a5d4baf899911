"""A visit that finds a page otherwise than it was: read, judge, compare, ask after, keep."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from crawler.conclude import Conclusion, conclude, settled
from crawler.config import Source
from crawler.corroborating import corroborate
from crawler.derive import Folded, is_outdated, outcome_of, read_if_outdated, rebuild
from crawler.fetch import Fetcher
from crawler.mending import Page, propose
from crawler.probe import probe
from crawler.quality import Doubt
from crawler.reading import Sighting, content_type, sighting, tears
from crawler.removal import awaited, missing_links, moved_elsewhere
from crawler.still import FirstLook
from crawler.visit import Visited
from crawler.walk import Walk, walk
from snapshots.archive import Archive, Probe, Standing, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.archive.knowledge import Newest
from snapshots.extract.diagnose import diagnose
from snapshots.extract.extract import unite
from snapshots.records import ChangeRecord, Kind, Outcome, Visit

# Missing items that are asked after in one visit; the others stay unconfirmed.
MOST_PROBES = 100
# And when it is only to be seen whether a list really became shorter.
MOST_LOST_PROBES = 20
# A second walk that sees less than this share of the first's items settles nothing.
SEEN_AGAIN = 0.5


async def compared(
    source: Source, fetcher: Fetcher, archive: Archive, started_at: datetime, look: FirstLook
) -> Visited:
    """Go on from a first look that did not settle that nothing changed; return what did.

    Raises:
        ArchiveError: the archive cannot be written; nothing of the visit is kept.
    """
    newest, again = look.newest, None
    if is_outdated(archive, source):
        with archive.transaction():
            again = read_if_outdated(archive, source, noted_at=started_at)
        newest = archive.knowledge.newest_snapshot(source.key)
    is_anew = look.newest is not None and look.newest.is_awaiting
    walked = await walk(source, fetcher, archive, look.answers, is_anew=is_anew)
    walked, found = await _concluded_surely(source, fetcher, archive, started_at, walked)
    probes = await probe_missing(source, fetcher, archive, found)
    found = settled(found, {probe.url: probe.verdict for probe in probes})
    outcome, reason = _told(source, found)
    kept = Visit(
        source=source.key,
        started_at=started_at,
        finished_at=fetcher.clock.now(),
        outcome=outcome,
        reason=reason,
        captures=walked.captures,
    )
    return replace(_keep(archive, source, newest, kept, found.step, probes), read_again=again)


async def probe_missing(
    source: Source, fetcher: Fetcher, archive: Archive, found: Conclusion
) -> tuple[Probe, ...]:
    """Ask the own links of the items that are missing, and return what they answered."""
    most = MOST_LOST_PROBES if found.shorter else MOST_PROBES
    links = missing_links(found.shorter or found.step)[:most]
    probes = [await probe(fetcher, url) for url in links]
    return moved_elsewhere(archive, source.key, probes)


async def _concluded_surely(
    source: Source, fetcher: Fetcher, archive: Archive, started_at: datetime, walked: Walk
) -> tuple[Walk, Conclusion]:
    """Compare what was seen with what stands; where it would remove, look a second time."""
    standing = archive.knowledge.standing(source.key)
    found = _concluded(archive, source, started_at, standing, walked)
    if _is_missing_any(found.shorter or found.step, walked) or tears(walked.readings):
        walked = await _walked_again(source, fetcher, archive, walked)
        found = _concluded(archive, source, started_at, standing, walked)
    return walked, _explained(source, archive, standing, walked, found)


def _explained(
    source: Source,
    archive: Archive,
    standing: Standing | None,
    walked: Walk,
    found: Conclusion,
) -> Conclusion:
    """Tell of a quarantined page what stopped matching, and which recipe would read it."""
    doubt = found.doubt
    is_page = doubt and doubt.outcome is Outcome.QUARANTINED and not doubt.is_gone
    if not is_page or doubt is None or standing is None or not walked.captures:
        return found
    page = walked.captures[0]
    diagnosis = diagnose(
        page.payload,
        source.recipe(page.captured_at),
        url=page.final_url,
        content_type=content_type(page, archive),
        known=[each.item for each in standing.items],
    )
    mend = propose(
        [Page(c.payload, c.final_url, content_type(c, archive)) for c in walked.captures],
        source.recipe(page.captured_at),
        [each.item for each in standing.items],
    )
    proposed = (mend.told(source.key),) if mend else ()
    reason = "; ".join((doubt.reason, *diagnosis.lines(), *proposed))
    return replace(found, doubt=replace(doubt, reason=reason))


def _concluded(
    archive: Archive,
    source: Source,
    started_at: datetime,
    standing: Standing | None,
    walked: Walk,
) -> Conclusion:
    what = sighting(walked.readings, walked.reason, walked.again)
    what = Sighting(doubt=walked.doubt) if walked.doubt else what
    return conclude(archive, source, _seen(started_at, walked), standing, what)


def _seen(started_at: datetime, walked: Walk) -> GoodVisit:
    return GoodVisit(0, started_at, walked.reason is None, walked.captures, walked.reason)


def _is_missing_any(step: Step | None, walked: Walk) -> bool:
    """Whether a walk over several pages misses an item."""
    told = step.told if step else ()
    is_missing = any(t.change.kind is Kind.REMOVED for t in told)
    return is_missing and len(walked.captures) > 1


async def _walked_again(source: Source, fetcher: Fetcher, archive: Archive, first: Walk) -> Walk:
    """Walk a listing once more, and return both walks as one.

    An item that moved to an earlier page while the first walk was on its way was seen by
    neither page; only what both walks miss is missing.
    """
    again = await walk(source, fetcher, archive)
    reason = first.reason or again.reason
    if again.doubt:
        reason = f"a second walk, to be sure, failed: {again.doubt.reason}"
        return replace(first, reason=reason)
    counts = [len(unite(each.readings)) for each in (first, again)]
    if counts[1] < counts[0] * SEEN_AGAIN:
        reason = f"a second walk, to be sure, found only {counts[1]} items of {counts[0]}"
    if tears(again.readings) and tears(again.readings) != tears(first.readings):
        reason = reason or "the list was edited during a second walk, too"
    return Walk(
        captures=(*first.captures, *again.captures),
        readings=first.readings,
        again=again.readings,
        reason=reason,
    )


def _told(source: Source, found: Conclusion) -> tuple[Outcome, str | None]:
    """What a visit came to, with its reason, and what was not compared or waits."""
    if found.step is None:
        doubt = found.doubt or Doubt(Outcome.FAILED, "nothing was seen")
        return doubt.outcome, doubt.reason
    silent = ", ".join(found.step.silent)
    told = f"only one side shows any {silent}: not compared" if silent else None
    remade = ", ".join(found.step.remade)
    anew = f"the new layout says nearly every {remade} otherwise: not compared" if remade else None
    missing = awaited(found.step)
    waits = f"{missing} missing, to be called removed when {source.confirm} visits in a row miss it"
    flapping = len(found.step.held)
    held = f"{flapping} going back and forth: held until the wording stands still"
    reasons = (found.cut_short, told, anew, waits if missing else None, held if flapping else None)
    return outcome_of(found.step), "; ".join(filter(None, reasons)) or None


def _keep(
    archive: Archive,
    source: Source,
    newest: Newest | None,
    visit: Visit,
    step: Step | None,
    probes: tuple[Probe, ...],
) -> Visited:
    """Keep a visit and what it taught, whole or not at all.

    When the clock is behind what is held, the visit takes its place in time.
    """
    is_news = step is not None and not step.is_unchanged
    with archive.transaction(is_urgent=is_news):
        number = archive.evidence.keep(visit, probes)
        if step is None:
            return Visited(visit)
        if newest and visit.started_at <= newest.snapshot.captured_at:
            folded = rebuild(archive, source, noted_at=visit.finished_at)
            records = _in_its_place(folded, number)
        else:
            records = tuple(archive.progress.advance(step.numbered(number), {}))
            before = newest.snapshot.captured_at if newest else None
            if before and archive.evidence.was_imported_since(source.key, before):
                corroborate(archive, source)
    return Visited(visit, records, step.item_count)


def _in_its_place(folded: Sequence[Folded], visit: int) -> tuple[ChangeRecord, ...]:
    return tuple(record for each in folded if each.visit.id == visit for record in each.records)
