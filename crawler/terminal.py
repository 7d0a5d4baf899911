"""What a person sees: results on stdout, progress and remarks on stderr."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol, TypeVar

import click

from snapshots.errors import ConfigError

Each = TypeVar("Each")


def say(text: str) -> None:
    """Print a result. A reader that has closed the pipe is not told any more."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        # Python would complain of the same once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise ConfigError(f"the output cannot be written ({error.strerror})") from error


def remark(text: str) -> None:
    """Print what is no result: an outcome, a warning, where a file was written."""
    print(text, file=sys.stderr, flush=True)


def has_colour() -> bool:
    """Whether results go to a terminal that wants colour. Source: no-color.org."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width() -> int:
    """How many columns results may fill."""
    return min(shutil.get_terminal_size((100, 24)).columns, 120)


def tracked(work: Iterable[Each], doing: str, total: int | None = None) -> Iterator[Each]:
    """Yield pieces of work, with a progress bar on stderr when that is a terminal.

    ``total`` is how many pieces there are, where the work itself does not say.
    """
    if not sys.stderr.isatty():
        yield from work
        return
    from rich.console import Console
    from rich.progress import track

    total = len(work) if isinstance(work, Sized) else total
    yield from track(work, doing, total=total, console=Console(stderr=True), transient=True)


@contextmanager
def measured(doing: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far work has come and how long it may take, on stderr when that is a terminal.

    Yields a function that is told how much of the total is done.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (doing, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda done: bar.update(task, completed=done)


class Now(Protocol):
    """Is told what is being done, and how much of it is done already, where that is known."""

    def __call__(self, doing: str, done: int = 0, total: int | None = None) -> None:
        """Tell it."""


def unseen(doing: str, done: int = 0, total: int | None = None) -> None:
    """Show nothing of what is being done."""


@contextmanager
def working() -> Iterator[Now]:
    """Show what is being done, step by step, on stderr when that is a terminal."""
    if not sys.stderr.isatty():
        yield unseen
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def now(doing: str, done: int = 0, total: int | None = None) -> None:
            bar.update(task, description=doing, completed=done)
            # A bar without a total moves to and fro; `update` would leave the last one's.
            bar.tasks[0].total = total

        yield now


def parse_moment(_: click.Context, __: click.Parameter, written: str | None) -> datetime | None:
    """Read a date or time of the command line."""
    return None if written is None else moment_of(written)


def moment_of(written: str) -> datetime:
    """Return a date or time that a person wrote: ISO 8601, taken as UTC.

    Raises:
        ConfigError: it is none.
    """
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise ConfigError(
            f"{written!r} is not a date; write it like 2021-05-01 or 2021-05-01T06:00Z"
        ) from error
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError as error:
        raise ConfigError(f"{written!r} is before or beyond the calendar") from error


def parse_end(_: click.Context, __: click.Parameter, written: str | None) -> datetime | None:
    """Read the end of a period of the command line."""
    return None if written is None else end_of(written)


def end_of(written: str) -> datetime:
    """Return the end of a period that a person wrote: a bare date means the whole of that day."""
    moment = moment_of(written)
    is_bare = len(written) == len("2021-05-01")
    return moment.replace(hour=23, minute=59, second=59) if is_bare else moment
