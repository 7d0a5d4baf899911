"""Search: when and where a phrase came or went, and what held it."""

import json

import pytest
from support import START, Answer, Site, Watcher, page, page_source

from crawler.derive import rebuild
from crawler.query import fts_query
from crawler.searching import Sought, search
from snapshots.errors import ConfigError

SEEKERS = "Officers interview asylum seekers at the border within ten days of their arrival."
APPLICANTS = "Officers interview asylum applicants at the border within ten days of their arrival."
FEES = "Fees for every other form are due in May, and can be paid by mail."
RULES = "Rules of the House apply to visitors, whom an officer of the guard leads around."


class Shelf:
    """A page that is set and visited, day by day, and searched."""

    def __init__(self, site: Site, watcher: Watcher) -> None:
        self.site, self.watcher = site, watcher
        self.archive, self.source = watcher.archive, page_source(site)

    def day(self, *blocks: str) -> None:
        self.answer(page(*blocks))

    def answer(self, answer: Answer) -> None:
        self.site["/page"] = answer
        self.watcher.visit(self.source)

    def changes(self, written: str, **ways: bool) -> list[tuple[str, list[str]]]:
        """The kind of each change that is found, and the hits in either side."""
        query = fts_query(written)
        found = self.archive.search.changes(query, **ways)
        kinds = {record.id: record for record in self.archive.knowledge.changes(among=found)}
        told = []
        for number, passages in found.items():
            sides = [
                side.text[slice(*hit)]
                for passage in self.archive.search.passages(passages, query)
                for side in (passage.old, passage.new)
                for hit in (side.hits if side else ())
            ]
            told.append((str(kinds[number].change.kind), sides))
        return told

    def removed(self, written: str) -> list[tuple[str, list[str]]]:
        return self.changes(written, is_added=False)

    def added(self, written: str) -> list[tuple[str, list[str]]]:
        return self.changes(written, is_removed=False)

    def held(self, written: str, **how: bool) -> list[tuple[int, bool]]:
        """In how many wordings each item held it, and whether it still does."""
        found = self.archive.search.holding(fts_query(written), **how)
        return [(each.wordings, each.until is None) for each in found]


@pytest.fixture
def shelf(site: Site, watcher: Watcher) -> Shelf:
    made = Shelf(site, watcher)
    made.day(SEEKERS, FEES, RULES)
    return made


def test_a_phrase_is_found_where_only_one_of_its_words_was_replaced(shelf: Shelf):
    shelf.day(APPLICANTS, FEES, RULES)

    assert shelf.removed("asylum seeker") == [("changed", ["asylum seekers"])]
    assert shelf.added("asylum applicant") == [("changed", ["asylum applicants"])]


def test_what_stayed_beside_a_change_neither_came_nor_went(shelf: Shelf):
    shelf.day(APPLICANTS, FEES, RULES)

    assert shelf.changes("officers interview asylum") == []
    assert shelf.added("asylum seeker") == []


def test_one_use_of_two_that_went_is_found(shelf: Shelf):
    shelf.day(SEEKERS, FEES, "Aliens and other aliens wait in line at the gate for hours.")
    shelf.day(SEEKERS, FEES, "Noncitizens and other aliens wait in line at the gate for hours.")

    assert [kind for kind, _ in shelf.removed("alien")] == ["changed"]
    assert [hits for _, hits in shelf.added("noncitizen")] == [["Noncitizens"]]


def test_whole_items_that_came_or_went_are_found(shelf: Shelf):
    later = "Stowaways are handed to the master of the vessel at once."
    shelf.day(SEEKERS, FEES, RULES, later)
    shelf.day(SEEKERS, FEES, RULES)
    shelf.day(SEEKERS, FEES, RULES)

    assert shelf.added("stowaway") == [("added", ["Stowaways"])]
    assert shelf.removed("stowaway") == [("removed", ["Stowaways"])]


def test_a_phrase_that_came_back_was_removed_once_and_added_once(shelf: Shelf):
    shelf.day(APPLICANTS, FEES, RULES)
    shelf.day(SEEKERS, FEES, RULES)

    assert len(shelf.removed("asylum seeker")) == 1
    assert len(shelf.added("asylum seeker")) == 1
    assert len(shelf.changes("asylum seeker")) == 2


def test_holding_tells_each_unbroken_stretch_and_whether_it_lasts(shelf: Shelf):
    shelf.day(SEEKERS.replace("ten", "twelve"), FEES, RULES)
    shelf.day(APPLICANTS, FEES, RULES)

    assert shelf.held("asylum seeker") == [(2, False)]
    assert shelf.held("asylum seeker", is_standing=True) == []
    assert shelf.held("fees") == [(1, True)]


def test_a_source_that_is_forgotten_and_derived_again_is_found_as_before(shelf: Shelf):
    shelf.day(APPLICANTS, FEES, RULES)
    before = shelf.removed("asylum seeker"), shelf.held("asylum seeker")

    with shelf.archive.transaction():
        rebuild(shelf.archive, shelf.source, noted_at=START)

    assert (shelf.removed("asylum seeker"), shelf.held("asylum seeker")) == before
    for index in ("wording_search", "passage_search"):
        shelf.archive.db.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")


def test_a_search_bounds_sources_and_dates(shelf: Shelf):
    shelf.day(APPLICANTS, FEES, RULES)
    told = shelf.watcher.clock.at
    query = fts_query("asylum seeker")

    def count(**bounds: object) -> int:
        return len(shelf.archive.search.changes(query, **bounds))

    assert (count(sources=("page",)), count(sources=("other",))) == (1, 0)
    assert (count(until=told), count(since=told)) == (1, 0)


def test_marks_cannot_be_forged_by_a_page(shelf: Shelf):
    shelf.day(APPLICANTS, FEES, RULES, "A \x01mark\x02 of <b>mine</b> \x1b[1m and no other.")

    ((_, hits),) = shelf.added("mark")

    assert hits == ["mark"]


@pytest.fixture
def lines(shelf: Shelf, capsys: pytest.CaptureFixture[str]):
    def run(form: str = "text", **how: object) -> tuple[str, str]:
        capsys.readouterr()
        search(shelf.archive, Sought(query="asylum seeker", **how), form)
        return capsys.readouterr()

    return run


def test_a_hit_is_marked_beside_its_interval(shelf: Shelf, lines):
    shelf.day(APPLICANTS, FEES, RULES)

    out, _ = lines(is_removed=True)

    assert "1  page  Officers interview asylum applicants" in out
    assert (
        "Old form read on 2021-05-01 06:00 UTC, new form read on 2021-05-02 06:00 UTC"
        in " ".join(out.split())
    )
    assert "− Officers interview *asylum seekers* at the border" in out
    assert "+ Officers interview asylum applicants at the border" in out


def test_json_tells_where_the_hits_are(shelf: Shelf, lines):
    shelf.day(APPLICANTS, FEES, RULES)

    out, _ = lines("jsonl", is_removed=True)

    told = json.loads(out)
    (passage,) = told["passages"]
    assert (told["found"], told["id"], told["source"], told["kind"]) == (
        "change",
        1,
        "page",
        "changed",
    )
    assert [passage["old"]["text"][slice(*hit)] for hit in passage["old"]["hits"]] == [
        "asylum seekers"
    ]
    assert passage["new"]["hits"] == []


def test_without_a_way_changes_come_first_and_then_what_holds_it_now(shelf: Shelf, lines):
    shelf.day(APPLICANTS, FEES, RULES)
    shelf.day(SEEKERS, FEES, RULES)

    out, _ = lines("jsonl")

    assert [json.loads(line)["found"] for line in out.splitlines()] == ["change", "change", "item"]


def test_what_is_not_shown_is_told(shelf: Shelf, lines):
    shelf.day(APPLICANTS, FEES, RULES)
    shelf.day(SEEKERS, FEES, RULES)

    out, err = lines("jsonl", most=1)

    assert len(out.splitlines()) == 2
    assert err == "1 more change; --limit 2 shows all\n"


def test_nothing_found_is_told(shelf: Shelf, lines):
    assert lines(is_added=True) == ("", "nothing is found of 'asylum seeker'\n")


def test_two_ways_at_once_are_refused(shelf: Shelf, lines):
    with pytest.raises(ConfigError, match="give one"):
        lines(is_ever=True, is_added=True)
