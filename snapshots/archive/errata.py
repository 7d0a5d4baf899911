"""Errata: how changes that were told came to differ when history was read again. Appended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from sqlite3 import Connection

from snapshots.archive.progress import Numbers
from snapshots.archive.rows import moment, stamp

_COLUMNS = "source, noted_at, change, what, before, after, recipe_before, recipe_after"


class What(StrEnum):
    """What became of a change that was told; new: one that had not been told."""

    WITHDRAWN = "withdrawn"
    ALTERED = "altered"
    NEW = "new"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """One change before and after its source's history was read again.

    ``before`` and ``after`` are change records as JSON text; None where there is none.
    ``change`` is its number, None for a new one that was not kept; ``noted_at`` is None
    while it is not recorded.
    """

    source: str
    change: int | None
    what: What
    before: str | None
    after: str | None
    recipe_before: str | None
    recipe_after: str
    noted_at: datetime | None = None


class Errata:
    """The errata of one open archive."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def note(self, errata: Iterable[Erratum], at: datetime) -> None:
        """Append errata, in the caller's transaction."""
        self.db.executemany(
            f"INSERT INTO errata ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    each.source,
                    stamp(at),
                    each.change,
                    str(each.what),
                    each.before,
                    each.after,
                    each.recipe_before,
                    each.recipe_after,
                )
                for each in errata
            ],
        )

    def recorded(self, sources: tuple[str, ...] = ()) -> list[Erratum]:
        """Return the errata of some sources, or of all, in the order of noting."""
        where = f"WHERE source IN ({', '.join('?' * len(sources))})" if sources else ""
        return self._found(f"{where} ORDER BY id", sources)

    def of(self, change: int) -> list[Erratum]:
        """Return the errata of one change by its number, in the order of noting."""
        return self._found("WHERE change = ? ORDER BY id", (change,))

    def withdrawn(self, sources: tuple[str, ...] = ()) -> list[Erratum]:
        """Return the withdrawals that still hold, in the order of noting."""
        chosen = f"AND source IN ({', '.join('?' * len(sources))})" if sources else ""
        return self._found(
            "WHERE id IN (SELECT max(id) FROM errata GROUP BY change) AND what = 'withdrawn'"
            f" {chosen} ORDER BY id",
            sources,
        )

    def withdrawn_numbers(self, source: str) -> Numbers:
        """Return the numbers that a source's withdrawn changes had, should they come back."""
        rows = self.db.execute(
            "SELECT json_extract(before, '$.kind'), json_extract(before, '$.item.key'),"
            " json_extract(before, '$.seen.new.snapshot'), change FROM errata WHERE source = ?"
            " AND id IN (SELECT max(id) FROM errata GROUP BY change) AND what = 'withdrawn'"
            " ORDER BY id",
            (source,),
        ).fetchall()
        return {(kind, item, new): number for kind, item, new, number in rows}

    def _found(self, where: str, values: tuple[object, ...]) -> list[Erratum]:
        rows = self.db.execute(f"SELECT {_COLUMNS} FROM errata {where}", values).fetchall()
        return [
            Erratum(
                source=source,
                noted_at=moment(noted_at),
                change=change,
                what=What(what),
                before=before,
                after=after,
                recipe_before=recipe_before,
                recipe_after=recipe_after,
            )
            for source, noted_at, change, what, before, after, recipe_before, recipe_after in rows
        ]
