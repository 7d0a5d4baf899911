"""How often a page changed, as far as the archive has seen it. Writes nothing."""

from dataclasses import dataclass
from sqlite3 import Connection

from snapshots.archive.rows import moment


@dataclass(frozen=True, slots=True)
class Pace:
    """In how many of some good visits a source had changed, and the seconds that they span."""

    visits: int
    changes: int
    span_s: float


def pace(db: Connection, url: str) -> Pace | None:
    """Return the pace of the source whose visits asked for a URL most often, or None.

    It may be one that no configuration names any more.
    """
    bare = url.rstrip("/")
    row = db.execute(
        "SELECT visits.source, count(DISTINCT snapshots.id), min(snapshots.captured_at),"
        " max(snapshots.captured_at) FROM captures"
        " JOIN visits ON visits.id = captures.visit"
        " JOIN snapshots ON snapshots.id = visits.id"
        " WHERE captures.url IN (?, ?) GROUP BY visits.source ORDER BY 2 DESC, 1 LIMIT 1",
        (bare, f"{bare}/"),
    ).fetchone()
    if row is None:
        return None
    source, visits, first, last = row
    (changes,) = db.execute(
        "SELECT count(DISTINCT new_snapshot) FROM changes WHERE source = ?", (source,)
    ).fetchone()
    return Pace(visits, changes, (moment(last) - moment(first)).total_seconds())
