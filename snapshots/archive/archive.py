"""Opening and closing the archive, and what spans its two layers."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from sqlite3 import Connection
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from snapshots.archive.corroborations import Corroborations
from snapshots.archive.errata import Errata
from snapshots.archive.evidence import Evidence
from snapshots.archive.fingerprint import fingerprint
from snapshots.archive.hosts import Hosts
from snapshots.archive.knowledge import Knowledge
from snapshots.archive.lock import WriterLock
from snapshots.archive.looked_up import LookedUp
from snapshots.archive.mementos import Mementos
from snapshots.archive.notes import Notes
from snapshots.archive.outbox import Outbox
from snapshots.archive.progress import Progress
from snapshots.archive.rows import moment, stamp
from snapshots.archive.scratch import attach
from snapshots.archive.status import LastVisit, last_visits, outcomes_by_day, source_status
from snapshots.archive.terms import Terms
from snapshots.archive.thinnings import Thinnings
from snapshots.archive.transaction import atomic, tried
from snapshots.errors import ArchiveError
from snapshots.records import Outcome, SourceStatus, Visit

if TYPE_CHECKING:
    from snapshots.archive.sealing import Sealed
    from snapshots.archive.search import Search
    from snapshots.archive.tables import Tables

BUSY_TIMEOUT_S = 30
# 16 MB are written before they are merged into the file, many of them to the same pages.
CHECKPOINT_PAGES = 4_000
# "Rwrd": tells an archive from any other SQLite file.
APPLICATION_ID = 0x52777264
# How many migrations an archive of this program has gone through.
SCHEMA = 18


class Archive:
    """One SQLite file: ``evidence`` as it was seen, ``knowledge`` as it was derived.

    Use it as a context manager. One process writes; any number read meanwhile.
    """

    def __init__(self, path: Path, db: Connection, lock: WriterLock | None) -> None:
        self.path = path
        self.db = db
        self.evidence = Evidence(db)
        self.knowledge = Knowledge(db)
        self.progress = Progress(db)
        self.errata = Errata(db)
        self.thinnings = Thinnings(db)
        self.notes = Notes(db)
        self.looked_up = LookedUp(db)
        self.terms = Terms(db)
        self.hosts = Hosts(db)
        self.mementos = Mementos(db)
        self.corroborations = Corroborations(db)
        self.outbox = Outbox(db)
        self._lock = lock
        # As `_opened` sets it.
        self._is_urgent = True

    @classmethod
    def to_write(cls, path: Path) -> Self:
        """Open an archive for the one writer, making it if there is none.

        Raises:
            ArchiveError: another process writes to it, or the file cannot be used.
        """
        if not path.parent.is_dir():
            raise ArchiveError(f"{path}: the folder {path.parent} is not there; make it first")
        path = path.resolve()
        if path.is_dir():
            raise ArchiveError(f"{path}: is a folder; name a file in [archive] path")
        lock = WriterLock(path)
        try:
            with _opened(path, "rwc") as db:
                db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
                if version_of(path, db) < SCHEMA:
                    _migrate(path, db)
        except ArchiveError:
            lock.release()
            raise
        return cls(path, db, lock)

    @classmethod
    def to_read(cls, path: Path) -> Self:
        """Open an archive for reading only.

        Raises:
            ArchiveError: there is none, or the file cannot be used.
        """
        if not path.exists():
            raise ArchiveError(
                f"{path}: there is no archive yet; `reworded run` or `reworded import` makes it"
            )
        found = cls._to_read(path)
        if found is None:
            cls.to_write(path).close()
            found = cls._to_read(path)
        if found is None:
            raise ArchiveError(f"{path}: cannot be brought up to date")
        return found

    @classmethod
    def _to_read(cls, path: Path) -> Self | None:
        """An archive for reading; None when it must be opened for writing first."""
        try:
            with _opened(path, "ro") as db:
                if version_of(path, db, is_whole=True) >= SCHEMA:
                    return cls(path, db, None)
            db.close()
        except ArchiveError as error:
            # A writer that was killed left a journal, which readers cannot roll back.
            code = getattr(error.__cause__, "sqlite_errorcode", sqlite3.SQLITE_OK)
            if code & 0xFF != sqlite3.SQLITE_READONLY:
                raise
        return None

    @classmethod
    def to_derive(cls, path: Path) -> Self:
        """Open an archive's evidence for reading only, under empty knowledge.

        What is derived there goes with the process. Any number may do so while one writes.

        Raises:
            ArchiveError: there is no archive, or the file cannot be used.
        """
        with archive_errors(path):
            db = sqlite3.connect("file::memory:", uri=True, isolation_level=None)
            attach(db, path)
        return cls(path, db, None)

    @property
    def search(self) -> "Search":
        """The full text. Loaded when it is asked for, as most runs do not."""
        from snapshots.archive.search import Search

        return Search(self.db)

    @property
    def tables(self) -> "Tables":
        """Whole tables and views, likewise."""
        from snapshots.archive.tables import Tables

        return Tables(self.db)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, and let another process write."""
        self.db.close()
        if self._lock is not None:
            self._lock.release()

    @contextmanager
    def transaction(self, *, is_urgent: bool = True) -> Iterator[None]:
        """Keep everything that is written inside, or nothing.

        What is urgent is on the disk when the transaction ends, and all that was kept
        before it; what is not outlives the program, and a loss of power after a while.

        Raises:
            ArchiveError: the file cannot be written, for instance on a full disk.
        """
        with archive_errors(self.path):
            if is_urgent != self._is_urgent:
                self.db.execute(f"PRAGMA synchronous = {'full' if is_urgent else 'normal'}")
                self._is_urgent = is_urgent
            with atomic(self.db):
                yield

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Undo everything that is written inside: what would come of it is seen, and not kept.

        Raises:
            ArchiveError: the file cannot be written.
        """
        with archive_errors(self.path), tried(self.db):
            yield

    def fingerprint(self, source: str) -> str:
        """Return a digest over all that is known of a source: equal when every row is."""
        return fingerprint(self.db, source)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See the archive as it is at this moment, whatever is written meanwhile."""
        with archive_errors(self.path):
            self.db.execute("BEGIN")
            try:
                yield
            finally:
                self.db.execute("ROLLBACK")

    def seal(self, source: str, *, least_bytes: int = 0) -> Iterator["Sealed"]:
        """Seal a source's payloads into blocks; yield what each block, once kept, came to.

        Nothing is sealed while all that is not sealed takes fewer than ``least_bytes``.

        Raises:
            ArchiveError: the file cannot be written, or a payload is damaged; what was
                sealed before that is kept.
        """
        from snapshots.archive.sealing import seal

        with archive_errors(self.path):
            yield from seal(self.db, self.evidence.payloads, source, least_bytes)

    def sources(self) -> list[str]:
        """Return every source that was ever visited, in the configuration or not, by name."""
        from snapshots.archive.sealing import sources

        with archive_errors(self.path):
            return sources(self.db)

    def pack_headers(self, *, least: int = 1) -> Iterator[int]:
        """Pack what captures' headers have in common; yield the captures taken up, as it goes.

        Nothing is packed while fewer than ``least`` captures were kept since the last time.

        Raises:
            ArchiveError: the file cannot be written; what was packed before that is kept.
        """
        from snapshots.archive.header_packing import pack, unpacked

        with archive_errors(self.path):
            if unpacked(self.db) >= least:
                yield from pack(self.db)

    def give_back(self, *, is_bounded: bool = False, is_loose: bool = False) -> int:
        """Shrink the file when enough of it is empty; return by how many bytes.

        ``is_bounded``: only if that takes a moment. ``is_loose``: rows became shorter, so that
        there is room within pages too. Others may read the archive meanwhile.

        Raises:
            ArchiveError: the file cannot be written.
        """
        from snapshots.archive.sealing import give_back

        with archive_errors(self.path):
            return give_back(self.db, is_bounded=is_bounded, is_loose=is_loose)

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with the file, its payloads and its chain; nothing if all is well.

        Raises:
            ArchiveError: the file is too damaged to be read at all.
        """
        from snapshots.archive.checks import faults, tasks

        with archive_errors(self.path):
            found = [fault for task in tasks(self.db) for fault in faults(self.db, task)]
        yield from map(str, sorted(found))

    def note_verified(self, at: datetime, links: int) -> None:
        """Keep that all was found as it was kept, up to a link of the chain."""
        with self.transaction():
            self.db.execute(
                "INSERT INTO verifications (verified_at, links, hash)"
                " SELECT ?, id, hash FROM links WHERE id = ?",
                (stamp(at), links),
            )

    def status(
        self, source: str, *, title: str, url: str, now: datetime | None = None
    ) -> SourceStatus:
        """Return what was looked at of a source up to now, counted by outcome."""
        with archive_errors(self.path):
            return source_status(self.db, source, title=title, url=url, now=now)

    def failures(self, sources: tuple[str, ...]) -> list[Visit]:
        """Return the visits that saw too little, or nothing, oldest first, without captures."""
        marks = ", ".join("?" * len(sources))
        rows = self.db.execute(
            "SELECT source, started_at, finished_at, outcome, reason FROM visits"
            f" WHERE outcome NOT IN ('new', 'unchanged') AND source IN ({marks})"
            " ORDER BY started_at, id",
            sources,
        ).fetchall()
        return [
            Visit(
                source=source,
                started_at=moment(started_at),
                finished_at=moment(finished_at),
                outcome=Outcome(outcome),
                reason=reason,
            )
            for source, started_at, finished_at, outcome, reason in rows
        ]

    def outcomes_by_day(
        self, sources: tuple[str, ...], since: datetime | None, until: datetime | None
    ) -> list[tuple[str, date, Outcome, int]]:
        """Return how many visits to each source had which outcome on each day, oldest first."""
        with archive_errors(self.path):
            return outcomes_by_day(self.db, sources, since, until)

    def last_visits(self, sources: Iterable[str], now: datetime) -> Mapping[str, LastVisit]:
        """Return the newest visit up to now, well or not, to each source that had one."""
        with archive_errors(self.path):
            return last_visits(self.db, sources, now)


@contextmanager
def archive_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a file into an ArchiveError that names the file."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"{path}: {_told(error)}") from error
    except UnicodeDecodeError as error:
        raise ArchiveError(f"{path}: is damaged: it holds text that is none") from error


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[Connection]:
    """Open a file, and close it again if what is done inside fails."""
    uri = f"file:{quote(str(path))}?mode={mode}"
    with archive_errors(path), ExitStack() as on_failure:
        db = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        on_failure.callback(db.close)
        db.execute("PRAGMA foreign_keys = on")
        db.execute("PRAGMA synchronous = full")  # reads the whole schema: damage shows now
        yield db
        on_failure.pop_all()


def version_of(path: Path, db: Connection, *, is_whole: bool = False) -> int:
    """Return the version of an archive's tables; one that is new, and is to be, has none."""
    number = db.execute("PRAGMA application_id").fetchone()[0]
    is_new = not is_whole and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not is_new and number != APPLICATION_ID:
        raise ArchiveError(
            f"{path}: this SQLite file is not an archive of Reworded; "
            "name another in [archive] path"
        )
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA:
        raise ArchiveError(f"{path}: was written by a newer version of Reworded; install that")
    return version


def _migrate(path: Path, db: Connection) -> None:
    """Make the tables that are lacking. Loaded when needed: most runs find all of them there."""
    from snapshots.archive.upgrade import upgrade

    # First of all, so that an archive whose making was cut short is known again.
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA journal_mode = wal")
    upgrade(path, db, SCHEMA)


def _told(error: sqlite3.DatabaseError) -> str:
    text = str(error)
    if "not a database" in text:
        return "this file is not an archive (not SQLite); name another in [archive] path"
    if "full" in text or "disk I/O" in text:
        return f"the disk cannot take more ({text}); free some room: nothing that was kept is lost"
    if "locked" in text:
        return f"another program holds the file ({text}); close it and start again"
    return f"SQLite says: {text}"
