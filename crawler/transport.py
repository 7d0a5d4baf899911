"""httpx's way to the network: one kept connection a host, only to permitted addresses.

httpx's own pool looks at every connection for every request; this one looks at none but
the host's own.
"""

import asyncio
import math
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cached_property
from typing import Any, NamedTuple

from crawler.guard import Guard, refusal
from crawler.http_client import httpx
from crawler.request import Limits, Origin, Request, request_of
from crawler.wire import Connection, RawHeaders
from snapshots.errors import ForbiddenAddressError

# A kept connection is not trusted after so long without a request: servers close theirs.
LONGEST_IDLE_S = 30.0
# Each is an open file, of which a process has a thousand or fewer.
MOST_IDLE = 100
# Of a host with more addresses than this, the first are tried.
MOST_ADDRESSES = 8
# Source: RFC 9110, section 9.2.1: asking twice does nothing that asking once does not.
SAFE_METHODS = frozenset(("GET", "HEAD"))
Resolve = Callable[[str], Awaitable[list[str]]]


async def resolved(host: str) -> list[str]:
    """Return the addresses of a host, however it is spelt, in the system's order."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Transport(httpx.AsyncBaseTransport):
    """The connections of one run. A host is resolved once a connection, and guarded there.

    Each origin keeps one idle connection. A request that finds it dead is sent again over
    a new one, once.
    """

    def __init__(
        self,
        guard: Guard,
        max_header_bytes: int = 65_536,
        resolve: Resolve = resolved,
        longest_idle_s: float = LONGEST_IDLE_S,
    ) -> None:
        self._guard = guard
        self._max_header_bytes = max_header_bytes
        self._resolve = resolve
        self._longest_idle_s = longest_idle_s
        self._idle: dict[Origin, Connection] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer to a request of httpx's, as ``ask`` does."""
        status, headers, body = await self.ask(*request_of(request))
        return httpx.Response(status, headers=headers, stream=_Stream(body))

    async def ask(self, request: Request, limits: Limits) -> "Answering":
        """Return the answer to a request, its body still to come.

        Raises:
            httpx.TransportError: there is none; the subclass tells why.
            FetchError: the host is at no permitted address, or the headers are too large.
            TimeoutError: the answer was to be there by now.
        """
        if kept := self._kept(request.origin):
            try:
                return await self._ask(kept, request, limits)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                if kept.is_heard or request.method not in SAFE_METHODS:
                    raise
        until = asyncio.get_running_loop().time() + (limits.connect_s or math.inf)
        try:
            async with asyncio.timeout_at(min(until, limits.until)):
                connection = await self._connected(request, limits.connect_s)
        except TimeoutError as error:
            if limits.until < until:
                raise
            raise httpx.ConnectTimeout("") from error
        return await self._ask(connection, request, limits)

    async def aclose(self) -> None:
        """Close the kept connections."""
        for connection in self._idle.values():
            connection.close()
        self._idle.clear()
        # The loop lets go of a closed connection in its next turn.
        await asyncio.sleep(0)

    async def _ask(self, connection: Connection, request: Request, limits: Limits) -> "Answering":
        is_answered = False
        try:
            status, headers = await connection.ask(request, limits)
            is_answered = True
        finally:
            if not is_answered:
                connection.close()
        body = Body(connection, limits, self._keep, request.origin)
        return Answering(status, headers, body)

    def _kept(self, origin: Origin) -> Connection | None:
        self._close_those_left_idle()
        connection = self._idle.pop(origin, None)
        if connection is None or connection.is_reusable:
            return connection
        connection.close()
        return None

    def _keep(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection for the next request, or close one that is not to be trusted."""
        if not connection.is_done:
            connection.close()
            return
        if other := self._idle.pop(origin, None):
            other.close()
        connection.idle_since = asyncio.get_running_loop().time()
        self._idle[origin] = connection
        self._close_those_left_idle()

    def _close_those_left_idle(self) -> None:
        """Close what was kept longest, which stands first, where it is too long or too many."""
        oldest = asyncio.get_running_loop().time() - self._longest_idle_s
        while self._idle:
            origin, connection = next(iter(self._idle.items()))
            if connection.idle_since > oldest and len(self._idle) <= MOST_IDLE:
                return
            del self._idle[origin]
            connection.close()

    async def _connected(self, request: Request, limit_s: float | None) -> Connection:
        """Connect to the first address that lets us; each but the last has its share of time."""
        origin = request.origin
        addresses = await self._addresses(origin[1], request.url)
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(limit_s and limit_s / len(addresses)):
                    return await self._open(origin, address)
            except (OSError, httpx.ConnectError):
                continue
        return await self._open(origin, addresses[-1])

    async def _addresses(self, host: str, url: str) -> list[str]:
        try:
            found = await self._resolve(host)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} cannot be resolved: {_reason(error)}") from error
        permitted = self._guard.permitted(host, found)
        if not permitted:
            raise ForbiddenAddressError(url, refusal(host, found[0]))
        return permitted[:MOST_ADDRESSES]

    async def _open(self, origin: Origin, address: str) -> Connection:
        scheme, host, port = origin
        secured: dict[str, Any] = {}
        if scheme == "https":
            secured = {"ssl": self._tls, "server_hostname": host.removesuffix(".")}
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(self._max_header_bytes), address, port, **secured
            )
        except OSError as error:
            raise httpx.ConnectError(f"{address} port {port}: {_reason(error)}") from error
        return connection

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Trusts certifi's authorities, or those of SSL_CERT_FILE or SSL_CERT_DIR."""
        try:
            context = httpx.create_ssl_context()
        except OSError as error:
            told = f"the certificates to trust cannot be read ({error})"
            raise httpx.ConnectError(told) from error
        context.set_alpn_protocols(["http/1.1"])
        return context


class Body:
    """The body of one answer, part by part; afterwards its connection is handed back."""

    __slots__ = ("_connection", "_hand_back", "_limits", "_origin")

    def __init__(
        self,
        connection: Connection,
        limits: Limits,
        hand_back: Callable[[Origin, Connection], None],
        origin: Origin,
    ) -> None:
        self._connection: Connection | None = connection
        self._limits = limits
        self._hand_back = hand_back
        self._origin = origin

    async def part(self) -> bytes:
        """Return the next part as it came; nothing when the body is whole, or is closed.

        Raises:
            httpx.TransportError: it is cut short, damaged, or does not go on.
            FetchError: what lies between its parts is larger than the cap.
            TimeoutError: the answer was to be there by now.
        """
        return b"" if self._connection is None else await self._connection.part(self._limits)

    def close(self) -> None:
        """Hand the connection back: it is kept if the body is whole."""
        if self._connection is not None:
            self._hand_back(self._origin, self._connection)
            self._connection = None


class Answering(NamedTuple):
    """An answer of which the body is still to come."""

    status: int
    headers: RawHeaders
    body: Body


class _Stream(httpx.AsyncByteStream):
    """A body as httpx takes it."""

    def __init__(self, body: Body) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while part := await self._body.part():
            yield part

    async def aclose(self) -> None:
        self._body.close()


def _reason(error: Exception) -> str:
    """What went wrong with a connection, in the system's words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return f"TLS fails ({error.reason or error})"
    if isinstance(error, socket.gaierror) or not isinstance(error, OSError) or not error.errno:
        return str(error.args[-1] if error.args else error)
    return os.strerror(error.errno)
