"""An archive of an earlier version is brought up to date: copied first, then all or nothing."""

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from filecmp import cmp
from itertools import count
from pathlib import Path
from sqlite3 import Connection

from sqlite_utils import Database

from snapshots.archive.schema import migrations
from snapshots.archive.transaction import atomic
from snapshots.errors import ArchiveError

# The copy, and as much again for the tables that are written anew beside the old ones.
ROOM = 2
_MB = 1_000_000
_log = logging.getLogger(__name__)


def upgrade(path: Path, db: Connection, schema: int) -> None:
    """Make the tables that are lacking. What is older and holds anything is copied before.

    Whoever breaks it off, at whatever moment, leaves the archive as it was; the next start
    begins again.

    Raises:
        ArchiveError: there is no room for a copy, or it cannot be made; nothing was changed.
    """
    before = len(migrations.applied(Database(db, execute_plugins=False)))
    copied = _copied(path, db, before) if before else None
    with atomic(db):
        migrations.apply(Database(db, execute_plugins=False))
        db.execute(f"PRAGMA user_version = {schema}")
    if copied:
        _log.warning(
            "%s: brought up to date, from version %d of its tables to %d; "
            "%s is a copy from before, to be deleted when all is well",
            path,
            before,
            schema,
            copied.name,
        )


def lack_of_room(path: Path, size_bytes: int, free_bytes: int) -> str | None:
    """Return why an archive of a size cannot be brought up to date on its disk, or None."""
    needed = size_bytes * ROOM
    if needed <= free_bytes:
        return None
    return (
        f"{path}: is of an earlier version, and there is no room to bring it up to date: it "
        f"takes {needed / _MB:.1f} MB, for a copy first, and {free_bytes / _MB:.1f} MB are free; "
        "nothing was changed"
    )


def _copied(path: Path, db: Connection, version: int) -> Path:
    """Copy an archive beside itself, never over another copy, and return the copy's path."""
    pages = int(db.execute("PRAGMA page_count").fetchone()[0])
    size = pages * int(db.execute("PRAGMA page_size").fetchone()[0])
    if told := lack_of_room(path, size, shutil.disk_usage(path.parent).free):
        raise ArchiveError(told)
    with _unfinished(path) as partial:
        with closing(sqlite3.connect(partial, isolation_level=None)) as copy:
            db.backup(copy)
            copy.execute("PRAGMA journal_mode = delete")
        _on_the_disk(partial)
        target = _free_name(path, version, partial)
        if not target.exists():
            partial.rename(target)
            _on_the_disk(path.parent)
    return target


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """A file that is not there any more afterwards, unless it was given another name."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        yield partial
    except OSError as error:
        raise ArchiveError(
            f"{path}: cannot be copied before it is brought up to date ({error.strerror}); "
            "nothing was changed"
        ) from error
    finally:
        for name in (partial.name, f"{partial.name}-journal", f"{partial.name}-wal"):
            path.with_name(name).unlink(missing_ok=True)


def _free_name(path: Path, version: int, copy: Path) -> Path:
    """The first name that is free, or the one that an equal copy has already."""
    for number in count(1):
        again = f".{number}" if number > 1 else ""
        target = path.with_name(f"{path.name}.schema-{version}{again}.bak")
        if not target.exists() or cmp(target, copy, shallow=False):
            return target
    raise AssertionError("numbers do not end")


def _on_the_disk(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
