"""Selectors that would find known items again, from where their wording lies now."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from snapshots.extract.dates import iso
from snapshots.extract.detect.outline import lasting_classes
from snapshots.extract.html import HEADINGS, Document, Node, select
from snapshots.extract.places import Places, folded, joined, link_key
from snapshots.extract.selectors import first_in_each, item_nodes, parse_selector, value_of
from snapshots.records import Item

# How far above a title its record may begin, and how many candidates are tried and told.
HIGHEST = 8
MOST_TRIED = 12
MOST_TOLD = 3
MOST_CLASSES = 4
# A selector is told when it reads this share of what the items are known to say.
LEAST_READ = 0.5
_WORDS = re.compile(r"[a-z]+(?:[_-]{1,2}[a-z]+)*", re.IGNORECASE)
DATES = ("time@datetime", "time", "[class*=date]")
# The container of a page's blocks is looked for so far above each.
DEEPEST = 100
LEAST_CONTAINED = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Selectors under which known items lie now; None where the defaults do.

    ``covers`` is how many known items have an element of their own by ``item``, or,
    for a page, how many known blocks lie in it. ``matches`` is how many elements there are.
    """

    item: str
    covers: int
    matches: int
    title: str | None = None
    link: str | None = None
    summary: str | None = None
    published: str | None = None

    def __str__(self) -> str:
        names = ("item", "title", "link", "summary", "published")
        return ", ".join(f'{name} = "{css}"' for name in names if (css := getattr(self, name)))


@dataclass(slots=True)
class _Rows:
    """What one selector matches above known items: which items, in which elements."""

    height: int = 0
    items_in: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def covers(self) -> int:
        """How many items have an element for themselves."""
        return len({n for items in self.items_in.values() if len(items) == 1 for n in items})


def listing_candidates(
    document: Document, places: Places, known: Sequence[Item]
) -> tuple[Candidate, ...]:
    """Return recipes for a listing's items, the one that covers most first.

    Among those that cover as many, the outermost elements win: they hold the summaries
    and dates as well.
    """
    found = sorted(_rows(places, known).items(), key=_rank, reverse=True)
    # Several classes of the same elements are one candidate: that of the fewest others.
    matches = {css: len(select(document, css)) for css, _ in found[:MOST_TRIED]}
    named: dict[frozenset[int], str] = {}
    for css, rows in found[:MOST_TRIED]:
        known_as = named.setdefault(frozenset(rows.items_in), css)
        if matches[css] < matches[known_as]:
            named[frozenset(rows.items_in)] = css
    told = [(css, rows) for css, rows in found[:MOST_TRIED] if css in named.values()]
    best = [(css, rows) for css, rows in told if rows.covers and rows.covers == told[0][1].covers]
    return tuple(_candidate(document, css, rows, places, known) for css, rows in best[:MOST_TOLD])


def container(document: Document, places: Places) -> Candidate | None:
    """Return the smallest element that can be named and holds most of the known blocks."""
    nodes = [found[0] for found in places.texts.values()]
    held: Counter[int] = Counter()
    by_id: dict[int, Node] = {}
    for node in nodes:
        for outer in _above(node.parent, DEEPEST):
            held[outer.mem_id] += 1
            by_id[outer.mem_id] = outer
    if not held:
        return None
    least = max(held.values()) * LEAST_CONTAINED
    # The counter is filled from the inside out, so that the first is the innermost.
    smallest = min((n for n in held.items() if n[1] >= least), key=lambda n: n[1])[0]
    for outer in _above(by_id[smallest], DEEPEST):
        for css in _names(outer):
            if len(select(document, css)) == 1:
                return Candidate(item=css, covers=held[outer.mem_id], matches=1)
    return None


def _rows(places: Places, known: Sequence[Item]) -> dict[str, _Rows]:
    """The selectors of the elements around each known item."""
    found: dict[str, _Rows] = defaultdict(_Rows)
    named: dict[int, list[str]] = {}
    for number, item in zip(numbers_of(known), known, strict=True):
        for node in nodes_of(item, places):
            for height, row in enumerate(_above(node, HIGHEST)):
                place = row.mem_id
                if place not in named:
                    named[place] = list(_names(row))
                for css in named[place]:
                    found[css].height = max(found[css].height, height)
                    found[css].items_in[place].add(number)
    return found


def _rank(named: tuple[str, _Rows]) -> tuple[int, int]:
    _, rows = named
    return (rows.covers, rows.height)


def nodes_of(item: Item, places: Places) -> list[Node]:
    """Return the elements that say an item's title, or else link to it, or say its summary."""
    titled = places.texts.get(folded(item.title), []) if item.title else []
    linked = places.links.get(link_key(item.url), []) if item.url else []
    return titled or linked or (places.texts.get(folded(item.summary), []) if item.summary else [])


def numbers_of(known: Sequence[Item]) -> list[int]:
    """Return the number of each item, or of the first of its title: a page tells them not apart."""
    first: dict[str, int] = {}
    titles = [folded(item.title) if item.title else f" {n}" for n, item in enumerate(known)]
    return [first.setdefault(title, number) for number, title in enumerate(titles)]


def _candidate(
    document: Document, css: str, rows: _Rows, places: Places, known: Sequence[Item]
) -> Candidate:
    nodes = select(document, css)
    owner = {place: min(numbers) for place, numbers in rows.items_in.items() if len(numbers) == 1}
    own = [known[owner[n.mem_id]] if n.mem_id in owner else None for n in nodes]
    page = _Page(document, css)
    titles = [folded(item.title) if item and item.title else None for item in own]
    links = [link_key(item.url) if item and item.url else None for item in own]
    summaries = [folded(item.summary) if item and item.summary else None for item in own]
    dates = [item.published if item else None for item in own]
    anchors = [f"{inner}@href" for inner in _inner(links, places.links)]
    return Candidate(
        item=css,
        covers=rows.covers,
        matches=len(nodes),
        title=page.best(_inner(titles, places.texts), titles, folded),
        link=page.best(anchors, links, lambda href: link_key(joined(places.base, href) or "")),
        summary=page.best(_inner(summaries, places.texts), summaries, folded),
        published=page.best(DATES, dates, lambda text: iso(text) or ""),
    )


class _Page:
    """One page read by one candidate for ``item``, on which further selectors are tried."""

    def __init__(self, document: Document, item_css: str) -> None:
        self.document = document
        self.items = item_nodes(document, item_css)

    def best(
        self,
        written: Iterable[str],
        wanted: Sequence[str | None],
        told: Callable[[str], str],
    ) -> str | None:
        """The selector that reads the wanted value in most items, or None when few do."""
        scores = {css: self._score(css, wanted, told) for css in written}
        css = max(scores, key=lambda css: scores[css], default=None)
        least = LEAST_READ * sum(value is not None for value in wanted)
        return css if css and scores[css] and scores[css] >= least else None

    def _score(self, written: str, wanted: Sequence[str | None], told: Callable[[str], str]) -> int:
        css, attribute = parse_selector(written)
        column = first_in_each(self.document, self.items, css)
        values = (value_of(node, attribute) for node in column)
        pairs = zip(wanted, values, strict=True)
        return sum(bool(want and value and told(value) == want) for want, value in pairs)


def _inner(wanted: Sequence[str | None], places: Mapping[str, Sequence[Node]]) -> list[str]:
    """Selectors of the elements that say what is wanted, the commonest first."""
    names: Counter[str] = Counter()
    for value in wanted:
        for node in places.get(value, ()) if value else ():
            names.update(inside_names(node))
    return [css for css, _ in names.most_common(MOST_TRIED)]


def inside_names(node: Node) -> Iterator[str]:
    """Selectors for an element inside its item, the most telling first."""
    tag = node.tag or "*"
    heading = next((outer.tag for outer in _above(node.parent, 2) if outer.tag in HEADINGS), None)
    if heading:
        yield f"{heading} {tag}"
    yield from (f"{tag}.{name}" for name in class_names(node))
    if node.parent is not None:
        yield from (f".{name} {tag}" for name in class_names(node.parent))
    yield tag


def _names(node: Node) -> Iterator[str]:
    """Selectors for an element and its likes: by classes, or by its tag and its parent."""
    tag, classes = node.tag or "*", class_names(node)
    yield from (f"{tag}.{name}" for name in classes)
    parent = node.parent
    if classes or parent is None:
        return
    named = [f"{parent.tag}.{name} > {tag}" for name in class_names(parent)]
    yield from named or [f"{parent.tag} > {tag}"]


def area(rows: Sequence[Node]) -> str | None:
    """Return the name of the innermost element that can be named and holds all of some rows."""
    held: Counter[int] = Counter()
    for row in rows:
        held.update([outer.mem_id for outer in _above(row.parent, DEEPEST)])
    around = (o for o in _above(rows[0].parent, DEEPEST) if held[o.mem_id] == len(rows))
    return next((name for outer in around for name in _own_names(outer)), None)


def _own_names(node: Node) -> Iterator[str]:
    """Selectors for an element by its own name: its id, or its classes."""
    identity = node.attributes.get("id") or ""
    if _WORDS.fullmatch(identity):
        yield f"#{identity}"
    yield from (f"{node.tag}.{name}" for name in class_names(node))


def cell_names(node: Node) -> Iterator[str]:
    """Yield the place of the table cell that an element is, or lies in, if it does."""
    outer: Node | None = node
    while outer is not None and outer.tag not in ("td", "th", "tr", "table"):
        outer = outer.parent
    if outer is not None and outer.tag in ("td", "th"):
        place, before = 1, outer.prev
        while before is not None:
            place += before.is_element_node
            before = before.prev
        yield f"{outer.tag}:nth-child({place})"


def class_names(node: Node) -> list[str]:
    """Return an element's classes that are words: no numbers, no digests, no states."""
    names = lasting_classes(node.attributes.get("class") or "")[:MOST_CLASSES]
    return [name for name in names if _WORDS.fullmatch(name)]


def _above(node: Node | None, most: int) -> Iterator[Node]:
    """An element and what it lies in, up to the body, which is left out."""
    for _ in range(most):
        if node is None or node.tag in ("body", "html") or not node.is_element_node:
            return
        yield node
        node = node.parent
