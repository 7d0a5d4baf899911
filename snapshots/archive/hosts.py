"""What a crawler remembers of hosts between runs, so that it stays polite. No evidence."""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from snapshots.archive.rows import moment, stamp
from snapshots.archive.transaction import atomic


@dataclass(frozen=True, slots=True)
class HostState:
    """One host: its robots.txt as last answered, and its failures in a row.

    ``robots_status`` None: robots.txt was not asked yet, or gave no answer. ``rests_until``
    is the moment before which the host is left alone.
    """

    robots_status: int | None = None
    robots: bytes = b""
    robots_at: datetime | None = None
    failures: int = 0
    rests_until: datetime | None = None


class Hosts:
    """The table of hosts of one open archive."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def state(self, origin: str) -> HostState:
        """Return what is remembered of a host, such as ``https://www.dhs.gov``."""
        row = self.db.execute(
            "SELECT robots_status, robots, robots_at, failures, rests_until FROM hosts"
            " WHERE origin = ?",
            (origin,),
        ).fetchone()
        if row is None:
            return HostState()
        return HostState(row[0], row[1], moment_or_none(row[2]), row[3], moment_or_none(row[4]))

    def remember(self, origin: str, state: HostState) -> None:
        """Keep what is known of a host now, whatever was before."""
        at = stamp(state.robots_at) if state.robots_at else None
        until = stamp(state.rests_until) if state.rests_until else None
        with atomic(self.db):
            self.db.execute(
                "INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?, ?, ?)",
                (origin, state.robots_status, state.robots, at, state.failures, until),
            )


def moment_or_none(written: str | None) -> datetime | None:
    """Return a moment as the archive writes it, or None where there is none."""
    return moment(written) if written else None
