"""A listing's pages: followed, capped, cut short; and what slips between them."""

from dataclasses import replace

import pytest
from support import (
    NOT_FOUND,
    RESET,
    SETTINGS,
    START,
    Answer,
    Site,
    Watcher,
    docs,
    html,
    listing,
    listing_source,
    online,
    page_source,
    told,
)

from snapshots.records import Outcome, Read, Recipe

NOTICE = html("<h1>Scheduled maintenance</h1><p>Please check back later.</p>")


def three_pages(site: Site, *numbers: int) -> None:
    """Serve a listing of invented publications, five to a page."""
    chosen = numbers or tuple(range(15))
    site["/library"] = listing(*docs(*chosen[:5]), following="?page=1")
    site["/library?page=1"] = listing(*docs(*chosen[5:10]), following="/library?page=2")
    site["/library?page=2"] = listing(*docs(*chosen[10:]))


def test_next_pages_are_followed_in_order(site: Site, watcher: Watcher) -> None:
    three_pages(site)

    visited = watcher.visit(listing_source(site))

    assert (visited.visit.outcome, visited.items) == ("new", 15)
    assert site.targets == ["/library", "/library?page=1", "/library?page=2"]
    assert [capture.url for capture in visited.visit.captures] == [
        f"{site.url}/library",
        f"{site.url}/library?page=1",
        f"{site.url}/library?page=2",
    ]


def test_a_link_back_ends_the_walk(site: Site, watcher: Watcher) -> None:
    site["/library"] = listing(*docs(0, 1, 2), following="?page=1")
    site["/library?page=1"] = listing(*docs(3, 4), following="/library")

    visited = watcher.visit(listing_source(site))

    assert (visited.visit.outcome, visited.items) == ("new", 5)
    assert site.targets == ["/library", "/library?page=1"]


def test_pages_without_end_stop_at_the_cap(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, max_pages=4)

    def endless(request: object) -> Answer:
        number = len(site.targets) - 1
        return listing(*docs(number), following=f"/library?page={number + 1}")

    site["/library"] = endless

    visited = watcher.visit(listing_source(site))

    assert (visited.visit.outcome, visited.items) == ("partial", 4)
    assert visited.visit.reason == "stopped after 4 pages, the cap (max_pages)"


def test_a_cap_removes_nothing(site: Site, watcher: Watcher) -> None:
    three_pages(site)
    watcher.visit(listing_source(site))
    watcher.settings = replace(SETTINGS, max_pages=2)

    visited = watcher.visit(listing_source(site))
    watcher.settings = SETTINGS
    after = watcher.visit(listing_source(site))

    assert (visited.visit.outcome, visited.changes) == ("partial", ())
    assert (after.visit.outcome, after.changes) == ("unchanged", ())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(status=403),
        NOT_FOUND,
        RESET,
        NOTICE,
        Answer(),
        Answer(body=bytes(range(256)) * 64),
        Answer(status=302).having(Location="/"),
        listing(*docs(0, 1, 2, 3, 4), following="?page=1", noise="the first page again"),
        html("<main><p>" + "No results could be loaded. " * 90 + "</p></main>"),
    ],
    ids=[
        "fails",
        "is_forbidden",
        "is_not_found",
        "breaks_off",
        "is_a_maintenance_page",
        "is_empty",
        "is_garbage",
        "leads_to_the_home_page",
        "is_the_first_again",
        "lists_nothing",
    ],
)
def test_nothing_is_removed_when_the_second_page(
    site: Site, watcher: Watcher, answer: Answer
) -> None:
    site["/"] = html("<h1>Welcome</h1>" + "<p>The agency does a great many things.</p>" * 60)
    three_pages(site)
    watcher.visit(listing_source(site))
    site["/library?page=1"] = answer

    visited = watcher.visit(listing_source(site))

    assert (visited.visit.outcome, visited.changes) == ("partial", ())
    assert visited.visit.reason


def test_a_partial_visit_still_tells_what_it_saw(site: Site, watcher: Watcher) -> None:
    three_pages(site)
    watcher.visit(listing_source(site))
    site["/library"] = listing(*docs(15, 0, 1, 2, 3), following="?page=1")
    site["/library?page=1"] = Answer(status=500)

    visited = watcher.visit(listing_source(site))

    assert visited.visit.outcome == "partial"
    assert told(visited.changes) == [("added", "Piers")]


def test_a_removal_seen_after_a_partial_visit_starts_from_when_the_item_was_seen(
    site: Site, watcher: Watcher
) -> None:
    three_pages(site)
    watcher.visit(listing_source(site))
    site["/library?page=1"] = Answer(status=500)
    watcher.visit(listing_source(site))
    three_pages(site, *range(14))

    (removed,) = watcher.visit(listing_source(site)).changes

    assert told([removed]) == [("removed", "Oars")]
    assert (removed.seen.old.id, removed.seen.new.id) == (1, 3)
    assert removed.seen.old.captured_at.date() == START.date()


def test_items_that_slip_to_the_next_page_are_no_change(site: Site, watcher: Watcher) -> None:
    three_pages(site)
    watcher.visit(listing_source(site))
    three_pages(site, 15, *range(15))

    visited = watcher.visit(listing_source(site))

    assert told(visited.changes) == [("added", "Piers")]


def test_an_item_seen_on_two_pages_counts_once(site: Site, watcher: Watcher) -> None:
    site["/library"] = listing(*docs(0, 1, 2), following="?page=1")
    site["/library?page=1"] = listing(*docs(2, 3, 4))

    first = watcher.visit(listing_source(site))
    again = watcher.visit(listing_source(site))

    assert first.items == 5
    assert (again.visit.outcome, again.changes) == ("unchanged", ())


def test_a_list_whose_way_to_its_later_pages_is_lost_removes_nothing(
    site: Site, watcher: Watcher
) -> None:
    online(site)
    three_pages(site)
    watcher.visit(listing_source(site))
    site["/library"] = listing(*docs(0, 1, 2, 3, 4))

    visited = watcher.visit(listing_source(site))

    assert (visited.visit.outcome, visited.changes) == ("partial", ())
    assert visited.visit.reason == (
        "the listing led to 1 of 3 pages only, and most items of the others are missing"
    )


def test_a_list_whose_last_pages_items_are_gone_has_become_shorter(
    site: Site, watcher: Watcher
) -> None:
    three_pages(site)
    watcher.visit(listing_source(site))
    site["/library?page=1"] = listing(*docs(5, 6, 7, 8, 9))

    visited = watcher.visit(listing_source(site))

    assert visited.visit.outcome == "new"
    assert {record.change.verdict for record in visited.changes} == {"gone"}
    assert len(visited.changes) == 5


def test_a_list_that_became_one_page_shorter_is_believed(site: Site, watcher: Watcher) -> None:
    three_pages(site, *range(11))
    watcher.visit(listing_source(site))
    site["/library"] = listing(*docs(1, 2, 3, 4, 5), following="?page=1")
    site["/library?page=1"] = listing(*docs(6, 7, 8, 9, 10))

    visited = watcher.visit(listing_source(site))

    assert visited.visit.outcome == "new"
    assert told(visited.changes) == [("removed", "Anchors")]


def test_a_page_never_leads_on(site: Site, watcher: Watcher) -> None:
    site["/page"] = html('<main><p>Words.</p></main><a rel="next" href="/page?2">Next</a>')

    watcher.visit(page_source(site))

    assert site.targets == ["/page"]


def test_each_page_is_asked_for_with_its_own_etag(site: Site, watcher: Watcher) -> None:
    site["/library"] = listing(*docs(0, 1), following="?page=1").having(ETag='"one"')
    site["/library?page=1"] = listing(*docs(2, 3)).having(ETag='"two"')
    watcher.visit(listing_source(site))
    site["/library"] = site["/library?page=1"] = Answer(status=304)

    visited = watcher.visit(listing_source(site))

    assert (visited.visit.outcome, visited.items) == ("unchanged", 4)
    assert site.asked("/library")[1].headers["if-none-match"] == '"one"'
    assert site.asked("/library?page=1")[1].headers["if-none-match"] == '"two"'


def test_a_lost_pager_after_a_removal_removes_nothing(site: Site, watcher: Watcher) -> None:
    online(site)
    three_pages(site)
    watcher.visit(listing_source(site))
    three_pages(site, *range(1, 15))
    watcher.visit(listing_source(site))
    site["/library"] = listing(*docs(1, 2, 3, 4, 5))

    visited = watcher.visit(listing_source(site))

    assert (visited.visit.outcome, visited.changes) == ("partial", ())


def test_a_redesign_with_more_items_a_page_and_no_pager_removes_nothing(
    site: Site, watcher: Watcher
) -> None:
    online(site)
    three_pages(site)
    watcher.visit(listing_source(site))
    site["/library"] = listing(*docs(0, 1, 2, 3, 4, 5, 6), noise="redesigned")

    visited = watcher.visit(listing_source(site))

    assert (visited.visit.outcome, visited.changes) == ("partial", ())


COUNTED = Recipe(read=Read.LISTING, item="li.doc", next="?page={page}")


def test_pages_that_are_counted_in_their_address_are_followed_to_the_last(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site, recipes=(COUNTED,))
    site["/library"] = listing(*docs(0, 1))
    site["/library?page=1"] = listing(*docs(2, 3))
    site["/library?page=2"] = NOT_FOUND

    visited = watcher.visit(source)

    assert (visited.visit.outcome, visited.items) == (Outcome.NEW, 4)
    assert site.targets == ["/library", "/library?page=1", "/library?page=2"]


def test_a_count_may_begin_with_another_number(site: Site, watcher: Watcher) -> None:
    source = listing_source(site, recipes=(replace(COUNTED, next="?page={page:2}"),))
    site["/library"] = listing(*docs(0, 1))
    site["/library?page=2"] = listing(*docs(2, 3))
    site["/library?page=3"] = listing(*docs(2, 3))

    visited = watcher.visit(source)

    assert (visited.visit.outcome, visited.items) == (Outcome.NEW, 4)


def test_a_counted_page_that_fails_cuts_the_walk_short(site: Site, watcher: Watcher) -> None:
    source = listing_source(site, recipes=(COUNTED,))
    site["/library"] = listing(*docs(0, 1))
    site["/library?page=1"] = Answer(status=500)

    assert watcher.visit(source).visit.outcome is Outcome.PARTIAL


def test_a_new_counted_page_is_found_though_the_others_stand(site: Site, watcher: Watcher) -> None:
    source = listing_source(site, recipes=(COUNTED,))
    site["/library"], site["/library?page=1"] = listing(*docs(0, 1)), NOT_FOUND
    watcher.visit(source)
    site["/library?page=1"], site["/library?page=2"] = listing(*docs(2)), NOT_FOUND

    assert told(watcher.visit(source).changes) == [("added", "Cranes")]


def test_pages_that_are_what_they_were_are_asked_for_in_their_order(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1), following="/library?page=1")
    site["/library?page=1"] = listing(*docs(2, 3), following="/library?page=2")
    site["/library?page=2"] = listing(*docs(4))
    watcher.visit(source)
    asked = len(site.targets)

    still = watcher.visit(source)

    assert (still.visit.outcome, still.items) == (Outcome.UNCHANGED, 5)
    assert site.targets[asked:] == ["/library", "/library?page=1", "/library?page=2"]


@pytest.mark.parametrize("changed", [0, 1, 2])
def test_a_change_on_any_page_is_found_among_pages_that_are_what_they_were(
    site: Site, watcher: Watcher, changed: int
) -> None:
    source = listing_source(site)
    targets = ["/library", "/library?page=1", "/library?page=2"]
    pages = [(0, 1), (2, 3), (4, 5)]
    for number, target in enumerate(targets):
        following = targets[number + 1] if number < 2 else None
        site[target] = listing(*docs(*pages[number]), following=following)
    watcher.visit(source)
    following = targets[changed + 1] if changed < 2 else None
    site[targets[changed]] = listing(*docs(*pages[changed], 9), following=following)

    assert told(watcher.visit(source).changes) == [("added", "Jetties")]


def test_an_answer_of_503_with_the_known_payload_is_not_the_known_page(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    healthy = listing(*docs(0, 1))
    site["/library"] = healthy
    watcher.visit(source)
    site["/library"] = replace(healthy, status=503)

    assert watcher.visit(source).visit.outcome is Outcome.FAILED
