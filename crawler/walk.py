"""All pages of a source, in order: one snapshot's captures."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.config import Source
from crawler.fetch import Fetcher
from crawler.quality import Doubt
from crawler.reading import judged, says_more
from crawler.still import Asked, ask
from snapshots.archive import Archive
from snapshots.extract.extract import Reading
from snapshots.extract.paging import is_template, page_url
from snapshots.records import Capture, Outcome, Read, Revisit


@dataclass(frozen=True, slots=True)
class Walk:
    """What was captured; ``doubt``: why it concludes nothing, ``reason``: why it is cut short.

    ``again`` are the readings of a second walk, whose captures follow the first's.
    """

    captures: tuple[Capture, ...]
    readings: tuple[Reading, ...] = ()
    again: tuple[Reading, ...] = ()
    doubt: Doubt | None = None
    reason: str | None = None


async def walk(
    source: Source,
    fetcher: Fetcher,
    archive: Archive,
    answers: Sequence[Asked] = (),
    *,
    is_anew: bool = False,
) -> Walk:
    """Fetch a source's page, and a listing's next pages up to the cap. Never raises.

    ``answers`` are those that a first look has had already, in the order of the walk. The
    others are asked for on no condition if all ``is_anew``.
    A walk that fails on its first page saw nothing. One that fails later, meets the cap,
    or is led to a page that says nothing new, is cut short: what such a page should
    have listed was not seen. A link back to a page of the walk ends it, and so does the
    page after the last of a listing whose pages are counted.
    """
    ahead = deque(answers)
    captures: list[Capture] = []
    readings: list[Reading] = []
    url: str | None = source.url
    reason = None
    while url and not reason:
        asked = ahead.popleft() if ahead else None
        answer = asked or await ask(source, fetcher, archive, url, is_anew=is_anew)
        answer = _loaded(answer, archive)
        reading = _read(source, archive, answer, captures)
        if isinstance(reading, Doubt) and not captures:
            return Walk((answer.capture,) if answer.capture else (), doubt=reading)
        if _is_past_the_end(source, reading, captures, readings):
            break
        reason = _lack(reading, readings, url)
        if reason or answer.capture is None or isinstance(reading, Doubt):
            break
        captures.append(answer.capture)
        readings.append(reading)
        url = _following(source, reading, captures)
        if url and len(captures) >= fetcher.settings.max_pages:
            reason = f"stopped after {len(captures)} pages, the cap (max_pages)"
    return Walk(tuple(captures), tuple(readings), reason=reason)


def _loaded(answer: Asked, archive: Archive) -> Asked:
    """An answer with the payloads that were not needed to tell whether all is as it was."""
    last = archive.evidence.with_payload(answer.last) if answer.last else None
    capture = answer.capture
    if capture and last and capture.revisit is Revisit.NOT_MODIFIED:
        capture = replace(capture, payload=last.payload)
    return Asked(capture, last, answer.error)


def _read(
    source: Source, archive: Archive, answer: Asked, before: Sequence[Capture]
) -> Reading | Doubt:
    """Read one page beside the last that was believed; a page that is new, beside the first."""
    if answer.capture is None:
        is_blocked = answer.error is not None and answer.error.is_blocked
        outcome = Outcome.BLOCKED if is_blocked else Outcome.FAILED
        return Doubt(outcome, str(answer.error))
    last = answer.last or (before[0] if before else None)
    return judged(source, answer.capture, last, archive)


def _is_past_the_end(
    source: Source,
    reading: Reading | Doubt,
    captures: Sequence[Capture],
    before: Sequence[Reading],
) -> bool:
    """Whether a counted page is the one after the last: gone, or with nothing new."""
    if not before or not is_template(source.recipe(captures[0].captured_at).next):
        return False
    return reading.is_gone if isinstance(reading, Doubt) else not says_more(reading, before)


def _lack(reading: Reading | Doubt, before: Sequence[Reading], url: str) -> str | None:
    """Why a later page ends the walk before its time, or None when it does not."""
    if isinstance(reading, Doubt):
        return f"cut short after {len(before)} pages: {reading.reason}"
    if before and not says_more(reading, before):
        return f"{url}, page {len(before) + 1}, lists nothing that an earlier page does not"
    return None


def _following(source: Source, reading: Reading, captures: Sequence[Capture]) -> str | None:
    if source.read is not Read.LISTING:
        return None
    written = source.recipe(captures[0].captured_at).next
    if is_template(written):
        return page_url(written, captures[0].final_url, len(captures))
    asked = {url for capture in captures for url in (capture.url, capture.final_url)}
    return reading.next_url if reading.next_url not in asked else None
