"""The daemon: visits on schedule, one at a time; what is missed, reloaded, stopped, or broken."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Event

import pytest
from support import HELD, SETTINGS, START, Answer, Request, Site, page, page_source

from crawler.config import Config, Source
from crawler.fetch import fetcher
from crawler.running import told
from crawler.visit import Visited, visit
from crawler.watching import BUSY_WAIT_S, Watching, reload
from snapshots.archive import Archive
from snapshots.errors import ArchiveError

REWORDED = str(Path(sys.executable).with_name("reworded"))
PAGE = page("Words.")
EXACT = replace(SETTINGS, jitter_s=0)


class SteppedClock:
    """A clock that stands until it is put on; who sleeps is woken when the time has come."""

    def __init__(self) -> None:
        self.at = START
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.at + timedelta(seconds=seconds), waking))
        self.put_on()
        await waking

    def put_on(self, **by: float) -> None:
        self.at += timedelta(**by)
        for at, waking in self._sleepers:
            if at <= self.at and not waking.done():
                waking.set_result(None)
        self._sleepers = [(at, waking) for at, waking in self._sleepers if not waking.done()]

    async def until_someone_sleeps(self) -> None:
        while not self._sleepers:
            await asyncio.sleep(0)


@dataclass
class Watch:
    """A watch under way in this process, and what it told so far."""

    watching: Watching
    clock: SteppedClock
    following: "asyncio.Task[None]"
    news: "asyncio.Queue[Visited]" = field(default_factory=asyncio.Queue)

    async def visited(self, count: int = 1) -> list[str]:
        """Wait for so many visits; return what they came to, in the order of sources."""
        found = [await asyncio.wait_for(self.news.get(), 10) for _ in range(count)]
        await self.clock.until_someone_sleeps()
        return sorted(told(visited).partition(" (")[0] for visited in found)

    async def put_on(self, **by: float) -> None:
        """Let time pass, and the watch see what that means."""
        self.clock.put_on(**by)
        for _ in range(5):
            await asyncio.sleep(0)
        await self.clock.until_someone_sleeps()

    def is_quiet(self) -> bool:
        return self.news.empty()


def watched(config: Config, story: Callable[[Watch], Awaitable[None]]) -> None:
    """Tell a story of a watch that begins, and is stopped when the story is over."""

    async def tell_it() -> None:
        clock, news = SteppedClock(), asyncio.Queue[Visited]()
        watching = Watching(config, clock, news.put_nowait)
        following = asyncio.create_task(watching.follow())
        try:
            await story(Watch(watching, clock, following, news))
        finally:
            following.cancel()
            await asyncio.wait((following,))

    asyncio.run(tell_it())


def config_of(folder: Path, *sources: Source, settings=EXACT) -> Config:
    return Config(
        path=folder / "config.toml",
        archive=folder / "archive.sqlite",
        crawler=settings,
        sources={source.key: source for source in sources},
    )


def hourly(site: Site, key: str = "page") -> Source:
    return page_source(site, key=key, url=f"{site.url}/{key}", schedule="hourly")


def visits(config: Config) -> int:
    with Archive.to_read(config.archive) as archive:
        assert list(archive.problems()) == []
        return archive.evidence.counts()[0]


SEEN = "page: new: 1 items on 1 page, 0 changes"
SAME = "page: unchanged: 1 items on 1 page, 0 changes"


def test_what_is_overdue_is_visited_at_once_and_then_on_schedule(
    site: Site, tmp_path: Path
) -> None:
    site["/page"] = PAGE

    async def story(watch: Watch) -> None:
        assert await watch.visited() == [SEEN]
        await watch.put_on(minutes=59)
        assert watch.is_quiet()
        await watch.put_on(minutes=1)
        assert await watch.visited() == [SAME]

    watched(config_of(tmp_path, hourly(site)), story)


def test_visits_that_were_missed_are_made_up_for_by_one(site: Site, tmp_path: Path) -> None:
    """As when the machine slept: the clock jumps by days between two looks at it."""
    site["/page"] = PAGE
    config = config_of(tmp_path, hourly(site))

    async def story(watch: Watch) -> None:
        await watch.visited()
        await watch.put_on(days=3)
        await watch.visited()
        await watch.put_on(minutes=59)
        assert watch.is_quiet()

    watched(config, story)

    assert visits(config) == 2


def test_a_visit_that_takes_longer_than_its_schedule_is_not_begun_twice(
    site: Site, tmp_path: Path
) -> None:
    asked, released = Event(), Event()

    def slow(request: Request) -> Answer:
        asked.set()
        released.wait(10)
        return PAGE

    site["/page"] = slow

    async def story(watch: Watch) -> None:
        await asyncio.to_thread(asked.wait, 10)
        await watch.put_on(hours=1)
        await watch.put_on(hours=1)
        assert site.targets == ["/page"]
        released.set()
        assert await watch.visited(2) == [SEEN, SAME]
        assert watch.is_quiet()

    watched(config_of(tmp_path, hourly(site)), story)


def test_hosts_are_visited_side_by_side_and_one_hosts_sources_in_turn(
    site: Site, tmp_path: Path
) -> None:
    both_hosts = Barrier(2, timeout=5)

    def meeting(request: Request) -> Answer:
        both_hosts.wait()
        return page(f"Words of {request.target}.")

    with Site({"/c": meeting}) as other:
        site["/a"], site["/b"] = meeting, page("More words.")

        async def story(watch: Watch) -> None:
            assert len(await watch.visited(3)) == 3

        watched(config_of(tmp_path, *(hourly(site, k) for k in "ab"), hourly(other, "c")), story)

    assert site.targets == ["/a", "/b"]


def test_a_source_that_was_not_seen_is_visited_again_ever_later(site: Site, tmp_path: Path) -> None:
    failed = Answer(status=503)
    site["/page"] = [failed, failed, PAGE]
    daily = replace(hourly(site), schedule="daily")

    async def story(watch: Watch) -> None:
        assert await watch.visited() == [f"page: failed: {site.url}/page answered 503"]
        await watch.put_on(minutes=14)
        assert watch.is_quiet()
        await watch.put_on(minutes=1)
        assert await watch.visited() == [f"page: failed: {site.url}/page answered 503"]
        await watch.put_on(minutes=29)
        assert watch.is_quiet()
        await watch.put_on(minutes=1)
        assert await watch.visited() == [SEEN]
        await watch.put_on(hours=23)
        assert watch.is_quiet()

    watched(config_of(tmp_path, daily), story)


def test_visits_are_spread_over_the_jitter(site: Site, tmp_path: Path) -> None:
    site["/page"] = PAGE
    settings = replace(SETTINGS, jitter_s=60)

    async def story(watch: Watch) -> None:
        await watch.visited()
        # The chance that it is put off by less than a microsecond is as good as none.
        await watch.put_on(hours=1)
        assert watch.is_quiet()
        await watch.put_on(minutes=1)
        assert await watch.visited() == [SAME]

    watched(config_of(tmp_path, hourly(site), settings=settings), story)


def test_another_configuration_adds_drops_and_reschedules_sources(
    site: Site, tmp_path: Path
) -> None:
    for key in "abc":
        site[f"/{key}"] = PAGE
    kept, dropped, added = (hourly(site, key) for key in "abc")
    often = replace(kept, schedule="every 10 minutes")

    async def story(watch: Watch) -> None:
        await watch.visited(2)
        watch.watching.take(config_of(tmp_path, often, added))
        assert await watch.visited() == ["c: new: 1 items on 1 page, 0 changes"]
        await watch.put_on(minutes=10)
        assert await watch.visited() == ["a: unchanged: 1 items on 1 page, 0 changes"]
        await watch.put_on(hours=1)
        assert [line[0] for line in await watch.visited(2)] == ["a", "c"]
        assert watch.is_quiet()

    watched(config_of(tmp_path, kept, dropped), story)


def test_a_visit_under_way_ends_when_its_source_is_dropped(site: Site, tmp_path: Path) -> None:
    asked, released = Event(), Event()

    def slow(request: Request) -> Answer:
        asked.set()
        released.wait(10)
        return PAGE

    site["/page"], site["/other"] = slow, PAGE

    async def story(watch: Watch) -> None:
        await asyncio.to_thread(asked.wait, 10)
        watch.watching.take(config_of(tmp_path, hourly(site, "other")))
        released.set()
        assert [line.split(":")[0] for line in await watch.visited(2)] == ["other", "page"]
        await watch.put_on(hours=1)
        assert [line.split(":")[0] for line in await watch.visited()] == ["other"]

    watched(config_of(tmp_path, hourly(site)), story)


def test_another_process_may_write_between_visits(site: Site, tmp_path: Path) -> None:
    site["/page"] = PAGE
    config = config_of(tmp_path, hourly(site))

    async def story(watch: Watch) -> None:
        await watch.visited()
        await watch.put_on(minutes=59)
        with Archive.to_write(config.archive) as archive:
            async with fetcher(EXACT, watch.clock) as client:
                await visit(hourly(site), client, archive)
            await watch.put_on(minutes=1)
            assert watch.is_quiet()
        await watch.put_on(seconds=BUSY_WAIT_S)
        # It was visited a minute ago by the other, and waits for its hour.
        await watch.put_on(minutes=58)
        assert watch.is_quiet()
        await watch.put_on(minutes=1)
        assert await watch.visited() == [SAME]

    watched(config, story)

    assert visits(config) == 3


def test_a_watch_that_is_stopped_keeps_no_half_of_a_visit(site: Site, tmp_path: Path) -> None:
    site["/page"], site["/stuck"] = PAGE, HELD
    config = config_of(tmp_path, hourly(site), hourly(site, "stuck"))

    async def story(watch: Watch) -> None:
        await watch.visited()

    watched(config, story)

    assert visits(config) == 1


def test_an_unexpected_error_ends_the_watch_and_shows_itself(site: Site, tmp_path: Path) -> None:
    site["/page"] = PAGE

    def stumble(visited: Visited) -> None:
        raise ZeroDivisionError("a bug")

    watching = Watching(config_of(tmp_path, hourly(site)), SteppedClock(), stumble)
    with pytest.raises(ExceptionGroup) as raised:
        asyncio.run(watching.follow())

    assert [str(error) for error in raised.value.exceptions] == ["a bug"]


def test_an_archive_that_cannot_be_used_ends_the_watch(site: Site, tmp_path: Path) -> None:
    site["/page"] = PAGE
    config = config_of(tmp_path, hourly(site))

    async def story(watch: Watch) -> None:
        await watch.visited()
        for path in tmp_path.glob("archive.sqlite*"):
            path.write_text("This is no archive. " * 100)
        watch.clock.put_on(hours=1)
        with pytest.raises(ArchiveError, match="not an archive"):
            await watch.following

    watched(config, story)


# The configuration read again.


CONFIG = """
[archive]
path = "{archive}"
[crawler]
allow_private = ["127.0.0.1"]
delay_s = 0
retries = 0
[source.page]
url = "{url}/page"
read = "page"
schedule = "every 1 s"
"""


def written(folder: Path, url: str, archive: str = "archive.sqlite") -> Path:
    path = folder / "config.toml"
    path.write_text(CONFIG.format(url=url, archive=archive), "utf-8")
    return path


def test_a_broken_configuration_is_told_and_the_old_one_goes_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "http://a.gov")
    watching = Watching(config_of(tmp_path), SteppedClock(), print)
    before = watching.config

    path.write_text("[source.page]\nurl = 3\n")
    reload(watching, path)

    assert watching.config is before
    told = capfd.readouterr().err.splitlines()
    assert told[0] == f"reworded: {path}: [source.page] url must be text in quotes, not 3"
    assert told[-1] == "the old configuration goes on"


def test_an_archive_does_not_move_while_it_is_watched(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    watching = Watching(config_of(tmp_path), SteppedClock(), print)

    reload(watching, written(tmp_path, "http://a.gov", archive="elsewhere.sqlite"))

    assert watching.config.archive == tmp_path / "archive.sqlite"
    assert list(watching.config.sources) == ["page"]
    assert capfd.readouterr().err.splitlines() == [
        f"the archive stays {tmp_path}/archive.sqlite until the watch is started anew",
        "the configuration was read again: watching 1 source",
    ]


# The command, as a process of its own.


def started(config: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [REWORDED, "--config", str(config), "watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(site: Site, target: str, times: int = 1) -> None:
    """Wait until a site was asked for a target so often."""
    with site.news:
        assert site.news.wait_for(lambda: len(site.asked(target)) >= times, timeout=20)


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    return process.stderr.readline().rstrip("\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_watch_within_a_second(
    site: Site, tmp_path: Path, number: signal.Signals
) -> None:
    site["/page"] = HELD
    with started(written(tmp_path, site.url)) as process:
        until(site, "/page")

        process.send_signal(number)
        begun = time.monotonic()
        out, err = process.communicate(timeout=10)

    assert time.monotonic() - begun < 1
    assert (process.returncode, out) == (0, "")
    assert err.splitlines() == [
        "watching 1 source",
        "stopped; every visit that was completed is kept",
    ]
    assert visits(config_of(tmp_path)) == 0


def test_the_watch_prints_what_a_run_prints_and_reads_its_configuration_again(
    site: Site, tmp_path: Path
) -> None:
    site["/page"] = [page("Aliens were held."), page("Noncitizens were held.")]
    config = written(tmp_path, site.url)
    with started(config) as process:
        assert line(process) == "watching 1 source"
        assert line(process) == "page: new: 1 items on 1 page, 0 changes"
        assert line(process) == "page: new: 1 items on 1 page, 1 change"

        config.write_text("broken [")
        process.send_signal(signal.SIGHUP)
        while (told := line(process)).startswith("page: unchanged"):
            pass
        assert told.startswith(f"reworded: {config}: is not TOML: ")
        assert line(process) == "the old configuration goes on"
        assert line(process).startswith("page: unchanged")

        site["/other"] = page("Others.")
        text = CONFIG.replace("source.page", "source.other").replace("/page", "/other")
        config.write_text(text.format(url=site.url, archive="archive.sqlite"))
        process.send_signal(signal.SIGHUP)
        while (told := line(process)).startswith("page: unchanged"):
            pass
        assert told == "the configuration was read again: watching 1 source"
        assert line(process).startswith("other: new: ")

        process.terminate()
        out, _ = process.communicate(timeout=10)

    assert process.returncode == 0
    assert "[-Aliens-]{+Noncitizens+} were held." in out


def test_others_can_read_while_the_watch_is_at_work(site: Site, tmp_path: Path) -> None:
    site["/page"] = [PAGE, HELD]
    config = written(tmp_path, site.url)
    with started(config) as process:
        until(site, "/page", times=2)

        for words in (["status"], ["changes"], ["report"], ["run"]):
            typed = [REWORDED, "--config", str(config), *words]
            ended = subprocess.run(typed, capture_output=True, text=True, check=False)
            assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), words
        assert ended.stderr == "another run is at work; nothing done\n"
        process.terminate()
        process.communicate(timeout=10)


def test_a_watch_that_cannot_go_on_exits_3(site: Site, tmp_path: Path) -> None:
    site["/page"] = PAGE
    config = written(tmp_path, site.url)
    (tmp_path / "archive.sqlite").write_text("This is no archive. " * 100)

    with started(config) as process:
        _, err = process.communicate(timeout=10)

    assert process.returncode == 3
    assert "this file is not an archive (not SQLite)" in err
    assert os.path.exists(tmp_path / "archive.sqlite")
