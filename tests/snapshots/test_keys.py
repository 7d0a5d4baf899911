"""What items go by: keys that no two share, numbered anew wherever items come together."""

import pytest

from snapshots.extract.keys import with_unique_keys
from snapshots.records import Item


@pytest.mark.parametrize(
    ("keys", "unique"),
    [
        ([], []),
        (["a", "b"], ["a", "b"]),
        (["a", "a", "b", "a"], ["a", "a-2", "b", "a-3"]),
        (["a-2"], ["a"]),
        (["a-2", "a", "b-7"], ["a", "a-2", "b"]),
    ],
)
def test_items_are_numbered_after_those_before_with_their_key(keys: list[str], unique: list[str]):
    items = with_unique_keys([Item(key, title=f"Notice {key}") for key in keys])

    assert [item.key for item in items] == unique
    assert [item.title for item in items] == [f"Notice {key}" for key in keys]
