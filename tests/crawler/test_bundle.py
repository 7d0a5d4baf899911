"""The evidence of one change: sha256sum, warcio, wacz and pywb confirm it, none of them ours."""

import json
import shutil
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from history import lived
from judges import asked, checked, pywb, validated
from support import START, Site

from crawler import bundle as bundles
from crawler.bundle import write_bundle
from crawler.bundled import recipe_toml
from crawler.config import Config, load
from crawler.showing import json_line
from diffs.report.jsonl import change_json
from snapshots.archive import Archive
from snapshots.archive.notes import Note
from snapshots.archive.thinnings import Thinning
from snapshots.errors import ConfigError
from snapshots.records import ChangeRecord, Kind
from snapshots.warc import Damage, WarcRecord, read_warc

SHA256SUM = shutil.which("sha256sum")


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    with Site() as site:
        yield lived(tmp_path_factory.mktemp("past"), site)


def change(past: Config, source: str, kind: Kind, verdict: str | None = None) -> ChangeRecord:
    with Archive.to_read(past.archive) as archive:
        return next(
            each
            for each in archive.knowledge.changes(sources=(source,))
            if each.change.kind is kind and verdict in (None, each.change.verdict)
        )


def written(past: Config, record: ChangeRecord, path: Path) -> Path:
    with Archive.to_read(past.archive) as archive:
        write_bundle(archive, past, record.id, path)
    return path


def unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as package:
        package.extractall(folder)
    return folder


def confirmed(folder: Path, sums: str = "SHA256SUMS") -> bool:
    """Whether sha256sum, told nothing but its list, finds every file to be as listed."""
    if SHA256SUM is None:
        pytest.skip("there is no sha256sum here")
    done = subprocess.run([SHA256SUM, "-c", "--strict", "--quiet", sums], cwd=folder)
    return done.returncode == 0


@pytest.fixture
def removal(past: Config, tmp_path: Path) -> Path:
    record = change(past, "library", Kind.REMOVED, "gone")
    return unpacked(written(past, record, tmp_path / "a.wacz"), tmp_path / "removal")


@pytest.fixture
def rewording(past: Config, tmp_path: Path) -> Path:
    record = change(past, "page", Kind.CHANGED)
    return unpacked(written(past, record, tmp_path / "b.zip"), tmp_path / "rewording")


def records(folder: Path) -> list[WarcRecord]:
    found = list(read_warc(folder / "archive/data.warc.gz", cap_bytes=10_000_000))
    assert not any(isinstance(each, Damage) for each in found)
    return [each for each in found if isinstance(each, WarcRecord)]


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_sha256sum_confirms_every_file(removal: Path, rewording: Path) -> None:
    for folder in (removal, rewording):
        listed = {line[66:] for line in (folder / "SHA256SUMS").read_text("ascii").splitlines()}
        there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}

        assert there - listed == {"SHA256SUMS"}
        assert confirmed(folder)


def test_a_byte_that_was_flipped_anywhere_is_told(rewording: Path) -> None:
    for path in sorted(p for p in rewording.rglob("*") if p.is_file()):
        whole = path.read_bytes()
        if not whole:
            continue
        middle = len(whole) // 2
        flipped = bytes((whole[middle] ^ 1,))
        path.write_bytes(whole[:middle] + flipped + whole[middle + 1 :])

        assert not confirmed(rewording), path.name
        path.write_bytes(whole)


def test_payloads_are_named_by_their_digests(removal: Path) -> None:
    payloads = list((removal / "payloads").iterdir())

    assert len(payloads) > 3
    assert all(sha256(path.read_bytes()).hexdigest() == path.name for path in payloads)


def test_each_link_of_the_chain_begins_with_the_hash_of_the_one_before(
    past: Config, removal: Path
) -> None:
    links = sorted((removal / "links").iterdir())
    hashes = [sha256(path.read_bytes()).hexdigest() for path in links]
    firsts = [path.read_text("ascii").splitlines()[0] for path in links]
    with Archive.to_read(past.archive) as archive:
        number = int(links[0].stem)
        held = list(archive.evidence.chain.links(number, number + len(links) - 1))

    assert firsts[1:] == hashes[:-1]
    assert hashes == [link.hash for link in held]
    assert confirmed(removal, "evidence/CHAIN.sha256")


def test_the_commands_that_the_readme_gives_work(removal: Path) -> None:
    readme = (removal / "evidence/README.txt").read_text("utf-8").splitlines()
    commands = [line.strip().split("   ")[0] for line in readme if line.startswith("  ")]

    assert len(readme) == 6
    assert len(commands) == 3
    for command in commands:
        done = subprocess.run(["bash", "-c", command], cwd=removal, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_warcio_and_wacz_find_nothing_wrong(past: Config, removal: Path, tmp_path: Path) -> None:
    found = validated(tmp_path / "a.wacz")

    assert found.returncode == 0, found.stdout
    assert checked(removal / "archive/data.warc.gz").returncode == 0


def test_pywb_replays_both_sides(past: Config, tmp_path: Path) -> None:
    record = change(past, "page", Kind.CHANGED)
    path = written(past, record, tmp_path / "a.wacz")
    with Archive.to_read(past.archive) as archive:
        sides = [
            archive.evidence.captures_of(seen.id)[-1] for seen in (record.seen.old, record.seen.new)
        ]

    with pywb(tmp_path / "pywb", [path]) as base:
        answers = [asked(f"{base}/{c.captured_at:%Y%m%d%H%M%S}id_/{c.final_url}") for c in sides]

    assert answers == [(200, side.payload) for side in sides]
    assert b"Aliens" in answers[0][1]
    assert b"Noncitizens" in answers[1][1]


def test_requests_and_answers_are_kept_with_their_headers(rewording: Path) -> None:
    found = records(rewording)

    kinds = [each.type for each in found if each.url]
    headers = [{name.lower(): value for name, value in each.headers} for each in found]

    assert kinds == ["response", "request"] * 2
    assert sum("user-agent" in each for each in headers) == 2
    assert sum("café" in each.values() for each in headers) == 1


def test_a_removal_shows_presence_absence_and_what_its_own_link_answered(
    past: Config, removal: Path
) -> None:
    record = change(past, "library", Kind.REMOVED, "gone")

    visits = lines(removal / "evidence/visits.jsonl")
    probes = [
        told
        for path in sorted((removal / "links").iterdir())
        if (told := json.loads(path.read_text("ascii").splitlines()[1]))["record"] == "probe"
    ]

    assert [(v["visit"], v["shows"]) for v in visits if v["shows"]] == [
        (record.seen.old.id, "last present"),
        (record.seen.new.id, "first missing"),
    ]
    (own,) = (probe for probe in probes if probe["url"] == record.change.item.url)
    assert (own["status"], own["verdict"]) == (404, "gone")
    assert (removal / "payloads" / own["payload_digest"].partition(":")[2]).exists()
    # A person took the visit for real, which is in the chain as well.
    assert visits[-1]["accepted_at"] == "2021-05-13T06:00:00Z"
    assert '"record":"acceptance"' in "".join(p.read_text() for p in (removal / "links").iterdir())


def test_a_removal_that_was_confirmed_later_shows_that_visit_too(
    past: Config, tmp_path: Path
) -> None:
    """Of the demo's two removals one was confirmed by a second visit."""
    from crawler.demo.play import play

    play(tmp_path / "demo")
    config = load(tmp_path / "demo/config.toml")
    record = change(config, "library", Kind.REMOVED, "delisted")
    folder = unpacked(written(config, record, tmp_path / "a.wacz"), tmp_path / "a")

    shown = [(v["shows"], v["outcome"]) for v in lines(folder / "evidence/visits.jsonl")]

    assert shown == [
        ("last present", "new"),
        (None, "failed"),
        ("first missing", "new"),
        ("missing still: confirmed", "new"),
    ]
    assert confirmed(folder)


def test_the_bytes_that_a_304_stands_for_are_there(past: Config, tmp_path: Path) -> None:
    with Archive.to_read(past.archive) as archive:
        record = next(
            each
            for each in archive.knowledge.changes(sources=("library",))
            if any(c.status == 304 for c in archive.evidence.captures_of(each.seen.new.id))
        )
    folder = unpacked(written(past, record, tmp_path / "a.wacz"), tmp_path / "a")

    found = records(folder)
    revisits = [each for each in found if each.type == "revisit"]
    whole = {(each.url, each.captured_at) for each in found if each.type == "response"}

    assert revisits
    assert all(each.refers_to in whole for each in revisits)
    assert checked(folder / "archive/data.warc.gz").returncode == 0


def test_the_change_is_told_as_the_changes_command_tells_it(past: Config, rewording: Path) -> None:
    record = change(past, "page", Kind.CHANGED)

    told = (rewording / "evidence/change.jsonl").read_text("utf-8")

    assert told == json_line(change_json(record)) + "\n"


def test_equal_evidence_gives_equal_bytes(past: Config, tmp_path: Path) -> None:
    record = change(past, "page", Kind.CHANGED)

    one, two = (written(past, record, tmp_path / name).read_bytes() for name in ("1.zip", "2.wacz"))

    assert one == two


def test_the_recipe_can_be_put_into_a_configuration(tmp_path: Path) -> None:
    source = Config(path=tmp_path, archive=tmp_path).sources
    assert source == {}
    text = """
[source."dhs news"]
url = "https://a.gov/x"
read = "listing"
title = 'Quotes " and \\ and ünï'
[[source."dhs news".recipe]]
item = "li.doc"
ignore = [".ad", "a[href='x']"]
[source."dhs news".recipe.fields]
office = ".office"
[[source."dhs news".recipe]]
from = 2021-05-01
item = "tr"
"""
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    (one,) = load(path).sources.values()

    path.write_text(recipe_toml(one), "utf-8")

    assert load(path).sources == {"dhs news": one}


def test_a_long_stretch_of_the_chain_is_told_with_gaps(
    past: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "MOST_LINKS", 2)
    record = change(past, "page", Kind.CHANGED)

    folder = unpacked(written(past, record, tmp_path / "a.zip"), tmp_path / "a")

    links = [p.read_text("ascii").splitlines()[1] for p in sorted((folder / "links").iterdir())]
    assert [json.loads(each)["record"] for each in links] == ["visit", "capture"] * 2
    assert confirmed(folder)
    assert "too long to add" in (folder / "evidence/README.txt").read_text("utf-8")
    assert "left out" in (folder / "evidence/index.html").read_text("utf-8")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_is_self_contained_and_tells_both_sides(rewording: Path) -> None:
    html = (rewording / "evidence/index.html").read_text("utf-8")
    tags = Tags()
    tags.feed(html)

    names = {name for name, _ in tags.found}
    assert not names & {"script", "img", "link", "iframe", "object", "form", "base"}
    assert all("src" not in given and "onclick" not in given for _, given in tags.found)
    assert "<del>Aliens</del> <ins>Noncitizens</ins>" in html
    assert all(path.name in html for path in (rewording / "payloads").iterdir())
    assert "sha256sum -c SHA256SUMS" in html


def test_what_analysts_noted_is_told_apart_from_the_evidence(past: Config, tmp_path: Path) -> None:
    record = change(past, "page", Kind.CHANGED)
    without = unpacked(written(past, record, tmp_path / "a.wacz"), tmp_path / "a")
    with Archive.to_write(past.archive) as archive, archive.transaction():
        archive.notes.keep(
            Note(
                change=record.id,
                analyst="Ada <b>",
                noted_at=START,
                choices="edgi/1",
                notice_given="no",
                note="Nothing was <i>announced</i>.",
            )
        )

    folder = unpacked(written(past, record, tmp_path / "b.wacz"), tmp_path / "b")

    page = (folder / "evidence/index.html").read_text("utf-8")
    _, _, notes = page.partition("What analysts noted")
    assert "This is no evidence" in notes
    assert "<strong>Ada &lt;b&gt;</strong>" in notes
    assert "Nothing was &lt;i&gt;announced&lt;/i&gt;." in notes
    assert [each["notice_given"] for each in lines(folder / "evidence/notes.jsonl")] == ["no"]
    assert "What analysts noted" not in (without / "evidence/index.html").read_text("utf-8")
    assert not (without / "evidence/notes.jsonl").exists()
    assert confirmed(folder)


def test_what_a_page_says_is_never_markup_nor_a_name(site: Site, tmp_path: Path) -> None:
    config = lived(tmp_path / "past", site)
    hostile = "</code><script>alert(1)</script>/../../etc/passwd"
    source = replace(config.sources["page"], title=hostile)
    config = replace(config, sources={**config.sources, "page": source})
    path = written(config, change(config, "page", Kind.CHANGED), tmp_path / "a.wacz")

    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        html = package.read("evidence/index.html").decode()
        recipe = tomllib.loads(package.read("evidence/recipe.toml").decode())

    assert "<script" not in html
    assert recipe["source"]["page"]["title"] == hostile
    assert all(name.replace("/", "").replace(".", "").replace("-", "").isalnum() for name in names)
    assert not any(".." in name or name.startswith("/") for name in names)


def test_there_is_no_bundle_of_a_change_that_is_not_there(past: Config, tmp_path: Path) -> None:
    with (
        Archive.to_read(past.archive) as archive,
        pytest.raises(ConfigError, match="there is no change 999"),
    ):
        write_bundle(archive, past, 999, tmp_path / "a.wacz")

    assert list(tmp_path.iterdir()) == []


def test_bytes_that_were_let_go_are_told_and_the_rest_is_confirmed(
    past: Config, tmp_path: Path
) -> None:
    record = change(past, "page", Kind.CHANGED)
    digest, old = record.seen.old.digests[0], record.seen.old.id
    copy = replace(past, archive=tmp_path / "thinned.sqlite")
    with Archive.to_read(past.archive) as archive:
        archive.db.execute("VACUUM INTO ?", (str(copy.archive),))
    with Archive.to_write(copy.archive) as archive, archive.transaction():
        thinning = Thinning(
            source="page",
            thinned_at=START,
            rule="",
            recipe_digest="",
            payloads=1,
            size_bytes=1,
            from_at=START,
            to_at=START,
            visits=((old, old - 1),),
        )
        archive.thinnings.keep(thinning, (digest,))

    folder = unpacked(written(copy, record, tmp_path / "a.wacz"), tmp_path / "thinned")

    page = (folder / "evidence/index.html").read_text("utf-8")
    assert confirmed(folder)
    assert not (folder / "payloads" / digest.partition(":")[2]).exists()
    assert page.count("its bytes were let go by a rule of retention") == 1
    assert digest in (folder / "evidence/visits.jsonl").read_text("utf-8")
    assert not [
        each for each in records(folder) if each.type == "response" and each.digest == digest
    ]
