"""The archive: one SQLite file that opens, refuses, rolls back, and tells what was altered."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from snapshots.archive import Archive, Probe
from snapshots.archive.archive import APPLICATION_ID, SCHEMA
from snapshots.archive.schema import KNOWLEDGE, migrations
from snapshots.archive.scratch import KNOWLEDGE_TABLES
from snapshots.errors import ArchiveError
from snapshots.records import (
    Capture,
    Hop,
    Outcome,
    Provenance,
    Revisit,
    Verdict,
    Visit,
    digest_of,
)

ROOT = Path(__file__).parents[2]
AT = datetime(2021, 5, 1, 6, 0, 0, tzinfo=UTC)
URL = "https://www.ice.gov/factsheets"
SEEN = f"(capture 1: {URL}, 2021-05-01T06:00:00Z)"
ALIENS = b"<main><p>Officers remove criminal aliens.</p></main>"
NONCITIZENS = ALIENS.replace(b"aliens", b"noncitizens")


def capture(payload=ALIENS, days=0):
    return Capture(
        url=URL,
        final_url=f"{URL}/",
        captured_at=AT + timedelta(days=days),
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
        request_headers=(("User-Agent", "reworded"),),
        response_headers=(("Content-Type", "text/html"), ("X-Note", "“é”")),
        hops=(Hop(URL, 301),),
        provenance=Provenance.OWN,
    )


def visit(*captures, outcome=Outcome.NEW, reason=None):
    return Visit(
        source="ice",
        started_at=captures[0].captured_at,
        finished_at=captures[-1].captured_at,
        outcome=outcome,
        reason=reason,
        captures=captures,
    )


def keep(path, *visits):
    with Archive.to_write(path) as archive, archive.transaction():
        return [archive.evidence.keep(each) for each in visits]


def problems(path):
    with Archive.to_read(path) as archive:
        return list(archive.problems())


def alter(path, *statements):
    """Change the file behind the program's back."""
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "archive.sqlite"


def test_the_first_opening_makes_an_empty_archive(path):
    with Archive.to_write(path) as archive:
        counts = archive.evidence.counts()
        found = list(archive.problems())

    assert (counts, found) == ((0, 0, 0), [])
    assert path.is_file()


def test_what_was_kept_is_there_after_reopening(path):
    taken = replace(capture(NONCITIZENS, days=1), revisit=Revisit.SAME_PAYLOAD)
    keep(path, visit(capture()), visit(taken))

    with Archive.to_read(path) as archive:
        held = [(v.id, v.started_at, v.captures) for v in archive.evidence.readable_visits("ice")]

    assert held == [(1, AT, (capture(),)), (2, AT + timedelta(days=1), (taken,))]


def test_opening_to_write_again_keeps_what_is_there(path):
    keep(path, visit(capture()))
    keep(path, visit(capture(NONCITIZENS, days=1)))

    with Archive.to_read(path) as archive:
        assert archive.evidence.counts() == (2, 2, 2)


@pytest.mark.parametrize("payload", [b"", b"\x00\xff" * 9, ALIENS, os.urandom(70_000)])
def test_a_payload_comes_back_byte_for_byte(path, payload):
    keep(path, visit(capture(payload)))

    with Archive.to_read(path) as archive:
        assert archive.evidence.payload(digest_of(payload)) == payload


def test_a_payload_seen_twice_is_held_once(path):
    keep(path, visit(capture()), visit(capture(days=1)))

    with Archive.to_read(path) as archive:
        assert archive.evidence.counts() == (2, 2, 1)


def test_a_probe_is_kept_with_its_verdict(path):
    probe = Probe(url=URL, final_url=URL, probed_at=AT, verdict=Verdict.GONE, status=404)

    with Archive.to_write(path) as archive, archive.transaction():
        number = archive.evidence.keep(visit(capture()), (probe,))
        verdicts = archive.evidence.verdicts(number)

    assert verdicts == {URL: "gone"}


def test_a_payload_that_is_not_held_is_an_error(path):
    with (
        Archive.to_write(path) as archive,
        pytest.raises(ArchiveError, match="payload sha256:00 is not held"),
    ):
        archive.evidence.payload("sha256:00")


HOLDER = """
import sys
from pathlib import Path
from snapshots.archive import Archive
with Archive.to_write(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_a_second_process_that_would_write_is_refused_until_the_first_has_ended(path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    with holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(ArchiveError, match=f"process {holder.pid} is writing to it"):
            Archive.to_write(path)
        with Archive.to_read(path) as archive:
            assert archive.evidence.counts() == (0, 0, 0)
        holder.communicate("\n")

    assert keep(path, visit(capture())) == [1]


def test_a_writer_that_was_killed_leaves_no_lock_and_a_sound_archive(path):
    keep(path, visit(capture()))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    with holder:
        assert holder.stdout.readline() == "open\n"
        holder.kill()

    assert keep(path, visit(capture(NONCITIZENS, days=1))) == [2]
    assert problems(path) == []


TORN = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = delete")
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN")
db.execute("UPDATE visits SET reason = hex(zeroblob(100000))")
os._exit(9)
"""


def test_what_a_killed_writer_left_of_a_copy_is_rolled_back_by_whoever_reads_first(path):
    """A copy need not have a log; its journal may then be half done."""
    keep(path, visit(capture()))
    subprocess.run([sys.executable, "-c", TORN, str(path)], check=False)
    assert path.with_name(f"{path.name}-journal").stat().st_size > 0

    with Archive.to_read(path) as archive:
        assert list(archive.problems()) == []
    assert not path.with_name(f"{path.name}-journal").exists()


@pytest.mark.parametrize("opening", [Archive.to_write, Archive.to_read])
def test_a_file_that_is_not_sqlite_is_named(path, opening):
    path.write_text("This is a letter, and by no means an archive.")

    with pytest.raises(ArchiveError, match=r"archive\.sqlite: this file is not an archive"):
        opening(path)

    assert path.read_text() == "This is a letter, and by no means an archive."


@pytest.mark.parametrize("opening", [Archive.to_write, Archive.to_read])
def test_an_sqlite_file_of_another_program_is_left_alone(path, opening):
    alter(path, "CREATE TABLE letters (body TEXT)")
    before = path.read_bytes()

    with pytest.raises(ArchiveError, match="this SQLite file is not an archive of Reworded"):
        opening(path)

    assert path.read_bytes() == before


def test_reading_where_there_is_no_archive_makes_none(path):
    with pytest.raises(ArchiveError, match="there is no archive yet"):
        Archive.to_read(path)

    assert list(path.parent.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ArchiveError, match=r"the folder .*/none is not there; make it first"):
        Archive.to_write(tmp_path / "none" / "archive.sqlite")


def test_an_archive_opened_to_read_cannot_be_written(path):
    keep(path, visit(capture()))

    with (
        Archive.to_read(path) as archive,
        pytest.raises(ArchiveError, match="SQLite says: attempt to write a readonly database"),
        archive.transaction(),
    ):
        archive.evidence.keep(visit(capture(days=1)))


def keep_and_break_off(archive, broken_visit):
    with archive.transaction():
        archive.evidence.keep(broken_visit)
        raise RuntimeError("the light goes out")


def test_a_transaction_that_fails_leaves_nothing(path):
    keep(path, visit(capture()))

    with Archive.to_write(path) as archive:
        with pytest.raises(RuntimeError, match="the light goes out"):
            keep_and_break_off(archive, visit(capture(NONCITIZENS, days=1)))
        counts = archive.evidence.counts()

    assert counts == (1, 1, 1)
    assert problems(path) == []


def test_a_payload_that_was_altered_is_named(path):
    keep(path, visit(capture()), visit(capture(NONCITIZENS, days=1)))
    body = f"(SELECT body FROM payloads WHERE digest = '{digest_of(NONCITIZENS)}')"
    alter(
        path,
        f"UPDATE payloads SET size_bytes = {len(NONCITIZENS)}, body = {body}"
        f" WHERE digest = '{digest_of(ALIENS)}'",
    )

    assert problems(path) == [
        f"payload {digest_of(ALIENS)} {SEEN} is damaged (its bytes have another digest)"
    ]


def test_a_payload_that_no_longer_unpacks_is_named(path):
    keep(path, visit(capture()))
    alter(path, "UPDATE payloads SET body = x'00010203'")

    (problem,) = problems(path)

    assert problem.startswith(f"payload {digest_of(ALIENS)} {SEEN} is damaged")


def test_a_payload_that_was_deleted_is_missed(path):
    keep(path, visit(capture()))
    alter(path, "DELETE FROM payloads")

    assert problems(path) == [
        f"capture 1 ({URL}, 2021-05-01T06:00:00Z) refers to a row of payloads that is not there"
    ]


@pytest.mark.parametrize(
    "alteration",
    [
        "url = 'https://other.gov/'",
        "final_url = 'https://other.gov/'",
        "captured_at = '2020-01-01T00:00:00Z'",
        "status = 404",
        "hops = '[]'",
        "response_headers = '[]'",
        "request_headers = '[]'",
        "provenance = 'file'",
        "revisit = 'server-not-modified'",
        "visit = 2",
    ],
)
def test_a_capture_whose_row_was_altered_breaks_the_chain(path, alteration):
    keep(path, visit(capture()), visit(capture(NONCITIZENS, days=1)), visit(capture(days=2)))

    alter(path, f"UPDATE captures SET {alteration} WHERE id = 1")

    (problem,) = problems(path)
    assert problem.startswith("capture 1 (")
    assert problem.endswith(") was altered, or its link 2 of the chain was")


def test_a_capture_that_was_deleted_is_missed_by_its_link(path):
    keep(path, visit(capture()), visit(capture(NONCITIZENS, days=1)), visit(capture(days=2)))

    alter(path, "DELETE FROM captures WHERE id = 2")

    assert problems(path) == [
        "capture 2 is not there, though it was kept as link 4",
        f"payload {digest_of(NONCITIZENS)} belongs to no capture and no probe",
    ]


def test_the_status_counts_visits_by_outcome(path):
    seen, refused = visit(capture()), visit(capture(days=1), outcome=Outcome.BLOCKED, reason="403")
    keep(path, seen, refused)

    with Archive.to_read(path) as archive:
        status = archive.status("ice", title="Fact sheets", url=URL)

    assert (status.visits, status.outcomes) == (2, {"new": 1, "blocked": 1})
    assert (status.last_good_at, status.last_at) == (AT, AT + timedelta(days=1))
    assert (status.last_outcome, status.last_reason) == (Outcome.BLOCKED, "403")


def test_the_newest_visits_tell_since_when_a_source_is_blind(path):
    blocked = [
        visit(capture(days=days), outcome=Outcome.BLOCKED, reason="403") for days in (1, 2, 3)
    ]
    keep(path, visit(capture()), *blocked)

    with Archive.to_read(path) as archive:
        found = archive.last_visits(["ice", "dhs"], AT + timedelta(days=9))
        earlier = archive.last_visits(["ice"], AT + timedelta(days=2))

    assert list(found) == ["ice"]
    assert (found["ice"].at, found["ice"].good_at) == (AT + timedelta(days=3), AT)
    assert (found["ice"].bad_visits, found["ice"].blind_since) == (3, AT + timedelta(days=1))
    assert (earlier["ice"].at, earlier["ice"].bad_visits) == (AT + timedelta(days=2), 2)


def test_a_source_that_is_seen_again_is_not_blind(path):
    blocked = visit(capture(), outcome=Outcome.BLOCKED, reason="403")
    keep(path, blocked, visit(capture(days=1)))

    with Archive.to_read(path) as archive:
        found = archive.last_visits(["ice"], AT + timedelta(days=9))["ice"]

    assert (found.bad_visits, found.blind_since) == (0, None)
    assert (found.at, found.outcome) == (AT + timedelta(days=1), "new")


def test_a_visit_that_was_blocked_is_nothing_to_read(path):
    keep(path, visit(capture(), outcome=Outcome.BLOCKED, reason="403"))

    with Archive.to_read(path) as archive:
        assert list(archive.evidence.readable_visits("ice")) == []
        assert [v.reason for v in archive.failures(("ice",))] == ["403"]


def test_the_version_that_archives_are_checked_for_is_that_of_the_newest_migration() -> None:
    db = Database(memory=True)
    pending = len(migrations.pending(db))
    db.close()

    assert pending == SCHEMA


def test_an_archive_of_an_earlier_version_is_brought_up_to_date_by_reading(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(Database(db), stop_before="m003_confirmation")
    db.close()

    with Archive.to_read(path) as archive:
        assert archive.knowledge.standing("library") is None
        assert archive.db.execute("PRAGMA user_version").fetchone() == (SCHEMA,)


def test_an_archive_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    with Archive.to_write(path) as archive:
        archive.db.execute(f"PRAGMA user_version = {SCHEMA + 1}")

    for opened in (Archive.to_read, Archive.to_write):
        with pytest.raises(ArchiveError, match="newer version of Reworded"):
            opened(path)


def test_a_scratch_has_every_table_of_knowledge_and_cannot_write_to_the_evidence(
    tmp_path: Path,
) -> None:
    path = tmp_path / "archive.sqlite"
    Archive.to_write(path).close()

    with Archive.to_derive(path) as scratch:
        tables = scratch.db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
        own = {name for (name,) in tables.fetchall()} - {"sqlite_sequence"}
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            scratch.db.execute("UPDATE visits SET outcome = 'new'")

    assert own == set(KNOWLEDGE_TABLES)
    assert own > {s.split()[2] for s in KNOWLEDGE if s.startswith("CREATE TABLE")}


def test_the_last_whole_answer_is_found_as_fast_after_years_of_not_modified(tmp_path: Path) -> None:
    def steps(count: int) -> int:
        path = tmp_path / f"{count}.sqlite"
        later = [
            replace(capture(days=day), status=304, payload=b"", revisit=Revisit.NOT_MODIFIED)
            for day in range(1, count)
        ]
        keep(path, visit(capture()), *(visit(c, outcome=Outcome.UNCHANGED) for c in later))
        with Archive.to_read(path) as archive:
            taken: list[int] = []
            archive.db.set_progress_handler(lambda: taken.append(1), 1)
            assert archive.evidence.newest_told("ice", URL) == replace(capture(), payload=b"")
            return len(taken)

    assert steps(500) == steps(5)
