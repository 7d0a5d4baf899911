"""What was looked at: a source's visits counted, and the newest of them found quickly."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from sqlite3 import Connection
from typing import NamedTuple

from snapshots.archive.rows import moment, outcome_of, stamp
from snapshots.records import Outcome, SourceStatus

# A quarantined visit that another recipe could read has a snapshot after all.
_GOOD = (
    "(outcome IN ('new', 'unchanged', 'partial')"
    " OR EXISTS (SELECT 1 FROM snapshots WHERE snapshots.id = visits.id))"
)
_VISITS = "FROM visits WHERE source = value AND started_at <= :now"
# What a web archive kept is no visit of ours: it counts where there is nothing else.
_OWN = (
    "NOT EXISTS (SELECT 1 FROM captures WHERE captures.visit = {0}.id AND provenance = 'memento')"
)
_COUNTED = f"(own IS NULL OR {_OWN.format('visits')})"
_NEWEST = "ORDER BY started_at DESC, id DESC LIMIT 1"
_BAD = (
    "FROM visits AS bad WHERE bad.source = newest.source AND bad.started_at <= :now"
    f" AND (own IS NULL OR {_OWN.format('bad')})"
    " AND (bad.started_at, bad.id) > (coalesce(good.started_at, ''), coalesce(good.id, 0))"
)
# Asked source by source, each by a few steps in the index, however long the history is.
_LAST_VISITS = f"""
WITH seen AS (
    SELECT value, (SELECT id {_VISITS} AND {_OWN.format("visits")} {_NEWEST}) AS own
    FROM json_each(:sources)
), newest AS (
    SELECT value AS source, own,
        (SELECT id {_VISITS} AND {_COUNTED} {_NEWEST}) AS last,
        (SELECT id {_VISITS} AND {_COUNTED} AND {_GOOD} {_NEWEST}) AS good
    FROM seen
)
SELECT newest.source, last.started_at, last.outcome, last.reason, good.started_at,
    (SELECT count(*) {_BAD}),
    (SELECT min(bad.started_at) {_BAD})
FROM newest JOIN visits AS last ON last.id = newest.last
LEFT JOIN visits AS good ON good.id = newest.good
"""


class LastVisit(NamedTuple):
    """A source's newest visit, and what came of those since its last good one.

    ``bad_visits`` counts the visits since then; ``blind_since`` is the first of them, None
    when the newest visit was good.
    """

    at: datetime
    outcome: str
    reason: str | None
    good_at: datetime | None
    bad_visits: int
    blind_since: datetime | None


def last_visits(
    db: Connection, sources: Iterable[str], now: datetime | None = None
) -> Mapping[str, LastVisit]:
    """Return the newest visit to each of the sources that were ever visited, by one query.

    Visits after ``now`` are left out: a clock that was ahead once must not be waited for.
    """
    asked = {"sources": json.dumps(list(sources)), "now": stamp(now) if now else "9999"}
    rows = db.execute(_LAST_VISITS, asked).fetchall()
    return {
        source: LastVisit(
            at=moment(at),
            outcome=outcome,
            reason=reason,
            good_at=moment(good_at) if good_at else None,
            bad_visits=bad_visits,
            blind_since=moment(blind_since) if blind_since else None,
        )
        for source, at, outcome, reason, good_at, bad_visits, blind_since in rows
    }


def source_status(
    db: Connection, source: str, *, title: str, url: str, now: datetime | None = None
) -> SourceStatus:
    """Return what was looked at of a source, counted by outcome."""
    counts = db.execute(
        "SELECT outcome, count(*), min(started_at) FROM visits WHERE source = ?"
        " GROUP BY outcome ORDER BY min(started_at), min(id)",
        (source,),
    ).fetchall()
    items = db.execute(
        "SELECT count(*) FROM item_versions WHERE source = ? AND until_snapshot IS NULL", (source,)
    ).fetchone()[0]
    last = last_visits(db, (source,), now).get(source)
    return SourceStatus(
        source=source,
        title=title,
        url=url,
        visits=sum(count for _, count, _ in counts),
        first_at=moment(counts[0][2]) if counts else None,
        last_at=last.at if last else None,
        last_good_at=last.good_at if last else None,
        last_outcome=outcome_of(last.outcome) if last else None,
        last_reason=last.reason if last else None,
        items=items,
        outcomes={outcome: count for outcome, count, _ in counts},
        blind_since=last.blind_since if last else None,
        bad_visits=last.bad_visits if last else 0,
    )


def outcomes_by_day(
    db: Connection, sources: tuple[str, ...], since: datetime | None, until: datetime | None
) -> list[tuple[str, date, Outcome, int]]:
    """Return how many visits to each source had which outcome on each day, oldest first."""
    rows = db.execute(
        "SELECT source, substr(started_at, 1, 10) AS day, outcome, count(*) FROM visits"
        " WHERE source IN (SELECT value FROM json_each(?)) AND started_at BETWEEN ? AND ?"
        " GROUP BY source, day, outcome ORDER BY day, source, outcome",
        (json.dumps(sources), stamp(since) if since else "", stamp(until) if until else "9"),
    )
    return [(s, date.fromisoformat(day), Outcome(o), n) for s, day, o, n in rows.fetchall()]
