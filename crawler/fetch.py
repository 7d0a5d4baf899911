"""Requests over HTTP: polite, retried, capped, conditional; every hop is kept."""

import asyncio
import math
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from crawler.clock import Clock
from crawler.config import Crawler
from crawler.guard import Guard
from crawler.http_client import httpx
from crawler.politeness import Memory, Politeness
from crawler.request import Limits, RawHeaders, Request, address_of, octets
from crawler.transport import Body, Transport
from snapshots.coding import ACCEPTED, decoded
from snapshots.errors import ExtractError, FetchError, NoAnswerError
from snapshots.records import Capture, Headers, Hop, Revisit, digest_of

RETRIED = frozenset((429, 500, 502, 503, 504))
REDIRECTS = frozenset((301, 302, 303, 307, 308))
# What asking again cannot mend.
UNCHANGING = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
FIRST_BACKOFF_S = 2.0
LONGEST_WAIT_S = 120.0
# A slow answer may take so many times the timeout, which is between two of its parts.
TIMEOUTS = 10
# Headers whose values are secrets, or are made for one visitor.
SECRET = frozenset(("authorization", "proxy-authorization", "cookie", "set-cookie"))
NOT_KEPT = "[not kept]"


@dataclass(slots=True)
class _Budget:
    """The seconds that may still be spent in waiting for answers."""

    left_s: float = math.inf


class _Answer(NamedTuple):
    """One response, its body as it came over the wire."""

    status: int
    headers: Headers
    request_headers: Headers
    body: bytes

    @property
    def target(self) -> str | None:
        """Where the answer leads on to, if it does."""
        return self.header("location") if self.status in REDIRECTS else None

    def header(self, name: str) -> str | None:
        """The first header of that name, which is in small letters, or None."""
        return next((v for n, v in self.headers if n == name), None)


class Fetcher:
    """One run's client: a connection pool, and the manners towards each host."""

    def __init__(
        self,
        transport: Transport,
        settings: Crawler,
        clock: Clock,
        memory: Memory | None = None,
    ) -> None:
        self.transport = transport
        headers = {
            "Accept": "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.5",
            "Accept-Encoding": ACCEPTED,
            "Connection": "keep-alive",
            "User-Agent": settings.agent,
        }
        self.headers: RawHeaders = httpx.Headers(headers).raw
        # Some sites set a cookie and lead back to where it is asked for.
        self.cookies = httpx.Cookies()
        self.settings = settings
        self.clock = clock
        self.politeness = Politeness(settings.agent, settings.delay_s, clock, self._robots, memory)
        self._budget = _Budget()

    def for_one_visit(self) -> "Fetcher":
        """Return this fetcher with ``max_visit_s`` to spend in waiting for answers.

        Connections and manners are shared. The waits that politeness asks for are not
        counted, nor is robots.txt, which serves every visit and has as long for itself.
        """
        fetcher = Fetcher.__new__(Fetcher)
        fetcher.__dict__.update(self.__dict__)
        fetcher._budget = _Budget(self.settings.max_visit_s)
        return fetcher

    async def fetch(
        self, url: str, last: Capture | None = None, *, is_anew: bool = False
    ) -> Capture:
        """Return what a URL answers now, after redirects, whatever the status.

        ``last`` makes the request conditional, unless it ``is_anew``; a 304 is answered
        from it, so that a caller always gets a payload.

        Raises:
            FetchError: no answer, too large a one, too many redirects, a damaged body,
                a refusal by robots.txt, an address that is not on the public internet, or
                a visit that has spent its time.

        Source: RFC 9110, sections 13 (conditional requests) and 15.4 (redirects).
        """
        hops: list[Hop] = []
        asked = _without_user(url)
        for _ in range(self.settings.max_redirects + 1):
            await self.politeness.admit(asked)
            is_known = last and asked == last.final_url and not is_anew
            conditions = _validators(last) if last and is_known else ()
            answer = await self._settled(asked, conditions)
            target = answer.target
            if not target:
                return self._capture(url, asked, tuple(hops), answer, last, bool(conditions))
            hops.append(Hop(asked, answer.status))
            asked = _resolved(asked, target)
        raise FetchError(url, f"redirects more than {self.settings.max_redirects} times")

    async def ask(self, url: str) -> Capture:
        """Return what a URL answers, asked once: manners and redirects are the caller's.

        Raises:
            FetchError: no answer (``NoAnswerError``), too large a one, a damaged body, or an
                address that is not on the public internet.
        """
        try:
            answer = await self._timely(url, ())
        except httpx.TransportError as error:
            raise NoAnswerError(url, f"no answer ({_named(error)})") from error
        return self._capture(url, url, (), answer, None, False)

    def _capture(
        self,
        url: str,
        final_url: str,
        hops: tuple[Hop, ...],
        answer: _Answer,
        last: Capture | None,
        is_conditional: bool,
    ) -> Capture:
        """Keep an answer; a 304 that nobody asked for stands for nothing."""
        if last and is_conditional and answer.status == httpx.codes.NOT_MODIFIED:
            revisit: Revisit | None = Revisit.NOT_MODIFIED
            payload, digest = last.payload, last.payload_digest
        else:
            payload = self._decoded(final_url, answer)
            digest = digest_of(payload)
            is_same = last is not None and last.payload_digest == digest
            revisit = Revisit.SAME_PAYLOAD if is_same else None
        return Capture(
            url=url,
            final_url=final_url,
            captured_at=self.clock.now(),
            status=answer.status,
            payload=payload,
            payload_digest=digest,
            request_headers=answer.request_headers,
            response_headers=answer.headers,
            hops=hops,
            revisit=revisit,
        )

    def _decoded(self, url: str, answer: _Answer) -> bytes:
        coding = answer.header("content-encoding")
        try:
            return decoded(answer.body, coding, cap_bytes=self.settings.max_payload_bytes)
        except ExtractError as error:
            raise FetchError(url, str(error)) from error

    async def _settled(self, url: str, headers: RawHeaders) -> _Answer:
        """Ask until there is an answer, and note how the host did."""
        try:
            answer = await self._persistent(url, headers)
        except NoAnswerError:
            self.politeness.failed(url)
            raise
        if answer.status in RETRIED:
            self.politeness.failed(url, self._retry_after_s(answer))
        else:
            self.politeness.answered(url)
        return answer

    async def _persistent(self, url: str, headers: RawHeaders, *, in_turn: bool = True) -> _Answer:
        """Ask again after a broken connection, a 429 or a server error, ever later.

        Each time waits for its turn with the host; robots.txt is asked within one.
        """
        for attempt in range(self.settings.retries + 1):
            is_last = attempt == self.settings.retries
            wait_s = FIRST_BACKOFF_S * 2**attempt * random.uniform(0.75, 1.25)
            try:
                answer = await self._timely(url, headers)
            except httpx.TransportError as error:
                if is_last or isinstance(error, UNCHANGING):
                    raise NoAnswerError(url, f"no answer ({_named(error)})") from error
            else:
                if is_last or answer.status not in RETRIED:
                    return answer
                wait_s = max(wait_s, self._retry_after_s(answer))
                if wait_s > LONGEST_WAIT_S:
                    return answer
            await self.clock.sleep(wait_s)
            if in_turn:
                await self.politeness.wait(url)
        raise AssertionError("the last attempt returns or raises")

    async def _timely(self, url: str, headers: RawHeaders) -> _Answer:
        """Ask within the time that one answer may take, and the visit still has."""
        longest_s = self.settings.timeout_s * TIMEOUTS
        told = f"no whole answer within {longest_s:g} seconds"
        if self._budget.left_s < longest_s:
            longest_s = self._budget.left_s
            told = f"the visit took longer than {self.settings.max_visit_s:g} seconds (max_visit_s)"
        if longest_s <= 0:
            raise FetchError(url, told)
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            return await self._ask(url, headers, began_s + longest_s)
        except TimeoutError as error:
            raise NoAnswerError(url, told) from error
        finally:
            self._budget.left_s -= loop.time() - began_s

    async def _ask(self, url: str, headers: RawHeaders, until: float) -> _Answer:
        limit_s = self.settings.timeout_s
        limits = Limits(limit_s, limit_s, limit_s, until)
        try:
            address = address_of(url)
            sent: RawHeaders = [(b"Host", address.host), *self.headers, *headers]
            if self.cookies:
                sent = self._with_cookies(url, sent)
            request = Request(url, address.origin, "GET", octets("GET", address.target, sent))
            # A host name is looked at closely only when it is needed.
            status, heard, body = await self.transport.ask(request, limits)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchError(url, f"is not a web address ({error})") from error
        told = _told(heard)
        if any(name == "set-cookie" for name, _ in told):
            self._keep_cookies(url, heard)
        return _Answer(
            status=status,
            headers=_kept(told),
            request_headers=_kept(_told(sent)),
            body=await self._capped_body(url, body),
        )

    def _with_cookies(self, url: str, headers: RawHeaders) -> RawHeaders:
        request = httpx.Request("GET", url, headers=headers, stream=httpx.ByteStream(b""))
        self.cookies.set_cookie_header(request)
        return request.headers.raw

    def _keep_cookies(self, url: str, headers: RawHeaders) -> None:
        request = httpx.Request("GET", url)
        self.cookies.extract_cookies(httpx.Response(200, headers=headers, request=request))

    async def _capped_body(self, url: str, body: Body) -> bytes:
        cap = self.settings.max_body_bytes
        whole = bytearray()
        try:
            while part := await body.part():
                whole += part
                if len(whole) > cap:
                    raise FetchError(url, f"the body is larger than the cap of {cap:,} bytes")
        finally:
            body.close()
        return bytes(whole)

    def _retry_after_s(self, answer: _Answer) -> float:
        return retry_after_s(answer.header("retry-after"), self.clock.now())

    async def _robots(self, url: str) -> tuple[int, bytes]:
        asked = url
        alone = self.for_one_visit()
        for _ in range(self.settings.max_redirects + 1):
            answer = await alone._persistent(asked, (), in_turn=False)
            target = answer.target
            if not target:
                return answer.status, self._decoded(asked, answer)
            asked = _resolved(asked, target)
        raise FetchError(url, "redirects in a circle")


@asynccontextmanager
async def fetcher(
    settings: Crawler, clock: Clock, memory: Memory | None = None
) -> AsyncIterator[Fetcher]:
    """Open a fetcher for one run, and close its connections afterwards.

    Without a ``memory`` of hosts, each is a stranger.
    """
    guard = Guard.allowing(settings.allow_private)
    async with Transport(guard, settings.max_header_bytes) as transport:
        yield Fetcher(transport, settings, clock, memory)


def retry_after_s(written: str | None, now: datetime) -> float:
    """Return the wait that a server asks for, in seconds. Source: RFC 9110, section 10.2.3."""
    written = (written or "").strip()
    if written.isascii() and written.isdigit():
        return float(written)
    try:
        asked = parsedate_to_datetime(written) - now
    except (ValueError, TypeError, OverflowError):
        asked = timedelta()
    return max(0.0, asked.total_seconds())


def _validators(last: Capture) -> RawHeaders:
    """The headers that make a request conditional on what is held.

    The server's own Last-Modified goes back as it came: a made-up date beside an
    ETag keeps stock nginx from ever answering 304. What is not ASCII cannot go back.
    """
    pairs = ((b"If-None-Match", "etag"), (b"If-Modified-Since", "last-modified"))
    found = [(name, last.header(held)) for name, held in pairs]
    return [(n, value.encode("ascii")) for n, value in found if value and value.isascii()]


def _resolved(asked: str, target: str) -> str:
    try:
        resolved = _without_user(urljoin(asked, target))
        scheme = urlsplit(resolved).scheme
    except ValueError as error:
        raise FetchError(asked, f"redirects to {target!r}, which is no address") from error
    if scheme not in ("http", "https"):
        raise FetchError(asked, f"redirects to {target!r}, which is no web address")
    return resolved


def _without_user(url: str) -> str:
    """A URL without the user name and password that it may hold."""
    if "@" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise FetchError(url, f"is not a web address ({error})") from error
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _told(headers: RawHeaders) -> Sequence[tuple[str, str]]:
    """Headers as text, their names in small letters."""
    try:
        return [(_small(name), value.decode("ascii")) for name, value in headers]
    except UnicodeDecodeError:
        return httpx.Headers(headers).multi_items()


@lru_cache(maxsize=128)
def _small(name: bytes) -> str:
    return name.decode("ascii").lower()


def _kept(headers: Sequence[tuple[str, str]]) -> Headers:
    """Headers as they are kept: a secret by its name only."""
    return tuple([(name, NOT_KEPT if name in SECRET else value) for name, value in headers])


def _named(error: Exception) -> str:
    name = type(error).__name__
    return f"{name}: {error}" if str(error) else name
