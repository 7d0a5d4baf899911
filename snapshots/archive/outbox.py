"""What is to be sent to whom, and what was: so that no finding is sent twice, or lost."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from snapshots.archive.rows import moment, stamp
from snapshots.archive.transaction import atomic

NOTICES = (
    """CREATE TABLE destinations (               -- to whom findings are sent; no evidence
        name TEXT NOT NULL PRIMARY KEY,          -- KEY of [notify.KEY]; its address is not kept
        known_since TEXT NOT NULL,
        looked_to INTEGER NOT NULL,              -- the newest visit that was gone through
        sent_at TEXT,                            -- when it last took a message
        failures INTEGER NOT NULL DEFAULT 0,     -- in a row
        failed_at TEXT,
        failure TEXT                             -- how, without any part of its address
    ) STRICT""",
    # A change's number outlives the change when knowledge is derived anew: no reference.
    """CREATE TABLE notices (                    -- findings to be sent, and those that were
        destination TEXT NOT NULL REFERENCES destinations (name),
        change INTEGER NOT NULL,                 -- its number
        visit INTEGER NOT NULL,                  -- the one that told it
        noted_at TEXT NOT NULL,
        message TEXT,                            -- what names the message it is in; NULL: none yet
        sent_at TEXT,                            -- NULL: not taken yet
        PRIMARY KEY (destination, change)
    ) STRICT""",
    "CREATE INDEX notices_waiting ON notices (destination) WHERE sent_at IS NULL",
)
_TOLD_BY = "coalesce(told_by, new_snapshot)"
# What was noted and not sent, and is no change any more since history was read anew.
_VANISHED = "destination = :to AND sent_at IS NULL AND change NOT IN (SELECT id FROM changes)"


class Message(NamedTuple):
    """A message that was begun and not taken yet: what names it, and its changes' numbers."""

    key: str
    changes: tuple[int, ...]


class Waiting(NamedTuple):
    """Changes that are in no message yet, by number, and when the first of them was noted."""

    changes: tuple[int, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How sending to a destination goes: what it lacks, and its failures in a row."""

    destination: str
    unsent: int
    sent_at: datetime | None
    failures: int
    failed_at: datetime | None
    failure: str | None


class Outbox:
    """The tables of destinations and notices of one open archive.

    A finding is noted in the transaction that goes through its visit, put into a message
    before that is sent, and told as sent after it was taken. What is in a message stays in
    it, so that a message that may have arrived is sent again as it was, under its own name.
    """

    def __init__(self, db: Connection) -> None:
        self.db = db

    def begin(self, destination: str, at: datetime) -> None:
        """Know a destination from now on; what was found before is no news to it."""
        with atomic(self.db):
            self.db.execute(
                "INSERT OR IGNORE INTO destinations (name, known_since, looked_to)"
                " SELECT ?, ?, coalesce(max(id), 0) FROM visits",
                (destination, stamp(at)),
            )

    def news(self, destination: str) -> list[int]:
        """Return the changes that were told since a destination's findings were last noted.

        What imports bring, and what comes out otherwise when history is read anew, is told by
        visits that are no news; unless what it takes the place of has not been sent yet.
        """
        rows = self.db.execute(
            f"SELECT c.id FROM changes AS c JOIN visits AS v ON v.id = {_TOLD_BY}"
            " WHERE v.import IS NULL"
            " AND (v.id > (SELECT looked_to FROM destinations WHERE name = :to)"
            f" OR v.id IN (SELECT visit FROM notices WHERE {_VANISHED}))"
            " AND c.id NOT IN (SELECT change FROM notices WHERE destination = :to)"
            " ORDER BY c.id",
            {"to": destination},
        )
        return [number for (number,) in rows.fetchall()]

    def note(self, destination: str, changes: Iterable[int], at: datetime) -> None:
        """Keep what is to be sent, and that all visits up to now were gone through.

        A change that waited and is none any more, since history was read anew, is forgotten.
        """
        with atomic(self.db):
            self.db.execute(
                f"DELETE FROM notices WHERE {_VANISHED} AND message IS NULL", {"to": destination}
            )
            self.db.execute(
                "INSERT OR IGNORE INTO notices (destination, change, visit, noted_at)"
                f" SELECT ?, id, {_TOLD_BY}, ? FROM changes"
                " WHERE id IN (SELECT value FROM json_each(?))",
                (destination, stamp(at), json.dumps(list(changes))),
            )
            self.db.execute(
                "UPDATE destinations SET looked_to = (SELECT coalesce(max(id), 0) FROM visits)"
                " WHERE name = ?",
                (destination,),
            )

    def waiting(self, destination: str) -> Waiting | None:
        """Return what is in no message yet; None when there is nothing."""
        rows = self.db.execute(
            "SELECT change, noted_at FROM notices WHERE destination = ? AND message IS NULL"
            " ORDER BY change",
            (destination,),
        ).fetchall()
        if not rows:
            return None
        return Waiting(tuple(number for number, _ in rows), moment(min(at for _, at in rows)))

    def put(self, destination: str, changes: Iterable[int], key: str) -> None:
        """Put changes that wait into a message, before anything of it is sent."""
        with atomic(self.db):
            self.db.execute(
                "UPDATE notices SET message = ? WHERE destination = ? AND message IS NULL"
                " AND change IN (SELECT value FROM json_each(?))",
                (key, destination, json.dumps(list(changes))),
            )

    def unsent(self, destination: str) -> list[Message]:
        """Return the messages that were begun and not taken, the oldest first."""
        rows = self.db.execute(
            "SELECT message, json_group_array(change) FROM notices WHERE destination = ?"
            " AND sent_at IS NULL AND message IS NOT NULL GROUP BY message ORDER BY min(change)",
            (destination,),
        )
        return [Message(key, tuple(json.loads(changes))) for key, changes in rows.fetchall()]

    def drop(self, destination: str, key: str) -> None:
        """Forget a message none of whose changes is one any more."""
        with atomic(self.db):
            self.db.execute(
                "DELETE FROM notices WHERE destination = ? AND message = ?", (destination, key)
            )

    def sent(self, destination: str, key: str, at: datetime) -> None:
        """Keep that a message was taken."""
        with atomic(self.db):
            self.db.execute(
                "UPDATE notices SET sent_at = ? WHERE destination = ? AND message = ?",
                (stamp(at), destination, key),
            )
            self.db.execute(
                "UPDATE destinations SET sent_at = ?, failures = 0, failed_at = NULL,"
                " failure = NULL WHERE name = ?",
                (stamp(at), destination),
            )

    def failed(self, destination: str, failure: str, at: datetime) -> None:
        """Keep that a message was not taken, and why, in words that hold no secret."""
        with atomic(self.db):
            self.db.execute(
                "UPDATE destinations SET failures = failures + 1, failed_at = ?, failure = ?"
                " WHERE name = ?",
                (stamp(at), failure, destination),
            )

    def deliveries(self) -> list[Delivery]:
        """Return how sending to every destination that was ever known goes, by name."""
        rows = self.db.execute(
            "SELECT name, (SELECT count(*) FROM notices WHERE destination = name"
            " AND notices.sent_at IS NULL), sent_at, failures, failed_at, failure"
            " FROM destinations ORDER BY name"
        )
        return [
            Delivery(
                destination=name,
                unsent=unsent,
                sent_at=moment(sent_at) if sent_at else None,
                failures=failures,
                failed_at=moment(failed_at) if failed_at else None,
                failure=failure,
            )
            for name, unsent, sent_at, failures, failed_at, failure in rows.fetchall()
        ]
