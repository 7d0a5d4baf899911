"""`reworded report` in every form, by the file's ending, against the previous and a base."""

import csv
import json
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import feedparser
import pytest
from support import START, Site, Watcher, page

from crawler.cli import main
from crawler.config import load
from crawler.room.choices import choices
from snapshots.archive import Archive
from snapshots.archive.notes import Note

CHOICES = choices()
IMPORTANCE = next(iter(CHOICES.importance))
CONFIG = """
[archive]
path = "archive.sqlite"
[crawler]
delay_s = 0
retries = 0
allow_private = ["127.0.0.1"]
[source.sheets]
url = "{url}/sheets"
read = "page"
title = "Fact sheets"
"""


@pytest.fixture
def desk(tmp_path: Path, site: Site) -> Callable[..., Path]:
    """A desk at which a page went from aliens over noncitizens to people; reports are typed."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url=site.url), "utf-8")
    config = load(path)
    with Archive.to_write(config.archive) as archive:
        watcher = Watcher(archive, config.crawler)
        for who in ("aliens", "noncitizens", "people"):
            site["/sheets"] = page(f"Removable {who} were held here.", "Fees are due in May.")
            watcher.visit(config.source("sheets"))

    def report(name: str, *words: str) -> Path:
        output = tmp_path / name
        assert main(["--config", str(path), "report", "-o", str(output), *words]) == 0
        return output

    return report


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_a_csv_has_a_row_a_change(desk: Callable[..., Path]) -> None:
    found = rows(desk("changes.csv"))

    assert [row["edits"] for row in found] == [
        "text: Removable [-aliens-]{+noncitizens+} were held here.",
        "text: Removable [-noncitizens-]{+people+} were held here.",
    ]
    assert "watched term" in found[0]["reasons"]


def test_a_csv_against_a_base_tells_what_differs_from_it(desk: Callable[..., Path]) -> None:
    base = f"{START:%Y-%m-%d}"

    (row,) = rows(desk("changes.csv", "--base", base))
    (analysed,) = rows(desk("sheet.csv", "--format", "edgi", "--base", base))

    assert row["edits"] == "text: Removable [-aliens-]{+people+} were held here."
    assert analysed["Compared with"] == f"base of {base}"
    assert analysed["Date found: before"] == "2021-05-01T06:00:00Z"


def test_an_analysts_row_of_a_pages_block_leads_to_the_page(
    desk: Callable[..., Path], site: Site
) -> None:
    first, _ = rows(desk("sheet.csv", "--format", "edgi"))

    assert first["Site"] == "Fact sheets"
    assert first["Address"] == f"{site.url}/sheets"
    assert first["Compared with"] == "previous"


def test_a_feed_is_known_by_its_ending_and_links_to_itself(desk: Callable[..., Path]) -> None:
    feed = desk("changes.atom", "--url", "https://example.org/changes.atom")
    found = feedparser.parse(feed.read_bytes())

    assert not found.bozo
    assert found.feed.title == "Reworded: Fact sheets"
    assert [link.href for link in found.feed.links] == ["https://example.org/changes.atom"]
    assert [entry.updated for entry in found.entries] == [
        "2021-05-03T06:00:00Z",
        "2021-05-02T06:00:00Z",
    ]


def test_a_feed_against_a_base_has_entries_of_its_own(desk: Callable[..., Path]) -> None:
    found = feedparser.parse(desk("changes.atom").read_bytes())
    based = feedparser.parse(desk("base.atom", "--base", f"{START:%Y-%m-%d}").read_bytes())

    assert len(based.entries) == 1
    assert based.feed.id != found.feed.id
    assert based.entries[0].id not in {entry.id for entry in found.entries}


def test_a_mail_is_known_by_its_ending(desk: Callable[..., Path]) -> None:
    written = desk("digest.eml").read_bytes()
    mail = message_from_bytes(written, policy=policy.default)

    assert mail["Subject"].startswith("Reworded: 2 changes in 1 source, up to ")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("name", ["report.md", "report.txt", "report.html", "report.eml"])
def test_importance_is_told_with_its_reasons(desk: Callable[..., Path], name: str) -> None:
    written = desk(name).read_text("utf-8").replace("=\n", "")

    assert "watched term +30" in written.replace("\\", "").replace("\n   ", "")


FORMS = ("r.html", "r.md", "r.txt", "r.eml", "r.atom", "r.csv", "r.jsonl")


@pytest.mark.parametrize("name", FORMS)
def test_a_note_that_was_kept_is_told_with_its_author(
    desk: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    before = desk(name).read_text("utf-8")
    for analyst, note in (("Bob", "seen by Bob"), ("Ada", "a first look"), ("Ada", "not told")):
        keep(tmp_path, analyst, note)

    told = desk(name).read_text("utf-8").replace("=\n", "").replace("\n   ", "")

    assert "Ada" not in before
    assert all(words in told for words in ("Ada", "Bob", "not told", "seen by Bob"))
    assert "2021-05-01" in told
    assert "a first look" not in told


def test_an_analysts_sheet_has_what_was_noted(desk: Callable[..., Path], tmp_path: Path) -> None:
    keep(tmp_path, "Ada", "told nobody")

    first, second = rows(desk("sheet.csv", "--format", "edgi"))

    assert first["Importance (analyst)"] == CHOICES.words(IMPORTANCE)
    assert (first["Notice given"], first["Analyst"]) == ("no", "Ada")
    assert second["Analyst"] == ""


def test_against_a_base_no_note_is_told(desk: Callable[..., Path], tmp_path: Path) -> None:
    """What differs from a base has numbers of its own, which no note is of."""
    keep(tmp_path, "Ada", "of the first")

    told = desk("based.md", "--base", f"{START:%Y-%m-%d}").read_text("utf-8")

    assert "of the first" not in told


def keep(folder: Path, analyst: str, words: str) -> None:
    note = Note(
        change=1,
        analyst=analyst,
        noted_at=START,
        choices=CHOICES.name,
        importance=IMPORTANCE,
        notice_given="no",
        note=words,
    )
    with Archive.to_write(folder / "archive.sqlite") as archive, archive.transaction():
        archive.notes.keep(note)


def test_json_lines_stay_as_documented(desk: Callable[..., Path]) -> None:
    lines = desk("changes.jsonl").read_text("utf-8").splitlines()

    assert [json.loads(line)["id"] for line in lines] == [1, 2]
