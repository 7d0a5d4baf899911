"""Where own snapshots and what web archives kept agree, or contradict. Derived knowledge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from snapshots.archive.rows import moment, stamp

CORROBORATION = (
    """CREATE TABLE mementos (                     -- had of web archives by an import under way
        source TEXT NOT NULL,
        asked TEXT NOT NULL,                     -- the memento's address as the index has it
        url TEXT NOT NULL,
        captured_at TEXT NOT NULL,
        payload_digest TEXT NOT NULL,
        capture TEXT NOT NULL,                   -- JSON, as a row of captures
        body BLOB,                               -- zlib; NULL: as another's of that digest
        PRIMARY KEY (source, asked)
    ) STRICT""",
    """CREATE TABLE corroborations (               -- where own and archived sight meet
        snapshot INTEGER NOT NULL REFERENCES snapshots (id),  -- an own one
        capture INTEGER NOT NULL REFERENCES captures (id),    -- what a web archive kept
        agrees INTEGER NOT NULL,                 -- 1: both say the same; 0: they contradict
        detail TEXT,                             -- how they differ
        PRIMARY KEY (snapshot, capture)
    ) STRICT""",
    # Who kept what a snapshot was read from, such as web.archive.org; NULL: seen by ourselves.
    "ALTER TABLE snapshots ADD COLUMN kept_by TEXT",
    """UPDATE snapshots SET kept_by = 'a file' WHERE EXISTS (
        SELECT 1 FROM captures WHERE visit = snapshots.id AND provenance IN ('warc', 'file'))""",
    """CREATE VIEW corroborated AS
    SELECT s.source, s.id AS snapshot, s.captured_at AS seen_at, c.id AS capture,
        c.captured_at AS kept_at, c.url, c.memento_url, agrees, detail
    FROM corroborations
    JOIN snapshots AS s ON s.id = snapshot
    JOIN captures AS c ON c.id = capture""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corroboration:
    """A web archive's capture beside an own snapshot; ``detail`` tells how they differ."""

    snapshot: int
    capture: int
    agrees: bool
    memento_url: str
    kept_at: datetime
    detail: str | None = None


class Corroborations:
    """The table of corroborations of one open archive."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def replace(self, source: str, found: Iterable[tuple[int, int, bool, str | None]]) -> None:
        """Keep (snapshot, capture, agrees, detail) of a source in place of what was."""
        self.db.execute(
            "DELETE FROM corroborations WHERE snapshot IN"
            " (SELECT id FROM snapshots WHERE source = ?)",
            (source,),
        )
        self.db.executemany("INSERT INTO corroborations VALUES (?, ?, ?, ?)", list(found))

    def of(self, source: str, since: datetime, until: datetime) -> list[Corroboration]:
        """Return those of a source's snapshots between two moments, both included, in order."""
        rows = self.db.execute(
            "SELECT snapshot, capture, agrees, memento_url, kept_at, detail FROM corroborated"
            " WHERE source = ? AND seen_at BETWEEN ? AND ? ORDER BY kept_at, capture",
            (source, stamp(since), stamp(until)),
        ).fetchall()
        return [
            Corroboration(
                snapshot=snapshot,
                capture=capture,
                agrees=bool(agrees),
                memento_url=memento_url,
                kept_at=moment(kept_at),
                detail=detail,
            )
            for snapshot, capture, agrees, memento_url, kept_at, detail in rows
        ]
