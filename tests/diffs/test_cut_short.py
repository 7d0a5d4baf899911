"""Wordings that a page cuts short: nothing was reworded, and nothing withdrawn."""

import pytest

from diffs.compare import compare, fuller
from diffs.cut_short import is_cut_of
from snapshots.records import Item

WHOLE = "Establishes policy on the custody of noncitizen parents."
ITEM = Item("a", "Directive on parental interests", "https://x.gov/a", WHOLE)


@pytest.mark.parametrize(
    ("short", "is_cut"),
    [
        ("Establishes policy on the cus…", True),
        ("Establishes policy on the...", True),
        ("Establishes policy on the  [...]", True),
        ("Establishes policy on the… Read more »", True),
        ("Establishes policy on the", False),
        ("Establishes policy on alien…", False),
        ("Establishes…", False),
        ("…", False),
        ("", False),
    ],
)
def test_a_wording_is_cut_when_an_ellipsis_stands_for_its_rest(short: str, is_cut: bool) -> None:
    assert is_cut_of(short, WHOLE) is is_cut


@pytest.mark.parametrize("column", ["title", "summary"])
def test_a_wording_cut_short_or_shown_whole_is_no_change(column: str) -> None:
    said = getattr(ITEM, column)
    short = ITEM._replace(**{column: f"{said[:20]}…"})

    assert compare([ITEM], [short]) == compare([short], [ITEM]) == []
    assert fuller(ITEM, short) == ITEM
    assert fuller(short, ITEM) == ITEM


def test_a_further_column_that_is_cut_short_keeps_what_it_said() -> None:
    old = ITEM._replace(fields={"office": "Office of the Principal Legal Advisor", "form": "7"})
    new = ITEM._replace(fields={"office": "Office of the Principal…", "form": "8"})

    assert fuller(old, new).fields == {
        "office": "Office of the Principal Legal Advisor",
        "form": "8",
    }


def test_what_is_reworded_before_it_is_cut_is_told() -> None:
    new = ITEM._replace(summary="Establishes policy on the custody of alien…")

    assert [change.changed for change in compare([ITEM], [new])] == [("summary",)]


def test_a_block_of_a_page_is_never_taken_for_cut() -> None:
    old = Item("p", text=WHOLE, fields={"block": "paragraph"})

    assert [c.changed for c in compare([old], [old._replace(text=f"{WHOLE[:40]}…")])] == [("text",)]
