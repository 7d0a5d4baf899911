"""All pages of a source, in order: one snapshot's captures."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crawler.config import Source
from crawler.fetch import Fetcher
from crawler.quality import GOOD, Doubt, cut_doubt, type_doubt
from crawler.reading import content_type, read, says_more
from snapshots.archive import Archive
from snapshots.errors import FetchError
from snapshots.extract import Reading
from snapshots.extract.paging import is_template, page_url
from snapshots.records import Capture, Outcome, Read

NOT_MODIFIED = 304
# The URL and the payload digest of a page, as the newest snapshot saw it.
KnownPage = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Walk:
    """What was captured; ``doubt``: why it concludes nothing, ``reason``: why it is cut short.

    ``is_same``: every page is, byte for byte, what the newest snapshot saw, so that none
    was read.
    """

    captures: tuple[Capture, ...]
    readings: tuple[Reading, ...] = ()
    doubt: Doubt | None = None
    reason: str | None = None
    is_same: bool = False


class _Answer(NamedTuple):
    """What one page answered, or why that is nothing to read."""

    capture: Capture | None
    doubt: Doubt | None


async def walk(
    source: Source, fetcher: Fetcher, archive: Archive, known: Sequence[KnownPage] = ()
) -> Walk:
    """Fetch a source's page, and a listing's next pages up to the cap. Never raises.

    While the pages are what was ``known``, they are asked for in that order and not read.
    A walk that fails on its first page saw nothing. One that fails later, meets the cap,
    or is led to a page that says nothing new, is cut short: what such a page should
    have listed was not seen. A link back to a page of the walk ends it, and so does the
    page after the last of a listing whose pages are counted.
    """
    ahead = await _asked_ahead(source, fetcher, archive, known)
    if known and len(ahead) == len(known) and _is_same(ahead[-1], known[-1]):
        return Walk(tuple(answer.capture for answer in ahead if answer.capture), is_same=True)
    captures: list[Capture] = []
    readings: list[Reading] = []
    url: str | None = source.url
    reason = None
    while url and not reason:
        answer = ahead.popleft() if ahead else await _look(source, fetcher, archive, url)
        reading = _read(source, archive, answer)
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


def read_after_all(walked: Walk, source: Source, archive: Archive) -> Walk:
    """Return a walk that found every page the same, with what the pages say."""
    readings = [read(source, capture, archive) for capture in walked.captures]
    doubt = next((reading for reading in readings if isinstance(reading, Doubt)), None)
    healthy = tuple(reading for reading in readings if isinstance(reading, Reading))
    return Walk(walked.captures, healthy, doubt)


async def _asked_ahead(
    source: Source, fetcher: Fetcher, archive: Archive, known: Sequence[KnownPage]
) -> deque[_Answer]:
    """The answers of known pages, up to and with the first that is not what it was."""
    answers: deque[_Answer] = deque()
    for page in known[: fetcher.settings.max_pages]:
        answers.append(await _look(source, fetcher, archive, page[0]))
        if not _is_same(answers[-1], page):
            break
    return answers


def _is_same(answer: _Answer, page: KnownPage) -> bool:
    capture = answer.capture
    if capture is None or answer.doubt or capture.status not in (*GOOD, NOT_MODIFIED):
        return False
    return (capture.url, capture.payload_digest) == page


def _read(source: Source, archive: Archive, answer: _Answer) -> Reading | Doubt:
    if answer.doubt or answer.capture is None:
        return answer.doubt or Doubt(Outcome.FAILED, "no answer")
    return read(source, answer.capture, archive)


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


async def _look(source: Source, fetcher: Fetcher, archive: Archive, url: str) -> _Answer:
    """Fetch one page, or tell why it could not be had whole."""
    last = archive.evidence.newest(source.key, url)
    try:
        capture = await fetcher.fetch(url, last)
    except FetchError as error:
        outcome = Outcome.BLOCKED if error.is_blocked else Outcome.FAILED
        return _Answer(None, Doubt(outcome, str(error)))
    return _Answer(capture, cut_doubt(capture, last) or _type_doubt(archive, capture, last))


def _type_doubt(archive: Archive, capture: Capture, last: Capture | None) -> Doubt | None:
    if last is None or capture.payload_digest == last.payload_digest:
        return None
    return type_doubt(capture, content_type(last, archive))
