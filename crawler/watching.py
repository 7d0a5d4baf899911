"""The daemon: visits each source on its schedule until it is told to stop.

APScheduler knows when a schedule comes round (``schedule``). The waiting is done here, so
that an error ends the watch, a clock that jumped is noticed, and ``run`` and ``watch`` agree
on what is due; see docs/decisions/0005-waiting-for-schedules.md.
"""

import asyncio
import random
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.clock import Clock, SystemClock
from crawler.config import Config, Source, load
from crawler.counting import count_terms
from crawler.fetch import Fetcher, fetcher
from crawler.freshness import due_at
from crawler.running import tell
from crawler.schedule import next_time
from crawler.terminal import remark
from crawler.visit import Visited, visit
from snapshots.archive import Archive, LastVisit
from snapshots.errors import ArchiveBusyError, ConfigError, RewordedError

# The longest wait in one piece, so that a machine that slept, or a clock that was set, is noticed.
LONGEST_WAIT_S = 30.0
# Another process is writing to the archive: so long until the next try.
BUSY_WAIT_S = 2.0
# What was not taken is sent again after so long, and digests that came due are looked for.
RETRY_WAIT_S = 900.0
DIGEST_WAIT_S = 300.0
# What a visit is put off by at most, as a part of the time until the one after it.
MOST_JITTER = 0.1


def watch(path: Path, form: str) -> int:
    """Visit sources on their schedules, and print what is found, until a signal ends it.

    SIGTERM and SIGINT stop it at once: a visit under way is given up, and nothing of it is
    kept. SIGHUP reads the configuration again.

    Raises:
        ConfigError: the configuration cannot be used at the start.
        ArchiveError: the archive cannot be used.
    """
    config = load(path)
    remark(f"watching {_counted(config)}")
    watching = Watching(config, SystemClock(), lambda visited: tell(visited, form))
    asyncio.run(_until_stopped(watching, path))
    remark("stopped; every visit that was completed is kept")
    return 0


async def _until_stopped(watching: "Watching", path: Path) -> None:
    loop, following = asyncio.get_running_loop(), asyncio.create_task(watching.follow())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, following.cancel)
    loop.add_signal_handler(signal.SIGHUP, reload, watching, path)
    with suppress(asyncio.CancelledError):
        await following


def reload(watching: "Watching", path: Path) -> None:
    """Read the configuration again; what cannot be used is told, and the old one goes on."""
    try:
        config = load(path)
        told = f"the configuration was read again: watching {_counted(config)}"
    except ConfigError as error:
        remark(f"reworded: {error}\nthe old configuration goes on")
        return
    if config.archive != watching.config.archive:
        remark(f"the archive stays {watching.config.archive} until the watch is started anew")
        config = replace(config, archive=watching.config.archive)
    watching.take(config)
    remark(told)


def _counted(config: Config) -> str:
    count = len(config.chosen(()))
    return f"{count} source{'s' if count != 1 else ''}"


class Watching:
    """What is watched, when each source is due, and which visits are under way."""

    def __init__(self, config: Config, clock: Clock, told: Callable[[Visited], None]) -> None:
        self.config = config
        self.clock = clock
        self._told = told
        self._archive = _SharedArchive(config.archive, clock)
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._due: dict[str, datetime] = {}
        self._under_way: set[str] = set()
        self._news = asyncio.Event()
        self._found = asyncio.Event()
        # What an earlier watch could not send waits already.
        self._found.set()
        self._is_changed = True

    def take(self, config: Config) -> None:
        """Go on with another configuration; a visit under way ends as it began."""
        self.config = config
        self._is_changed = True
        self._news.set()
        self._found.set()

    async def follow(self) -> None:
        """Visit sources as they fall due, at once what is overdue, until cancelled.

        Raises:
            RewordedError: the archive, or the output, cannot be used.
            ExceptionGroup: anything else that went wrong; it ends every visit.
        """
        try:
            # A client that another configuration replaced may be in use, and is closed last.
            async with AsyncExitStack() as clients, asyncio.TaskGroup() as group:
                group.create_task(self._send_findings())
                settings = None
                while True:
                    if self._is_changed:
                        self._is_changed = False
                        if self.config.crawler != settings:
                            settings = self.config.crawler
                            opened = fetcher(settings, self.clock)
                            client = await clients.enter_async_context(opened)
                        await self._plan_all()
                    for source in self._fallen_due():
                        self._under_way.add(source.key)
                        group.create_task(self._visit(source, client))
                    await self._pause()
        except* RewordedError as errors:
            raise _first(errors) from None

    async def _visit(self, source: Source, client: Fetcher) -> None:
        """Visit a source when its host's turn comes, if it is still to be visited then."""
        turn = self._turns[urlsplit(source.url).netloc]
        try:
            async with turn, self._archive.opened() as archive:
                if self._is_still_due(source, archive):
                    self._told(await visit(source, client, archive))
                    count_terms(archive, self.config)
                    self._found.set()
                self._plan(archive, {source.key} & self.config.sources.keys())
        finally:
            self._under_way.discard(source.key)
            self._news.set()

    def _is_still_due(self, source: Source, archive: Archive) -> bool:
        """Whether neither another process visited a source nor another configuration came."""
        if self.config.sources.get(source.key) != source:
            return False
        now = self.clock.now()
        last = archive.last_visits((source.key,), now).get(source.key)
        return last is None or due_at(source, last.at, last.bad_visits) <= now

    async def _send_findings(self) -> None:
        """Send what visits found, as long as there is anybody to send it to."""
        is_well = True
        while True:
            await self._until_found(is_well)
            self._found.clear()
            if self.config.notify:
                from crawler.notifying import deliver

                async with self._archive.opened() as archive:
                    try:
                        is_well = await deliver(archive, self.config, self.clock)
                    except ConfigError as error:
                        remark(f"reworded: {error}\nfindings wait until that is mended")
                        is_well = False

    async def _until_found(self, is_well: bool) -> None:
        """Wait for a visit; a digest, or what was not taken, only so long."""
        if not self.config.notify:
            await self._found.wait()
            return
        wait_s = DIGEST_WAIT_S if is_well else RETRY_WAIT_S
        await self._first_of(self.clock.sleep(wait_s), self._found.wait())

    async def _plan_all(self) -> None:
        async with self._archive.opened() as archive:
            if self.config.notify:
                from crawler.notifying import begin

                begin(archive, self.config, self.clock.now())
            self._due.clear()
            self._plan(archive, self.config.sources)

    def _plan(self, archive: Archive, keys: Iterable[str]) -> None:
        now, keys = self.clock.now(), list(keys)
        last = archive.last_visits(keys, now)
        for key in keys:
            self._due[key] = self._next(self.config.sources[key], last.get(key), now)

    def _next(self, source: Source, last: LastVisit | None, now: datetime) -> datetime:
        """When to visit a source: now if that is overdue, or else a little after it is due.

        Visits that were missed are made up for by one.
        """
        due = due_at(source, last.at, last.bad_visits) if last else now
        if due <= now:
            return now
        following = next_time(source.schedule, source.timezone, due)
        most_s = MOST_JITTER * (following - due).total_seconds()
        return due + timedelta(seconds=random.uniform(0, min(self.config.crawler.jitter_s, most_s)))

    def _fallen_due(self) -> list[Source]:
        now = self.clock.now()
        keys = [k for k, at in self._due.items() if at <= now and k not in self._under_way]
        return [self.config.sources[key] for key in keys if key in self.config.sources]

    async def _pause(self) -> None:
        """Wait until a source falls due, a visit ends, or another configuration comes."""
        waiting = [at for key, at in self._due.items() if key not in self._under_way]
        wait_s = (min(waiting) - self.clock.now()).total_seconds() if waiting else LONGEST_WAIT_S
        timer = self.clock.sleep(min(max(wait_s, 0), LONGEST_WAIT_S))
        await self._first_of(timer, self._news.wait())
        self._news.clear()

    async def _first_of(self, *waits: Coroutine[Any, Any, object]) -> None:
        tasks = [asyncio.create_task(each) for each in waits]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()


class _SharedArchive:
    """The archive, open for writing only while a visit uses it, so that others may write too."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self._archive: Archive | None = None
        self._users = 0
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Archive]:
        """Lend the archive; the last to give it back closes it."""
        async with self._opening:
            archive = self._archive = self._archive or await self._waited_for()
            self._users += 1
        try:
            yield archive
        finally:
            self._users -= 1
            if not self._users:
                self._archive = None
                archive.close()

    async def _waited_for(self) -> Archive:
        is_told = False
        while True:
            try:
                return Archive.to_write(self.path)
            except ArchiveBusyError:
                if not is_told:
                    remark("another process writes to the archive; visits wait for it")
                is_told = True
            await self.clock.sleep(BUSY_WAIT_S)


def _first(errors: BaseExceptionGroup[RewordedError]) -> RewordedError:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
