"""Parameters that every link of a list has alike, and that change with every visit."""

import pytest

from diffs.shared_parameters import at_new_addresses
from snapshots.records import Item

NAMES = ("anchors", "bridges", "cranes", "docks", "ferries", "harbors")


def linked(query: str, names: tuple[str, ...] = NAMES) -> list[Item]:
    """Items whose links end with a query; ``{}`` in it is each one's number."""
    return [
        Item(name, name.title(), f"https://x.gov/{name}{query.format(number)}")
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("?sid=5d41", "?sid=7c2a"),
        ("?v=1700000000&lang=en", "?lang=en&v=1700086400"),
        ("", "?src=list"),
        ("?src=list", ""),
        ("?id={}&sid=5d41", "?id={}&sid=7c2a"),
    ],
    ids=["a_session", "a_moment", "it_came", "it_went", "beside_what_selects"],
)
def test_items_have_the_new_address_when_a_parameter_of_all_changes(old: str, new: str) -> None:
    assert at_new_addresses(linked(old), linked(new)) == linked(new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("?id={}", "?id=9{}"),
        ("?id={}", ""),
        ("", "?id={}"),
        ("#a", "#b"),
    ],
    ids=["other_documents", "they_have_none_now", "they_have_one_now", "no_parameter"],
)
def test_a_parameter_that_differs_from_link_to_link_stays(old: str, new: str) -> None:
    assert at_new_addresses(linked(old), linked(new)) == linked(old)


def test_an_item_that_came_and_one_that_was_relinked_have_their_own_address() -> None:
    old = [*linked("?sid=1"), Item("piers", "Piers", "https://x.gov/old-place?sid=1")]
    new = [
        *linked("?sid=2", (*NAMES, "jetties")),
        Item("piers", "Piers", "https://x.gov/new-place?sid=2"),
    ]

    assert at_new_addresses(old, new) == [*new[:6], old[6]]


def test_a_list_of_few_links_tells_nothing_of_its_parameters() -> None:
    old, new = linked("?sid=1", NAMES[:4]), linked("?sid=2", NAMES[:4])

    assert at_new_addresses(old, new) == old


def test_documents_that_only_the_parameter_tells_apart_stay_apart() -> None:
    old = [Item(str(n), f"Part {n}", f"https://x.gov/view?id={n}") for n in range(6)]
    new = [Item(str(n), f"Part {n}", "https://x.gov/view?id=7") for n in range(6)]

    assert at_new_addresses(old, new) == old
