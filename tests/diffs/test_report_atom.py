"""The feed: valid by RFC 4287, and the same finding under the same id for ever."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree

import feedparser
import hostile
import pytest

from diffs.report.atom import ATOM, entry_id, render
from diffs.report.view import Report
from snapshots.records import Snapshot

REPORT = hostile.report(["Fact sheet", "Press release"])
TAG = re.compile(r"tag:[\w.-]+,\d{4}(-\d\d){0,2}:[\w:.-]+")
RFC_3339 = "%Y-%m-%dT%H:%M:%SZ"


def feed_of(report: Report, url: str | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(render(report, url))


def named(parent: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return parent.findall(f"{{{ATOM}}}{name}")


def text(parent: ElementTree.Element, name: str) -> str:
    """The text of the one child of that name."""
    (child,) = named(parent, name)
    return child.text or ""


@pytest.mark.parametrize("report", [REPORT, replace(REPORT, changes=())], ids=["changes", "none"])
def test_a_feed_has_what_rfc_4287_asks_of_it(report: Report) -> None:
    feed = feed_of(report, "https://example.org/feed.atom")

    assert feed.tag == f"{{{ATOM}}}feed"
    assert TAG.fullmatch(text(feed, "id"))
    assert text(feed, "title")
    assert datetime.strptime(text(feed, "updated"), RFC_3339)
    assert text(named(feed, "author")[0], "name") == "Reworded"
    assert [(link.get("rel"), link.get("href")) for link in named(feed, "link")] == [
        ("self", "https://example.org/feed.atom")
    ]
    for entry in named(feed, "entry"):
        assert TAG.fullmatch(text(entry, "id"))
        assert text(entry, "title")
        assert datetime.strptime(text(entry, "updated"), RFC_3339)
        assert named(entry, "content")[0].get("type") == "html"
        rels = [link.get("rel") for link in named(entry, "link")]
        assert len(rels) == len(set(rels))
        assert all(category.get("term") for category in named(entry, "category"))


def test_a_feed_reader_reads_an_entry_for_each_finding() -> None:
    found = feedparser.parse(render(REPORT))

    assert not found.bozo
    assert found.version == "atom10"
    assert len(found.entries) == len(REPORT.changes)
    assert "<del>Fact sheet</del> <ins>Fact sheet</ins>" in re.sub(
        r' style="[^"]*"', "", found.entries[-1].content[0].value
    )
    assert "Importance 50 of 100: removed +50" in found.entries[0].content[0].value


def test_no_link_to_itself_is_made_up() -> None:
    assert named(feed_of(REPORT), "link") == []
    assert named(feed_of(REPORT, "javascript:alert(1)"), "link") == []


def test_a_finding_keeps_its_id_in_a_later_report() -> None:
    later = replace(REPORT, made_at=hostile.AT + timedelta(days=9), changes=REPORT.changes[1:])

    ids = [text(entry, "id") for entry in named(feed_of(REPORT), "entry")]
    assert [text(entry, "id") for entry in named(feed_of(later), "entry")] == ids[:-1]


def test_another_finding_has_another_id() -> None:
    first = REPORT.changes[0]
    seen = first.seen
    later = Snapshot(id=3, source="ice", captured_at=hostile.AT + timedelta(days=1), digests=())
    others = [
        first,
        replace(first, source="dhs"),
        replace(first, seen=replace(seen, new=later)),
        replace(first, is_folded=True),
        REPORT.changes[1],
        REPORT.changes[2],
    ]

    assert len({entry_id(record, "https://ice.gov/") for record in others}) == len(others)
    assert entry_id(first, "https://ice.gov/") != entry_id(first, "https://dhs.gov/")


def test_updated_is_when_the_newest_finding_was_captured() -> None:
    at = hostile.AT + timedelta(hours=5)
    first = REPORT.changes[0]
    newer = replace(
        first, seen=replace(first.seen, new=replace(first.seen.new, captured_at=at)), id=99
    )
    report = replace(REPORT, changes=(newer, *REPORT.changes), made_at=at + timedelta(days=1))

    feed = feed_of(report)

    assert text(feed, "updated") == "2021-06-01T05:00:00Z"
    assert text(named(feed, "entry")[0], "updated") == "2021-06-01T05:00:00Z"


def test_a_feed_without_findings_was_updated_when_a_source_was_last_looked_at() -> None:
    report = replace(REPORT, changes=(), made_at=hostile.AT + timedelta(days=1))

    assert text(feed_of(report), "updated") == "2021-06-01T00:00:00Z"


def test_a_page_with_a_link_is_led_to_and_so_is_its_listing() -> None:
    first = REPORT.changes[0]
    item = first.change.item._replace(url="https://ice.gov/f?a=1&b=é")
    source = replace(REPORT.sources[0], url="https://ice.gov/list")
    changes = (replace(first, change=replace(first.change, item=item)),)

    (entry,) = named(feed_of(replace(REPORT, changes=changes, sources=(source,))), "entry")

    assert [(link.get("rel"), link.get("href")) for link in named(entry, "link")] == [
        ("alternate", "https://ice.gov/f?a=1&b=%C3%A9"),
        ("via", "https://ice.gov/list"),
    ]
