"""Search: where a phrase came or went in what changed, and which wordings hold it."""

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from snapshots.archive.passages import MOST_PASSAGES
from snapshots.archive.rows import Row, moment, stamp

# A part of a wording is cut to so many words.
SNIPPET_WORDS = 24
WORDING_COLUMNS = ("title", "summary", "text", "further")


class Marked(NamedTuple):
    """A text, and where in it the hits are, in characters."""

    text: str
    hits: tuple[tuple[int, int], ...]


class Passage(NamedTuple):
    """One passage of a change on both sides; None where there was no text."""

    change: int
    field: str
    old: Marked | None
    new: Marked | None


class Holding(NamedTuple):
    """An item that held what was sought, from a moment on, until it did no more; None: it does.

    ``wordings`` that followed each other held it; ``version`` is the last one's number.
    """

    source: str
    item: str
    title: str | None
    section: str | None
    first: datetime
    until: datetime | None
    wordings: int
    version: int


class Search:
    """The full text of one open archive. Queries are FTS5's."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def changes(
        self,
        query: str,
        *,
        is_added: bool = True,
        is_removed: bool = True,
        sources: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> dict[int, list[int]]:
        """Return the changes in which what is sought came or went, in the order of telling.

        Each is a change's number with its passages' numbers. Where both sides hold it, the
        number of its uses decides.
        """
        old, new = f"(old : ({query}))", f"(new : ({query}))"
        found = self._numbers(f"{old} NOT {new}") if is_removed else set[int]()
        found |= self._numbers(f"{new} NOT {old}") if is_added else set[int]()
        for number, balance in self._balances(f"{old} AND {new}"):
            if (is_removed and balance < 0) or (is_added and balance > 0):
                found.add(number)
        by_change: dict[int, list[int]] = {}
        for number in sorted(found):
            by_change.setdefault(number // MOST_PASSAGES, []).append(number)
        told = self._in_order(by_change, sources, since, until)
        return {change: by_change[change] for change in told}

    def passages(self, numbers: Collection[int], query: str) -> list[Passage]:
        """Return passages by their numbers, with the hits marked."""
        return [passage for _, passage in self._marked(numbers, query)]

    def holding(
        self,
        query: str,
        *,
        is_standing: bool = False,
        sources: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Holding]:
        """Return the items that held what is sought within a period, the earliest first.

        ``is_standing``: only what holds it now. Wordings that followed each other are one.
        """
        where, values = ["wording_search MATCH ?"], [query]
        if is_standing:
            where.append("until_at IS NULL")
        if sources:
            where.append(f"source IN ({', '.join('?' * len(sources))})")
            values += sources
        if since:
            where.append("(until_at IS NULL OR until_at > ?)")
            values.append(stamp(since))
        if until:
            where.append("first_at <= ?")
            values.append(stamp(until))
        rows = self.db.execute(
            "SELECT source, item, first_at, until_at, v.id, v.title, section FROM wording_search"
            " JOIN item_versions AS v ON v.id = wording_search.rowid"
            f" WHERE {' AND '.join(where)} ORDER BY source, item, first_at, v.id",
            values,
        ).fetchall()
        found = sorted(_unbroken(rows), key=lambda run: (run[0][2], run[0][:2]))
        return [
            Holding(
                source=run[-1][0],
                item=run[-1][1],
                title=run[-1][5],
                section=run[-1][6],
                first=moment(run[0][2]),
                until=moment(run[-1][3]) if run[-1][3] else None,
                wordings=len(run),
                version=run[-1][4],
            )
            for run in found
        ]

    def snippets(self, version: int, query: str) -> Mapping[str, Marked]:
        """Return the parts of a wording that hold what is sought, by the column."""
        marks = _marks()
        parts = ", ".join(
            f"snippet(wording_search, {n}, ?1, ?2, '…', {SNIPPET_WORDS})"
            for n in range(len(WORDING_COLUMNS))
        )
        row = self.db.execute(
            f"SELECT {parts} FROM wording_search WHERE wording_search MATCH ?3 AND rowid = ?4",
            (*marks, query, version),
        ).fetchone()
        found = zip(WORDING_COLUMNS, row, strict=True)
        return {name: _read(text, marks) for name, text in found if text and marks[0] in text}

    def _numbers(self, query: str) -> set[int]:
        rows = self.db.execute(
            "SELECT rowid FROM passage_search WHERE passage_search MATCH ?", (query,)
        )
        return {row[0] for row in rows.fetchall()}

    def _balances(self, query: str) -> Iterator[tuple[int, int]]:
        """Passages, with how many more uses there are on the new side, or fewer."""
        mark, end = _marks()
        rows = self.db.execute(
            "SELECT rowid, highlight(passage_search, 0, ?1, ?2),"
            " highlight(passage_search, 1, ?1, ?2) FROM passage_search"
            " WHERE passage_search MATCH ?3",
            (mark, end, query),
        )
        for number, old, new in rows.fetchall():
            yield number, new.count(mark) - old.count(mark)

    def _marked(self, numbers: Collection[int], query: str) -> Iterator[tuple[int, Passage]]:
        """Passages with the hits marked."""
        marks = _marks()
        # The sum keeps the index from being asked anew for each number.
        rows = self.db.execute(
            "SELECT rowid, (SELECT field FROM hunks WHERE id = passage_search.rowid),"
            " highlight(passage_search, 0, ?1, ?2), highlight(passage_search, 1, ?1, ?2)"
            " FROM passage_search WHERE passage_search MATCH ?3"
            " AND rowid + 0 IN (SELECT value FROM json_each(?4)) ORDER BY rowid",
            (*marks, f"(old : ({query})) OR (new : ({query}))", json.dumps(sorted(numbers))),
        )
        for number, field, *sides in rows.fetchall() if numbers else ():
            old, new = (None if side is None else _read(side, marks) for side in sides)
            yield number, Passage(number // MOST_PASSAGES, field, old, new)

    def _in_order(
        self,
        changes: Collection[int],
        sources: Sequence[str],
        since: datetime | None,
        until: datetime | None,
    ) -> list[int]:
        """The changes of some sources that were told within a period, oldest first."""
        rows = self.db.execute(
            "SELECT told_at, source, id FROM changes WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(changes)),),
        )
        first, last = stamp(since) if since else "", stamp(until) if until else "9999"
        return [
            number
            for told_at, source, number in sorted(rows.fetchall())
            if first <= told_at <= last and (not sources or source in sources)
        ]


def _marks() -> tuple[str, str]:
    """Marks for the two ends of a hit that no page can have foreseen."""
    return os.urandom(8).hex(), os.urandom(8).hex()


def _read(text: str, marks: tuple[str, str]) -> Marked:
    """A text with its marks taken out, and where they stood."""
    plain, hits = "", []
    for number, part in enumerate(text.split(marks[0])):
        hit, _, rest = part.partition(marks[1])
        if number:
            hits.append((len(plain), len(plain) + len(hit)))
        plain += hit + rest
    return Marked(plain, tuple(hits))


def _unbroken(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows of one item that follow each other without a break, together."""
    run: list[Row] = []
    for row in rows:
        if run and (row[:2] != run[-1][:2] or row[2] != run[-1][3]):
            yield run
            run = []
        run.append(row)
    if run:
        yield run
