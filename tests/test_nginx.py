"""The program against nginx, where it is installed: its validators, its gzip, its autoindex."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from support import Watcher, docs, listing, page, told

from crawler.config import Source
from snapshots.records import Read, Recipe, Revisit

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
CONFIG = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/access.log;
    default_type text/html;
    charset utf-8;
    types {{ text/html html; text/plain txt; }}
    gzip on;
    gzip_min_length 20;
    gzip_types text/plain;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/root;
        max_ranges 0;
        location /untagged/ {{ etag off; }}
        location /files/ {{ autoindex on; }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running nginx: its address, its root, and what it noted of each request."""

    url: str
    root: Path
    log: Path

    def put(self, name: str, body: bytes, at: int) -> None:
        """Write a file that was last modified so many seconds after an hour long past."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        os.utime(path, (1_600_000_000 + at, 1_600_000_000 + at))

    def statuses(self, path: str) -> list[str]:
        lines = self.log.read_text("utf-8").splitlines()
        return [line.split('" ')[1].split()[0] for line in lines if f'"GET {path} ' in line]


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "root").mkdir()
    config = tmp_path / "nginx.conf"
    config.write_text(CONFIG.format(folder=tmp_path, port=port), "utf-8")
    process = subprocess.Popen(
        [str(NGINX), "-p", str(tmp_path), "-e", str(tmp_path / "error.log"), "-c", str(config)]
    )
    try:
        _await(port, process, tmp_path / "error.log")
        yield Nginx(f"http://127.0.0.1:{port}", tmp_path / "root", tmp_path / "access.log")
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await(port: int, process: "subprocess.Popen[bytes]", errors: Path) -> None:
    """Wait until nginx takes connections."""
    deadline = monotonic() + 10
    while monotonic() < deadline and process.poll() is None:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.02)
    pytest.fail(f"nginx did not start: {errors.read_text('utf-8') if errors.exists() else ''}")


def source(nginx: Nginx, path: str, read: Read = Read.LISTING, item: str = "li.doc") -> Source:
    recipe = Recipe(read=read, item=item if read is Read.LISTING else None)
    url = f"{nginx.url}{path}"
    return Source(key="nginx", url=url, read=read, title="", recipes=(recipe,))


@pytest.mark.parametrize("folder", ["tagged", "untagged"])
def test_a_listing_is_new_then_unchanged_by_304_then_changed(
    nginx: Nginx, watcher: Watcher, folder: str
) -> None:
    path = f"/{folder}/library.html"
    followed = source(nginx, path)
    nginx.put(path[1:], listing(*docs(0, 1, 2, 3)).body, at=0)

    first = watcher.visit(followed)
    second, third = watcher.visit(followed), watcher.visit(followed)
    nginx.put(path[1:], listing(*docs(0, 1, 2, 3, 4)).body, at=60)
    fourth, fifth = watcher.visit(followed), watcher.visit(followed)

    visits = [each.visit for each in (first, second, third, fourth, fifth)]
    assert [each.outcome for each in visits] == [
        "new",
        "unchanged",
        "unchanged",
        "new",
        "unchanged",
    ]
    assert nginx.statuses(path) == ["200", "304", "304", "200", "304"]
    assert [each.captures[0].revisit for each in visits] == [
        None,
        Revisit.NOT_MODIFIED,
        Revisit.NOT_MODIFIED,
        None,
        Revisit.NOT_MODIFIED,
    ]
    assert told(fourth.changes) == [("added", "Estuaries")]
    assert told(watcher.archive.knowledge.changes()) == [("added", "Estuaries")]


def test_what_nginx_packs_is_kept_unpacked(nginx: Nginx, watcher: Watcher) -> None:
    body = page("Removable aliens were held here.", "Fees are due in May.").body
    nginx.put("sheet.html", body, at=0)

    visited = watcher.visit(source(nginx, "/sheet.html", Read.PAGE))

    (capture,) = visited.visit.captures
    assert capture.header("content-encoding") == "gzip"
    assert (capture.header("etag") or "").startswith('W/"')
    assert capture.payload == body


def test_a_file_that_goes_from_an_index_is_removed_and_gone(nginx: Nginx, watcher: Watcher) -> None:
    followed = source(nginx, "/files/", item='pre a:not([href^=".."])')
    for number, name in enumerate(("charter", "ledger", "minutes", "roster", "statutes")):
        nginx.put(f"files/{name}.txt", f"All of the {name}.".encode(), at=number)
    first = watcher.visit(followed)
    (nginx.root / "files/minutes.txt").unlink()

    changes = [each for _ in range(followed.confirm) for each in watcher.visit(followed).changes]

    assert (first.visit.outcome, first.items) == ("new", 5)
    (removed,) = (each.change for each in changes)
    assert (removed.kind, removed.verdict) == ("removed", "gone")
    assert removed.item.url == f"{nginx.url}/files/minutes.txt"
    assert nginx.statuses("/files/minutes.txt") == ["404"]
