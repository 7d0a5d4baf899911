"""What a change is called in words."""

import pytest

from diffs.compare import changed
from diffs.kinds import kinds
from snapshots.records import Change, Item, Kind, Match

SAME = Match("link", 1.0)
ITEM = Item(
    key="a",
    title="Annual report",
    url="https://x.gov/a",
    summary="Officers remove criminal aliens from the interior of the country.",
    published="2021-05-01",
    section="News",
    fields={"number": "7"},
)
TEXT = Item(key="b", text="Officers remove criminal aliens from the interior of the country.")


def called(old: Item, **new: object) -> tuple[str, ...]:
    change = changed(old, old._replace(**new), SAME)
    return kinds(change) if change else ()


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ({"title": "Yearly review"}, ("retitled",)),
        ({"url": "https://y.gov/a"}, ("relinked",)),
        ({"published": "2021-06-01"}, ("redated",)),
        ({"section": "Archive"}, ("section",)),
        ({"summary": ITEM.summary.replace("aliens", "noncitizens")}, ("reworded",)),
        ({"summary": "The harvest of apples was good."}, ("rewritten",)),
        ({"summary": ITEM.summary.upper()}, ("punctuation only",)),
        ({"summary": ITEM.summary.replace(".", "!")}, ("punctuation only",)),
        ({"summary": None}, ("summary dropped",)),
        ({"published": None}, ("date dropped",)),
        ({"fields": {"number": "8"}}, ("number changed",)),
        ({"fields": {"number": "7", "office": "ICE"}}, ("office added",)),
        (
            {"title": "Yearly review", "url": "https://y.gov/a", "published": "2021-06-01"},
            ("retitled", "relinked", "redated"),
        ),
        ({"title": "Annual, report", "url": "https://y.gov/a"}, ("relinked",)),
    ],
)
def test_a_listed_items_change_is_called_by_its_fields(
    new: dict[str, object], told: tuple[str, ...]
) -> None:
    assert called(ITEM, **new) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Officers remove criminal noncitizens from the interior of the country.", "reworded"),
        ("The harvest of apples was good this year.", "rewritten"),
        ("Officers remove criminal aliens, from the interior of the country.", "punctuation only"),
    ],
)
def test_a_blocks_change_is_called_by_what_is_left_of_its_text(text: str, told: str) -> None:
    assert called(TEXT, text=text) == (told,)


@pytest.mark.parametrize("kind", [Kind.ADDED, Kind.REMOVED])
def test_what_came_or_went_has_no_kind_but_that(kind: Kind) -> None:
    assert kinds(Change(kind=kind, item=ITEM)) == ()


def test_a_block_that_moved_has_not_changed() -> None:
    assert called(TEXT, section="Elsewhere", fields={"block": "heading"}) == ()
