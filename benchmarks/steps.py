"""Our own steps, as a visit takes them: extract, match and compare, store."""

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
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
SECOND = FIRST + timedelta(days=365)


class Costs(NamedTuple):
    """The CPU seconds of each step, each repetition, and the changes that were stored."""

    extract: list[float]
    compare: list[float]
    store: list[float]
    changes: int


def costs(folder: Path, old: bytes, new: bytes, *, budget_s: float, most: int) -> Costs:
    """Return what it costs to find and keep that one payload became another.

    Every repetition starts from a fresh copy of an archive that holds the old payload.
    """
    before, copy = folder / "before.sqlite", folder / "copy.sqlite"
    before.unlink(missing_ok=True)
    with Archive.to_write(before) as archive:
        _timed_visit(archive, old, FIRST)
    stored: list[int] = []

    def once() -> tuple[float, ...]:
        copyfile(before, copy)
        _forget()
        with Archive.to_write(copy) as archive:
            is_outdated(archive, SOURCE)
            times, changes = _timed_visit(archive, new, SECOND)
        stored.append(changes)
        return times

    extract, compare, store = repeats(once, budget_s=budget_s, most=most)
    return Costs(extract, compare, store, stored[-1])


def _forget() -> None:
    """Empty the caches of links and words: a run visits each source once."""
    for function in (canonical_link, fold, folded_words):
        getattr(function, "cache_clear", bool)()


def _timed_visit(
    archive: Archive, payload: bytes, at: datetime
) -> tuple[tuple[float, float, float], int]:
    """Visit with a payload in hand; return the CPU of each step, and how many changes it told.

    To store is to digest the payload, to load what stood, and to keep visit and changes.
    """
    begun = process_time()
    capture = _capture(payload, at)
    standing = archive.knowledge.standing(SOURCE.key)
    loaded = process_time()
    seen = GoodVisit(0, at, True, (capture,))
    reading = read(SOURCE, capture, archive)
    assert not isinstance(reading, Doubt)
    what = sighting([reading], None)
    extracted = process_time()
    found = conclude(archive, SOURCE, seen, standing, what)
    assert found.step is not None
    step = confirmed(found.step, {}, 1)
    compared = process_time()
    changes = _keep(archive, capture, step)
    stored = process_time()
    times = (extracted - loaded, compared - extracted, loaded - begun + stored - compared)
    return times, changes


def _keep(archive: Archive, capture: Capture, step: Step) -> int:
    visit = Visit(
        source=SOURCE.key,
        started_at=capture.captured_at,
        finished_at=capture.captured_at,
        outcome=Outcome.NEW,
        captures=(capture,),
    )
    with archive.transaction():
        number = archive.evidence.keep(visit)
        return len(archive.progress.advance(step.numbered(number), {}))


def _capture(payload: bytes, at: datetime) -> Capture:
    return Capture(
        url=URL,
        final_url=URL,
        captured_at=at,
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
        response_headers=(("content-type", CONTENT_TYPE),),
    )
