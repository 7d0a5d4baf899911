"""Moving knowledge forward by one snapshot, or dropping it to derive it again."""

from collections.abc import Mapping, Sequence
from sqlite3 import Connection

from snapshots.archive.inserting import insert
from snapshots.archive.passages import MOST_PASSAGES, HunkRow, hunk_rows
from snapshots.archive.rows import (
    CHANGE_COLUMNS,
    ITEM_COLUMNS,
    change_row,
    dumps,
    further,
    item_row,
    stamp,
)
from snapshots.archive.step import Step, Told
from snapshots.records import ChangeRecord, Kind, Snapshot

# (kind, item key, new snapshot) of a change, and the number it goes by; of a wording,
# ("wording", item key, first snapshot).
WORDING = "wording"
Numbers = Mapping[tuple[str, str, int], int]
# Tables whose rows belong to a source by a row of another table.
_DEPENDENT = (
    ("substitutions", "change", "changes"),
    ("hunks", f"id / {MOST_PASSAGES}", "changes"),
    ("term_uses", "version", "item_versions"),
    ("uncounted", "version", "item_versions"),
)
_ADD_CHANGE = (
    f"INSERT INTO changes (id, source, {CHANGE_COLUMNS}, old_snapshot, new_snapshot,"
    " good_visits_between, longest_gap_s, away_since, told_by, told_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_REFRESHED = ", ".join(f"{column} = ?" for column in (*ITEM_COLUMNS.split(", "), "further"))


class Progress:
    """Writes to the knowledge tables of one open archive, inside the caller's transaction."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def advance(self, step: Step, numbers: Numbers) -> list[ChangeRecord]:
        """Move a source's knowledge to a new snapshot; return its changes, numbered.

        A change that ``numbers`` names keeps that number; others take the next.
        """
        self.stand(step.snapshot, step.recipe_digest, step.item_count)
        if step.is_unchanged:
            return []
        self._keep_tail(step.snapshot)
        told = (*step.late, *step.told)
        records = [self._add_change(step, each, numbers) for each in told]
        self._add_places(told, records)
        self._close_versions(step)
        self._open_versions(step, numbers)
        if step.settled:
            self._release(step)
        if step.refreshed:
            self._refresh(step)
        self._mark_unseen(step)
        return records

    def forget(self, source: str) -> Numbers:
        """Drop what is known of a source; return the numbers that its changes and wordings had.

        A change that is derived again keeps its number, by which reports have cited it.
        """
        rows = self.db.execute(
            "SELECT kind, item, new_snapshot, id FROM changes WHERE source = ?1 UNION ALL"
            f" SELECT '{WORDING}', item, first_snapshot, id FROM item_versions WHERE source = ?1",
            (source,),
        ).fetchall()
        self.db.execute(
            "DELETE FROM corroborations WHERE snapshot IN"
            " (SELECT id FROM snapshots WHERE source = ?)",
            (source,),
        )
        for table, column, of in _DEPENDENT:
            self.db.execute(
                f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM {of} WHERE source = ?)",
                (source,),
            )
        for table in ("changes", "item_versions", "items", "tails", "snapshots"):
            self.db.execute(f"DELETE FROM {table} WHERE source = ?", (source,))
        return {(kind, item, new): number for kind, item, new, number in rows}

    def stand(self, snapshot: Snapshot, recipe_digest: str, item_count: int) -> None:
        """Keep a snapshot under which all stands as it did: so many items."""
        self.db.execute(
            "INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                snapshot.id,
                snapshot.source,
                stamp(snapshot.captured_at),
                int(snapshot.is_complete),
                item_count,
                recipe_digest,
                dumps(snapshot.digests),
                snapshot.kept_by,
            ),
        )

    def _keep_tail(self, snapshot: Snapshot) -> None:
        if snapshot.is_complete:
            self.db.execute(
                "INSERT OR REPLACE INTO tails VALUES (?, ?)",
                (snapshot.source, dumps(snapshot.tail)),
            )

    def _add_change(self, step: Step, told: Told, numbers: Numbers) -> ChangeRecord:
        seen = told.seen
        key = (told.change.kind.value, told.change.item.key, seen.new.id)
        values = (
            numbers.get(key),
            step.snapshot.source,
            *change_row(told.change),
            seen.old.id,
            seen.new.id,
            seen.good_visits_between,
            seen.longest_gap_s,
            told.away_since.id if told.away_since else None,
            step.snapshot.id,
            stamp(step.snapshot.captured_at),
        )
        number = int(self.db.execute(_ADD_CHANGE, values).lastrowid or 0)
        return ChangeRecord(
            id=number,
            source=step.snapshot.source,
            change=told.change,
            seen=seen,
            away_since=told.away_since.captured_at if told.away_since else None,
            stood_since=told.stood_since.captured_at if told.stood_since else None,
        )

    def _add_places(self, told: Sequence[Told], records: Sequence[ChangeRecord]) -> None:
        """Keep where in their fields the changes are: phrases, and passages to be searched."""
        phrases: list[tuple[object, ...]] = []
        hunks: list[HunkRow] = []
        for each, record in zip(told, records, strict=True):
            phrases += [(record.id, place, *phrase) for place, phrase in enumerate(each.phrases)]
            hunks += hunk_rows(record.id, each.change.fields)
        insert(self.db, "substitutions", phrases)
        insert(self.db, "hunks", hunks)

    def _close_versions(self, step: Step) -> None:
        moved = (*step.told, *step.held)
        ended = [told for told in moved if told.change.kind is not Kind.ADDED]
        self.db.executemany(
            "UPDATE item_versions SET until_snapshot = ?, until_at = ?, last_seen = ?"
            " WHERE source = ? AND item = ? AND until_snapshot IS NULL",
            [
                (
                    t.seen.new.id,
                    stamp(t.seen.new.captured_at),
                    t.seen.old.id,
                    step.snapshot.source,
                    t.change.item.key,
                )
                for t in ended
            ],
        )

    def _open_versions(self, step: Step, numbers: Numbers) -> None:
        moved = (*step.told, *step.held)
        begun = {t.change.item.key for t in moved if t.change.kind is not Kind.REMOVED}
        begun |= step.joined
        source, number = step.snapshot.source, step.snapshot.id
        at = stamp(step.snapshot.captured_at)
        fresh = [(place, item) for place, item in enumerate(step.items) if item.key in begun]
        self.db.executemany(
            "INSERT OR IGNORE INTO items VALUES (?, ?, ?)",
            [(source, item.key, number) for _, item in fresh],
        )
        insert(
            self.db,
            "item_versions (id, source, item, first_snapshot, first_at, position, is_held,"
            f" {ITEM_COLUMNS}, further)",
            [
                (
                    numbers.get((WORDING, item.key, number)),
                    source,
                    item.key,
                    number,
                    at,
                    place,
                    item.key in step.holding,
                    *item_row(item),
                    further(item),
                )
                for place, item in fresh
            ],
        )

    def _release(self, step: Step) -> None:
        """No more of an item's swings waits to be told."""
        self.db.executemany(
            "UPDATE item_versions SET is_held = 0"
            " WHERE source = ? AND item = ? AND until_snapshot IS NULL",
            [(step.snapshot.source, key) for key in sorted(step.settled)],
        )

    def _refresh(self, step: Step) -> None:
        """Update what is no wording: a block's section, the spelling of an equal link."""
        self.db.executemany(
            f"UPDATE item_versions SET {_REFRESHED}"
            " WHERE source = ? AND item = ? AND until_snapshot IS NULL",
            [
                (*item_row(item), further(item), step.snapshot.source, item.key)
                for item in step.refreshed
            ],
        )

    def _mark_unseen(self, step: Step) -> None:
        source = step.snapshot.source
        self.db.execute(
            "UPDATE item_versions SET last_seen = NULL, missing_since = NULL, misses = 0,"
            " is_rolled_off = 0"
            " WHERE source = ? AND until_snapshot IS NULL AND last_seen IS NOT NULL",
            (source,),
        )
        if not step.unseen:
            return
        self.db.executemany(
            "UPDATE item_versions SET last_seen = ?, missing_since = ?, misses = ?,"
            " is_rolled_off = ? WHERE source = ? AND item = ? AND until_snapshot IS NULL",
            [
                (u.last_seen, u.missing_since, u.misses, int(u.is_rolled_off), source, u.key)
                for u in step.unseen
            ],
        )
