"""A wording that an item says in several places: ``{td.party}, {td.seat}``. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from snapshots.extract.html import Document
from snapshots.extract.selectors import (
    ItemNodes,
    first_in_each,
    parse_selector,
    selector_problem,
    values_of,
)
from snapshots.extract.wording import said

_PLACE = re.compile(r"\{([^{}]*)\}")
# Where CSS has braces: in quotes, and after a backslash.
_QUOTED = re.compile(r"""(["'])(?:\\.|(?!\1)[^\\])*+\1|\\.""", re.DOTALL)
# Between two places: brackets that end with the first, a joiner, those that begin the second.
_BETWEEN = re.compile(r"([)\]]*)(.*?)([(\[]*)", re.DOTALL)
_OPENING, _CLOSING = re.compile(r"[(\[]"), re.compile(r"[)\]]")


class Place(NamedTuple):
    """One place of a wording, and the constant text around it.

    ``before`` and ``after``, such as brackets, are said with it; ``joiner`` only where an
    earlier place says something too.
    """

    selector: str
    joiner: str = ""
    before: str = ""
    after: str = ""


def is_joined(written: str) -> bool:
    """Whether a selector of a recipe names places in braces, as CSS never does."""
    return "{" in written and "{" in _QUOTED.sub("", written)


@lru_cache(maxsize=1_024)
def places_in(written: str) -> tuple[Place, ...]:
    """Return the places that a wording is read from: of a plain selector, the one it names."""
    if not is_joined(written):
        return (Place(written),)
    texts, selectors = _PLACE.split(written)[::2], _PLACE.findall(written)
    between = [found.groups() for text in texts[1:-1] if (found := _BETWEEN.fullmatch(text))]
    afters = [*(after for after, _, _ in between), texts[-1]]
    joiners = ["", *(joiner for _, joiner, _ in between)]
    befores = [texts[0], *(before for _, _, before in between)]
    return tuple(map(Place, selectors, joiners, befores, afters))


def say(places: Sequence[Place], values: Sequence[str | None]) -> str | None:
    """Return what places say together, or None; one that says nothing is left out."""
    told: list[str] = []
    for place, value in zip(places, values, strict=True):
        if value:
            told += [place.joiner if told else "", place.before, value, place.after]
    return said("".join(told))


def wordings_of(document: Document, items: ItemNodes, written: str) -> list[str | None]:
    """Return what every item says where a recipe reads a wording."""
    columns, places = columns_of(document, items, written), places_in(written)
    if not is_joined(written):
        return columns[0]
    return [say(places, values) for values in zip(*columns, strict=True)]


def columns_of(document: Document, items: ItemNodes, written: str) -> list[list[str | None]]:
    """Return, for each place of a wording, what every item says there."""
    return [_column(document, items, place.selector) for place in places_in(written)]


def _column(document: Document, items: ItemNodes, written: str) -> list[str | None]:
    css, attribute = parse_selector(written)
    return values_of(first_in_each(document, items, css), attribute)


def wording_problem(written: str) -> str | None:
    """Return what is wrong with what a recipe reads a wording by, or None."""
    if not is_joined(written):
        return selector_problem(written)
    if set(_PLACE.sub("", written)) & set("{}"):
        return f"has a brace without its other: {written!r}; write {{SELECTOR}}, {{SELECTOR}}"
    for place in places_in(written):
        if not place.selector.strip():
            return f"has nothing between its braces: {written!r}; write {{SELECTOR}}"
        if told := selector_problem(place.selector):
            return told
        if len(_OPENING.findall(place.before)) != len(_CLOSING.findall(place.after)):
            return f"has brackets that are not around one place: {written!r}"
    return None
