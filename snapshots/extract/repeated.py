"""Where a listing has no recipe: the elements that repeat and carry links."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from snapshots.extract.html import Document, Node, select, text_of
from snapshots.extract.wording import clean

ROWS = frozenset(("li", "tr", "article", "dt", "div", "section", "p", "h2", "h3", "h4"))
AROUND = frozenset(("nav", "header", "footer", "aside", "form", "select"))
FEWEST = 3
HIGHEST = 6
DEEPEST = 100
_PLAIN_TAG = re.compile(r"[a-z][a-z0-9-]*$")


@dataclass(slots=True)
class _Candidate:
    """One kind of element around links: how many there are, how deep, how much they link."""

    depth: int
    rows: set[int] = field(default_factory=set)
    link_chars: int = 0


def repeated_css(document: Document) -> str | None:
    """Return a selector for the page's record list, or None where nothing repeats.

    Elements of one kind that hold a link count as records; the kind with the most
    link text wins, then the more numerous, then the outermost. Navigation, headers,
    footers, asides and forms are left out.
    """
    candidates: dict[str, _Candidate] = defaultdict(lambda: _Candidate(0))
    for link in select(document, "a[href]"):
        size = len(clean(text_of(link)))
        for row, depth in _rows_around(link):
            candidate = candidates[_css(row)]
            candidate.depth = depth
            candidate.rows.add(row.mem_id)
            candidate.link_chars += size
    repeated = {css: c for css, c in candidates.items() if len(c.rows) >= FEWEST}
    return max(repeated, key=lambda css: _rank(repeated[css], css), default=None)


def _rank(candidate: _Candidate, css: str) -> tuple[int, int, int, str]:
    return (candidate.link_chars, len(candidate.rows), -candidate.depth, css)


def _rows_around(link: Node) -> Iterator[tuple[Node, int]]:
    """The elements around a link that could be its record, with their depth in the page."""
    above = []
    node = link.parent
    while node is not None:
        if node.tag in AROUND:
            return
        above.append(node)
        node = node.parent if len(above) < DEEPEST else None
    for height, row in enumerate(above[:HIGHEST]):
        if row.tag in ROWS and row.parent is not None and _PLAIN_TAG.match(row.parent.tag or ""):
            yield row, len(above) - height


def _css(row: Node) -> str:
    """A selector that the row and its likes share: its parent's and its own tag and class."""
    parent = row.parent
    own = _simple(row)
    return f"{_simple(parent)} > {own}" if parent is not None else own


def _simple(node: Node) -> str:
    names = (node.attributes.get("class") or "").split()
    plain = [name for name in names if name.replace("-", "").replace("_", "").isalpha()]
    return (node.tag or "*") + "".join(f".{name}" for name in plain[:2])
