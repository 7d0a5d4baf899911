"""The reading room in a browser: what a captured page tries comes to nothing."""

import shutil
import socket
import subprocess
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import Queue

import pytest
from reading import serving

from crawler.demo.play import play
from snapshots.archive import Archive
from snapshots.records import Capture, Outcome, Visit, digest_of

pytest.importorskip("datasette", reason="the extra `serve` is not installed: make install does")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: `apt-get install chromium` does that"
)
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --hide-scrollbars
--virtual-time-budget=4000 --window-size=1200,1000""".split()
AT = datetime(2021, 5, 1, 6, tzinfo=UTC)
BROWSER_S = 120
# All that makes a browser ask for something, or run something, without being asked to.
TRIES = """<!doctype html><html><head><title>as it was</title>
<base href="{away}/base/">
<meta http-equiv="refresh" content="0;url={away}/refresh">
<link rel="preconnect" href="{away}"><link rel="dns-prefetch" href="{away}">
<link rel="prefetch" href="{away}/prefetch"><link rel="preload" as="image" href="{away}/preload">
<link rel="stylesheet" href="{away}/style"><link rel="icon" href="{away}/icon">
<link rel="manifest" href="{away}/manifest"><link rel="modulepreload" href="{away}/module">
<style>@import url({away}/import); p {{ background: url({away}/background) }}
@font-face {{ font-family: f; src: url({away}/font) }} p {{ font-family: f }}</style>
<script>document.title = "ran"; fetch("{away}/fetch")</script>
<script src="{away}/script"></script></head>
<body onload="document.title = 'ran'"><p>Criminal aliens.</p>
<img src="{away}/img" onerror="document.title = 'ran'"><img srcset="{away}/srcset 2x">
<iframe src="{away}/frame"></iframe><object data="{away}/object"></object>
<embed src="{away}/embed"><video src="{away}/video" poster="{away}/poster"></video>
<svg><image href="{away}/svg"/><use href="{away}/use#x"/></svg>
<svg><script>document.title = "ran"</script></svg>
<form action="{away}/form" method="post"><input name="x" autofocus onfocus="document.title = 1">
</form><a href="{away}/ping" ping="{away}/ping">a</a>
<body background="{away}/body"></body></html>"""


END = b"that was all"


class Listener:
    """A server that counts who connects, whatever they ask."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.came: Queue[bytes] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def asked(self) -> list[bytes]:
        """What was asked until now: all that came before a last question of our own."""
        with socket.create_connection(self.socket.getsockname()) as last:
            last.sendall(END)
        return list(iter(partial(self.came.get, timeout=BROWSER_S), END))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    self.came.put(connection.recv(200).partition(b"\r\n")[0])
                except OSError:
                    self.came.put(b"a connection alone")


def archived(folder: Path, page: str) -> Path:
    """Write an archive with one capture; return its configuration."""
    config = folder / "config.toml"
    config.write_text('[archive]\npath = "archive.sqlite"\n', "utf-8")
    payload = page.encode()
    capture = Capture(
        url="https://agency.example/",
        final_url="https://agency.example/",
        captured_at=AT,
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
        response_headers=(("Content-Type", "text/html"),),
    )
    visit = Visit(
        source="agency",
        started_at=AT,
        finished_at=AT,
        outcome=Outcome.NEW,
        captures=(capture,),
    )
    with Archive.to_write(folder / "archive.sqlite") as archive, archive.transaction():
        archive.evidence.keep(visit)
    return config


def looked_at(url: str, profile: Path, *flags: str) -> tuple[str, list[str]]:
    """Open an address in Chromium; return the document it came to, and what was complained of."""
    command = [CHROMIUM or "", *FLAGS, f"--user-data-dir={profile}", *flags, "--dump-dom", url]
    done = subprocess.run(command, capture_output=True, timeout=BROWSER_S, check=True)
    told = done.stderr.decode("utf-8", "replace").splitlines()
    return done.stdout.decode("utf-8", "replace"), [line for line in told if "CONSOLE" in line]


def test_the_tries_do_act_where_nothing_hinders_them(tmp_path: Path) -> None:
    """Guards the test below: with tries that never act it would always pass."""
    away = Listener()
    page = tmp_path / "page.html"
    page.write_text(TRIES.format(away=away.url).replace("http-equiv", "data-x"), "utf-8")

    dom, _ = looked_at(page.as_uri(), tmp_path / "profile")

    assert "<title>ran</title>" in dom
    assert len(away.asked()) > 5


@pytest.mark.parametrize("path", ["/capture/1/served", "/capture/1"])
def test_a_captured_page_runs_nothing_and_asks_nobody(tmp_path: Path, path: str) -> None:
    away = Listener()
    config = archived(tmp_path, TRIES.format(away=away.url))

    with serving(config) as room:
        dom, _ = looked_at(f"{room.base_url}{path}", tmp_path / "profile")

    assert "Criminal aliens." in dom or "<iframe" in dom
    assert "<title>ran</title>" not in dom
    assert away.asked() == []


PAGES = (
    "/",
    "/findings",
    "/change/5",
    "/compare?source=library&from=2021-01-11",
    "/archive/changes",
    "/archive?sql=select+1",
)


def test_no_page_is_complained_of(tmp_path: Path) -> None:
    """A policy that forbids what a page itself brings would be told on the console."""
    play(tmp_path / "demo")

    complaints = {}
    with serving(tmp_path / "demo" / "config.toml", "--analyst", "Ada") as room:
        for path in PAGES:
            flags = ("--enable-logging=stderr", "--log-level=0")
            dom, told = looked_at(f"{room.base_url}{path}", tmp_path / "profile", *flags)
            complaints[path] = told
            assert "</html>" in dom

    assert complaints == {path: [] for path in PAGES}
