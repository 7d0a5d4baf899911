"""Columns that a new layout says otherwise of nearly every item."""

import pytest

from diffs.compare import remade_columns
from diffs.match import match
from snapshots.records import Item

OLD = [
    Item(
        key=str(n),
        title=f"Title {n} of the {word}",
        url=f"https://a.gov/node/{n}",
        summary=f"It tells at length what the {word} does with criminal aliens in its custody.",
    )
    for n, word in enumerate(("harbor", "bridge", "ferry", "canal", "quay"))
]


def changed(**columns: str) -> list[Item]:
    """The same items with other columns; ``{}`` stands for what they said."""
    return [
        Item(**{**_told(item), **{n: v.format(_told(item)[n]) for n, v in columns.items()}})
        for item in OLD
    ]


def _told(item: Item) -> dict[str, str]:
    return {"key": item.key, "title": item.title, "url": item.url, "summary": item.summary}


@pytest.mark.parametrize(
    ("new", "remade"),
    [
        (changed(), set()),
        (changed(url="{}/index"), {"url"}),
        (changed(summary="Download this as a PDF."), {"summary"}),
        (changed(summary="{:.30}"), {"summary"}),
        (changed(title="{} (PDF)"), set()),
        ([*changed(url="{}/index")[:3], *OLD[3:]], set()),
    ],
    ids=["nothing", "addresses", "another column", "cut short", "titles", "some addresses"],
)
def test_a_column_is_remade_when_it_says_something_else_nearly_everywhere(
    new: list[Item], remade: set[str]
) -> None:
    assert remade_columns(OLD, new, match(OLD, new)) == remade


def test_wording_that_was_edited_counts_however_many_items_have_it() -> None:
    new = [
        Item(**{**_told(item), "summary": _told(item)["summary"].replace("aliens", "noncitizens")})
        for item in OLD
    ]

    assert remade_columns(OLD, new, match(OLD, new)) == frozenset()
