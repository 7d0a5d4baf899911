"""The README's story as one test: the demo visits eleven editions, and finds just what changed."""

import re
import sqlite3
from collections import Counter
from pathlib import Path

from crawler.config import load
from crawler.demo.editions import DELISTED, EDITIONS, EXPECTED, WITHDRAWN, Tally
from crawler.demo.play import play
from diffs.terms import count
from snapshots.archive import Archive


def test_the_demo_finds_what_each_edition_changed_and_no_more(tmp_path: Path) -> None:
    folder = tmp_path / "demo"

    code = play(folder)

    with Archive.to_read(load(folder / "config.toml").archive) as archive:
        changes = archive.knowledge.changes()
        substitutions = count(archive.knowledge.substitutions())
        problems = list(archive.problems())
        counts = archive.evidence.counts()
    assert code == 0
    assert problems == []
    assert counts[0] == 2 * len(EDITIONS)

    found = Counter(
        (record.seen.new.captured_at.date(), record.source, str(record.change.kind))
        for record in changes
    )
    assert [
        {source: tally(found, edition.at.date(), source) for source in expected}
        for edition, expected in zip(EDITIONS, EXPECTED, strict=True)
    ] == list(EXPECTED)
    assert found.total() == sum(
        each.added + each.removed + each.changed for by in EXPECTED for each in by.values()
    )

    removed = {
        (record.change.item.url or "").rpartition("/")[2]: record.change.verdict
        for record in changes
        if record.change.kind == "removed"
    }
    assert removed == {WITHDRAWN: "gone", DELISTED: "delisted"}

    last = [r for r in changes if r.seen.new.captured_at.date() == EDITIONS[-1].at.date()]
    reverted = [record for record in last if "reverted" in record.change.flags]
    assert Counter(record.source for record in reverted) == {"library": 9, "fact-sheets": 3}
    assert {r.away_since.date() for r in reverted if r.away_since} == {EDITIONS[3].at.date()}

    phrases = {(each.old, each.new): each for each in substitutions}
    assert ("aliens", "noncitizens") in phrases
    assert (
        phrases["aliens", "noncitizens"].places == phrases["aliens", "noncitizens"].reverse_places
    )

    report = (folder / "report.html").read_text("utf-8")
    assert report.lower().startswith("<!doctype html>")
    assert not re.search(
        r"<script[^>]+src=|<link|<iframe|<img[^>]+src=.(?!data:)|@import|url\(", report
    )
    assert not re.search(r"\bsrc\s*=\s*[\"']?https?:", report)
    assert "<del" in report
    assert "<ins" in report

    asked = sqlite3.connect(folder / "demo.sqlite")
    outcomes = dict(asked.execute("SELECT outcome, count(*) FROM visits GROUP BY outcome"))
    asked.close()
    assert outcomes["failed"] == 2


def tally(found: Counter[tuple[object, str, str]], day: object, source: str) -> Tally:
    kinds = ("added", "removed", "changed")
    return Tally(**{kind: found[day, source, kind] for kind in kinds})
