"""The chain: every record of evidence is hashed together with the hash of the one before it.

A hash is SHA-256 over two lines of ASCII text: the hash before in hexadecimal, and the record
as JSON. ``sha256sum`` of a file that holds them gives the same, without this program.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from sqlite3 import Connection
from typing import Any

from snapshots.archive.headers import Templates
from snapshots.records import ChainHead

CHAIN_START = "0" * 64
# What the links call a record, and the table that holds it.
TABLES: Mapping[str, str] = {
    "visit": "visits",
    "capture": "captures",
    "probe": "probes",
    "acceptance": "acceptances",
    "import": "imports",
    "thinning": "thinnings",
    "note": "notes",
}
# What no column should hold is told all the same, for its hash is another then.
_CANONICAL = json.JSONEncoder(
    sort_keys=True, check_circular=False, separators=(",", ":"), ensure_ascii=True, default=repr
)
_LINK = "INSERT INTO links (record, number, hash) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of the chain: what it is of, the hash before it, and its own, in hexadecimal.

    ``canonical`` is the record as it is held now; None when it is not held any more.
    """

    id: int
    record: str
    number: int
    before: str
    canonical: str | None
    hash: str


class Chain:
    """The links of one open archive."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def head(self) -> str:
        """Return the newest hash, in hexadecimal: it stands for everything that was kept."""
        newest = "SELECT hash FROM links ORDER BY id DESC LIMIT 1"
        row = self.db.execute(newest).fetchone()
        return _hex(row[0]) if row else self.start()

    def newest(self) -> ChainHead:
        """Return the head as it is published, with the number of records before it."""
        return ChainHead(f"sha256:{self.head()}", self.length())

    def start(self) -> str:
        """Return the hash that the first link goes on from, in hexadecimal."""
        row = self.db.execute("SELECT hash FROM chain_start").fetchone()
        return _hex(row[0]) if row else CHAIN_START

    def length(self) -> int:
        """Return how many records are linked."""
        return int(self.db.execute("SELECT coalesce(max(id), 0) FROM links").fetchone()[0])

    def find(self, head: str) -> int | None:
        """Return how many records were linked when the head was this one; None if it never was.

        ``head`` is in hexadecimal. What the chain goes on from was its head over 0 records.
        """
        if head == self.start():
            return 0
        found = self.db.execute("SELECT id FROM links WHERE hash = ?", (bytes.fromhex(head),))
        row = found.fetchone()
        return int(row[0]) if row else None

    def extend(self, records: Iterable[tuple[str, Mapping[str, object]]]) -> None:
        """Link records that were just kept: what each is called, and its whole row with its id."""
        head, links = self.head(), []
        for record, row in records:
            head = linked(head, canonical(record, row))
            links.append((record, row["id"], bytes.fromhex(head)))
        self.db.executemany(_LINK, links)

    def extend_by_visit(self, visit: int) -> None:
        """Link a visit that is held, its captures and its probes, as they are held."""
        self.extend(
            [
                *_rows(self.db, "visit", "id = ?", visit),
                *_rows(self.db, "capture", "visit = ? ORDER BY id", visit),
                *_rows(self.db, "probe", "visit = ? ORDER BY id", visit),
            ]
        )

    def links(self, first: int = 1, last: int | None = None) -> Iterator[Link]:
        """Yield the links from one number to another, both included, with their records."""
        end = self.length() if last is None else last
        before = self._hash_of(first - 1)
        held = {record: self._held(record, first, end) for record in TABLES}
        rows = self.db.execute(
            "SELECT id, record, number, hash FROM links WHERE id BETWEEN ? AND ? ORDER BY id",
            (first, end),
        )
        for number, record, of, own in rows.fetchall():
            row = held.get(record, {}).get(number)
            told = canonical(record, row) if row is not None else None
            link = _hex(own)
            yield Link(
                id=number, record=record, number=of, before=before, canonical=told, hash=link
            )
            before = link

    def _hash_of(self, link: int) -> str:
        found = self.db.execute("SELECT hash FROM links WHERE id = ?", (link,)).fetchone()
        return _hex(found[0]) if found else self.start()

    def _held(self, record: str, first: int, last: int) -> dict[int, dict[str, Any]]:
        """Return the rows that links are of, by the links' numbers."""
        cursor = self.db.execute(
            f"SELECT links.id, held.* FROM links JOIN {TABLES[record]} AS held"
            " ON held.id = links.number WHERE links.id BETWEEN ? AND ? AND record = ?",
            (first, last, record),
        )
        names = [column[0] for column in cursor.description][1:]
        rows = {link: dict(zip(names, row, strict=True)) for link, *row in cursor.fetchall()}
        if record != "capture":
            return rows
        templates = Templates(self.db)
        return {link: templates.whole_row(row) for link, row in rows.items()}


def canonical(record: str, row: Mapping[str, object]) -> str:
    """Return a record as the chain has it: one line of JSON in ASCII, equal for equal records.

    Columns go by their names, in their order; those that are NULL are left out, so that a
    column that is added later changes nothing of what was linked before.
    """
    told = {name: value for name, value in row.items() if value is not None}
    return _CANONICAL.encode({**told, "record": record})


def link_text(before: str, canonical: str) -> str:
    """Return the two lines that a link's hash is taken of."""
    return f"{before}\n{canonical}\n"


def linked(before: str, canonical: str) -> str:
    """Return the hash of a record that follows the one whose hash is given."""
    return sha256(link_text(before, canonical).encode("ascii")).hexdigest()


def _hex(held: object) -> str:
    return held.hex() if isinstance(held, bytes) else "no hash"


def link_all(db: Connection) -> None:
    """Link all that an archive without links holds: visit by visit, then acceptances."""
    chain = Chain(db)
    for (visit,) in db.execute("SELECT id FROM visits ORDER BY id").fetchall():
        chain.extend_by_visit(visit)
    chain.extend(_rows(db, "acceptance", "id > ? ORDER BY id", 0))


def _rows(
    db: Connection, record: str, where: str, value: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    cursor = db.execute(f"SELECT * FROM {TABLES[record]} WHERE {where}", (value,))
    names = [column[0] for column in cursor.description]
    templates = Templates(db)
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        yield record, templates.whole_row(row) if record == "capture" else row
