"""Packed headers: the same evidence, byte by byte, in a fraction of the room."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import sleep

import pytest

from snapshots.archive import Archive, header_packing
from snapshots.archive.checks import faults, tasks
from snapshots.archive.headers import Templates
from snapshots.archive.health import health
from snapshots.errors import ArchiveError
from snapshots.records import Capture, Headers, Outcome, Visit, digest_of

AT = datetime(2021, 5, 1, 6, tzinfo=UTC)
URL = "https://www.ice.gov/library?page={}"
SENT = (("User-Agent", "reworded"), ("Accept", "*/*"))
KILLS, DAYS = 8, 600
PACKS = """
import sys
from pathlib import Path
from snapshots.archive import Archive, header_packing
header_packing.AT_ONCE = 20
with Archive.to_write(Path(sys.argv[1])) as archive:
    print("begun", flush=True)
    for count in archive.pack_headers():
        pass
    archive.give_back(is_loose=True)
"""


def answered(day: int) -> Headers:
    """Return what a server says: a moment and a tag of its own, a policy that is replaced."""
    return (
        ("Date", f"{AT + timedelta(days=day):%a, %d %b %Y %H:%M:%S} GMT"),
        ("Content-Type", "text/html; charset=utf-8"),
        ("Set-Cookie", "[not kept]"),
        ("Set-Cookie", "[not kept]"),
        ("ETag", f'W/"{day // 3}\\é"'),
        ("Content-Security-Policy", f"default-src 'self' cdn{day // 50}.gov; {'x' * 500}"),
        ("X-Note", "“1”"),
    )


def keep(archive: Archive, day: int, *lists: Headers) -> None:
    at = AT + timedelta(days=day)
    captures = tuple(
        Capture(
            url=URL.format(page),
            final_url=URL.format(page),
            captured_at=at,
            status=200,
            payload=b"<p>as it was</p>",
            payload_digest=digest_of(b"<p>as it was</p>"),
            request_headers=SENT,
            response_headers=headers,
        )
        for page, headers in enumerate(lists)
    )
    visit = Visit(
        source="ice", started_at=at, finished_at=at, outcome=Outcome.UNCHANGED, captures=captures
    )
    with archive.transaction(is_urgent=False):
        archive.evidence.keep(visit)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.sqlite"


def filled(path: Path, days: int = 120) -> list[list[Capture]]:
    """Make an archive of two pages' headers; return its captures, visit by visit."""
    with Archive.to_write(path) as archive:
        for day in range(days):
            keep(archive, day, answered(day), answered(day)[:-1])
        return read(archive)


def read(archive: Archive) -> list[list[Capture]]:
    visits = archive.db.execute("SELECT id FROM visits ORDER BY id").fetchall()
    return [archive.evidence.captures_of(number) for (number,) in visits]


def records(archive: Archive) -> list[str | None]:
    return [link.canonical for link in archive.evidence.chain.links()]


def header_bytes(archive: Archive) -> int:
    row = archive.db.execute(
        "SELECT sum(length(request_headers) + length(response_headers))"
        " + (SELECT coalesce(sum(length(lines)), 0) FROM header_templates) FROM captures"
    ).fetchone()
    return int(row[0])


def packed_templates(archive: Archive) -> int:
    return int(archive.db.execute("SELECT count(*) FROM header_templates").fetchone()[0])


def view(archive: Archive) -> list[tuple[object, ...]]:
    return archive.db.execute("SELECT * FROM capture_headers ORDER BY 1, 2, 3").fetchall()


def named(db: sqlite3.Connection) -> set[str]:
    return {fault.what for task in tasks(db) for fault in faults(db, task)}


def test_packed_headers_are_the_same_evidence_in_a_tenth_of_the_room(path: Path) -> None:
    before = filled(path)
    with Archive.to_write(path) as archive:
        told, size_bytes, linked = view(archive), header_bytes(archive), records(archive)

        assert list(archive.pack_headers()) == [240]

        assert read(archive) == before
        assert records(archive) == linked
        assert view(archive) == told
        assert list(archive.problems()) == []
        assert header_bytes(archive) < size_bytes / 10
        # What is sent, and two lists of names under three policies.
        assert packed_templates(archive) == 7
        assert list(archive.pack_headers()) == []


def test_what_comes_later_uses_the_templates_that_there_are(path: Path) -> None:
    filled(path)
    with Archive.to_write(path) as archive:
        list(archive.pack_headers())
        before = packed_templates(archive)
        for day in (120, 121):
            keep(archive, day, answered(day), answered(day)[:-1])

        assert list(archive.pack_headers(least=5)) == []
        assert list(archive.pack_headers(least=4)) == [4]

        assert packed_templates(archive) == before
        assert read(archive)[-1][0].response_headers == answered(121)
        assert archive.db.execute(
            "SELECT count(*) FROM captures WHERE response_headers LIKE '[[%'"
        ).fetchone() == (0,)


def test_the_view_tells_names_and_values_in_their_order(path: Path) -> None:
    filled(path, days=20)
    with Archive.to_write(path) as archive:
        list(archive.pack_headers())
        rows = archive.db.execute(
            "SELECT direction, name, value FROM capture_headers WHERE capture = 15"
            " ORDER BY direction, place"
        ).fetchall()

    assert rows == [
        *(("request", *line) for line in SENT),
        *(("response", *line) for line in answered(7)),
    ]


def test_the_programs_own_questions_read_packed_headers(path: Path) -> None:
    filled(path, days=20)
    with Archive.to_write(path) as archive:
        list(archive.pack_headers())

        last = archive.evidence.newest_told("ice", URL.format(0))
        kind = archive.evidence.content_type(digest_of(b"<p>as it was</p>"))

    assert last is not None
    assert last.header("etag") == answered(19)[4][1]
    assert kind == "text/html; charset=utf-8"
    assert set(health(path).ahead_s) == {0.0}


@pytest.mark.parametrize("written", ["[]", '[["A", "b"]]', "[[1,2]]", '[["A","b","c"]]', "{}"])
def test_what_would_not_be_put_together_again_stays_as_it_is(path: Path, written: str) -> None:
    filled(path, days=20)
    with Archive.to_write(path) as archive:
        archive.db.execute("UPDATE captures SET request_headers = ?", (written,))
        list(archive.pack_headers())

        assert archive.db.execute("SELECT DISTINCT request_headers FROM captures").fetchall() == [
            (written,)
        ]


def test_a_list_that_is_like_no_other_stays_as_it_is(path: Path) -> None:
    with Archive.to_write(path) as archive:
        keep(archive, 0, (("X-Once", "a"),))
        list(archive.pack_headers())

        assert packed_templates(archive) == 0


def test_what_reads_back_otherwise_is_not_packed(path: Path, monkeypatch) -> None:
    before = filled(path)
    monkeypatch.setattr(header_packing._Template, "packed", lambda *_: '[1,"another"]')
    with Archive.to_write(path) as archive:
        with pytest.raises(ArchiveError, match="could not be packed; they stay as they were"):
            list(archive.pack_headers())

        assert packed_templates(archive) == 0
        assert read(archive) == before


@pytest.fixture
def packed(path: Path) -> Iterator[sqlite3.Connection]:
    filled(path, days=12)
    with Archive.to_write(path) as archive:
        list(archive.pack_headers())
        yield archive.db


def flipped(text: str, random: Random) -> Iterator[str]:
    written = text.encode()
    for place in range(len(written)):
        other = bytes([written[place] ^ 1 << random.randrange(7)])
        yield (written[:place] + other + written[place + 1 :]).decode("utf-8", "replace")


def test_any_byte_of_a_packed_list_that_is_altered_names_the_capture(
    packed: sqlite3.Connection,
) -> None:
    random = Random("lists")
    for column in ("request_headers", "response_headers"):
        (text,) = packed.execute(f"SELECT {column} FROM captures WHERE id = 7").fetchone()
        for other in flipped(text, random):
            packed.execute("BEGIN")
            packed.execute(f"UPDATE captures SET {column} = ? WHERE id = 7", (other,))
            told = named(packed)
            packed.execute("ROLLBACK")
            assert told == {"capture 7"}, other


def test_any_byte_of_a_template_that_is_altered_names_its_captures(
    packed: sqlite3.Connection,
) -> None:
    random = Random("templates")
    for number, text in packed.execute("SELECT id, lines FROM header_templates").fetchall():
        users = packed.execute(
            "SELECT id FROM captures WHERE request_headers LIKE ?1 OR response_headers LIKE ?1",
            (f"[{number}%",),
        ).fetchall()
        assert users
        for other in random.sample(list(flipped(text, random)), k=min(60, len(text))):
            packed.execute("BEGIN")
            packed.execute("UPDATE header_templates SET lines = ? WHERE id = ?", (other, number))
            told = named(packed)
            packed.execute("ROLLBACK")
            assert told == {f"capture {user}" for (user,) in users}, other


def test_a_template_that_is_gone_is_told_by_whatever_needs_it(packed: sqlite3.Connection) -> None:
    (text,) = packed.execute("SELECT response_headers FROM captures WHERE id = 7").fetchone()
    packed.execute("DELETE FROM header_templates")

    assert "capture 7" in named(packed)
    with pytest.raises(ArchiveError, match="their template is not there"):
        Templates(packed).whole(text)


def test_killed_at_any_moment_packing_loses_nothing_and_goes_on(path: Path) -> None:
    before, random, taken = filled(path, days=DAYS), Random(1), [0]
    for number in range(KILLS):
        child = subprocess.Popen([sys.executable, "-c", PACKS, str(path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == b"begun\n"
        sleep(random.uniform(0, 0.05 + 0.01 * number))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        with Archive.to_read(path) as archive:
            assert list(archive.problems()) == []
            mark = archive.db.execute("SELECT capture FROM header_packing").fetchone()[0]
            taken.append(int(mark))
    with Archive.to_write(path) as archive:
        list(archive.pack_headers())
        assert read(archive) == before
    assert taken == sorted(taken)
    assert any(0 < mark < 2 * DAYS for mark in taken)


def test_lists_of_any_kind_are_read_as_they_were_sent(path: Path) -> None:
    random = Random("any")
    words = ["", "1", '"', "\\", "[1]", "é", "“", "\x1f", "],[", "a" * 80, "\u2028"]
    with Archive.to_write(path) as archive:
        for day in range(60):
            names = [f"N{n}{random.choice('xy')}" for n in range(random.randrange(4))]
            lists = tuple((name, random.choice(words)) for name in names)
            keep(archive, day, lists, (("Fixed", "b" * 90), *lists))
        before = read(archive)
        list(archive.pack_headers())

        assert packed_templates(archive) > 0
        assert read(archive) == before
        assert list(archive.problems()) == []
