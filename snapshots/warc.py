"""WARC and ARC files, record by record. The one door to warcio."""

import logging
from base64 import b16encode, b32encode
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5, sha1, sha256
from io import StringIO
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from snapshots.coding import decoded
from snapshots.errors import ExtractError
from snapshots.records import Headers

# warcio tells of mended addresses on its own; what matters is told by our caller.
logging.getLogger("warcio").setLevel(logging.ERROR)
_BLOCK_BYTES = 1 << 16
_UNREADABLE = (
    BadZipFile,  # a WARC within a WACZ
    ArchiveLoadFailed,
    AttributeError,  # a record without the headers that every record must have
    EOFError,
    OSError,
    UnicodeError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """One record. ``payload`` is the body after transfer and content decoding.

    ``status`` and ``headers`` are those of the HTTP message, if the record has one.
    ``refers_to`` are the URL and moment of the capture that a revisit repeats.
    ``lacking`` tells why the payload is not whole; None when it is.
    """

    type: str
    url: str | None
    captured_at: datetime | None
    status: int | None
    headers: Headers
    digest: str | None
    refers_to: tuple[str | None, datetime | None]
    payload: bytes = field(repr=False)
    lacking: str | None = None


@dataclass(frozen=True, slots=True)
class Damage:
    """Where a file stopped being readable: after so many whole records, and why."""

    records: int
    reason: str


def read_warc(path: Path, *, cap_bytes: int) -> Iterator[WarcRecord | Damage]:
    """Yield a file's records in order; if it is damaged, the damage comes last.

    A record that was cut off is damage, never a shorter payload.

    Source: ISO 28500:2017 (WARC 1.1), sections 5 and 6.
    """
    with path.open("rb") as file:
        yield from records_in(file, cap_bytes=cap_bytes)


def records_in(file: IO[bytes], *, cap_bytes: int) -> Iterator[WarcRecord | Damage]:
    """Yield the records of an open file in order, as ``read_warc`` does."""
    count = 0
    records = iter(ArchiveIterator(file))
    while True:
        try:
            # warcio prints what it thinks of a damaged chunk.
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                record = next(records, None)
                whole = _whole(record, cap_bytes) if record is not None else None
        except _UNREADABLE as error:
            yield Damage(count, _first_line(error))
            return
        if whole is None:
            break
        count += 1
        yield whole
    if not count:
        yield Damage(0, "it holds no WARC or ARC record")


def _whole(record: Any, cap_bytes: int) -> WarcRecord:
    http = record.http_headers
    headers = record.rec_headers
    if record.rec_type is None or not headers.get_header("WARC-Date"):
        raise EOFError("what follows is no WARC record")
    payload, lacking = (b"", None) if record.rec_type == "revisit" else _payload(record, cap_bytes)
    _check_length(record)
    return WarcRecord(
        type=record.rec_type,
        url=headers.get_header("WARC-Target-URI"),
        captured_at=_moment(headers.get_header("WARC-Date")),
        status=_status(http.get_statuscode()) if http else None,
        headers=tuple((name, value) for name, value in http.headers) if http else (),
        digest=headers.get_header("WARC-Payload-Digest"),
        refers_to=(
            headers.get_header("WARC-Refers-To-Target-URI"),
            _moment(headers.get_header("WARC-Refers-To-Date")),
        ),
        payload=payload,
        lacking=lacking or headers.get_header("WARC-Truncated"),
    )


def _payload(record: Any, cap_bytes: int) -> tuple[bytes, str | None]:
    """A record's payload, and why it is not whole, if it is not."""
    http = record.http_headers
    coding = (http.get_header("Content-Encoding") or "") if http else ""
    is_chunked = bool(http) and "chunked" in (http.get_header("Transfer-Encoding") or "").lower()
    stream = ChunkedDataReader(record.raw_stream) if is_chunked else record.raw_stream
    body = stream.read(cap_bytes + 1)
    if len(body) > cap_bytes:
        return b"", f"it is larger than the cap of {cap_bytes:,} bytes"
    try:
        payload = decoded(body, coding, cap_bytes=cap_bytes)
        stated = record.rec_headers.get_header("WARC-Payload-Digest")
        is_altered = not is_chunked and _disagrees(stated, body, payload)
        return payload, "its digest is another than the record states" if is_altered else None
    except ExtractError as error:
        # Some crawlers kept the header and undid the coding.
        is_undone = "gzip" in coding and not body.startswith(b"\x1f\x8b")
        return (body, None) if is_undone else (b"", str(error))


def _disagrees(stated: str | None, body: bytes, payload: bytes) -> bool:
    """Whether a stated digest is of neither the body as it was sent nor the payload."""
    name, _, value = (stated or "").partition(":")
    make = {"sha1": sha1, "sha256": sha256, "md5": md5}.get(name.lower())
    if make is None or not value:
        return False
    made = [make(each).digest() for each in (body, payload)]
    forms = {form(each) for each in made for form in (b32encode, b16encode)}
    return value.strip().upper().encode("ascii", "replace") not in forms


def _check_length(record: Any) -> None:
    """Read a record's block to its end.

    Raises:
        EOFError: the block is shorter than its Content-Length.
    """
    while record.raw_stream.read(_BLOCK_BYTES):
        pass
    missing = getattr(record.raw_stream, "limit", 0)
    if missing > 0:
        raise EOFError(f"the record is cut off: {missing} bytes are missing")


def _status(written: str | None) -> int | None:
    return int(written) if written and written.isdigit() else None


def _moment(written: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written) if written else None
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC) if moment else None
    except (ValueError, OverflowError):
        return None


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
