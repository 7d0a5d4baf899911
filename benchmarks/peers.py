"""Other ways to compare two pages: what Python and lxml offer for HTML or lines of text."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from difflib import ndiff, unified_diff
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class Peer:
    """A comparison of two pages' characters, and the name it goes by."""

    name: str
    compare: Callable[[str, str], object]


def htmldiff(old: str, new: str) -> str:
    """Return the new page with words marked as inserted or deleted."""
    from lxml.html.diff import htmldiff as marked

    return str(marked(old, new))


def line_words(old: str, new: str) -> None:
    """Tell lines apart, and what changed inside like ones: difflib.ndiff."""
    deque(ndiff(old.splitlines(), new.splitlines()), maxlen=0)


def lines(old: str, new: str) -> None:
    """Tell lines apart: difflib.unified_diff."""
    deque(unified_diff(old.splitlines(), new.splitlines()), maxlen=0)


def peers() -> list[Peer]:
    """Return the peers that are installed; lxml is an extra."""
    standard = [Peer("difflib.ndiff", line_words), Peer("difflib.unified_diff", lines)]
    return [Peer("lxml htmldiff", htmldiff), *standard] if find_spec("lxml") else standard
