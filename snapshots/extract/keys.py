"""Keys: what an item goes by while nothing is known of its past."""

from collections.abc import Iterable
from hashlib import sha256

from snapshots.records import Item

KEY_DIGITS = 12


def natural_key(url: str | None, *wording: str | None) -> str:
    """Return the key of an item with that link, or, without one, that wording."""
    made_of = url or "\n".join([part or "" for part in wording])
    return sha256(made_of.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_DIGITS]


def with_unique_keys(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return items with a number after each key that an item before has taken."""
    told = tuple(items)
    keys = [item.key for item in told]
    if len({*keys}) == len(keys) and not any("-" in key for key in keys):
        return told
    taken: dict[str, int] = {}
    keyed = []
    for item in told:
        key = item.key.partition("-")[0]
        taken[key] = taken.get(key, 0) + 1
        unique = key if taken[key] == 1 else f"{key}-{taken[key]}"
        keyed.append(item if item.key == unique else item._replace(key=unique))
    return tuple(keyed)
