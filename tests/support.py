"""A scripted website on a loopback socket, a clock that never waits, and a first look around."""

import asyncio
import gzip
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Self

import brotli
import zstandard

from crawler.config import Crawler, Source
from crawler.fetch import fetcher
from crawler.visit import Visited, visit
from snapshots.archive import Archive
from snapshots.archive.scratch import KNOWLEDGE_TABLES
from snapshots.records import Capture, ChangeRecord, Read, Recipe

START = datetime(2021, 5, 1, 6, tzinfo=UTC)
SETTINGS = Crawler(
    contact="test@example.org",
    delay_s=0,
    timeout_s=5,
    retries=0,
    allow_private=("127.0.0.1",),
)
CODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


class SimulatedClock:
    """A clock that stands where it was set; ``waits`` holds how long each sleep was."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at
        self.waits: list[float] = []

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the site sends. ``wire`` replaces everything else by raw bytes.

    ``length`` lies about the body's length (None: as it is, -1: not stated). ``ending`` is
    ``close``, ``reset`` (the connection breaks) or ``hold`` (nothing more ever comes). What
    has a ``pause_s`` trickles: byte by byte, with such a pause after each.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    length: int | None = None
    wire: bytes | None = None
    ending: str = "close"
    pause_s: float = 0

    def octets(self) -> bytes:
        if self.wire is not None:
            return self.wire
        named = {name.lower() for name, _ in self.headers}
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unnamed"
        lines = [f"HTTP/1.1 {self.status} {phrase}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if "content-type" not in named and self.status not in (204, 304):
            lines.append("Content-Type: text/html; charset=utf-8")
        if self.length != -1:
            lines.append(
                f"Content-Length: {len(self.body) if self.length is None else self.length}"
            )
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body

    def coded(self, coding: str) -> "Answer":
        headers = (*self.headers, ("Content-Encoding", coding))
        return replace(self, body=CODERS[coding](self.body), headers=headers)

    def having(self, **headers: str) -> "Answer":
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return replace(self, headers=(*self.headers, *named))


Route = Answer | Sequence[Answer] | Callable[[Request], Answer]
NOT_FOUND = Answer(status=404, body=b"<h1>Page not found</h1>")
EMPTY = Answer()
RESET = Answer(wire=b"", ending="reset")
HELD = Answer(wire=b"", ending="hold")


class Site:
    """A website that answers what its routes say; a sequence of answers ends with its last.

    A route is a target with its query, or else a path. Set it anew at any time. ``news``
    is notified of each request.
    """

    def __init__(self, routes: Mapping[str, Route] | None = None) -> None:
        self.routes: dict[str, Route] = {"/robots.txt": NOT_FOUND, **(routes or {})}
        self.requests: list[Request] = []
        self.released = threading.Event()
        self.news = threading.Condition(threading.RLock())
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.site = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __setitem__(self, target: str, route: Route) -> None:
        self.routes[target] = route

    def asked(self, target: str) -> list[Request]:
        """Return the requests for a target so far, oldest first."""
        return [request for request in self.requests if request.target == target]

    @property
    def targets(self) -> list[str]:
        """The targets asked for so far, robots.txt left out."""
        return [r.target for r in self.requests if r.target != "/robots.txt"]

    def answer(self, request: Request) -> Answer:
        with self.news:
            self.requests.append(request)
            self.news.notify_all()
            route = self.routes.get(request.target)
            if route is None:
                route = self.routes.get(request.target.partition("?")[0], NOT_FOUND)
            if isinstance(route, Answer):
                return route
            if callable(route):
                return route(request)
            number = len(self.asked(request.target)) - 1
            return route[min(number, len(route) - 1)]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 64
    site: Site

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close without the orderly end that would come before a reset."""
        self.close_request(request)


class _Connection(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        request = self._read()
        if request is None:
            return
        answer = self.server.site.answer(request)
        try:
            self._send(answer)
        except ConnectionError:
            return
        if answer.ending == "hold":
            self.server.site.released.wait(30)
        elif answer.ending == "reset":
            # Closing with a zero linger sends a reset instead of an orderly end.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def _send(self, answer: Answer) -> None:
        if not answer.pause_s:
            self.wfile.write(answer.octets())
            return
        for octet in answer.octets():
            self.wfile.write(bytes((octet,)))
            if self.server.site.released.wait(answer.pause_s):
                return

    def _read(self) -> Request | None:
        lines = []
        while line := self.rfile.readline(65536).strip():
            lines.append(line.decode("latin-1"))
        if not lines:
            return None
        method, target, _ = lines[0].split(" ", 2)
        pairs = (line.partition(":") for line in lines[1:])
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        return Request(method, target, headers)


def html(body: str, **headers: str) -> Answer:
    """Return a page around a body."""
    page = f"<!DOCTYPE html>\n<html><head><title>Site</title></head><body>{body}</body></html>"
    return Answer(body=page.encode()).having(**headers)


def listing(*items: tuple[str, str], following: str | None = None, noise: str = "") -> Answer:
    """Return a page of a listing: (link, title) of its records, and the link to the next page."""
    rows = "\n".join(
        f'<li class="doc"><a href="{link}">{title}</a><p>All that is said of {title}.</p></li>'
        for link, title in items
    )
    pager = f'<a rel="next" href="{following}">Next page</a>' if following else ""
    return html(f"<main><h1>Library</h1><ul>{rows}</ul>{pager}</main><!-- {noise} -->")


def page(*blocks: str) -> Answer:
    """Return a page of paragraphs."""
    return html("<main>" + "".join(f"<p>{block}</p>" for block in blocks) + "</main>")


# Titles that share no words, so that no two are ever taken for one another.
TITLES = (
    "Anchors",
    "Bridges",
    "Cranes",
    "Docks",
    "Estuaries",
    "Ferries",
    "Gantries",
    "Harbors",
    "Islands",
    "Jetties",
    "Keels",
    "Lighthouses",
    "Moorings",
    "Navigation",
    "Oars",
    "Piers",
    "Quays",
    "Rudders",
    "Sails",
    "Tides",
)


def docs(*numbers: int) -> tuple[tuple[str, str], ...]:
    """Return the (link, title) of invented publications by number."""
    return tuple((f"/doc/{number}", TITLES[number]) for number in numbers)


def online(site: Site) -> None:
    """Serve each invented publication's own page."""
    for number, title in enumerate(TITLES):
        site[f"/doc/{number}"] = page(f"All of {title}, to be read by whoever wants to.")


def listing_source(site: Site, **settings: object) -> Source:
    """Return a listing source at ``/library`` whose records are ``li.doc``."""
    recipe = Recipe(read=Read.LISTING, item="li.doc")
    source = Source(
        key="library", url=f"{site.url}/library", read=Read.LISTING, title="", recipes=(recipe,)
    )
    return replace(source, **settings)  # type: ignore[arg-type]


def page_source(site: Site, **settings: object) -> Source:
    """Return a page source at ``/page`` without a recipe."""
    recipe = Recipe(read=Read.PAGE)
    source = Source(key="page", url=f"{site.url}/page", read=Read.PAGE, title="", recipes=(recipe,))
    return replace(source, **settings)  # type: ignore[arg-type]


@dataclass
class Watcher:
    """Visits sources, a day apart by a simulated clock."""

    archive: Archive
    settings: Crawler = SETTINGS
    clock: SimulatedClock = field(default_factory=SimulatedClock)

    def visit(self, source: Source) -> Visited:
        """Look at a source once, then let a day pass."""

        async def once() -> Visited:
            async with fetcher(self.settings, self.clock) as client:
                return await visit(source, client, self.archive)

        visited = asyncio.run(once())
        self.clock.at += timedelta(days=1)
        return visited

    def fetch(self, url: str, last: Capture | None = None) -> Capture:
        """Fetch one URL by itself."""

        async def once() -> Capture:
            async with fetcher(self.settings, self.clock) as client:
                return await client.fetch(url, last)

        return asyncio.run(once())

    def fetch_in_turn(self, *urls: str) -> list[Capture]:
        """Fetch several URLs one after the other, in one run."""

        async def each_of_them() -> list[Capture]:
            async with fetcher(self.settings, self.clock) as client:
                return [await client.fetch(url) for url in urls]

        return asyncio.run(each_of_them())

    def fetch_all(self, *urls: str) -> list[Capture]:
        """Fetch several URLs at once, in one run."""

        async def all_of_them() -> list[Capture]:
            async with fetcher(self.settings, self.clock) as client:
                return await asyncio.gather(*map(client.fetch, urls))

        return asyncio.run(all_of_them())


def knowledge_of(archive: Archive) -> list[tuple[object, ...]]:
    """Return every row that is derived, table by table."""
    rows: list[tuple[object, ...]] = []
    for table in KNOWLEDGE_TABLES:
        found = archive.db.execute(f"SELECT * FROM {table}").fetchall()
        rows += sorted(((table, *row) for row in found), key=repr)
    return rows


def told(changes: Iterable[ChangeRecord]) -> list[tuple[str, str | None]]:
    """Return the kind and the title, or text, of each change."""
    return [
        (str(record.change.kind), record.change.item.title or record.change.item.text)
        for record in changes
    ]
