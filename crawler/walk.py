"""All pages of a source, in order: one snapshot's captures."""

from dataclasses import dataclass

from crawler.config import Source
from crawler.derive import read
from crawler.fetch import Fetcher
from crawler.quality import Doubt, answer_doubt, notice_doubt
from snapshots.archive import Archive
from snapshots.errors import ExtractError, FetchError
from snapshots.extract import Reading
from snapshots.records import Capture, Outcome, Read


@dataclass(frozen=True, slots=True)
class Walk:
    """What was captured; ``doubt``: why it concludes nothing, ``reason``: why it is cut short."""

    captures: tuple[Capture, ...]
    readings: tuple[Reading, ...] = ()
    is_complete: bool = True
    doubt: Doubt | None = None
    reason: str | None = None


async def walk(source: Source, fetcher: Fetcher, archive: Archive) -> Walk:
    """Fetch a source's page, and a listing's next pages up to the cap. Never raises.

    A walk that fails on its first page saw nothing. One that fails later, meets the cap,
    or is led to a page that says nothing new, is incomplete: what such a page should
    have listed was not seen. A link back to a page of the walk ends it.
    """
    captures: list[Capture] = []
    readings: list[Reading] = []
    url: str | None = source.url
    while url and len(captures) < fetcher.settings.max_pages:
        page = await _look(source, fetcher, archive, url)
        if page.doubt or not page.capture or not page.reading:
            return _broken_off(page, tuple(captures), tuple(readings))
        if captures and not _says_more(page.reading, readings):
            told = f"{url}, page {len(captures) + 1}, lists nothing that an earlier page does not"
            return Walk(tuple(captures), tuple(readings), is_complete=False, reason=told)
        captures.append(page.capture)
        readings.append(page.reading)
        asked = {held.url for held in captures}
        following = page.reading.next_url if source.read is Read.LISTING else None
        url = following if following not in asked else None
    reason = f"stopped after {len(captures)} pages, the cap (max_pages)" if url else None
    return Walk(tuple(captures), tuple(readings), is_complete=not url, reason=reason)


@dataclass(frozen=True, slots=True)
class _Page:
    """One page looked at: what answered and what it says, or why it concludes nothing."""

    capture: Capture | None = None
    reading: Reading | None = None
    doubt: Doubt | None = None


async def _look(source: Source, fetcher: Fetcher, archive: Archive, url: str) -> _Page:
    last = archive.evidence.newest(source.key, url)
    try:
        capture = await fetcher.fetch(url, last)
    except FetchError as error:
        outcome = Outcome.BLOCKED if error.is_blocked else Outcome.FAILED
        return _Page(doubt=Doubt(outcome, str(error)))
    if doubt := answer_doubt(capture):
        return _Page(capture, doubt=doubt)
    try:
        reading = read(source, capture, archive)
    except ExtractError as error:
        return _Page(capture, doubt=Doubt(Outcome.QUARANTINED, str(error)))
    return _Page(capture, reading, notice_doubt(capture, reading.items))


def _says_more(reading: Reading, before: list[Reading]) -> bool:
    """Whether a page lists anything that no earlier page of the walk does."""
    seen = {(item.url, item.title, item.summary) for page in before for item in page.items}
    return any((item.url, item.title, item.summary) not in seen for item in reading.items)


def _broken_off(page: _Page, captures: tuple[Capture, ...], readings: tuple[Reading, ...]) -> Walk:
    if captures:
        told = page.doubt.reason if page.doubt else "a page could not be read"
        reason = f"cut short after {len(captures)} pages: {told}"
        return Walk(captures, readings, is_complete=False, reason=reason)
    kept = (page.capture,) if page.capture else ()
    return Walk(kept, is_complete=False, doubt=page.doubt)
