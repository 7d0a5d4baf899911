"""Any two dates compared, a fixed base, and an item's whole story: visits are a day apart."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.dates import Compared, between, from_base, substitutions
from crawler.story import tell
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import Flag, Kind, Verdict
from tests.dated import ALIENS, BUDGET, HARBOR, NONCITIZENS, Library, report
from tests.support import Answer, Site

FERRY = (7, "Ferry Times", "When they sail.", "2021-03-01")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Site() as site, Archive.to_write(tmp_path / "archive.sqlite") as archive:
        yield Library(site, archive)


def may(day: int, hour: int = 12) -> datetime:
    return datetime(2021, 5, day, hour, tzinfo=UTC)


def compared(library: Library, old: int, new: int) -> Compared:
    return between(library.watcher.archive, library.source, may(old), may(new))


def test_two_rewordings_are_one_from_the_first_wording_to_the_last(library: Library) -> None:
    third = ALIENS.replace("aliens", "people")
    for summary in (ALIENS, NONCITIZENS, third):
        library.day(report(summary), BUDGET, HARBOR)

    (record,) = compared(library, 1, 3).records

    field = record.change.fields["summary"]
    assert (record.change.kind, field.old, field.new) == (Kind.CHANGED, ALIENS, third)
    assert [edit.text for edit in field.edits if edit.op != "keep"] == ["aliens", "people"]
    assert (record.seen.old.id, record.seen.new.id, record.seen.good_visits_between) == (1, 3, 1)


def test_a_rewording_that_was_taken_back_is_none(library: Library) -> None:
    library.swing("ABA")

    assert compared(library, 1, 3).records == ()


def test_what_was_added_and_removed_between_is_not_told(library: Library) -> None:
    library.site["/doc/7"] = Answer(status=404)
    library.day(report(), BUDGET, HARBOR)
    library.day(report(), BUDGET, HARBOR, FERRY)
    library.day(report(), BUDGET, HARBOR)

    assert compared(library, 1, 3).records == ()
    assert [record.change.kind for record in compared(library, 1, 2).records] == [Kind.ADDED]
    (gone,) = compared(library, 2, 3).records
    assert (gone.change.kind, gone.change.verdict) == (Kind.REMOVED, Verdict.GONE)


def test_a_removal_confirmed_later_has_its_verdict_from_the_visit_that_first_missed_it(
    library: Library,
) -> None:
    for rows in ((BUDGET, FERRY), (BUDGET,), (BUDGET,)):
        library.day(report(), HARBOR, *rows)

    (gone,) = compared(library, 1, 2).records

    assert (gone.change.kind, gone.change.verdict) == (Kind.REMOVED, Verdict.GONE)


def test_a_wording_that_had_stood_before_the_first_date_is_back(library: Library) -> None:
    library.swing("AABBA")

    (record,) = compared(library, 3, 5).records

    assert record.change.flags == (Flag.STEALTH, Flag.REVERTED)
    assert (record.stood_since, record.away_since) == (may(1, 6), may(3, 6))


def test_swings_that_were_held_count_as_what_the_page_said(library: Library) -> None:
    library.swing("ABABA")

    (record,) = compared(library, 4, 5).records

    assert record.change.fields["summary"].new == ALIENS


def test_it_says_which_snapshots_were_compared(library: Library) -> None:
    library.swing("AB")

    assert compared(library, 1, 9).sides() == (
        "library: snapshot 1 of 2021-05-01 06:00 UTC against "
        "snapshot 2 of 2021-05-02 06:00 UTC, 0 good visits between"
    )
    assert compared(library, 1, 1).sides() == (
        "library: snapshot 1 of 2021-05-01 06:00 UTC was in force at both dates"
    )


# A fixed base.


def test_every_source_is_compared_with_the_snapshot_in_force_at_the_base(library: Library) -> None:
    library.swing("ABB")
    library.day(report(NONCITIZENS), BUDGET, HARBOR, FERRY)
    archive = library.watcher.archive

    based = from_base(archive, [library.source], may(1), None)
    earlier = from_base(archive, [library.source], may(1), may(3))

    assert [(r.id, r.change.kind, r.change.flags) for r in based.records] == [
        (1, Kind.CHANGED, (Flag.STEALTH,)),
        (2, Kind.ADDED, (Flag.BACKDATED,)),
    ]
    assert [(c.old, c.new) for c in substitutions(based.records)] == [("aliens", "noncitizens")]
    assert [record.change.kind for record in earlier.records] == [Kind.CHANGED]


def test_a_source_without_a_snapshot_at_the_base_is_named(library: Library) -> None:
    library.swing("AB")

    based = from_base(
        library.watcher.archive, [library.source], datetime(2020, 1, 19, tzinfo=UTC), None
    )

    assert based.records == ()
    assert based.remarks() == [
        "library: there is no snapshot as old as 2020-01-19 00:00; "
        "the oldest is of 2021-05-01; not compared"
    ]


def test_a_base_later_than_the_end_is_refused(library: Library) -> None:
    with pytest.raises(ConfigError, match="--base is later than --until"):
        from_base(library.watcher.archive, [library.source], may(3), may(1))


# An item's story.


def test_a_story_tells_every_wording_held_ones_too(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    library.swing("ABABA")

    tell(library.watcher.archive, "Annual Report", None, "text")

    told = capsys.readouterr().out.split("\n\n")
    heads = [part.splitlines()[0].strip().partition(" (")[0] for part in told if part.strip()]
    assert heads == [
        "first read",
        "~ #1 changed: reworded",
        "~ #2 changed: reworded",
        "~ #3 changed: reworded",
        "~ held, as it goes back and forth: reworded",
        "Listed in library.",
    ]
    assert "This wording was read on 2021-05-04 06:00 UTC; gone by 2021-05-05 06:00 UTC." in told[3]
    assert "[-noncitizens-]{+aliens+}" in told[4]
    assert told[5].splitlines()[1] == "it still stands; 5 wordings so far"


def test_a_story_tells_how_an_item_went_and_that_it_is_back(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    library.site["/doc/3"] = Answer(status=404)
    library.day(report(), BUDGET, HARBOR)
    library.day(report(), BUDGET)
    library.day(report(), BUDGET, HARBOR)

    tell(library.watcher.archive, "Harbor", None, "jsonl")

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["removal"], first["verdict"], first["until_at"], first["last_seen_at"]) == (
        1,
        "gone",
        "2021-05-02T06:00:00Z",
        "2021-05-01T06:00:00Z",
    )
    assert (second["change"], second["kind"], second["flags"]) == (2, "added", ["returned"])


def test_a_story_says_where_else_an_items_link_was_listed(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    library.swing("A")
    library.source = library.elsewhere("news")
    library.swing("A")

    tell(library.watcher.archive, "Annual Report", "library", "text")

    assert (
        "Listed in library; its link also in news from 2021-05-02 06:00 UTC."
        in capsys.readouterr().out
    )
