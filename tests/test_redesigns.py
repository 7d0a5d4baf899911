"""A real redesign: the members of New Zealand's parliament, of whom every address changed."""

import gzip
import json
import os
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
from soak.replay import MEMBERS_PATH, Recorded, members
from support import SETTINGS, SimulatedClock, Site, Watcher

from crawler.config import load
from crawler.redesign import redesign, take
from snapshots.archive import Archive
from snapshots.extract.detect.detect import detect
from snapshots.extract.extract import extract
from snapshots.records import Outcome, Recipe, digest_of

DATA = Path(os.environ.get("REWORDED_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
URL = f"https://www.parliament.nz{MEMBERS_PATH}"
REDESIGNED = datetime(2017, 5, 15, tzinfo=UTC)
HTML = "text/html; charset=utf-8"


def lines_of(name: str) -> list[dict[str, object]]:
    stored = (DATA / "nz_members" / name).read_bytes()
    text = gzip.decompress(stored) if name.endswith(".gz") else stored
    return [json.loads(line) for line in text.splitlines()]


def induced(capture: Recorded) -> Recipe:
    return detect(capture.body, url=URL, content_type=HTML).recipe


@pytest.mark.parametrize("is_new", [False, True], ids=["old", "new"])
def test_the_recipe_of_a_layouts_first_capture_reads_all_its_later_ones_exactly(
    is_new: bool,
) -> None:
    captures = [c for c in members(DATA) if (c.at >= REDESIGNED) is is_new]
    by_body = {}
    for told, record in zip(lines_of("captures.jsonl"), members(DATA), strict=True):
        by_body[digest_of(record.body)] = told
    recipe = induced(captures[0])
    expected = {r["blob"]: r["items"] for r in lines_of("records.jsonl.gz")}

    wrong = []
    for capture in captures:
        items = extract(capture.body, recipe, url=URL, content_type=HTML).items
        listed = expected[by_body[digest_of(capture.body)]["blob"]]
        read = [(item.title, item.url) for item in items]
        if read != [(each["title"], urljoin(URL, each["href"])) for each in listed]:
            wrong.append(capture.at)

    assert wrong == []
    assert len(captures) > 40
