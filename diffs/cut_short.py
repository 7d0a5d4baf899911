"""Wordings that a page cuts short with an ellipsis: they say less, and nothing else."""

import re

from diffs.match import folded

_ELLIPSIS = re.compile(
    r"\s*(?:…|\.{3}|\[(?:…|\.{3})\])\s*(?:(?:read|see|learn|continue) (?:more|reading)\W*)?$",
    re.IGNORECASE,
)
# What is left must say so much for the rest to be known by it.
FEWEST_CHARS = 12


def is_cut_of(short: str, whole: str) -> bool:
    """Whether one wording is the beginning of another, with an ellipsis for the rest."""
    # Most wordings have no ellipsis: to tell that is cheap.
    is_dotted = "…" in short or "..." in short
    found = _ELLIPSIS.search(short) if is_dotted else None
    if found is None:
        return False
    shown = folded(short[: found.start()]) or ""
    return len(shown) >= FEWEST_CHARS and (folded(whole) or "").startswith(shown)


def is_shown_less(one: str, other: str) -> bool:
    """Whether two wordings differ in nothing but how much of one is shown."""
    return is_cut_of(one, other) or is_cut_of(other, one)
