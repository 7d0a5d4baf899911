"""Items that are missing between the pages of a listing were not seen, and are not removed."""

import pytest
from support import Answer, Site, Watcher, docs, listing, listing_source, online, page, told

from crawler.config import Source
from crawler.page_gaps import cut_off, half_empty, outdated
from snapshots.records import Outcome

SECOND, THIRD = "/library?page=1", "/library?page=2"


@pytest.fixture
def source(site: Site) -> Source:
    online(site)
    return listing_source(site)


def paged(site: Site, *pages: tuple[int, ...]) -> None:
    """Serve a listing in so many pages."""
    targets = ("/library", SECOND, THIRD)[: len(pages)]
    for place, target in enumerate(targets):
        following = targets[place + 1] if place + 1 < len(targets) else None
        site[target] = listing(*docs(*pages[place]), following=following)


def test_an_item_pushed_off_its_page_is_not_removed_while_the_next_is_an_old_copy(
    site: Site, watcher: Watcher, source: Source
) -> None:
    paged(site, (0, 1, 2), (3, 4, 5), (6, 7))
    watcher.visit(source)
    site["/library"] = listing(*docs(9, 0, 1), following=SECOND)

    stale = [watcher.visit(source) for _ in range(3)]
    paged(site, (9, 0, 1), (2, 3, 4), (5, 6, 7))
    healed = watcher.visit(source)

    assert [each.visit.outcome for each in stale] == [Outcome.PARTIAL] * 3
    assert stale[0].visit.reason == (
        "page 2 of the listing is what it was, though new rows push others off page 1: "
        "it may be an old copy"
    )
    assert told(change for each in (*stale, healed) for change in each.changes) == [
        ("added", "Jetties")
    ]


def test_an_item_reworded_and_moved_is_one_while_its_old_page_is_an_old_copy(
    site: Site, watcher: Watcher, source: Source
) -> None:
    paged(site, (0, 1, 2), (3, 4, 5), (6, 7))
    watcher.visit(source)
    new = ("/doc/4", "Estuaries of the north")
    site["/library"] = listing(new, *docs(0, 1), following=SECOND)

    stale = [watcher.visit(source) for _ in range(2)]
    site[SECOND] = listing(*docs(2, 3, 5), following=THIRD)
    healed = [watcher.visit(source) for _ in range(2)]

    found = told(change for each in (*stale, *healed) for change in each.changes)
    assert found == [("changed", "Estuaries of the north")]


def test_an_item_that_moved_up_is_not_removed_while_the_page_before_is_an_old_copy(
    site: Site, watcher: Watcher, source: Source
) -> None:
    paged(site, (0, 1, 2), (3, 4, 5), (6, 7))
    watcher.visit(source)
    site[SECOND] = listing(*docs(4, 5, 6), following=THIRD)
    site[THIRD] = listing(*docs(7))

    stale = [watcher.visit(source) for _ in range(3)]
    site["/library"] = listing(*docs(0, 2, 3), following=SECOND)
    healed = [watcher.visit(source) for _ in range(2)]

    assert [each.visit.outcome for each in stale] == [Outcome.PARTIAL] * 3
    assert stale[0].visit.reason == (
        "page 1 of the listing is what it was, though rows moved up from page 2: "
        "it may be an old copy"
    )
    assert told(change for each in (*stale, *healed) for change in each.changes) == [
        ("removed", "Bridges")
    ]


def test_what_is_missing_beside_an_old_page_is_removed_when_no_cache_would_hold_it_so_long(
    site: Site, watcher: Watcher, source: Source
) -> None:
    paged(site, (0, 1, 2), (3, 4, 5), (6, 7))
    watcher.visit(source)
    site[SECOND] = listing(*docs(4, 5, 6), following=THIRD)
    site[THIRD] = listing(*docs(7))

    found = [watcher.visit(source) for _ in range(8)]

    assert [str(each.visit.outcome) for each in found[:-1]] == ["partial"] * 6 + ["new"]
    assert told(found[-1].changes) == [("removed", "Docks")]


def test_an_item_pushed_off_its_page_whose_link_is_dead_is_removed_at_once(
    site: Site, watcher: Watcher, source: Source
) -> None:
    paged(site, (0, 1, 2), (3, 4, 5), (6, 7))
    watcher.visit(source)
    site["/library"] = listing(*docs(9, 0, 1), following=SECOND)
    site["/doc/2"] = Answer(status=404)

    found = watcher.visit(source)

    assert found.visit.outcome == Outcome.NEW
    assert told(found.changes) == [("added", "Jetties"), ("removed", "Cranes")]


def test_an_item_at_the_end_of_its_page_is_removed_when_the_next_page_was_asked_anew(
    site: Site, watcher: Watcher, source: Source
) -> None:
    paged(site, (0, 1, 2), (3, 4, 5), (6, 7))
    watcher.visit(source)
    site["/library"] = listing(*docs(9, 0, 1), following=SECOND)
    site[SECOND] = listing(*docs(3, 4, 5), following=THIRD, noise="made anew")

    found = [change for _ in range(2) for change in watcher.visit(source).changes]

    assert told(found) == [("added", "Jetties"), ("removed", "Cranes")]


def test_a_page_that_comes_half_empty_removes_nothing(
    site: Site, watcher: Watcher, source: Source
) -> None:
    paged(site, (0, 1, 2, 3), (4, 5, 6, 7), (8, 9))
    watcher.visit(source)
    site[SECOND] = listing(*docs(4), following=THIRD)

    short = [watcher.visit(source) for _ in range(3)]
    paged(site, (0, 1, 2, 3), (4, 5, 6, 7), (8, 9))
    healed = watcher.visit(source)

    assert [each.visit.outcome for each in short] == [Outcome.PARTIAL] * 3
    assert short[0].visit.reason == "page 2 of the listing shows 1 of the 4 rows that others show"
    assert told(change for each in (*short, healed) for change in each.changes) == []


def test_a_list_that_lost_its_pager_and_its_order_removes_nothing(
    site: Site, watcher: Watcher, source: Source
) -> None:
    paged(site, (0, 1, 2, 3), (4, 5, 6))
    watcher.visit(source)
    site["/library"] = listing(*docs(6, 5, 4, 3))

    cut = [watcher.visit(source) for _ in range(3)]

    assert [each.visit.outcome for each in cut] == [Outcome.PARTIAL] * 3
    assert cut[0].visit.reason == "the listing led to 1 of 2 pages only, in another order"
    assert told(change for each in cut for change in each.changes) == []


def test_a_list_that_became_shorter_by_its_last_page_removes_what_is_missing(
    site: Site, watcher: Watcher, source: Source
) -> None:
    paged(site, (0, 1, 2, 3), (4,))
    site["/doc/2"] = page("All of Cranes, still online for whoever has its address.")
    watcher.visit(source)
    site["/library"] = listing(*docs(0, 1, 3, 4))

    found = [change for _ in range(2) for change in watcher.visit(source).changes]

    assert told(found) == [("removed", "Cranes")]


PAGES = (("a", "b", "c"), ("d", "e", "f"), ("g",))


@pytest.mark.parametrize(
    ("new", "is_doubted"),
    [
        ((("a", "b", "c"), ("d",), ("g",)), True),
        ((("a",), ("d",), ("g",)), False),
        ((("a", "b", "c"), ("d", "e", "f")), False),
        ((("a", "b", "c", "d"), ("e",)), False),
    ],
    ids=["one_is_short", "all_are_short", "none_is_short", "they_are_longer"],
)
def test_a_page_is_half_empty_only_beside_full_ones(
    new: tuple[tuple[str, ...], ...], is_doubted: bool
) -> None:
    assert bool(half_empty(PAGES, new)) == is_doubted


def test_pages_that_were_never_equally_long_are_not_half_empty() -> None:
    by_year = (("a", "b", "c"), ("d",), ("e", "f"), ("g",))

    assert half_empty(by_year, (("a", "b", "c"), (), ("e", "f"), ("g",))) is None


def test_a_shorter_list_in_its_old_order_or_with_its_pager_is_not_cut_off() -> None:
    assert cut_off(PAGES, (("a", "b", "d"),)) is None
    assert cut_off(PAGES, (("g", "f", "e"), ("c", "b", "a"))) is None
    assert cut_off(PAGES[1:], (("g", "f", "e"),)) is None
    assert cut_off(PAGES, (("g", "f", "e"),)) is not None


@pytest.mark.parametrize(
    ("first", "missing", "is_doubted"),
    [
        (("x", "a", "b"), {"c"}, True),
        (("x", "y", "a"), {"b", "c"}, True),
        (("x", "a", "c"), {"b"}, False),
        (("a", "b"), {"c"}, False),
        (("x", "a", "b"), {"c", "b"}, False),
    ],
    ids=["pushed_off", "two_pushed_off", "from_within", "nothing_came", "more_than_came"],
)
def test_a_copy_is_outdated_when_what_new_rows_push_off_stands_nowhere(
    first: tuple[str, ...], missing: set[str], is_doubted: bool
) -> None:
    new = (first, PAGES[1], PAGES[2])

    told = outdated(PAGES, new, missing, ("1", "2", "3"), ("4", "2", "3"))

    assert bool(told) == is_doubted


def test_a_page_that_may_be_an_old_copy_is_asked_again_before_links_are(
    site: Site, watcher: Watcher, source: Source
) -> None:
    paged(site, (0, 1, 2), (3, 4, 5), (6, 7))
    watcher.visit(source)
    site["/library"] = listing(*docs(9, 0, 1), following=SECOND)
    old, new = (listing(*docs(*page), following=THIRD) for page in ((3, 4, 5), (2, 3, 4)))
    site[SECOND] = [old, old, new]
    site[THIRD] = listing(*docs(5, 6, 7))
    site["/doc/2"] = Answer(status=404)

    found = watcher.visit(source)

    assert (found.visit.outcome, told(found.changes)) == (Outcome.NEW, [("added", "Jetties")])
    assert "/doc/2" not in site.targets
