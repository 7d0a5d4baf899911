"""All pages of a source, in order: one snapshot's captures."""

from dataclasses import dataclass

from crawler.config import Source
from crawler.derive import content_type
from crawler.fetch import Fetcher
from crawler.quality import Doubt, answer_doubt
from snapshots.archive import Archive
from snapshots.errors import ExtractError, FetchError
from snapshots.extract import Reading, extract
from snapshots.records import Capture, Outcome, Read


@dataclass(frozen=True, slots=True)
class Walk:
    """What was captured; ``doubt``: why it concludes nothing, ``reason``: why it is cut short."""

    captures: tuple[Capture, ...]
    is_complete: bool = True
    doubt: Doubt | None = None
    reason: str | None = None


async def walk(source: Source, fetcher: Fetcher, archive: Archive) -> Walk:
    """Fetch a source's page, and a listing's next pages up to the cap. Never raises.

    A walk that fails on its first page saw nothing. One that fails later, or meets
    the cap, is incomplete. A page that leads back, or has no items, ends it.
    """
    captures: list[Capture] = []
    url: str | None = source.url
    while url and len(captures) < fetcher.settings.max_pages:
        capture, doubt = await _look(source, fetcher, archive, url)
        if doubt:
            kept = (*captures, capture) if capture and not captures else tuple(captures)
            return _broken_off(kept, doubt, is_first=not captures)
        assert capture is not None
        if any(capture.payload_digest == held.payload_digest for held in captures):
            return Walk(tuple(captures))
        reading = _reading(source, capture, archive)
        if captures and not reading.items:
            return Walk(tuple(captures))
        captures.append(capture)
        asked = {held.url for held in captures}
        url = reading.next_url if reading.next_url not in asked else None
    reason = f"stopped after {len(captures)} pages, the cap (max_pages)" if url else None
    return Walk(tuple(captures), is_complete=not url, reason=reason)


async def _look(
    source: Source, fetcher: Fetcher, archive: Archive, url: str
) -> tuple[Capture | None, Doubt | None]:
    last = archive.evidence.newest(source.key, url)
    try:
        capture = await fetcher.fetch(url, last)
    except FetchError as error:
        outcome = Outcome.BLOCKED if error.is_blocked else Outcome.FAILED
        return None, Doubt(outcome, str(error))
    return capture, answer_doubt(capture)


def _broken_off(captures: tuple[Capture, ...], doubt: Doubt, *, is_first: bool) -> Walk:
    if is_first:
        return Walk(captures, is_complete=False, doubt=doubt)
    reason = f"cut short after {len(captures)} pages: {doubt.reason}"
    return Walk(captures, is_complete=False, reason=reason)


def _reading(source: Source, capture: Capture, archive: Archive) -> Reading:
    """What a page says, to follow its next page; an unreadable one leads nowhere."""
    if source.read is Read.PAGE:
        return Reading(())
    try:
        return extract(
            capture.payload,
            source.recipe(capture.captured_at),
            url=capture.final_url,
            content_type=content_type(capture, archive),
        )
    except ExtractError:
        return Reading(())
