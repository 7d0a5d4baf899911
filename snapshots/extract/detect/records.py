"""The elements of a few of a list's records, which tell what the others are like."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from snapshots.extract.detect.outline import Outline, lasting_classes
from snapshots.extract.detect.rows import WHOLE
from snapshots.extract.detect.words import folded, words_of
from snapshots.extract.html import HEADINGS, Node

T = TypeVar("T")
# How many siblings after a record's first element may belong to it.
MOST_AFTER = 24
# What a record holds beyond so many elements tells nothing of it.
MOST_ELEMENTS = 200
# A sibling that says less is an ornament.
LEAST_SAID = 3
BEGINNINGS = HEADINGS | {"dt"}
# Rows are looked at, so many siblings each, to tell whether a list is flat.
LOOKED_AT = 6
# A table's rows have the same cells, if so many of those looked at do.
MOST_ALIKE = 0.6


@dataclass(slots=True)
class Record:
    """One record's elements in page order, its own first; what follows it has no outer one.

    ``outers`` are places in the record, -1 outside it; ``turns`` is an element's number
    among its siblings, counted from one, and 0 where that is not known.
    """

    nodes: list[Node]
    tags: list[str]
    classes: list[tuple[str, ...]]
    outers: list[int]
    turns: list[int]


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
    return len(words_of(node)) >= LEAST_SAID


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


def after(start: Node, starts: set[int]) -> Iterator[Node]:
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


def text_in(start: Node, starts: set[int] | None) -> str:
    """Return what a record says, with what follows it where its list is flat."""
    said = start.text(deep=True, separator=" ")
    if starts is not None:
        said = " ".join([said, *(n.text(deep=True, separator=" ") for n in after(start, starts))])
    return folded(said)


def record_of(start: Node, starts: set[int] | None) -> Record:
    """Return a record's elements; ``starts`` are all records' ids where the list is flat."""
    record = Record([], [], [], [], [])
    _fill(record, start, 0)
    if starts is not None:
        for _, sibling in zip(range(MOST_AFTER), after(start, starts), strict=False):
            _fill(record, sibling, -1)
    return record


def likeness(records: Sequence[Record]) -> float:
    """Return how alike records are made: the share of their elements that all have."""
    made = [Counter(zip(record.tags, record.classes, strict=True)) for record in records]
    in_all, in_any = made[0].copy(), made[0].copy()
    for other in made[1:]:
        in_all &= other
        in_any |= other
    return in_all.total() / max(1, in_any.total())


def _fill(record: Record, root: Node, turn: int) -> None:
    places: dict[int, int] = {}
    counts: dict[int, int] = {}
    for node in root.css("*")[: MOST_ELEMENTS - len(record.nodes)]:
        parent = node.parent
        outer = places.get(parent.mem_id, -1) if parent is not None else -1
        place = len(record.nodes)
        places[node.mem_id] = place
        if outer >= 0:
            turn = counts[outer] = counts.get(outer, 0) + 1
        written = node.attributes.get("class")
        record.nodes.append(node)
        record.tags.append(node.tag or "")
        record.classes.append(lasting_classes(written) if written else ())
        record.outers.append(outer)
        record.turns.append(turn if outer >= 0 else 0)
