"""Manners towards a host: robots.txt, one request at a time, a delay, a rest when it fails."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from crawler.clock import Clock
from snapshots.archive.hosts import HostState
from snapshots.errors import FetchError, ForbiddenAddressError

if TYPE_CHECKING:
    from protego import Protego

PROGRAM = "reworded"
# Source: RFC 9309, section 2.5: a parser must read at least 500 kibibytes.
ROBOTS_MAX_BYTES = 512_000
# Source: RFC 9309, section 2.4: a robots.txt should not be used for longer than a day.
ROBOTS_LAST = timedelta(days=1)
SERVER_ERROR = 500
# A longer Crawl-delay is a mistake, or a refusal that robots.txt has other words for.
LONGEST_DELAY_S = 600.0
# A delay is lengthened by up to this share, so that requests keep no beat.
JITTER = 0.1
# After so many failures in a row a host is left alone, longer each time.
MOST_FAILURES = 5
FIRST_REST = timedelta(minutes=5)
LONGEST_REST = timedelta(hours=6)
# What most addresses begin with: telling it so takes a tenth of taking them apart.
PLAIN_ORIGIN = re.compile(r"https?://(\w[\w.:-]*)(?=/)", re.ASCII)
FetchRobots = Callable[[str], Awaitable[tuple[int, bytes]]]


class Memory(Protocol):
    """What is remembered of hosts between runs."""

    def state(self, origin: str) -> HostState:
        """Return what is remembered of a host."""
        ...

    def remember(self, origin: str, state: HostState) -> None:
        """Keep what is known of a host now."""
        ...


class NoMemory:
    """Hosts that are all strangers at the start of a run."""

    def state(self, origin: str) -> HostState:
        """Return that nothing is known."""
        return HostState()

    def remember(self, origin: str, state: HostState) -> None:
        """Forget it."""


@dataclass(slots=True)
class _Host:
    """What is known of one host during a run. ``rules`` are None where nothing is forbidden."""

    state: HostState
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: datetime | None = None
    rules: "Protego | None" = None
    rules_of: datetime | None = None


class Politeness:
    """The hosts of one run, and when each may be asked again."""

    def __init__(
        self,
        agent: str,
        delay_s: float,
        clock: Clock,
        fetch: FetchRobots,
        memory: Memory | None = None,
    ) -> None:
        self.token = product_token(agent)
        self.delay_s = delay_s
        self.clock = clock
        self._fetch = fetch
        self._memory = memory or NoMemory()
        self._hosts: dict[str, _Host] = {}

    async def admit(self, url: str) -> None:
        """Wait until a URL may be requested; the next request to its host waits in turn.

        Raises:
            FetchError: robots.txt forbids it (``is_blocked``), it cannot be had, or the
                host rests after failures in a row.
        """
        host = self._host(url)
        async with host.turn:
            self._check_rest(url, host)
            await self._know_robots(url, host)
            if (status := host.state.robots_status or 0) >= SERVER_ERROR:
                told = f"robots.txt answered {status}, so nothing may be asked"
                raise FetchError(url, told, is_blocked=True)
            if host.rules and not host.rules.can_fetch(url, self.token):
                raise FetchError(url, "robots.txt forbids it", is_blocked=True)
            await self._wait(host)

    async def wait(self, url: str) -> None:
        """Wait for the delay of a URL's host once more, before it is asked again."""
        host = self._host(url)
        async with host.turn:
            await self._wait(host)

    def answered(self, url: str) -> None:
        """Note that a URL's host gave an answer; earlier failures count no more."""
        host = self._host(url)
        if host.state.failures or host.state.rests_until:
            self._remember(url, host, failures=0, rests_until=None)

    def failed(self, url: str, rest_s: float = 0.0) -> None:
        """Note that a URL's host failed, or asked to be left alone for ``rest_s`` seconds.

        After several failures in a row it rests, twice as long after each further one.
        """
        host = self._host(url)
        failures = host.state.failures + 1
        rest = timedelta(seconds=min(rest_s, LONGEST_REST.total_seconds()))
        if failures >= MOST_FAILURES:
            # Beyond ten doublings the longest rest has long been reached.
            grown = FIRST_REST * 2 ** min(failures - MOST_FAILURES, 10)
            rest = max(rest, min(grown, LONGEST_REST))
        until = self.clock.now() + rest if rest else None
        self._remember(url, host, failures=failures, rests_until=until)

    def _host(self, url: str) -> _Host:
        origin = _origin(url)
        if origin not in self._hosts:
            self._hosts[origin] = _Host(self._memory.state(origin))
        return self._hosts[origin]

    def _remember(self, url: str, host: _Host, **known: object) -> None:
        host.state = replace(host.state, **known)  # type: ignore[arg-type]
        self._memory.remember(_origin(url), host.state)

    def _check_rest(self, url: str, host: _Host) -> None:
        until = host.state.rests_until
        # A rest beyond the longest was set while the clock was wrong.
        if until and timedelta() < until - self.clock.now() <= LONGEST_REST:
            raise FetchError(
                url,
                f"not asked: its host is left alone until {until:%Y-%m-%d %H:%M} UTC, "
                f"having failed (in a row: {host.state.failures})",
            )

    async def _wait(self, host: _Host) -> None:
        now = self.clock.now()
        if host.next_at and host.next_at > now:
            await self.clock.sleep((host.next_at - now).total_seconds())
        host.next_at = max(self.clock.now(), host.next_at or now) + self._delay(host)

    def _delay(self, host: _Host) -> timedelta:
        asked = float(host.rules.crawl_delay(self.token) or 0) if host.rules else 0.0
        delay_s = max(self.delay_s, min(asked, LONGEST_DELAY_S))
        return timedelta(seconds=delay_s * random.uniform(1, 1 + JITTER))

    async def _know_robots(self, url: str, host: _Host) -> None:
        """Read a host's robots.txt once a day.

        Source: RFC 9309, section 2.3.1: an answer of 4xx forbids nothing; a server error
        forbids everything, and so does no answer at all. Neither is believed for long.
        """
        at = host.state.robots_at
        lasts = ROBOTS_LAST if (host.state.robots_status or 0) < SERVER_ERROR else FIRST_REST
        if at is None or not timedelta() <= self.clock.now() - at < lasts:
            await self._ask_robots(url, host)
        if host.rules_of != host.state.robots_at:
            host.rules, host.rules_of = rules_of(host.state.robots), host.state.robots_at

    async def _ask_robots(self, url: str, host: _Host) -> None:
        try:
            status, body = await self._fetch(f"{_origin(url)}/robots.txt")
        except ForbiddenAddressError as error:
            raise FetchError(url, error.fact) from error
        except FetchError as error:
            self.failed(url, FIRST_REST.total_seconds())
            told = f"robots.txt could not be had ({error.fact}), so nothing may be asked"
            raise FetchError(url, told) from error
        body = body[:ROBOTS_MAX_BYTES] if 200 <= status < 300 else b""
        now = self.clock.now()
        self._remember(url, host, robots_status=status, robots=body, robots_at=now)


def product_token(agent: str) -> str:
    """Return the name that robots.txt knows a user agent by: this program's, or its first.

    Source: RFC 9309, section 2.2.1.
    """
    return PROGRAM if PROGRAM in agent.lower() else agent.partition("/")[0].strip() or PROGRAM


def rules_of(robots: bytes) -> "Protego | None":
    """Return what a robots.txt says, or None when it says nothing."""
    if not robots.strip():
        return None
    from protego import Protego

    return Protego.parse(robots[:ROBOTS_MAX_BYTES].decode("utf-8-sig", "replace"))


def _origin(url: str) -> str:
    if plain := PLAIN_ORIGIN.match(url):
        return plain[0]
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise FetchError(url, f"is not a web address ({error})") from error
    return f"{parts.scheme}://{parts.netloc}"
