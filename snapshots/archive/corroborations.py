"""Where own snapshots and what web archives kept agree, or contradict. Derived knowledge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from snapshots.archive.rows import moment, stamp


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
