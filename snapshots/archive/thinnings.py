"""Thinnings: stretches of unchanged visits whose bytes a rule let go. Appended."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from snapshots.archive.chain import Chain
from snapshots.archive.payloads import Payloads
from snapshots.archive.rows import dumps, moment, stamp

SIZES = (
    # JSON: [[capture, the size in bytes of its payload], …] of each payload whose bytes went;
    # NULL: that was not noted yet.
    "ALTER TABLE thinnings ADD COLUMN sizes TEXT",
)
_COLUMNS = "source, thinned_at, rule, recipe_digest, payloads, size_bytes, from_at, to_at, visits"


class Repeated(NamedTuple):
    """What a visit had repeated, item by item: which snapshot, and as read by which recipe."""

    snapshot: int
    recipe_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinning:
    """Whose bytes were let go, by which rule, and how they had been read.

    ``visits`` are the numbers of visits, each with that of the snapshot before it, which it
    repeated item by item as read by the recipe that ``recipe_digest`` names. ``size_bytes``
    is the room that the payloads had taken.
    """

    source: str
    thinned_at: datetime
    rule: str
    recipe_digest: str
    payloads: int
    size_bytes: int
    from_at: datetime
    to_at: datetime
    visits: tuple[tuple[int, int], ...]


class Thinnings:
    """The thinnings of one open archive."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def keep(self, thinning: Thinning, digests: Collection[str]) -> int:
        """Append a thinning and let the payloads' bytes go, in the caller's transaction.

        Each keeps its row, with its digest and its size. Returns the thinning's number.
        """
        self._let_go(digests, thinning.thinned_at)
        return self.note(thinning, digests)

    def note(self, thinning: Thinning, digests: Collection[str]) -> int:
        """Append a thinning of payloads whose bytes are gone; return its number.

        Their sizes are noted with it, so that the chain covers what is left of them.
        """
        row: dict[str, object] = {
            "source": thinning.source,
            "thinned_at": stamp(thinning.thinned_at),
            "rule": thinning.rule,
            "recipe_digest": thinning.recipe_digest,
            "payloads": thinning.payloads,
            "size_bytes": thinning.size_bytes,
            "from_at": stamp(thinning.from_at),
            "to_at": stamp(thinning.to_at),
            "visits": dumps(thinning.visits),
            "sizes": dumps(self._sizes(thinning, digests)),
        }
        cursor = self.db.execute(
            f"INSERT INTO thinnings ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )
        number = row["id"] = int(cursor.lastrowid or 0)
        Chain(self.db).extend([("thinning", row)])
        return number

    def recorded(self, sources: tuple[str, ...] = ()) -> list[Thinning]:
        """Return the thinnings of some sources, or of all, oldest first."""
        where = f"WHERE source IN ({', '.join('?' * len(sources))})" if sources else ""
        rows = self.db.execute(f"SELECT {_COLUMNS} FROM thinnings {where} ORDER BY id", sources)
        return [
            Thinning(
                source=row[0],
                thinned_at=moment(row[1]),
                rule=row[2],
                recipe_digest=row[3],
                payloads=row[4],
                size_bytes=row[5],
                from_at=moment(row[6]),
                to_at=moment(row[7]),
                visits=tuple((visit, before) for visit, before in json.loads(row[8])),
            )
            for row in rows.fetchall()
        ]

    def repeated(self, source: str) -> Mapping[int, Repeated]:
        """Return, by visit, what it had repeated when its bytes were let go.

        It stays so if the same bytes come in again: what is known must not hang on when.
        """
        return {
            visit: Repeated(before, each.recipe_digest)
            for each in self.recorded((source,))
            for visit, before in each.visits
        }

    def whole(self, visit: int) -> int:
        """Return the visit, or, if its bytes were let go, the last one before that it repeated."""
        row = self.db.execute(
            "SELECT source FROM captures JOIN payloads ON digest = payload_digest"
            " JOIN visits ON visits.id = visit WHERE visit = ? AND thinned_at IS NOT NULL",
            (visit,),
        ).fetchone()
        repeated = self.repeated(row[0]) if row else {}
        while visit in repeated:
            visit = repeated[visit].snapshot
        return visit

    def sizes(self, digests: Collection[str]) -> Mapping[str, int]:
        """Return the room in bytes that each payload takes, of those whose bytes are held."""
        rows = self.db.execute(
            "SELECT digest, CASE WHEN block IS NULL THEN length(body) ELSE"
            " (SELECT length(b.body) FROM blocks AS b WHERE b.id = payloads.block)"
            " / (SELECT count(*) FROM payloads AS p WHERE p.block = payloads.block) END"
            " FROM payloads WHERE thinned_at IS NULL"
            " AND digest IN (SELECT value FROM json_each(?))",
            (dumps([*digests]),),
        )
        return {str(digest): int(size) for digest, size in rows.fetchall()}

    def used_elsewhere(self, visits: Collection[int], digests: Collection[str]) -> frozenset[str]:
        """Return those of the digests that a capture of another visit, or a probe, has too."""
        rows = self.db.execute(
            "WITH thin AS (SELECT value AS visit FROM json_each(?1)),"
            " wanted AS (SELECT value AS digest FROM json_each(?2))"
            " SELECT payload_digest FROM captures WHERE payload_digest IN"
            " (SELECT digest FROM wanted) AND visit NOT IN (SELECT visit FROM thin)"
            " UNION SELECT payload_digest FROM probes"
            " WHERE payload_digest IN (SELECT digest FROM wanted)",
            (dumps([*visits]), dumps([*digests])),
        )
        return frozenset(str(row[0]) for row in rows.fetchall())

    def lost(self) -> list[str]:
        """Return the digests of payloads without bytes that no thinning accounts for."""
        rows = self.db.execute(
            "SELECT digest FROM payloads WHERE thinned_at IS NOT NULL AND (digest, thinned_at)"
            " NOT IN (SELECT payload_digest, t.thinned_at"
            " FROM thinnings AS t, json_each(t.visits) AS v"
            " JOIN captures ON captures.visit = json_extract(v.value, '$[0]'))"
        )
        return [str(row[0]) for row in rows.fetchall()]

    def altered(self) -> Iterator[tuple[str, str]]:
        """Yield the digests of thinned payloads of which more, or other, is left than was noted.

        With each, what is wrong. Of those that went before sizes were noted, no size is known.
        """
        rows = self.db.execute(
            "SELECT digest FROM thinnings AS t, json_each(t.sizes) AS noted"
            " JOIN captures ON captures.id = json_extract(noted.value, '$[0]')"
            " JOIN payloads ON digest = payload_digest"
            " WHERE payloads.size_bytes IS NOT json_extract(noted.value, '$[1]')"
        )
        for (digest,) in rows.fetchall():
            yield digest, "has another size than was noted when its bytes were let go"
        rows = self.db.execute(
            "SELECT digest FROM payloads WHERE thinned_at IS NOT NULL AND (body IS NOT x''"
            " OR crc IS NOT 0 OR coalesce(base, block, place) IS NOT NULL)"
        )
        for (digest,) in rows.fetchall():
            yield digest, "is not stored as it was when its bytes were let go"

    def count(self) -> int:
        """Return how many payloads are known by their digest and size only."""
        row = self.db.execute("SELECT count(*) FROM payloads WHERE thinned_at IS NOT NULL")
        return int(row.fetchone()[0])

    def _sizes(self, thinning: Thinning, digests: Collection[str]) -> list[tuple[int, int]]:
        """The first capture of each payload among the thinned visits, with the payload's size."""
        rows = self.db.execute(
            "SELECT min(captures.id), payloads.size_bytes FROM captures"
            " JOIN payloads ON digest = payload_digest"
            " WHERE visit IN (SELECT value FROM json_each(?))"
            " AND digest IN (SELECT value FROM json_each(?)) GROUP BY digest ORDER BY 1",
            (dumps([visit for visit, _ in thinning.visits]), dumps([*digests])),
        )
        return [(int(capture), int(size)) for capture, size in rows.fetchall()]

    def _let_go(self, digests: Collection[str], at: datetime) -> None:
        payloads = Payloads(self.db)
        for digest in sorted(digests):
            payloads.release(digest)
        self.db.executemany(
            "UPDATE payloads SET thinned_at = ? WHERE digest = ?",
            [(stamp(at), digest) for digest in sorted(digests)],
        )
