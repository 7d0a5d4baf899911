"""Splits and merges: one item that became two, and two that became one."""

import pytest

from diffs.splits import Merge, Split, divided, flags_of_places
from snapshots.records import Flag, Item

CUSTODY = (
    "How officers detain families at the border and how long they may be held in custody "
    "before release."
)
GRANTS = (
    "Grants to cities and counties pay for shelter, food and transport of people released "
    "from facilities."
)
APPLES = "The harvest of apples was good this year, said the minister of farming on Monday."


def item(title, summary):
    return Item(key=title, title=title, summary=summary)


WHOLE = [item("Custody and Grants", f"{CUSTODY} {GRANTS}"), item("Apples", APPLES)]
PARTS = [item("Custody", CUSTODY), item("Apples", APPLES), item("Grants", GRANTS)]


@pytest.mark.parametrize("pairs", [[(0, 0), (1, 1)], [(1, 1)]], ids=["changed", "removed"])
def test_an_item_whose_wording_two_new_ones_divide_was_split(pairs):
    assert divided(WHOLE, PARTS, pairs)[0] == [Split(0, (0, 2))]


@pytest.mark.parametrize("pairs", [[(0, 0), (1, 1)], [(1, 1)]], ids=["changed", "added"])
def test_two_items_whose_wording_is_now_one_were_merged(pairs):
    assert divided(PARTS, WHOLE, [(b, a) for a, b in pairs])[1] == [Merge((0, 2), 0)]


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        pytest.param(WHOLE, [*WHOLE, item("Grants", GRANTS)], [(0, 0), (1, 1)],
                     id="a part is said once more"),
        pytest.param(WHOLE, [item("Custody", CUSTODY), WHOLE[1]], [(0, 0), (1, 1)],
                     id="a part is gone"),
        pytest.param(WHOLE, [item("Custody", CUSTODY), WHOLE[1], item("Harvest", "Of pears.")],
                     [(0, 0), (1, 1)], id="something else was added"),
        pytest.param([item("Custody", CUSTODY)], [item("Custody", "Other."), WHOLE[1]], [(0, 0)],
                     id="nothing is left of the wording"),
        pytest.param([item("Report", "On custody.")], [item("Report", None), item("On", "custody")],
                     [(0, 0)], id="the wording is short"),
    ],
)  # fmt: skip
def test_nothing_was_split_when(old, new, pairs):
    assert divided(old, new, pairs)[0] == []


def test_whole_and_parts_carry_the_flag():
    of_old, of_new = flags_of_places([Split(0, (0, 2))], [Merge((3, 4), 5)])

    assert of_old == {0: Flag.SPLIT, 3: Flag.MERGED, 4: Flag.MERGED}
    assert of_new == {0: Flag.SPLIT, 2: Flag.SPLIT, 5: Flag.MERGED}
