"""Our own steps, as a visit takes them: extract, match and compare, store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from time import process_time
from typing import NamedTuple

from benchmarks.measure import repeats
from benchmarks.pages import CONTENT_TYPE, RECIPE, URL
from crawler.conclude import conclude
from crawler.config import Source
from crawler.derive import is_outdated
from crawler.quality import Doubt
from crawler.reading import read, sighting
from crawler.removal import confirmed
from diffs.links import canonical_link
from diffs.told import folded_words
from diffs.words import fold
from snapshots.archive import Archive, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.records import Capture, Outcome, Read, Visit, digest_of

SOURCE = Source(
    key="publications", url=URL, read=Read.LISTING, title="Publications", recipes=(RECIPE,)
)
OTHER = replace(SOURCE, key="others", url=f"{URL}/others")
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
SECOND = FIRST + timedelta(days=365)


class Pair(NamedTuple):
    """A page before and after it changed."""

    old: bytes
    new: bytes


class Costs(NamedTuple):
    """The CPU seconds of each step, each repetition, and the changes that were stored."""

    extract: list[float]
    compare: list[float]
    store: list[float]
    changes: int


def costs(
    folder: Path, pair: Pair, *, before: Pair | None = None, budget_s: float, most: int
) -> Costs:
    """Return what it costs to find and keep that one payload became another.

    Every repetition starts from a fresh copy of an archive that holds the old payload.
    ``before`` is a pair of another source's, of which the new payload is kept first, as by a
    run over several sources; None makes it a run's first page.
    """
    start, copy = folder / "start.sqlite", folder / "copy.sqlite"
    start.unlink(missing_ok=True)
    with Archive.to_write(start) as archive:
        _timed_visit(archive, SOURCE, pair.old, FIRST)
        if before is not None:
            _timed_visit(archive, OTHER, before.old, FIRST)
    stored: list[int] = []

    def once() -> tuple[float, ...]:
        copyfile(start, copy)
        _forget()
        with Archive.to_write(copy) as archive:
            if before is not None:
                _timed_visit(archive, OTHER, before.new, SECOND)
            is_outdated(archive, SOURCE)
            times, changes = _timed_visit(archive, SOURCE, pair.new, SECOND)
        stored.append(changes)
        return times

    extract, compare, store = repeats(once, budget_s=budget_s, most=most)
    return Costs(extract, compare, store, stored[-1])


def _forget() -> None:
    """Empty the caches of links and words: a run visits each source once."""
    for function in (canonical_link, fold, folded_words):
        getattr(function, "cache_clear", bool)()


def _timed_visit(
    archive: Archive, source: Source, payload: bytes, at: datetime
) -> tuple[tuple[float, float, float], int]:
    """Visit with a payload in hand; return the CPU of each step, and how many changes it told.

    To store is to digest the payload, to load what stood, and to keep visit and changes.
    """
    begun = process_time()
    capture = _capture(source, payload, at)
    standing = archive.knowledge.standing(source.key)
    loaded = process_time()
    seen = GoodVisit(0, at, True, (capture,))
    reading = read(source, capture, archive)
    assert not isinstance(reading, Doubt)
    what = sighting([reading], None)
    extracted = process_time()
    found = conclude(archive, source, seen, standing, what)
    assert found.step is not None
    step = confirmed(found.step, {}, 1)
    compared = process_time()
    changes = _keep(archive, source, capture, step)
    stored = process_time()
    times = (extracted - loaded, compared - extracted, loaded - begun + stored - compared)
    return times, changes


def _keep(archive: Archive, source: Source, capture: Capture, step: Step) -> int:
    visit = Visit(
        source=source.key,
        started_at=capture.captured_at,
        finished_at=capture.captured_at,
        outcome=Outcome.NEW,
        captures=(capture,),
    )
    with archive.transaction():
        number = archive.evidence.keep(visit)
        return len(archive.progress.advance(step.numbered(number), {}))


def _capture(source: Source, payload: bytes, at: datetime) -> Capture:
    return Capture(
        url=source.url,
        final_url=source.url,
        captured_at=at,
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
        response_headers=(("content-type", CONTENT_TYPE),),
    )
