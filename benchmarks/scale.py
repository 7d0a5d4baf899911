"""An archive after years: how large it is, and how long questions take.

Built by the program's own path, visit by visit: generated pages are read, compared and kept.
Payload bytes are left out, as packing them is measured elsewhere; all else is as it is. With
``--payloads`` one listing's are kept and sealed as well, and taken times the listings.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, NamedTuple
from zlib import crc32

from benchmarks.pages import CONTENT_TYPE, RECIPE, drupal
from benchmarks.series import listing
from benchmarks.texts import Language, Publication, publications
from crawler.conclude import conclude, settled
from crawler.config import Config, Crawler, Source
from crawler.counting import count_terms
from crawler.derive import is_same_payloads
from crawler.quality import Doubt
from crawler.query import fts_query
from crawler.questions import QUESTIONS, Question
from crawler.reading import read, sighting
from crawler.still import unchanged
from snapshots.archive import Archive, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.records import Capture, Headers, Outcome, Read, Visit, digest_of

LISTINGS, ITEMS = 27, 100
QUICK_DAYS, DAYS, FULL_DAYS = 30, 365, 3650
# The last days, of which the writing is measured as it is on the disk.
MEASURED_DAYS = 14
BEGIN = datetime(2015, 1, 1, 6, tzinfo=UTC)
# What is watched, and what takes its place now and then.
TERMS = {"alien": "noncitizen", "asylum seekers": "applicants", "illegal aliens": "migrants"}
TERM_SHARE, REPLACED_SHARE = 0.2, 0.25
REPEATS = 7
# Of the listing whose pages are kept whole: three are new in a week.
NEWS_A_DAY = 0.4
URL = "https://agency.example/publications-library"
PAYLOAD_TABLES = frozenset(
    (
        "payloads",
        "sqlite_autoindex_payloads_1",
        "payloads_by_base",
        "payloads_by_block",
        "blocks",
        "blocks_by_source",
        "blocks_by_vocabulary",
        "vocabularies",
    )
)
QUESTION_MS, FAST_MS, WRITE_MS, MOST_MB = 100.0, 10.0, 2.0, 250
FAST = {
    "Which items were in force at a date?",
    "Where did a phrase go?",
    "How often was a watched term used at each date, and in how many items?",
    "And in one source?",
}
# What a server of today says of itself: about 600 bytes.
HEADERS = (
    ("date", "Thu, 01 Jan 2015 06:00:00 GMT"),
    ("content-type", CONTENT_TYPE),
    ("transfer-encoding", "chunked"),
    ("connection", "keep-alive"),
    ("server", "nginx"),
    ("vary", "Accept-Encoding, Cookie"),
    ("cache-control", "max-age=300, public"),
    ("x-drupal-dynamic-cache", "MISS"),
    ("content-language", "en"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "SAMEORIGIN"),
    ("expires", "Sun, 19 Nov 1978 05:00:00 GMT"),
    ("etag", 'W/"1420092000"'),
    ("x-generator", "Drupal 10 (https://www.drupal.org)"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
    ("content-security-policy", "upgrade-insecure-requests; frame-ancestors 'self'"),
    ("content-encoding", "br"),
)


@dataclass(frozen=True, slots=True)
class Timed:
    """A question's median CPU in ms: on a new connection, and on one that was used."""

    title: str
    cold_ms: float
    warm_ms: float
    rows: int
    most_ms: float


class Written(NamedTuple):
    """The CPU and the time that it took to write what one visit saw, in ms."""

    is_news: bool
    cpu_ms: float
    clock_ms: float


def run(*, is_quick: bool, is_full: bool = False, is_with_payloads: bool = False) -> None:
    days = FULL_DAYS if is_full else QUICK_DAYS if is_quick else DAYS
    with TemporaryDirectory(prefix="reworded-scale-") as folder:
        path = Path(folder) / "archive.sqlite"
        begun = perf_counter()
        written = build(path, days)
        built_s = perf_counter() - begun
        kept_bytes = path.stat().st_size
        with Archive.to_write(path) as archive:
            pack(archive)
        payloads = payloads_of(Path(folder) / "payloads.sqlite", days) if is_with_payloads else None
        print("\n".join(lines(path, days, built_s, written, kept_bytes, payloads)))


def build(path: Path, days: int, listings: int = LISTINGS) -> list[Written]:
    """Make an archive of so many listings, visited once a day for so many days.

    Returns what the writing of the last days cost.
    """
    written: list[Written] = []
    made = [Listing(number) for number in range(listings)]
    with Archive.to_write(path) as archive:
        # The disk is not what is measured, and the file is made anew each time.
        archive.db.execute("PRAGMA synchronous = off")
        for day in range(days):
            if day == days - MEASURED_DAYS:
                archive.db.execute("PRAGMA synchronous = full")
            for listing in made:
                at = BEGIN + timedelta(days=day, minutes=listing.number)
                written.append(listing.visit(archive, at))
        count_terms(archive, config_of(path))
        archive.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return written[-MEASURED_DAYS * listings :]


def pack(archive: Archive) -> None:
    """Do what `reworded compact` does, without payloads."""
    for _ in archive.pack_headers():
        pass
    archive.give_back(is_loose=True)


def payloads_of(path: Path, days: int) -> Mapping[str, int]:
    """Keep one listing's pages, no two of them alike for their tokens, and compact them.

    Returns what each table and index takes that grows with payloads, in bytes.
    """
    with Archive.to_write(path) as archive:
        archive.db.execute("PRAGMA synchronous = off")
        pages = listing(pages=1, items=ITEMS, news=NEWS_A_DAY, days=days, is_strict=True)
        for page in pages:
            capture = _capture(URL, page.payload, page.at)
            archive.evidence.keep(
                Visit(
                    source="listing",
                    started_at=page.at,
                    finished_at=page.at,
                    outcome=Outcome.NEW,
                    captures=(capture,),
                )
            )
        for _ in archive.seal("listing"):
            pass
        pack(archive)
        assert not list(archive.problems())
        sizes = sizes_of(archive.db)
    return {name: size for name, size in sizes.items() if name in PAYLOAD_TABLES}


def config_of(path: Path) -> Config:
    """Return a configuration with the lexicons of the program."""
    return Config(path=path, archive=path, crawler=Crawler(contact=""), sources={})


class Listing:
    """A listing of which two items are reworded each week, and one is new."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.language = Language(number)
        self.random = Random(number)
        self.items = [self._termed(item) for item in publications(ITEMS, self.language)]
        self.newest = ITEMS
        self.source = Source(
            key=f"listing-{number:02}",
            url=f"https://agency{number:02}.example/publications-library",
            read=Read.LISTING,
            title="Publications",
            recipes=(RECIPE,),
        )
        self.payload = b""

    def visit(self, archive: Archive, at: datetime) -> "Written":
        """Visit it; return what its writing cost."""
        weekday = (at - BEGIN).days % 7
        if weekday == self.number % 7:
            self._reword()
        if weekday == (self.number + 3) % 7:
            self._add()
        if not self.payload or weekday in (self.number % 7, (self.number + 3) % 7):
            self.payload = drupal(self.items).encode()
        capture = _capture(self.source.url, self.payload, at)
        step = _step(archive, self.source, capture)
        kept = Visit(
            source=self.source.key,
            started_at=at,
            finished_at=at + timedelta(seconds=2),
            outcome=Outcome.UNCHANGED if step.is_unchanged else Outcome.NEW,
            captures=(replace(capture, payload=b""),),
        )
        cpu, clock = process_time(), perf_counter()
        with archive.transaction():
            number = archive.evidence.keep(kept)
            archive.progress.advance(step.numbered(number), {})
        cpu_ms, clock_ms = (process_time() - cpu) * 1e3, (perf_counter() - clock) * 1e3
        return Written(not step.is_unchanged, cpu_ms, clock_ms)

    def _reword(self) -> None:
        for place in self.random.sample(range(1, ITEMS), 2):
            item = self.items[place]
            is_replaced = self.random.random() < REPLACED_SHARE
            here = [term for term in TERMS if is_replaced and term in item.summary]
            summary = item.summary.replace(here[0], TERMS[here[0]]) if here else None
            summary = summary or self.language.reworded(item.summary)
            self.items[place] = replace(item, summary=summary)

    def _add(self) -> None:
        new = publications(1, self.language)[0]
        path = f"{new.path}-{self.newest}"
        published = (BEGIN + timedelta(days=self.newest)).date()
        new = replace(new, number=self.newest, path=path, published=published)
        self.newest += 1
        self.items = [self._termed(new), *self.items[:-1]]

    def _termed(self, item: Publication) -> Publication:
        """An item whose summary may use a watched term."""
        if self.random.random() > TERM_SHARE:
            return item
        words = item.summary.split(" ")
        words.insert(self.random.randrange(1, len(words)), self.random.choice(list(TERMS)))
        return replace(item, summary=" ".join(words))


def _capture(url: str, payload: bytes, at: datetime) -> Capture:
    return Capture(
        url=url,
        final_url=url,
        captured_at=at,
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
        request_headers=(("user-agent", "reworded (+mailto:me@example.org)"),),
        response_headers=_headers(payload, at),
    )


def _headers(payload: bytes, at: datetime) -> Headers:
    """What came with a page: its moment, and a tag of what it says."""
    own = {"date": format_datetime(at, usegmt=True), "etag": f'W/"{crc32(payload)}"'}
    return tuple((name, own.get(name, value)) for name, value in HEADERS)


def _step(archive: Archive, source: Source, capture: Capture) -> Step:
    """What a visit teaches, as the program concludes it."""
    newest = archive.knowledge.newest_snapshot(source.key)
    seen = GoodVisit(0, capture.captured_at, True, (capture,))
    if newest and is_same_payloads(newest, seen, source.reading_digest):
        return unchanged(source, seen, newest)
    reading = read(source, capture, archive)
    assert not isinstance(reading, Doubt)
    standing = archive.knowledge.standing(source.key)
    found = conclude(archive, source, seen, standing, sighting([reading], None))
    step = settled(found, {}).step
    assert step is not None, found.doubt
    return step


def lines(
    path: Path,
    days: int,
    built_s: float,
    written: Sequence[Written],
    kept_bytes: int,
    payloads: Mapping[str, int] | None = None,
) -> Iterator[str]:
    """Yield what there is, how large it is, and how long questions and writing take.

    ``kept_bytes``: the file before it was compacted. ``payloads``: what one listing's take.
    """
    yield from _size_lines(path, days, built_s, kept_bytes, payloads)
    yield f"\n{'question':<72} {'cold':>8} {'warm':>8}   rows"
    for timed in (*questions(path), *asked_by_the_program(path)):
        yield (
            f"{timed.title:<72.72} {timed.cold_ms:5.1f} ms {timed.warm_ms:5.1f} ms {timed.rows:>6}"
            f"   {_judged(timed.cold_ms, timed.most_ms, 'ms')}"
        )
    for is_news, what in ((False, "an unchanged visit"), (True, "a visit with news")):
        own = [each for each in written if each.is_news == is_news]
        cpu, clock = median(w.cpu_ms for w in own), median(w.clock_ms for w in own)
        yield (
            f"writing {what}: {cpu:.2f} ms of CPU, {clock:.2f} ms with the disk;"
            f" {_judged(cpu, WRITE_MS, 'ms')}"
        )


def _size_lines(
    path: Path, days: int, built_s: float, kept_bytes: int, payloads: Mapping[str, int] | None
) -> Iterator[str]:
    with sqlite3.connect(path) as db:
        counts = {
            name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in ("visits", "item_versions", "changes", "hunks", "substitutions")
        }
        seen, listings = db.execute(
            "SELECT sum(item_count), count(DISTINCT source) FROM snapshots"
        ).fetchone()
        sizes = sizes_of(db)
    db.close()
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    yield f"scale: {listings} listings over {days} days, {seen:,} item-days: {told}"
    yield f"built in {built_s:.0f} s"
    total = sum(sizes.values()) / 1e6
    yield f"\nfile: {total:.1f} MB without payload bytes, compacted from {kept_bytes / 1e6:.1f}"
    for name, size in sorted(sizes.items(), key=lambda each: -each[1]):
        if size > 0.004 * total * 1e6:
            yield f"  {name:<40} {size / 1e6:8.2f} MB"
    if payloads is not None:
        # Rows of payloads without bytes are there already.
        empty = sum(size for name, size in sizes.items() if name in PAYLOAD_TABLES) / 1e6
        packed = LISTINGS * sum(payloads.values()) / 1e6
        whole = total - empty + packed
        judged = f"; {_judged(whole, MOST_MB, 'MB')}" if days == FULL_DAYS else ""
        yield f"  payloads, {LISTINGS} times one listing's{packed:>20.2f} MB, for {empty:.2f}"
        yield f"with payload bytes: {whole:.1f} MB{judged}"


def _judged(value: float, most: float, unit: str) -> str:
    return f"at most {most:,.0f} {unit}: {'met' if value <= most else 'MISSED'}"


def sizes_of(db: sqlite3.Connection) -> dict[str, int]:
    """Return the bytes of each table and index; all in one where SQLite cannot tell."""
    try:
        return dict(db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    except sqlite3.OperationalError:
        pages, size = (db.execute(f"PRAGMA {n}").fetchone()[0] for n in ("page_count", "page_size"))
        return {"all": pages * size}


def questions(path: Path) -> Iterator[Timed]:
    """Yield how long each documented question takes."""
    db = sqlite3.connect(path)
    half = db.execute(
        "SELECT started_at FROM visits ORDER BY id LIMIT 1 OFFSET ?",
        (db.execute("SELECT count(*) / 2 FROM visits").fetchone()[0],),
    ).fetchone()[0]
    item = db.execute(
        "SELECT source, item FROM item_versions GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1"
    ).fetchone()
    db.close()
    month = (datetime.fromisoformat(half) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    values = {"source": item[0], "item": item[1], "at": half, "since": half, "until": month}
    for question in QUESTIONS:
        most = FAST_MS if question.title in FAST else QUESTION_MS
        yield _timed(path, question, {**question.values, **values}, most)


def _timed(path: Path, question: Question, values: dict[str, str], most_ms: float) -> Timed:
    def ask(db: sqlite3.Connection) -> int:
        return len(db.execute(question.sql, values).fetchall())

    return _times(question.title, lambda: sqlite3.connect(path), ask, most_ms)


def asked_by_the_program(path: Path) -> Iterator[Timed]:
    """Yield how long the program's own searches and counts take."""
    query = fts_query("asylum seeker")
    asked: dict[str, Callable[[Archive], int]] = {
        'search "asylum seeker" --removed: the changes': lambda archive: len(
            archive.search.changes(query, is_added=False)
        ),
        'search "asylum seeker" --ever: the items': lambda archive: len(
            archive.search.holding(query)
        ),
        "terms alien: its uses by date": lambda archive: len(archive.terms.by_date("alien")),
    }
    for title, ask in asked.items():
        most = QUESTION_MS if "--ever" in title else FAST_MS
        yield _times(title, lambda: Archive.to_read(path), ask, most)


def _times(
    title: str, opened: Callable[[], Any], ask: Callable[[Any], int], most_ms: float
) -> Timed:
    """CPU with a new connection, then again with the same; what the system caches stays."""
    cold: list[float] = []
    warm: list[float] = []
    rows = 0
    for _ in range(REPEATS):
        db = opened()
        for times in (cold, warm):
            begun = process_time()
            rows = ask(db)
            times.append((process_time() - begun) * 1e3)
        db.close()
    return Timed(title, median(cold), median(warm), rows, most_ms)
