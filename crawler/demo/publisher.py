"""Serves one edition at a time on a loopback port. Never listens beyond this machine."""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from crawler.demo.editions import EDITIONS, Edition
from crawler.demo.pages import fact_sheets, library_page, publication

_HTML = "text/html; charset=utf-8"
_PLAIN = "text/plain; charset=utf-8"
_ROBOTS = "User-agent: *\nDisallow: /admin/\n"
_NOT_FOUND = "<!DOCTYPE html>\n<title>Page not found</title><h1>Page not found</h1>\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site answers to one request, before the visitor's own copy is considered."""

    status: HTTPStatus
    media_type: str
    body: bytes

    @property
    def etag(self) -> str:
        """The body's entity tag, quoted."""
        return f'"{sha256(self.body).hexdigest()[:32]}"'


class Publisher:
    """The invented agency's web server, which runs inside a ``with`` block.

    ``edition`` says which of the editions is being served, from 0; set it at any time.
    """

    def __init__(self) -> None:
        self.edition = 0
        self._serials = count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The site's address, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, target: str) -> Answer:
        """Return what the edition being served answers to a request target."""
        return answer(EDITIONS[self.edition], target, next(self._serials))


def answer(edition: Edition, target: str, serial: int) -> Answer:
    """Return what an edition answers to a request target; ``serial`` counts requests."""
    path = urlsplit(target).path
    if path == "/robots.txt":
        return Answer(HTTPStatus.OK, _PLAIN, _ROBOTS.encode())
    html = _html(edition, path, _page(target), serial)
    if html is None:
        return Answer(HTTPStatus.NOT_FOUND, _HTML, _NOT_FOUND.encode())
    return Answer(HTTPStatus.OK, _HTML, html.encode())


def _html(edition: Edition, path: str, page: int, serial: int) -> str | None:
    if path == "/library":
        return library_page(edition, page, serial)
    if path == "/fact-sheets":
        return fact_sheets(edition, serial)
    if path.startswith("/publication/"):
        return publication(edition, path.removeprefix("/publication/"), serial)
    return None


def _page(target: str) -> int:
    """Return the page a target asks for; 0, as Drupal does, when that is not a number."""
    asked = parse_qs(urlsplit(target).query).get("page", ["0"])[0]
    return int(asked) if asked.isdecimal() else 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "HarborPress"
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, publisher: Publisher, *connection: Any) -> None:
        self._publisher = publisher
        super().__init__(*connection)

    def handle(self) -> None:
        """Answer a connection's requests until the visitor leaves, however rudely."""
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        """Answer with headers and body."""
        self._send(self._publisher.answer(self.path), with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers that GET would have."""
        self._send(self._publisher.answer(self.path), with_body=False)

    def _send(self, found: Answer, *, with_body: bool) -> None:
        is_held = found.status == HTTPStatus.OK and found.etag in self._held_etags()
        self.send_response(HTTPStatus.NOT_MODIFIED if is_held else found.status)
        self.send_header("ETag", found.etag)
        if not is_held:
            self.send_header("Content-Type", found.media_type)
            self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        if with_body and not is_held:
            self.wfile.write(found.body)

    def _held_etags(self) -> list[str]:
        """The entity tags of the copies that the visitor holds, without their weak marks."""
        held = self.headers.get("If-None-Match", "").split(",")
        return [etag.strip().removeprefix("W/") for etag in held]

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demonstration tells its own story."""
