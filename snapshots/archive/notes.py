"""Notes: what analysts make of changes. Appended, and linked in the chain; never rewritten."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from snapshots.archive.chain import Chain
from snapshots.archive.rows import dumps, moment, stamp

_COLUMNS = (
    "change, analyst, noted_at, importance, vocabulary, choices, notice_given, available_at, note"
)
NOTES = (
    """CREATE TABLE notes (
        id INTEGER PRIMARY KEY,
        change INTEGER NOT NULL,                 -- its number, which it keeps for good
        analyst TEXT NOT NULL,
        noted_at TEXT NOT NULL,
        importance TEXT,                         -- NULL: not assessed
        vocabulary TEXT NOT NULL,                -- JSON: the kinds of change, by their keys
        choices TEXT NOT NULL,                   -- the list of keys, with its version: edgi/1
        notice_given TEXT,                       -- yes or no; NULL: not assessed
        available_at TEXT,                       -- where else what changed is to be had
        note TEXT
    ) STRICT""",
    "CREATE INDEX notes_by_change ON notes (change, id)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What one analyst made of one change at one moment.

    ``importance`` and ``vocabulary`` are keys of the list of choices that ``choices`` names
    with its version. None is not assessed; ``id`` is None before it is kept.
    """

    change: int
    analyst: str
    noted_at: datetime
    choices: str
    importance: str | None = None
    vocabulary: tuple[str, ...] = ()
    notice_given: str | None = None
    available_at: str | None = None
    note: str | None = None
    id: int | None = None


class Notes:
    """The notes of one open archive."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def keep(self, note: Note) -> int:
        """Append a note, in the caller's transaction; return its number."""
        row: dict[str, object] = {
            "change": note.change,
            "analyst": note.analyst,
            "noted_at": stamp(note.noted_at),
            "importance": note.importance,
            "vocabulary": dumps(note.vocabulary),
            "choices": note.choices,
            "notice_given": note.notice_given,
            "available_at": note.available_at,
            "note": note.note,
        }
        cursor = self.db.execute(
            f"INSERT INTO notes ({_COLUMNS}) VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )
        number = row["id"] = int(cursor.lastrowid or 0)
        Chain(self.db).extend([("note", row)])
        return number

    def of(self, changes: Collection[int]) -> dict[int, list[Note]]:
        """Return the notes on some changes by the changes' numbers, the newest first."""
        rows = self.db.execute(
            f"SELECT id, {_COLUMNS} FROM notes"
            " WHERE change IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
            (dumps(list(changes)),),
        )
        found: dict[int, list[Note]] = {}
        for row in rows.fetchall():
            note = _note(row)
            found.setdefault(note.change, []).append(note)
        return found

    def newest(self, most: int) -> list[Note]:
        """Return the newest notes, the latest first."""
        rows = self.db.execute(
            f"SELECT id, {_COLUMNS} FROM notes ORDER BY id DESC LIMIT ?", (most,)
        )
        return [_note(row) for row in rows.fetchall()]


def _note(row: Any) -> Note:
    number, change, analyst, at, importance, vocabulary, choices, notice, available, note = row
    return Note(
        id=number,
        change=change,
        analyst=analyst,
        noted_at=moment(at),
        importance=importance,
        vocabulary=tuple(json.loads(vocabulary)),
        choices=choices,
        notice_given=notice,
        available_at=available,
        note=note,
    )
