"""A page's links and the elements that they lie in, numbered, and of what kind each is."""

import re
from collections.abc import Iterable
from functools import lru_cache

from snapshots.extract.html import Document, Node, select

# Where no record list lies.
AROUND = (
    "nav",
    "footer",
    "aside",
    "select",
    "header:not(:is(article, main, li, section, td) header)",
    "[role=navigation]",
    "[role=contentinfo]",
    "[role=search]",
    "[role^=menu]",
)
# Lists that are called so hold ways through a site.
MENUS = (
    "ul[class*=menu]",
    "ul[class*=nav]",
    "ul[class*=pag]",
    "ul[id*=menu]",
    "ul[id*=nav]",
    "ul[class*=breadcrumb]",
    "ol[class*=breadcrumb]",
)
LINKS = f"a[href]:not({', '.join(f'{css} a' for css in (*AROUND, *MENUS))})"
# Where markup is broken, all of a page may lie in its menu.
ANY_LINKS = "a[href]"
# What may be records without links.
TEXTS = "tr, article, [itemscope], dt, main li, [role=main] li"
# Class names that tell a row's place or state among its likes, not its kind.
STATES = frozenset(
    "odd even first last active current selected open show hide hidden collapsed expanded "
    "alt alternate sticky new featured left right top bottom clearfix".split()
)
MOST_CLASSES = 8
_NOT_A_PAGE = re.compile(r"\s*(?:#|javascript:|mailto:|tel:|data:|sms:|$)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_-]+$")


class Outline:
    """What links lie in, by number; an outer element has a lower number than an inner one.

    ``kinds`` are numbers too: elements of one kind have the same tag and lasting classes,
    and so has all that they lie in. ``hrefs`` has the links that lead to a page.
    """

    def __init__(self, body: Node) -> None:
        self.nodes = [body]
        self.parents = [-1]
        self.tags = [body.tag or ""]
        self.classes: list[tuple[str, ...]] = [()]
        self.kinds = [0]
        self.hrefs: dict[int, str] = {}
        self.places = {body.mem_id: 0}
        self._kinds: dict[tuple[int, str, tuple[str, ...]], int] = {}

    def add(self, node: Node) -> int:
        """Return an element's number; it and all that it lies in have one from now on."""
        chain = []
        outer: Node | None = node
        number: int | None = None
        while outer is not None and (number := self.places.get(outer.mem_id)) is None:
            chain.append(outer)
            outer = outer.parent
        number = number or 0
        for inner in reversed(chain):
            number = self._append(inner, number)
        return number

    def _append(self, node: Node, parent: int) -> int:
        number = len(self.nodes)
        tag = node.tag or ""
        attributes = node.attributes
        written = attributes.get("class") if attributes else None
        classes = lasting_classes(written) if written else ()
        if tag == "a":
            href = attributes.get("href") or ""
            if href and (href[0] in "/.?" or not _NOT_A_PAGE.match(href)):
                self.hrefs[number] = href.strip()
        key = (self.kinds[parent], tag, classes)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = len(self._kinds) + 1
        self.nodes.append(node)
        self.parents.append(parent)
        self.tags.append(tag)
        self.classes.append(classes)
        self.kinds.append(kind)
        self.places[node.mem_id] = number
        return number

    def above(self, number: int) -> list[int]:
        """The elements that one lies in, from the inside out, without the body."""
        found = []
        outer = self.parents[number]
        while outer > 0:
            found.append(outer)
            outer = self.parents[outer]
        return found


def outline(document: Document, css: str = LINKS) -> tuple[Outline, list[int]]:
    """Return the outline of a page, and the numbers in it of what a selector finds."""
    body = document.body
    if body is None:
        raise ValueError("a parsed page has a body")
    found = Outline(body)
    return found, _added(found, select(document, css))


def _added(found: Outline, nodes: Iterable[Node]) -> list[int]:
    return [found.add(node) for node in nodes]


@lru_cache(maxsize=4_096)
def lasting_classes(written: str) -> tuple[str, ...]:
    """The class names that a kind of element keeps: no numbers, no digests, no states."""
    names = written.split(None, MOST_CLASSES)[:MOST_CLASSES]
    return tuple(name for name in names if _is_lasting(name))


def _is_lasting(name: str) -> bool:
    if not _NAME.match(name) or len(name) > 40:
        return False
    words = re.split(r"[-_]+", name.lower())
    return words[-1] not in STATES or len(words) > 3
