"""What the captures of a visit say, and whether each may be believed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.config import Source
from crawler.quality import Doubt, answer_doubt, cut_doubt, notice_doubt, type_doubt
from diffs.links import canonical_link
from snapshots.archive import Archive
from snapshots.archive.evidence import GoodVisit
from snapshots.errors import ExtractError
from snapshots.extract.extract import Reading, extract, unite, unite_walks
from snapshots.records import Capture, Item, Outcome, Provenance, Read, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What was seen of a source at one moment.

    ``doubt`` tells why it concludes nothing, ``cut_short`` why it is not the whole.
    """

    items: tuple[Item, ...] = ()
    cut_short: str | None = None
    doubt: Doubt | None = None


def content_type(capture: Capture, archive: Archive) -> str | None:
    """Return a capture's media type; a 304 sends none, and takes it from the payload's first."""
    return capture.header("content-type") or archive.evidence.content_type(capture.payload_digest)


def read(source: Source, capture: Capture, archive: Archive) -> Reading | Doubt:
    """Read one capture with the recipe of its time, or tell why it concludes nothing."""
    if doubt := answer_doubt(capture):
        return _with_remedy(doubt, source, capture)
    recipe = source.recipe(capture.captured_at)
    kind = content_type(capture, archive)
    try:
        reading = extract(capture.payload, recipe, url=capture.final_url, content_type=kind)
    except ExtractError as error:
        return Doubt(Outcome.QUARANTINED, str(error))
    return notice_doubt(capture, reading.items) or reading


def judged(
    source: Source, capture: Capture, last: Capture | None, archive: Archive
) -> Reading | Doubt:
    """Read one capture beside the last that was believed, or tell why it concludes nothing."""
    doubt = cut_doubt(capture, last)
    if doubt is None and last is not None and capture.payload_digest != last.payload_digest:
        doubt = type_doubt(capture, content_type(last, archive))
    return doubt or read(source, capture, archive)


def listed(
    archive: Archive, source: Source, snapshot: Snapshot, *, first_page: int = 0
) -> list[Item]:
    """Return what the pages of an earlier snapshot list, from one of its pages on, in order."""
    pages = {capture.url: capture for capture in archive.evidence.captures_of(snapshot.id)}
    readings = [read(source, capture, archive) for capture in [*pages.values()][first_page:]]
    return [i for reading in readings if isinstance(reading, Reading) for i in reading.items]


def _with_remedy(doubt: Doubt, source: Source, capture: Capture) -> Doubt:
    """Tell how a source's own page is taken as gone; a later page of a listing is not it."""
    if not doubt.is_gone or capture.url != source.url:
        return doubt
    return replace(doubt, reason=f"{doubt.reason}; `reworded accept {source.key}` takes it as real")


def says_more(reading: Reading, before: Sequence[Reading]) -> bool:
    """Whether a page lists anything that no earlier page of the listing does."""
    seen = {(item.url, item.title, item.summary) for page in before for item in page.items}
    return any((item.url, item.title, item.summary) not in seen for item in reading.items)


def is_torn(readings: Sequence[Reading]) -> bool:
    """Whether two pages of a walk show one link in two wordings: it was edited under way."""
    seen: dict[str, tuple[int, tuple[str | None, ...]]] = {}
    for page, reading in enumerate(readings):
        for item in reading.items:
            said = (item.title, item.summary)
            before = seen.setdefault(item.url, (page, said)) if item.url else (page, said)
            if before[0] != page and before[1] != said:
                return True
    return False


def sighting(
    readings: Sequence[Reading], cut_short: str | None, again: Sequence[Reading] = ()
) -> Sighting:
    """Return what the pages of one visit say together; no page is no sighting.

    Of an item that a second walk saw ``again``, its wording counts; what only the first
    saw, because the list moved under way, counts too.
    """
    items = unite(readings) if readings else ()
    if again:
        items = unite_walks(items, unite(again))
    return Sighting(items=items, cut_short=cut_short)


def reread(archive: Archive, source: Source, visit: GoodVisit) -> Sighting:
    """Read a kept visit with today's recipe, and judge it as if it were made now.

    A listing whose last page leads on to one that was not kept was not seen whole.
    """
    walks: list[list[Reading]] = []
    cut_short = visit.reason if not visit.is_complete and not visit.is_accepted else None
    for capture in visit.captures:
        # A visit that was in doubt walked its listing a second time.
        if not walks or capture.url == visit.captures[0].url:
            walks.append([])
        readings = walks[-1]
        last = _last_believed(source, visit, capture, archive) if visit.is_doubted else None
        reading = judged(source, capture, last, archive)
        if isinstance(reading, Doubt) and len(walks) == 1 and not readings:
            return Sighting(doubt=reading)
        if isinstance(reading, Doubt):
            cut_short = f"page {len(readings) + 1}: {reading.reason}"
            break
        if readings and not says_more(reading, readings):
            cut_short = f"page {len(readings) + 1} lists nothing that an earlier page does not"
            break
        readings.append(reading)
    cut_short = cut_short or _not_kept(source, visit, [r for walk in walks for r in walk])
    return sighting(walks[0] if walks else (), cut_short, walks[1] if len(walks) > 1 else ())


def _last_believed(
    source: Source, visit: GoodVisit, capture: Capture, archive: Archive
) -> Capture | None:
    is_own = capture.provenance is Provenance.OWN
    before = visit.started_at
    return archive.evidence.newest(source.key, capture.url, before) if is_own else None


def _not_kept(source: Source, visit: GoodVisit, readings: Sequence[Reading]) -> str | None:
    kept = {canonical_link(u) for c in visit.captures for u in (c.url, c.final_url)}
    leads_to = readings[-1].next_url if readings and source.read is Read.LISTING else None
    is_missing = leads_to is not None and canonical_link(leads_to) not in kept
    return f"its next page {leads_to} was not kept" if is_missing else None
