"""A request as it goes over the wire, and how long its answer may take. Touches no network."""

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from crawler.http_client import httpx

PORTS = {"http": 80, "https": 443}
RawHeaders = Sequence[tuple[bytes, bytes]]
Origin = tuple[str, str, int]
# An address that httpx gives back as it is: telling it so takes a fortieth of taking it apart.
# Its path and query hold what need not be quoted; a host's letters are small.
_PLAIN = re.compile(r"(https?://[a-z0-9][a-z0-9.:-]*)(/[!$-;=@-_a-z|~]*(?:\?[!$-;=?-~]*)?)")
_LONGEST_PLAIN = 8192


class Address(NamedTuple):
    """Where a URL is asked for: the origin, its name in the Host header, and the target there."""

    origin: Origin
    host: bytes
    target: bytes


class Request(NamedTuple):
    """A request to an origin, in octets. ``url`` names it in errors."""

    url: str
    origin: Origin
    method: str
    octets: bytes


class Limits(NamedTuple):
    """How many seconds may pass between two things that happen; None: any number.

    ``until`` is the moment, by the loop's clock, before which the whole answer must be there.
    """

    connect_s: float | None = None
    write_s: float | None = None
    read_s: float | None = None
    until: float = math.inf


def address_of(url: str) -> Address:
    """Return where a URL is asked for.

    Raises:
        httpx.InvalidURL: it is no URL.
        httpx.UnsupportedProtocol: it is not one of the web, or names no host.
    """
    plain = _PLAIN.fullmatch(url) if len(url) <= _LONGEST_PLAIN and "/." not in url else None
    if plain is None:
        return address_in(httpx.URL(url))
    origin, host = _origin_and_host(plain[1])
    return Address(origin, host, plain[2].encode("ascii"))


def address_in(url: httpx.URL) -> Address:
    """Return where a URL that was taken apart is asked for.

    Raises:
        httpx.UnsupportedProtocol: it is not one of the web, or names no host.
    """
    if url.scheme not in PORTS:
        raise httpx.UnsupportedProtocol(f"{url.scheme}: is neither http nor https")
    port = PORTS[url.scheme] if url.port is None else url.port
    if not url.raw_host or not 0 < port < 65_536:
        raise httpx.UnsupportedProtocol("the address names no host, or a port that cannot be")
    origin = url.scheme, url.raw_host.decode("ascii"), port
    return Address(origin, url.netloc, url.raw_path)


def octets(method: str, target: bytes, headers: RawHeaders, body: bytes = b"") -> bytes:
    """Return a request as it goes over the wire.

    Raises:
        httpx.LocalProtocolError: a header holds a line break, or a NUL.
    """
    lines = [b"%s %s HTTP/1.1" % (method.encode("ascii"), target)]
    lines += [b"%s: %s" % header for header in headers]
    head = b"\r\n".join(lines)
    if head.count(b"\n") + 1 != len(lines) or head.count(b"\r") + 1 != len(lines) or b"\0" in head:
        raise httpx.LocalProtocolError("a header of the request holds a line break")
    return b"%s\r\n\r\n%s" % (head, body)


def request_of(asked: httpx.Request) -> tuple[Request, Limits]:
    """Return one of httpx's requests, and the limits that come with it."""
    address = address_in(asked.url)
    written = octets(asked.method, address.target, asked.headers.raw, asked.read())
    limits: Mapping[str, float | None] = asked.extensions.get("timeout", {})
    return (
        Request(str(asked.url), address.origin, asked.method, written),
        Limits(limits.get("connect"), limits.get("write"), limits.get("read")),
    )


@lru_cache(maxsize=1024)
def _origin_and_host(written: str) -> tuple[Origin, bytes]:
    address = address_in(httpx.URL(written))
    return address.origin, address.host
