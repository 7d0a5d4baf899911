"""What a page is built of: the kinds of its elements, whatever they say."""

from snapshots.extract.charset import decode
from snapshots.extract.html import parse, select


def template_of(payload: bytes, content_type: str | None) -> frozenset[str]:
    """Return the kinds of element in a page: each tag with each of its classes.

    Names with digits are left out, for they are made anew each time. Empty for plain text.
    """
    body = parse(decode(payload, content_type)).body
    kinds: set[str] = set()
    for node in select(body, "[class]") if body is not None else ():
        names = (node.attributes.get("class") or "").split()
        kinds.update(f"{node.tag}.{name}" for name in names if not _is_made_up(name))
    return frozenset(kinds)


def shared(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of all kinds of element that two pages have in common, from 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 1.0


def _is_made_up(name: str) -> bool:
    return any(mark.isdigit() for mark in name)
