"""What was kept around a change: the visits from one to another, and their links of the chain."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from snapshots.archive.rows import moment, stamp
from snapshots.records import Capture, Outcome

_LINKED = (
    ("visit", "visits", "id"),
    ("capture", "captures", "visit"),
    ("probe", "probes", "visit"),
    ("acceptance", "acceptances", "visit"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMade:
    """One visit, apart from what it captured.

    ``imported`` is the number of its import, and ``accepted_at`` when a person took it for
    real though it was doubted; None where there is none.
    """

    number: int
    started_at: datetime
    finished_at: datetime
    outcome: Outcome
    reason: str | None
    imported: int | None
    accepted_at: datetime | None


def told_by(db: Connection, change: int) -> int:
    """Return the visit that made a change known: a removal's is the one that confirmed it."""
    row = db.execute(
        "SELECT coalesce(told_by, new_snapshot) FROM changes WHERE id = ?", (change,)
    ).fetchone()
    return int(row[0])


def visits_between(db: Connection, source: str, first: datetime, last: datetime) -> list[VisitMade]:
    """Return all visits to a source from one moment to another, both included, oldest first."""
    rows = db.execute(
        "SELECT visits.id, started_at, finished_at, outcome, reason, import, accepted_at"
        " FROM visits LEFT JOIN acceptances ON visit = visits.id"
        " WHERE source = ? AND started_at BETWEEN ? AND ? ORDER BY started_at, visits.id",
        (source, stamp(first), stamp(last)),
    ).fetchall()
    return [
        VisitMade(
            number=number,
            started_at=moment(started_at),
            finished_at=moment(finished_at),
            outcome=Outcome(outcome),
            reason=reason,
            imported=imported,
            accepted_at=moment(accepted_at) if accepted_at else None,
        )
        for number, started_at, finished_at, outcome, reason, imported, accepted_at in rows
    ]


def links_of(db: Connection, visits: Collection[int]) -> list[int]:
    """Return the numbers of the links of some visits, their captures, probes and acceptances."""
    marks = ", ".join("?" * len(visits))
    found: set[int] = set()
    for record, table, column in _LINKED:
        rows = db.execute(
            f"SELECT links.id FROM {table} AS held JOIN links ON record = ? AND number = held.id"
            f" WHERE held.{column} IN ({marks})",
            (record, *visits),
        )
        found.update(link for (link,) in rows.fetchall())
    return sorted(found)


def first_link(db: Connection, capture: Capture) -> int | None:
    """Return the link of the capture that first had a capture's payload; None: there is none.

    A 304 has none of its own.
    """
    row = db.execute(
        "SELECT links.id FROM captures JOIN links ON record = 'capture' AND number = captures.id"
        " WHERE url = ? AND payload_digest = ? AND status <> 304 ORDER BY captures.id LIMIT 1",
        (capture.url, capture.payload_digest),
    ).fetchone()
    return int(row[0]) if row else None
