"""Whole tables and views, row by row, for other programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from snapshots.archive.rows import stamp
from snapshots.errors import ConfigError

Cell = str | int | float | bytes | None
# How a row's source is told, by the column that leads to it.
OF_SOURCE = {
    "source": "source",
    "visit": "(SELECT source FROM visits WHERE visits.id = visit)",
    "change": "(SELECT source FROM changes WHERE changes.id = change)",
    "version": "(SELECT source FROM item_versions WHERE item_versions.id = version)",
}
# The moments of a row, of which a period bounds the first that it has.
MOMENTS = ("told_at", "started_at", "captured_at", "probed_at", "accepted_at", "first_at", "at")


class Column(NamedTuple):
    """A column's name, and what is in it: integer, real, text or blob."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a table or view, and its rows, which are read as they are asked for."""

    columns: tuple[Column, ...]
    rows: Iterator[tuple[Cell, ...]]


class Tables:
    """The tables and views of one open archive."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def names(self) -> list[str]:
        """Return the names of all tables and views that are documented, in their order."""
        rows = self.db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid"
        ).fetchall()
        full_text = tuple(name for name, sql in rows if sql.startswith("CREATE VIRTUAL"))
        inner = ("sqlite_", "_sqlite_", *full_text)
        return [name for name, _ in rows if not name.startswith(inner)]

    def rows(
        self,
        name: str,
        *,
        sources: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Table:
        """Return a table or view, always in the same order: by its key, or by all its columns.

        ``sources`` and a period leave out the rows of others, where rows have such.

        Raises:
            ConfigError: there is none of that name, or its rows have no source or no time.
        """
        names = self.names()
        if name not in names:
            from difflib import get_close_matches

            nearest = get_close_matches(name, names, 1)
            hint = f"; did you mean {nearest[0]}?" if nearest else f"; there are {', '.join(names)}"
            raise ConfigError(f"the archive has no table or view {name!r}{hint}")
        told = self.db.execute(f"PRAGMA table_info({name})").fetchall()
        columns = [column[1] for column in told]
        where, values = ["1"], []
        if sources:
            where.append(f"{_source_of(name, columns)} IN ({', '.join('?' * len(sources))})")
            values += list(sources)
        if since or until:
            at = _moment_of(name, columns)
            where.append(f"{at} BETWEEN ? AND ?")
            values += [stamp(since) if since else "", stamp(until) if until else "9999"]
        keys = sorted((column[5], column[1]) for column in told if column[5])
        order = ", ".join(key for _, key in keys) or ", ".join(map(str, range(1, len(told) + 1)))
        cursor = self.db.execute(
            f"SELECT {', '.join(columns)} FROM {name} WHERE {' AND '.join(where)} ORDER BY {order}",
            values,
        )
        kinds = [column[2].lower() or self._kind(name, column[1]) for column in told]
        return Table(tuple(map(Column, columns, kinds)), iter(cursor))

    def _kind(self, name: str, column: str) -> str:
        """What a view's computed column holds; text if it holds nothing, or this and that."""
        rows = self.db.execute(
            f"SELECT DISTINCT typeof({column}) FROM {name} WHERE {column} IS NOT NULL"
        )
        kinds = {row[0] for row in rows.fetchall()}
        if kinds == {"integer", "real"}:
            return "real"
        return kinds.pop() if len(kinds) == 1 else "text"


def _source_of(name: str, columns: Sequence[str]) -> str:
    for column, source in OF_SOURCE.items():
        if column in columns:
            return source
    raise ConfigError(f"the rows of {name} have no source; leave out --source")


def _moment_of(name: str, columns: Sequence[str]) -> str:
    for column in MOMENTS:
        if column in columns:
            return column
    raise ConfigError(f"the rows of {name} have no time; leave out --since and --until")
