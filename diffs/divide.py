"""Dividing: two texts of megabytes cut at the same words, to be compared piece by piece."""

import re
from collections.abc import Iterator

from diffs.align import rising
from diffs.wholes import is_inside

# Larger texts, in characters of both, are cut before they are compared.
LARGEST = 200_000
# Where to look for cuts: before the white space that follows every eighth character that
# there is. What was put in elsewhere does not change where that is.
_PLACE = re.compile(
    "(?<=[" + "".join(chr(n) for n in range(0x30, 0x3000, 8) if n != 0x5C if n != 0x5D) + r"])\s"
)
# A cut is made where so many characters from it on occur once on both sides.
KEY_CHARS = 24
# No passage but the last is shorter on the old side.
SHORTEST = 2_000


def passages(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield two texts as pairs of passages, in order, each of which begins alike.

    Texts of ordinary size are one pair. No word, and no date, citation or quoted phrase,
    is cut. Time and memory are in proportion to the texts, and a tenth of the memory of
    taking them apart word by word.
    """
    begun_old = begun_new = 0
    for here, there in _cuts(old, new) if len(old) + len(new) > LARGEST else ():
        yield old[begun_old:here], new[begun_new:there]
        begun_old, begun_new = here, there
    yield old[begun_old:], new[begun_new:]


def _cuts(old: str, new: str) -> Iterator[tuple[int, int]]:
    places_old, places_new = _places(old), _places(new)
    shared = [
        (here, places_new[key])
        for key, here in places_old.items()
        if here >= 0 and places_new.get(key, -1) >= 0
    ]
    last = 0
    for here, there in rising(shared):
        if here - last < SHORTEST or is_inside(old, here) or is_inside(new, there):
            continue
        yield here, there
        last = here


def _places(text: str) -> dict[int, int]:
    """Where to cut, by the hash of what follows; -1 for what occurs again."""
    places: dict[int, int] = {}
    for found in _PLACE.finditer(text):
        place = found.start()
        key = hash(text[place : place + KEY_CHARS])
        places[key] = -1 if key in places else place
    return places
