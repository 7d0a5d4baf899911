"""A real web archive, pywb, serves a WARC: backfilling from it tells what the WARC tells."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from soak.replay import MEMBERS, members
from support import SETTINGS, START, SimulatedClock, docs, listing, page
from test_importing import Record, warc

from crawler.config import Config, Memento, Source
from crawler.importing import import_files
from crawler.memento.backfill import Backfilled, Span, import_mementos
from snapshots.archive import Archive
from snapshots.records import Capture, ChangeRecord, Read, Recipe
from tests.judges import pywb

DATA = Path(os.environ.get("REWORDED_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
SHEETS = "https://www.ice.gov/factsheets"
LIBRARY = "https://www.dhs.gov/library"
NZ = "https://www.parliament.nz/en/mps-and-electorates/members-of-parliament/"
OLD = datetime(2020, 5, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)
Told = tuple[str, str | None, datetime, datetime]


def sheets() -> list[Record]:
    """A page in four wordings, with a revisit, a redirect and errors between them."""
    first, second = page("Aliens must report.", "Fees are due."), page("Noncitizens must report.")
    return [
        Record(SHEETS, OLD, first.body),
        Record(SHEETS, OLD + DAY, first.body, type="revisit", repeats=OLD),
        Record(SHEETS, OLD + 2 * DAY, second.body),
        Record(SHEETS, OLD + 3 * DAY, b"<h1>Not found</h1>", status="404 Not Found"),
        Record(SHEETS, OLD + 4 * DAY, b"<h1>Busy</h1>", status="503 Service Unavailable"),
        Record(SHEETS, OLD + 5 * DAY, b"", "302 Found", (("Location", "https://www.ice.gov/"),)),
        Record(SHEETS, OLD + 6 * DAY, first.body),
        Record("https://www.ice.gov/", OLD + 5 * DAY, page("Welcome.").body),
    ]


def library() -> list[Record]:
    """A listing of two pages: whole twice, and once its first page alone."""
    soon = timedelta(minutes=10)
    head, tail = listing(*docs(0, 1, 2), following="?page=1"), listing(*docs(3, 4))
    return [
        Record(LIBRARY, OLD, head.body),
        Record(f"{LIBRARY}?page=1", OLD + soon, tail.body),
        Record(LIBRARY, OLD + DAY, listing(*docs(5, 1, 2), following="?page=1").body),
        Record(LIBRARY, OLD + 2 * DAY, listing(*docs(5, 1, 2), following="?page=1").body),
        Record(f"{LIBRARY}?page=1", OLD + 2 * DAY + soon, listing(*docs(3)).body),
    ]


@dataclass
class Both:
    """One WARC: imported as a file, and backfilled from the pywb that serves it."""

    base: str
    warc: Path
    folder: Path

    def imported(self, source: Source) -> tuple[list[Told], list[Capture]]:
        config = Config(path=Path("config.toml"), archive=self.folder / "file.sqlite")
        with Archive.to_write(config.archive) as archive:
            import_files(archive, config, source, [self.warc], now=START + 9999 * DAY)
            return told(archive.knowledge.changes()), captures(archive)

    def backfilled(
        self, source: Source, index: str
    ) -> tuple[Backfilled, list[Told], list[Capture]]:
        config = Config(
            path=Path("config.toml"),
            archive=self.folder / "mementos.sqlite",
            crawler=replace(SETTINGS, timeout_s=30),
            memento=Memento(archive=f"{self.base}/{index}", delay_s=0),
        )
        clock = SimulatedClock(START + 9999 * DAY)
        with Archive.to_write(config.archive) as archive:
            done = import_mementos(archive, config, source, source.url, Span(), clock=clock)
            assert list(archive.problems()) == []
            return done, told(archive.knowledge.changes()), captures(archive)


def told(changes: Iterable[ChangeRecord]) -> list[Told]:
    return [
        (
            str(record.change.kind),
            record.change.item.title or record.change.item.text,
            record.seen.old.captured_at,
            record.seen.new.captured_at,
        )
        for record in changes
    ]


def captures(archive: Archive) -> list[Capture]:
    """Return what is read of a source, oldest first."""
    return [c for v in archive.evidence.readable_visits("it") for c in v.captures]


def source_of(url: str, recipe: Recipe) -> Source:
    return Source(key="it", url=url, read=recipe.read, title="", recipes=(recipe,))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("pywb")
    path = folder / "a.warc.gz"
    path.write_bytes(warc([*sheets(), *library()]))
    with pywb(folder / "served", [path]) as base:
        yield Both(base, path, folder)


@pytest.mark.parametrize("index", ["cdx", "timemap/link/"])
@pytest.mark.parametrize("url", [SHEETS, LIBRARY])
def test_pywb_tells_what_the_warc_that_it_serves_tells(
    both: Both, tmp_path: Path, url: str, index: str
) -> None:
    item = "li.doc" if url == LIBRARY else None
    read = Read.LISTING if url == LIBRARY else Read.PAGE
    source = source_of(url, Recipe(read=read, item=item))
    here = replace(both, folder=tmp_path)

    changes, kept = here.imported(source)
    done, found, had = here.backfilled(source, index)

    assert (found, done.problems) == (changes, ())
    assert len(changes) > 1
    assert [(c.url, c.captured_at, c.payload) for c in had] == [
        (c.url, c.captured_at, c.payload) for c in kept
    ]
    assert {c.memento_url for c in had} == {
        f"{both.base}/{c.captured_at:%Y%m%d%H%M%S}id_/{c.url}" for c in had
    }


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
def test_pywb_tells_of_the_members_of_parliament_what_their_warc_tells(tmp_path: Path) -> None:
    sent = []
    for each in members(DATA):
        headers = tuple((n, v) for n, v in each.headers.items() if n.lower() != "content-length")
        sent.append(Record(NZ, each.at, each.body, headers=headers))
    path = tmp_path / "nz.warc.gz"
    path.write_bytes(warc(sent))

    with pywb(tmp_path / "served", [path]) as base:
        both = Both(base, path, tmp_path)
        changes, kept = both.imported(source_of(NZ, MEMBERS))
        done, found, had = both.backfilled(source_of(NZ, MEMBERS), "cdx")

    assert done.problems == ()
    assert (found, done.problems) == (changes, ())
    assert len(changes) > 10
    assert [c.payload_digest for c in had] == [c.payload_digest for c in kept]
