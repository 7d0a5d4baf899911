"""Mementos on their way into evidence: had of a web archive, until their import is complete."""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from snapshots.archive.rows import capture_of, capture_row, dumps, moment, stamp
from snapshots.records import Capture

REFUSALS = (
    """CREATE TABLE memento_refusals (             -- so that none is asked for again at once
        asked TEXT NOT NULL PRIMARY KEY,         -- the memento's address
        refused_at TEXT NOT NULL
    ) STRICT""",
)


@dataclass(frozen=True, slots=True)
class Held:
    """A capture of a source that need not be asked for again, without its payload.

    ``asked`` are the addresses in web archives that led to it.
    """

    url: str
    captured_at: datetime
    payload_digest: str
    status: int
    asked: tuple[str, ...]


class Mementos:
    """The mementos of imports under way, of one open archive. No evidence yet.

    A kill in the middle of an import loses none: the next import of the source goes on.
    """

    def __init__(self, db: Connection) -> None:
        self.db = db

    def add(self, source: str, asked: str, capture: Capture, *, is_repeat: bool = False) -> None:
        """Put a memento by, in the caller's transaction; a repeat's payload is held already."""
        body = None if is_repeat else zlib.compress(capture.payload)
        self.db.execute(
            "INSERT OR REPLACE INTO mementos VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                source,
                asked,
                capture.url,
                stamp(capture.captured_at),
                capture.payload_digest,
                dumps(capture_row(capture)),
                body,
            ),
        )

    def note_refused(self, asked: str, at: datetime) -> None:
        """Note that a web archive does not give what it lists, in the caller's transaction."""
        self.db.execute("INSERT OR REPLACE INTO memento_refusals VALUES (?, ?)", (asked, stamp(at)))

    def refused(self, since: datetime) -> frozenset[str]:
        """Return the addresses at which there was nothing to be had since a moment."""
        rows = self.db.execute(
            "SELECT asked FROM memento_refusals WHERE refused_at > ?", (stamp(since),)
        )
        return frozenset(str(asked) for (asked,) in rows.fetchall())

    def one(self, source: str, asked: str) -> Capture | None:
        """Return what an address gave, or None; a repeat has an empty payload."""
        row = self.db.execute(
            "SELECT capture, body FROM mementos WHERE source = ? AND asked = ?", (source, asked)
        ).fetchone()
        return _capture(*row) if row else None

    def of(self, source: str) -> list[tuple[str, Capture]]:
        """Return (address asked, capture) of all of a source, oldest first."""
        rows = self.db.execute(
            "SELECT asked, capture, body FROM mementos WHERE source = ?"
            " ORDER BY captured_at, asked",
            (source,),
        )
        return [(asked, _capture(told, body)) for asked, told, body in rows.fetchall()]

    def payload(self, source: str, digest: str) -> bytes | None:
        """Return a payload that is put by, or None."""
        row = self.db.execute(
            "SELECT body FROM mementos WHERE source = ? AND payload_digest = ?"
            " AND body IS NOT NULL LIMIT 1",
            (source, digest),
        ).fetchone()
        return zlib.decompress(row[0]) if row else None

    def held(self, source: str) -> list[Held]:
        """Return the captures of a source that are evidence, or put by, oldest first."""
        rows = self.db.execute(
            "SELECT url, captured_at, payload_digest, status, memento_url, hops FROM captures"
            " JOIN visits ON visits.id = visit WHERE source = ?1 UNION ALL"
            " SELECT url, captured_at, payload_digest, json_extract(capture, '$.status'), asked,"
            " json_extract(capture, '$.hops') FROM mementos WHERE source = ?1"
            " ORDER BY captured_at",
            (source,),
        )
        return [
            Held(
                url=url,
                captured_at=moment(at),
                payload_digest=digest,
                status=status,
                asked=tuple(a for a in (address, *(hop for hop, _ in json.loads(hops))) if a),
            )
            for url, at, digest, status, address, hops in rows.fetchall()
        ]

    def take_away(self, source: str, captures: list[Capture]) -> None:
        """Drop mementos that have become evidence, in the caller's transaction."""
        self.db.executemany(
            "DELETE FROM mementos WHERE source = ? AND url = ? AND captured_at = ?",
            [(source, capture.url, stamp(capture.captured_at)) for capture in captures],
        )


def _capture(told: str, body: bytes | None) -> Capture:
    return capture_of(json.loads(told), zlib.decompress(body) if body is not None else b"")
