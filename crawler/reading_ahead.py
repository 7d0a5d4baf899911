"""One long history read ahead by other processes, while this one compares, visit by visit."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing, contextmanager
from os import cpu_count
from pathlib import Path

from crawler.config import Source
from crawler.processes import CONTEXT, FEWEST_VISITS, begin_process
from crawler.quality import Doubt
from crawler.reading import Reader, read
from snapshots.archive import Archive
from snapshots.archive.evidence import Page
from snapshots.extract.extract import Reading
from snapshots.records import Capture

# What each capture says by itself.
Readings = dict[Page, Reading | Doubt]
# A visit by its number, with what it captured.
Visited = tuple[int, tuple[Page, ...]]
# Visits that a process reads at a time, and how many such shares are asked for ahead.
SHARE = 16
SHARES_A_PROCESS = 3


@contextmanager
def reading_ahead(path: Path, source: Source) -> Iterator[Reader]:
    """Yield a reader of a source's captures that finds most of them read already.

    They are to be asked for in the order of time, as a rebuild does.
    """
    with closing(Archive.to_derive(path)) as archive:
        visits = _differing(archive.evidence.readable_pages(source.key))
    processes = cpu_count() or 1
    if processes < 2 or len(visits) < FEWEST_VISITS:
        yield read
        return
    with ProcessPoolExecutor(processes, CONTEXT, begin_process) as pool:
        try:
            yield _Ahead(pool, path, source, visits, processes * SHARES_A_PROCESS).read
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def readings_of(path: Path, source: Source, visits: Sequence[int]) -> Readings:
    """Return what every capture of some visits says by itself."""
    with closing(Archive.to_derive(path)) as archive:
        found = archive.evidence.readable_visits(source.key, among=set(visits))
        captures = [c for visit in found if visit.repeated is None for c in visit.captures]
        return {_page(capture): read(source, capture, archive) for capture in captures}


class _Ahead:
    """Shares of a history, read in their order; another is asked for when one is taken."""

    def __init__(
        self,
        pool: ProcessPoolExecutor,
        path: Path,
        source: Source,
        visits: Sequence[Visited],
        most: int,
    ) -> None:
        self.pool = pool
        self.path = path
        self.source = source
        shares = [visits[start : start + SHARE] for start in range(0, len(visits), SHARE)]
        self.share_of = {
            page: number
            for number, share in enumerate(shares)
            for _, pages in share
            for page in pages
        }
        self.waiting = deque([visit for visit, _ in share] for share in shares)
        self.asked: deque[Future[Readings]] = deque()
        self.taken: Readings = {}
        self.number = -1
        for _ in range(most):
            self._ask()

    def read(self, source: Source, capture: Capture, archive: Archive) -> Reading | Doubt:
        """Return what a capture says; one that was not read ahead is read here and now."""
        page = _page(capture)
        while self.share_of.get(page, -1) > self.number:
            self.taken, self.number = self.asked.popleft().result(), self.number + 1
            self._ask()
        return self.taken.get(page) or read(source, capture, archive)

    def _ask(self) -> None:
        if self.waiting:
            visits = self.waiting.popleft()
            self.asked.append(self.pool.submit(readings_of, self.path, self.source, visits))


def _differing(visits: Sequence[Visited]) -> list[Visited]:
    """The visits without those that saw, byte for byte, what the one before them saw."""
    digests = [[page.digest for page in pages] for _, pages in visits]
    return [
        visit
        for place, visit in enumerate(visits)
        if not place or digests[place] != digests[place - 1]
    ]


def _page(capture: Capture) -> Page:
    return Page(capture.url, capture.captured_at, capture.payload_digest)
