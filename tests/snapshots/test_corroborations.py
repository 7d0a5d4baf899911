"""Who kept what was seen, and where own and archived sight meet, in an archive of any age."""

import sqlite3
from collections.abc import Iterator

import pytest
from sqlite_utils import Database

from snapshots.archive.schema import migrations

CAPTURE = (
    "INSERT INTO captures (visit, url, final_url, hops, status, request_headers,"
    " response_headers, captured_at, payload_digest, provenance)"
    " VALUES (?, 'https://a.gov/', 'https://a.gov/', '[]', 200, '[]', '[]', ?, 'sha256:a', ?)"
)
AT = "2021-05-01T06:00:00Z"


@pytest.fixture
def db() -> Iterator[Database]:
    opened = Database(sqlite3.connect(":memory:"), execute_plugins=False)
    yield opened
    opened.conn.close()


def test_snapshots_of_an_older_archive_learn_who_kept_them(db: Database) -> None:
    migrations.apply(db, stop_before="m011_corroboration")
    db.execute("INSERT INTO payloads (digest, size_bytes, body) VALUES ('sha256:a', 1, x'00')")
    for number, provenance in enumerate(("own", "warc", "file"), 1):
        db.execute(
            "INSERT INTO visits (id, source, started_at, finished_at, outcome)"
            " VALUES (?, 'it', ?, ?, 'new')",
            (number, AT, AT),
        )
        db.execute(CAPTURE, (number, AT, provenance))
        db.execute(
            "INSERT INTO snapshots (id, source, captured_at, is_complete, item_count,"
            " recipe_digest, digests) VALUES (?, 'it', ?, 1, 0, '', '[]')",
            (number, AT),
        )

    migrations.apply(db)

    rows = db.execute("SELECT id, kept_by FROM snapshots ORDER BY id").fetchall()
    assert rows == [(1, None), (2, "a file"), (3, "a file")]
