"""Lists that are edited while they are walked, and known bytes under another label."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from support import (
    TITLES,
    Answer,
    Request,
    Site,
    Watcher,
    docs,
    html,
    listing,
    listing_source,
    online,
    told,
)

from crawler.reading import tears
from snapshots.extract.extract import Reading
from snapshots.records import Item, Outcome, Verdict

SECOND = "/library?page=1"
MOVED = ("/doc/2", "Cranes and hoists")


def in_turn(*answers: Answer) -> Callable[[Request], Answer]:
    """A route that answers one after the other from now on, and the last for ever."""
    left = list(answers)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


@pytest.fixture(autouse=True)
def _online(site: Site) -> None:
    online(site)


def test_an_item_edited_in_a_walk_whose_second_fails_is_one_item(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    site["/library"], site[SECOND] = listing(*docs(0, 1, 2), following=SECOND), listing(*docs(3, 4))
    watcher.visit(source)
    before = listing(*docs(0, 1, 2), following=SECOND, noise="x")
    site["/library"], site[SECOND] = (
        in_turn(before, Answer(status=429)),
        listing(MOVED, *docs(3, 4)),
    )

    torn = watcher.visit(source)
    site["/library"] = listing(*docs(0, 1), following=SECOND)
    watcher.clock.at += timedelta(days=1)
    later = [change for _ in range(3) for change in watcher.visit(source).changes]

    assert (torn.visit.outcome, told(torn.changes)) == ("partial", [("changed", MOVED[1])])
    assert later == []


def test_an_item_edited_in_the_second_walk_too_is_one_item(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2), following=SECOND)
    site[SECOND] = listing(*docs(3, 4, 5))
    watcher.visit(source)
    site[SECOND] = in_turn(listing(*docs(3, 4)), listing(MOVED, *docs(3, 4)))

    torn = watcher.visit(source)
    site["/library"] = listing(*docs(0, 1), following=SECOND)
    later = [change for _ in range(3) for change in watcher.visit(source).changes]

    assert (torn.visit.outcome, told(torn.changes)) == ("partial", [("changed", MOVED[1])])
    assert told(later) == [("removed", "Ferries")]


def test_an_item_relinked_between_two_walks_is_one_item(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    old = listing(*docs(0, 1, 2, 3, 4), following=SECOND)
    new = listing(("/doc/0-v2", TITLES[0]), *docs(1, 2, 3, 4), following=SECOND)
    site["/library"], site[SECOND] = old, listing(*docs(5, 6, 7))
    watcher.visit(source)
    site["/library"], site[SECOND] = in_turn(old, new), listing(*docs(5, 6))

    found = [change for _ in range(4) for change in watcher.visit(source).changes]

    assert told(found) == [("changed", "Anchors"), ("removed", "Harbors")]


def test_two_items_that_share_a_link_on_two_pages_stay_two(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(("/form", "Application to enter"), *docs(0), following=SECOND)
    site[SECOND] = listing(("/form", "Application to enter, in Spanish"), *docs(1))

    first, still = watcher.visit(source), watcher.visit(source)

    assert (first.items, still.items) == (4, 4)
    assert (still.visit.outcome, still.changes) == (Outcome.UNCHANGED, ())


def test_the_visit_that_would_confirm_a_removal_walks_twice_too(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2, 3, 4), following=SECOND)
    site[SECOND] = listing(*docs(5, 6, 7))
    watcher.visit(source)
    site[SECOND] = listing(*docs(6, 7))
    watcher.visit(source)
    before = listing(*docs(0, 1, 2, 3, 4), following=SECOND, noise="b")
    site["/library"] = in_turn(before, listing(*docs(5, 0, 1, 2, 3), following=SECOND))
    site[SECOND] = listing(*docs(4, 6, 7))

    found = [change for _ in range(3) for change in watcher.visit(source).changes]

    assert found == []


def test_a_new_later_page_that_is_cut_is_not_believed(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2, 3))
    watcher.visit(source)
    whole = listing(*docs(4, 5, 6, 7)).having(ETag='"9"')
    site["/library"] = listing(*docs(0, 1, 2, 3), following=SECOND)
    site[SECOND] = replace(whole, body=whole.body[: whole.body.index(b"Gantries")], length=-1)

    cut = watcher.visit(source)
    site[SECOND] = whole
    healthy = watcher.visit(source)

    assert (cut.visit.outcome, cut.changes) == ("partial", ())
    assert len(healthy.changes) == 4


def test_pages_with_another_address_each_time_are_counted_by_walk(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    asked = {"times": 0, "pages": 3}
    parts = (docs(0, 1, 2), docs(3, 4, 5), docs(6, 7, 8))

    def page(request: Request) -> Answer:
        asked["times"] += 1
        number = int((request.target.partition("page=")[2] or "0").split("&")[0])
        more = f"/library?page={number + 1}&t={asked['times']}"
        following = more if number + 1 < asked["pages"] else None
        noise = str(asked["times"])
        return listing(*parts[number], following=following, noise=noise)

    site["/library"] = page
    watcher.visit(source)
    asked["pages"] = 2

    found = [watcher.visit(source) for _ in range(3)]

    assert [(each.visit.outcome, each.changes) for each in found] == [("partial", ())] * 3


# Known bytes under another label.


def sheet(*blocks: str) -> Answer:
    return html("<main>\n" + "\n".join(f"<p>{block}</p>" for block in blocks) + "\n</main>")


BLOCKS = [f"{title} are inspected in spring and in autumn." for title in TITLES[:8]]


def test_a_304_that_names_another_type_is_still_the_page_that_is_held(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    first = listing(*docs(*range(6)), following="/library?page=2").having(ETag='"1"')
    site["/library"] = [first, Answer(status=304).having(Content_Type="text/plain", ETag='"1"')]
    site["/library?page=2"] = [listing(*docs(6)), listing(*docs(6, 7))]
    watcher.visit(source)

    assert told(watcher.visit(source).changes) == [("added", "Harbors")]


def test_a_wrong_label_once_does_not_become_what_is_expected(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(*range(8)))
    watcher.visit(source)
    site["/library"] = replace(site.routes["/library"], headers=(("Content-Type", "image/png"),))
    watcher.visit(source)
    site["/library"] = listing(*docs(*range(9)))

    healthy = watcher.visit(source)

    assert (healthy.visit.outcome, told(healthy.changes)) == ("new", [("added", "Islands")])


def test_a_rolled_off_item_that_returned_and_is_taken_down_has_not_rolled_off(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    for numbers in ((0, 1, 2, 3, 4, 5), (6, 0, 1, 2, 3, 4), (6, 5, 0, 1, 2, 3, 4)):
        site["/library"] = listing(*docs(*numbers))
        watcher.visit(source)
    site["/library"] = listing(*docs(6, 0, 1, 2, 3, 4))
    watcher.visit(source)

    (removed,) = watcher.visit(source).changes

    assert removed.change.verdict is Verdict.DELISTED


@pytest.mark.parametrize(
    ("pages", "is_torn"),
    [
        ([[("/a", "One")], [("/b", "Two")]], False),
        ([[("/a", "One"), ("/a", "Two")]], False),
        ([[("/a", "One")], [("/a", "One")]], False),
        ([[("/a", "One")], [("/a", "Two")]], True),
        ([[("/a", "One")], [("/b", "One")]], True),
    ],
)
def test_pages_that_contradict_each_other_are_torn(
    pages: list[list[tuple[str, str]]], is_torn: bool
) -> None:
    readings = [
        Reading(tuple(Item(key=u + t, url=u, title=t, summary=f"On {t}.") for u, t in page))
        for page in pages
    ]

    assert bool(tears(readings)) is is_torn
