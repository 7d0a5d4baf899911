"""Many rows in one statement, and few."""

import sqlite3
from contextlib import closing

import pytest

from snapshots.archive.inserting import MOST_ROWS, insert

TABLE = "CREATE TABLE wordings (id INTEGER PRIMARY KEY, text TEXT, place INTEGER) STRICT"


@pytest.mark.parametrize("count", [0, 1, 7, 8, MOST_ROWS, MOST_ROWS + 1, 3 * MOST_ROWS - 1])
def test_so_many_rows_are_appended_in_their_order(count: int):
    rows = [(f"wording\0 {place}", place) for place in range(count)]
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(TABLE)

        insert(db, "wordings (text, place)", rows)

        told = db.execute("SELECT id, text, place FROM wordings ORDER BY id").fetchall()
    assert told == [(number, *row) for number, row in enumerate(rows, 1)]


def test_rows_go_into_every_column_of_a_table_named_alone():
    rows = [(7, "aliens", None), (9, None, 3)]
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(TABLE)

        insert(db, "wordings", rows)

        assert db.execute("SELECT * FROM wordings ORDER BY id").fetchall() == rows


def test_full_text_of_many_rows_is_written_as_one_piece():
    """Pieces are merged later on, at more cost than the writing."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE search USING fts5(text)")
        db.execute(TABLE)
        db.execute(
            "CREATE TRIGGER told AFTER INSERT ON wordings BEGIN"
            " INSERT INTO search VALUES (new.text); END"
        )
        db.execute("BEGIN")

        insert(db, "wordings", [(number, f"word{number}", number) for number in range(MOST_ROWS)])
        db.execute("COMMIT")

        pieces = db.execute("SELECT count(DISTINCT segid) FROM search_idx").fetchone()
    assert pieces == (1,)
