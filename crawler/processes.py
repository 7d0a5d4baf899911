"""Processes that help the one that writes: begun afresh, and gone when that one is gone."""

from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from os import _exit
from signal import SIG_DFL, SIGINT, signal
from threading import Thread

# Begun afresh: a copy would share the open archive and its locks.
CONTEXT = get_context("spawn")

# To begin processes takes longer than to read so few visits.
FEWEST_VISITS = 100


def begin_process() -> None:
    """Make this process end when its parent has ended, however that ended."""
    # The parent says so when it is interrupted.
    signal(SIGINT, SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        _exit(1)
