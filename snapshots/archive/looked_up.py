"""What a reader looks up: findings by filters, a source's visits page by page, one capture."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Any, NamedTuple

from snapshots.archive.headers import Templates
from snapshots.archive.rows import dumps, headers_of, moment, stamp
from snapshots.records import Kind, Verdict

# A removed item that moved, or is past the last page walked, is not called removed.
_NOT_REMOVED = (Verdict.MOVED, Verdict.ROLLED_OFF)
_MOMENT = "9999"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What findings are wanted. ``kind`` is added, removed, changed, moved or rolled_off.

    ``words`` are such as a finding must hold somewhere: a rough sieve, in SQL.
    """

    source: str | None = None
    kind: str | None = None
    flag: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: tuple[str, ...] = ()


class Seen(NamedTuple):
    """One capture of a visit, without its headers."""

    id: int
    visit: int
    url: str
    status: int
    payload_digest: str
    revisit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One visit as a timeline tells it. ``items`` is None when it gave no snapshot."""

    id: int
    started_at: datetime
    outcome: str
    reason: str | None
    is_accepted: bool
    imported: str | None
    items: int | None
    is_complete: bool
    changes: int
    captures: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One capture as it was kept, apart from its payload.

    ``size_bytes`` is the payload's, ``thinned_at`` when a rule let its bytes go.
    """

    id: int
    visit: int
    source: str
    url: str
    final_url: str
    hops: tuple[tuple[str, int], ...]
    status: int
    captured_at: datetime
    payload_digest: str
    revisit: str | None
    provenance: str
    memento_url: str | None
    headers: tuple[tuple[str, str], ...]
    size_bytes: int
    thinned_at: str | None

    def header(self, name: str) -> str | None:
        """The first response header of that name, in any case, or None."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)


class LookedUp:
    """Questions of a reader to one open archive; each is answered by few steps in an index."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def findings(self, wanted: Wanted, before: int | None = None) -> Iterator[int]:
        """Yield the numbers of the changes that are wanted, the newest first.

        ``before`` leaves out that one and all that come ahead of it.
        """
        where, values = _conditions(wanted)
        if before is not None:
            where.append("(told_at, id) < (SELECT told_at, id FROM changes WHERE id = ?)")
            values.append(before)
        rows = self.db.execute(
            f"SELECT id FROM changes WHERE {' AND '.join(where)} ORDER BY told_at DESC, id DESC",
            values,
        )
        yield from (int(row[0]) for row in rows)

    def days(self, sources: Collection[str]) -> list[datetime]:
        """Return the last good snapshot of each day, from when each source had been seen."""
        among = "source IN (SELECT value FROM json_each(?1))"
        rows = self.db.execute(
            f"SELECT max(captured_at) FROM snapshots WHERE {among} AND captured_at >= (SELECT"
            f" max(first) FROM (SELECT min(captured_at) AS first FROM snapshots WHERE {among}"
            " GROUP BY source)) GROUP BY substr(captured_at, 1, 10) ORDER BY 1",
            (dumps(list(sources)),),
        )
        return [moment(row[0]) for row in rows.fetchall()]

    def count(self, wanted: Wanted) -> int:
        """Return how many changes are wanted."""
        where, values = _conditions(wanted)
        return int(
            self.db.execute(
                f"SELECT count(*) FROM changes WHERE {' AND '.join(where)}", values
            ).fetchone()[0]
        )

    def visits(self, source: str, most: int, before: int | None = None) -> list[Looked]:
        """Return a source's visits, the newest first, with their captures.

        ``before`` leaves out that visit and all that began later.
        """
        rows = self.db.execute(
            "SELECT v.id, v.started_at, outcome, reason, a.id IS NOT NULL, i.name, item_count,"
            " is_complete, (SELECT count(*) FROM changes AS c WHERE c.source = v.source"
            " AND c.told_at = s.captured_at) FROM visits AS v"
            " LEFT JOIN acceptances AS a ON a.visit = v.id"
            " LEFT JOIN imports AS i ON i.id = v.import"
            " LEFT JOIN snapshots AS s ON s.id = v.id"
            " WHERE v.source = ?1 AND (v.started_at, v.id) <"
            " (coalesce((SELECT started_at FROM visits WHERE id = ?2), ?3), coalesce(?2, 0))"
            " ORDER BY v.started_at DESC, v.id DESC LIMIT ?4",
            (source, before, _MOMENT, most),
        ).fetchall()
        captures = self._captures([row[0] for row in rows])
        return [_looked(row, tuple(captures.get(row[0], ()))) for row in rows]

    def visit(self, number: int) -> list[Seen]:
        """Return the captures of one visit."""
        return self._captures([number]).get(number, [])

    def capture(self, number: int) -> Kept | None:
        """Return a capture by its number, without its payload; None when there is none."""
        row = self.db.execute(
            "SELECT c.id, visit, source, url, final_url, hops, status, captured_at,"
            " payload_digest, revisit, provenance, memento_url, response_headers, size_bytes,"
            " thinned_at FROM captures AS c JOIN visits AS v ON v.id = visit"
            " JOIN payloads ON digest = payload_digest WHERE c.id = ?",
            (number,),
        ).fetchone()
        return _kept(row, Templates(self.db).whole(row[12])) if row else None

    def _captures(self, visits: list[int]) -> dict[int, list[Seen]]:
        rows = self.db.execute(
            "SELECT id, visit, url, status, payload_digest, revisit FROM captures"
            " WHERE visit IN (SELECT value FROM json_each(?)) ORDER BY id",
            (dumps(visits),),
        )
        found: dict[int, list[Seen]] = {}
        for row in rows.fetchall():
            found.setdefault(row[1], []).append(Seen(*row))
        return found


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    where: list[str] = ["1"]
    values: list[object] = []
    if wanted.source is not None:
        where.append("source = ?")
        values.append(wanted.source)
    if wanted.kind is not None:
        where.append(_kind(wanted.kind))
        values.append(wanted.kind)
    if wanted.flag is not None:
        where.append("EXISTS (SELECT 1 FROM json_each(flags) WHERE value = ?)")
        values.append(wanted.flag)
    if wanted.since:
        where.append("told_at >= ?")
        values.append(stamp(wanted.since))
    if wanted.until:
        where.append("told_at <= ?")
        values.append(stamp(wanted.until))
    for each in wanted.words:
        # As it stands in the JSON of the fields, and in no wildcard.
        inside = dumps(each)[1:-1]
        where.append(
            "(instr(lower(fields), lower(?)) OR instr(lower(title), lower(?))"
            " OR instr(lower(section), lower(?)) OR instr(lower(url), lower(?)))"
        )
        values += [inside, each, each, each]
    return where, values


def _kind(kind: str) -> str:
    if kind in _NOT_REMOVED:
        return "verdict = ?"
    marks = ", ".join(f"'{each}'" for each in _NOT_REMOVED)
    told = f" AND (verdict IS NULL OR verdict NOT IN ({marks}))" * (kind == Kind.REMOVED)
    return f"kind = ?{told}"


def _looked(row: Any, captures: tuple[Seen, ...]) -> Looked:
    number, started_at, outcome, reason, is_accepted, imported, items, is_complete, changes = row
    return Looked(
        id=number,
        started_at=moment(started_at),
        outcome=outcome,
        reason=reason,
        is_accepted=bool(is_accepted),
        imported=imported,
        items=items,
        is_complete=bool(is_complete),
        changes=changes,
        captures=captures,
    )


def _kept(row: Any, headers: str) -> Kept:
    return Kept(
        id=row[0],
        visit=row[1],
        source=row[2],
        url=row[3],
        final_url=row[4],
        hops=tuple((url, status) for url, status in json.loads(row[5])),
        status=row[6],
        captured_at=moment(row[7]),
        payload_digest=row[8],
        revisit=row[9],
        provenance=row[10],
        memento_url=row[11],
        headers=headers_of(headers),
        size_bytes=row[13],
        thinned_at=row[14],
    )
