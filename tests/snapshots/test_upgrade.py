"""Growing old: an archive of an earlier version is copied, brought up to date, and the same."""

import gzip
import json
import logging
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import COMMANDS

from crawler.cli import main
from snapshots.archive import Archive
from snapshots.archive.archive import SCHEMA
from snapshots.archive.chain import Chain
from snapshots.archive.upgrade import lack_of_room
from snapshots.errors import ArchiveError

FIXTURES = sorted((Path(__file__).parents[1] / "archives").glob("schema-*"))
# Its captures have a chain of their own.
OWN_CHAIN = pytest.mark.parametrize(
    "old", [FIXTURES[0].with_name("schema-6")], indirect=True, ids=["schema-6"]
)
KNOWLEDGE = ("snapshots", "items", "item_versions", "changes", "substitutions")
# Columns that an upgrade fills, by table, and one that moved to a table of its own.
APART = {
    "payloads": {"crc"},
    "snapshots": {"kept_by", "tail"},
    "item_versions": {"id", "first_at", "until_at", "further"},
    "changes": {"told_at"},
}
OPEN = "import sys; from pathlib import Path; from snapshots.archive import Archive; "
TO_WRITE = f"{OPEN}Archive.to_write(Path(sys.argv[1])).close()"
ROOT = Path(__file__).parents[2]


def rows(path: Path, *tables: str) -> dict[str, list[dict[str, object]]]:
    """Return what tables hold, row by row, without columns that are NULL, or came later."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    found = {
        table: sorted(
            (
                {
                    name: row[name]
                    for name in sorted(row.keys())
                    if row[name] is not None and name not in APART.get(table, ())
                }
                for row in db.execute(f"SELECT * FROM {table}")
            ),
            key=repr,
        )
        for table in tables
    }
    db.close()
    return found


def dump(path: Path) -> list[str]:
    """Return all that a file holds, as SQL."""
    db = sqlite3.connect(path)
    found = list(db.iterdump())
    db.close()
    return found


def problems(path: Path) -> list[str]:
    with Archive.to_read(path) as archive:
        return list(archive.problems())


def common(now: object, then: object) -> object:
    """Return what is told now, without the keys that were not told then."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {key: common(now[key], then[key]) for key in now if key in then}
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        return [common(*pair) for pair in zip(now, then, strict=True)]
    return now


@pytest.fixture(params=FIXTURES, ids=lambda folder: folder.name)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """An archive as an earlier version left it, with its configuration."""
    for file in request.param.iterdir():
        shutil.copy(file, tmp_path / file.name)
    packed = tmp_path / "archive.sqlite.gz"
    path = tmp_path / "archive.sqlite"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    return path


@pytest.fixture
def version(old: Path) -> int:
    db = sqlite3.connect(old)
    found = db.execute("PRAGMA user_version").fetchone()[0]
    db.close()
    return int(found)


def test_there_is_an_archive_of_each_released_schema() -> None:
    assert [folder.name for folder in FIXTURES] == ["schema-17", "schema-6"]
    assert sum(f.stat().st_size for each in FIXTURES for f in each.iterdir()) < 200_000


def test_an_older_archive_holds_the_same_evidence_and_knowledge_afterwards(old: Path) -> None:
    evidence = ("payloads", "visits", "captures", "probes", "acceptances")
    before = rows(old, *KNOWLEDGE, *evidence)
    for capture in before["captures"]:
        capture.pop("chain", None)

    Archive.to_write(old).close()

    assert rows(old, *KNOWLEDGE, *evidence) == before
    assert problems(old) == []


def test_the_commands_tell_what_they_told_when_it_was_written(
    old: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, arguments in COMMANDS.items():
        code = main(["--config", str(old.parent / "config.toml"), *arguments])
        now = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        then = [json.loads(line) for line in (old.parent / name).read_text("utf-8").splitlines()]
        assert (code, common(now, then)) == (0, then)


@OWN_CHAIN
def test_the_chain_goes_on_from_the_newest_hash_of_the_captures_own(old: Path) -> None:
    db = sqlite3.connect(old)
    (newest,) = db.execute("SELECT chain FROM captures ORDER BY id DESC LIMIT 1").fetchone()
    db.close()

    with Archive.to_write(old) as archive:
        chain = Chain(archive.db)
        linked = [(link.record, link.number) for link in chain.links()]
        first = next(chain.links())

    assert first.before == newest
    assert linked[:4] == [("visit", 1), ("capture", 1), ("visit", 2), ("capture", 2)]
    assert linked[-1] == ("acceptance", 1)
    assert len(linked) == len(set(linked))


def test_a_copy_is_made_before_and_told(
    old: Path, version: int, caplog: pytest.LogCaptureFixture
) -> None:
    before = dump(old)

    with caplog.at_level(logging.WARNING):
        Archive.to_write(old).close()

    copy = old.with_name(f"archive.sqlite.schema-{version}.bak")
    assert dump(copy) == before
    assert caplog.messages == [
        f"{old}: brought up to date, from version {version} of its tables to {SCHEMA}; "
        f"{copy.name} is a copy from before, to be deleted when all is well"
    ]
    assert {p.name for p in old.parent.iterdir() if p.suffix in (".bak", ".partial")} == {copy.name}


def test_the_command_line_tells_of_the_copy(old: Path, version: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", TO_WRITE, old], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert f"archive.sqlite.schema-{version}.bak is a copy from before" in ended.stderr


def test_a_copy_is_never_written_over_another(old: Path, version: int) -> None:
    taken = old.with_name(f"archive.sqlite.schema-{version}.bak")
    taken.write_bytes(b"a copy of something else")

    Archive.to_write(old).close()

    assert taken.read_bytes() == b"a copy of something else"
    assert problems(old) == []
    assert old.with_name(f"archive.sqlite.schema-{version}.2.bak").is_file()


def test_an_archive_that_is_new_is_not_copied(tmp_path: Path) -> None:
    Archive.to_write(tmp_path / "archive.sqlite").close()

    assert {p.name for p in tmp_path.iterdir()} == {"archive.sqlite", "archive.sqlite.lock"}


def test_what_the_disk_has_no_room_for_is_not_begun() -> None:
    path = Path("archive.sqlite")

    assert lack_of_room(path, 5_000_000, 10_000_000) is None
    assert lack_of_room(path, 5_000_000, 9_999_999) == (
        "archive.sqlite: is of an earlier version, and there is no room to bring it up to date: "
        "it takes 10.0 MB, for a copy first, and 10.0 MB are free; nothing was changed"
    )


def test_a_copy_that_cannot_be_finished_leaves_the_archive_as_it_was(old: Path) -> None:
    before = dump(old)

    ended = subprocess.run(
        [sys.executable, "-c", TO_WRITE, old],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
    )

    assert "ArchiveError" in ended.stderr
    assert dump(old) == before
    assert not list(old.parent.glob("*.bak"))
    assert not list(old.parent.glob("*.partial*"))
    Archive.to_write(old).close()
    assert problems(old) == []


KILLED = f"""{OPEN}
import os, signal, sqlite3
at = int(sys.argv[2])
class Mortal(sqlite3.Connection):
    steps = 0
    def execute(self, *told):
        Mortal.steps += 1
        if Mortal.steps == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(*told)
connect = sqlite3.connect
sqlite3.connect = lambda *a, **k: connect(*a, **k, factory=Mortal)
Archive.to_write(Path(sys.argv[1])).close()
print(Mortal.steps)
"""


def test_an_upgrade_that_is_killed_at_any_moment_begins_again(old: Path, version: int) -> None:
    begun = old.read_bytes()
    before = rows(old, "visits", "probes", "acceptances", *KNOWLEDGE)

    def run(at: int) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", KILLED, old, str(at)], cwd=ROOT, capture_output=True, text=True
        )

    steps = int(run(0).stdout)
    for at in range(1, steps, max(1, steps // 12)):
        for left in old.parent.glob("archive.sqlite*"):
            left.unlink()
        old.write_bytes(begun)
        assert run(at).returncode == -signal.SIGKILL, at
        Archive.to_write(old).close()
        assert rows(old, *before) == before, at
        assert problems(old) == [], at
        assert [p.name for p in old.parent.glob("*.bak")] == [
            f"archive.sqlite.schema-{version}.bak"
        ], at
        assert not list(old.parent.glob("*.partial*")), at


@OWN_CHAIN
def test_an_archive_whose_old_chain_is_no_chain_is_left_as_it_was(old: Path) -> None:
    db = sqlite3.connect(old)
    with db:
        db.execute("UPDATE captures SET chain = 'xyz'")
    db.close()
    before = dump(old)

    with pytest.raises(ArchiveError, match="the newest hash of its chain, 'xyz', is no hash"):
        Archive.to_write(old)

    assert dump(old) == before
