"""Everything that an archive holds, read and hashed again, on all of the machine's cores."""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from crawler.terminal import tracked
from snapshots.archive import Archive
from snapshots.archive.checks import Fault, Task, check, tasks
from snapshots.errors import ArchiveError, ConfigError
from snapshots.records import ChainHead

# What takes one process less time than to start others.
LEAST_TASKS = 8
_PREFIX, _HASH_SIGNS = "sha256:", 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came of reading an archive again: its faults in the chain's order, and its head.

    ``counts`` are its payloads, captures and visits; of ``thinned`` payloads a rule of retention
    left the digests only. ``pinned`` is how many records there were
    when the head was the one asked for; None when it never was, or none was asked for.
    """

    faults: tuple[Fault, ...]
    counts: tuple[int, int, int]
    head: ChainHead
    thinned: int = 0
    pinned: int | None = None


def verify(path: Path, at: datetime, head: str | None = None) -> Verified:
    """Read an archive again, whole; note in it that all was well, if it was.

    Raises:
        ArchiveError: it cannot be opened.
        ConfigError: ``head`` is no hash.
    """
    wanted = _hash(head) if head else None
    with Archive.to_read(path) as archive:
        todo = tasks(archive.db)
        newest = archive.evidence.chain.newest()
        visits, captures, payloads = archive.evidence.counts()
        thinned = archive.thinnings.count()
        pinned = archive.evidence.chain.find(wanted) if wanted else None
    done = tracked(_checked(path, todo), "verifying", total=len(todo))
    found = tuple(sorted(fault for part in done for fault in part))
    is_whole = not found and (wanted is None or pinned is not None)
    if is_whole:
        # One who may only read, or who finds it being written to, verifies as well.
        with suppress(ArchiveError), Archive.to_write(path) as archive:
            archive.note_verified(at, newest.records)
    counts = (payloads, captures, visits)
    return Verified(faults=found, counts=counts, head=newest, thinned=thinned, pinned=pinned)


def _hash(head: str) -> str:
    told = head.strip().lower().removeprefix(_PREFIX)
    if len(told) != _HASH_SIGNS or set(told) - set("0123456789abcdef"):
        raise ConfigError(f"--head {head!r} is no chain head; write it like sha256:9f86d081…")
    return told


def _checked(path: Path, todo: Sequence[Task]) -> Iterator[list[Fault]]:
    """Yield what is wrong with each part, as it is found, side by side where that pays."""
    workers = min(os.cpu_count() or 1, len(todo))
    if workers < 2 or len(todo) < LEAST_TASKS:
        yield from map(partial(check, path), todo)
        return
    pool = ProcessPoolExecutor(workers, get_context("forkserver"), initializer=_leave_interrupts)
    try:
        for future in as_completed([pool.submit(check, path, task) for task in todo]):
            yield future.result()
    except BrokenProcessPool as error:
        raise ArchiveError(f"{path}: the checking was ended from outside; start again") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C is for the one who waits; the others are ended by that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
