"""An archive of before full text, and what it answers once it has been migrated."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from snapshots.archive import Archive
from snapshots.archive.archive import APPLICATION_ID
from snapshots.archive.schema import migrations
from snapshots.records import Kind

THEN, LATER, LAST = (f"2021-05-0{day}T06:00:00Z" for day in (1, 2, 3))
OLD, NEW = "criminal aliens", "criminal noncitizens"
FIELDS = {"office": "Field Office", "block": "paragraph", "topic": "Removal"}
EDITS = [["keep", "criminal "], ["delete", "aliens"], ["insert", "noncitizens"]]


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """An archive in which one item was reworded on the second day, and told on the third."""
    path = tmp_path / "archive.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Database(db, execute_plugins=False), stop_before="m009_search")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 6")
        for number, at in enumerate((THEN, LATER, LAST), 1):
            db.execute(
                "INSERT INTO visits (id, source, started_at, finished_at, outcome)"
                " VALUES (?, 'ice', ?, ?, 'new')",
                (number, at, at),
            )
            db.execute(
                "INSERT INTO snapshots (id, source, captured_at, is_complete, item_count,"
                " recipe_digest, digests, tail) VALUES (?, 'ice', ?, 1, 1, '', '[]', ?)",
                (number, at, json.dumps([f"key-{number}"])),
            )
        db.execute("INSERT INTO items VALUES ('ice', 'key', 1)")
        for first, until, text in ((1, 2, OLD), (2, None, NEW)):
            db.execute(
                "INSERT INTO item_versions (source, item, first_snapshot, until_snapshot,"
                " position, text, fields) VALUES ('ice', 'key', ?, ?, 0, ?, ?)",
                (first, until, text, json.dumps(FIELDS)),
            )
        db.execute(
            "INSERT INTO changes VALUES (7, 'ice', 'changed', '[\"text\"]', NULL, '[]', 'key',"
            " NULL, NULL, NULL, ?, NULL, NULL, 1, 2, 0, 86400, NULL, 3)",
            (json.dumps({"text": {"old": OLD, "new": NEW, "edits": EDITS}}),),
        )
    return path


def test_what_was_known_is_known_and_can_be_searched(older: Path):
    with Archive.to_read(older) as archive:
        (record,) = archive.knowledge.changes()
        history = archive.db.execute("SELECT first_at, until_at, text FROM item_history").fetchall()
        removed = archive.search.changes('"aliens"', is_added=False)
        (passage,) = archive.search.passages(removed[7], '"aliens"')
        standing = archive.knowledge.standing("ice")

    assert (record.id, record.change.kind) == (7, Kind.CHANGED)
    assert history == [(THEN, LATER, OLD), (LATER, None, NEW)]
    assert list(removed) == [7]
    assert (passage.old.text, passage.new.text) == (OLD, NEW)
    assert standing.complete.tail == ("key-3",)


def test_further_columns_are_found_and_no_phrase_runs_from_one_to_the_next(older: Path):
    with Archive.to_read(older) as archive:
        found = [len(archive.search.holding(q)) for q in ('"removal"', '"field office"')]
        not_found = [
            archive.search.holding(q) for q in ('"office removal"', '"paragraph"', '"topic"')
        ]

    assert (found, not_found) == ([1, 1], [[], [], []])


def test_changes_are_bounded_by_when_they_were_told(older: Path):
    with Archive.to_read(older) as archive:
        told = archive.db.execute("SELECT told_at FROM change_log").fetchall()

    assert told == [(LAST,)]


def test_wordings_wait_for_the_next_run_to_be_counted(older: Path):
    with Archive.to_read(older) as archive:
        assert archive.terms.is_current("") is False
        assert [text.text for _, text in archive.terms.uncounted(9)] == [OLD, NEW]
