"""Sealing loses no payload: not when it goes well, nor when it is killed."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import sleep

import pytest
import zstandard
from sqlite_utils import Database

from snapshots.archive import Archive, Probe, sealing
from snapshots.archive.archive import APPLICATION_ID, SCHEMA
from snapshots.archive.schema import migrations
from snapshots.errors import ArchiveError
from snapshots.records import Capture, Outcome, Verdict, Visit, digest_of

AT = datetime(2021, 5, 1, 6, 0, 0, tzinfo=UTC)
WORDS = [Random(n).randbytes(3 + n % 4).hex() for n in range(2000)]
KILLS = 12
SEALS = """
import sys
from pathlib import Path
from snapshots.archive import Archive
with Archive.to_write(Path(sys.argv[1])) as archive:
    print("begun", flush=True)
    for sealed in archive.seal("library"):
        print(sealed.payloads, flush=True)
    archive.give_back()
"""


def item(number: int) -> str:
    words = " ".join(Random(number).choices(WORDS, k=30))
    return f"<li><a href='/doc/{number}'>Fact sheet {number}</a><p>{words}</p></li>"


def served(page: int, day: int) -> bytes:
    """Return a page of a listing whose items slide on by one a day, with a token of its own."""
    items = "\n".join(item(1000 - day + 10 * page + n) for n in range(10))
    token = Random(f"{page}/{day}").randbytes(16).hex()
    return f"<form id='form-{token}'></form><ul>\n{items}\n</ul>".encode()


def keep(
    archive: Archive,
    day: int,
    *payloads: bytes,
    source: str = "library",
    probed: bytes | None = None,
) -> None:
    at = AT + timedelta(days=day)
    captures = tuple(
        Capture(
            url=f"https://www.ice.gov/library?page={page}",
            final_url=f"https://www.ice.gov/library?page={page}",
            captured_at=at,
            status=200,
            payload=payload,
            payload_digest=digest_of(payload),
        )
        for page, payload in enumerate(payloads)
    )
    kept = Visit(
        source=source, started_at=at, finished_at=at, outcome=Outcome.NEW, captures=captures
    )
    link = "https://www.ice.gov/doc/7"
    answer = Probe(
        url=link,
        final_url=link,
        probed_at=at,
        verdict=Verdict.DELISTED,
        status=200,
        payload=probed,
    )
    with archive.transaction(is_urgent=False):
        archive.evidence.keep(kept, (answer,) if probed else ())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.sqlite"


def filled(path: Path, days: int = 40, pages: int = 3) -> dict[str, bytes]:
    """Make an archive of a listing's pages; return them by their digests."""
    all_served = [[served(page, day) for page in range(pages)] for day in range(days)]
    with Archive.to_write(path) as archive:
        for day, payloads in enumerate(all_served):
            keep(archive, day, *payloads)
    return {digest_of(payload): payload for each in all_served for payload in each}


def unsealed(archive: Archive) -> int:
    row = archive.db.execute("SELECT count(*) FROM payloads WHERE block IS NULL").fetchone()
    return int(row[0])


def blocks_held(archive: Archive) -> tuple[int, int]:
    row = archive.db.execute(
        "SELECT (SELECT count(*) FROM blocks), (SELECT count(*) FROM vocabularies)"
    ).fetchone()
    return int(row[0]), int(row[1])


def all_of(archive: Archive) -> dict[str, bytes]:
    payloads = archive.evidence.payloads
    return {digest: payloads.payload(digest) for digest in payloads.digests()}


def test_every_payload_is_there_after_sealing_in_a_fraction_of_the_room(path):
    held = filled(path)
    size_bytes = path.stat().st_size

    with Archive.to_write(path) as archive:
        (sealed,) = archive.seal("library")
        saved_bytes = archive.give_back()

    with Archive.to_read(path) as archive:
        assert all_of(archive) == held
        assert list(archive.problems()) == []
        assert unsealed(archive) == 0
    assert sealed.payloads == 120
    assert sealed.after_bytes < sealed.before_bytes / 4
    assert saved_bytes > 0
    assert path.stat().st_size < size_bytes


def test_what_probes_answered_is_sealed_after_what_was_captured(path):
    filled(path, days=10)
    with Archive.to_write(path) as archive:
        for days in ((10, 11), (12, 13)):
            for day in days:
                keep(archive, day, served(0, day), probed=served(9, day))
            held = all_of(archive)
            list(archive.seal("library"))

            assert all_of(archive) == held
            assert list(archive.problems()) == []
            assert unsealed(archive) == 0


def test_probes_that_do_not_pay_keep_no_capture_from_being_sealed(path):
    filled(path)
    with Archive.to_write(path) as archive:
        keep(archive, 40, probed=Random(1).randbytes(200_000).replace(b"\0", b"").hex().encode())
        list(archive.seal("library"))

        assert unsealed(archive) <= 1
        assert list(archive.problems()) == []


def test_what_comes_later_joins_the_newest_block_until_that_is_full(path, monkeypatch):
    monkeypatch.setattr(sealing, "MOST_RAW_BYTES", 12 * len(served(0, 0)))
    held = filled(path, days=8, pages=1)
    counts = []
    with Archive.to_write(path) as archive:
        list(archive.seal("library"))
        for day in range(8, 24, 2):
            for added in (served(0, day), served(0, day + 1)):
                keep(archive, day, added)
                held[digest_of(added)] = added
            counts.append(sum(sealed.payloads for sealed in archive.seal("library")))

        assert all_of(archive) == held
        # The last two are one for the block that it fills, and one that alone does not pay.
        assert counts == [2] * 7 + [1]
        assert unsealed(archive) == 1
        assert blocks_held(archive) == (2, 1)


def test_a_payload_is_read_while_its_base_is_sealed(path):
    held = filled(path, days=5, pages=1)
    with Archive.to_write(path) as archive:
        newest = served(0, 4)
        archive.db.execute(
            "UPDATE captures SET url = 'x' WHERE payload_digest = ?", (digest_of(newest),)
        )
        keep(archive, 6, newest + b"<p>More</p>", source="other")
        base = archive.db.execute("SELECT base FROM payloads ORDER BY rowid DESC").fetchone()[0]

        list(archive.seal("library"))

        assert base in held
        assert archive.evidence.payload(digest_of(newest + b"<p>More</p>")).endswith(b"More</p>")


def test_after_sealing_the_next_payload_is_kept_whole_and_those_after_it_differ(path):
    filled(path, days=5, pages=1)
    with Archive.to_write(path) as archive:
        list(archive.seal("library"))
        keep(archive, 5, served(0, 5))
        keep(archive, 6, served(0, 5) + b"<p>More</p>")
        bases = archive.db.execute("SELECT base FROM payloads WHERE block IS NULL ORDER BY rowid")

        assert bases.fetchall() == [(None,), (digest_of(served(0, 5)),)]


def test_what_does_not_pay_stays_as_it_is(path):
    noise = [Random(day).randbytes(3000).replace(b"\x00", b"a") for day in range(5)]
    with Archive.to_write(path) as archive:
        for day, payload in enumerate(noise):
            keep(archive, day, payload)

        assert list(archive.seal("library")) == []
        assert (unsealed(archive), blocks_held(archive)) == (5, (0, 0))


def test_what_cannot_be_sealed_or_is_damaged_stays_and_all_else_is_sealed(path):
    filled(path)
    with Archive.to_write(path) as archive:
        keep(archive, 50, b"<p>a\x00b</p>" * 100)
        archive.db.execute(
            "UPDATE payloads SET body = x'00' WHERE digest = ?", (digest_of(served(2, 39)),)
        )
        (sealed,) = archive.seal("library")

        assert sealed.payloads == 119
        assert unsealed(archive) == 2
        (problem,) = archive.evidence.payloads.problems()
        assert digest_of(served(2, 39)) in problem


def test_little_is_left_until_there_is_enough(path):
    filled(path)
    with Archive.to_write(path) as archive:
        assert list(archive.seal("library", least_bytes=10_000_000)) == []
        assert len(list(archive.seal("library", least_bytes=10_000))) == 1
        assert list(archive.seal("library", least_bytes=1)) == []


def test_a_block_that_reads_back_otherwise_is_not_kept(path, monkeypatch):
    held = filled(path)
    monkeypatch.setattr(sealing, "payloads_in", lambda *_: [b"another"] * 120)
    with Archive.to_write(path) as archive:
        with pytest.raises(ArchiveError, match="could not be sealed; it stays as it was"):
            list(archive.seal("library"))

        assert (unsealed(archive), blocks_held(archive)) == (120, (0, 0))
        assert all_of(archive) == held


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ("UPDATE blocks SET body = substr(body, 1, length(body) / 2)", 120),
        ("UPDATE blocks SET crc = crc + 1", 120),
        ("UPDATE vocabularies SET pieces = x'00'", 120),
        ("DELETE FROM blocks", 120),
        ("UPDATE payloads SET place = 7 - place WHERE place IN (3, 4)", 2),
        ("UPDATE payloads SET place = NULL WHERE place = 3", 1),
        ("UPDATE payloads SET block = 1 << 40 WHERE place = 3", 1),
        ("UPDATE payloads SET block = NULL WHERE place = 3", 1),
    ],
)
def test_verifying_names_each_sealed_payload_that_is_not_as_it_was(path, statement, count):
    filled(path)
    with Archive.to_write(path) as archive:
        list(archive.seal("library"))
        assert list(archive.problems()) == []
        archive.db.execute("PRAGMA foreign_keys = off")
        archive.db.execute(statement)

        told = [each for each in archive.problems() if each.startswith("payload ")]

    assert len({each.split()[1] for each in told}) == count


def test_others_read_on_while_the_file_is_written_anew(path):
    held = filled(path)
    with Archive.to_read(path) as reader, closing(reader.db.cursor()) as reading:
        reading.execute("SELECT digest FROM payloads")
        reading.fetchone()
        with Archive.to_write(path) as archive:
            list(archive.seal("library"))
            assert archive.give_back() > 0

        assert len(reading.fetchall()) == 119
        assert all_of(reader) == held


def test_a_payload_is_read_though_it_is_sealed_anew_meanwhile(path):
    held = filled(path)
    with Archive.to_write(path) as archive:
        list(archive.seal("library"))
        keep(archive, 41, served(0, 41))
    sealed = []

    def seal_meanwhile(statement: str) -> None:
        if "FROM blocks" in statement and not sealed:
            with Archive.to_write(path) as archive:
                sealed.extend(archive.seal("library"))

    with Archive.to_read(path) as reader:
        reader.db.set_trace_callback(seal_meanwhile)

        assert reader.evidence.payload(digest_of(served(1, 1))) == held[digest_of(served(1, 1))]
        assert len(sealed) == 1
        assert reader.evidence.payload(digest_of(served(0, 41))) == served(0, 41)


def test_a_file_without_empty_pages_is_left_alone(path):
    filled(path)
    with Archive.to_write(path) as archive:
        assert archive.give_back() == 0


def test_an_archive_from_before_there_were_blocks_is_read_and_sealed(path):
    payloads = [served(0, day) for day in range(30)]
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Database(db), stop_before="m008_payloads")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA - 1}")
        for payload in payloads:
            body = zstandard.ZstdCompressor(level=3).compress(payload)
            row = (digest_of(payload), len(payload), body)
            db.execute("INSERT INTO payloads (digest, size_bytes, body) VALUES (?, ?, ?)", row)

    with Archive.to_write(path) as archive:
        assert list(all_of(archive).values()) == payloads
        for day, payload in enumerate(payloads):
            keep(archive, day, payload)
        (sealed,) = archive.seal("library")

        assert sealed.payloads == 30
        assert sorted(all_of(archive).values()) == sorted(payloads)


def test_killed_at_any_moment_sealing_loses_nothing_and_goes_on(path):
    held = filled(path, days=100, pages=10)
    random, sealed = Random(1), [0]
    for number in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", SEALS.replace("with", WITH_SMALL_BLOCKS + "with", 1), str(path)],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"begun\n"
        sleep(random.uniform(0, 0.15 + 0.03 * number))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        with Archive.to_read(path) as archive:
            assert list(archive.problems()) == []
            assert set(archive.evidence.payloads.digests()) == set(held)
            sealed.append(len(held) - unsealed(archive))
    with Archive.to_write(path) as archive:
        list(archive.seal("library"))
        archive.give_back()
        assert all_of(archive) == held
        assert unsealed(archive) == 0
    assert sealed == sorted(sealed)
    assert any(0 < count < len(held) for count in sealed)


WITH_SMALL_BLOCKS = "from snapshots.archive import sealing; sealing.MOST_RAW_BYTES = 200_000\n"
