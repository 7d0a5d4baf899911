"""Results that are longer than a screen, shown in the reader's pager as git does."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper

# Quits where all fits on a screen, lets colours through, leaves the text there at the end.
_LESS = "FRX"


class _ToPager(TextIOWrapper):
    """What is written for a pager, which shows it on a terminal."""

    def isatty(self) -> bool:
        return True


@contextmanager
def paged() -> Iterator[None]:
    """Send what is printed to ``$PAGER``, or to less; without either, to the screen."""
    process = _started()
    if process is None or process.stdin is None:
        yield
        return
    screen, sys.stdout = sys.stdout, _ToPager(process.stdin, "utf-8", "backslashreplace")
    try:
        yield
    finally:
        pipe, sys.stdout = sys.stdout, screen
        # A reader that has quit wants no more.
        with suppress(OSError):
            pipe.close()
        _await(process)


def _started() -> "subprocess.Popen[bytes] | None":
    try:
        command = shlex.split(os.environ.get("PAGER", "less"))
    except ValueError:
        return None
    is_plain = os.environ.get("TERM") == "dumb" or not command or command[0] == "cat"
    if is_plain or shutil.which(command[0]) is None:
        return None
    return subprocess.Popen(command, stdin=subprocess.PIPE, env={"LESS": _LESS, **os.environ})


def _await(process: "subprocess.Popen[bytes]") -> None:
    """Wait until the reader quits; an interrupt is for the pager."""
    while True:
        try:
            process.wait()
        except KeyboardInterrupt:
            continue
        return
