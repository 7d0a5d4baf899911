"""Redesigns of real lists: one as it happened, and others with every name in them replaced."""

import gzip
import json
import os
import re
import tarfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha1
from itertools import pairwise
from pathlib import Path
from string import digits
from typing import Any
from urllib.parse import urljoin

import pytest
from soak.replay import MEMBERS_PATH, Recorded, members
from support import SimulatedClock, Site, Watcher

from crawler.config import Source, load
from crawler.config_writing import add_recipe
from crawler.mending import Page, propose
from crawler.redesign import redesign, take
from crawler.visit import Visited
from snapshots.archive import Archive
from snapshots.extract.detect.detect import detect
from snapshots.extract.extract import extract
from snapshots.records import ChangeRecord, Kind, Outcome, Recipe

DATA = Path(os.environ.get("REWORDED_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
URL = f"https://www.parliament.nz{MEMBERS_PATH}"
REDESIGNED = datetime(2017, 5, 15, tzinfo=UTC)
HTML = "text/html; charset=utf-8"


def records() -> list[dict[str, Any]]:
    """What was read of each body by hand-made rules: its members."""
    text = gzip.decompress((DATA / "nz_members/records.jsonl.gz").read_bytes())
    return [json.loads(line) for line in text.splitlines()]


def blob(capture: Recorded) -> str:
    """The name that Git gives a capture's body, by which the records go."""
    return sha1(b"blob %d\0" % len(capture.body) + capture.body).hexdigest()


def induced(capture: Recorded) -> Recipe:
    return detect(capture.body, url=URL, content_type=HTML).recipe


@pytest.mark.parametrize("is_new", [False, True], ids=["old", "new"])
def test_the_recipe_of_a_layouts_first_capture_reads_all_its_later_ones_exactly(
    is_new: bool,
) -> None:
    captures = [c for c in members(DATA) if (c.at >= REDESIGNED) is is_new]
    recipe = induced(captures[0])
    expected = {r["blob"]: r["items"] for r in records()}

    wrong = []
    for capture in captures:
        items = extract(capture.body, recipe, url=URL, content_type=HTML).items
        listed = expected[blob(capture)]
        read = [(item.title, item.url) for item in items]
        if read != [(each["title"], urljoin(URL, each["href"])) for each in listed]:
            wrong.append(capture.at)

    assert wrong == []
    assert len(captures) > 40


Differences = Counter[tuple[str | None, ...]]
# What the summary says by default, the induced column says too.
SAID = {"title": "title", "party_electorate": "seat", "summary": "seat"}


def truth(captures: list[Recorded]) -> Differences:
    """How the members differ from one capture to the next, by what hand-made rules read."""
    of = {r["blob"]: {i["id"]: i for i in r["items"]} for r in records()}
    differences: Differences = Counter()
    for before, after in pairwise(captures):
        old, new = of[blob(before)], of[blob(after)]
        for name, said in SAID.items():
            pairs = [(said_of(old[m], said), said_of(new[m], said)) for m in old.keys() & new]
            differences.update((name, was, now) for was, now in pairs if was != now)
        differences.update(("removed", old[member]["title"]) for member in old.keys() - new)
        differences.update(("added", new[member]["title"]) for member in new.keys() - old)
    return differences


def said_of(member: dict[str, str], name: str) -> str:
    return member["title"] if name == "title" else f"{member['party']}, {member['electorate']}"


def differences(changes: Iterable[ChangeRecord]) -> Differences:
    """What changes tell of the members' names, parties and electorates."""
    told: Differences = Counter()
    for change in (record.change for record in changes):
        if change.kind is not Kind.CHANGED:
            told[str(change.kind), change.item.title] += 1
        for name in SAID.keys() & set(change.changed):
            told[name, change.fields[name].old, change.fields[name].new] += 1
    return told


@pytest.fixture
def config(tmp_path: Path, site: Site) -> Path:
    """A configuration that reads the members as their first capture was found to be read."""
    path = tmp_path / "config.toml"
    path.write_text(
        "[crawler]\nallow_private = true\ndelay_s = 0\nretries = 0\n\n"
        f'[source.nz]\nurl = "{site.url}{MEMBERS_PATH}"\nread = "listing"\n'
    )
    add_recipe(path, "nz", replace(induced(members(DATA)[0]), since=date(2016, 1, 1)))
    return path


def test_across_the_redesign_the_mended_recipe_tells_the_true_changes_only(
    config: Path, site: Site
) -> None:
    captures = members(DATA)
    new = next(place for place, each in enumerate(captures) if each.at >= REDESIGNED)

    outcomes = [visited(config, site, each).visit.outcome for each in captures[new - 2 : new + 2]]
    found = redesign(load(config), nz(config), SimulatedClock(captures[new + 2].at))
    changes = take(load(config), found)
    later = visited(config, site, captures[new + 2])

    assert outcomes == [Outcome.NEW, Outcome.UNCHANGED, *[Outcome.QUARANTINED] * 2]
    assert found.recipe.since == REDESIGNED.date()
    assert found.recipe.fields == {"party_electorate": "{td:nth-child(3)}, {td:nth-child(4)}"}
    assert (found.mend.found, len(found.mend.known), len(found.mend.items)) == (119, 119, 119)
    told = Counter((r.change.kind, r.change.changed) for r in changes)
    assert told == {("changed", ("title",)): 4, ("changed", ("summary", "party_electorate")): 17}
    assert differences(changes) == truth(captures[new - 1 : new + 1])
    assert (later.visit.outcome, later.changes) == (Outcome.UNCHANGED, ())


def test_over_all_captures_every_true_change_is_told_once_and_no_other(
    config: Path, site: Site
) -> None:
    captures = members(DATA)
    new = next(place for place, each in enumerate(captures) if each.at >= REDESIGNED)

    told: Differences = Counter()
    for place, each in enumerate(captures):
        told += differences(visited(config, site, each).changes)
        if place == new:
            clock = SimulatedClock(each.at)
            told += differences(take(load(config), redesign(load(config), nz(config), clock)))

    assert told == truth(captures)
    assert told.total() == 53


def nz(config: Path) -> Source:
    return load(config).source("nz")


def visited(config: Path, site: Site, capture: Recorded) -> Visited:
    """Let the site answer as it did at a capture, and visit it then."""
    site[MEMBERS_PATH] = capture.answer
    with Archive.to_write(load(config).archive) as archive:
        watcher = Watcher(archive, load(config).crawler, SimulatedClock(capture.at))
        return watcher.visit(nz(config))


def renamed(text: str) -> str:
    """A page with other classes, ids and addresses throughout, and nothing else changed."""
    for name in ("class", "id"):
        pattern = rf"""\b{name}\s*=\s*(["'])(.*?)\1"""
        text = re.sub(
            pattern,
            lambda found, name=name: f'{name}="{" ".join(map(word, found[2].split()))}"',
            text,
            flags=re.DOTALL | re.IGNORECASE,
        )
    links = r"""href\s*=\s*(["'])([^"'#][^"']*)\1"""
    return re.sub(links, lambda found: f'href="/new/{word(found[2])}"', text, flags=re.IGNORECASE)


def word(name: str) -> str:
    """Another word for a name, always the same, and of letters only."""
    return "x" + sha1(name.encode()).hexdigest().translate(str.maketrans(digits, "klmnopqrst"))


def test_court_lists_are_read_again_after_all_their_names_and_addresses_changed() -> None:
    with tarfile.open(DATA / "court_listings/html.tar.xz") as archive:
        names = sorted(archive.getnames())[::4]
        pages = [file.read() for name in names if (file := archive.extractfile(name))]

    known_titles, read_titles, mended = 0, 0, 0
    for payload in pages:
        recipe = detect(payload, url=URL, content_type=HTML).recipe
        known = extract(payload, recipe, url=URL, content_type=HTML).items
        new = renamed(payload.decode("utf-8", "replace")).encode()
        mend = propose([Page(new, URL, HTML)], recipe, known) if recipe.read == "listing" else None
        if mend:
            both = Counter(item.title for item in known) & Counter(i.title for i in mend.items)
            known_titles += len(known)
            read_titles += both.total()
            mended += 1

    assert mended > len(pages) / 2
    assert read_titles > known_titles * 0.99
