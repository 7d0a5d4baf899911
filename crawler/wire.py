"""One connection that speaks HTTP/1.1: a request out, its answer in, nothing left over."""

import asyncio
import math
import select
from typing import cast

import httptools

from crawler.http_client import httpx
from crawler.request import Limits, Request
from snapshots.errors import FetchError

# Reading stops while so many bytes of a body wait to be taken.
UNREAD_BYTES = 256 * 1024
# What real servers get wrong and browsers put up with: folded headers, lines that end
# without a carriage return, spaces after the size of a chunk, and a length beside chunks
# (which count: RFC 9112, section 6.3).
LENIENCIES = {
    "lenient_headers": True,
    "lenient_optional_cr_before_lf": True,
    "lenient_spaces_after_chunk_size": True,
    "lenient_chunked_length": True,
}
SWITCHING_PROTOCOLS = 101
RawHeaders = list[tuple[bytes, bytes]]


class Connection(asyncio.Protocol):
    """An open connection to one server; one request and its answer at a time.

    ``is_heard`` tells whether any byte of the present answer has come. ``max_header_bytes``
    caps what is no body: status lines and headers, and later chunk sizes and trailers.
    """

    _request: Request
    _parser: httptools.HttpResponseParser
    _failure: Exception | None
    _answer: tuple[int, RawHeaders] | None
    _headers: RawHeaders
    _codings: list[bytes]
    _has_length: bool
    _ends_at_close: bool
    _parts: list[bytes]
    _unread: int
    _unbodied: int

    def __init__(self, max_header_bytes: int) -> None:
        self._max_header_bytes = max_header_bytes
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ends_at = 0.0
        self._too_late: type[Exception] = TimeoutError
        self._readable: select.poll | None = None
        self._is_open = False
        self._is_full = False
        self._is_spoilt = False
        self._is_whole = True
        self.idle_since = 0.0
        self.is_heard = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take hold of the transport. Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)
        # Any byte that the system does not take at once counts as not written.
        self._transport.set_write_buffer_limits(high=0)
        self._is_open = True

    @property
    def is_done(self) -> bool:
        """Whether the answer is whole, and nothing is known against another request."""
        return self._is_open and self._is_whole and not self._is_spoilt

    @property
    def is_reusable(self) -> bool:
        """Whether another request may follow: the answer is whole, and nothing came after it.

        What the loop has not read yet, the end included, is not to be trusted either.
        """
        file = self._transport.get_extra_info("socket").fileno()
        if not self.is_done or file < 0:
            return False
        if self._readable is None:
            self._readable = select.poll()
            self._readable.register(file, select.POLLIN)
        return not self._readable.poll(0)

    def close(self) -> None:
        """Give the connection up at once."""
        self._is_spoilt = True
        self._stop_timer()
        # One that is lost already may no longer be able to: its loop is gone.
        if self._is_open:
            self._transport.abort()

    async def ask(self, request: Request, limits: Limits) -> tuple[int, RawHeaders]:
        """Send a request; return the status and the headers of its answer.

        All of the headers must come within ``read_s``: a trickle of them is none.

        Raises:
            httpx.TransportError: the connection broke, or what came is not HTTP.
            FetchError: the headers are larger than the cap.
            TimeoutError: the answer was to be there by now.
        """
        self._begin(request)
        if not self._is_open:
            raise httpx.ReadError("the connection was lost")
        self._transport.write(request.octets)
        while self._is_full and not self.is_heard:
            await self._news(limits.write_s, limits.until, httpx.WriteTimeout)
        while self._answer is None:
            await self._news(limits.read_s, limits.until, httpx.ReadTimeout)
        return self._answer

    async def part(self, limits: Limits) -> bytes:
        """Return the next part of the body as it came; nothing when it is whole.

        Raises:
            httpx.TransportError: the body is cut short, damaged, or does not go on.
            FetchError: what lies between its parts is larger than the cap.
            TimeoutError: the answer was to be there by now.
        """
        while not self._parts and not self._is_whole:
            await self._news(limits.read_s, limits.until, httpx.ReadTimeout)
        part = b"".join(self._parts)
        self._parts.clear()
        self._unread = 0
        self._transport.resume_reading()
        return part

    def data_received(self, data: bytes) -> None:
        """Read what came. Called by the loop."""
        self.is_heard = True
        while data and not self._is_whole and self._failure is None:
            room = self._max_header_bytes - self._unbodied
            self._read(data[:room])
            data = data[room:]
        if data:
            # Nobody asked for this: it must not become the answer to the next request.
            self.close()

    def _read(self, piece: bytes) -> None:
        self._unbodied += len(piece)
        try:
            self._parser.feed_data(piece)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(httpx.RemoteProtocolError(f"the answer is not HTTP: {error}"))
        if self._unbodied >= self._max_header_bytes and not self._is_whole:
            told = f"the headers are larger than the cap of {self._max_header_bytes:,} bytes"
            self._fail(FetchError(self._request.url, f"{told} (max_header_bytes)"))

    def connection_lost(self, error: Exception | None) -> None:
        """End the answer, whole or not. Called by the loop."""
        self._is_open = False
        self._stop_timer()
        if self._is_whole:
            return
        if error is not None:
            self._fail(httpx.ReadError(str(error)))
        elif self._answer is not None and self._ends_at_close:
            self._is_whole = True
            self._wake()
        else:
            missing = "without an answer" if not self.is_heard else "before the answer was whole"
            self._fail(httpx.RemoteProtocolError(f"the connection ended {missing}"))

    def pause_writing(self) -> None:
        """Note that the request is not written yet. Called by the loop."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Note that the request is written. Called by the loop."""
        self._is_full = False
        self._wake()

    def on_message_begin(self) -> None:
        """Stop the parser at a second answer. Called by the parser."""
        if self._is_whole:
            raise httptools.HttpParserError("more than was asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep one header, or one trailer, which is not used. Called by the parser."""
        self._headers.append((name, value))
        plain = name.strip().lower()
        if plain == b"content-length":
            self._has_length = True
        elif plain == b"transfer-encoding":
            self._codings.append(value.strip().lower())
        if b"\0" in value:
            self._fail(httpx.RemoteProtocolError("a header holds a NUL character"))

    def on_headers_complete(self) -> None:
        """Hand over the status and the headers, unless they are interim. Called by the parser."""
        status = self._parser.get_status_code()
        if status < 200:
            if status < 100 or status == SWITCHING_PROTOCOLS:
                self._fail(httpx.RemoteProtocolError(f"the status {status:03} was not asked for"))
            self._forget_headers()
            return
        if self._codings not in ([], [b"chunked"]):
            named = b", ".join(self._codings).decode("latin-1")
            told = f"the transfer coding {named!r} is not understood"
            self._fail(httpx.RemoteProtocolError(told))
        self._ends_at_close = not (self._has_length or self._codings)
        self._is_spoilt = self._has_length and bool(self._codings)
        self._answer = (status, self._headers)
        self._headers = []
        self._unbodied = 0
        if self._request.method == "HEAD":
            # The parser cannot be told that no body follows, so it is not asked further.
            self._is_whole = self._is_spoilt = True
        self._wake()

    def on_body(self, part: bytes) -> None:
        """Keep a part of the body until it is taken. Called by the parser."""
        self._unbodied = 0
        self._parts.append(part)
        self._unread += len(part)
        if self._unread > UNREAD_BYTES:
            self._transport.pause_reading()
        self._wake()

    def on_message_complete(self) -> None:
        """End the answer, unless it was an interim one. Called by the parser."""
        if self._answer is not None and self._failure is None:
            self._is_whole = True
            self._is_spoilt = self._is_spoilt or not self._parser.should_keep_alive()
            self._wake()

    def _begin(self, request: Request) -> None:
        self._request = request
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(**LENIENCIES)
        self._failure = None
        self._answer = None
        self._parts = []
        self._unread = self._unbodied = 0
        self._ends_at_close = self._is_whole = self.is_heard = False
        self._forget_headers()

    def _forget_headers(self) -> None:
        self._headers = []
        self._codings = []
        self._has_length = False

    async def _news(
        self, limit_s: float | None, until: float, too_late: type[httpx.TimeoutException]
    ) -> None:
        """Wait until something has happened, which may be a failure."""
        if self._failure is None:
            self._waiter = self._loop.create_future()
            self._expect(limit_s, until, too_late)
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self._failure is not None:
            raise self._failure

    def _expect(
        self, limit_s: float | None, until: float, too_late: type[httpx.TimeoutException]
    ) -> None:
        """Fail when nothing happens in time. One timer serves many waits, as most are short."""
        self._ends_at, self._too_late = until, TimeoutError
        if limit_s and (soon := self._loop.time() + limit_s) < until:
            self._ends_at, self._too_late = soon, too_late
        if self._ends_at < math.inf and (self._timer is None or self._timer.when() > self._ends_at):
            self._stop_timer()
            self._timer = self._loop.call_at(self._ends_at, self._ring)

    def _ring(self) -> None:
        """Fail if what is waited for now is late; a wait that came later has its time."""
        self._timer = None
        if self._waiter is None or self._ends_at == math.inf:
            return
        if self._loop.time() < self._ends_at:
            self._timer = self._loop.call_at(self._ends_at, self._ring)
        else:
            self._fail(self._too_late(""))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, error: Exception) -> None:
        """Fail the answer, if it is not whole, and give the connection up."""
        self.close()
        if not self._is_whole and self._failure is None:
            self._failure = error
            self._wake()
