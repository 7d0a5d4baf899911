"""Selectors for the records of a list, such as a person would write."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from snapshots.extract.detect.outline import Outline, lasting_classes
from snapshots.extract.detect.records import tags_in
from snapshots.extract.detect.words import words_of
from snapshots.extract.html import Document, Node, select

# How far above a row, and at how many names, a selector looks.
HIGHEST = 6
MOST_NAMES = 40
# So few elements are looked at one by one; a selector is tried on all of a page.
MOST_NEAR = 24
DIRECTLY = " > "
BARE = ":not([class])"
# Of the rows that a selector finds beside those that were seen, at most so many.
MOST_FURTHER = 0.34
OUTER_TAGS = ("main", "article", "table", "ul", "ol", "dl", "tbody")
_IDENTITY = re.compile(r"[A-Za-z][A-Za-z_-]{1,39}")
_TAG = re.compile(r"[a-z][a-z0-9-]*")
_TAGS = re.compile(r"(?:[a-z][a-z0-9-]*(?::not\(\[class\]\))? > )+")
_DIGIT = re.compile(r"\d")


class _Tried(NamedTuple):
    """A selector, the elements that it finds beside a list's rows, and how many rows it misses."""

    css: str
    found: int
    further: list[Node]
    missed: int

    @property
    def wrong(self) -> int:
        return len(self.further) + 3 * self.missed


class _Name(NamedTuple):
    """A selector for rows: what they lie in, their own name, and what they hold."""

    above: str
    own: str
    inner: str = ""

    def __str__(self) -> str:
        return f"{self.above}{self.own}:has({self.inner})" if self.inner else self.above + self.own

    def is_broader(self, other: "_Name") -> bool:
        """Whether a name surely finds all that another one finds."""
        above = other.above
        return (
            (self.own == other.own or other.own.startswith(f"{self.own}."))
            and (self.inner in ("", other.inner) or other.inner == f"td {self.inner}")
            and (self.above in ("", above) or above.startswith(f"{self.above}> "))
        )


class _Found(NamedTuple):
    """What a selector finds beside a list's rows, by id, and the rows that it misses."""

    further: dict[int, Node]
    missed: frozenset[int]


def row_selector(document: Document, outline: Outline, rows: Sequence[int]) -> tuple[str, int]:
    """The simplest selector that finds a list's rows, and how many elements it finds.

    Others of the same kind that it finds among them are records too: ones without a link.
    """
    finder, parents = _Finder(document, outline, rows), _parents(outline, rows)
    best: _Tried | None = None
    refused: list[_Name] = []
    for name in islice(_row_names(outline, rows), MOST_NAMES):
        # What finds all of another name's elements, and may find more, is refused with it.
        if any(map(name.is_broader, refused)):
            continue
        tried = finder.named(name)
        if not tried.missed:
            if _are_likes(outline, tried.further, rows, parents):
                return tried.css, tried.found
            refused.append(name)
        if best is None or tried.wrong < best.wrong:
            best = tried
    if best is None:
        return "", 0
    # What narrows it once may leave rows that others lie in, where tables set the page.
    for narrowed in (_narrowed, _without):
        kept = _in_table(outline, best.further, rows, parents)
        fit = [
            tried
            for tried in map(finder.tried, narrowed(outline, best, rows))
            if tried.missed <= best.missed and kept <= {node.mem_id for node in tried.further}
        ]
        best = min([best, *fit], key=lambda tried: tried.wrong)
    return best.css, best.found


class _Finder:
    """What selectors find on a page beside a list's rows.

    Each costs a walk over the page. Most names are made of the same few, though, and what
    a name finds may be told from what others found before.
    """

    def __init__(self, document: Document, outline: Outline, rows: Sequence[int]) -> None:
        self._document, self._outline, self._rows = document, outline, rows
        self._wanted = frozenset([outline.nodes[row].mem_id for row in rows])
        self._found: dict[str, _Found] = {}

    def named(self, name: _Name) -> _Tried:
        """What a name finds: one that says two things of rows finds what both of them do."""
        css = str(name)
        if name.inner and name.above:
            placed = self._placed(name._replace(inner=""))
            holding = self._find(str(name._replace(above="")))
            held = holding.further
            further = {each: node for each, node in placed.further.items() if each in held}
            return self._told(css, _Found(further, placed.missed | holding.missed))
        return self._told(css, self._placed(name))

    def tried(self, css: str) -> _Tried:
        """What a selector finds."""
        return self._told(css, self._find(css))

    def _told(self, css: str, found: _Found) -> _Tried:
        further, missed = [*found.further.values()], len(found.missed)
        return _Tried(css, len(self._wanted) - missed + len(further), further, missed)

    def _find(self, css: str) -> _Found:
        found = self._found.get(css)
        if found is None:
            nodes, wanted = select(self._document, css), self._wanted
            further = {place: node for node in nodes if (place := node.mem_id) not in wanted}
            is_whole = len(nodes) - len(further) == len(wanted)
            missed = () if is_whole else wanted.difference([node.mem_id for node in nodes])
            found = self._found[css] = _Found(further, frozenset(missed))
        return found

    def _placed(self, name: _Name) -> _Found:
        """What a name finds: told by tags, of what is found deeper in the same, where they do."""
        within = self._found.get(f"{name.above.partition(' ')[0]} {name.own}")
        if within is None or within.missed or not name.above.endswith(DIRECTLY):
            return self._find(str(name))
        is_near = max(len(within.further), len(self._homes)) <= MOST_NEAR
        if not is_near or not _TAGS.fullmatch(name.above):
            return self._find(str(name))
        steps = name.above.removesuffix(DIRECTLY).split(DIRECTLY)[::-1]
        further = {n: node for n, node in within.further.items() if _lies_in(node, steps)}
        missed = [rows for rows in self._homes.values() if not _lies_in(rows[0], steps)]
        return _Found(further, frozenset([row.mem_id for rows in missed for row in rows]))

    @cached_property
    def _homes(self) -> dict[int, list[Node]]:
        """The rows by the number of what they lie in."""
        found: dict[int, list[Node]] = {}
        nodes, parents = self._outline.nodes, self._outline.parents
        for row in self._rows:
            found.setdefault(parents[row], []).append(nodes[row])
        return found


def _lies_in(node: Node, steps: Sequence[str]) -> bool:
    """Whether the elements around one have these tags, from the inside out, bare if so said."""
    for step in steps:
        outer = node.parent
        tag, bare, _ = step.partition(BARE)
        if outer is None or outer.tag != tag or (bare and "class" in outer.attributes):
            return False
        node = outer
    return True


def _narrowed(outline: Outline, best: _Tried, rows: Sequence[int]) -> Iterator[str]:
    """A selector with what the rows hold, or without what its further elements do."""
    plain = best.css.partition(":has(")[0]
    middle = outline.nodes[rows[len(rows) // 2]]
    yield from (f"{plain}:has({way})" for way in _ways_to_link(middle))
    yield from _without(outline, best, rows)


def _without(outline: Outline, best: _Tried, rows: Sequence[int]) -> Iterator[str]:
    """A selector without what its further elements hold."""
    for held in (outline.tags[rows[0]], "th", "nav"):
        if any(node.css_first(held) is not None for node in best.further):
            yield f"{best.css}:not(:has({held}))"


def _ways_to_link(row: Node) -> Iterator[str]:
    """Where a row's link lies: in a cell after the first, in an element of the row, or deeper."""
    link = row.css_first("a[href]")
    outer = link.parent if link is not None else None
    if outer is None or not _TAG.fullmatch(outer.tag or ""):
        return
    if outer.parent is None or outer.parent.mem_id != row.mem_id:
        yield f"{outer.tag} > a"
    else:
        before = _element_before(outer)
        is_later = before is not None and before.tag == outer.tag
        yield f"> {outer.tag} + {outer.tag} > a" if is_later else f"> {outer.tag} > a"
    names = lasting_classes(outer.attributes.get("class") or "")
    yield from (f".{name} > a" for name in names[:1])


def _parents(outline: Outline, rows: Sequence[int]) -> set[int]:
    """The ids of the elements that rows lie in."""
    return {outline.nodes[n].mem_id for n in {outline.parents[row] for row in rows}}


def _are_likes(
    outline: Outline, further: Sequence[Node], rows: Sequence[int], parents: set[int]
) -> bool:
    """Whether further elements are rows as well: they lie beside the others and speak."""
    if not further:
        return True
    if len(further) > MOST_FURTHER * len(rows):
        return False
    first = outline.nodes[rows[0]]
    tags = tags_in(first)
    return all(_is_like(node, first.tag, tags, parents) for node in further)


def _in_table(
    outline: Outline, further: Sequence[Node], rows: Sequence[int], parents: set[int]
) -> set[int]:
    """The further rows of the same table that hold about as much: a meeting that was cancelled."""
    if outline.tags[rows[0]] != "tr":
        return set()
    least = len(tags_in(outline.nodes[rows[0]])) - 1
    return {
        node.mem_id
        for node in further
        if node.parent is not None
        and node.parent.mem_id in parents
        and len(cells := tags_in(node)) >= max(2, least)
        and "th" not in cells
        and not _is_header(node, words_of(node))
    }


def _is_like(node: Node, tag: str | None, tags: tuple[str, ...], parents: set[int]) -> bool:
    if node.tag != tag or node.parent is None or node.parent.mem_id not in parents:
        return False
    own, said = tags_in(node), words_of(node)
    is_row = tag != "tr" or (own == tags and "th" not in own and not _is_header(node, said))
    return len(said) >= 8 and is_row


def _is_header(row: Node, said: str) -> bool:
    """Whether a table's first row names its columns: it leads nowhere, and says no number."""
    return (
        _element_before(row) is None and row.css_first("a[href]") is None
    ) and not _DIGIT.search(said)


def _element_before(node: Node) -> Node | None:
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    return before


def _row_names(outline: Outline, rows: Sequence[int]) -> Iterator[_Name]:
    middle = rows[len(rows) // 2]
    tag, parent = outline.tags[middle], outline.parents[middle]
    looked_at = rows[:: max(1, len(rows) // 20)]
    names = [
        name
        for name in outline.classes[middle][:3]
        if all(name in outline.classes[row] for row in looked_at)
    ]
    own = [f"{tag}.{name}" for name in names]
    yield from (_Name("", name) for name in own)
    outer = [name for each in outline.above(middle)[:HIGHEST] for name in _outer(outline, each)]
    outer = list(dict.fromkeys(outer))
    plain = [*own, tag]
    yield from (_Name(f"{above} ", name) for above in outer[:4] for name in plain)
    direct = list(_outer(outline, parent)) if parent > 0 else []
    yield from (_Name(f"{above} > ", name) for above in direct for name in plain)
    yield from (_Name(above, name) for above in _above_plain(outline, parent) for name in plain)
    inner = ("td a", "td", "a") if tag == "tr" else ("a",)
    yield from (_Name(f"{above} > ", name, i) for above in direct for name in plain for i in inner)
    yield _Name("", tag)
    yield from (_Name(f"{above} ", name) for above in outer[4:] for name in plain)
    yield from (_Name(f"{above} ", name, i) for above in outer for name in plain for i in inner)
    yield from (_Name("", name, i) for name in plain for i in inner)


def _above_plain(outline: Outline, parent: int) -> Iterator[str]:
    """Names of an element that has none, by the one that it lies in, for the rows in it."""
    outer = outline.parents[parent] if parent > 0 else 0
    if outer <= 0 or outline.nodes[parent].attributes.get("class"):
        return
    tag = outline.tags[parent]
    for above in _outer(outline, outer):
        yield f"{above} > {tag} > "
        yield f"{above} > {tag}{BARE} > "


def _outer(outline: Outline, number: int) -> Iterator[str]:
    """Names of an element that rows lie in."""
    identity = outline.nodes[number].attributes.get("id")
    if identity and _IDENTITY.fullmatch(identity):
        yield f"#{identity}"
    for name in outline.classes[number][:2]:
        yield f".{name}"
    if outline.tags[number] in OUTER_TAGS:
        yield outline.tags[number]
