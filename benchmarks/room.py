"""The reading room on an archive of a million item-days: how long each page takes to answer."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

import httpx

from benchmarks.scale import LISTINGS, build, config_of
from crawler.room.room import Room

QUICK_DAYS, DAYS = 30, 371
REPEATS = 5
MOST_MS = 100.0
SOURCE = "source=listing-03"
PAGES = (
    "/",
    f"/timeline?{SOURCE}",
    "/findings",
    "/findings?kind=removed",
    "/findings?q=asylum",
    "/findings?q=edits",
    "/findings?term=alien&view=sides",
    "/change/20",
    f"/compare?{SOURCE}&from=2015-01-15",
    "/search?q=asylum+seekers",
    "/search?q=the",
    "/terms?term=alien",
    f"/terms?term=alien&{SOURCE}",
    "/notes",
    "/capture/50",
    "/archive",
    "/archive/changes",
    "/archive/phrase_substitutions",
    f"/archive/which_items_were_in_force_at_a_date?{SOURCE}&at=2015-01-20T00:00:00Z",
)
HOST = "127.0.0.1"


class Answered(NamedTuple):
    """How long a page took at first and then, in ms, and how large it is."""

    path: str
    first_ms: float
    median_ms: float
    size_bytes: int


def run(*, is_quick: bool) -> None:
    """Build an archive, and print how long its pages take."""
    days = QUICK_DAYS if is_quick else DAYS
    with TemporaryDirectory(prefix="reworded-room-") as folder:
        path = Path(folder) / "archive.sqlite"
        build(path, days)
        print("\n".join(lines(answered(path), LISTINGS, days)))


def answered(path: Path) -> list[Answered]:
    """Return how long each page of an archive's reading room takes."""
    from crawler.room.server import application

    room = Room(config=config_of(path))
    return asyncio.run(_asked(application(room, (HOST,))))


async def _asked(rooms: Any) -> list[Answered]:
    """Ask when the room is open, which it is when all is ready."""
    from crawler.room.server import ready

    await ready(rooms, HOST)
    transport = httpx.ASGITransport(rooms)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
        return [await _timed(client, path) for path in PAGES]


async def _timed(client: httpx.AsyncClient, path: str) -> Answered:
    times = []
    for _ in range(REPEATS):
        begun = perf_counter()
        answer = (await client.get(path)).raise_for_status()
        times.append((perf_counter() - begun) * 1e3)
    return Answered(path, times[0], median(times), len(answer.content))


def lines(pages: Sequence[Answered], listings: int, days: int) -> Iterator[str]:
    """Yield a line for each page, and whether it was as quick as it should be."""
    yield f"serve: {listings} listings over {days} days\n"
    yield f"{'page':<60} {'first':>9} {'median':>9}       size"
    for each in pages:
        judged = "met" if each.median_ms <= MOST_MS else "MISSED"
        yield (
            f"{each.path:<60.60} {each.first_ms:6.1f} ms {each.median_ms:6.1f} ms"
            f" {each.size_bytes / 1e3:7.1f} kB   at most {MOST_MS:.0f} ms: {judged}"
        )
