"""What was kept is written as WARC and WACZ, read by others, and kept again as it was."""

import gzip
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from history import configured, evidence, knowledge, lived
from judges import asked, checked, pywb, validated
from support import Site, Watcher, html, page_source

from crawler.config import Config
from crawler.exporting import export
from crawler.restoring import Restored, restore, sources_of
from crawler.retention import plan, thin
from crawler.retention_rule import Rule
from snapshots.archive import Archive
from snapshots.errors import ArchiveError, ConfigError
from snapshots.records import Capture
from snapshots.warc import Damage, WarcRecord, read_warc

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CAP = 10_000_000
FORMS = ("a.warc", "a.warc.gz", "a.wacz")


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    with Site() as site:
        yield lived(tmp_path_factory.mktemp("past"), site)


def written(past: Config, path: Path, *keys: str) -> Path:
    with Archive.to_read(past.archive) as archive:
        export(archive, keys, path, "wacz" if path.suffix == ".wacz" else "warc")
    return path


def anew(past: Config, folder: Path) -> Config:
    folder.mkdir(exist_ok=True)
    return replace(past, path=folder / "config.toml", archive=folder / "anew.sqlite")


def restored(config: Config, path: Path, *keys: str, now: datetime = NOW) -> Restored:
    with Archive.to_write(config.archive) as archive:
        return restore(archive, config, path, keys=keys, now=now)


def rows(config: Config, of: Callable[[Archive], dict[str, list[tuple[object, ...]]]]) -> object:
    with Archive.to_read(config.archive) as archive:
        return of(archive)


def captures(config: Config) -> list[Capture]:
    """Every answer that was kept, those of probes included."""
    with Archive.to_read(config.archive) as archive:
        visits = archive.db.execute("SELECT id FROM visits").fetchall()
        return [c for (visit,) in visits for c in archive.evidence.captures_of(visit)]


def records(path: Path) -> list[WarcRecord]:
    found = list(read_warc(path, cap_bytes=CAP))
    assert not any(isinstance(each, Damage) for each in found)
    return [each for each in found if isinstance(each, WarcRecord)]


def test_the_history_holds_all_that_evidence_can_be(past: Config) -> None:
    """Guards the tests below: without these they would show little."""
    with Archive.to_read(past.archive) as archive:
        found = {
            "outcomes": archive.db.execute("SELECT DISTINCT outcome FROM visits ORDER BY 1"),
            "revisits": archive.db.execute("SELECT DISTINCT revisit FROM captures ORDER BY 1"),
            "status": archive.db.execute("SELECT DISTINCT status FROM captures ORDER BY 1"),
            "verdicts": archive.db.execute("SELECT DISTINCT verdict FROM probes ORDER BY 1"),
            "hops": archive.db.execute("SELECT count(*) > 3 FROM captures WHERE hops <> '[]'"),
            "accepted": archive.db.execute("SELECT count(*) FROM acceptances"),
        }
        told = {name: [value for (value,) in cursor] for name, cursor in found.items()}

    assert told == {
        "outcomes": ["blocked", "failed", "new", "partial", "quarantined", "unchanged"],
        "revisits": [None, "identical-payload-digest", "server-not-modified"],
        "status": [200, 304, 403],
        "verdicts": ["delisted", "gone"],
        "hops": [1],
        "accepted": [1],
    }


@pytest.mark.parametrize("name", FORMS)
def test_what_is_exported_and_imported_is_equal_evidence(
    past: Config, tmp_path: Path, name: str
) -> None:
    copy = anew(past, tmp_path)

    done = restored(copy, written(past, tmp_path / name))

    assert (done.problems, done.held, done.left_out) == ([], 0, {})
    assert rows(copy, evidence) == rows(past, evidence)
    assert rows(copy, knowledge) == rows(past, knowledge)


@pytest.mark.parametrize("name", FORMS)
def test_exporting_twice_gives_equal_bytes(past: Config, tmp_path: Path, name: str) -> None:
    first, second = (written(past, tmp_path / f"{n}{name}") for n in (1, 2))

    assert first.read_bytes() == second.read_bytes()


def test_an_export_of_what_was_restored_holds_the_same_answers(
    past: Config, tmp_path: Path
) -> None:
    """Only the links of the chain differ: they tell that the visits were imported."""
    copy, path = anew(past, tmp_path), written(past, tmp_path / "a.warc")
    restored(copy, path)

    again = written(copy, tmp_path / "again.warc")

    before, after = (
        [(r.type, r.url, r.captured_at, r.headers, r.payload) for r in records(each) if r.url]
        for each in (path, again)
    )
    assert before == after


def test_importing_twice_changes_nothing(past: Config, tmp_path: Path) -> None:
    copy, path = anew(past, tmp_path), written(past, tmp_path / "a.wacz")
    restored(copy, path)
    before = copy.archive.read_bytes()

    again = restored(copy, path)

    assert (again.held, again.changes, sum(again.taken.values())) == (12, 0, 0)
    assert copy.archive.read_bytes() == before


def test_a_later_export_adds_what_came_since(past: Config, tmp_path: Path) -> None:
    """The visits of an earlier one are held; the acceptance of one of them is new."""
    copy, path = anew(past, tmp_path), written(past, tmp_path / "a.warc")
    early = tmp_path / "early.warc"
    parts = path.read_bytes().split(b"WARC/1.1\r\n")
    acceptance = next(n for n, part in enumerate(parts) if b'"record":"acceptance"' in part)
    early.write_bytes(b"WARC/1.1\r\n".join([*parts[:acceptance], parts[-1]]))
    assert restored(copy, early).problems == []

    done = restored(copy, path)

    assert (done.taken["visit"], done.taken["acceptance"]) == (0, 1)
    assert rows(copy, evidence) == rows(past, evidence)
    assert rows(copy, knowledge) == rows(past, knowledge)


def test_one_source_is_exported_without_the_others(past: Config, tmp_path: Path) -> None:
    copy = anew(past, tmp_path)

    done = restored(copy, written(past, tmp_path / "a.warc.gz", "page"))

    assert (done.taken["visit"], done.problems) == (6, [])
    with Archive.to_read(copy.archive) as archive:
        assert archive.db.execute("SELECT DISTINCT source FROM visits").fetchall() == [("page",)]


def test_sources_that_are_not_configured_are_left_out_and_told(
    past: Config, tmp_path: Path
) -> None:
    copy = anew(past, tmp_path)
    copy = replace(copy, sources={"library": past.sources["library"]})

    done = restored(copy, written(past, tmp_path / "a.warc"))

    assert (done.left_out, done.taken["visit"], done.problems) == ({"page": 6}, 6, [])


def test_a_payload_that_came_with_a_source_left_out_is_had_all_the_same(
    site: Site, tmp_path: Path
) -> None:
    """Two sources have one address: the second one's answer names the first one's."""
    past = lived(tmp_path / "past", site)
    config = configured(tmp_path / "two", site)
    path = written(past, tmp_path / "a.warc")
    twice = replace(config, sources={"page": past.sources["page"]})
    text = path.read_bytes()
    assert text.count(b"WARC-Type: revisit") > 3

    done = restored(anew(twice, tmp_path / "anew"), path)

    assert (done.taken["visit"], done.problems) == (6, [])


@pytest.mark.parametrize("name", FORMS[:2])
def test_warcio_passes_every_digest(past: Config, tmp_path: Path, name: str) -> None:
    found = checked(written(past, tmp_path / name))

    assert found.returncode == 0, found.stdout
    assert "no digest" not in found.stdout
    assert found.stdout.count("digest pass") > 30


def test_warcio_tells_any_payload_that_was_altered(past: Config, tmp_path: Path) -> None:
    path = written(past, tmp_path / "a.warc")
    path.write_bytes(path.read_bytes().replace(b"Noncitizens", b"Noncitizenz", 1))

    assert checked(path).returncode == 1


def test_pywb_replays_every_capture_byte_for_byte(past: Config, tmp_path: Path) -> None:
    warc = written(past, tmp_path / "a.warc.gz")
    kept = captures(past)

    with pywb(tmp_path / "pywb", [warc]) as base:
        answers = [
            asked(f"{base}/{capture.captured_at:%Y%m%d%H%M%S}id_/{capture.final_url}")
            for capture in kept
        ]

    # A replay tells apart what is a second apart: of two answers in one, it gives either.
    moments: dict[tuple[str, datetime], set[bytes]] = {}
    for capture in kept:
        moments.setdefault((capture.final_url, capture.captured_at), set()).add(capture.payload)
    assert (len(kept), len(moments)) == (18, 15)
    for capture, (_, body) in zip(kept, answers, strict=True):
        assert body in moments[capture.final_url, capture.captured_at]


def test_wacz_is_valid_and_pywb_replays_what_is_in_it(past: Config, tmp_path: Path) -> None:
    path = written(past, tmp_path / "a.wacz")
    first = captures(past)[0]

    found = validated(path)
    with pywb(tmp_path / "pywb", [path]) as base:
        answer = asked(f"{base}/{first.captured_at:%Y%m%d%H%M%S}id_/{first.final_url}")

    assert found.returncode == 0, found.stdout
    assert answer == (200, first.payload)


def test_the_index_of_a_wacz_names_where_each_record_is(past: Config, tmp_path: Path) -> None:
    path = written(past, tmp_path / "a.wacz")

    with zipfile.ZipFile(path) as package:
        warc = package.read("archive/data.warc.gz")
        lines = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
        keys = package.read("indexes/index.idx").decode().splitlines()
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]

    assert lines == sorted(lines)
    assert keys[0] == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    assert keys[1].startswith(" ".join(lines[0].split(" ")[:2]) + ' {"offset": 0, ')
    for line in lines:
        told = json.loads(line.split(" ", 2)[2])
        record = gzip.decompress(warc[int(told["offset"]) :][: int(told["length"])])
        assert f"\r\nWARC-Target-URI: {told['url']}\r\n".encode() in record
        assert f"\r\nWARC-Payload-Digest: {told['digest']}\r\n".encode() in record
    assert len(lines) == len(captures(past)) + 6
    assert pages[0]["format"] == "json-pages-1.0"
    assert {each["title"] for each in pages[1:]} == {"library", "page"}


def test_headers_that_no_longer_hold_are_renamed(past: Config, tmp_path: Path) -> None:
    found = records(written(past, tmp_path / "a.warc"))

    told = next(r for r in found if r.type == "response" and r.url and "/told" in r.url)
    names = [name.title() for name, _ in told.headers]

    assert "X-Archive-Orig-Content-Encoding" in names
    assert "X-Archive-Orig-Content-Length" in names
    assert "Content-Encoding" not in names


def test_a_304_names_the_answer_that_holds_its_payload(past: Config, tmp_path: Path) -> None:
    """It has no block: replays would answer with the 304, which has no payload."""
    found = records(written(past, tmp_path / "a.warc"))

    revisits = [r for r in found if r.type == "revisit" and not r.headers]

    assert len(revisits) == 6
    for revisit in revisits:
        whole = next(r for r in found if r.type == "response" and r.digest == revisit.digest)
        assert revisit.refers_to == (whole.url, whole.captured_at)


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6])
def test_a_file_that_is_cut_off_gives_whole_visits_only(
    past: Config, tmp_path: Path, share: float
) -> None:
    path, copy = written(past, tmp_path / "a.warc.gz"), anew(past, tmp_path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    done = restored(copy, path)

    whole, held = rows(past, evidence), rows(copy, evidence)
    assert len(done.problems) == 1
    assert isinstance(whole, dict)
    assert isinstance(held, dict)
    visits = len(held["visits"])
    assert 0 < visits < 12
    assert held["visits"] == whole["visits"][:visits]
    assert held["captures"] == [row for row in whole["captures"] if row[1] <= visits]


def test_a_visit_that_lacks_a_page_is_left_out(past: Config, tmp_path: Path) -> None:
    """Were it kept, the items of the page that is missing would seem removed."""
    path, copy = written(past, tmp_path / "a.warc"), anew(past, tmp_path)
    parts = path.read_bytes().split(b"WARC/1.1\r\n")
    capture = next(n for n, part in enumerate(parts) if b'"record":"capture"' in part)
    path.write_bytes(b"WARC/1.1\r\n".join(parts[:capture] + parts[capture + 1 :]))

    done = restored(copy, path)

    told = [problem.split(": ", 1)[1] for problem in done.problems]
    assert told[0] == (
        "the visit to library at 2021-05-01 06:00 was left out (a record of it is missing)"
    )
    assert done.taken["visit"] == 12 - len(told)


@pytest.mark.parametrize("what", [b"Noncitizens", b'"outcome":"unchanged"', b"X-Note"])
def test_an_altered_record_is_never_kept(past: Config, tmp_path: Path, what: bytes) -> None:
    path, copy = written(past, tmp_path / "a.warc"), anew(past, tmp_path)
    altered = what[:-2] + bytes((what[-2] ^ 1,)) + what[-1:]
    path.write_bytes(path.read_bytes().replace(what, altered, 1))

    done = restored(copy, path)

    held, whole = rows(copy, evidence), rows(past, evidence)
    assert isinstance(held, dict)
    assert isinstance(whole, dict)
    known = {row[1:] for row in whole["visits"]}
    assert {row[1:] for row in held["visits"]} <= known
    assert {row[1] for row in held["payloads"]} <= {row[1] for row in whole["payloads"]}
    # The header's own record is for others; what is kept of it is in the link.
    assert bool(done.problems) == (what != b"X-Note")


def test_what_is_dated_in_the_future_is_left_out(past: Config, tmp_path: Path) -> None:
    copy = anew(past, tmp_path)

    done = restored(copy, written(past, tmp_path / "a.warc"), now=datetime(2021, 5, 3, tzinfo=UTC))

    assert done.taken["visit"] == 2
    assert len(done.problems) == 10


def test_an_altered_archive_is_not_exported(past: Config, tmp_path: Path) -> None:
    copy = anew(past, tmp_path)
    shutil.copy(past.archive, copy.archive)
    with Archive.to_write(copy.archive) as archive:
        archive.db.execute("UPDATE captures SET status = 404 WHERE id = 1")

    with pytest.raises(ArchiveError, match="capture 1 is not as it was kept"):
        written(copy, tmp_path / "a.warc")

    assert not (tmp_path / "a.warc").exists()
    assert all(each.name.startswith("anew.sqlite") for each in tmp_path.iterdir())


def test_nothing_held_is_nothing_to_export(past: Config, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is nothing to export of nowhere"):
        written(past, tmp_path / "a.warc", "nowhere")


@pytest.mark.parametrize("content", [b"", b"<p>reworded-evidence: [1]</p>", b"WARC/1.1\r\n"])
def test_a_file_of_others_is_none_of_ours(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(content)

    assert sources_of(path, CAP) is None


def test_our_file_tells_of_which_sources_it_is(past: Config, tmp_path: Path) -> None:
    everything = written(past, tmp_path / "a.wacz")
    one = written(past, tmp_path / "b.warc.gz", "page")

    assert sources_of(everything, CAP) == {"library", "page"}
    assert sources_of(one, CAP) == {"page"}


@pytest.fixture
def thinned(site: Site, tmp_path: Path) -> Config:
    """Twenty days of a page, other in every answer, of which a rule let most bytes go."""
    source = page_source(site)
    past = Config(path=tmp_path, archive=tmp_path / "a.sqlite", sources={"page": source})
    with Archive.to_write(past.archive) as archive:
        watcher = Watcher(archive)
        for day in range(20):
            words = "Aliens must file." if day < 15 else "Noncitizens must file."
            site["/page"] = html(f"<main><p>{words}</p></main><!-- served on {day} -->")
            watcher.visit(source)
        now = watcher.clock.at
        thin(
            archive, source, plan(archive, source, Rule(after_days=1, keep_every_days=9), now), now
        )
    return past


def test_bytes_that_a_rule_let_go_are_left_out_and_their_facts_give_the_same_again(
    thinned: Config, tmp_path: Path
) -> None:
    path, copy = written(thinned, tmp_path / "a.wacz"), anew(thinned, tmp_path)

    done, again = restored(copy, path), restored(thinned, path)

    assert (done.taken["visit"], done.taken["thinning"], done.problems) == (20, 1, [])
    assert (again.held, again.problems, again.taken["thinning"]) == (20, [], 0)
    assert rows(copy, evidence) == rows(thinned, evidence)
    assert rows(copy, knowledge) == rows(thinned, knowledge)
    with Archive.to_read(copy.archive) as archive:
        assert archive.thinnings.count() > 5
        assert list(archive.problems()) == []


def test_visits_without_bytes_are_left_out_where_no_thinning_accounts_for_them(
    thinned: Config, tmp_path: Path
) -> None:
    path, copy = written(thinned, tmp_path / "a.warc"), anew(thinned, tmp_path)
    altered = path.read_bytes().replace(b'"record":"thinning"', b'"record":"thinming"')
    path.write_bytes(altered)

    done = restored(copy, path)

    with Archive.to_read(thinned.archive) as archive:
        bare = archive.thinnings.count()
    # What is altered may have been a record of the visit before it, which is left out, too.
    assert (done.taken["visit"], done.taken["thinning"]) == (19 - bare, 0)
    assert sum("was left out (payload sha256:" in problem for problem in done.problems) == bare
    with Archive.to_read(copy.archive) as archive:
        assert list(archive.problems()) == []
