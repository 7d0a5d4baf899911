"""The same visits without the program around them: in this process, part by part."""

import asyncio
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import process_time
from urllib.parse import urlsplit

from benchmarks.site import Page
from benchmarks.trackers import reworded
from crawler.clock import SystemClock
from crawler.config import Config, load
from crawler.fetch import fetcher
from crawler.visit import visit
from snapshots.archive import Archive
from snapshots.records import Outcome


def visits_s(folder: Path, watched: Sequence[Page], repeats: int) -> float:
    """Return the CPU of one visit() to an unchanged page, its client and archive open."""
    config = _config(folder, watched)

    async def rounds(archive: Archive) -> list[float]:
        costs = []
        async with fetcher(config.crawler, SystemClock()) as client:
            for _ in range(repeats + 1):
                begun = process_time()
                seen = [await visit(source, client, archive) for source in config.sources.values()]
                costs.append((process_time() - begun) / len(watched))
        assert {visited.visit.outcome for visited in seen} == {Outcome.UNCHANGED}
        return costs

    with Archive.to_write(config.archive) as archive:
        _, *later = asyncio.run(rounds(archive))
    return median(later)


def fetches_s(folder: Path, watched: Sequence[Page], repeats: int) -> float:
    """Return the CPU of one conditional fetch that is answered 304, nothing kept of it."""
    config = _config(folder, watched)

    async def rounds() -> list[float]:
        costs = []
        async with fetcher(config.crawler, SystemClock()) as client:
            held = [await client.fetch(page.url) for page in watched]
            for _ in range(repeats):
                begun = process_time()
                for page, last in zip(watched, held, strict=True):
                    assert (await client.fetch(page.url, last)).revisit
                costs.append((process_time() - begun) / len(watched))
        return costs

    return median(asyncio.run(rounds()))


def bare_s(watched: Sequence[Page], repeats: int) -> float:
    """Return the CPU of one 304 through Python's own http.client: what no program goes below."""
    connection = HTTPConnection(urlsplit(watched[0].url).netloc)
    held = {page.url: _asked(connection, page.url, {})[1] for page in watched}
    costs = []
    for _ in range(repeats):
        begun = process_time()
        for url, etag in held.items():
            assert _asked(connection, url, {"If-None-Match": etag})[0] == 304
        costs.append((process_time() - begun) / len(watched))
    connection.close()
    return median(costs)


def _asked(connection: HTTPConnection, url: str, headers: dict[str, str]) -> tuple[int, str]:
    connection.request("GET", urlsplit(url).path, headers=headers)
    response = connection.getresponse()
    response.read()
    return response.status, response.headers["etag"]


def _config(folder: Path, watched: Sequence[Page]) -> Config:
    folder.mkdir()
    reworded(folder, watched)
    return load(folder / "config.toml")
