"""Publications in several rows of one listing: featured, pinned, under two headings."""

from dataclasses import replace

import pytest
from support import Site, Watcher, docs, html, listing, listing_source, online, told

from crawler.config import Source
from crawler.listed_twice import listed_once
from snapshots.records import Item, Outcome

SECOND = "/library?page=1"
WHOLE = {"summary": "How piers are built and kept.", "published": "2024-01-05"}


def item(key: str, title: str | None = "Piers", **said: object) -> Item:
    return Item(key, title, "https://agency.example/piers")._replace(**said)  # type: ignore[arg-type]


@pytest.fixture
def source(site: Site) -> Source:
    online(site)
    return listing_source(site)


def test_items_that_are_featured_in_turn_are_neither_added_nor_removed(
    site: Site, watcher: Watcher, source: Source
) -> None:
    found = []
    for featured in ((0, 1), (2, 3), (2, 3), (6, 7), (0, 1), (0, 1)):
        site["/library"] = listing(*docs(*featured, 0, 1, 2, 3, 4), following=SECOND)
        site[SECOND] = listing(*docs(5, 6, 7))
        found += watcher.visit(source).changes

    assert told(found) == []


def test_a_featured_item_that_leaves_the_whole_list_is_removed(
    site: Site, watcher: Watcher, source: Source
) -> None:
    site["/library"] = listing(*docs(2, 0, 1, 2, 3, 4))
    watcher.visit(source)
    site["/library"] = listing(*docs(2, 0, 1, 3, 4))

    featured = watcher.visit(source)
    site["/library"] = listing(*docs(0, 1, 3, 4))
    later = [change for _ in range(2) for change in watcher.visit(source).changes]

    assert (featured.visit.outcome, featured.changes) == (Outcome.UNCHANGED, ())
    assert told(later) == [("removed", "Cranes")]


def test_an_item_that_leaves_one_of_two_sections_changes_its_section(
    site: Site, watcher: Watcher, source: Source
) -> None:
    def sections(*numbers: int) -> str:
        rows = "".join(
            f'<li class="doc"><a href="{link}">{title}</a></li>' for link, title in docs(*numbers)
        )
        return f"<ul>{rows}</ul>"

    recipe = replace(source.recipes[0], section="< h2")
    source = replace(source, recipes=(recipe,))
    first = f"<h2>Harbors</h2>{sections(0, 1, 2)}<h2>Policy</h2>"
    site["/library"] = html(f"<main>{first}{sections(2, 3, 4)}</main>")
    watcher.visit(source)
    site["/library"] = html(f"<main>{first}{sections(3, 4)}</main>")

    (found,) = watcher.visit(source).changes

    section = found.change.fields["section"]
    assert found.change.changed == ("section",)
    assert (section.old, section.new) == ("Harbors; Policy", "Harbors")


def test_rows_that_leave_something_out_are_filled_from_the_others() -> None:
    rows = [
        item("a"),
        item("a-2", summary="All of it.", published="2024-01-05", fields={"number": "7"}),
    ]

    assert listed_once(rows) == (
        item("a", summary="All of it.", published="2024-01-05", fields={"number": "7"}),
    )


def test_a_row_that_is_cut_short_says_what_the_whole_one_does() -> None:
    rows = [
        item("a", "Piers of the eastern…", summary="How piers are…", published="2 days ago"),
        item("a-2", "Piers of the eastern shore", **WHOLE),
    ]

    assert listed_once(rows) == (rows[1]._replace(key="a", published="2 days ago"),)


@pytest.mark.parametrize(
    "other",
    [
        item("b", "Piers, in Spanish"),
        item("b", published="2023-01-05"),
        item("b", summary="Another summary."),
        item("b", fields={"number": "8"}),
        item("b", url="https://agency.example/piers#annex"),
        item("b", url=None),
    ],
    ids=["title", "date", "summary", "column", "link", "no_link"],
)
def test_rows_stay_apart_when_they_differ_in_their(other: Item) -> None:
    rows = (
        item("a", summary="All of it.", published="2024-01-05", fields={"number": "7"}),
        other,
        item("c", "Quays", url="https://agency.example/quays"),
    )

    assert listed_once(rows) == rows


def test_rows_without_a_link_or_a_title_stay_apart() -> None:
    rows = (
        item("a", url=None),
        item("b", url=None),
        item("c", title=None),
        item("d", title=None),
    )

    assert listed_once(rows) == rows
