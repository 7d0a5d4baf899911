"""Verifying: whatever byte of the evidence is another, the record it belongs to is named."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from snapshots.archive import Archive, Probe
from snapshots.archive.chain import TABLES
from snapshots.archive.checks import Fault, faults, tasks
from snapshots.archive.notes import Note
from snapshots.archive.thinnings import Thinning
from snapshots.errors import ArchiveError
from snapshots.records import (
    Capture,
    Hop,
    Import,
    Outcome,
    Provenance,
    Revisit,
    Verdict,
    Visit,
    digest_of,
)

AT = datetime(2021, 5, 1, 6, tzinfo=UTC)
URL = "https://www.ice.gov/factsheets"
ALIENS = b"<main><p>Officers remove criminal aliens, and file Form I-247A.</p></main>" * 3
NONCITIZENS = ALIENS.replace(b"aliens", b"noncitizens")
KEPT = (*TABLES.values(), "links", "payloads", "chain_start")
# Bytes that are altered of each value, where it has so many.
BYTES_OF_A_VALUE = 200
RAW_BYTES = 800
# Of each form in which payloads are stored.
FLIPS = 60


def capture(payload: bytes, days: int, **others: object) -> Capture:
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
        **others,
    )


def visit(capture: Capture, outcome: Outcome, reason: str | None = None) -> Visit:
    at = capture.captured_at
    return Visit(
        source="ice",
        started_at=at,
        finished_at=at,
        outcome=outcome,
        reason=reason,
        captures=(capture,),
    )


PROBE = Probe(
    url=f"{URL}/1",
    final_url=f"{URL}/1",
    probed_at=AT,
    verdict=Verdict.GONE,
    status=404,
    hops=(Hop(URL, 301),),
    response_headers=(("Content-Type", "text/html"),),
    payload=b"<h1>Not found</h1>",
)
NOTE = Note(
    change=7,
    analyst="Ada",
    noted_at=AT,
    choices="edgi/1",
    importance="high",
    vocabulary=("page_text",),
    notice_given="no",
    available_at="https://example.org/é",
    note="Quietly.",
)


def thinning(visit: int, before: int) -> Thinning:
    return Thinning(
        source="ice",
        thinned_at=AT + timedelta(days=400),
        rule="keep every 30 days after 365 days",
        recipe_digest="0" * 16,
        payloads=1,
        size_bytes=26,
        from_at=AT + timedelta(days=3),
        to_at=AT + timedelta(days=3),
        visits=((visit, before),),
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of a few hundred records' bytes, with every kind of record, and no log beside it."""
    path = tmp_path_factory.mktemp("whole") / "archive.sqlite"
    with Archive.to_write(path) as archive, archive.transaction():
        evidence = archive.evidence
        number = evidence.begin_import(
            Import(name="a.warc", kind="warc", started_at=AT, digest=digest_of(b"file"))
        )
        memento = {
            "provenance": Provenance.MEMENTO,
            "memento_url": f"https://web.archive.org/{URL}",
        }
        taken = evidence.keep(
            visit(capture(ALIENS, 0, **memento), Outcome.NEW), imported=number, is_concluded=False
        )
        evidence.conclude(taken, Outcome.NEW, "the first")
        same = capture(ALIENS, 1, revisit=Revisit.SAME_PAYLOAD)
        evidence.keep(visit(same, Outcome.UNCHANGED))
        doubted = evidence.keep(visit(capture(NONCITIZENS, 2), Outcome.QUARANTINED, "other"))
        evidence.accept(doubted, AT, (PROBE,))
        archive.notes.keep(NOTE)
        noise = capture(b"<p>made anew each time</p>", 3)
        unchanged = evidence.keep(visit(noise, Outcome.UNCHANGED))
        archive.thinnings.keep(thinning(unchanged, taken), (noise.payload_digest,))
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = delete")
    db.close()
    return path


@pytest.fixture
def db(whole: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(whole, isolation_level=None)
    yield db
    db.close()


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """An archive with payloads that are whole, in a block, and differences from a whole one."""
    random = Random("page")
    lines = b"".join(b"<p>%s</p>\n" % random.randbytes(20).hex().encode() for _ in range(40))
    path = tmp_path_factory.mktemp("packed") / "archive.sqlite"
    with Archive.to_write(path) as archive:
        for day in range(60):
            served = lines + b"<p>Served %d with %s</p>" % (day, random.randbytes(8).hex().encode())
            archive.evidence.keep(visit(capture(served, day), Outcome.NEW))
            if day == 49:
                assert sum(each.payloads for each in archive.seal("ice")) == 50
        forms = "SELECT base IS NULL, block IS NULL, count(*) FROM payloads GROUP BY 1, 2"
        assert archive.db.execute(forms).fetchall() == [(0, 1, 9), (1, 0, 50), (1, 1, 1)]
        yield archive.db


def flip(db: sqlite3.Connection, table: str, column: str, number: int, place: int) -> None:
    """Alter one bit of a value."""
    asked = f"SELECT {column} FROM {table} WHERE rowid = ?"
    (held,) = db.execute(asked, (number,)).fetchone()
    other = held[:place] + bytes([held[place] ^ 1 << place % 8]) + held[place + 1 :]
    db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (other, number))


def found(db: sqlite3.Connection) -> list[Fault]:
    return sorted(fault for task in tasks(db) for fault in faults(db, task))


def held(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Return all that is evidence, value by value."""
    db.text_factory = bytes
    return [row for table in KEPT for row in db.execute(f"SELECT rowid, * FROM {table}").fetchall()]


def altered(value: object, random: Random) -> Iterator[object]:
    """Yield a value with one byte, or one bit of its number, that is another."""
    if isinstance(value, int):
        yield value ^ 1 << random.randrange(16)
    elif isinstance(value, bytes):
        places = random.sample(range(len(value)), min(len(value), BYTES_OF_A_VALUE))
        for place in places:
            other = bytes([value[place] ^ 1 << random.randrange(8)])
            yield value[:place] + other + value[place + 1 :]
    elif isinstance(value, str):
        yield from (told.decode("latin-1") for told in altered(value.encode(), random))
    else:
        yield "something"


def cells(db: sqlite3.Connection, table: str) -> Iterator[tuple[int, str, object]]:
    """Yield each value of a table with its row's number and its column."""
    cursor = db.execute(f"SELECT rowid, * FROM {table}")
    names = [column[0] for column in cursor.description][1:]
    for number, *values in cursor.fetchall():
        yield from ((number, name, each) for name, each in zip(names, values, strict=True))


def test_the_archive_is_whole_and_holds_every_kind_of_record(db: sqlite3.Connection) -> None:
    assert found(db) == []
    assert all(db.execute(f"SELECT 1 FROM {table}").fetchone() for table in KEPT)


@pytest.mark.parametrize("record", TABLES)
def test_any_byte_of_any_column_that_is_altered_names_the_record(
    db: sqlite3.Connection, record: str
) -> None:
    table, random = TABLES[record], Random(record)
    db.execute("PRAGMA foreign_keys = off")

    for number, column, value in list(cells(db, table)):
        for other in altered(value, random):
            if value is None and column == "import":
                other = 1
            elif value is None and column in ("status", "payload_digest"):
                continue
            db.execute("BEGIN")
            db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (other, number))
            told = found(db)
            db.execute("ROLLBACK")
            assert f"{record} {number}" in {fault.what for fault in told}, (column, value, other)
            assert told[0].what.split()[0] in (*TABLES, "payload"), told


def test_any_byte_of_a_link_that_is_altered_names_its_record(db: sqlite3.Connection) -> None:
    random = Random("links")
    of = {
        link: f"{record} {n}"
        for link, record, n in db.execute("SELECT id, record, number FROM links")
    }

    for number, column, value in list(cells(db, "links")):
        for other in altered(value, random):
            db.execute("BEGIN")
            db.execute(f"UPDATE OR IGNORE links SET {column} = ? WHERE rowid = ?", (other, number))
            if db.execute("SELECT changes()").fetchone() == (1,):
                assert of[number] in {fault.what for fault in found(db)}, (column, value, other)
            db.execute("ROLLBACK")


def test_any_byte_of_a_payload_as_it_is_stored_names_it(db: sqlite3.Connection) -> None:
    for number, digest, body in db.execute("SELECT rowid, digest, body FROM payloads").fetchall():
        for place in range(len(body)):
            db.execute("BEGIN")
            flip(db, "payloads", "body", number, place)
            told = [fault.what for fault in found(db)]
            db.execute("ROLLBACK")
            assert told == [f"payload {digest}"]


def test_any_byte_of_a_difference_a_block_or_a_vocabulary_names_the_payloads_in_it(
    packed: sqlite3.Connection,
) -> None:
    random = Random("packed")
    users = {
        ("payloads", "body"): "SELECT digest FROM payloads WHERE rowid = ? OR base ="
        " (SELECT digest FROM payloads WHERE rowid = ?1)",
        ("blocks", "body"): "SELECT digest FROM payloads WHERE block = ?",
        ("vocabularies", "pieces"): "SELECT digest FROM payloads WHERE block IN"
        " (SELECT id FROM blocks WHERE vocabulary = ?)",
    }
    for (table, column), using in users.items():
        rows = packed.execute(
            f"SELECT rowid, length({column}) FROM {table} WHERE length({column}) > 0"
        ).fetchall()
        for _ in range(FLIPS):
            number, size = random.choice(rows)
            named = {f"payload {digest}" for (digest,) in packed.execute(using, (number,))}
            packed.execute("BEGIN")
            flip(packed, table, column, number, random.randrange(size))
            told = {fault.what for fault in found(packed)}
            packed.execute("ROLLBACK")
            assert told
            assert told <= named
            assert len(told) == len(named) or table == "payloads"


def test_any_byte_of_a_digest_that_is_altered_is_told(packed: sqlite3.Connection) -> None:
    random = Random("digests")
    packed.execute("PRAGMA foreign_keys = off")
    for number, digest in packed.execute("SELECT rowid, digest FROM payloads").fetchall():
        place, bit = random.randrange(len(digest)), random.choice((0, 4, 7))
        octets = bytearray(digest.encode())
        octets[place] ^= 1 << bit
        packed.execute("BEGIN")
        packed.execute(
            "UPDATE payloads SET digest = CAST(? AS TEXT) WHERE rowid = ?", (bytes(octets), number)
        )
        told = [str(fault) for fault in found(packed)]
        packed.execute("ROLLBACK")
        assert any(each.startswith(f"capture {number} ") for each in told), (digest, place, bit)
    packed.execute("PRAGMA foreign_keys = on")


def test_the_size_of_a_sealed_payload_is_checked_too(packed: sqlite3.Connection) -> None:
    (digest,) = packed.execute("SELECT min(digest) FROM payloads WHERE place > 0").fetchone()
    packed.execute("BEGIN")
    packed.execute("UPDATE payloads SET size_bytes = size_bytes + 1 WHERE digest = ?", (digest,))
    told = [str(fault) for fault in found(packed)]
    packed.execute("ROLLBACK")

    assert [(digest in each, "its size" in each) for each in told] == [(True, True)]


@pytest.mark.parametrize(
    ("statement", "what", "wrong"),
    [
        ("UPDATE payloads SET size_bytes = size_bytes + 1 WHERE rowid = 1", "payload ", "its size"),
        ("DELETE FROM probes", "probe 1", "is not there, though it was kept as link 9"),
        (
            "DELETE FROM visits WHERE id = 2",
            "visit 2",
            "is not there, though it was kept as link 4",
        ),
        ("DELETE FROM links WHERE id = 4", "visit 2", "is covered by no link of the chain"),
        ("DELETE FROM links WHERE id > 4", "capture 2", "is covered by no link of the chain"),
        ("DELETE FROM links WHERE id = 4", "capture 2", "is link 5 where 4 should be"),
        ("UPDATE chain_start SET hash = randomblob(32)", "import 1", "was altered"),
        (
            "INSERT INTO links (record, number, hash) VALUES ('visit', 2, zeroblob(32))",
            "visit 2",
            "is covered by several links",
        ),
        (
            "INSERT INTO links (record, number, hash) VALUES ('secret', 2, zeroblob(32))",
            "secret 2",
            "is nothing that this version of Reworded knows",
        ),
        (
            "INSERT INTO payloads (digest, size_bytes, body)"
            " SELECT digest || '0', size_bytes, body FROM payloads LIMIT 1",
            "payload ",
            "belongs to no capture and no probe",
        ),
    ],
)
def test_what_is_gone_or_was_put_in_is_told(
    db: sqlite3.Connection, statement: str, what: str, wrong: str
) -> None:
    db.execute("PRAGMA foreign_keys = off")
    db.execute("BEGIN")
    db.execute(statement)
    told = found(db)
    db.execute("ROLLBACK")

    assert [f for f in told if f.what.startswith(what) and wrong in f.wrong], told


def test_the_first_fault_is_that_of_the_record_that_was_kept_first(db: sqlite3.Connection) -> None:
    db.execute("BEGIN")
    db.execute("UPDATE probes SET probed_at = '2020-01-01T00:00:00Z'")
    db.execute("UPDATE captures SET status = 404 WHERE id = 2")
    db.execute("UPDATE payloads SET body = x'00' WHERE digest = ?", (digest_of(NONCITIZENS),))
    told = [fault.what for fault in found(db)]
    db.execute("ROLLBACK")

    assert told == ["capture 2", f"payload {digest_of(NONCITIZENS)}", "probe 1"]


def test_a_chain_that_was_cut_since_it_was_verified_is_told(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.sqlite"
    path.write_bytes(whole.read_bytes())
    with Archive.to_write(path) as archive:
        archive.note_verified(AT, archive.evidence.chain.length())
        archive.db.execute("PRAGMA foreign_keys = off")
        archive.db.execute("DELETE FROM links WHERE id > 7")
        archive.db.execute("DELETE FROM thinnings")
        archive.db.execute("DELETE FROM captures WHERE visit = 4")
        archive.db.execute("DELETE FROM visits WHERE id = 4")
        archive.db.execute("DELETE FROM payloads WHERE thinned_at IS NOT NULL")
        archive.db.execute("DELETE FROM probes")
        archive.db.execute("DELETE FROM acceptances")
        archive.db.execute("DELETE FROM notes")
        archive.db.execute(
            "DELETE FROM payloads WHERE digest = ?", (digest_of(PROBE.payload or b""),)
        )

        assert [str(fault) for fault in found(archive.db)] == [
            "the chain is cut short: when verified at 2021-05-01T06:00:00Z, it had 13 links"
        ]


def test_any_byte_of_the_file_is_either_no_evidence_or_its_alteration_is_told(
    whole: Path, tmp_path: Path
) -> None:
    path, random = tmp_path / "flipped.sqlite", Random("file")
    before = whole.read_bytes()
    with sqlite3.connect(whole) as db:
        evidence = held(db)
    db.close()
    silent = 0

    for place in random.sample(range(len(before)), RAW_BYTES):
        flipped = before[place] ^ 1 << random.randrange(8)
        path.write_bytes(before[:place] + bytes([flipped]) + before[place + 1 :])
        try:
            with Archive.to_read(path) as archive:
                told = list(archive.problems())
                if not told:
                    assert held(archive.db) == evidence, place
                    silent += 1
        except ArchiveError:
            continue
    assert 0 < silent < RAW_BYTES
