"""Dates in a record's bare text, before or after one of its elements."""

from collections.abc import Iterator, Sequence

from snapshots.extract.detect.columns import LEAST_FILLED, Column, described, is_date
from snapshots.extract.detect.records import Record
from snapshots.extract.detect.words import folded
from snapshots.extract.html import Node
from snapshots.extract.selectors import TEXT_AFTER, TEXT_BEFORE, text_after, text_before

_READ = {TEXT_AFTER: text_after, TEXT_BEFORE: text_before}
# Where few of the first so many records have a date, few have one.
GLANCED_AT = 4


def date_beside(records: Sequence[Record], found: Sequence[Column]) -> Column | None:
    """Return the column of bare texts that say the records' dates best, or None.

    What an element says is not read: a title may be long, or name a day itself.
    """
    beside = [
        column
        for place in _places(records, found)
        for attribute in _READ
        if (column := _beside(records, *place, attribute)) is not None
    ]
    return max(beside, key=lambda column: column.date_share * column.filled, default=None)


def _places(
    records: Sequence[Record], found: Sequence[Column]
) -> Iterator[tuple[str, Sequence[int], int]]:
    """The tag and cells of each column, and of the first line's end in each record."""
    own = (column for column in found if not column.is_own and column.attribute is None)
    yield from ((column.tag, column.cells, column.depth) for column in own)
    tags = [record.shape.tags for record in records]
    ends = [own.index("br") if "br" in own else -1 for own in tags]
    if sum(end >= 0 for end in ends) >= LEAST_FILLED * len(records):
        yield "br", ends, 1


def _beside(
    records: Sequence[Record], tag: str, cells: Sequence[int], depth: int, attribute: str
) -> Column | None:
    pairs = zip(records, cells, strict=True)
    nodes = [record.nodes[cell] if cell >= 0 else None for record, cell in pairs]
    if not any(is_date(_said(node, attribute)) for node in nodes[:GLANCED_AT]):
        return None
    values = [_said(node, attribute) for node in nodes]
    column = Column(cells=list(cells), values=values, tag=tag, depth=depth, attribute=attribute)
    return described(column)


def _said(node: Node | None, attribute: str) -> str:
    return folded(_READ[attribute](node)) if node is not None else ""
