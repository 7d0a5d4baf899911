"""Judges that are not ours: pywb replays, wacz validates, warcio checks; each its own process.

``python -m tests.judges`` installs them, pinned, into an environment of their own.
"""

import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".venv-judges"
PINNED = Path(__file__).with_name("judges.txt")
STARTS_WITHIN_S = 60


def is_installed() -> bool:
    """Whether the judges are there, at the versions that are pinned."""
    stamp = FOLDER / ".installed"
    return stamp.exists() and stamp.read_text("utf-8") == _digest()


def install() -> str | None:
    """Install the judges where they are not; return why that failed, or None."""
    if is_installed():
        return None
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(FOLDER)],
        [
            program("pip"),
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--retries=1",
            "-r",
            str(PINNED),
        ],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
    (FOLDER / ".installed").write_text(_digest(), "utf-8")
    return None


def program(name: str) -> str:
    """Return where a judge's command is."""
    return str(FOLDER / "bin" / name)


def need() -> None:
    """Skip a test when the judges are not installed, and say how to get them."""
    if not is_installed():
        pytest.skip("the judges are not installed: `make judges` does that")


def checked(path: Path) -> "subprocess.CompletedProcess[str]":
    """Return what warcio says of a WARC file; exit code 0: every digest passes."""
    return _run("warcio", "check", "-v", str(path))


def validated(path: Path) -> "subprocess.CompletedProcess[str]":
    """Return what wacz says of a WACZ file; exit code 0: it is valid."""
    return _run("wacz", "validate", "-f", str(path))


@contextmanager
def pywb(folder: Path, warcs: Iterable[Path]) -> Iterator[str]:
    """Replay WARC files (or WACZ ones, unpacked) with pywb on loopback.

    ``folder`` is empty, or is made. Yields the base URL of the collection, without a slash
    at its end: ``{base}/20210501060000id_/{url}`` are the bytes of a capture,
    ``{base}/timemap/link/{url}`` a TimeMap, ``{base}/cdx?url={url}`` the index, and
    ``{base}/{url}`` with Accept-Datetime a TimeGate.
    """
    need()
    folder.mkdir(parents=True, exist_ok=True)
    files = [str(path.resolve()) for path in warcs]
    _manage(folder, "init", "captures")
    _manage(folder, "add", "--unpack-wacz", "captures", *files)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "pywb.log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [program("wayback"), "-b", "127.0.0.1", "-p", str(port), "-d", str(folder)],
            cwd=folder,
            stdout=told,
            stderr=subprocess.STDOUT,
        )
        try:
            _await(port, process, log)
            yield f"http://127.0.0.1:{port}/captures"
        finally:
            process.terminate()
            process.wait(timeout=10)


def asked(url: str) -> tuple[int, bytes]:
    """Return the status and body that pywb answers; no redirect is followed."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=STARTS_WITHIN_S)
    try:
        # What follows the host is sent as it is: a replayed address holds another one.
        connection.request("GET", url.removeprefix(f"{parts.scheme}://{parts.netloc}"))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _digest() -> str:
    told = f"{sys.version_info[:2]} {PINNED.read_text('utf-8')}"
    return sha256(told.encode()).hexdigest()


def _run(name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    need()
    return subprocess.run([program(name), *arguments], capture_output=True, text=True, timeout=120)


def _manage(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [program("wb-manager"), *arguments], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def _await(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until pywb takes connections."""
    deadline = monotonic() + STARTS_WITHIN_S
    while monotonic() < deadline and process.poll() is None:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.05)
    pytest.fail(f"pywb did not start: {log.read_text('utf-8', 'replace')}")


if __name__ == "__main__":
    why = install()
    sys.stdout.write(
        f"the judges cannot be installed, and are done without: {why}\n" if why else ""
    )
