"""Captures from files: they take their place in time, and importing twice changes nothing."""

import base64
import gzip
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from support import docs, listing, page, told

from crawler.config import Config, Source
from crawler.importing import Imported, import_files
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import Provenance, Read, Recipe, Revisit

LIBRARY = Source(
    key="library",
    url="https://a.gov/library",
    read=Read.LISTING,
    title="",
    recipes=(Recipe(read=Read.LISTING, item="li.doc"),),
)
SHEETS = Source(
    key="sheets",
    url="https://a.gov/sheets",
    read=Read.PAGE,
    title="",
    recipes=(Recipe(read=Read.PAGE),),
)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
MAY = datetime(2021, 5, 1, 6, tzinfo=UTC)
JUNE, JULY = MAY + timedelta(days=31), MAY + timedelta(days=61)


class Record(NamedTuple):
    """One record of a WARC to be written."""

    url: str
    at: datetime
    body: bytes
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"),)
    type: str = "response"
    repeats: datetime | None = None


class Kept:
    """An archive being imported into, with what its operator would type."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def take(
        self,
        source: Source,
        *paths: Path,
        at: datetime | None = None,
        url: str | None = None,
    ) -> Imported:
        config = Config(path=Path("config.toml"), archive=self.archive.path)
        return import_files(self.archive, config, source, paths, at=at, url=url, now=NOW)

    def outcomes(self) -> list[tuple[str, str]]:
        rows = self.archive.db.execute("SELECT started_at, outcome FROM visits ORDER BY 1")
        return [(at[:10], outcome) for at, outcome in rows.fetchall()]

    def dump(self) -> list[str]:
        """Return everything that the archive holds, as SQL."""
        return list(self.archive.db.iterdump())


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with Archive.to_write(tmp_path / "archive.sqlite") as archive:
        yield Kept(archive)


def saved(folder: Path, name: str, content: bytes, at: datetime | None = None) -> Path:
    path = folder / name
    path.write_bytes(content)
    if at:
        os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def warc(records: Sequence[Record], *, zipped: bool = True) -> bytes:
    """Return a WARC, written by hand to ISO 28500; a zipped one has a member a record."""
    written = (_record(each) for each in records)
    return b"".join(gzip.compress(record) if zipped else record for record in written)


def digest_of(body: bytes) -> str:
    return "sha1:" + base64.b32encode(sha1(body).digest()).decode()


def _record(each: Record) -> bytes:
    is_revisit = each.type == "revisit"
    http = [f"HTTP/1.1 {each.status}", *(f"{name}: {value}" for name, value in each.headers)]
    block = "\r\n".join(http).encode() + b"\r\n\r\n" + (b"" if is_revisit else each.body)
    lines = [
        "WARC/1.1",
        f"WARC-Type: {each.type}",
        f"WARC-Record-ID: <urn:uuid:{uuid4()}>",
        f"WARC-Target-URI: {each.url}",
        f"WARC-Date: {each.at:%Y-%m-%dT%H:%M:%SZ}",
        f"WARC-Payload-Digest: {digest_of(each.body)}",
        f"Content-Type: application/http; msgtype={each.type}",
        f"Content-Length: {len(block)}",
    ]
    if is_revisit:
        profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        lines.append(f"WARC-Profile: {profile}")
    if each.repeats:
        lines.append(f"WARC-Refers-To-Target-URI: {each.url}")
        lines.append(f"WARC-Refers-To-Date: {each.repeats:%Y-%m-%dT%H:%M:%SZ}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def test_files_are_captures_of_the_moment_stated(tmp_path: Path, kept: Kept) -> None:
    old = saved(tmp_path, "old.html", page("Aliens must report.", "Fees are due.").body)
    new = saved(tmp_path, "new.html", page("Noncitizens must report.", "Fees are due.").body)

    first = kept.take(SHEETS, old, at=MAY)
    second = kept.take(SHEETS, new, at=JUNE)

    assert (first.taken, first.changes) == (1, ())
    (change,) = second.changes
    assert [tuple(edit) for edit in change.change.fields["text"].edits] == [
        ("delete", "Aliens"),
        ("insert", "Noncitizens"),
        ("keep", " must report."),
    ]
    assert (change.seen.old.captured_at, change.seen.new.captured_at) == (MAY, JUNE)


def test_without_a_moment_a_file_is_dated_by_its_own_time(tmp_path: Path, kept: Kept) -> None:
    kept.take(SHEETS, saved(tmp_path, "a.html", page("Fees are due.").body, at=MAY))

    (visit,) = kept.archive.evidence.readable_visits("sheets")
    assert visit.started_at == MAY
    assert visit.captures[0].provenance is Provenance.FILE


def test_a_text_file_is_read_as_text(tmp_path: Path, kept: Kept) -> None:
    text = b"BOND\n\nAliens may pay a bond.\n\nFees are due.\n"
    kept.take(SHEETS, saved(tmp_path, "a.txt", text), at=MAY)

    standing = kept.archive.knowledge.standing("sheets")

    assert standing
    assert "Aliens may pay a bond." in [each.item.text for each in standing.items]


def test_importing_a_file_twice_changes_nothing(tmp_path: Path, kept: Kept) -> None:
    path = saved(tmp_path, "a.html", page("Fees are due.").body)
    kept.take(SHEETS, path, at=MAY)
    before = kept.dump()

    again = kept.take(SHEETS, path, at=MAY)

    assert (again.taken, again.held, again.changes) == (0, 1, ())
    assert kept.dump() == before


def test_an_older_capture_takes_its_place_in_time(tmp_path: Path, kept: Kept) -> None:
    texts = {MAY: "Aliens must report.", JUNE: "Noncitizens must report.", JULY: "Report."}
    for number, at in enumerate((MAY, JULY, JUNE)):
        path = saved(tmp_path, f"{number}.html", page(texts[at], "Fees are due.").body)
        kept.take(SHEETS, path, at=at)

    changes = kept.archive.knowledge.changes()

    intervals = [(r.seen.old.captured_at, r.seen.new.captured_at) for r in changes]
    assert (MAY, JUNE) in intervals
    assert (MAY, JULY) not in intervals
    assert {pair[0] for pair in intervals} <= {MAY, JUNE}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_imports_does_not_matter(
    tmp_path: Path, kept: Kept, order: tuple[int, ...]
) -> None:
    moments = (MAY, JUNE, JULY)
    shown = (docs(0, 1, 2), docs(0, 1, 2, 3), docs(0, 2, 3))

    for number in order:
        path = saved(tmp_path, f"{number}.html", listing(*shown[number]).body)
        kept.take(LIBRARY, path, at=moments[number])

    changes = kept.archive.knowledge.changes()
    assert told(changes) == [("added", "Docks"), ("removed", "Bridges")]
    assert [record.seen.new.captured_at for record in changes] == [JUNE, JULY]


def test_a_warc_gives_dates_addresses_and_headers(tmp_path: Path, kept: Kept) -> None:
    records = [
        Record(SHEETS.url, MAY, page("Aliens must report.").body),
        Record(SHEETS.url, JUNE, page("Noncitizens must report.").body),
    ]

    done = kept.take(SHEETS, saved(tmp_path, "a.warc.gz", warc(records)))

    assert (done.taken, done.held, done.others, done.problems) == (2, 0, 0, ())
    assert len(done.changes) == 1
    first, second = kept.archive.evidence.readable_visits("sheets")
    assert (first.started_at, second.started_at) == (MAY, JUNE)
    assert first.captures[0].response_headers == (("Content-Type", "text/html"),)
    assert first.captures[0].provenance is Provenance.WARC


@pytest.mark.parametrize("zipped", [True, False], ids=["warc_gz", "warc"])
def test_importing_a_warc_twice_changes_nothing(tmp_path: Path, kept: Kept, zipped: bool) -> None:
    records = [Record(SHEETS.url, at, page(f"Fees of {at}.").body) for at in (MAY, JUNE)]
    name = "a.warc.gz" if zipped else "a.warc"
    path = saved(tmp_path, name, warc(records, zipped=zipped))
    kept.take(SHEETS, path)
    before = kept.dump()

    again = kept.take(SHEETS, path)

    assert (again.taken, again.held, again.changes) == (0, 2, ())
    assert kept.dump() == before


def test_records_of_other_addresses_are_skipped_and_counted(tmp_path: Path, kept: Kept) -> None:
    body = page("Fees are due.").body
    records = [
        Record("https://a.gov/", MAY, body),
        Record(SHEETS.url, MAY, body),
        Record("https://b.gov/sheets", MAY, body),
        Record(SHEETS.url, MAY, b"", type="metadata"),
    ]

    done = kept.take(SHEETS, saved(tmp_path, "a.warc.gz", warc(records)))

    assert (done.taken, done.others, done.problems) == (1, 2, ())


def test_a_revisit_stands_for_the_payload_it_repeats(tmp_path: Path, kept: Kept) -> None:
    body = page("Fees are due.").body
    records = [Record(SHEETS.url, MAY, body), Record(SHEETS.url, JUNE, body, type="revisit")]

    done = kept.take(SHEETS, saved(tmp_path, "a.warc.gz", warc(records)))

    assert (done.taken, done.problems, done.changes) == (2, (), ())
    second = list(kept.archive.evidence.readable_visits("sheets"))[1].captures[0]
    assert second.payload == body
    assert second.revisit is Revisit.SAME_PAYLOAD
    assert kept.outcomes() == [("2021-05-01", "new"), ("2021-06-01", "unchanged")]


def test_a_revisit_of_what_was_never_seen_is_told(tmp_path: Path, kept: Kept) -> None:
    lone = warc([Record(SHEETS.url, JUNE, b"Words that were never seen.", type="revisit")])
    path = saved(tmp_path, "a.warc.gz", lone)

    done = kept.take(SHEETS, path)

    assert done.taken == 0
    assert done.problems == (
        f"{path}: the revisit of {SHEETS.url} at 2021-06-01 06:00:00 was left out "
        "(the payload that it repeats was not among what was imported)",
    )


def test_a_listing_of_several_pages_is_one_snapshot(tmp_path: Path, kept: Kept) -> None:
    second = MAY + timedelta(minutes=5)
    records = [
        Record(LIBRARY.url, MAY, listing(*docs(0, 1, 2), following="?page=1").body),
        Record(f"{LIBRARY.url}?page=1", second, listing(*docs(3, 4)).body),
        Record(LIBRARY.url, JUNE, listing(*docs(0, 1, 2, 3), following="?page=1").body),
        Record(f"{LIBRARY.url}?page=1", JUNE, listing(*docs(4)).body),
    ]

    done = kept.take(LIBRARY, saved(tmp_path, "a.warc.gz", warc(records)))

    assert (done.taken, done.others, done.changes) == (4, 0, ())
    assert [len(v.captures) for v in kept.archive.evidence.readable_visits("library")] == [2, 2]
    assert kept.outcomes() == [("2021-05-01", "new"), ("2021-06-01", "unchanged")]


def test_a_listing_without_its_later_pages_is_partial(tmp_path: Path, kept: Kept) -> None:
    whole = [
        Record(LIBRARY.url, MAY, listing(*docs(0, 1, 2), following="?page=1").body),
        Record(f"{LIBRARY.url}?page=1", MAY, listing(*docs(3, 4)).body),
    ]
    lone = [Record(LIBRARY.url, JUNE, listing(*docs(0, 1, 2), following="?page=1").body)]

    done = kept.take(LIBRARY, saved(tmp_path, "a.warc.gz", warc(whole + lone)))

    assert done.changes == ()
    assert kept.outcomes() == [("2021-05-01", "new"), ("2021-06-01", "partial")]


def test_a_later_page_by_itself_removes_nothing(tmp_path: Path, kept: Kept) -> None:
    whole = saved(tmp_path, "whole.html", listing(*docs(*range(10))).body)
    lone = saved(tmp_path, "lone.html", listing(*docs(7, 8, 9)).body)
    kept.take(LIBRARY, whole, at=MAY)

    done = kept.take(LIBRARY, lone, at=JUNE, url=f"{LIBRARY.url}?page=3")

    assert done.changes == ()
    assert kept.outcomes()[1] == ("2021-06-01", "partial")


@pytest.mark.parametrize(
    "record",
    [
        Record(SHEETS.url, JUNE, b"<h1>Moved</h1>", "301 Moved Permanently"),
        Record(SHEETS.url, JUNE, b"<h1>Not found</h1>", "404 Not Found"),
        Record(SHEETS.url, JUNE, b"<h1>Broken</h1>", "500 Internal Server Error"),
        Record(SHEETS.url, JUNE, b"<h1>Scheduled maintenance</h1>"),
        Record(SHEETS.url, JUNE, b""),
    ],
    ids=["a_redirect", "not_found", "an_error", "a_maintenance_page", "an_empty_body"],
)
def test_nothing_is_removed_by_a_capture_of(tmp_path: Path, kept: Kept, record: Record) -> None:
    healthy = Record(SHEETS.url, MAY, page("Aliens must report.", "Fees are due.").body)

    done = kept.take(SHEETS, saved(tmp_path, "a.warc.gz", warc([healthy, record])))

    assert (done.taken, done.changes) == (2, ())
    assert kept.outcomes()[1][1] in ("failed", "quarantined", "blocked")


def test_a_damaged_warc_gives_what_is_whole_and_says_what_is_not(
    tmp_path: Path, kept: Kept
) -> None:
    records = [Record(SHEETS.url, at, page(f"Fees of {at}.").body) for at in (MAY, JUNE)]
    first, second = (warc([record]) for record in records)
    broken = second[:60] + b"\xff" * 40 + second[100:]
    path = saved(tmp_path, "a.warc.gz", first + broken)

    done = kept.take(SHEETS, path)

    assert done.taken == 1
    assert len(done.problems) == 1
    assert done.problems[0].startswith(f"{path}: damaged after 1 whole records, which were read (")
    assert kept.outcomes() == [("2021-05-01", "new")]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.html", "a.txt", "a"])
def test_binary_garbage_is_told_and_not_kept(tmp_path: Path, kept: Kept, name: str) -> None:
    path = saved(tmp_path, name, bytes(range(256)) * 64)

    done = kept.take(SHEETS, path)

    assert (done.taken, len(done.problems)) == (0, 1)
    assert done.problems[0].startswith(f"{path}: ")
    assert kept.archive.evidence.counts() == (0, 0, 0)


def test_a_missing_file_is_named(tmp_path: Path, kept: Kept) -> None:
    there = saved(tmp_path, "a.html", b"<p>Words.</p>")

    with pytest.raises(ConfigError) as raised:
        kept.take(SHEETS, there, tmp_path / "b.html")

    assert str(raised.value) == f"there is no file {tmp_path}/b.html"
    assert kept.archive.evidence.counts() == (0, 0, 0)


def test_one_moment_cannot_date_several_files(tmp_path: Path, kept: Kept) -> None:
    paths = [saved(tmp_path, name, b"<p>Words.</p>") for name in ("a.html", "b.html")]

    with pytest.raises(ConfigError) as raised:
        kept.take(SHEETS, *paths, at=MAY)

    assert str(raised.value) == (
        "--at dates one HTML or text file; give files one by one (a WARC has dates)"
    )


def test_a_change_keeps_its_number_when_an_older_capture_comes_in(
    tmp_path: Path, kept: Kept
) -> None:
    kept.take(LIBRARY, saved(tmp_path, "1.html", listing(*docs(0, 1)).body), at=JUNE)
    (before,) = kept.take(
        LIBRARY, saved(tmp_path, "2.html", listing(*docs(0, 1, 2)).body), at=JULY
    ).changes

    older = kept.take(LIBRARY, saved(tmp_path, "0.html", listing(*docs(0)).body), at=MAY)

    assert told(older.changes) == [("added", "Bridges")]
    numbers = {r.change.item.title: r.id for r in kept.archive.knowledge.changes()}
    assert numbers == {"Bridges": before.id + 1, "Cranes": before.id}


def test_each_file_is_kept_as_an_import_that_its_visits_refer_to(
    tmp_path: Path, kept: Kept
) -> None:
    folder = tmp_path / "private"
    folder.mkdir()
    records = [
        Record(SHEETS.url, MAY, page("Aliens must report.").body),
        Record(SHEETS.url, JUNE, b"<h1>Forbidden</h1>", "403 Forbidden"),
    ]
    archived = saved(folder, "a.warc.gz", warc(records))
    empty = saved(folder, "b.warc.gz", warc([Record("https://b.gov/", MAY, b"other")]))
    page_saved = saved(folder, "c.html", page("Noncitizens must report.").body, JULY)

    kept.take(SHEETS, archived, empty, page_saved)
    imports = kept.archive.db.execute("SELECT name, kind, digest, started_at FROM imports")
    visits = kept.archive.db.execute("SELECT import, outcome FROM visits ORDER BY started_at")

    assert imports.fetchall() == [
        (path.name, kind, f"sha256:{sha256(path.read_bytes()).hexdigest()}", "2026-11-22T00:00:00Z")
        for path, kind in ((archived, "warc"), (page_saved, "file"))
    ]
    assert visits.fetchall() == [(1, "new"), (1, "blocked"), (2, "new")]
    assert list(kept.archive.problems()) == []


def test_an_import_that_comes_late_is_linked_as_it_was_concluded(
    tmp_path: Path, kept: Kept
) -> None:
    new = saved(tmp_path, "new.html", page("Noncitizens must report.", "Fees are due.").body)
    old = saved(tmp_path, "old.html", page("Aliens must report.", "Fees are due.").body)

    kept.take(SHEETS, new, at=JUNE)
    kept.take(SHEETS, old, at=MAY)

    chain = kept.archive.evidence.chain
    assert [link.record for link in chain.links()] == ["import", "visit", "capture"] * 2
    assert list(kept.archive.problems()) == []
