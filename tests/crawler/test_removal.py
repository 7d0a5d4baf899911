"""When a missing item is called removed: enough visits have missed it, or its link is gone."""

from dataclasses import replace
from pathlib import Path

import pytest
from support import (
    NOT_FOUND,
    START,
    Answer,
    Request,
    Site,
    Watcher,
    docs,
    listing,
    listing_source,
    page,
    told,
)

from crawler.config import Config
from crawler.derive import read_again
from crawler.importing import import_files
from snapshots.records import Flag, Kind, Outcome, Read, Verdict

ONLINE = page("The document itself, which is still there for all to read.")


@pytest.fixture
def library(site: Site, watcher: Watcher):
    """A listing that has been seen with three documents, each still online."""
    source = listing_source(site)
    for number in range(10):
        site[f"/doc/{number}"] = ONLINE
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(source)
    return source


def test_an_item_missed_once_is_not_yet_removed(site, watcher, library):
    site["/library"] = listing(*docs(0, 1))

    first = watcher.visit(library)

    assert first.changes == ()
    assert first.visit.outcome is Outcome.NEW
    assert "1 missing, to be called removed when 2 visits in a row miss it" in first.visit.reason


def test_an_item_missed_twice_is_removed_since_the_visit_that_missed_it_first(
    site, watcher, library
):
    site["/library"] = listing(*docs(0, 1))

    watcher.visit(library)
    (removed,) = watcher.visit(library).changes

    assert removed.change.verdict is Verdict.DELISTED
    assert (removed.seen.old.id, removed.seen.new.id) == (1, 2)
    assert removed.seen.longest_gap_s == pytest.approx(86_400, abs=10)


def test_a_link_that_is_gone_confirms_at_once(site, watcher, library):
    site["/library"], site["/doc/2"] = listing(*docs(0, 1)), NOT_FOUND

    (removed,) = watcher.visit(library).changes

    assert (removed.change.verdict, removed.seen.new.id) == (Verdict.GONE, 2)


def test_an_item_that_is_back_in_time_is_no_news(site, watcher, library):
    site["/library"] = listing(*docs(0, 1))
    watcher.visit(library)
    site["/library"] = listing(*docs(0, 1, 2))

    assert watcher.visit(library).changes == ()
    site["/library"] = listing(*docs(0, 1))
    assert watcher.visit(library).changes == ()
    assert len(watcher.visit(library).changes) == 1


def test_an_item_that_comes_back_after_its_removal_is_returned(site, watcher, library):
    site["/library"] = listing(*docs(0, 1))
    watcher.visit(library)
    watcher.visit(library)
    site["/library"] = listing(*docs(0, 1, 2))

    (back,) = watcher.visit(library).changes

    assert (back.change.kind, back.change.flags) == (Kind.ADDED, (Flag.RETURNED,))
    assert back.away_since == watcher.archive.knowledge.snapshot(2).captured_at


@pytest.mark.parametrize("confirm", [1, 2, 3, 5])
def test_a_source_says_how_many_visits_must_miss_an_item(site, watcher, library, confirm):
    source = replace(library, confirm=confirm)
    site["/library"] = listing(*docs(0, 1))

    found = [len(watcher.visit(source).changes) for _ in range(6)]

    assert found == [0] * (confirm - 1) + [1] + [0] * (6 - confirm)


def test_visits_that_could_not_see_do_not_count(site, watcher, library):
    site["/library"] = listing(*docs(0, 1))
    watcher.visit(library)
    site["/library"] = Answer(status=500)
    assert watcher.visit(library).changes == ()
    site["/library"] = listing(*docs(0, 1))

    (removed,) = watcher.visit(library).changes

    assert (removed.seen.old.id, removed.seen.new.id) == (1, 2)


def test_other_changes_are_told_while_a_removal_waits(site, watcher, library):
    site["/library"] = listing(*docs(0, 1, 5))

    assert told(watcher.visit(library).changes) == [("added", "Ferries")]
    assert [r.change.kind for r in watcher.visit(library).changes] == ["removed"]


def test_a_removal_is_listed_by_the_day_on_which_it_was_told(site, watcher, library):
    site["/library"] = listing(*docs(0, 1))
    watcher.visit(library)
    second = watcher.visit(library).visit

    since = watcher.archive.knowledge.changes(since=second.started_at.replace(microsecond=0))

    assert told(since) == [("removed", "Cranes")]


def test_knowledge_derived_again_is_the_same(site, watcher, library):
    for numbers in ((0, 1), (0, 1, 2), (0, 2), (0, 2), (0, 1, 2), (1, 2), (1, 2)):
        site["/library"] = listing(*docs(*numbers))
        watcher.visit(library)
    before = watcher.archive.knowledge.changes()
    standing = watcher.archive.knowledge.standing(library.key)

    with watcher.archive.transaction():
        read_again(watcher.archive, library, noted_at=START)

    assert watcher.archive.knowledge.changes() == before
    assert watcher.archive.knowledge.standing(library.key) == standing


def test_an_item_that_another_source_lists_has_moved(site, watcher, library):
    other = replace(library, key="other", url=f"{site.url}/other")
    site["/other"] = listing(*docs(2, 3, 4))
    watcher.visit(other)
    site["/library"] = listing(*docs(0, 1))

    watcher.visit(library)
    (removed,) = watcher.visit(library).changes

    assert removed.change.verdict is Verdict.MOVED


def test_items_pushed_off_a_list_of_fixed_length_have_rolled_off(site, watcher, library):
    site["/library"] = listing(*docs(5, 6, 0))

    first = watcher.visit(library)
    removed = watcher.visit(library).changes

    assert told(first.changes) == [("added", "Ferries"), ("added", "Gantries")]
    assert [r.change.verdict for r in removed] == [Verdict.ROLLED_OFF] * 2


def test_an_item_taken_from_the_middle_has_not_rolled_off(site, watcher, library):
    site["/library"] = listing(*docs(5, 0, 2))

    watcher.visit(library)
    (removed,) = watcher.visit(library).changes

    assert removed.change.verdict is Verdict.DELISTED


def test_imported_captures_need_no_second_one(tmp_path: Path, watcher: Watcher, site: Site):
    source = listing_source(site)
    config = Config(path=tmp_path / "config.toml", archive=tmp_path / "a.sqlite")
    for day, numbers in enumerate(((0, 1, 2), (0, 1))):
        file = tmp_path / f"{day}.html"
        file.write_bytes(listing(*docs(*numbers)).body)
        at = START.replace(day=day + 1)
        found = import_files(
            watcher.archive, config, source, [file], at=at, now=START.replace(month=9)
        )

    assert [r.change.kind for r in found.changes] == ["removed"]


def test_a_pages_block_is_removed_when_two_visits_miss_it(site: Site, watcher: Watcher):
    source = replace(listing_source(site), key="sheet", url=f"{site.url}/sheet", read=Read.PAGE)
    source = replace(source, recipes=(replace(source.recipes[0], read=Read.PAGE, item=None),))
    blocks = ["The first paragraph stays.", "The second one goes.", "The third one stays, too."]
    site["/sheet"] = page(*blocks)
    watcher.visit(source)
    site["/sheet"] = page(blocks[0], blocks[2])

    assert watcher.visit(source).changes == ()
    (removed,) = watcher.visit(source).changes

    assert (removed.change.item.text, removed.change.verdict) == (blocks[1], None)


def test_a_word_that_nothing_was_modified_confirms_no_removal(site: Site, watcher: Watcher) -> None:
    whole, short = listing(*docs(*range(7))), listing(*docs(*range(6)))
    source = listing_source(site)
    for number in range(7):
        site[f"/doc/{number}"] = ONLINE

    def modified_to_whoever_asks_anew(request: Request) -> Answer:
        is_asked = "if-none-match" in request.headers
        return Answer(status=304) if is_asked else whole.having(etag='"short"')

    site["/library"] = whole.having(etag='"whole"')
    watcher.visit(source)
    site["/library"] = short.having(etag='"short"')
    assert watcher.visit(source).changes == ()
    site["/library"] = modified_to_whoever_asks_anew

    seen = watcher.visit(source)

    assert seen.changes == ()
    with_all = [item.item.title for item in watcher.archive.knowledge.standing("library").items]
    assert with_all == [title for _, title in docs(*range(7))]
