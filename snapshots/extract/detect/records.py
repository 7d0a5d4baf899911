"""The elements of a few of a list's records, which tell what the others are like."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeVar

from snapshots.extract.detect.outline import Outline, lasting_classes
from snapshots.extract.detect.rows import WHOLE
from snapshots.extract.detect.words import folded, raw_text
from snapshots.extract.html import HEADINGS, Node, text_of

T = TypeVar("T")
# How many siblings after a record's first element may belong to it.
MOST_AFTER = 24
# What a record holds beyond so many elements tells nothing of it.
MOST_ELEMENTS = 200
# A sibling that says less is an ornament.
LEAST_SAID = 3
GLANCED_AT = 40
BEGINNINGS = HEADINGS | {"dt"}
# Rows are looked at, so many siblings each, to tell whether a list is flat.
LOOKED_AT = 6
# A table's rows have the same cells, if so many of those looked at do.
MOST_ALIKE = 0.6


@dataclass(eq=False)
class Shape:
    """What records that are made alike have in common: their elements, but for the texts.

    ``outers`` are places in the record, -1 outside it; ``turns`` is an element's number
    among its siblings, counted from one, and 0 where that is not known.
    """

    tags: list[str]
    classes: list[tuple[str, ...]]
    outers: list[int]
    turns: list[int]

    @cached_property
    def end(self) -> int:
        """Where the record's own element ends, and what follows it begins."""
        return next((n for n, outer in enumerate(self.outers) if outer < 0 < n), len(self.outers))

    @cached_property
    def counts(self) -> Counter[str]:
        """How many of the elements have each class name."""
        return Counter(chain.from_iterable(map(set, self.classes)))


@dataclass(slots=True, eq=False)
class Record:
    """One record's elements in page order, its own first; what follows it has no outer one."""

    nodes: list[Node]
    shape: Shape


def spread(values: Sequence[T], most: int) -> list[T]:
    """Return at most so many of the values, evenly spread."""
    step = max(1, -(-len(values) // most))
    return list(values[::step])


def is_flat(outline: Outline, numbers: Sequence[int]) -> bool:
    """Whether a list's records go on in the siblings that follow their first elements."""
    tag = outline.tags[numbers[0]]
    if tag in WHOLE:
        return False
    starts = {outline.nodes[n].mem_id for n in numbers}
    looked_at = spread(numbers[:-1], LOOKED_AT)
    following = sum(
        any(_says_much(node) for node in after(outline.nodes[n], starts)) for n in looked_at
    )
    return bool(looked_at) and following >= 0.7 * len(looked_at)


def trimmed(outline: Outline, numbers: Sequence[int]) -> list[int]:
    """Return a table's rows without those at its ends that have other cells than most.

    They are its header, or rows of the table that sets the page.
    """
    if outline.tags[numbers[0]] != "tr":
        return list(numbers)
    likes = Counter(tags_in(outline.nodes[n]) for n in spread(numbers, LOOKED_AT))
    most, count = likes.most_common(1)[0]
    if count < MOST_ALIKE * likes.total():
        return list(numbers)
    cut = min(LOOKED_AT, len(numbers) // 4)
    is_odd = [tags_in(outline.nodes[n]) != most for n in (*numbers[:cut], *numbers[-cut:])]
    first = next((n for n in range(cut) if not is_odd[n]), cut)
    last = next((n for n in range(cut) if not is_odd[-1 - n]), cut)
    return list(numbers[first : len(numbers) - last])


def tags_in(node: Node) -> tuple[str, ...]:
    """Return the tags of an element's own elements."""
    tags, child = [], node.first_child
    while child is not None:
        if child.is_element_node:
            tags.append(child.tag or "")
        child = child.next
    return tuple(tags)


def _says_much(node: Node) -> bool:
    said = raw_text(node)
    # The first words of most say enough.
    return len(folded(said[:GLANCED_AT])) >= LEAST_SAID or len(folded(said)) >= LEAST_SAID


def begun(outline: Outline, numbers: Sequence[int]) -> list[int]:
    """Return the elements that records begin with: a heading each before the rows, or these."""
    if outline.tags[numbers[0]] in (*WHOLE, *BEGINNINGS, "tr"):
        return list(numbers)
    rows = {outline.nodes[n].mem_id for n in numbers}
    looked_at = spread(numbers, LOOKED_AT)
    found = [_beginning(outline.nodes[n], rows) for n in looked_at]
    if sum(node is not None for node in found) < 0.8 * len(looked_at):
        return list(numbers)
    nodes = [_beginning(outline.nodes[n], rows) for n in numbers]
    return [
        n if node is None else outline.add(node) for n, node in zip(numbers, nodes, strict=True)
    ]


def _beginning(row: Node, rows: set[int]) -> Node | None:
    """The heading or term that stands before a row, with no other row between."""
    sibling = row.prev
    for _ in range(LOOKED_AT):
        if sibling is None or sibling.mem_id in rows:
            return None
        if sibling.tag in BEGINNINGS:
            return sibling
        sibling = sibling.prev
    return None


def after(start: Node, starts: AbstractSet[int]) -> Iterator[Node]:
    """The sibling elements that belong to a record: up to the next record or its heading."""
    tag = start.tag or ""
    sibling = start.next
    for _ in range(4 * MOST_AFTER):
        if sibling is None or sibling.mem_id in starts:
            return
        if sibling.is_element_node:
            other = sibling.tag or ""
            if other in HEADINGS and (tag not in HEADINGS or other <= tag):
                return
            yield sibling
        sibling = sibling.next


def text_in(start: Node, starts: AbstractSet[int] | None) -> str:
    """Return what a record says, with what follows it where its list is flat."""
    said = _read(start)
    if starts is not None:
        following = [node for node in after(start, starts) if node.child is not None]
        said = " ".join([said, *map(_read, following)])
    return folded(said)


def _read(node: Node) -> str:
    """What a reader sees of an element: scripts and styles may say more than its words."""
    said = raw_text(node)
    return text_of(node) if "{" in said and node.css_first("script, style") is not None else said


def records_of(starts: Sequence[Node], others: AbstractSet[int] | None) -> list[Record]:
    """Return the elements of records, told what they begin with.

    ``others`` are what all records of the page begin with, where the list is flat.
    """
    shapes: dict[_Written, Shape] = {}
    return [_record(_elements(start, others), shapes) for start in starts]


def likeness(records: Sequence[Record]) -> float:
    """Return how alike records are made: the share of their elements that all have."""
    made = [
        Counter(zip(record.shape.tags, record.shape.classes, strict=True)) for record in records
    ]
    in_all, in_any = made[0].copy(), made[0].copy()
    for other in made[1:]:
        in_all &= other
        in_any |= other
    return in_all.total() / max(1, in_any.total())


def _elements(start: Node, others: AbstractSet[int] | None) -> list[Node]:
    nodes = start.css("*")[:MOST_ELEMENTS]
    following = after(start, others) if others is not None else ()
    for _, sibling in zip(range(MOST_AFTER), following, strict=False):
        nodes += sibling.css("*")[: MOST_ELEMENTS - len(nodes)]
    return nodes


# Each element's tag by number, classes as written, and outer element.
_Written = tuple[tuple[int, ...], tuple[str | None, ...], tuple[int, ...]]


def _record(nodes: list[Node], shapes: dict[_Written, Shape]) -> Record:
    places = {node.mem_id: place for place, node in enumerate(nodes)}
    # An element in a page has an outer one.
    outers = tuple([places.get(node.parent.mem_id, -1) for node in nodes])  # type: ignore[union-attr]
    written = tuple([node.attributes.get("class") for node in nodes])
    # A tag's number tells elements apart sooner than its name does.
    key = (tuple([node.tag_id for node in nodes]), written, outers)
    shape = shapes.get(key)
    if shape is None:
        shape = shapes[key] = _shape([node.tag or "" for node in nodes], written, outers)
    return Record(nodes, shape)


def _shape(tags: list[str], written: Sequence[str | None], outers: Sequence[int]) -> Shape:
    counts: dict[int, int] = {}
    turns = []
    for outer in outers:
        turn = counts[outer] = counts.get(outer, 0) + 1 if outer >= 0 else 0
        turns.append(turn)
    classes = [lasting_classes(each) if each else () for each in written]
    return Shape(tags, classes, list(outers), turns)
