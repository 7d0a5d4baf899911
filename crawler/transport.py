"""httpx's way to the network: one kept connection a host, only to permitted addresses.

httpx's own pool looks at every connection for every request; this one looks at none but
the host's own.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import cached_property
from typing import Any

from crawler.guard import Guard, refusal
from crawler.http_client import httpx
from crawler.wire import Connection
from snapshots.errors import ForbiddenAddressError

# A kept connection is not trusted after so long without a request: servers close theirs.
LONGEST_IDLE_S = 30.0
# Each is an open file, of which a process has a thousand or fewer.
MOST_IDLE = 100
# Of a host with more addresses than this, the first are tried.
MOST_ADDRESSES = 8
PORTS = {"http": 80, "https": 443}
# Source: RFC 9110, section 9.2.1: asking twice does nothing that asking once does not.
SAFE_METHODS = frozenset(("GET", "HEAD"))
Origin = tuple[str, str, int]
Resolve = Callable[[str], Awaitable[list[str]]]
Limits = Mapping[str, float | None]


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
        """Return the answer to a request, its body still to come.

        Raises:
            httpx.TransportError: there is none; the subclass tells why.
            FetchError: the host is at no permitted address, or the headers are too large.
        """
        origin = _origin(request.url)
        limits: Limits = request.extensions.get("timeout", {})
        if kept := self._kept(origin):
            try:
                return await self._ask(kept, origin, request, limits)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                if kept.is_heard or request.method not in SAFE_METHODS:
                    raise
        try:
            async with asyncio.timeout(limits.get("connect")):
                connection = await self._connected(origin, request.url, limits.get("connect"))
        except TimeoutError as error:
            raise httpx.ConnectTimeout("") from error
        return await self._ask(connection, origin, request, limits)

    async def aclose(self) -> None:
        """Close the kept connections."""
        for connection in self._idle.values():
            connection.close()
        self._idle.clear()
        # The loop lets go of a closed connection in its next turn.
        await asyncio.sleep(0)

    async def _ask(
        self, connection: Connection, origin: Origin, request: httpx.Request, limits: Limits
    ) -> httpx.Response:
        is_answered = False
        try:
            status, headers = await connection.ask(request, limits.get("write"), limits.get("read"))
            is_answered = True
        finally:
            if not is_answered:
                connection.close()
        body = _Body(connection, limits.get("read"), lambda: self._keep(origin, connection))
        return httpx.Response(status, headers=headers, stream=body)

    def _kept(self, origin: Origin) -> Connection | None:
        self._close_those_left_idle()
        connection = self._idle.pop(origin, None)
        if connection is None or connection.is_reusable:
            return connection
        connection.close()
        return None

    def _keep(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection for the next request, or close one that is not to be trusted."""
        if not connection.is_reusable:
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

    async def _connected(self, origin: Origin, url: httpx.URL, limit_s: float | None) -> Connection:
        """Connect to the first address that lets us; each but the last has its share of time."""
        addresses = await self._addresses(origin[1], str(url))
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


class _Body(httpx.AsyncByteStream):
    """The body of one answer, part by part; afterwards its connection is handed back."""

    def __init__(
        self, connection: Connection, read_s: float | None, hand_back: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._read_s = read_s
        self._hand_back: Callable[[], None] | None = hand_back

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while part := await self._connection.part(self._read_s):
            yield part

    async def aclose(self) -> None:
        if self._hand_back is not None:
            self._hand_back()
            self._hand_back = None


def _origin(url: httpx.URL) -> Origin:
    """The scheme, the host in ASCII, and the port that a URL is asked at."""
    if url.scheme not in PORTS:
        raise httpx.UnsupportedProtocol(f"{url.scheme}: is neither http nor https")
    port = PORTS[url.scheme] if url.port is None else url.port
    if not url.raw_host or not 0 < port < 65_536:
        raise httpx.UnsupportedProtocol("the address names no host, or a port that cannot be")
    return url.scheme, url.raw_host.decode("ascii"), port


def _reason(error: Exception) -> str:
    """What went wrong with a connection, in the system's words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return f"TLS fails ({error.reason or error})"
    if isinstance(error, socket.gaierror) or not isinstance(error, OSError) or not error.errno:
        return str(error.args[-1] if error.args else error)
    return os.strerror(error.errno)
