"""When two dates of one item say the same, though they are written differently."""

import pytest

from diffs.compare import changed
from diffs.same_date import is_relative, is_same_date
from snapshots.records import Flag, Item, Match

SAME = Match("link", 1.0)


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("2023-11-20T12:00:00Z", "2023-11-20", True),
        ("2023-11-20T05:00:00Z", "2023-11-20T00:00:00-05:00", True),
        ("2023-11-20T05:00Z", "2023-11-20T05:00:00", True),
        ("3 days ago", "4 days ago", True),
        ("Updated: 2 hours ago", "2024-01-05", True),
        ("yesterday at 5 p.m.", "2024-01-05T17:00:00Z", True),
        ("hace 3 días", "hace 4 días", True),
        ("2023-11-20", "2023-11-21", False),
        ("2023-11-20T12:00:00Z", "2023-11-21", False),
        ("2023-11-20T05:00:00Z", "2023-11-20T05:00:00-05:00", False),
        ("2023-11", "2023-11-20", False),
        ("Spring 2023", "Spring 2024", False),
        ("2023-11-20/2023-12-01", "2023-11-20", False),
        ("2023-11-20T99:00", "2023-11-20T98:00", False),
    ],
)
def test_dates_are_one_when_no_reader_could_tell_a_change(
    old: str, new: str, is_same: bool
) -> None:
    assert is_same_date(old, new) is is_same
    assert is_same_date(new, old) is is_same


@pytest.mark.parametrize("written", ["2024-01-05", "Spring 2024", "3 days", "agog", ""])
def test_a_date_is_not_told_from_the_day_of_reading(written: str) -> None:
    assert not is_relative(written)


def test_a_rewording_under_a_relative_date_is_not_called_stealth() -> None:
    old = Item("a", "Fees for aliens", published="3 days ago")

    told = changed(old, old._replace(title="Fees for noncitizens", published="4 days ago"), SAME)

    assert told is not None
    assert (told.changed, told.flags) == (("title",), ())
    dated = changed(
        old._replace(published="2024-01-05"),
        old._replace(title="Fees for noncitizens", published="2024-01-05T08:00:00Z"),
        SAME,
    )
    assert dated is not None
    assert dated.flags == (Flag.STEALTH,)
