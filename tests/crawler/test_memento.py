"""Backfilling from web archives: slowly, once, in order of time, and never a false removal."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support import (
    SETTINGS,
    START,
    Answer,
    Request,
    SimulatedClock,
    Site,
    Watcher,
    docs,
    listing,
    online,
    page,
    told,
)
from test_importing import Record, warc
from web_archive import CDX, WebArchive, cdx

from crawler.config import Config, Memento, Source
from crawler.derive import rebuild
from crawler.importing import import_files
from crawler.memento.backfill import Backfilled, Span, import_mementos
from crawler.story import tell
from snapshots.archive import Archive
from snapshots.errors import ConfigError, FetchError
from snapshots.records import Provenance, Read, Recipe, Revisit

SHEETS = "https://a.gov/sheets"
LIBRARY = "https://a.gov/library"
DAY = timedelta(days=1)
# A year before the first own visit.
OLD = START - 365 * DAY
ALIENS = page("Aliens must report.", "Fees are due.")
NONCITIZENS = page("Noncitizens must report.", "Fees are due.")
FEES = page("Noncitizens must report.", "Fees are due in May.")


def fees(number: int) -> Answer:
    """Return the page in one of many wordings."""
    return page(f"Fees of {number} dollars are due at every office.", "Forms are free.")


@dataclass
class Desk:
    """An archive of ours, a web archive, and what is typed to import from it."""

    ours: Archive
    site: Site
    theirs: WebArchive
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(START + 30 * DAY))
    delay_s: float = 4.0
    retries: int = 0

    def source(self, url: str = SHEETS) -> Source:
        read = Read.LISTING if url.startswith(LIBRARY) else Read.PAGE
        item = "li.doc" if read is Read.LISTING else None
        recipe = Recipe(read=read, item=item)
        return Source(key="it", url=url, read=read, title="", recipes=(recipe,))

    def take(
        self,
        url: str = SHEETS,
        *,
        index: str | None = None,
        of: str | None = None,
        **span: object,
    ) -> Backfilled:
        config = Config(
            path=Path("config.toml"),
            archive=self.ours.path,
            crawler=replace(SETTINGS, retries=self.retries),
            memento=Memento(archive=index or self.theirs.cdx, delay_s=self.delay_s),
        )
        wanted = Span(**span)  # type: ignore[arg-type]
        source = self.source(of or url)
        return import_mementos(self.ours, config, source, url, wanted, clock=self.clock)

    def outcomes(self) -> list[tuple[datetime, str]]:
        rows = self.ours.db.execute("SELECT started_at, outcome FROM visits ORDER BY 1, id")
        return [(datetime.fromisoformat(at), outcome) for at, outcome in rows.fetchall()]

    def knowledge(self) -> list[str]:
        """Return all that is derived of sources, as SQL."""
        tables = ("snapshots", "items", "item_versions", "changes", "corroborations")
        starts = tuple(f'INSERT INTO "{table}"' for table in tables)
        return [line for line in self.ours.db.iterdump() if line.startswith(starts)]

    def corroborated(self) -> list[tuple[object, ...]]:
        rows = self.ours.db.execute(
            "SELECT seen_at, kept_at, agrees, detail FROM corroborated ORDER BY kept_at, seen_at"
        )
        return [tuple(row) for row in rows.fetchall()]


@pytest.fixture
def desk(tmp_path: Path, site: Site) -> Iterator[Desk]:
    with Archive.to_write(tmp_path / "archive.sqlite") as archive:
        yield Desk(archive, site, WebArchive(site))


# What is taken, and what is kept of it.


def test_what_an_archive_keeps_becomes_history(desk: Desk) -> None:
    sent = NONCITIZENS.having(Content_Type="text/html; charset=utf-8", ETag='"b"')
    desk.theirs.keep(SHEETS, {OLD: ALIENS, OLD + 31 * DAY: sent})

    done = desk.take()

    assert (done.taken, done.held, done.problems, done.is_stopped) == (2, 0, (), False)
    (change,) = done.changes
    assert change.change.fields["text"].new == "Noncitizens must report."
    seen = change.seen
    assert (seen.old.captured_at, seen.new.captured_at) == (OLD, OLD + 31 * DAY)
    assert (seen.old.kept_by, seen.new.kept_by) == ("127.0.0.1", "127.0.0.1")
    capture = list(desk.ours.evidence.readable_visits("it"))[1].captures[0]
    assert (capture.url, capture.final_url, capture.payload) == (SHEETS, SHEETS, sent.body)
    assert capture.provenance is Provenance.MEMENTO
    assert capture.memento_url == f"{desk.site.url}/web/{OLD + 31 * DAY:%Y%m%d%H%M%S}id_/{SHEETS}"
    assert capture.header("etag") == '"b"'
    imported = desk.ours.db.execute("SELECT name, kind FROM imports").fetchall()
    assert [kind for _, kind in imported] == ["memento"]
    assert imported[0][0].startswith(f"{desk.theirs.cdx}?url=https%3A%2F%2Fa.gov%2Fsheets&")
    assert list(desk.ours.problems()) == []


@pytest.mark.parametrize("form", ["cdx", "timemap"])
def test_an_import_tells_what_a_warc_of_the_same_captures_tells(
    desk: Desk, tmp_path: Path, form: str
) -> None:
    shown = {OLD: ALIENS, OLD + DAY: NONCITIZENS, OLD + 2 * DAY: NONCITIZENS, OLD + 3 * DAY: FEES}
    desk.theirs.keep(SHEETS, shown)
    path = tmp_path / "a.warc"
    path.write_bytes(warc([Record(SHEETS, at, a.body) for at, a in shown.items()], zipped=False))
    config = Config(path=Path("config.toml"), archive=tmp_path / "other.sqlite")

    mementos = desk.take(index=desk.theirs.timemaps if form == "timemap" else None)
    with Archive.to_write(config.archive) as other:
        records = import_files(other, config, desk.source(), [path], now=START)

    assert told(mementos.changes) == told(records.changes)
    moments = [(r.seen.old.captured_at, r.seen.new.captured_at) for r in records.changes]
    assert [(r.seen.old.captured_at, r.seen.new.captured_at) for r in mementos.changes] == moments
    assert len(moments) == 2


def test_a_capture_that_the_index_tells_to_be_equal_is_not_asked_for_and_stands(
    desk: Desk,
) -> None:
    moments = [OLD + number * DAY for number in range(4)]
    answers = (ALIENS, ALIENS, NONCITIZENS, ALIENS)
    desk.theirs.keep(SHEETS, dict(zip(moments, answers, strict=True)))

    done = desk.take()

    assert (done.taken, done.repeats) == (4, 2)
    assert [asked[:8] for asked in desk.theirs.asked] == ["20200501", "20200503"]
    first, second = done.changes
    assert (first.seen.old.captured_at, second.seen.new.captured_at) == (moments[1], moments[3])
    repeat = list(desk.ours.evidence.readable_visits("it"))[3].captures[0]
    assert repeat.revisit is Revisit.SAME_PAYLOAD
    assert repeat.payload == ALIENS.body
    assert list(desk.ours.problems()) == []


def test_only_what_is_wanted_is_asked_for(desk: Desk) -> None:
    shown = {OLD + number * DAY: fees(number) for number in range(30)}
    desk.theirs.keep(SHEETS, shown)

    done = desk.take(since=OLD + 2 * DAY, until=OLD + 22 * DAY, every=timedelta(days=7))

    # 2020-05-07 was a Thursday, with which the weeks since 1970 begin.
    days = ["20200503", "20200507", "20200514", "20200521"]
    assert [asked[:8] for asked in desk.theirs.asked] == days
    assert done.left_out == {"to be asked for without --every": 17}


def test_the_index_is_asked_for_the_wanted_span_alone(desk: Desk) -> None:
    desk.theirs.keep(SHEETS, {OLD: ALIENS})

    desk.take(since=OLD - DAY, until=OLD + DAY)

    assert "&from=20200430060000&to=20200502060000" in desk.site.targets[0]


def test_redirects_refusals_and_faults_that_an_archive_met_are_not_asked_for(desk: Desk) -> None:
    statuses = (200, 301, 302, 403, 429, 500, 503, 404)
    shown = {OLD + n * DAY: replace(ALIENS, status=status) for n, status in enumerate(statuses)}
    shown[OLD + 7 * DAY] = Answer(status=404, body=b"<h1>Not found</h1>")
    desk.theirs.keep(SHEETS, shown)

    done = desk.take()

    assert done.left_out == {"redirects, refusals and faults that it met": 6}
    assert done.changes == ()
    assert [outcome for _, outcome in desk.outcomes()] == ["new", "quarantined"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(404, "quarantined"), (500, "failed"), (503, "failed"), (429, "blocked"), (403, "blocked")],
)
def test_an_error_that_an_archive_keeps_is_taken_for_what_it_is_and_concludes_nothing(
    desk: Desk, status: int, outcome: str
) -> None:
    error = Answer(status=status, body=b"<h1>Sorry</h1>", headers=(("Retry-After", "3600"),))
    desk.theirs.keep(SHEETS, {OLD: ALIENS, OLD + DAY: error})

    done = desk.take(index=desk.theirs.timemaps)

    assert (done.taken, done.changes, done.is_stopped) == (2, (), False)
    assert [found for _, found in desk.outcomes()] == ["new", outcome]
    assert max(desk.clock.waits) < 5


def test_a_block_page_that_an_archive_keeps_concludes_nothing(desk: Desk) -> None:
    block = page("Access Denied. You don't have permission to access this server.")
    desk.theirs.keep(SHEETS, {OLD: ALIENS, OLD + DAY: block})

    done = desk.take()

    assert done.changes == ()
    assert [found for _, found in desk.outcomes()] == ["new", "blocked"]


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_parts_of_a_history_come_to_the_same_as_the_whole(
    desk: Desk, tmp_path: Path, is_newest_first: bool
) -> None:
    desk.theirs.keep(SHEETS, {OLD + n * DAY: (ALIENS, NONCITIZENS, FEES)[n % 3] for n in range(6)})
    middle = OLD + 3 * DAY
    spans = [{"until": middle}, {"since": middle + timedelta(seconds=1)}]
    for span in reversed(spans) if is_newest_first else spans:
        desk.take(**span)

    with Archive.to_write(tmp_path / "whole.sqlite") as archive:
        whole = Desk(archive, desk.site, desk.theirs)
        whole.take()
        changes = archive.knowledge.changes()

    in_parts = desk.ours.knowledge.changes()
    assert told(in_parts) == told(changes)
    moments = [r.seen.new.captured_at for r in changes]
    assert [r.seen.new.captured_at for r in in_parts] == moments
    assert len(moments) > 3


# Manners.


def test_requests_are_seconds_apart(desk: Desk) -> None:
    desk.theirs.keep(SHEETS, {OLD + n * DAY: fees(n) for n in range(5)})

    desk.take()

    assert len(desk.theirs.asked) == 5
    assert len(desk.clock.waits) == 5
    assert all(3.9 < wait <= 4 for wait in desk.clock.waits)


def test_an_archive_that_asks_for_a_pause_gets_it(desk: Desk) -> None:
    desk.retries = 2
    desk.theirs.keep(SHEETS, {OLD: ALIENS})
    target = f"/web/{OLD:%Y%m%d%H%M%S}id_/{SHEETS}"
    memento = desk.site.routes[target]
    assert isinstance(memento, Answer)
    busy = Answer(status=429, headers=(("Retry-After", "75"),))
    desk.site[target] = [busy, Answer(status=503), memento]

    done = desk.take()

    assert (done.taken, done.problems) == (1, ())
    assert [round(wait) for wait in desk.clock.waits] == [4, 75, 16]


def test_an_archive_that_wants_a_long_rest_is_left_alone_and_the_next_import_goes_on(
    desk: Desk,
) -> None:
    shown = {OLD + n * DAY: fees(n) for n in range(4)}
    desk.theirs.keep(SHEETS, shown)
    target = f"/web/{OLD + 2 * DAY:%Y%m%d%H%M%S}id_/{SHEETS}"
    memento = desk.site.routes[target]
    desk.site[target] = Answer(status=429, headers=(("Retry-After", "7200"),))

    stopped = desk.take()
    desk.site[target] = memento
    resumed = desk.take()

    assert (stopped.taken, stopped.is_stopped, len(stopped.changes)) == (2, True, 1)
    assert "left alone for 120 min; the same command goes on" in stopped.problems[0]
    assert (resumed.taken, resumed.held, resumed.is_stopped) == (2, 2, False)
    assert len(resumed.changes) == 2
    asked = [asked[:8] for asked in desk.theirs.asked]
    assert asked == ["20200501", "20200502", "20200503", "20200503", "20200504"]


def test_an_archive_that_does_not_answer_is_given_up_after_some_mementos(desk: Desk) -> None:
    desk.theirs.keep(SHEETS, {OLD + n * DAY: fees(n) for n in range(9)})
    for number in range(1, 9):
        target = f"/web/{OLD + number * DAY:%Y%m%d%H%M%S}id_/{SHEETS}"
        desk.site[target] = Answer(wire=b"", ending="reset")

    done = desk.take()

    assert (done.taken, done.is_stopped, len(done.problems)) == (1, True, 3)
    assert len(desk.theirs.asked) == 1 + 3


def test_a_body_that_is_cut_is_asked_for_again(desk: Desk) -> None:
    desk.retries = 1
    desk.theirs.keep(SHEETS, {OLD: ALIENS})
    target = f"/web/{OLD:%Y%m%d%H%M%S}id_/{SHEETS}"
    memento = desk.site.routes[target]
    assert isinstance(memento, Answer)
    desk.site[target] = [replace(memento, length=len(memento.body) + 500), memento]

    done = desk.take()

    assert (done.taken, done.problems) == (1, ())


def test_what_is_held_is_never_asked_for_again(desk: Desk) -> None:
    desk.theirs.keep(SHEETS, {OLD: ALIENS, OLD + DAY: NONCITIZENS})
    desk.take()
    before = list(desk.ours.db.iterdump())

    again = desk.take()

    assert (again.taken, again.held, again.changes) == (0, 2, ())
    assert len(desk.theirs.asked) == 2
    assert list(desk.ours.db.iterdump()) == before


def test_an_archive_on_a_private_address_is_not_asked(desk: Desk) -> None:
    config = Config(
        path=Path("config.toml"),
        archive=desk.ours.path,
        crawler=replace(SETTINGS, allow_private=()),
        memento=Memento(archive=desk.theirs.cdx, delay_s=0),
    )

    with pytest.raises(FetchError, match="loopback address"):
        import_mementos(desk.ours, config, desk.source(), SHEETS, Span(), clock=SimulatedClock())

    assert desk.site.targets == []


# What an archive may get wrong.


def test_a_redirect_to_another_memento_keeps_the_moment_of_that_one(desk: Desk) -> None:
    desk.theirs.keep(SHEETS, {OLD + DAY: ALIENS})
    asked = f"/web/{OLD:%Y%m%d%H%M%S}id_/{SHEETS}"
    final = f"/web/{OLD + DAY:%Y%m%d%H%M%S}id_/{SHEETS}"
    desk.site[CDX] = cdx([f"key)/ {OLD:%Y%m%d%H%M%S} {SHEETS} text/html 200 ABC 100"])
    desk.site[asked] = Answer(status=302, headers=(("Location", final),))

    done = desk.take()
    again = desk.take()

    assert (done.taken, again.taken, again.held) == (1, 0, 1)
    (visit,) = desk.ours.evidence.readable_visits("it")
    assert visit.captures[0].captured_at == OLD + DAY
    assert visit.captures[0].memento_url == f"{desk.site.url}{final}"
    assert visit.captures[0].hops[0].url == f"{desk.site.url}{asked}"
    assert len(desk.theirs.asked) == 2


def test_a_redirect_that_an_archive_keeps_is_kept_and_not_followed(desk: Desk) -> None:
    desk.theirs.keep(SHEETS, {OLD: ALIENS})
    moved = Answer(status=301, headers=(("Location", "https://a.gov/"),))
    desk.theirs.keep(SHEETS, {OLD + DAY: moved})
    target = f"/web/{OLD + DAY:%Y%m%d%H%M%S}id_/{SHEETS}"
    kept = desk.site.routes[target]
    assert isinstance(kept, Answer)
    desk.site[target] = kept.having(Location=f"/web/{OLD + DAY:%Y%m%d%H%M%S}id_/https://a.gov/")

    done = desk.take(index=desk.theirs.timemaps)
    again = desk.take(index=desk.theirs.timemaps)

    assert (done.taken, done.problems, done.changes) == (2, (), ())
    assert (again.taken, again.held) == (0, 2)
    assert desk.outcomes() == [(OLD, "new"), (OLD + DAY, "failed")]
    assert len(desk.theirs.asked) == 2


def test_a_memento_of_another_address_is_refused(desk: Desk) -> None:
    desk.theirs.keep(SHEETS, {OLD: ALIENS})
    target = f"/web/{OLD:%Y%m%d%H%M%S}id_/{SHEETS}"
    desk.theirs.keep("https://b.gov/", {OLD: ALIENS})
    other = f"/web/{OLD:%Y%m%d%H%M%S}id_/https://b.gov/"
    desk.site[target] = Answer(status=302, headers=(("Location", other),))

    done = desk.take()

    assert done.taken == 0
    assert "answered a memento of https://b.gov/" in done.problems[0]


def test_what_an_archive_lists_and_does_not_give_is_asked_for_again_a_day_later(
    desk: Desk,
) -> None:
    kept = {OLD: ALIENS, OLD + DAY: NONCITIZENS}
    desk.theirs.keep(SHEETS, kept)
    address = f"/web/{OLD + DAY:%Y%m%d%H%M%S}id_/{SHEETS}"
    desk.site[address] = page("The archive is down for maintenance.")
    first = desk.take()
    asked = len(desk.site.asked(address))

    desk.clock.at += DAY / 2
    soon = desk.take()

    assert len(first.problems) == 1
    assert (soon.problems, soon.left_out) == ((), {"not given within the last day": 1})
    assert len(desk.site.asked(address)) == asked
    desk.clock.at += DAY
    desk.theirs.keep(SHEETS, kept)
    assert desk.take().taken == 1


def test_an_archives_own_page_is_no_memento(desk: Desk) -> None:
    desk.theirs.keep(SHEETS, {OLD: ALIENS, OLD + DAY: NONCITIZENS})
    target = f"/web/{OLD + DAY:%Y%m%d%H%M%S}id_/{SHEETS}"
    desk.site[target] = page("The archive is down for maintenance.")

    done = desk.take()

    assert (done.taken, done.changes) == (1, ())
    assert done.problems == (f"{desk.site.url}{target}: answered what is no memento",)


def test_what_an_archive_rewrites_is_kept_and_concludes_nothing(desk: Desk) -> None:
    desk.theirs.is_raw = False
    desk.theirs.keep(SHEETS, {OLD: ALIENS, OLD + DAY: NONCITIZENS})

    done = desk.take()

    assert (done.taken, done.changes) == (2, ())
    rewritten = "127.0.0.1 served it rewritten, not as it was captured"
    assert done.problems == (f"{rewritten}: 2 captures are kept, and conclude nothing",)
    assert [found for _, found in desk.outcomes()] == ["quarantined", "quarantined"]
    with desk.ours.transaction():
        rebuild(desk.ours, desk.source(), noted_at=desk.clock.at)
    assert desk.ours.knowledge.newest_snapshot("it") is None


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (page("Welcome to the archive."), "answered a web page where an index was asked for"),
        (Answer(status=400, body=b"Bad Query"), "answered 400 where an index was asked for"),
        (
            Answer(status=403, body=b"org.archive...AdministrativeAccessControlException: Blocked"),
            "does not show this site: its owner or robots.txt excludes it",
        ),
        (Answer(status=503), "wants to be left alone"),
        (Answer(wire=b"", ending="reset"), "no answer"),
        (Answer(status=302, headers=(("Location", "file:///etc/passwd"),)), "no web address"),
    ],
    ids=["a_page", "a_bad_request", "an_exclusion", "a_fault", "no_answer", "a_file"],
)
def test_an_index_that_cannot_be_had_is_told(desk: Desk, answer: Answer, told: str) -> None:
    desk.site[CDX] = answer

    with pytest.raises(FetchError, match=told):
        desk.take()

    assert desk.ours.evidence.counts() == (0, 0, 0)


def test_nothing_kept_is_nothing_imported(desk: Desk) -> None:
    desk.site[CDX] = cdx([])

    done = desk.take()

    assert (done.taken, done.problems, desk.outcomes()) == (0, (), [])


def test_lines_of_an_index_that_cannot_be_read_are_counted(desk: Desk) -> None:
    desk.theirs.keep(SHEETS, {OLD: ALIENS})
    lines = [desk.theirs.kept[0].line, "key)/ 20201399000000 https://a.gov/ text/html 200 A 1"]
    desk.site[CDX] = Answer(body="\n".join([*lines, "key)/ 2020060"]).encode())

    done = desk.take()

    assert done.taken == 1
    assert done.problems == (f"2 lines of the index of {SHEETS} could not be read",)


def test_an_index_in_parts_is_read_to_its_end(desk: Desk) -> None:
    shown = {OLD + n * DAY: fees(n) for n in range(4)}
    desk.theirs.keep(SHEETS, shown)
    lines = [kept.line for kept in desk.theirs.kept]

    def part(request: Request) -> Answer:
        return (
            cdx(lines[2:]) if "resumeKey=gov%252Ca" in request.target else cdx(lines[:2], "gov%2Ca")
        )

    desk.site[CDX] = part

    assert desk.take().taken == 4


@pytest.mark.parametrize("is_loop", [False, True], ids=["pages", "a_circle"])
def test_a_timemap_in_pages_is_read_to_its_end_and_not_in_a_circle(
    desk: Desk, is_loop: bool
) -> None:
    desk.theirs.keep(SHEETS, {OLD: ALIENS, OLD + DAY: NONCITIZENS})
    first, second = desk.theirs.timemap(SHEETS).split(",\n")[2:]
    following = "/web/timemap/link/2/page"
    back = f"/web/timemap/link/{SHEETS}" if is_loop else "/web/timemap/link/none"
    pages = {f"/web/timemap/link/{SHEETS}": (first, following), following: (second, back)}
    for target, (memento, more) in pages.items():
        desk.site[target] = Answer(
            body=f'{memento},\n<{more}>; rel="timemap"; type="application/link-format"'.encode()
        )

    done = desk.take(f"{desk.theirs.timemaps}{SHEETS}", of=SHEETS)

    assert (done.taken, done.problems, len(done.changes)) == (2, (), 1)


def test_what_is_dated_in_the_future_is_left_out(desk: Desk) -> None:
    desk.theirs.keep(SHEETS, {OLD: ALIENS, START + 400 * DAY: NONCITIZENS})

    done = desk.take()

    assert done.taken == 1
    assert "it is dated in the future" in done.problems[0]


@pytest.mark.parametrize("url", ["ftp://a.gov/", "a.gov/sheets", "https://"])
def test_an_address_that_is_none_is_refused(desk: Desk, url: str) -> None:
    with pytest.raises(ConfigError, match="no web address"):
        desk.take(url, of=SHEETS)


# Listings of several pages.


def test_a_listing_is_complete_when_its_pages_were_captured_within_an_hour(desk: Desk) -> None:
    later = f"{LIBRARY}?page=1"
    soon = timedelta(minutes=20)
    desk.theirs.keep(LIBRARY, {OLD: listing(*docs(0, 1, 2), following="?page=1")})
    desk.theirs.keep(later, {OLD + soon: listing(*docs(3, 4))})
    desk.theirs.keep(LIBRARY, {OLD + DAY: listing(*docs(0, 1, 3), following="?page=1")})
    desk.theirs.keep(later, {OLD + DAY + soon: listing(*docs(4))})

    done = desk.take(LIBRARY)

    assert told(done.changes) == [("removed", "Cranes")]
    assert [outcome for _, outcome in desk.outcomes()] == ["new", "new"]
    assert [len(v.captures) for v in desk.ours.evidence.readable_visits("it")] == [2, 2]


@pytest.mark.parametrize("apart", [None, timedelta(hours=3), -timedelta(minutes=5)])
def test_a_first_page_alone_removes_nothing(desk: Desk, apart: timedelta | None) -> None:
    later = f"{LIBRARY}?page=1"
    desk.theirs.keep(LIBRARY, {OLD: listing(*docs(0, 1, 2), following="?page=1")})
    desk.theirs.keep(later, {OLD: listing(*docs(3, 4))})
    desk.theirs.keep(LIBRARY, {OLD + DAY: listing(*docs(0, 1, 5), following="?page=1")})
    if apart:
        desk.theirs.keep(later, {OLD + DAY + apart: listing(*docs(6))})

    done = desk.take(LIBRARY)

    assert told(done.changes) == [("added", "Ferries")]
    assert desk.outcomes() == [(OLD, "new"), (OLD + DAY, "partial")]


def test_a_walk_that_was_stopped_in_its_middle_is_gone_on_with(desk: Desk) -> None:
    later = f"{LIBRARY}?page=1"
    desk.theirs.keep(LIBRARY, {OLD: listing(*docs(0, 1, 2), following="?page=1")})
    desk.theirs.keep(later, {OLD: listing(*docs(3, 4))})
    target = f"/web/{OLD:%Y%m%d%H%M%S}id_/{later}"
    memento = desk.site.routes[target]
    desk.site[target] = Answer(status=429, headers=(("Retry-After", "7200"),))

    stopped = desk.take(LIBRARY)
    desk.site[target] = memento
    resumed = desk.take(LIBRARY)

    assert (stopped.taken, stopped.is_stopped) == (0, True)
    assert (resumed.taken, resumed.is_stopped) == (2, False)
    assert desk.outcomes() == [(OLD, "new")]
    assert len([asked for asked in desk.theirs.asked if "page" not in asked]) == 1
    assert desk.ours.mementos.of("it") == []


def test_a_listing_whose_pages_are_counted_is_partial_until_it_is_seen_to_end(
    desk: Desk, tmp_path: Path
) -> None:
    source = desk.source(LIBRARY)
    counted = replace(source, recipes=(replace(source.recipes[0], next="?page={page}"),))
    config = Config(path=Path("config.toml"), archive=desk.ours.path)
    lone = tmp_path / "lone.html"
    lone.write_bytes(listing(*docs(0, 1)).body)

    import_files(desk.ours, config, counted, [lone], at=OLD, now=START)

    assert desk.outcomes() == [(OLD, "partial")]


# Own captures and archived ones.


@pytest.fixture
def watcher(desk: Desk) -> Watcher:
    return Watcher(desk.ours)


def own(desk: Desk, watcher: Watcher, shown: Answer, at: datetime) -> Source:
    """Visit the page when it showed this; return the source."""
    desk.site["/sheets"] = shown
    source = desk.source(f"{desk.site.url}/sheets")
    watcher.clock.at = at
    watcher.visit(source)
    return source


def test_what_was_kept_before_the_first_visit_is_one_timeline_with_it(
    desk: Desk, watcher: Watcher, capsys: pytest.CaptureFixture[str]
) -> None:
    source = own(desk, watcher, FEES, START)
    desk.theirs.keep(source.url, {OLD: ALIENS, OLD + DAY: NONCITIZENS})

    done = desk.take(source.url)

    old, new = done.changes
    assert (old.seen.new.captured_at, new.seen.new.captured_at) == (OLD + DAY, START)
    assert (new.seen.old.kept_by, new.seen.new.kept_by) == ("127.0.0.1", None)
    tell(desk.ours, "Fees are due in May.", "it", "text")
    out = " ".join(capsys.readouterr().out.split())
    assert "read on 2020-05-02 06:00 UTC (as kept by 127.0.0.1), new form read on 2021" in out


def test_an_archived_capture_that_agrees_corroborates_and_narrows_the_interval(
    desk: Desk, watcher: Watcher, capsys: pytest.CaptureFixture[str]
) -> None:
    source = own(desk, watcher, ALIENS, START)
    own(desk, watcher, NONCITIZENS, START + 4 * DAY)
    desk.theirs.keep(source.url, {START + 2 * DAY: ALIENS, START + 5 * DAY: NONCITIZENS})

    desk.take(source.url)

    (change,) = desk.ours.knowledge.changes()
    assert change.seen.old.captured_at == START + 2 * DAY
    assert desk.corroborated() == [
        ("2021-05-01T06:00:00Z", "2021-05-03T06:00:00Z", 1, None),
        ("2021-05-05T06:00:00Z", "2021-05-06T06:00:00Z", 1, None),
    ]
    tell(desk.ours, "Noncitizens must report.", "it", "text")
    out = " ".join(capsys.readouterr().out.split())
    assert "Corroborated by 127.0.0.1, 2021-05-03 06:00 UTC." in out
    assert "Corroborated by 127.0.0.1, 2021-05-06 06:00 UTC." in out


def test_an_archived_variant_beside_own_visits_is_a_contradiction_and_no_news(
    desk: Desk, watcher: Watcher, capsys: pytest.CaptureFixture[str]
) -> None:
    source = own(desk, watcher, ALIENS, START)
    own(desk, watcher, ALIENS, START + 4 * DAY)
    desk.theirs.keep(source.url, {START + DAY: NONCITIZENS, START + 3 * DAY: NONCITIZENS})

    done = desk.take(source.url)

    assert done.changes == ()
    assert desk.ours.knowledge.changes() == []
    differ = "1 item with other words"
    assert desk.corroborated() == [
        ("2021-05-01T06:00:00Z", "2021-05-02T06:00:00Z", 0, differ),
        ("2021-05-05T06:00:00Z", "2021-05-04T06:00:00Z", 0, differ),
    ]
    quarantined = [at for at, outcome in desk.outcomes() if outcome == "quarantined"]
    assert quarantined == [START + DAY, START + 3 * DAY]
    tell(desk.ours, "Aliens must report.", "it", "text")
    out = " ".join(capsys.readouterr().out.split())
    assert "Contradicted by 127.0.0.1, 2021-05-02 06:00 UTC: 1 item with other words." in out


def test_what_an_archive_saw_while_nobody_watched_is_history(desk: Desk, watcher: Watcher) -> None:
    source = own(desk, watcher, ALIENS, START)
    own(desk, watcher, ALIENS, START + 29 * DAY)
    desk.theirs.keep(source.url, {START + 15 * DAY: NONCITIZENS})

    done = desk.take(source.url)

    assert [str(r.change.flags) for r in done.changes] != []
    moments = [record.seen.new.captured_at for record in done.changes]
    assert moments == [START + 15 * DAY, START + 29 * DAY]


def test_a_new_wording_that_an_archive_saw_first_agrees_with_the_visit_after_it(
    desk: Desk, watcher: Watcher
) -> None:
    source = own(desk, watcher, ALIENS, START)
    own(desk, watcher, NONCITIZENS, START + 4 * DAY)
    desk.theirs.keep(source.url, {START + 2 * DAY: NONCITIZENS})

    desk.take(source.url)

    (change,) = desk.ours.knowledge.changes()
    assert change.seen.new.captured_at == START + 4 * DAY
    assert desk.corroborated() == [("2021-05-05T06:00:00Z", "2021-05-03T06:00:00Z", 1, None)]


@pytest.mark.parametrize("after", [ALIENS, NONCITIZENS, FEES], ids=["as_it_was", "as_kept", "new"])
def test_rebuilding_beside_archived_captures_gives_the_same_rows(
    desk: Desk, watcher: Watcher, after: Answer
) -> None:
    source = own(desk, watcher, ALIENS, START)
    desk.theirs.keep(source.url, {OLD: FEES, START + DAY: NONCITIZENS, START + 2 * DAY: ALIENS})
    desk.take(source.url)
    own(desk, watcher, after, START + 3 * DAY)
    before = desk.knowledge()

    with desk.ours.transaction():
        rebuild(desk.ours, source, noted_at=desk.clock.at)

    assert desk.knowledge() == before
    assert len(desk.corroborated()) >= 2


def test_an_archived_first_page_beside_own_visits_moves_nothing(
    desk: Desk, watcher: Watcher
) -> None:
    desk.site["/library"] = listing(*docs(0, 1, 2), following="?page=1")
    desk.site["/library?page=1"] = listing(*docs(3, 4))
    online(desk.site)
    source = replace(desk.source(LIBRARY), url=f"{desk.site.url}/library")
    watcher.clock.at = START
    watcher.visit(source)
    desk.theirs.keep(source.url, {START + DAY: listing(*docs(0, 1, 2), following="?page=1")})

    config = Config(
        path=Path("config.toml"),
        archive=desk.ours.path,
        crawler=SETTINGS,
        memento=Memento(archive=desk.theirs.cdx, delay_s=0),
    )
    import_mementos(desk.ours, config, source, source.url, Span(), clock=desk.clock)

    assert [outcome for _, outcome in desk.outcomes()] == ["new", "partial"]
    newest = desk.ours.knowledge.newest_snapshot("it")
    assert newest
    assert newest.snapshot.is_complete
    assert desk.corroborated()[0][2:] == (1, None)


def test_what_an_archive_keeps_is_no_visit_of_ours(desk: Desk, watcher: Watcher) -> None:
    source = own(desk, watcher, ALIENS, START)
    desk.theirs.keep(source.url, {START + DAY: NONCITIZENS, START + 2 * DAY: ALIENS})

    desk.take(source.url)

    last = desk.ours.last_visits(["it"], START + 30 * DAY)["it"]
    assert (last.at, last.outcome, last.bad_visits) == (START, "new", 0)
    status = desk.ours.status("it", title="", url="", now=START + 30 * DAY)
    assert (status.last_at, status.visits, status.is_quarantined) == (START, 3, False)


# The command, and a kill.


COMMAND = [str(Path(sys.executable).with_name("reworded"))]


def written(folder: Path, desk: Desk) -> Path:
    config = folder / "config.toml"
    config.write_text(
        '[archive]\npath = "killed.sqlite"\n'
        '[crawler]\ntimeout_s = 5\nretries = 0\nallow_private = ["127.0.0.1"]\n'
        f'[memento]\narchive = "{desk.theirs.cdx}"\ndelay_s = 0\n'
        f'[source.it]\nurl = "{SHEETS}"\nread = "page"\n'
    )
    return config


def run(config: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    line = [*COMMAND, "--config", str(config), *words]
    return subprocess.run(line, capture_output=True, text=True, timeout=60)


def test_a_kill_in_the_middle_loses_nothing_and_the_next_run_goes_on(
    desk: Desk, tmp_path: Path
) -> None:
    shown = {OLD + n * DAY: fees(n) for n in range(6)}
    desk.theirs.keep(SHEETS, shown)
    stuck = f"/web/{OLD + 3 * DAY:%Y%m%d%H%M%S}id_/{SHEETS}"
    memento = desk.site.routes[stuck]
    desk.site[stuck] = Answer(wire=b"", ending="hold")
    config = written(tmp_path, desk)
    words = ["--config", str(config), "import", "memento", SHEETS, "--source", "it"]
    killed = subprocess.Popen([*COMMAND, *words], stderr=subprocess.DEVNULL)
    with desk.site.news:
        assert desk.site.news.wait_for(lambda: desk.site.asked(stuck), 60)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    desk.site[stuck] = memento

    done = run(config, "import", "memento", SHEETS, "--source", "it")

    assert (done.returncode, done.stderr) == (
        0,
        "127.0.0.1 lists 6 captures of https://a.gov/sheets; 3 to be asked for\n",
    )
    assert done.stdout == (
        "it: 6 captures imported as kept by 127.0.0.1, 0 held already; 5 changes\n"
    )
    asked = [asked[:8] for asked in desk.theirs.asked]
    assert len(asked) == 7
    assert asked.count("20200504") == 2
    assert run(config, "verify").returncode == 0


def test_what_was_had_when_it_is_interrupted_is_imported(desk: Desk, tmp_path: Path) -> None:
    desk.theirs.keep(SHEETS, {OLD + n * DAY: fees(n) for n in range(6)})
    stuck = f"/web/{OLD + 3 * DAY:%Y%m%d%H%M%S}id_/{SHEETS}"
    desk.site[stuck] = Answer(wire=b"", ending="hold")
    config = written(tmp_path, desk)
    words = ["--config", str(config), "import", "memento", SHEETS, "--source", "it"]
    running = subprocess.Popen(
        [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with desk.site.news:
        assert desk.site.news.wait_for(lambda: desk.site.asked(stuck), 60)

    running.send_signal(signal.SIGINT)
    out, told = running.communicate(timeout=60)

    assert out == "it: 3 captures imported as kept by 127.0.0.1, 0 held already; 2 changes\n"
    assert "the same command goes on where this one stopped" in told
    assert running.returncode == 1


def test_the_command_says_what_it_left_out_and_refuses_an_interval_that_is_none(
    desk: Desk, tmp_path: Path
) -> None:
    desk.theirs.keep(SHEETS, {OLD: ALIENS, OLD + DAY: ALIENS, OLD + 2 * DAY: NONCITIZENS})
    config = written(tmp_path, desk)
    words = ("import", "memento", SHEETS, "--source", "it")

    done = run(config, *words, "--from", "2020-05-02", "--every", "1d")
    wrong = run(config, *words, "--every", "often")

    assert done.stdout == (
        "it: 2 captures imported as kept by 127.0.0.1, 0 held already; 1 change\n"
    )
    assert wrong.returncode == 2
    assert "write a number of hours, days or weeks: 12h, 7d, 4w" in wrong.stderr


def test_files_are_imported_as_they_always_were(desk: Desk, tmp_path: Path) -> None:
    config = written(tmp_path, desk)
    saved = tmp_path / "a.html"
    saved.write_bytes(ALIENS.body)

    done = run(config, "import", str(saved), "--source", "it", "--at", "2020-05-01")
    again = run(config, "import", "--source", "it", "--at", "2020-05-01", str(saved))

    assert done.stdout.startswith("it: 1 capture imported, 0 held already")
    assert again.stdout.startswith("it: 0 captures imported, 1 held already")
