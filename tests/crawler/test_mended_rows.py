"""Layouts in which known items are found again, and nothing else with them."""

from collections.abc import Callable
from html import escape

import pytest

from crawler.mending import Mend, Page, propose
from snapshots.records import Item, Read, Recipe

TITLES = (
    "Alden Field Office Directive",
    "Boulder Annual Report",
    "Camden Privacy Assessment",
    "Dayton Detention Audit",
    "Elgin Fact Sheet",
    "Fargo Transport Notice",
    "Gary Medical Standards",
)
KNOWN = [
    Item(
        str(number),
        title,
        f"https://agency.gov/node/{number}",
        f"What {title} says of its matter, in a sentence or two.",
    )
    for number, title in enumerate(TITLES)
]
OLD = Recipe(read=Read.LISTING, item="div.old", title="h3", link="h3 a@href", summary="p.teaser")
MENU = "".join(
    f'<li><a href="/{name.lower()}">{name}</a></li>'
    for name in ("Home", "Newsroom", "Library", "Contact", "Careers", "Offices")
)


def link(item: Item) -> str:
    return f'<a href="{item.url}">{escape(item.title or "")}</a>'


def plain() -> str:
    """Lists without a class, as the menu is one."""
    months = (KNOWN[:4], KNOWN[4:])
    lists = "".join(
        f"<h3>{month}</h3><ul>{''.join(f'<li>{link(item)}</li>' for item in items)}</ul>"
        for month, items in zip(("May", "April"), months, strict=True)
    )
    return f'<div class="entry-content"><p>Opinions are issued on Mondays.</p>{lists}</div>'


def cards() -> str:
    """Items that are links themselves, and say nothing but their titles."""
    return "".join(f'<a class="card" href="{i.url}">{escape(i.title or "")}</a>' for i in KNOWN)


def grid() -> str:
    """Cells of a grid, whose names tell their widths alone."""
    return '<div class="table-responsive">' + "".join(
        f'<div class="row pb-3"><div class="col-3"><div class="row"><a href="{item.url}">No. '
        f'{item.key}/24</a></div></div><div class="col-9"><div class="row">{item.title}</div>'
        f'<div class="row"><i><span class="small">May {int(item.key) + 1}, 2024</span></i></div>'
        "</div></div>"
        for item in KNOWN
    )


def annotated() -> str:
    """Items of which one has a note, where each had a summary."""
    rows = [f'<li class="doc"><h4>{link(item)}</h4></li>' for item in KNOWN]
    rows[3] = rows[3].replace("</li>", "<p>Replaced on Monday.</p></li>")
    return f'<ul class="docs">{"".join(rows)}</ul>'


def pinned() -> str:
    """Rows of one class, of which some are of other classes too, and are no items."""
    rows = "".join(f'<tr class="thread plain"><td>{link(item)}</td></tr>' for item in KNOWN)
    top = "".join(
        f'<tr class="thread pinned"><td><a href="/rules/{n}">Rule {n} of this list</a></td></tr>'
        for n in range(3)
    )
    return f'<table class="threads"><tbody>{top}{rows}</tbody></table>'


def mended(content: Callable[[], str]) -> Mend | None:
    page = f'<body><div class="top"><ul>{MENU}</ul></div><div id="content">{content()}</div></body>'
    payload = f"<!doctype html><html><title>Library</title>{page}</html>".encode()
    return propose([Page(payload, "https://agency.gov/library", "text/html")], OLD, KNOWN)


@pytest.mark.parametrize("content", [plain, cards, grid, annotated, pinned])
def test_the_known_items_are_found_with_their_titles_and_links(content: Callable[[], str]) -> None:
    found = mended(content)

    assert found is not None
    assert [(i.title, i.url) for i in found.items] == [(i.title, i.url) for i in KNOWN]


def test_a_column_that_few_items_have_is_read_no_more() -> None:
    found = mended(annotated)

    assert found is not None
    assert {item.summary for item in found.items} == {None}
    assert "no item shows a summary any more: it is not compared" in found.remarks
