"""How an archive is: its file, its newest and oldest moments, what the servers' clocks said.

Nothing is written, and an archive of an earlier version is not brought up to date.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from sqlite3 import Connection
from urllib.parse import quote

from snapshots.archive.archive import SCHEMA, archive_errors, version_of
from snapshots.archive.lock import WriterLock
from snapshots.archive.rows import moment
from snapshots.errors import ArchiveBusyError, ArchiveError

# So many of the newest answers are asked for the time that their servers stated.
MOST_ANSWERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What can be said of an archive without reading all of it.

    ``is_current`` tells that its tables are those of this program. ``finding`` is the first
    thing that SQLite's quick check complains of. ``newest_at`` and ``oldest_at`` are those of
    the program's own captures; ``ahead_s`` tells, for the newest of them, by how many seconds
    this machine's clock was ahead of the server's.
    """

    size_bytes: int
    log_bytes: int
    is_current: bool
    finding: str | None
    newest_at: datetime | None
    oldest_at: datetime | None
    ahead_s: tuple[float, ...]
    verified_at: datetime | None
    writer: str | None


def health(path: Path) -> Health:
    """Return how an archive is.

    Raises:
        ArchiveError: it cannot be opened, or is of a later version.
    """
    uri = f"file:{quote(str(path))}?mode=ro"
    with archive_errors(path), closing(sqlite3.connect(uri, uri=True)) as db:
        is_current = version_of(path, db, is_whole=True) == SCHEMA
        finding = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        newest, oldest = db.execute(
            "SELECT max(captured_at), min(captured_at) FROM captures WHERE provenance = 'own'"
        ).fetchone()
        return Health(
            size_bytes=path.stat().st_size,
            log_bytes=_size(path.with_name(f"{path.name}-wal")),
            is_current=is_current,
            finding=None if finding == "ok" else finding,
            newest_at=moment(newest) if newest else None,
            oldest_at=moment(oldest) if oldest else None,
            ahead_s=tuple(_ahead(db)),
            verified_at=_verified_at(db) if is_current else None,
            writer=_writer(path),
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _ahead(db: Connection) -> Iterator[float]:
    """How far the clock was ahead of each server's, by its Date, and the Age of its answer."""
    rows = db.execute(
        "SELECT captured_at, response_headers FROM captures WHERE provenance = 'own'"
        " ORDER BY id DESC LIMIT ?",
        (MOST_ANSWERS,),
    ).fetchall()
    for captured_at, written in rows:
        headers = {name.lower(): value for name, value in json.loads(written)}
        with suppress(ValueError, OverflowError):
            stated = parsedate_to_datetime(headers.get("date", ""))
            stated = stated.replace(tzinfo=stated.tzinfo or UTC)
            stated += timedelta(seconds=int(headers.get("age", "0")))
            yield (moment(captured_at) - stated).total_seconds()


def _verified_at(db: Connection) -> datetime | None:
    (at,) = db.execute("SELECT max(verified_at) FROM verifications").fetchone()
    return moment(at) if at else None


def _writer(path: Path) -> str | None:
    """What is said of the process that writes to the archive at this moment, if one does."""
    try:
        WriterLock(path.resolve()).release()
    except ArchiveBusyError as error:
        return str(error).removeprefix(f"{path.resolve()}: ").partition(";")[0]
    except ArchiveError:
        return None  # told of the folder
    return None
