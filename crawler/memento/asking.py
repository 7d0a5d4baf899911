"""Requests to web archives: slow, one at a time, and as patient as the archive asks for."""

from datetime import datetime, timedelta

from crawler.clock import Clock
from crawler.fetch import Fetcher, retry_after_s
from crawler.memento.listed import host_of
from snapshots.errors import NoAnswerError, RestingError
from snapshots.records import Capture

# What an archive answers of itself when it has too much to do.
BUSY = frozenset((429, 500, 502, 503, 504))
TOO_MANY = 429
FIRST_BACKOFF_S = 8.0
# The pause after too many requests where the archive names none. Source: the Internet
# Archive's guidance for programs, as the client "wayback" of EDGI follows it (60 s).
REST_S = 60.0
# A longer rest than this is not waited for: the same command goes on after it.
LONGEST_WAIT_S = 900.0


class Asker:
    """Asks web archives, each in its turn.

    robots.txt is not asked for: it is addressed to crawlers of pages, and these are an
    archive's interfaces for programs, which refuse by themselves what is not to be had.
    """

    def __init__(self, fetcher: Fetcher, clock: Clock, delay_s: float) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self.delay_s = delay_s
        self._next_at: dict[str, datetime] = {}

    async def ask(self, url: str) -> Capture:
        """Return what an archive answers at one of its addresses; no redirect is followed.

        What it answers of itself while it is busy is asked for again, later each time and
        not before it says; an error that it keeps is an answer like any other.

        Raises:
            RestingError: the archive wants to be left alone.
            FetchError: no answer, again and again (``NoAnswerError``), too large or
                damaged a one, or an address that is not on the public internet.
        """
        retries = self._fetcher.settings.retries
        for attempt in range(retries + 1):
            is_last = attempt == retries
            wait_s = FIRST_BACKOFF_S * 2**attempt
            await self._turn(host_of(url))
            try:
                answer = await self._fetcher.ask(url)
            except NoAnswerError:
                if is_last:
                    raise
            else:
                if is_archived(answer) or answer.status not in BUSY:
                    return answer
                wait_s = max(wait_s, self._rest_s(answer))
                if is_last or wait_s > LONGEST_WAIT_S:
                    raise RestingError(url, _rest_told(answer.status, wait_s), is_blocked=True)
            self._next_at[host_of(url)] = self._clock.now() + timedelta(seconds=wait_s)
        raise AssertionError("the last attempt returns or raises")

    async def _turn(self, host: str) -> None:
        now = self._clock.now()
        next_at = self._next_at.get(host, now)
        if next_at > now:
            await self._clock.sleep((next_at - now).total_seconds())
        self._next_at[host] = max(self._clock.now(), next_at) + timedelta(seconds=self.delay_s)

    def _rest_s(self, answer: Capture) -> float:
        asked_s = retry_after_s(answer.header("retry-after"), self._clock.now())
        return asked_s or (REST_S if answer.status == TOO_MANY else 0.0)


def is_archived(answer: Capture) -> bool:
    """Whether an answer is what an archive keeps, rather than what it says of itself.

    Source: RFC 7089, section 2.1.1; the Wayback Machine's headers as recorded.
    """
    names = {name.lower() for name, _ in answer.response_headers}
    return "memento-datetime" in names or any(n.startswith("x-archive-orig-") for n in names)


def _rest_told(status: int, wait_s: float) -> str:
    minutes = max(1, round(wait_s / 60))
    asked = f"the archive answers {status} and wants to be left alone for {minutes} min"
    return f"{asked}; the same command goes on from here later"
