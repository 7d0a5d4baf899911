"""A page's links and the elements that they lie in, numbered, and of what kind each is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from snapshots.extract.html import Document, Node, select

# Where no record list lies, by an element's tag and role.
_AROUND_TAGS = frozenset(("nav", "footer", "aside", "select"))
_AROUND_ROLES = ("navigation", "contentinfo", "search")
_MENU_ROLE = "menu"
_PAGE_HEADER = "header:not(*:is(article, main, li, section, td) header)"
# Each alternative is tried on each element of a page: few that find more take less time.
_MAYBE_AROUND = "nav, footer, aside, select, header, [role]"
# A header in one of these is the header of a record or a section, not of the page.
_HEADED = frozenset(("article", "main", "li", "section", "td"))
# Lists that are called so hold ways through a site.
_MENUS = {"ul": re.compile("menu|nav|pag|breadcrumb"), "ol": re.compile("breadcrumb")}
_MENU_ID = re.compile("menu|nav")
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


# Of elements that are written alike, in ones of one kind: the number of their kind, their
# tag, and whether they lie around the content.
_Kind = tuple[int, str, bool]
T = TypeVar("T")


class _OfKinds(Generic[T]):
    """What elements have in common with all of their kind, by an element's number."""

    def __init__(self, kinds: Sequence[int], values: Sequence[T]) -> None:
        self._kinds, self._values = kinds, values

    def __getitem__(self, number: int) -> T:
        return self._values[self._kinds[number]]


class Outline:
    """What links lie in, by number; an outer element has a lower number than an inner one.

    ``kinds`` are numbers too: elements of one kind have the same tag and lasting classes,
    and so has all that they lie in. ``hrefs`` has the links that lead to a page. What lies
    around a page's content has no numbers if ``is_whole`` is false.
    """

    def __init__(self, body: Node, *, is_whole: bool = True) -> None:
        self.nodes = [body]
        self.parents = [-1]
        self.kinds = [0]
        # All elements of one kind have the same tag and classes.
        self._tags, self._classes = [body.tag or ""], list[tuple[str, ...]]([()])
        self.tags = _OfKinds(self.kinds, self._tags)
        self.classes = _OfKinds(self.kinds, self._classes)
        self.hrefs: dict[int, str] = {}
        # Whether names say that elements lie around the content, where that was asked.
        self.named_around: dict[int, bool] = {}
        self._is_whole = is_whole
        self._places = {body.mem_id: 0}
        self._kinds: dict[tuple[int, str, tuple[str, ...]], int] = {}
        # The kinds in whose elements a header is not the page's.
        self._headed: set[int] = set()
        # Elements of one kind are mostly written alike: what they are is told once.
        self._written: dict[tuple[int, int, str | None], _Kind] = {}
        if not is_whole and _is_body_around(body):
            self._places[body.mem_id] = AROUND_IT

    def add(self, node: Node) -> int:
        """Return an element's number; it and all that it lies in have one from now on.

        What lies around a page's content is :data:`AROUND_IT`.
        """
        return self.add_all([node])[0]

    def add_all(self, nodes: Iterable[Node]) -> list[int]:
        """Return the number of each of some elements, as :meth:`add` does."""
        # Most of what an outline costs is spent here: what is called often is a local name.
        kinds, places, tell = self.kinds, self._places, self._written.get
        get, add_node, add_parent = places.get, self.nodes.append, self.parents.append
        add_kind = kinds.append
        is_whole, hrefs, numbers = self._is_whole, self.hrefs, []
        for node in nodes:
            chain = []
            outer: Node | None = node
            number: int | None = None
            while outer is not None and (number := get(outer.mem_id)) is None:
                chain.append(outer)
                outer = outer.parent
            number = number or 0
            while chain and number >= 0:
                inner = chain.pop()
                own = inner.attributes
                key = (kinds[number], inner.tag_id, own.get("class"))
                kind, tag, is_around = tell(key) or self._told(inner, key)
                is_told = "role" in own or tag == "ul"
                if not is_whole and (is_around or (is_told and _is_said_around(tag, own))):
                    number = places[inner.mem_id] = AROUND_IT
                    break
                add_parent(number)
                number = places[inner.mem_id] = len(kinds)
                add_node(inner)
                add_kind(kind)
                if tag == "a" and (href := own.get("href")) and _leads_to_page(href):
                    hrefs[number] = href.strip()
            for inner in chain:
                places[inner.mem_id] = number
            numbers.append(number)
        return numbers

    def _told(self, node: Node, key: tuple[int, int, str | None]) -> _Kind:
        outer, _, written = key
        tag = node.tag or ""
        classes, is_around = _made(tag, written)
        number = self._kinds.setdefault((outer, tag, classes), len(self._tags))
        if number == len(self._tags):
            self._tags.append(tag)
            self._classes.append(classes)
        if outer in self._headed or tag in _HEADED:
            self._headed.add(number)
        elif tag == "header":
            is_around = True
        told = self._written[key] = (number, tag, is_around)
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
    found, numbers = outlined(document, select(document, css), is_whole=is_whole)
    return found, numbers if is_whole else [number for number in numbers if number >= 0]


def outlined(
    document: Document, nodes: Iterable[Node], *, is_whole: bool = True
) -> tuple[Outline, list[int]]:
    """Return the outline of a page, and the numbers in it of some of its elements."""
    body = document.body
    if body is None:
        raise ValueError("a parsed page has a body")
    found = Outline(body, is_whole=is_whole)
    return found, found.add_all(nodes)


def _leads_to_page(href: str) -> bool:
    return href[0] in PAGES_BEGIN or not _NOT_A_PAGE.match(href)


@lru_cache(maxsize=4_096)
def _made(tag: str, written: str | None) -> tuple[tuple[str, ...], bool]:
    """An element's lasting classes, and whether its tag or classes say that it is no content."""
    is_menu = tag in _MENUS and written is not None and _MENUS[tag].search(written) is not None
    return lasting_classes(written) if written else (), tag in _AROUND_TAGS or is_menu


def around_content(document: Document) -> list[Node]:
    """Return the elements that no record list lies in, in page order."""
    return [node for node in select(document, _MAYBE_AROUND) if _is_around_content(node)]


def _is_around_content(node: Node) -> bool:
    tag, role = node.tag, node.attributes.get("role") or ""
    is_told = tag in _AROUND_TAGS or role in _AROUND_ROLES or role.startswith(_MENU_ROLE)
    return is_told or (tag == "header" and node.css_matches(_PAGE_HEADER))


def _is_said_around(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element's role or id says that it lies around the content."""
    if tag == "ul" and (identity := attributes.get("id")) and _MENU_ID.search(identity):
        return True
    role = attributes.get("role")
    return (
        role is not None and tag != "a" and (role in _AROUND_ROLES or role.startswith(_MENU_ROLE))
    )


def _is_body_around(body: Node) -> bool:
    """Whether a page's body is marked as what it cannot be, as with ``role=navigation``."""
    whole = [body, *([body.parent] if body.parent is not None else [])]
    return any(_is_said_around("", node.attributes) for node in whole)


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
