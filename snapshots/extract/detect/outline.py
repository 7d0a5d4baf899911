"""A page's links and the elements that they lie in, numbered, and of what kind each is."""

import re
from functools import lru_cache
from typing import NamedTuple

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
# The same, by an element's tag and role.
_AROUND_TAGS = frozenset(("nav", "footer", "aside", "select"))
_AROUND_ROLES = ("navigation", "contentinfo", "search")
# A header in one of these is the header of a record or a section, not of the page.
_HEADED = frozenset(("article", "main", "li", "section", "td"))
# Lists that are called so hold ways through a site.
_MENU = re.compile(r"menu|nav|pag|breadcrumb")
_MENU_ID = re.compile(r"menu|nav")
LINKS = "a[href]"
# What may be records without links.
TEXTS = "tr, article, [itemscope], dt, main li, [role=main] li"
# Class names that tell a row's place or state among its likes, not its kind.
STATES = frozenset(
    "odd even first last active current selected open show hide hidden collapsed expanded "
    "alt alternate sticky new featured left right top bottom clearfix".split()
)
MOST_CLASSES = 8
# In place of the number of an element that lies around the content.
AROUND_IT = -1
# No address that leads to no page begins so.
PAGES_BEGIN = "/.?hH"
_NOT_A_PAGE = re.compile(r"\s*(?:#|javascript:|mailto:|tel:|data:|sms:|$)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_-]+$")


class _Kind(NamedTuple):
    """What elements that are written alike, in ones of one kind, have in common."""

    number: int
    classes: tuple[str, ...]
    is_around: bool


# The number of the outer element's kind, the tag, the class and the role, and a menu's id.
_Written = tuple[int, str, str | None, str | None, str | None]


class Outline:
    """What links lie in, by number; an outer element has a lower number than an inner one.

    ``kinds`` are numbers too: elements of one kind have the same tag and lasting classes,
    and so has all that they lie in. ``hrefs`` has the links that lead to a page. What lies
    around a page's content has no numbers if ``is_whole`` is false.
    """

    def __init__(self, body: Node, *, is_whole: bool = True) -> None:
        self.nodes = [body]
        self.parents = [-1]
        self.tags = [body.tag or ""]
        self.classes: list[tuple[str, ...]] = [()]
        self.kinds = [0]
        self.hrefs: dict[int, str] = {}
        self._is_whole = is_whole
        self._places = {body.mem_id: 0}
        self._kinds: dict[tuple[int, str, tuple[str, ...]], int] = {}
        # The kinds in whose elements a header is not the page's.
        self._headed: set[int] = set()
        # Elements of one kind are mostly written alike: what they are is told once.
        self._written: dict[_Written, _Kind] = {}
        if not is_whole and _is_body_around(body):
            self._places[body.mem_id] = AROUND_IT

    def add(self, node: Node) -> int:
        """Return an element's number; it and all that it lies in have one from now on.

        What lies around a page's content is :data:`AROUND_IT`.
        """
        chain = []
        outer: Node | None = node
        number: int | None = None
        get = self._places.get
        while outer is not None and (number := get(outer.mem_id)) is None:
            chain.append(outer)
            outer = outer.parent
        number = number or 0
        while chain and number >= 0:
            number = self._append(chain.pop(), number)
        for inner in chain:
            self._places[inner.mem_id] = number
        return number

    def _append(self, node: Node, parent: int) -> int:
        tag = node.tag or ""
        attributes = node.attributes
        get = attributes.get
        identity = get("id") if tag == "ul" else None
        key = (self.kinds[parent], tag, get("class"), get("role"), identity)
        kind = self._written.get(key) or self._told(key)
        if kind.is_around and not self._is_whole:
            self._places[node.mem_id] = AROUND_IT
            return AROUND_IT
        number = self._places[node.mem_id] = len(self.nodes)
        if tag == "a":
            href = get("href")
            if href and (href[0] in PAGES_BEGIN or not _NOT_A_PAGE.match(href)):
                self.hrefs[number] = href.strip()
        self.nodes.append(node)
        self.parents.append(parent)
        self.tags.append(tag)
        self.kinds.append(kind[0])
        self.classes.append(kind[1])
        return number

    def _told(self, key: _Written) -> _Kind:
        outer, tag, written, role, identity = key
        classes = lasting_classes(written) if written else ()
        number = self._kinds.setdefault((outer, tag, classes), len(self._kinds) + 1)
        if outer in self._headed or tag in _HEADED:
            self._headed.add(number)
        is_around = _is_around(tag, written or "", role or "", identity or "")
        is_around |= tag == "header" and outer not in self._headed
        told = self._written[key] = _Kind(number, classes, is_around)
        return told

    def above(self, number: int) -> list[int]:
        """The elements that one lies in, from the inside out, without the body."""
        found = []
        outer = self.parents[number]
        while outer > 0:
            found.append(outer)
            outer = self.parents[outer]
        return found


def outline(document: Document, css: str, *, is_whole: bool = True) -> tuple[Outline, list[int]]:
    """Return the outline of a page, and the numbers in it of what a selector finds.

    What lies around the page's content is left out if ``is_whole`` is false.
    """
    body = document.body
    if body is None:
        raise ValueError("a parsed page has a body")
    found = Outline(body, is_whole=is_whole)
    numbers = [found.add(node) for node in select(document, css)]
    return found, numbers if is_whole else [number for number in numbers if number >= 0]


def _is_around(tag: str, written: str, role: str, identity: str) -> bool:
    """Whether an element is one of :data:`AROUND`, but for headers, or a menu."""
    if tag == "a":
        return False
    if tag in _AROUND_TAGS or role in _AROUND_ROLES or role.startswith("menu"):
        return True
    if tag == "ul":
        return bool(_MENU.search(written) or _MENU_ID.search(identity))
    return tag == "ol" and "breadcrumb" in written


def _is_body_around(body: Node) -> bool:
    """Whether a page's body is marked as what it cannot be, as with ``role=navigation``."""
    whole = [body, *([body.parent] if body.parent is not None else [])]
    return any(_is_around("", "", node.attributes.get("role") or "", "") for node in whole)


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
