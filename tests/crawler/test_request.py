"""A request in octets: an address that is taken apart quickly comes out as httpx has it."""

import random

import pytest

from crawler.http_client import httpx
from crawler.request import Address, address_in, address_of, octets

PIECES = (
    *("/", "//", "/.", "/..", "/a", "?", "#", "%", "%2", "%2f", "%zz", "&", "=", "+", "~", ":"),
    *("[", "]", "{", "|", "}", "\\", "^", "`", "'", '"', "<", ">", " ", "@", "!", "$", "*", ";"),
    *("word", "A", "0", ".", "-", "_", "é", "\u202e", "\t", "\n", "\x7f", "\0"),
)
HOSTS = ("example.org", "EXAMPLE.org", "127.0.0.1", "256.0.0.1", "a..b", "-a", "[::1]", "é.org", "")
PORTS = ("", ":", ":80", ":443", ":8080", ":0", ":99999", ":x", ":1:2", ":+8")


def through_httpx(url: str) -> Address | str:
    try:
        return address_in(httpx.URL(url))
    except (httpx.InvalidURL, httpx.TransportError, UnicodeError) as error:
        return repr(error)


def at_once(url: str) -> Address | str:
    try:
        return address_of(url)
    except (httpx.InvalidURL, httpx.TransportError, UnicodeError) as error:
        return repr(error)


@pytest.mark.parametrize("scheme", ["http", "https", "HTTP", "ftp"])
def test_an_address_is_asked_where_httpx_would_ask(scheme: str) -> None:
    chosen = random.Random(scheme)
    urls = [
        f"{scheme}://{chosen.choice(HOSTS)}{chosen.choice(PORTS)}"
        f"{''.join(chosen.choices(PIECES, k=chosen.randrange(6)))}"
        for _ in range(3000)
    ]

    asked = {url: at_once(url) for url in urls}

    assert asked == {url: through_httpx(url) for url in urls}
    assert scheme == "ftp" or sum(isinstance(each, Address) for each in asked.values()) > 300


@pytest.mark.parametrize("octet", range(128))
def test_every_letter_of_an_address_is_sent_as_httpx_would(octet: int) -> None:
    for url in (f"http://a.org/{chr(octet)}x", f"http://a.org/x?{chr(octet)}"):
        assert at_once(url) == through_httpx(url)


def test_an_address_without_end_is_refused() -> None:
    with pytest.raises(httpx.InvalidURL, match="too long"):
        address_of(f"http://a.org/{'x' * 70_000}")


def test_a_request_is_written_line_by_line() -> None:
    written = octets("GET", b"/page?a=b", [(b"Host", b"a.org"), (b"Accept", b"*/*")])

    assert written == b"GET /page?a=b HTTP/1.1\r\nHost: a.org\r\nAccept: */*\r\n\r\n"


@pytest.mark.parametrize("value", [b"a\r\nX-Smuggled: 1", b"a\nb", b"a\rb", b"a\0b"])
def test_a_header_that_would_be_two_is_refused(value: bytes) -> None:
    with pytest.raises(httpx.LocalProtocolError, match="line break"):
        octets("GET", b"/", [(b"If-None-Match", value)])
