"""Compacting: payloads that say nearly the same are sealed together, and the file shrinks."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from crawler.clock import Clock
from crawler.config import Config
from crawler.terminal import say, tracked
from snapshots.archive import Archive

# What a source's payloads take at least before the end of a run seals them, and how long that
# may go on.
LEAST_BYTES = 1 << 18
MOST_TIME = timedelta(seconds=5)


def compact(config: Config, keys: Sequence[str]) -> int:
    """Seal the payloads of the sources named, or of all ever visited; tell what that saved.

    Raises:
        ArchiveError: there is no archive, or it cannot be written.
    """
    chosen = [source.key for source in config.chosen(keys)] if keys else None
    Archive.to_read(config.archive).close()
    with Archive.to_write(config.archive) as archive:
        for key in tracked(archive.sources() if chosen is None else chosen, "compacting"):
            _seal(archive, key)
        saved_bytes = archive.give_back()
        size_bytes = config.archive.stat().st_size
    told = f"{_size(saved_bytes)} smaller" if saved_bytes else "as large as it was"
    say(f"the file is {told}: {_size(size_bytes)}")
    return 0


def compact_a_little(archive: Archive, keys: Iterable[str], clock: Clock) -> None:
    """Seal the payloads of those sources that have gathered many, and stop after a while.

    Raises:
        ArchiveError: the archive cannot be written; nothing is lost.
    """
    end, is_any = clock.now() + MOST_TIME, False
    for key in keys:
        for _ in archive.seal(key, least_bytes=LEAST_BYTES):
            is_any = True
            if clock.now() >= end:
                return
    if is_any:
        archive.give_back(is_bounded=True)


def _seal(archive: Archive, key: str) -> None:
    blocks = list(archive.seal(key))
    count = sum(block.payloads for block in blocks)
    if count:
        before = _size(sum(block.before_bytes for block in blocks))
        after = _size(sum(block.after_bytes for block in blocks))
        say(f"{key}: {count} payloads sealed; they took {before}, and take {after}")
    else:
        say(f"{key}: nothing to seal")


def _size(size_bytes: int) -> str:
    return (
        f"{size_bytes / 1000:,.0f} KB" if size_bytes < 10_000_000 else f"{size_bytes / 1e6:,.0f} MB"
    )
