"""All pages of a source, in order: one snapshot's captures."""

from dataclasses import dataclass

from crawler.config import Source
from crawler.fetch import Fetcher
from crawler.quality import Doubt, cut_doubt
from crawler.reading import read, says_more
from snapshots.archive import Archive
from snapshots.errors import FetchError
from snapshots.extract import Reading
from snapshots.records import Capture, Outcome, Read


@dataclass(frozen=True, slots=True)
class Walk:
    """What was captured; ``doubt``: why it concludes nothing, ``reason``: why it is cut short."""

    captures: tuple[Capture, ...]
    readings: tuple[Reading, ...] = ()
    doubt: Doubt | None = None
    reason: str | None = None


async def walk(source: Source, fetcher: Fetcher, archive: Archive) -> Walk:
    """Fetch a source's page, and a listing's next pages up to the cap. Never raises.

    A walk that fails on its first page saw nothing. One that fails later, meets the cap,
    or is led to a page that says nothing new, is cut short: what such a page should
    have listed was not seen. A link back to a page of the walk ends it.
    """
    captures: list[Capture] = []
    readings: list[Reading] = []
    url: str | None = source.url
    reason = None
    while url and not reason:
        capture, reading = await _look(source, fetcher, archive, url)
        if isinstance(reading, Doubt) and not captures:
            return Walk((capture,) if capture else (), doubt=reading)
        reason = _lack(reading, readings, url)
        if reason or capture is None or isinstance(reading, Doubt):
            break
        captures.append(capture)
        readings.append(reading)
        url = _following(source, reading, captures)
        if url and len(captures) >= fetcher.settings.max_pages:
            reason = f"stopped after {len(captures)} pages, the cap (max_pages)"
    return Walk(tuple(captures), tuple(readings), reason=reason)


def _lack(reading: Reading | Doubt, before: list[Reading], url: str) -> str | None:
    """Why a later page ends the walk before its time, or None when it does not."""
    if isinstance(reading, Doubt):
        return f"cut short after {len(before)} pages: {reading.reason}"
    if before and not says_more(reading, before):
        return f"{url}, page {len(before) + 1}, lists nothing that an earlier page does not"
    return None


def _following(source: Source, reading: Reading, captures: list[Capture]) -> str | None:
    if source.read is not Read.LISTING:
        return None
    asked = {url for capture in captures for url in (capture.url, capture.final_url)}
    return reading.next_url if reading.next_url not in asked else None


async def _look(
    source: Source, fetcher: Fetcher, archive: Archive, url: str
) -> tuple[Capture | None, Reading | Doubt]:
    """Fetch one page, and read it or tell why it concludes nothing."""
    last = archive.evidence.newest(source.key, url)
    try:
        capture = await fetcher.fetch(url, last)
    except FetchError as error:
        outcome = Outcome.BLOCKED if error.is_blocked else Outcome.FAILED
        return None, Doubt(outcome, str(error))
    return capture, cut_doubt(capture, last) or read(source, capture, archive)
