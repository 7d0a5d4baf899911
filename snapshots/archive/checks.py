"""What is wrong with an archive: every payload, every link, and the file itself, read again."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from sqlite3 import Connection
from typing import Any
from urllib.parse import quote

from snapshots.archive.chain import TABLES, Chain, Link, linked
from snapshots.archive.payloads import Payloads
from snapshots.archive.thinnings import Thinnings

BUSY_TIMEOUT_S = 30
# Payloads and links that are checked in one go.
PAYLOADS_AT_ONCE = 500
LINKS_AT_ONCE = 5000
BLOCKS_AT_ONCE = 8
# The place of what belongs to no record: behind all of them.
NOWHERE = 2**63
RECORDS = {table: record for record, table in TABLES.items()}
_DIGEST = re.compile("sha256:[0-9a-f]{64}")
_SEALED = "SELECT DISTINCT block FROM payloads WHERE block IS NOT NULL"
# What tells a record to a person: its address or source, and its moment.
_ABOUT = {
    "visit": "SELECT source, started_at FROM visits",
    "capture": "SELECT url, captured_at FROM captures",
    "probe": "SELECT url, probed_at FROM probes",
    "acceptance": "SELECT source, accepted_at FROM acceptances JOIN visits ON visits.id = visit",
    "import": "SELECT name, started_at FROM imports",
    "thinning": "SELECT source, thinned_at FROM thinnings",
    "note": "SELECT 'change ' || change, noted_at FROM notes",
}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong. ``place`` is the link of the record concerned, for the order.

    ``what`` names it, ``about`` tells which that is (a URL or source, and a moment, or ""),
    ``wrong`` what is wrong with it.
    """

    place: int
    what: str
    about: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.what}{f' ({self.about})' if self.about else ''} {self.wrong}"


@dataclass(frozen=True, slots=True)
class Task:
    """A part of the checking that can be done by itself: ``kind`` with its first and last row."""

    kind: str
    first: int = 0
    last: int = 0


def tasks(db: Connection) -> list[Task]:
    """Return what there is to check, the longest first."""
    links = Chain(db).length()
    payloads = int(db.execute("SELECT coalesce(max(rowid), 0) FROM payloads").fetchone()[0])
    return [
        Task("file"),
        Task("cover", 1, links),
        *_block_parts(db),
        *_parts("payloads", payloads, PAYLOADS_AT_ONCE),
        *_parts("links", links, LINKS_AT_ONCE),
    ]


def check(path: Path, task: Task) -> list[Fault]:
    """Open an archive by itself, do one part of the checking, and return what is wrong."""
    uri = f"file:{quote(str(path))}?mode=ro"
    db = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    try:
        return faults(db, task)
    finally:
        db.close()


def faults(db: Connection, task: Task) -> list[Fault]:
    """Do one part of the checking; return what is wrong, in no order."""
    kept, db.text_factory = db.text_factory, _text
    try:
        return list(_CHECKS[task.kind](db, task))
    except sqlite3.DatabaseError as error:
        return [*_one_by_one(db, task, error)]
    finally:
        db.text_factory = kept


def _text(written: bytes) -> str:
    """Damaged text, too, is text; its hash is another."""
    return written.decode("utf-8", "surrogateescape")


def _parts(kind: str, last: int, size: int) -> list[Task]:
    return [Task(kind, n, min(n + size - 1, last)) for n in range(1, last + 1, size)]


def _block_parts(db: Connection) -> Iterator[Task]:
    blocks = db.execute(f"{_SEALED} ORDER BY block").fetchall()
    for first in range(0, len(blocks), BLOCKS_AT_ONCE):
        part = blocks[first : first + BLOCKS_AT_ONCE]
        yield Task("blocks", part[0][0], part[-1][0])


def _one_by_one(db: Connection, task: Task, error: sqlite3.DatabaseError) -> Iterator[Fault]:
    """What could not be read in one go is read piece by piece, to name what is damaged."""
    if task.first == task.last or task.kind in ("file", "cover"):
        what = "the file" if task.kind in ("file", "cover") else f"{task.kind} row {task.first}"
        place = task.first if task.kind == "links" else NOWHERE
        yield Fault(place, what, "", f"cannot be read: {error}")
        return
    middle = (task.first + task.last) // 2
    for first, last in ((task.first, middle), (middle + 1, task.last)):
        yield from faults(db, Task(task.kind, first, last))


def _file(db: Connection, _: Task) -> Iterator[Fault]:
    """SQLite's own opinion of the file."""
    for (finding,) in db.execute("PRAGMA integrity_check").fetchall():
        if finding != "ok":
            yield Fault(NOWHERE, "the file", "", f"is damaged: {finding}")
    places = _Places(db)
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check").fetchall():
        wrong = f"refers to a row of {parent} that is not there"
        record = RECORDS.get(table)
        if record:
            yield places.fault(record, row, wrong)
        else:
            yield Fault(NOWHERE, f"{table} row {row}", "", wrong)


def _cover(db: Connection, task: Task) -> Iterator[Fault]:
    """Whether each record has a link, and one only, and each payload a record."""
    places = _Places(db)
    for record, table in TABLES.items():
        bare = db.execute(
            f"SELECT id FROM {table} WHERE id NOT IN"
            " (SELECT number FROM links WHERE record = ?) ORDER BY id",
            (record,),
        )
        for (number,) in bare.fetchall():
            yield places.fault(record, number, "is covered by no link of the chain")
    twice = "SELECT record, number FROM links GROUP BY record, number HAVING count(*) > 1"
    for record, number in db.execute(twice).fetchall():
        yield places.fault(record, number, "is covered by several links of the chain")
    moved = db.execute(
        "SELECT id, record, number, place FROM"
        " (SELECT *, row_number() OVER (ORDER BY id) AS place FROM links) WHERE id <> place LIMIT 1"
    ).fetchone()
    if moved:
        link, record, number, place = moved
        yield places.fault(record, number, f"is link {link} where {place} should be", link=place)
    yield from _cut(db)
    for (digest,) in db.execute(
        "SELECT digest FROM payloads WHERE digest NOT IN (SELECT payload_digest FROM captures)"
        " AND digest NOT IN (SELECT payload_digest FROM probes WHERE payload_digest IS NOT NULL)"
    ).fetchall():
        yield Fault(NOWHERE, f"payload {digest}", "", "belongs to no capture and no probe")
    for digest in Thinnings(db).lost():
        yield places.of_payload(digest, "has no bytes, and no thinning tells why")
    for digest, wrong in Thinnings(db).altered():
        yield places.of_payload(digest, wrong)


def _cut(db: Connection) -> Iterator[Fault]:
    """Whether the chain is still as long as it was when it was last verified, and the same."""
    row = db.execute(
        "SELECT verified_at, links, verifications.hash, links.hash FROM verifications"
        " LEFT JOIN links ON links.id = verifications.links ORDER BY verifications.id DESC LIMIT 1"
    ).fetchone()
    if row and row[3] is None and row[1]:
        wrong = f"is cut short: when verified at {row[0]}, it had {row[1]} links"
        yield Fault(NOWHERE, "the chain", "", wrong)
    elif row and row[3] is not None and row[2] != row[3]:
        wrong = f"is another than when it was verified at {row[0]}"
        yield Fault(row[1], "the chain", "", wrong)


def _payloads(db: Connection, task: Task) -> Iterator[Fault]:
    payloads, places = Payloads(db), _Places(db)
    rows = db.execute(
        "SELECT rowid, digest, block FROM payloads"
        " WHERE rowid BETWEEN ? AND ? AND thinned_at IS NULL",
        (task.first, task.last),
    ).fetchall()
    for number, digest, block in rows:
        if not _DIGEST.fullmatch(str(digest)):
            yield Fault(NOWHERE, f"payloads row {number}", "", f"has no digest, but {digest!r}")
        elif block is None and (told := payloads.check(digest)):
            yield places.of_payload(digest, told.removeprefix(f"payload {digest} "))


def _blocks(db: Connection, task: Task) -> Iterator[Fault]:
    """The payloads that are sealed, block by block."""
    payloads, places = Payloads(db), _Places(db)
    found = db.execute(f"{_SEALED} AND block BETWEEN ? AND ?", (task.first, task.last)).fetchall()
    for (block,) in found:
        for digest, told in payloads.check_block(block):
            yield places.of_payload(digest, told.removeprefix(f"payload {digest} "))


def _links(db: Connection, task: Task) -> Iterator[Fault]:
    places = _Places(db)
    instead = None
    for link in Chain(db).links(task.first, task.last):
        wrong, instead = _wrong(link, instead)
        if wrong:
            yield places.fault(link.record, link.number, wrong, link=link.id)


def _wrong(link: Link, instead: str | None) -> tuple[str | None, str | None]:
    """What is wrong with a link, and what its hash should have been if it is another.

    ``instead`` is what the hash of the link before should have been, if that is another.
    """
    if link.record not in TABLES:
        return f"is nothing that this version of Reworded knows (link {link.id})", None
    if link.canonical is None:
        return f"is not there, though it was kept as link {link.id}", None
    expected = linked(link.before, link.canonical)
    if expected == link.hash:
        return None, None
    if instead and linked(instead, link.canonical) == link.hash:
        return None, None
    return f"was altered, or its link {link.id} of the chain was", expected


class _Places:
    """Where in the chain things have their place, and what they are about. Asked of few."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def fault(self, record: str, number: int, wrong: str, link: int | None = None) -> Fault:
        """Return a fault of a record."""
        place = link or self._links.get((record, number), NOWHERE)
        return Fault(place, f"{record} {number}", self._about(record, number), wrong)

    def of_payload(self, digest: str, wrong: str) -> Fault:
        """Return a fault of a payload, which has the place of the first record that saw it."""
        found = self._payloads.get(digest)
        place = self._links.get(found, NOWHERE) if found else NOWHERE
        about = f"{found[0]} {found[1]}: {self._about(*found)}" if found else ""
        return Fault(place, f"payload {digest}", about, wrong)

    def _about(self, record: str, number: int) -> str:
        if record not in _ABOUT:
            return ""
        asked = f"{_ABOUT[record]} WHERE {TABLES[record]}.id = ?"
        row = self.db.execute(asked, (number,)).fetchone()
        return ", ".join(map(str, row)) if row else ""

    @cached_property
    def _links(self) -> dict[tuple[str, int], int]:
        rows = self.db.execute("SELECT record, number, id FROM links ORDER BY id DESC")
        return {(record, number): link for record, number, link in rows.fetchall()}

    @cached_property
    def _payloads(self) -> dict[str, tuple[str, int]]:
        found: dict[str, tuple[str, int]] = {}
        for record in ("probe", "capture"):
            rows: list[tuple[Any, ...]] = self.db.execute(
                f"SELECT payload_digest, min(id) FROM {TABLES[record]} GROUP BY payload_digest"
            ).fetchall()
            found |= {digest: (record, number) for digest, number in rows}
        return found


_CHECKS: Mapping[str, Callable[[Connection, Task], Iterator[Fault]]] = {
    "file": _file,
    "cover": _cover,
    "payloads": _payloads,
    "blocks": _blocks,
    "links": _links,
}
