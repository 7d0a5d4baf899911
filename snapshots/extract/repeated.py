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
    rows = _Rows()
    for link in select(document, "a[href]"):
        size = len(clean(text_of(link)))
        for css, number, depth in rows.around(link):
            candidate = candidates[css]
            candidate.depth = depth
            candidate.rows.add(number)
            candidate.link_chars += size
    repeated = {css: c for css, c in candidates.items() if len(c.rows) >= FEWEST}
    return max(repeated, key=lambda css: _rank(repeated[css], css), default=None)


def _rank(candidate: _Candidate, css: str) -> tuple[int, int, int, str]:
    return (candidate.link_chars, len(candidate.rows), -candidate.depth, css)


class _Rows:
    """The elements around links that could be their records; each is looked at once."""

    def __init__(self) -> None:
        # By an element's number: how deep it lies, and how far up navigation or the like is.
        self.placed: dict[int, tuple[int, int]] = {}
        self.css: dict[int, str | None] = {}
        self.names: dict[tuple[str | None, str | None], str] = {}

    def around(self, link: Node) -> Iterator[tuple[str, int, int]]:
        """Yield the selector, the number and the depth of each, the innermost first."""
        row = link.parent
        depth, apart = self._place(row)
        depth = min(depth, DEEPEST) if apart >= DEEPEST else 0
        for height in range(min(depth, HIGHEST)):
            if row is None:
                return
            number = row.mem_id
            if number not in self.css:
                self.css[number] = self._css(row)
            if css := self.css[number]:
                yield css, number, depth - height
            row = row.parent

    def _place(self, node: Node | None) -> tuple[int, int]:
        climbed = []
        while node is not None and node.mem_id not in self.placed:
            climbed.append(node)
            node = node.parent
        depth, apart = self.placed[node.mem_id] if node is not None else (0, DEEPEST)
        for inner in reversed(climbed):
            depth, apart = depth + 1, 0 if inner.tag in AROUND else apart + 1
            self.placed[inner.mem_id] = depth, apart
        return depth, apart

    def _css(self, row: Node) -> str | None:
        """A selector that the row and its likes share: its parent's and its own tag and class."""
        parent = row.parent
        if row.tag not in ROWS or parent is None or not _PLAIN_TAG.match(parent.tag or ""):
            return None
        return f"{self._name(parent)} > {self._name(row)}"

    def _name(self, node: Node) -> str:
        written = node.tag, node.attributes.get("class")
        if written not in self.names:
            self.names[written] = _simple(*written)
        return self.names[written]


def _simple(tag: str | None, classes: str | None) -> str:
    names = (classes or "").split()
    plain = [name for name in names if name.replace("-", "").replace("_", "").isalpha()]
    return (tag or "*") + "".join(f".{name}" for name in plain[:2])
