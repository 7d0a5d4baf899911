"""Knowledge: snapshots, items, their versions, and changes. Derived, and rebuilt at will."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from sqlite3 import Connection
from typing import Any, NamedTuple

from snapshots.archive.rows import (
    ITEM_COLUMNS,
    change_of,
    dumps,
    item_of,
    moment,
    snapshot_of,
    stamp,
)
from snapshots.records import ChangeRecord, Item, Seen, Snapshot, Substitution

_SNAPSHOT = "id, source, captured_at, is_complete, digests, kept_by"
# Of three that are joined, as a, b and c.
_SNAPSHOTS = ", ".join(f"{name}.{column}" for name in "abc" for column in _SNAPSHOT.split(", "))


class StandingItem(NamedTuple):
    """An item in force, the newest snapshot that saw it, and those that missed it since.

    ``missing_since`` is the first complete snapshot without it, of ``misses`` in all. One
    that ``is_held`` flaps, and has a swing that was not told.
    """

    item: Item
    last_seen: int
    missing_since: int | None = None
    misses: int = 0
    is_rolled_off: bool = False
    is_held: bool = False


class Newest(NamedTuple):
    """A source's newest snapshot, the recipe it was read with, and how many items it holds.

    ``is_awaiting``: a standing item was missed, or flaps, and waits for a visit that settles it.
    ``is_overtaken``: a visit that began since then was imported.
    """

    snapshot: Snapshot
    recipe_digest: str
    item_count: int
    is_awaiting: bool = False
    is_overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a source: its newest snapshot, how that was read, and the items.

    ``complete`` is the newest complete snapshot with its tail, or None before the first.
    """

    snapshot: Snapshot
    complete: Snapshot | None
    recipe_digest: str
    items: tuple[StandingItem, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of an item, and the interval in which it stood; ``until`` None: it stands.

    ``last_seen`` is the newest snapshot that had it; None: the source's newest has it.
    """

    item: Item
    first: Snapshot
    until: Snapshot | None
    last_seen: Snapshot | None = None
    is_held: bool = False


class Knowledge:
    """The derived tables of one open archive."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def newest_snapshot(self, source: str) -> Newest | None:
        """Return a source's newest snapshot, and how it was read; None before the first."""
        row = self.db.execute(
            "SELECT recipe_digest, item_count, EXISTS (SELECT 1 FROM item_versions"
            " WHERE source = ?1 AND misses > 0 AND until_snapshot IS NULL)"
            " OR EXISTS (SELECT 1 FROM item_versions"
            " WHERE source = ?1 AND is_held = 1 AND until_snapshot IS NULL),"
            " EXISTS (SELECT 1 FROM visits WHERE visits.source = ?1"
            " AND started_at >= captured_at AND import IS NOT NULL),"
            f" {_SNAPSHOT} FROM snapshots WHERE source = ?1"
            " ORDER BY captured_at DESC, id DESC LIMIT 1",
            (source,),
        ).fetchone()
        if row is None:
            return None
        return Newest(snapshot_of(row[4:]), row[0], row[1], bool(row[2]), bool(row[3]))

    def newest_own(self, source: str) -> datetime | None:
        """Return when the newest snapshot that was seen by ourselves was captured, or None."""
        row = self.db.execute(
            "SELECT max(captured_at) FROM snapshots WHERE source = ? AND kept_by IS NULL",
            (source,),
        ).fetchone()
        return moment(row[0]) if row[0] else None

    def standing(self, source: str) -> Standing | None:
        """Return what stands of a source, or None before its first snapshot."""
        newest = self.newest_snapshot(source)
        if newest is None:
            return None
        snapshot = newest.snapshot
        rows = self.db.execute(
            "SELECT item, last_seen, missing_since, misses, is_rolled_off, is_held,"
            f" {ITEM_COLUMNS}, position FROM item_versions"
            " WHERE source = ? AND until_snapshot IS NULL ORDER BY id",
            (source,),
        ).fetchall()
        # Their index has them in this order already: nothing is copied to be sorted there.
        rows.sort(key=itemgetter(-1))
        items = tuple(
            StandingItem(
                item_of(r[0], r[6:-1]), r[1] or snapshot.id, r[2], r[3], bool(r[4]), bool(r[5])
            )
            for r in rows
        )
        complete = snapshot if snapshot.is_complete else self._newest_complete(source)
        if complete:
            complete = replace(complete, tail=self.tail(source))
        return Standing(snapshot, complete, newest.recipe_digest, items)

    def snapshot(self, number: int) -> Snapshot:
        """Return the snapshot with a number."""
        row = self.db.execute(f"SELECT {_SNAPSHOT} FROM snapshots WHERE id = ?", (number,))
        return snapshot_of(row.fetchone())

    def snapshots(self, source: str) -> list[Snapshot]:
        """Return a source's snapshots, oldest first."""
        rows = self.db.execute(
            f"SELECT {_SNAPSHOT} FROM snapshots WHERE source = ? ORDER BY captured_at, id",
            (source,),
        )
        return [snapshot_of(row) for row in rows.fetchall()]

    def moments_between(self, source: str, old: Snapshot, new: Snapshot) -> list[datetime]:
        """Return when the snapshots strictly between two were captured, oldest first."""
        rows = self.db.execute(
            "SELECT captured_at FROM snapshots WHERE source = ? AND captured_at > ?"
            " AND captured_at < ? AND id NOT IN (?, ?) ORDER BY captured_at",
            (source, stamp(old.captured_at), stamp(new.captured_at), old.id, new.id),
        )
        return [moment(row[0]) for row in rows.fetchall()]

    def versions(self, source: str, key: str, *, is_ended: bool = False) -> list[Version]:
        """Return an item's wordings, oldest first; only those that ended, if it is said so."""
        rows = self.db.execute(
            f"SELECT {_SNAPSHOTS}, is_held, {ITEM_COLUMNS} FROM item_versions AS v"
            " JOIN snapshots AS a ON a.id = first_snapshot"
            " LEFT JOIN snapshots AS b ON b.id = until_snapshot"
            " LEFT JOIN snapshots AS c ON c.id = last_seen"
            f" WHERE v.source = ? AND item = ?{' AND until_snapshot IS NOT NULL' * is_ended}"
            " ORDER BY a.captured_at, a.id",
            (source, key),
        ).fetchall()
        return [
            Version(
                item_of(key, row[19:]),
                snapshot_of(row[:6]),
                snapshot_of(row[6:12]) if row[6] else None,
                snapshot_of(row[12:18]) if row[12] else None,
                bool(row[18]),
            )
            for row in rows
        ]

    def aged(self, source: str, among: Sequence[str]) -> set[str]:
        """Return which of some items have had a wording that ended, by their keys."""
        rows = self.db.execute(
            "SELECT item FROM item_versions WHERE source = ? AND until_snapshot IS NOT NULL"
            " AND item IN (SELECT value FROM json_each(?))",
            (source, dumps(among)),
        )
        return {row[0] for row in rows.fetchall()}

    def additions(self, source: str, most: int) -> list[tuple[str, datetime]]:
        """Return the dates that new items stated and the visits that still lacked them.

        The latest come first, ``most`` in all; items that had only been away are left out.
        """
        rows = self.db.execute(
            "SELECT json_extract(c.fields, '$.published.new') AS dated, o.captured_at"
            " FROM changes AS c JOIN snapshots AS o ON o.id = old_snapshot"
            " JOIN snapshots AS n ON n.id = new_snapshot"
            " WHERE c.source = ? AND kind = 'added' AND dated IS NOT NULL"
            " AND flags NOT LIKE '%\"returned\"%'"
            " ORDER BY n.captured_at DESC, c.item LIMIT ?",
            (source, most),
        )
        return [(row[0], moment(row[1])) for row in rows.fetchall()]

    def listings(self, url: str) -> list[tuple[str, str, str | None, datetime, datetime | None]]:
        """Return (source, item, section, first read, first without) of all that had a link."""
        rows = self.db.execute(
            "SELECT source, item, section, first_at, until_at FROM item_versions"
            " WHERE url = ? ORDER BY first_at, source, first_snapshot",
            (url,),
        )
        return [
            (r[0], r[1], r[2], moment(r[3]), moment(r[4]) if r[4] else None)
            for r in rows.fetchall()
        ]

    def item_count(self, source: str) -> int:
        """Return how many items a source has ever had."""
        row = self.db.execute("SELECT count(*) FROM items WHERE source = ?", (source,)).fetchone()
        return int(row[0])

    def is_known(self, source: str, key: str) -> bool:
        """Whether an item of a source has ever had a key."""
        found = self.db.execute("SELECT 1 FROM items WHERE source = ? AND key = ?", (source, key))
        return found.fetchone() is not None

    def links_of_others(self, source: str) -> list[str]:
        """Return the links of all items in force in other sources."""
        rows = self.db.execute(
            "SELECT url FROM item_versions WHERE source != ? AND url IS NOT NULL"
            " AND until_snapshot IS NULL AND misses = 0",
            (source,),
        )
        return [str(row[0]) for row in rows.fetchall()]

    def wordings(self, source: str) -> list[tuple[Item, datetime, datetime | None]]:
        """Return every wording of a source's items with the moments between which it stood.

        The first is when it was first seen, the second when it was first seen no more; None
        while it stands.
        """
        rows = self.db.execute(
            f"SELECT first_at, until_at, item, {ITEM_COLUMNS} FROM item_versions"
            " WHERE source = ? ORDER BY first_at, first_snapshot, position, id",
            (source,),
        )
        return [
            (item_of(row[2], row[3:]), moment(row[0]), moment(row[1]) if row[1] else None)
            for row in rows.fetchall()
        ]

    def departed(self, source: str) -> list[Item]:
        """Return the items that stand no more, in their last wording, the latest first."""
        rows = self.db.execute(
            f"SELECT item, {ITEM_COLUMNS} FROM item_versions"
            " WHERE source = ?1 AND until_at IS NOT NULL AND item NOT IN (SELECT item"
            " FROM item_versions WHERE source = ?1 AND until_snapshot IS NULL)"
            " ORDER BY until_at DESC, until_snapshot DESC, position",
            (source,),
        )
        last: dict[str, Item] = {}
        for row in rows.fetchall():
            last.setdefault(row[0], item_of(row[0], row[1:]))
        return list(last.values())

    def items_at(self, source: str, snapshot: Snapshot) -> list[Item]:
        """Return the items in force when a snapshot was captured, in page order."""
        at = stamp(snapshot.captured_at)
        rows = self.db.execute(
            f"SELECT item, {ITEM_COLUMNS} FROM item_versions"
            " WHERE source = ? AND first_at <= ? AND (until_at IS NULL OR until_at > ?)"
            " ORDER BY position, id",
            (source, at, at),
        )
        return [item_of(row[0], row[1:]) for row in rows.fetchall()]

    def items_like(self, wanted: str) -> list[tuple[str, str, str]]:
        """Return (source, key, title) of the items that a key, URL or part of a title names."""
        escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        part = f"%{escaped}%"
        rows = self.db.execute(
            "SELECT source, item, coalesce(title, substr(text, 1, 80)) FROM item_versions"
            " WHERE item = ?1 OR url = ?1 OR title LIKE ?2 ESCAPE '\\'"
            " OR text LIKE ?2 ESCAPE '\\'"
            " GROUP BY source, item ORDER BY item = ?1 DESC, url = ?1 DESC, source, item",
            (wanted, part),
        )
        return [(row[0], row[1], row[2] or "") for row in rows.fetchall()]

    def changes(
        self,
        *,
        sources: tuple[str, ...] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        item: tuple[str, str] | None = None,
        among: Collection[int] | None = None,
    ) -> list[ChangeRecord]:
        """Return changes, oldest first; only those ``among`` some numbers, if these are given.

        ``since`` and ``until`` bound the moment a change was told: a removal's snapshot is
        older than the visit that confirmed it.
        """
        where, values = ["1"], []
        if sources:
            where.append(f"c.source IN ({', '.join('?' * len(sources))})")
            values += list(sources)
        if since:
            where.append("told_at >= ?")
            values.append(stamp(since))
        if until:
            where.append("told_at <= ?")
            values.append(stamp(until))
        if item:
            where.append("c.source = ? AND c.item = ?")
            values += list(item)
        if among is not None:
            where.append("c.id IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(among)))
        cursor = self.db.execute(
            "SELECT c.* FROM changes AS c JOIN snapshots AS n ON n.id = new_snapshot"
            f" WHERE {' AND '.join(where)} ORDER BY n.captured_at, c.source, n.id, c.id",
            values,
        )
        names = [column[0] for column in cursor.description]
        seen: dict[int, Snapshot] = {}
        return [self._record(dict(zip(names, row, strict=True)), seen) for row in cursor.fetchall()]

    def substitutions(self, sources: tuple[str, ...] = ()) -> Iterator[Substitution]:
        """Yield every substitution, place by place, oldest first."""
        where = f"WHERE c.source IN ({', '.join('?' * len(sources))})" if sources else ""
        rows = self.db.execute(
            "SELECT s.change, c.source, c.item, s.old, s.new, n.captured_at, context_old,"
            " context_new FROM substitutions AS s JOIN changes AS c ON c.id = s.change"
            f" JOIN snapshots AS n ON n.id = c.new_snapshot {where}"
            " ORDER BY n.captured_at, s.change, place",
            sources,
        )
        for change, source, item, old, new, at, context_old, context_new in rows.fetchall():
            yield Substitution(
                change=change,
                source=source,
                item=item,
                old=old,
                new=new,
                at=moment(at),
                context_old=context_old,
                context_new=context_new,
            )

    def cited(self, source: str) -> set[int]:
        """Return the snapshots that a source's changes and wordings name."""
        rows = self.db.execute(
            "SELECT old_snapshot, new_snapshot, away_since, told_by FROM changes"
            " WHERE source = ?1 UNION SELECT first_snapshot, last_seen, until_snapshot,"
            " missing_since FROM item_versions WHERE source = ?1",
            (source,),
        )
        return {number for row in rows.fetchall() for number in row if number}

    def _newest_complete(self, source: str) -> Snapshot | None:
        row = self.db.execute(
            f"SELECT {_SNAPSHOT} FROM snapshots WHERE source = ? AND is_complete = 1"
            " ORDER BY captured_at DESC, id DESC LIMIT 1",
            (source,),
        ).fetchone()
        return snapshot_of(row) if row else None

    def tail(self, source: str) -> tuple[str, ...]:
        """Return the keys of the last items of a source's newest complete snapshot."""
        row = self.db.execute("SELECT keys FROM tails WHERE source = ?", (source,)).fetchone()
        return tuple(json.loads(row[0])) if row else ()

    def _record(self, row: dict[str, Any], seen: dict[int, Snapshot]) -> ChangeRecord:
        for number in (row["old_snapshot"], row["new_snapshot"], row["away_since"]):
            if number and number not in seen:
                seen[number] = self.snapshot(number)
        interval = Seen(
            old=seen[row["old_snapshot"]],
            new=seen[row["new_snapshot"]],
            good_visits_between=row["good_visits_between"],
            longest_gap_s=row["longest_gap_s"],
        )
        return ChangeRecord(
            id=row["id"],
            source=row["source"],
            change=change_of(row),
            seen=interval,
            away_since=seen[row["away_since"]].captured_at if row["away_since"] else None,
            stood_since=self._stood_since(row) if row["away_since"] else None,
        )

    def _stood_since(self, row: dict[str, Any]) -> datetime | None:
        """When the wording that is back, or the item, had first been read before it went."""
        found = self.db.execute(
            "SELECT captured_at FROM item_versions AS v JOIN snapshots AS s"
            " ON s.id = first_snapshot WHERE v.source = ? AND item = ? AND until_snapshot = ?",
            (row["source"], row["item"], row["away_since"]),
        ).fetchone()
        return moment(found[0]) if found else None
