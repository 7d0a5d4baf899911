"""A page's elements as numbered rows: who lies in whom, and of what kind each is."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from snapshots.extract.html import Document, Node

# Where no record list lies.
AROUND = frozenset(("nav", "header", "footer", "aside", "select", "template", "noscript", "head"))
_AROUND_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "menu", "menubar"))
_MAIN_ROLES = frozenset(("main",))
# Class names that tell a row's place or state among its likes, not its kind.
STATES = frozenset(
    "odd even first last active current selected open show hide hidden collapsed expanded "
    "alt alternate sticky new featured left right top bottom clearfix".split()
)
_NOT_A_PAGE = re.compile(r"\s*(?:#|javascript:|mailto:|tel:|data:|sms:|$)", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_-]+$")


@dataclass
class Outline:
    """Elements in the order of the page, by number; what lies in one follows it.

    ``kinds`` are numbers too: elements of one kind have the same tag and lasting classes,
    and so has all that they lie in. ``ends`` is the number after an element's last.
    """

    nodes: list[Node]
    parents: list[int]
    tags: list[str]
    classes: list[tuple[str, ...]]
    kinds: list[int]
    ends: list[int]
    is_around: list[bool]
    is_main: list[bool]
    links: list[int]
    hrefs: dict[int, str]
    places: dict[int, int] = field(repr=False)

    def above(self, number: int) -> list[int]:
        """The elements that one lies in, from the inside out."""
        found = []
        outer = self.parents[number]
        while outer >= 0:
            found.append(outer)
            outer = self.parents[outer]
        return found

    def inside(self, number: int) -> range:
        """The elements that lie in one."""
        return range(number + 1, self.ends[number])

    def children(self, number: int) -> list[int]:
        """The elements directly in one."""
        return self._children[number] if number in self._children else []

    @cached_property
    def _children(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, parent in enumerate(self.parents):
            found.setdefault(parent, []).append(number)
        return found


def outline(document: Document) -> Outline:
    """Return the outline of a page's body."""
    body = document.body
    if body is None:
        return Outline([], [], [], [], [], [], [], [], [], {}, {})
    nodes = body.css("*")
    if nodes and nodes[0].mem_id == body.mem_id:
        nodes = nodes[1:]
    count = len(nodes)
    places = {node.mem_id: number for number, node in enumerate(nodes)}
    found = places.get
    parents = [found(node.parent.mem_id, -1) for node in nodes]  # type: ignore[union-attr]
    tags = [node.tag or "" for node in nodes]
    classes: list[tuple[str, ...]] = [()] * count
    lasting: dict[str, tuple[str, ...]] = {}
    for node in body.css("[class]"):
        written = node.attributes["class"]
        if written and (number := found(node.mem_id, -1)) >= 0:
            if written not in lasting:
                lasting[written] = lasting_classes(written)
            classes[number] = lasting[written]
    around = [tag in AROUND for tag in tags]
    main = [tag == "main" for tag in tags]
    for node in body.css("[role], [hidden], [aria-hidden=true]"):
        number = found(node.mem_id, -1)
        attributes = node.attributes
        role = attributes.get("role")
        if number >= 0:
            around[number] |= role in _AROUND_ROLES or "hidden" in attributes
            main[number] |= role in _MAIN_ROLES
    links, hrefs = [], {}
    for node in body.css("a[href]"):
        href = node.attributes["href"]
        if href and not _NOT_A_PAGE.match(href):
            number = places[node.mem_id]
            links.append(number)
            hrefs[number] = href.strip()
    kinds = [0] * count
    numbered: dict[tuple[int, str, tuple[str, ...]], int] = {}
    for number, (parent, tag, names) in enumerate(zip(parents, tags, classes, strict=True)):
        outer = -1
        if parent >= 0:
            outer = kinds[parent]
            if around[parent]:
                around[number] = True
            if main[parent]:
                main[number] = True
        key = (outer, tag, names)
        kinds[number] = numbered.setdefault(key, len(numbered))
    ends = list(range(1, count + 1))
    for number in range(count - 1, -1, -1):
        parent = parents[number]
        if parent >= 0 and ends[number] > ends[parent]:
            ends[parent] = ends[number]
    return Outline(nodes, parents, tags, classes, kinds, ends, around, main, links, hrefs, places)


def lasting_classes(written: str) -> tuple[str, ...]:
    """The class names that a kind of element keeps: no numbers, no digests, no states."""
    return tuple(name for name in written.split()[:8] if _is_lasting(name))


def _is_lasting(name: str) -> bool:
    if not _WORD.match(name) or len(name) > 40:
        return False
    words = re.split(r"[-_]+", name.lower())
    return words[-1] not in STATES or len(words) > 3
