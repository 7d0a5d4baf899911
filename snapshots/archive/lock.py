"""One process writes at a time: a lock file beside the archive."""

import fcntl
import os
from pathlib import Path

from snapshots.errors import ArchiveBusyError, ArchiveError


class WriterLock:
    """Held from opening to closing by the one process that writes to an archive.

    The system drops the lock when the process ends, however it ends.
    """

    def __init__(self, archive: Path) -> None:
        self.path = archive.with_name(archive.name + ".lock")
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise ArchiveError(f"{self.path}: cannot be written ({error.strerror})") from error
        self._take(archive)

    def _take(self, archive: Path) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._file, 20, 0).decode("ascii", "replace").strip()
            os.close(self._file)
            raise ArchiveBusyError(
                f"{archive}: process {holder or 'unknown'} is writing to it; "
                "wait until it has finished, and start again"
            ) from error
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(self._file)
            raise ArchiveError(f"{self.path}: cannot be written ({error.strerror})") from error

    def release(self) -> None:
        """Let another process write."""
        os.close(self._file)
