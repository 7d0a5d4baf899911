"""Findings sent to those who asked for them: each once, whatever ends a run or a connection.

What is to be sent is noted in the archive, put into a message under a name of its own, and
then sent; that it was taken is kept at once. A program that is killed between the two sends
the same message again under the same name, by which receivers know it.
"""

import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from secrets import token_hex

from crawler.clock import Clock, SystemClock
from crawler.config import Config
from crawler.destinations import Destination, destinations
from crawler.notify import Address, address, send, send_test
from crawler.reporting import gathered
from crawler.schedule import next_time
from crawler.terminal import remark, say
from diffs.report import brief
from diffs.report.phrases import counted
from diffs.report.view import Report
from snapshots.archive import Archive, Message
from snapshots.errors import ConfigError
from snapshots.records import ChangeRecord

TRIES = 3
# The wait before the second try; each further one is four times as long.
FIRST_WAIT_S = 1.0


def begin(archive: Archive, config: Config, now: datetime) -> None:
    """Know all destinations from now on, so that what a run finds is news to each of them."""
    with archive.transaction():
        for destination in _all(config):
            archive.outbox.begin(destination.name, now)


async def deliver(
    archive: Archive,
    config: Config,
    clock: Clock,
    *,
    names: Sequence[str] = (),
    also: Iterable[int] = (),
    every: bool = False,
) -> bool:
    """Send what was found and what is still unsent; tell what was not taken.

    Only to some ``names``, if any are given. ``also`` are changes of an older visit that a
    person settled. ``every``: send also what a digest would still gather. Returns whether all
    was taken.
    """
    note(archive, config, clock.now(), also)
    # One after the other: all must be tried, whatever comes of the first.
    taken = [await _deliver(archive, config, each, clock, every) for each in chosen(config, names)]
    return all(taken)


def sent(config: Config, changes: Iterable[ChangeRecord]) -> bool:
    """Send changes that a person settled; return whether all was taken."""
    with Archive.to_write(config.archive) as archive:
        numbers = [record.id for record in changes]
        return asyncio.run(deliver(archive, config, SystemClock(), also=numbers))


def note(archive: Archive, config: Config, now: datetime, also: Iterable[int] = ()) -> None:
    """Keep which findings are to be sent to whom."""
    further = list(also)
    begin(archive, config, now)
    for destination in _all(config):
        found = [*archive.outbox.news(destination.name), *further]
        wanted = _wanted(archive, config, destination, found, now)
        with archive.transaction():
            archive.outbox.note(destination.name, wanted, now)


def _wanted(
    archive: Archive,
    config: Config,
    destination: Destination,
    numbers: Sequence[int],
    now: datetime,
) -> list[int]:
    if not numbers:
        return []
    report = gathered(archive, config, numbers, now)
    return [
        record.id
        for record in report.changes
        if destination.wants(
            record, report.watched.get(record.id, ()), report.importance.get(record.id)
        )
    ]


async def _deliver(
    archive: Archive, config: Config, destination: Destination, clock: Clock, every: bool
) -> bool:
    """Send one destination what it lacks, the oldest first, until something is not taken."""
    name = destination.name
    due = _due(archive, destination, clock.now(), every)
    if not due and not archive.outbox.unsent(name):
        return True
    try:
        to = address(destination, os.environ)
    except ConfigError as error:
        return _failed(archive, name, "its address cannot be used", clock.now(), told=str(error))
    if due:
        with archive.transaction():
            archive.outbox.put(name, due, token_hex(16))
    for message in archive.outbox.unsent(name):
        report = gathered(archive, config, message.changes, clock.now())
        if not report.changes:
            with archive.transaction():
                archive.outbox.drop(name, message.key)
        elif failure := await _tried(archive, to, message, report, clock):
            return _failed(archive, name, failure, clock.now())
    return True


def _due(archive: Archive, destination: Destination, now: datetime, every: bool) -> tuple[int, ...]:
    """The changes that are to go into a message now, by number."""
    waiting = archive.outbox.waiting(destination.name)
    if waiting is None:
        return ()
    if destination.digest and not every:
        at = next_time(destination.digest, destination.timezone, waiting.since)
        return waiting.changes if at <= now else ()
    return waiting.changes


async def _tried(
    archive: Archive, to: Address, message: Message, report: Report, clock: Clock
) -> str | None:
    """Send a message, again if need be; keep that it was taken, or return why it was not."""
    failure: str | None = None
    for number in range(TRIES):
        if number:
            await clock.sleep(FIRST_WAIT_S * 4 ** (number - 1))
        sending = asyncio.ensure_future(asyncio.to_thread(send, to, report, message.key))
        try:
            failure = await asyncio.shield(sending)
        except asyncio.CancelledError:
            # Whoever stops the program must not make a message that is being taken unknown.
            if await sending is None:
                _taken(archive, to.name, message, clock.now())
            raise
        if failure is None:
            _taken(archive, to.name, message, clock.now())
            return None
    return failure


def _taken(archive: Archive, name: str, message: Message, now: datetime) -> None:
    with archive.transaction():
        archive.outbox.sent(name, message.key, now)
    remark(f"{name}: {counted(len(message.changes), 'change')} sent")


def _failed(
    archive: Archive, name: str, failure: str, now: datetime, *, told: str | None = None
) -> bool:
    with archive.transaction():
        archive.outbox.failed(name, failure, now)
    unsent = next(each.unsent for each in archive.outbox.deliveries() if each.destination == name)
    remark(
        f"reworded: {told or f'[notify.{name}] {failure}'}; {counted(unsent, 'change')} not sent "
        "there: kept, and sent by the next run"
    )
    return False


def undelivered(archive: Archive, config: Config) -> Iterator[str]:
    """Yield a line on each destination that did not take what was sent to it last."""
    for each in archive.outbox.deliveries():
        if each.failures and each.unsent and each.destination in config.notify:
            since = f"{each.failed_at:%Y-%m-%d %H:%M} UTC" if each.failed_at else "unknown"
            yield (
                f"[notify.{each.destination}] {counted(each.unsent, 'change')} not sent: "
                f"{each.failure} ({counted(each.failures, 'time')}, last on {since})"
            )


def preview(archive: Archive, config: Config, names: Sequence[str], now: datetime) -> None:
    """Print what would be sent to whom, and send nothing."""
    for destination in chosen(config, names):
        waiting = archive.outbox.waiting(destination.name)
        begun = [
            number for each in archive.outbox.unsent(destination.name) for number in each.changes
        ]
        news = archive.outbox.news(destination.name)
        wanted = _wanted(archive, config, destination, news, now)
        numbers = sorted({*begun, *(waiting.changes if waiting else ()), *wanted})
        say(f"{destination.name}: {counted(len(numbers), 'change')} to be sent")
        if numbers:
            report = gathered(archive, config, numbers, now)
            say(f"\n{brief.title(report)}\n\n{brief.render(report)}\n")


def test(config: Config, names: Sequence[str]) -> bool:
    """Send a message that tells no finding to each destination; return whether all took it."""
    is_well = True
    for destination in chosen(config, names):
        failure = send_test(address(destination, os.environ), token_hex(16))
        is_well = is_well and failure is None
        if failure:
            remark(f"reworded: [notify.{destination.name}] {failure}")
        else:
            say(f"{destination.name}: a test was sent")
    return is_well


def missing(config: Config) -> Iterator[str]:
    """Yield why destinations cannot be sent to as things stand; nothing is sent."""
    for destination in _all(config):
        try:
            address(destination, os.environ)
        except ConfigError as error:
            yield str(error)


def chosen(config: Config, names: Sequence[str]) -> list[Destination]:
    """Return the destinations named, or all when none is.

    Raises:
        ConfigError: there is none of that name, or none at all.
    """
    known = {each.name: each for each in _all(config)}
    if not known:
        raise ConfigError(f"{config.path}: there is no [notify.NAME] to send to; add one")
    for name in names:
        if name not in known:
            raise ConfigError(f"there is no [notify.{name}]; there are {', '.join(known)}")
    return [known[name] for name in names] or list(known.values())


def _all(config: Config) -> tuple[Destination, ...]:
    return destinations(config.notify, config.crawler.timezone)
