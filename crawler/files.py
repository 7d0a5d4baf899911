"""Captures out of files: saved pages and texts, and the records of WARC and ARC files."""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path

from crawler.config import Source
from crawler.terminal import tracked
from diffs.links import canonical_link
from snapshots.errors import ExtractError
from snapshots.extract.extract import extract
from snapshots.records import Capture, Import, Provenance, Read, Revisit, digest_of
from snapshots.wacz import is_wacz, read_wacz
from snapshots.warc import Damage, WarcRecord, read_warc

MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".md": "text/markdown",
}
WARC_SUFFIXES = (".warc", ".warc.gz", ".arc", ".arc.gz")

# A capture's URL, moment and payload digest: no two captures share all three.
Identity = tuple[str, datetime, str]


@dataclass(slots=True)
class Found:
    """What was found in files: captures of the source, records of other URLs, what was wrong.

    ``files`` names the first file that each capture was found in, by the capture's identity.
    """

    captures: list[Capture] = field(default_factory=list)
    files: dict[Identity, Path] = field(default_factory=dict)
    others: int = 0
    problems: list[str] = field(default_factory=list)


class Files:
    """Reads files into captures of one source; a revisit may repeat a payload of any of them."""

    def __init__(self, source: Source, url: str | None, cap_bytes: int) -> None:
        self.source = source
        self.url = url or source.url
        self.cap_bytes = cap_bytes
        self.found = Found()
        self._by_digest: dict[str, WarcRecord] = {}
        self._by_moment: dict[tuple[str, datetime], WarcRecord] = {}

    def read(self, path: Path, at: datetime | None) -> None:
        """Read one file; what cannot be read is told among the problems."""
        try:
            if is_warc(path):
                self._read_warc(path)
            else:
                self._read_page(path, at)
        except OSError as error:
            self.found.problems.append(f"{path}: cannot be read ({error.strerror})")
        except ExtractError as error:
            self.found.problems.append(f"{path}: {error}")

    def leave_out_after(self, now: datetime) -> None:
        """Leave out what is dated in the future: nothing would ever come after it."""
        for capture in self.found.captures:
            if capture.captured_at > now:
                told = f"{capture.url} of {capture.captured_at:%Y-%m-%d %H:%M} was left out"
                self.found.problems.append(f"{told} (it is dated in the future)")
        kept = [capture for capture in self.found.captures if capture.captured_at <= now]
        self.found.captures = kept

    def _read_page(self, path: Path, at: datetime | None) -> None:
        capture = file_capture(path, self.url, at)
        recipe = self.source.recipe(capture.captured_at)
        kind = capture.header("content-type")
        extract(capture.payload, recipe, url=capture.url, content_type=kind)
        self._add(path, capture)

    def _read_warc(self, path: Path) -> None:
        records = records_of(path, self.cap_bytes)
        for record in tracked(records, f"reading {path.name}"):
            if isinstance(record, Damage):
                told = f"damaged after {record.records} whole records, which were read"
                self.found.problems.append(f"{path}: {told} ({record.reason})")
            elif record.type in ("response", "revisit") and record.url:
                self._take(path, record, record.url)

    def _take(self, path: Path, record: WarcRecord, url: str) -> None:
        if not self._is_wanted(url):
            self.found.others += 1
            return
        at = record.captured_at
        whole = self._whole(record, url)
        if at and whole and whole.status:
            self._add(path, _capture(record, url, at, whole))
            return
        when = f"{at:%Y-%m-%d %H:%M:%S}" if at else "an unreadable date"
        told = f"the {record.type} of {url} at {when} was left out"
        self.found.problems.append(f"{path}: {told} ({_lack(record)})")

    def _add(self, path: Path, capture: Capture) -> None:
        self.found.captures.append(capture)
        self.found.files.setdefault(identity(capture), path)

    def _is_wanted(self, url: str) -> bool:
        """Whether a record can belong to the source.

        A listing's later pages share its address up to the query.
        """
        link, wanted = canonical_link(url), canonical_link(self.url)
        is_listing = self.source.read is Read.LISTING
        return link == wanted or (is_listing and link.split("?")[0] == wanted.split("?")[0])

    def _whole(self, record: WarcRecord, url: str) -> WarcRecord | None:
        """The record that holds a record's payload: itself, or the one a revisit repeats."""
        if record.lacking:
            return None
        if record.type == "revisit":
            repeated, moment = record.refers_to
            by_moment = self._by_moment.get((repeated, moment)) if repeated and moment else None
            return self._by_digest.get(record.digest or "") or by_moment
        if record.captured_at:
            self._by_moment[url, record.captured_at] = record
        if record.digest:
            self._by_digest[record.digest] = record
        return record


def records_of(path: Path, cap_bytes: int) -> Iterator[WarcRecord | Damage]:
    """Yield the records of a WARC, ARC or WACZ file."""
    return (read_wacz if is_wacz(path) else read_warc)(path, cap_bytes=cap_bytes)


def is_warc(path: Path) -> bool:
    """Whether a file holds WARC or ARC records, by its name or its first bytes."""
    if path.name.lower().endswith(WARC_SUFFIXES) or is_wacz(path):
        return True
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(b"\x1f\x8b"):
        with suppress(zlib.error):
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 16)
    return head.startswith((b"WARC/", b"filedesc:"))


def file_capture(path: Path, url: str, at: datetime | None) -> Capture:
    """Return a saved page as a capture; without ``at``, of the file's own time."""
    payload = path.read_bytes()
    media_type = MEDIA_TYPES.get(path.suffix.lower())
    return Capture(
        url=url,
        final_url=url,
        captured_at=at or datetime.fromtimestamp(path.stat().st_mtime, UTC),
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
        response_headers=(("Content-Type", media_type),) if media_type else (),
        provenance=Provenance.FILE,
    )


def once(captures: list[Capture]) -> Iterator[Capture]:
    """Yield each capture once: one URL at one moment with one payload."""
    yield from {identity(capture): capture for capture in captures}.values()


def identity(capture: Capture) -> Identity:
    """Return what tells a capture from every other of its source."""
    return capture.url, capture.captured_at, capture.payload_digest


def origin(path: Path, at: datetime) -> Import:
    """Return an import of a file that begins at a moment, with the file's digest."""
    with path.open("rb") as file:
        digest = f"sha256:{file_digest(file, 'sha256').hexdigest()}"
    kind = "wacz" if is_wacz(path) else "warc" if is_warc(path) else "file"
    return Import(name=path.name, kind=kind, started_at=at, digest=digest)


def _lack(record: WarcRecord) -> str:
    """Why a record that was wanted cannot be a capture."""
    if record.lacking:
        return record.lacking
    if record.captured_at is None:
        return "it has no date that can be read"
    if record.type == "revisit":
        return "the payload that it repeats was not among what was imported"
    return "it has no HTTP status"


def _capture(record: WarcRecord, url: str, at: datetime, whole: WarcRecord) -> Capture:
    return Capture(
        url=url,
        final_url=url,
        captured_at=at,
        status=record.status or whole.status or 0,
        payload=whole.payload,
        payload_digest=digest_of(whole.payload),
        response_headers=record.headers or whole.headers,
        revisit=Revisit.SAME_PAYLOAD if record is not whole else None,
        provenance=Provenance.WARC,
    )
