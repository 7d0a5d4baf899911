"""Invented listings on loopback, served by a process of their own, edition after edition.

Connections are kept, and If-None-Match goes before If-Modified-Since (RFC 9110, section
13.2.2). Never listens beyond this machine.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import NamedTuple, Self

from benchmarks import pages, texts

# On Linux all of 127.0.0.0/8 is loopback, so that one machine can be many hosts.
MOST_HOSTS = 100
ATTEMPTS = 20
FIRST_EDITION = datetime(2024, 1, 1, tzinfo=UTC)
NOT_FOUND = b"<!DOCTYPE html><title>Page not found</title><h1>Page not found</h1>"
PHRASES = {200: "OK", 304: "Not Modified", 404: "Not Found"}
STARTED_WITHIN_S = 30


class Page(NamedTuple):
    """One listing of the site: the name that is in its address, and the address."""

    name: str
    url: str


class Tally(NamedTuple):
    """What the site was asked since it was last asked for this; robots.txt left out."""

    connections: int
    fresh: int
    unmodified: int
    missing: int


class Site:
    """The site from outside, running inside a ``with`` block."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=serve, args=(there,), daemon=True)
        self._process.start()
        there.close()
        if not self._here.poll(STARTED_WITHIN_S):
            raise TimeoutError("the benchmark's web server did not start")
        self.port: int = self._here.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()
        self._here.close()

    def pages(self, count: int, *, items: int, hosts: int = 1) -> list[Page]:
        """Return so many listings of so many items each, spread evenly over hosts."""
        named = [(f"page-{n}", f"127.0.0.{1 + n % hosts}:{self.port}") for n in range(count)]
        return [Page(name, f"http://{host}/{items}/{name}") for name, host in named]

    def publish(self, edit: texts.Edition) -> None:
        """Put every listing into its next edition."""
        self._here.send(edit)
        self._here.recv()

    def tally(self) -> Tally:
        """Return what was asked since the last call."""
        self._here.send(None)
        told: Tally = self._here.recv()
        return told


def serve(control: Connection) -> None:
    """Serve until killed; an edit on the control pipe makes an edition, None asks for a tally."""
    asyncio.run(_serve(control))


async def _serve(control: Connection) -> None:
    loop = asyncio.get_running_loop()
    press = Press()
    listening = _listening()
    for each in listening:
        await loop.create_server(lambda: _Visitor(press), sock=each)

    def obey() -> None:
        try:
            order = control.recv()
        except EOFError:
            loop.stop()
            return
        control.send(press.tally() if order is None else press.publish(order))

    loop.add_reader(control.fileno(), obey)
    control.send(listening[0].getsockname()[1])
    await loop.create_future()


def _listening() -> list[socket.socket]:
    """Open one port at every loopback address that is a host."""
    for _ in range(ATTEMPTS):
        opened = [_bound("127.0.0.1", 0)]
        port = opened[0].getsockname()[1]
        try:
            for host in range(2, MOST_HOSTS + 1):
                opened.append(_bound(f"127.0.0.{host}", port))
        except OSError:
            for each in opened:
                each.close()
        else:
            return opened
    raise OSError("no port is free at all of the loopback addresses 127.0.0.1 to 127.0.0.100")


def _bound(host: str, port: int) -> socket.socket:
    made = socket.socket()
    try:
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


@dataclass(slots=True)
class _Printed:
    """A listing as it was last printed."""

    edition: int
    listed: list[texts.Publication]
    body: bytes
    etag: str


class Press:
    """Prints listings when they are asked for, each in the site's present edition."""

    def __init__(self) -> None:
        self.language = texts.Language(2025)
        self.edits: list[texts.Edition] = []
        self.printed: dict[str, _Printed] = {}
        self.counts: Counter[int | str] = Counter()

    def publish(self, edit: texts.Edition) -> int:
        """Begin the next edition; return its number."""
        self.edits.append(edit)
        return len(self.edits)

    def tally(self) -> Tally:
        """Return what was asked, and begin to count anew."""
        counts, self.counts = self.counts, Counter()
        return Tally(counts["connections"], counts[200], counts[304], counts[404])

    def answer(self, target: str, headers: dict[str, str]) -> bytes:
        """Return a whole response, and count it."""
        size, _, name = target.strip("/").partition("/")
        if not (size.isdigit() and name.startswith("page-")):
            self.counts[404] += target != "/robots.txt"
            return _response(404, NOT_FOUND)
        page = self._page(target, int(size))
        changed_at = FIRST_EDITION + timedelta(hours=page.edition)
        status = 304 if _is_held(headers, page.etag, changed_at) else 200
        self.counts[status] += 1
        told = (("ETag", page.etag), ("Last-Modified", format_datetime(changed_at, usegmt=True)))
        return _response(status, page.body, told)

    def _page(self, target: str, items: int) -> _Printed:
        held = self.printed.get(target)
        if held and held.edition == len(self.edits):
            return held
        done = held.edition if held else 0
        self.language.random.seed(f"{target} {done}")
        listed = held.listed if held else texts.publications(items, self.language)
        for edit in self.edits[done:]:
            listed = edit(listed, self.language)
        body = pages.drupal(listed).encode()
        etag = f'"{sha256(body).hexdigest()[:32]}"'
        self.printed[target] = _Printed(len(self.edits), listed, body, etag)
        return self.printed[target]


class _Visitor(asyncio.Protocol):
    """One connection, answered until its other end closes it."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self.held = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.press.counts["connections"] += 1

    def data_received(self, data: bytes) -> None:
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, self.held = self.held.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in lines)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            self.transport.write(self.press.answer(first.split(" ")[1], headers))
            if headers.get("connection", "").lower() == "close":
                self.transport.close()


def _is_held(headers: dict[str, str], etag: str, changed_at: datetime) -> bool:
    if tags := headers.get("if-none-match"):
        return etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    since = headers.get("if-modified-since")
    return since is not None and _moment(since) >= changed_at


def _moment(written: str) -> datetime:
    """Read a header's date, of which one program says that its zone is unknown: -0000."""
    at = parsedate_to_datetime(written)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _response(status: int, body: bytes, told: Sequence[tuple[str, str]] = ()) -> bytes:
    lines = [f"HTTP/1.1 {status} {PHRASES[status]}", "Server: benchmark"]
    lines += [f"Date: {format_datetime(datetime.now(UTC), usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in told]
    if status != 304:
        lines += [f"Content-Type: {pages.CONTENT_TYPE}", f"Content-Length: {len(body)}"]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return head if status == 304 else head + body
