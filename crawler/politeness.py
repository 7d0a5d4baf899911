"""Manners towards a host: robots.txt, one request at a time, a delay between them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from crawler.clock import Clock
from snapshots.errors import FetchError

# Source: RFC 9309, section 2.5: a parser must read at least 500 kibibytes.
ROBOTS_MAX_BYTES = 512_000
# A longer Crawl-delay is a mistake, or a refusal that robots.txt has other words for.
LONGEST_DELAY_S = 600.0
FetchRobots = Callable[[str], Awaitable[tuple[int, bytes]]]


@dataclass(slots=True)
class _Host:
    """What is known of one host during a run."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: datetime | None = None
    robots: Protego | None = None
    refusal: str | None = None
    is_unreachable: bool = False
    is_asked: bool = False


class Politeness:
    """The hosts of one run, and when each may be asked again."""

    def __init__(self, agent: str, delay_s: float, clock: Clock, fetch: FetchRobots) -> None:
        self.agent = agent
        self.delay_s = delay_s
        self.clock = clock
        self._fetch = fetch
        self._hosts: dict[str, _Host] = {}

    async def admit(self, url: str) -> None:
        """Wait until a URL may be requested; the next request to its host waits in turn.

        Raises:
            FetchError: robots.txt forbids it, or could not be had (``is_blocked``).
        """
        host = self._hosts.setdefault(_origin(url), _Host())
        async with host.turn:
            if not host.is_asked:
                await self._ask_robots(_origin(url), host)
            if host.refusal:
                raise FetchError(url, host.refusal, is_blocked=not host.is_unreachable)
            if host.robots and not host.robots.can_fetch(url, self.agent):
                raise FetchError(url, "robots.txt forbids it", is_blocked=True)
            await self._wait(host)

    async def wait(self, url: str) -> None:
        """Wait for the delay of a URL's host once more, before it is asked again."""
        host = self._hosts.setdefault(_origin(url), _Host())
        async with host.turn:
            await self._wait(host)

    async def _wait(self, host: _Host) -> None:
        now = self.clock.now()
        if host.next_at and host.next_at > now:
            await self.clock.sleep((host.next_at - now).total_seconds())
        host.next_at = max(self.clock.now(), host.next_at or now) + self._delay(host)

    def _delay(self, host: _Host) -> timedelta:
        asked = host.robots.crawl_delay(self.agent) if host.robots else None
        return timedelta(seconds=max(self.delay_s, min(float(asked or 0), LONGEST_DELAY_S)))

    async def _ask_robots(self, origin: str, host: _Host) -> None:
        """Read a host's robots.txt once a run.

        Source: RFC 9309, section 2.3.1: an answer of 4xx forbids nothing; a server
        error, or none at all, forbids everything for the time being.
        """
        host.is_asked = True
        try:
            status, body = await self._fetch(f"{origin}/robots.txt")
        except FetchError as error:
            host.refusal = f"robots.txt could not be had ({error.fact}), so nothing may be asked"
            host.is_unreachable = True
            return
        if status >= 500:
            host.is_unreachable = True
            host.refusal = f"robots.txt answered {status}, so nothing may be asked"
        elif status < 400:
            host.robots = Protego.parse(body[:ROBOTS_MAX_BYTES].decode("utf-8-sig", "replace"))


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise FetchError(url, f"is not a web address ({error})") from error
    return f"{parts.scheme}://{parts.netloc}"
