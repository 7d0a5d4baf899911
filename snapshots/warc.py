"""WARC and ARC files, record by record. The one door to warcio."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from snapshots.records import Headers

# warcio tells of mended addresses on its own; what matters is told by our caller.
logging.getLogger("warcio").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """One record. ``payload`` is the body after transfer and content decoding.

    ``status`` and ``headers`` are those of the HTTP message, if the record has one.
    ``refers_to`` are the URL and moment of the capture that a revisit repeats.
    """

    type: str
    url: str | None
    captured_at: datetime | None
    status: int | None
    headers: Headers
    digest: str | None
    refers_to: tuple[str | None, datetime | None]
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Damage:
    """Where a file stopped being readable: after so many whole records, and why."""

    records: int
    reason: str


def read_warc(path: Path, *, cap_bytes: int) -> Iterator[WarcRecord | Damage]:
    """Yield a file's records in order; if it is damaged, the damage comes last.

    A payload longer than the cap is cut, and then agrees with no digest.

    Source: ISO 28500:2017 (WARC 1.1), sections 5 and 6.
    """
    count = 0
    with path.open("rb") as file:
        try:
            for record in ArchiveIterator(file):
                whole = _whole(record, cap_bytes)
                count += 1
                yield whole
        except (ArchiveLoadFailed, EOFError, ValueError, OSError, UnicodeError) as error:
            yield Damage(count, _first_line(error))


def _whole(record: Any, cap_bytes: int) -> WarcRecord:
    http = record.http_headers
    headers = record.rec_headers
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
        payload=record.content_stream().read(cap_bytes),
    )


def _status(written: str | None) -> int | None:
    return int(written) if written and written.isdigit() else None


def _moment(written: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(written).astimezone(UTC) if written else None
    except ValueError:
        return None


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
