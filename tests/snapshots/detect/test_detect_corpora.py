"""Detection on real pages of which the records are known; they lie beside the repository.

REWORDED_DATA names another folder for them.
"""

import gzip
import json
import os
from functools import cache
from pathlib import Path
from time import process_time

import pytest
from listed import LINKS, NAMES, TEASERS, WRITTEN, page

from benchmarks.scores import mean, pages_of, scores
from snapshots.extract.charset import decode
from snapshots.extract.detect.detect import detect, detect_in
from snapshots.extract.extract import extract
from snapshots.extract.html import parse
from snapshots.records import Read

TESTS = Path(__file__).parents[2]
DATA = Path(os.environ.get("REWORDED_DATA", TESTS.parents[1] / "shared" / "data"))
KIND = "text/html; charset=utf-8"
MEMBERS = "https://www.parliament.nz/en/mps-and-electorates/members-of-parliament/"
with_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")


@with_data
def test_court_listings_are_read_without_configuration():
    found = list(scores(DATA / "court_listings"))

    assert len(found) == 68
    assert sum(each.is_found for each in found) >= 0.95 * len(found)
    assert mean([each.recall for each in found]) >= 0.95
    # Of four pages, only a twentieth of the records is known.
    assert mean([each.precision for each in found]) >= 0.9
    assert mean([each.title_held for each in found]) >= 0.95
    assert mean([each.date for each in found]) >= 0.9


@with_data
@pytest.mark.parametrize("name", ["alerts", "all-news"])
def test_newsrooms_are_read_exactly(name):
    folder = DATA / "uscis_pages"
    known = json.loads((folder / f"{name}.20250706.expected.json").read_text("utf-8"))
    known = known if isinstance(known, list) else known["items"]
    url = f"https://www.uscis.gov/newsroom/{name}"
    payload = (folder / f"{name}.20250706.html").read_bytes()

    detection = detect(payload, url=url, content_type=KIND)

    items = extract(payload, detection.recipe, url=url, content_type=KIND).items
    read = [(i.title, i.url, i.published, i.summary) for i in items]
    wanted = [
        (i["title"], f"https://www.uscis.gov{i['href']}", i["date"], i["summary"]) for i in known
    ]
    assert read == wanted
    assert detection.next_url == f"{url}?page=1"


@cache
def member_lists():
    """Each body of the members' page with its records, in the order of its captures."""
    folder = DATA / "nz_members"
    lines = gzip.decompress((folder / "records.jsonl.gz").read_bytes()).splitlines()
    known = {line["blob"]: line["items"] for line in map(json.loads, lines)}
    bodies = dict(pages_of(folder / "html.tar.xz"))
    captures = map(json.loads, (folder / "captures.jsonl").read_text("utf-8").splitlines())
    files = {c["blob"]: Path(c["file"]).name for c in captures}
    return [(bodies[name], known[blob]) for blob, name in files.items() if blob in known]


def members_in(payload, recipe):
    items = extract(payload, recipe, url=MEMBERS, content_type=KIND).items
    return sorted((item.title, item.url) for item in items)


@with_data
def test_a_template_s_first_recipe_reads_all_its_captures():
    first = {}
    read = []
    for payload, known in member_lists():
        template = any(item["date"] for item in known)
        if template not in first:
            first[template] = detect(payload, url=MEMBERS, content_type=KIND).recipe
        wanted = sorted((i["title"], f"https://www.parliament.nz{i['href']}") for i in known)
        read.append(members_in(payload, first[template]) == wanted)

    assert len(first) == 2
    assert len(read) == 133
    assert all(read)


@with_data
def test_each_capture_s_own_recipe_reads_it():
    for payload, known in member_lists()[::12]:
        recipe = detect(payload, url=MEMBERS, content_type=KIND).recipe
        wanted = sorted((i["title"], f"https://www.parliament.nz{i['href']}") for i in known)
        assert members_in(payload, recipe) == wanted


@with_data
@pytest.mark.parametrize(
    ("seed", "kind", "count"),
    [
        ("000_965b2e84d918d38a", Read.LISTING, 10),
        ("001_eb3bee9cf4ce8bbe", Read.LISTING, 9),
        ("002_a443ae6779cbe55c", Read.LISTING, 10),
        ("003_cf24de7a1fb0202c", Read.PAGE, 0),
        ("004_69d50368381face0", Read.PAGE, 0),
    ],
)
def test_the_kind_of_a_text_is_told(seed, kind, count):
    payload = (DATA / "seeds" / f"{seed}.txt").read_bytes()

    detection = detect(payload, url="https://www.dhs.gov/", content_type="text/plain")

    assert (detection.recipe.read, detection.count) == (kind, count)


@with_data
@pytest.mark.parametrize("name", ["terms_snapshots", "zambia_drupal"])
def test_pages_are_not_taken_for_lists(name):
    payloads = [payload for _, payload in pages_of(DATA / name / "html.tar.xz")]

    kinds = [detect(p, url="https://x.org/", content_type=KIND).recipe.read for p in payloads]

    assert kinds.count(Read.LISTING) <= 0.05 * len(kinds)


def test_the_cost_grows_with_the_page_s_size():
    def least_s(repeated):
        rows = "".join(
            f'<tr><td><a href="{link}/{turn}">{name} {turn}</a></td><td>{day}</td><td>{text}</td>'
            for turn in range(repeated)
            for name, link, day, text in zip(NAMES, LINKS, WRITTEN, TEASERS, strict=True)
        )
        document = parse(decode(page(f"<table>{rows}</table>"), KIND))
        took = []
        for _ in range(5):
            begun = process_time()
            assert detect_in(document, "https://agency.gov/").count == 8 * repeated
            took.append(process_time() - begun)
        return min(took)

    assert least_s(800) < 12 * least_s(100)
