"""Requests over real sockets: what is kept, what is refused, what is never believed."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from crawler.guard import Guard
from crawler.transport import MOST_IDLE, Resolve, Transport, resolved
from snapshots.errors import FetchError

SELF_SIGNED = Path(__file__).with_name("self_signed.pem")
HERE = Guard.allowing(["127.0.0.0/8"])
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
FORGED = OK + b"Content-Length: 6\r\n\r\nforged"
MEGABYTE = b"x" * 1_000_000


def saying(words: str, *headers: str) -> bytes:
    """Return an answer of a stated length."""
    lines = [f"Content-Length: {len(words)}", *headers]
    return OK + "\r\n".join(lines).encode() + b"\r\n\r\n" + words.encode()


@dataclass(slots=True)
class Peer:
    """The server's end of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    requests: list[bytes] = field(default_factory=list)

    async def hear(self) -> bytes:
        """Wait for a request; return its head."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.requests.append(head)
        return head

    async def say(self, octets: bytes) -> None:
        self.writer.write(octets)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection."""
        linger = b"\x01\0\0\0\0\0\0\0"
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()


Play = Callable[[Peer], Awaitable[None]]


def answering(*answers: bytes) -> Play:
    """Answer so many requests, each with its octets, and hang up."""

    async def play(peer: Peer) -> None:
        for octets in answers:
            await peer.hear()
            await peer.say(octets)

    return play


async def silent(peer: Peer) -> None:
    """Hear a request, and never say a word."""
    await peer.hear()
    await peer.reader.read()


@dataclass
class Server:
    """Plays its parts to one connection after the other; the last to all that follow."""

    plays: tuple[Play, ...]
    port: int = 0
    peers: list[Peer] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/page"

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        self.peers.append(peer)
        play = self.plays[min(len(self.peers), len(self.plays)) - 1]
        try:
            await play(peer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def server(*plays: Play, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    here = Server(plays)
    listening = await asyncio.start_server(here.welcome, "127.0.0.1", 0, ssl=tls)
    here.port = listening.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        listening.close()
        for peer in here.peers:
            held = peer.writer.get_extra_info("socket")
            if held is not None and held.fileno() >= 0:
                peer.writer.transport.abort()
        await asyncio.sleep(0.01)


@asynccontextmanager
async def client(
    guard: Guard = HERE,
    max_header_bytes: int = 65_536,
    timeout_s: float = 5,
    resolve: Resolve = resolved,
) -> AsyncIterator[httpx.AsyncClient]:
    transport = Transport(guard, max_header_bytes, resolve)
    async with httpx.AsyncClient(transport=transport, timeout=timeout_s, trust_env=False) as opened:
        yield opened


async def taken(asker: httpx.AsyncClient, url: str) -> bytes:
    """Return the body of a URL as it came over the wire."""
    async with asker.stream("GET", url) as response:
        return b"".join([part async for part in response.aiter_raw()])


def once(*plays: Play, **settings: Any) -> bytes:
    """Return what a server that plays these parts is heard to say."""

    async def ask() -> bytes:
        async with server(*plays) as here, client(**settings) as asker:
            return await taken(asker, here.url)

    return asyncio.run(ask())


# What an answer says.


@pytest.mark.parametrize(
    ("wire", "body"),
    [
        (saying("words"), b"words"),
        (saying(""), b""),
        (OK + b"\r\nwords until the end", b"words until the end"),
        (b"HTTP/1.0 200 OK\r\n\r\nwords", b"words"),
        (CHUNKED + b"5\r\nwords\r\n1;a=b\r\n!\r\n0\r\nTrailer: x\r\n\r\n", b"words!"),
        (CHUNKED + b"5  \r\nwords\r\n0\r\n\r\n", b"words"),
        (
            CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n") + b"1\r\n!\r\n0\r\n\r\n",
            b"!",
        ),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n" + saying("words"), b"words"),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nwords", b"words"),
        (saying("words", "X-Folded: a\r\n b"), b"words"),
        (saying("words", "Connection: Upgrade", "Upgrade: h2,h2c"), b"words"),
        (saying("\x1f\x08", "Content-Encoding: gzip"), b"\x1f\x08"),
    ],
    ids=[
        "length",
        "empty",
        "until_the_end",
        "http_1_0",
        "chunks",
        "padded_chunk_sizes",
        "chunks_beside_a_length",
        "not_modified",
        "no_content",
        "interim",
        "bare_line_feeds",
        "folded_header",
        "offer_of_upgrade",
        "coded_body_as_it_came",
    ],
)
@pytest.mark.parametrize("is_slow", [False, True], ids=["at_once", "octet_by_octet"])
def test_a_body_is_whole(wire: bytes, body: bytes, is_slow: bool) -> None:
    async def play(peer: Peer) -> None:
        await peer.hear()
        for octet in [bytes([each]) for each in wire] if is_slow else [wire]:
            await peer.say(octet)
            await asyncio.sleep(0)

    assert once(play) == body


def test_the_status_and_the_headers_are_those_sent() -> None:
    wire = b"HTTP/1.1 404 Gone Fishing\r\nX-A: 1\r\nx-a:  2 \r\nX-Empty:\r\nX-Word: \xe9\r\n\r\n"

    async def ask() -> httpx.Response:
        async with server(answering(wire)) as here, client() as asker:
            return await asker.get(here.url)

    answer = asyncio.run(ask())

    assert answer.status_code == 404
    assert [(n, v.strip()) for n, v in answer.headers.raw] == [
        (b"X-A", b"1"),
        (b"x-a", b"2"),
        (b"X-Empty", b""),
        (b"X-Word", b"\xe9"),
    ]


def test_the_request_is_plain_http() -> None:
    async def ask() -> tuple[list[bytes], int]:
        async with server(answering(saying("words"))) as here, client() as asker:
            await asker.get(f"{here.url}?a=b c#part", headers={"X-One": "1"})
            return here.peers[0].requests[0].split(b"\r\n"), here.port

    lines, port = asyncio.run(ask())

    assert lines[0] == b"GET /page?a=b%20c HTTP/1.1"
    assert b"Host: 127.0.0.1:%d" % port in lines
    assert b"X-One: 1" in lines


def test_a_header_with_a_line_break_is_never_sent() -> None:
    async def ask() -> int:
        async with server(answering(saying("words"))) as here, client() as asker:
            with pytest.raises(httpx.LocalProtocolError, match="line break"):
                await asker.get(here.url, headers={"If-None-Match": "a\r\nX-Smuggled: 1"})
            return sum(len(peer.requests) for peer in here.peers)

    assert asyncio.run(ask()) == 0


def test_a_head_request_waits_for_no_body() -> None:
    async def ask() -> httpx.Response:
        answer = OK + b"Content-Length: 1000\r\n\r\n"
        async with server(answering(answer, answer)) as here, client() as asker:
            return await asker.head(here.url)

    assert asyncio.run(ask()).content == b""


# What is no answer.


@pytest.mark.parametrize(
    ("wire", "told"),
    [
        (b"", "the connection ended without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-", "the connection ended before the answer was whole"),
        (saying("words")[:-1], "the connection ended before the answer was whole"),
        (CHUNKED + b"5\r\nwords\r\n", "the connection ended before the answer was whole"),
        (CHUNKED + b"5\r\nwor", "the connection ended before the answer was whole"),
        (CHUNKED + b"5\r\nwords\r\n0\r\n", "the connection ended before the answer was whole"),
        (OK + b"Content-Length : 9\r\n\r\nwords", "the connection ended before the answer was"),
        (OK + b"Content-Length: -5\r\n\r\nwords", "the answer is not HTTP: Invalid character"),
        (OK + b"Content-Length: +5\r\n\r\nwords", "the answer is not HTTP: Invalid character"),
        (OK + b"Content-Length: 5, 5\r\n\r\nwords", "the answer is not HTTP: Invalid character"),
        (OK + b"Content-Length: 9" + b"9" * 40 + b"\r\n\r\nwords", "not HTTP: Content-Length over"),
        (saying("words", "Content-Length: 5"), "the answer is not HTTP: Duplicate Content-Length"),
        (saying("words", "Content-Length: 4"), "the answer is not HTTP: Duplicate Content-Length"),
        (CHUNKED + b"f" * 17 + b"\r\nwords", "the answer is not HTTP: Chunk size overflow"),
        (CHUNKED + b"-5\r\nwords", "the answer is not HTTP: Invalid character in chunk size"),
        (CHUNKED + b"5\r\nwordswords", "the answer is not HTTP"),
        (OK + b"Transfer-Encoding: gzip\r\n\r\nwords", "the transfer coding 'gzip' is not under"),
        (
            OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "coding 'gzip, chunked' is not",
        ),
        (
            CHUNKED[:-2] + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "coding 'chunked, chunked'",
        ),
        (OK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "the transfer coding 'xchunked'"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "the answer is not HTTP"),
        (b"<html>words</html>", "the answer is not HTTP"),
        (b"HTTP/2 200\r\n\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 099 Low\r\n\r\n", "the status 099 was not asked for"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\nwords", "the status 101 was not asked for"),
        (
            b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nwords",
            "the status 101 was not asked for",
        ),
        (saying("words", "No colon"), "the answer is not HTTP: Invalid header token"),
        (saying("words", "X-Nul: a\0b"), "a header holds a NUL character"),
    ],
)
def test_what_is_no_whole_answer_is_refused(wire: bytes, told: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError) as raised:
        once(answering(wire))

    assert told in str(raised.value)
    assert str(raised.value.request.url).endswith("/page")


@pytest.mark.parametrize(
    "wire",
    [saying("words"), CHUNKED + b"5\r\nwords\r\n0\r\nTrailer: x\r\n\r\n"],
    ids=["length", "chunks"],
)
def test_an_answer_is_not_whole_wherever_it_is_cut(wire: bytes) -> None:
    async def cut_everywhere() -> int:
        cuts = [answering(wire[:end]) for end in range(len(wire))]
        async with server(*cuts) as here, client() as asker:
            for _ in cuts:
                with pytest.raises(httpx.RemoteProtocolError, match="the connection ended"):
                    await taken(asker, here.url)
            return len(here.peers)

    assert asyncio.run(cut_everywhere()) == len(wire)


def test_a_body_that_a_reset_cuts_short_is_not_whole() -> None:
    async def play(peer: Peer) -> None:
        await peer.hear()
        await peer.say(OK + b"\r\nwords")
        await asyncio.sleep(0.05)
        peer.reset()

    with pytest.raises(httpx.ReadError, match="reset by peer"):
        once(play)


# What is kept, and what is never believed.


def test_one_connection_serves_all_requests_to_a_host() -> None:
    async def ask() -> tuple[list[bytes], int]:
        play = answering(saying("one"), CHUNKED + b"3\r\ntwo\r\n0\r\n\r\n", saying("three"))
        async with server(play) as here, client() as asker:
            return [await taken(asker, here.url) for _ in range(3)], len(here.peers)

    assert asyncio.run(ask()) == ([b"one", b"two", b"three"], 1)


@pytest.mark.parametrize(
    "first",
    [
        saying("first", "Connection: close"),
        saying("first").replace(b"1.1", b"1.0"),
        saying("first") + FORGED,
        saying("first") + b"garbage",
        saying("first") + b"\r\n\r\n" + FORGED,
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nfirst" + FORGED,
        CHUNKED + b"5\r\nfirst\r\n0\r\n\r\n" + FORGED,
        CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n") + b"0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n" + FORGED,
    ],
    ids=[
        "said_to_close",
        "http_1_0",
        "a_second_answer",
        "garbage",
        "blank_lines_and_a_second_answer",
        "a_body_after_304",
        "an_answer_after_chunks",
        "chunks_and_a_length",
        "an_answer_after_no_content",
    ],
)
def test_what_follows_an_answer_is_never_the_next_one(first: bytes) -> None:
    async def ask() -> tuple[bytes, int]:
        async def play(peer: Peer) -> None:
            await peer.hear()
            await peer.say(first)
            await peer.reader.read()

        async with server(play, answering(saying("second"))) as here, client() as asker:
            assert b"forged" not in await taken(asker, here.url)
            return await taken(asker, here.url), len(here.peers)

    assert asyncio.run(ask()) == (b"second", 2)


@pytest.mark.parametrize("wait_s", [0, 0.05], ids=["not_yet_read", "read_while_idle"])
def test_what_comes_while_nothing_is_asked_is_never_an_answer(wait_s: float) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        async def ask() -> bytes:
            loop = asyncio.get_running_loop()
            async with client() as asker:
                first = asyncio.ensure_future(taken(asker, f"http://127.0.0.1:{port}/"))
                peer, _ = await loop.run_in_executor(None, listening.accept)
                with peer:
                    peer.sendall(saying("first"))
                    assert await first == b"first"
                    peer.sendall(FORGED)
                    await asyncio.sleep(wait_s) if wait_s else None
                    second = asyncio.ensure_future(taken(asker, f"http://127.0.0.1:{port}/"))
                    other, _ = await loop.run_in_executor(None, listening.accept)
                    with other:
                        other.sendall(saying("second"))
                        return await second

        assert asyncio.run(ask()) == b"second"


def test_trailers_and_later_headers_do_not_change_the_answer() -> None:
    async def ask() -> httpx.Headers:
        trailing = CHUNKED + b"1\r\n!\r\n0\r\nX-Late: 1\r\n\r\n" + FORGED
        async with server(answering(trailing)) as here, client() as asker:
            return (await asker.get(here.url)).headers

    assert dict(asyncio.run(ask())) == {"transfer-encoding": "chunked"}


def test_a_connection_that_died_while_kept_is_replaced() -> None:
    async def ask() -> tuple[list[bytes], int]:
        async def hangs_up_when_asked_again(peer: Peer) -> None:
            await peer.hear()
            await peer.say(saying("first"))
            await peer.hear()

        plays = (hangs_up_when_asked_again, answering(saying("second")))
        async with server(*plays) as here, client() as asker:
            return [await taken(asker, here.url) for _ in range(2)], len(here.peers)

    assert asyncio.run(ask()) == ([b"first", b"second"], 2)


def test_a_connection_that_was_closed_while_kept_is_replaced() -> None:
    async def ask() -> tuple[list[bytes], int]:
        async with server(answering(saying("words"))) as here, client() as asker:
            first = await taken(asker, here.url)
            await asyncio.sleep(0.05)
            return [first, await taken(asker, here.url)], len(here.peers)

    assert asyncio.run(ask()) == ([b"words", b"words"], 2)


@pytest.mark.parametrize(
    ("last_words", "connections"), [(b"", 2), (b"HTTP/1.1 2", 1)], ids=["nothing", "something"]
)
def test_a_request_is_sent_again_once_and_only_if_nothing_was_heard(
    last_words: bytes, connections: int
) -> None:
    async def ask() -> int:
        plays = (answering(saying("first"), last_words), answering(b""))
        async with server(*plays) as here, client() as asker:
            await taken(asker, here.url)
            with pytest.raises(httpx.RemoteProtocolError):
                await taken(asker, here.url)
            return len(here.peers)

    assert asyncio.run(ask()) == connections


def test_an_answer_that_was_given_up_closes_its_connection() -> None:
    async def ask() -> tuple[bytes, int]:
        plays = (answering(saying("x" * 300_000), FORGED), answering(saying("second")))
        async with server(*plays) as here, client() as asker:
            async with asker.stream("GET", here.url):
                pass
            return await taken(asker, here.url), len(here.peers)

    assert asyncio.run(ask()) == (b"second", 2)


def test_an_answer_that_nobody_waits_for_any_more_closes_its_connection() -> None:
    async def ask() -> None:
        closed = asyncio.Event()

        async def waits(peer: Peer) -> None:
            await silent(peer)
            closed.set()

        async with server(waits) as here, client() as asker:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await taken(asker, here.url)
            await asyncio.wait_for(closed.wait(), 1)

    asyncio.run(ask())


def test_two_requests_at_once_have_two_connections_of_which_one_is_kept() -> None:
    async def ask() -> tuple[list[bytes], int]:
        async def play(peer: Peer) -> None:
            while await peer.hear():
                await peer.say(saying("words"))

        async with server(play) as here, client() as asker:
            both = await asyncio.gather(taken(asker, here.url), taken(asker, here.url))
            assert len(here.peers) == 2
            return [*both, await taken(asker, here.url)], len(here.peers)

    assert asyncio.run(ask()) == ([b"words"] * 3, 2)


def hosts_kept_open(names: int, longest_idle_s: float = 30) -> tuple[int, int]:
    """Ask hosts of so many names in turn; return the connections kept, and those closed."""
    closed: list[Peer] = []

    async def play(peer: Peer) -> None:
        await peer.hear()
        await peer.say(saying("words"))
        await peer.reader.read()
        closed.append(peer)

    async def ask() -> tuple[int, int]:
        transport = Transport(HERE, resolve=here_of_any, longest_idle_s=longest_idle_s)
        async with (
            server(play) as here,
            httpx.AsyncClient(transport=transport, trust_env=False) as asker,
        ):
            for number in range(names):
                await taken(asker, f"http://host{number}.example:{here.port}/")
            await asyncio.sleep(0.05)
            return len(here.peers) - len(closed), len(closed)

    return asyncio.run(ask())


async def here_of_any(host: str) -> list[str]:
    return ["127.0.0.1"]


def test_no_more_than_so_many_connections_are_kept() -> None:
    assert hosts_kept_open(MOST_IDLE + 3) == (MOST_IDLE, 3)


def test_no_connection_is_kept_for_long() -> None:
    assert hosts_kept_open(5, longest_idle_s=0) == (0, 5)


# What is too much, and what takes too long.


@pytest.mark.parametrize(
    "wire",
    [
        saying("words", f"X-Long: {'x' * 2000}"),
        saying("words", *(f"X-{number}: 1" for number in range(200))),
        b"HTTP/1.1 200 " + b"x" * 2000,
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100 + saying("words"),
        CHUNKED + b"1\r\n!\r\n0\r\n" + b"X-Trailer: 1\r\n" * 200 + b"\r\n",
        CHUNKED + b"1;" + b"x" * 2000 + b"\r\n!\r\n0\r\n\r\n",
    ],
    ids=["one", "many", "status_line", "interim", "trailers", "chunk_extension"],
)
@pytest.mark.parametrize("piece", [100_000, 7], ids=["at_once", "in_pieces"])
def test_headers_beyond_the_cap_are_refused(wire: bytes, piece: int) -> None:
    async def play(peer: Peer) -> None:
        await peer.hear()
        for start in range(0, len(wire), piece):
            await peer.say(wire[start : start + piece])
            await asyncio.sleep(0)

    with pytest.raises(FetchError) as raised:
        once(play, max_header_bytes=1000)

    told = "the headers are larger than the cap of 1,000 bytes (max_header_bytes)"
    assert raised.value.fact == told


def test_an_endless_header_is_refused_at_the_cap() -> None:
    async def endless(peer: Peer) -> None:
        await peer.hear()
        await peer.say(OK + b"X-Long: ")
        while True:
            await peer.say(b"x" * 10_000)

    with pytest.raises(FetchError, match="the headers are larger than the cap of 65,536 bytes"):
        once(endless)


def test_headers_may_reach_the_cap() -> None:
    words = "w" * 5000
    wire = saying(words)
    head = len(wire) - len(words)

    assert once(answering(wire), max_header_bytes=head) == words.encode()
    with pytest.raises(FetchError):
        once(answering(wire), max_header_bytes=head - 1)


async def trickle(peer: Peer) -> None:
    """Begin headers that never end, an octet at a time."""
    await peer.hear()
    await peer.say(OK + b"X-Slow: ")
    while True:
        await peer.say(b"x")
        await asyncio.sleep(0.02)


async def stalls(peer: Peer) -> None:
    await peer.hear()
    await peer.say(OK + b"Content-Length: 9\r\n\r\nwords")
    await peer.reader.read()


@pytest.mark.parametrize("play", [silent, trickle, stalls])
def test_a_server_that_does_not_go_on_is_given_up(play: Play) -> None:
    with pytest.raises(httpx.ReadTimeout) as raised:
        once(play, timeout_s=0.1)

    assert raised.value.request.method == "GET"


def test_a_later_answer_over_the_same_connection_has_its_own_time() -> None:
    async def slow(peer: Peer) -> None:
        for words in ("first", "second"):
            await peer.hear()
            await asyncio.sleep(0.2)
            await peer.say(saying(words))
        await silent(peer)

    async def ask() -> tuple[list[bytes], float]:
        loop = asyncio.get_running_loop()
        async with server(slow) as here, client(timeout_s=0.3) as asker:
            words = [await taken(asker, here.url) for _ in range(2)]
            began_s = loop.time()
            with pytest.raises(httpx.ReadTimeout):
                await asker.get(here.url)
            return words, loop.time() - began_s

    words, waited_s = asyncio.run(ask())

    assert words == [b"first", b"second"]
    assert 0.3 <= waited_s < 5


def test_a_server_that_never_reads_is_given_up() -> None:
    async def deaf(peer: Peer) -> None:
        await asyncio.sleep(5)

    async def ask() -> None:
        async with server(deaf) as here, client(timeout_s=0.2) as asker:
            with pytest.raises(httpx.WriteTimeout):
                await asker.post(here.url, content=MEGABYTE * 20)

    asyncio.run(ask())


def test_a_host_that_does_not_let_us_in_is_given_up() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))

        async def ask() -> None:
            async with client(timeout_s=0.1) as asker:
                await asker.get(f"http://127.0.0.1:{port}/")

        with pytest.raises(httpx.ConnectTimeout):
            asyncio.run(ask())
        for each in waiting:
            each.close()


def test_a_body_that_nobody_takes_is_not_read_into_memory() -> None:
    said = 0

    async def pours(peer: Peer) -> None:
        nonlocal said
        await peer.hear()
        await peer.say(OK + b"\r\n")
        for _ in range(100):
            await peer.say(MEGABYTE)
            said += 1

    async def ask() -> tuple[int, int]:
        async with (
            server(pours) as here,
            client() as asker,
            asker.stream("GET", here.url) as response,
        ):
            await asyncio.sleep(0.3)
            before = said
            return before, len(b"".join([part async for part in response.aiter_raw()]))

    before, length = asyncio.run(ask())

    assert before < 30
    assert length == 100 * len(MEGABYTE)


# Where a request goes.


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", "127.0.0.1 is a loopback address"),
        ("user:word@127.0.0.1", "127.0.0.1 is a loopback address"),
        ("0x7f.1", "0x7f.1 leads to 127.0.0.1, a loopback address"),
        ("2130706433", "2130706433 leads to 127.0.0.1, a loopback address"),
        ("0177.1", "0177.1 leads to 127.0.0.1, a loopback address"),
        ("127.1", "127.1 leads to 127.0.0.1, a loopback address"),
        ("0", "0 leads to 0.0.0.0, an unspecified address"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1 is a loopback address"),
        ("[::ffff:7f00:1]", "::ffff:7f00:1 leads to ::ffff:127.0.0.1, a loopback address"),
        ("[::1]", "::1 is a loopback address"),
        ("[::]", ":: is an unspecified address"),
        ("localhost", "localhost leads to "),
    ],
)
def test_no_spelling_of_this_machine_is_connected_to(host: str, told: str) -> None:
    async def ask() -> tuple[FetchError, int]:
        async with server(answering(saying("secret"))) as here, client(Guard()) as asker:
            with pytest.raises(FetchError) as raised:
                await asker.get(f"http://{host}:{here.port}/")
            return raised.value, len(here.peers)

    error, connections = asyncio.run(ask())

    assert error.fact.startswith(told)
    assert error.fact.endswith("; name it in [crawler] allow_private if that is meant")
    assert not error.is_blocked
    assert connections == 0


def test_a_name_is_resolved_once_and_the_address_that_was_checked_is_the_one_asked() -> None:
    """A name that leads elsewhere when it is asked for again gains nothing by it."""
    answers = [["10.0.0.1", "127.0.0.1"], ["169.254.169.254"]]
    names: list[str] = []

    async def rebinding(host: str) -> list[str]:
        names.append(host)
        return answers[len(names) - 1]

    async def ask() -> tuple[bytes, bytes]:
        play = answering(saying("words", "Connection: close"))
        async with server(play) as here, client(resolve=rebinding) as asker:
            url = f"http://rebinding.example:{here.port}/"
            body = await taken(asker, url)
            with pytest.raises(FetchError, match=r"leads to 169.254.169.254, a metadata address"):
                await taken(asker, url)
            assert len(here.peers) == 1
            return body, here.peers[0].requests[0]

    body, request = asyncio.run(ask())

    assert body == b"words"
    assert b"\r\nHost: rebinding.example:" in request
    assert names == ["rebinding.example"] * 2


def test_the_next_address_of_a_host_is_tried_when_one_is_closed() -> None:
    async def two(host: str) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    assert once(answering(saying("words")), resolve=two) == b"words"


def test_a_name_that_leads_nowhere_is_told() -> None:
    async def unknown(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def ask() -> None:
        async with client(resolve=unknown) as asker:
            await asker.get("http://nowhere.example/")

    with pytest.raises(httpx.ConnectError) as raised:
        asyncio.run(ask())

    assert str(raised.value) == "nowhere.example cannot be resolved: Name or service not known"


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "file:///etc/passwd", "http://127.0.0.1:99999/", "http://a:0/"]
)
def test_only_web_addresses_are_asked(url: str) -> None:
    async def ask() -> None:
        async with client() as asker:
            await asker.get(url)

    with pytest.raises(httpx.UnsupportedProtocol):
        asyncio.run(ask())


@pytest.mark.parametrize("host", ["a%20b", "a" * 64 + ".example", "a..example", "%00"])
def test_a_name_that_cannot_be_is_told(host: str) -> None:
    async def ask() -> None:
        async with client() as asker:
            await asker.get(f"http://{host}/")

    with pytest.raises((httpx.ConnectError, httpx.InvalidURL)):
        asyncio.run(ask())


# Over TLS.


def secured() -> ssl.SSLContext:
    """Return a server's context with a certificate of its own making."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


async def over_tls(host: str, *plays: Play, turns: int = 1) -> tuple[list[bytes], int]:
    async with server(*plays, tls=secured()) as here, client(resolve=here_of_any) as asker:
        url = f"https://{host}:{here.port}/"
        return [await taken(asker, url) for _ in range(turns)], len(here.peers)


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    with pytest.raises(httpx.ConnectError) as raised:
        asyncio.run(over_tls("127.0.0.1", answering(saying("words"))))

    told = "the certificate is not trusted (self-signed certificate)"
    assert told in str(raised.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost."])
def test_a_certificate_that_the_operator_vouches_for_is_accepted(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(SELF_SIGNED))
    play = answering(saying("one"), CHUNKED + b"3\r\ntwo\r\n0\r\n\r\n", OK + b"\r\nthree")

    bodies, connections = asyncio.run(over_tls(host, play, turns=3))

    assert (bodies, connections) == ([b"one", b"two", b"three"], 1)


def test_a_body_until_the_end_that_is_taken_slowly_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(SELF_SIGNED))

    async def ask() -> int:
        play = answering(OK + b"\r\n" + MEGABYTE * 5)
        length = 0
        async with (
            server(play, tls=secured()) as here,
            client() as asker,
            asker.stream("GET", f"https://127.0.0.1:{here.port}/") as response,
        ):
            async for part in response.aiter_raw():
                length += len(part)
                await asyncio.sleep(0.01)
        return length

    assert asyncio.run(ask()) == 5 * len(MEGABYTE)


def test_a_certificate_for_another_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(SELF_SIGNED))

    with pytest.raises(httpx.ConnectError, match=r"not trusted .*elsewhere\.example"):
        asyncio.run(over_tls("elsewhere.example", answering(saying("words"))))


def test_a_server_without_tls_is_told() -> None:
    async def plain(peer: Peer) -> None:
        await peer.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await peer.reader.read()

    async def ask() -> None:
        async with server(plain) as here, client() as asker:
            await asker.get(here.url.replace("http:", "https:"))

    with pytest.raises(httpx.ConnectError, match="TLS fails"):
        asyncio.run(ask())


def test_certificates_are_read_once_and_only_for_https(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> list[bytes]:
        plays = answering(saying("words"))
        async with (
            server(plays) as plain,
            server(plays, tls=secured()) as here,
            client(resolve=here_of_any) as asker,
        ):
            monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
            first = await taken(asker, plain.url)
            monkeypatch.setenv("SSL_CERT_FILE", str(SELF_SIGNED))
            second = await taken(asker, f"https://127.0.0.1:{here.port}/")
            monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
            return [first, second, await taken(asker, f"https://localhost:{here.port}/")]

    assert asyncio.run(ask()) == [b"words"] * 3


def test_a_missing_file_of_certificates_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")

    with pytest.raises(httpx.ConnectError, match="the certificates to trust cannot be read"):
        asyncio.run(over_tls("127.0.0.1", answering(saying("words"))))
