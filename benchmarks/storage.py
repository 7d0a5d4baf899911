"""What a year of captures takes: our archive beside git, gzipped WARC records and raw files."""

import gzip
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from uuid import UUID

from benchmarks.series import FIRST, listing
from snapshots.archive import Archive
from snapshots.archive.payloads import Payloads
from snapshots.records import Capture, Outcome, Visit, digest_of

DATA = Path(os.environ.get("REWORDED_DATA", "../shared/data"))
SOURCE = "publications"
URL = "https://agency.example/publications-library?page={}"
MOST_ADD_MS, MOST_READ_MS = 1.0, 1.5
DAYS, QUICK_DAYS = 365, 60
READS = 200
HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "max-age=300, public"),
    ("X-Drupal-Cache", "HIT"),
    ("Server", "nginx"),
)

# The pages of one visit, in order.
Pages = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Visits to be kept, and by which factor git is to take more."""

    title: str
    visits: Sequence[Pages]
    times: float

    @property
    def captures(self) -> int:
        """How many pages there are in all."""
        return sum(map(len, self.visits))


@dataclass(frozen=True, slots=True)
class Ours:
    """What our archive takes, in bytes, and what adding and reading cost, in seconds."""

    kept_bytes: int
    sealed_bytes: int
    file_bytes: int
    add_s: float
    read_s: float
    cold_read_s: float
    seal_s: float


def run(*, is_quick: bool = False) -> None:
    """Measure every series, and print a table of each."""
    for series in _all_series(QUICK_DAYS if is_quick else DAYS):
        with TemporaryDirectory() as folder:
            ours = archived(series, Path(folder))
            git_bytes = in_git(series, Path(folder)) if shutil.which("git") else None
        print("\n".join(told(series, ours, git_bytes)), flush=True)


def _all_series(days: int) -> Iterator[Series]:
    kinds: tuple[tuple[str, Callable[[], Sequence[Pages]], float], ...] = (
        ("one page of 100 items", lambda: _visits(days, pages=1, items=100, news=0.4), 2.5),
        ("one page of 10 items", lambda: _visits(days, pages=1, items=10, news=0.4), 2.5),
        ("ten pages of 10 items", lambda: _visits(days, pages=10, items=10, news=2), 6),
        ("nz_members, one page", lambda: nz_members(DATA / "nz_members"), 2.5),
    )
    for title, visits, times in kinds:
        if found := visits():
            yield Series(title, found, times)
        else:
            print(f"\n{title}: not here")


def _visits(days: int, *, pages: int, items: int, news: float) -> list[Pages]:
    served = listing(pages=pages, items=items, news=news, days=days, is_strict=pages == 1)
    days_of_pages = groupby(served, key=lambda page: page.at.date())
    return [tuple(page.payload for page in day) for _, day in days_of_pages]


def nz_members(folder: Path) -> list[Pages]:
    """Return the captures of a real listing, as they came; none where they are not at hand."""
    if not folder.is_dir():
        return []
    with tarfile.open(folder / "html.tar.xz") as tar:
        held = {each.name: tar.extractfile(each) for each in tar.getmembers()}
        bodies = {name: file.read() for name, file in held.items() if file}
    lines = (folder / "captures.jsonl").read_text("utf-8").splitlines()
    return [(bodies[json.loads(line)["file"]],) for line in lines]


def archived(series: Series, folder: Path) -> Ours:
    """Keep a series visit by visit, seal it, and read at random; every payload is checked."""
    path = folder / "archive.sqlite"
    with Archive.to_write(path) as archive:
        added = [_kept(archive, number, pages) for number, pages in enumerate(series.visits)]
        kept_bytes = _payload_bytes(archive)
        begun = process_time()
        for _ in archive.seal(SOURCE):
            pass
        seal_s = process_time() - begun
        archive.give_back()
        assert not list(archive.problems())
        digests = Random(1).choices(archive.evidence.payloads.digests(), k=READS)
        return Ours(
            kept_bytes=kept_bytes,
            sealed_bytes=_payload_bytes(archive),
            file_bytes=path.stat().st_size,
            add_s=median(added),
            read_s=median(_read_s(archive.evidence.payloads, digest) for digest in digests),
            cold_read_s=median(_read_s(Payloads(archive.db), digest) for digest in digests),
            seal_s=seal_s,
        )


def _kept(archive: Archive, number: int, pages: Pages) -> float:
    """Keep a visit; return the CPU seconds of a capture, with its rows and its payload."""
    at = FIRST + timedelta(days=number)
    captures = tuple(_capture(page, body, at) for page, body in enumerate(pages))
    visit = Visit(
        source=SOURCE, started_at=at, finished_at=at, outcome=Outcome.NEW, captures=captures
    )
    with archive.transaction(is_urgent=False):
        begun = process_time()
        archive.evidence.keep(visit)
        return (process_time() - begun) / len(pages)


def _capture(page: int, payload: bytes, at: datetime) -> Capture:
    return Capture(
        url=URL.format(page),
        final_url=URL.format(page),
        captured_at=at,
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
        response_headers=HEADERS,
    )


def _payload_bytes(archive: Archive) -> int:
    """What the payloads take: bodies, blocks and vocabularies."""
    row = archive.db.execute(
        "SELECT (SELECT coalesce(sum(length(body)), 0) FROM payloads)"
        " + (SELECT coalesce(sum(length(body)), 0) FROM blocks)"
        " + (SELECT coalesce(sum(length(pieces)), 0) FROM vocabularies)"
    ).fetchone()
    return int(row[0])


def _read_s(payloads: Payloads, digest: str) -> float:
    begun = perf_counter()
    payloads.payload(digest)
    return perf_counter() - begun


def in_git(series: Series, folder: Path) -> int:
    """Commit every visit, pack as small as git can, and return the bytes of pack and index."""
    place = folder / "git"
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*words: str, told: bytes = b"") -> None:
        subprocess.run(["git", *words], input=told, env=environment, check=True)

    git("init", "--quiet", "--bare", str(place))
    git("-C", str(place), "fast-import", "--quiet", told=_fast_import(series.visits))
    git("-C", str(place), "gc", "--aggressive", "--prune=now", "--quiet")
    packs = (place / "objects" / "pack").iterdir()
    return sum(file.stat().st_size for file in packs if file.suffix in (".pack", ".idx"))


def _fast_import(visits: Sequence[Pages]) -> bytes:
    parts: list[bytes] = []
    for number, pages in enumerate(visits):
        at = int((FIRST + timedelta(days=number)).timestamp())
        parts.append(b"commit refs/heads/main\ncommitter A <a@example.org> %d +0000\n" % at)
        parts.append(b"data 5\nvisit\n")
        for page, body in enumerate(pages):
            parts.append(b"M 644 inline page-%d.html\ndata %d\n" % (page, len(body)))
            parts.append(body + b"\n")
    return b"".join(parts)


def warc_bytes(visits: Sequence[Pages]) -> int:
    """Return what a gzipped WARC record for every capture takes (ISO 28500, annex D)."""
    return sum(
        len(gzip.compress(_warc_record(number, page, body)))
        for number, pages in enumerate(visits)
        for page, body in enumerate(pages)
    )


def _warc_record(number: int, page: int, body: bytes) -> bytes:
    http = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in HEADERS)
    block = http.encode() + b"\r\n" + body
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:{UUID(int=Random(f'{number}/{page}').getrandbits(128))}>\r\n"
        f"WARC-Date: {FIRST + timedelta(days=number):%Y-%m-%dT%H:%M:%SZ}\r\n"
        f"WARC-Target-URI: {URL.format(page)}\r\n"
        f"WARC-Payload-Digest: {digest_of(body)}\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def told(series: Series, ours: Ours, git_bytes: int | None) -> list[str]:
    """Return a table of what a series takes in each form, and what was required."""
    raw_bytes = sum(len(body) for pages in series.visits for body in pages)
    rows = (
        ("raw files", raw_bytes),
        ("WARC, gzip", warc_bytes(series.visits)),
        ("git, packed", git_bytes),
        ("ours, as kept", ours.kept_bytes),
        ("ours, compacted", ours.sealed_bytes),
        ("  the whole file", ours.file_bytes),
    )
    lines = ["", f"{series.title}: {len(series.visits)} visits, {series.captures:,} captures"]
    for name, size in rows:
        if size is None:
            lines.append(f"  {name:18} git is not installed")
        else:
            times = size / ours.sealed_bytes
            lines.append(f"  {name:18} {size / 1000:>11,.1f} KB {times:>8.2f}×")
    if git_bytes is not None:
        ratio = git_bytes / ours.sealed_bytes
        lines.append(f"  git / compacted: {_verdict(ratio, series.times, ratio >= series.times)}")
    costs = (
        ("adding a capture, CPU", ours.add_s, MOST_ADD_MS),
        ("reading one at random", ours.read_s, MOST_READ_MS),
        ("  the first of a process", ours.cold_read_s, MOST_READ_MS),
    )
    for name, cost_s, most_ms in costs:
        told_ms = _verdict(cost_s * 1000, most_ms, cost_s * 1000 <= most_ms, "ms, at most")
        lines.append(f"  {name}: {told_ms}")
    lines.append(f"  compacting: {ours.seal_s / series.captures * 1000:.2f} ms of CPU a capture")
    return lines


def _verdict(value: float, bound: float, is_met: bool, unit: str = "×, at least") -> str:
    return f"{value:.2f} {unit} {bound:g}: {'met' if is_met else 'MISSED'}"
