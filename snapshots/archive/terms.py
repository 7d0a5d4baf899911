"""How often wordings use the terms of the lexicon: counted once, and summed up by date."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection
from typing import NamedTuple

from snapshots.archive.rows import ITEM_COLUMNS, item_of, moment
from snapshots.records import Item, Stood, TermCount


class Counted(NamedTuple):
    """A wording, and how often it uses each term; one without any has no more than its key."""

    stood: Stood
    uses: Mapping[str, int]


class Terms:
    """The uses of terms in one open archive. What counts them is the caller's."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def is_current(self, digest: str) -> bool:
        """Whether every wording was counted with the list of terms that has a digest."""
        row = self.db.execute(
            "SELECT (SELECT digest FROM term_list) IS ? AND NOT EXISTS (SELECT 1 FROM uncounted)",
            (digest,),
        ).fetchone()
        return bool(row[0])

    def begin(self, digest: str) -> None:
        """Forget all counts, unless they were made with the list that has this digest."""
        held = self.db.execute("SELECT digest FROM term_list").fetchone()
        if held == (digest,):
            return
        self.db.execute("DELETE FROM term_uses")
        self.db.execute("INSERT OR IGNORE INTO uncounted SELECT id FROM item_versions")
        self.db.execute("INSERT OR REPLACE INTO term_list VALUES (1, ?)", (digest,))

    def uncounted(self, most: int) -> list[tuple[int, Item]]:
        """Return wordings that are still to be counted, with their numbers."""
        rows = self.db.execute(
            f"SELECT id, item, {ITEM_COLUMNS} FROM uncounted JOIN item_versions ON id = version"
            " ORDER BY id LIMIT ?",
            (most,),
        )
        return [(row[0], item_of(row[1], row[2:])) for row in rows.fetchall()]

    def keep(self, counts: Iterable[tuple[int, Mapping[str, int]]]) -> None:
        """Keep how often wordings use each term, in place of what was known of them."""
        for version, uses in counts:
            self.db.execute("DELETE FROM term_uses WHERE version = ?", (version,))
            self.db.executemany(
                "INSERT INTO term_uses VALUES (?, ?, ?)",
                [(version, term, number) for term, number in uses.items()],
            )
            self.db.execute("DELETE FROM uncounted WHERE version = ?", (version,))

    def by_date(self, term: str, sources: Sequence[str] = ()) -> list[TermCount]:
        """Return a term's uses, and the items that use it, whenever either changed."""
        of = f"AND source IN ({', '.join('?' * len(sources))})" if sources else ""
        rows = self.db.execute(
            "SELECT at, sum(sum(uses)) OVER (ORDER BY at), sum(sum(items)) OVER (ORDER BY at)"
            f" FROM terms WHERE term = ? {of} GROUP BY at ORDER BY at",
            (term, *sources),
        )
        return [TermCount(moment(at), uses, items) for at, uses, items in rows.fetchall()]

    def wordings(self, sources: Iterable[str], terms: Sequence[str]) -> list[Counted]:
        """Return every wording of some sources with its uses of some terms, in order of time.

        Of items that never used any, only the keys are loaded.
        """
        marks = ", ".join("?" * len(terms))
        uses: dict[int, dict[str, int]] = {}
        for version, term, number in self.db.execute(
            f"SELECT version, term, uses FROM term_uses WHERE term IN ({marks})", tuple(terms)
        ).fetchall():
            uses.setdefault(version, {})[term] = number
        return [each for source in sources for each in self._wordings(source, uses)]

    def _wordings(self, source: str, uses: Mapping[int, Mapping[str, int]]) -> Iterator[Counted]:
        rows = self.db.execute(
            "SELECT id, item, first_at, until_at FROM item_versions WHERE source = ?"
            " ORDER BY first_at, first_snapshot, position, id",
            (source,),
        ).fetchall()
        users = {item for number, item, *_ in rows if number in uses}
        for number, key, first_at, until_at in rows:
            stood = Stood(
                source=source,
                item=self._item(number) if key in users else Item(key=key),
                first=moment(first_at),
                until=moment(until_at) if until_at else None,
            )
            yield Counted(stood, uses.get(number, {}))

    def _item(self, number: int) -> Item:
        row = self.db.execute(
            f"SELECT item, {ITEM_COLUMNS} FROM item_versions WHERE id = ?", (number,)
        ).fetchone()
        return item_of(row[0], row[1:])
