"""All that is known, derived from evidence again: sources side by side, one writer."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from os import cpu_count
from pathlib import Path
from typing import Any, TypeVar

from crawler.config import Source
from crawler.derive import ReadAgain, read_again, steps_of
from crawler.errata import by_identity, differing, told_of
from crawler.processes import CONTEXT, FEWEST_VISITS, begin_process
from crawler.reading import Reader, read
from crawler.reading_ahead import reading_ahead
from snapshots.archive import Archive, Step
from snapshots.archive.errata import Erratum
from snapshots.records import ChangeRecord

Found = TypeVar("Found")
# Work on one source of the archive at a path, which tells of each visit that it has done.
Work = Callable[[Path, Source, Callable[[], None], Reader], Found]
# How often, in seconds, it is looked how far the work has come.
LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What deriving a source's knowledge from its evidence again came to."""

    source: str
    again: ReadAgain


def rebuild_all(
    archive: Archive,
    sources: Sequence[Source],
    noted_at: datetime,
    done: Callable[[int], None] = lambda visits: None,
) -> Iterator[Rebuilt]:
    """Derive what is known of sources again, each as one transaction, in the order given.

    The order makes the numbers that new changes are given the same each time. What was
    replaced stays so when the work is cut short; the rest is as it was.
    """
    for source, steps in side_by_side(archive.path, sources, steps_in_short, done):
        with archive.transaction():
            again = read_again(archive, source, noted_at=noted_at, steps=steps)
        yield Rebuilt(source.key, again)


def errata_now(
    archive: Archive,
    sources: Sequence[Source],
    done: Callable[[int], None] = lambda visits: None,
) -> Iterator[Erratum]:
    """Yield the errata that a rebuild would note now; nothing is written."""
    for source, records in side_by_side(archive.path, sources, records_of, done):
        newest = archive.knowledge.newest_snapshot(source.key)
        digest = newest.recipe_digest if newest else None
        before = told_of(archive, source.key)
        yield from differing(archive, source, before, digest, by_identity(records))


def steps_in_short(
    path: Path, source: Source, told: Callable[[], None], reader: Reader = read
) -> list[Step]:
    """Return what a source's visits teach, derived in a scratch, without what does not move."""
    steps = []
    with closing(Archive.to_derive(path)) as scratch:
        for step in steps_of(scratch, source, reader):
            told()
            if step is not None:
                steps.append(step if step.is_unchanged else step.slimmed())
    return steps


def records_of(
    path: Path, source: Source, told: Callable[[], None], reader: Reader = read
) -> list[ChangeRecord]:
    """Return the changes that a source's evidence tells, numbered for the scratch only."""
    with closing(Archive.to_derive(path)) as scratch:
        for _ in steps_of(scratch, source, reader):
            told()
        return scratch.knowledge.changes(sources=(source.key,))


def side_by_side(
    path: Path,
    sources: Sequence[Source],
    work: Work[Found],
    done: Callable[[int], None],
) -> Iterator[tuple[Source, Found]]:
    """Yield each source with what work came to on it, in order; as many at once as there are CPUs.

    ``work`` is a function of a module, and tells of each visit that it has done. A source
    that is alone is read ahead.
    """
    processes = min(len(sources), cpu_count() or 1)
    count = 0
    if processes < 2 or _visits_of(path, sources) < FEWEST_VISITS:

        def told() -> None:
            nonlocal count
            count += 1
            done(count)

        for source in sources:
            with reading_ahead(path, source) as reader:
                found = work(path, source, told, reader)
            yield source, found
        return
    visits = CONTEXT.Value("Q", 0)
    with ProcessPoolExecutor(processes, CONTEXT, _begin, (visits,)) as pool:
        futures = [pool.submit(_counted, work, path, source) for source in sources]
        try:
            for source, future in zip(sources, futures, strict=True):
                while wait([future], LOOK_S).not_done:
                    done(visits.value)
                yield source, future.result()
        finally:
            for future in futures:
                future.cancel()


def _visits_of(path: Path, sources: Sequence[Source]) -> int:
    with closing(Archive.to_derive(path)) as archive:
        return sum(archive.evidence.count_readable(source.key) for source in sources)


# The count of visits that are done, shared by the processes; set as a process begins.
_visits: Any = None


def _begin(visits: Any) -> None:
    global _visits
    _visits = visits
    begin_process()


def _counted(work: Work[Found], path: Path, source: Source) -> Found:
    return work(path, source, _count, read)


def _count() -> None:
    with _visits.get_lock():
        _visits.value += 1
