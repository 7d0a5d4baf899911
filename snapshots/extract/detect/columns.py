"""What a list's records say, column by column."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from snapshots.extract.dates import LONGEST, iso
from snapshots.extract.detect.records import Record, Shape
from snapshots.extract.detect.words import folded, words_of
from snapshots.extract.html import HEADINGS, Node
from snapshots.extract.selectors import TEXT_AFTER, text_after

LEAST_FILLED = 0.5
WORDLESS = frozenset(
    "script style noscript template svg path option select input textarea br hr source audio "
    "video img col colgroup iframe button".split()
)
LABELS = frozenset(("b", "strong", "span", "em", "label", "i"))
# Elements whose next sibling is what they name.
TERMS = frozenset(("dt", "th", "td", "div", "span", "label", "strong", "b"))
NAMING = frozenset(("dt", "th", "label", "b", "strong"))
LONGEST_LABEL = 40
# Of a label's values, so many stand in the same column.
LEAST_BESIDE = 0.8
MOST_COLUMNS = 60
# Where none of so many values is a date, few are.
GLANCED_AT = 4
# Characters of a value that words are looked for in.
WORDS_IN = 200
_ISO_DATE = re.compile(r"\d{4}(-\d\d){1,2}")
_HIDDEN = re.compile(r"display:\s*none")
_FIGURE = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{2,}")
# Two words: the first one is never looked for again, as texts of one word would take long.
_WORDS = re.compile(r"(?>.*?[^\W\d_]{2,}+).*?[\W\d_][^\W\d_]{2}", re.DOTALL)


@dataclass(slots=True, kw_only=True)
class Column:
    """One element of each record, by its way from the record's own; -1 where there is none.

    ``cells`` are places in the records. ``label`` is what stands before each value in the
    same line, ``labelled`` the tag and the words of the element before it, ``header`` what
    its table calls it. Shares are of the records.
    """

    cells: list[int]
    values: list[str]
    tag: str
    depth: int
    is_own: bool = False
    is_link: bool = False
    is_heading: bool = False
    is_classed: bool = False
    attribute: str | None = None
    label: str | None = None
    labelled: tuple[str, str] | None = None
    header: str | None = None
    date_share: float = 0.0
    filled: float = 0.0
    distinct: float = 0.0
    mean_chars: float = 0.0
    wordy: float = 0.0
    parts: list["Column"] = field(default_factory=list)

    @property
    def said(self) -> list[str]:
        """The values that are there."""
        return [value for value in self.values if value]

    @property
    def name(self) -> str:
        """What the page calls it: by a label beside it, or by its table's header; "" for none."""
        return self.label or (self.labelled[1] if self.labelled else None) or self.header or ""

    @property
    def is_whole(self) -> bool:
        """Whether it gathers several parts that say different things."""
        said = [part for part in self.parts if part.mean_chars >= 3 and part.filled >= 0.7]
        longest = max((part.mean_chars for part in said), default=0.0)
        return len(said) > 1 and 0 < longest < 0.75 * self.mean_chars


_Path = tuple[int, str, tuple[str, ...], int]
_OWN, _AFTER = 0, -1


def columns(records: Sequence[Record], headers: Sequence[str] = ()) -> list[Column]:
    """Return the columns of some records that at least half of them have.

    ``headers`` are those of their table's columns, in order.
    """
    cells, outers = _ways(records)
    alike = Counter(record.shape for record in records)
    least = LEAST_FILLED * len(records)
    kept: dict[int, Column] = {}
    for path in range(len(outers)):
        held = [shape for shape, each in cells.items() if path in each]
        tag = held[0].tags[cells[held[0]][path]]
        if tag in WORDLESS or sum([alike[shape] for shape in held]) < least:
            continue
        places = [cells[record.shape].get(path, -1) for record in records]
        outer = kept.get(outers[path])
        kept[path] = _column(records, places, outer, is_own=path == _OWN)
        if len(kept) == MOST_COLUMNS:
            break
    _tell_parts(kept, outers)
    _tell_headers(records, list(kept.values()), headers)
    labels = [(c, label) for c in kept.values() if (label := _label_of(records, c))]
    owners = _owners(kept.values()) if labels else {}
    found = list(kept.values())
    for column, label in labels:
        found.append(_text_after(records, column, label))
        _tell_labelled(records, column, label, owners)
    return found


_Owners = dict[tuple[int, int], Column]


def _owners(found: Iterable[Column]) -> _Owners:
    """The columns, by the numbers of their records and their places in them."""
    return {
        (number, cell): column
        for column in found
        for number, cell in enumerate(column.cells)
        if cell >= 0
    }


def _ways(records: Sequence[Record]) -> tuple[dict[Shape, dict[int, int]], list[int]]:
    """The place of each element by the number of its way from the record's own, shape by shape.

    And the number of each way's outer one.
    """
    numbers: dict[_Path, int] = {}
    outers = [_AFTER]
    cells: dict[Shape, dict[int, int]] = {}
    for record in records:
        if record.shape not in cells:
            cells[record.shape] = _paths(record.shape, numbers, outers)
    return cells, outers


def _paths(shape: Shape, numbers: dict[_Path, int], outers: list[int]) -> dict[int, int]:
    own = [_OWN]
    seen: dict[tuple[int, str, tuple[str, ...]], int] = {}
    for cell in range(1, len(shape.tags)):
        outer = own[shape.outers[cell]] if shape.outers[cell] >= 0 else _AFTER
        step = (outer, shape.tags[cell], shape.classes[cell][:2])
        turn = seen[step] = seen.get(step, 0) + 1
        number = numbers.setdefault((*step, turn), len(outers))
        if number == len(outers):
            outers.append(outer)
        own.append(number)
    return {number: cell for cell, number in enumerate(own)}


def _column(
    records: Sequence[Record], cells: list[int], outer: Column | None, *, is_own: bool
) -> Column:
    """Return the column of some elements; ``outer`` is the one that they lie in, if it is one."""
    found = Column(cells=cells, values=[], tag="", depth=0, is_own=is_own)
    record, cell = first_cell(records, found)
    shape = record.shape
    tag, place = shape.tags[cell], shape.outers[cell]
    # What lies in an element that says nothing says nothing.
    around = outer.values if outer else [True] * len(cells)
    if tag == "span" and _is_sort_key(record.nodes[cell]):
        around = [False] * len(cells)
    found.values = values = [
        words_of(record.nodes[cell]) if cell >= 0 and said else ""
        for record, cell, said in zip(records, cells, around, strict=True)
    ]
    outer_tag = shape.tags[place] if place >= 0 else ""
    found.tag, found.depth = tag, _depth(shape, cell)
    found.is_classed = bool(shape.classes[cell])
    found.is_link = "a" in (tag, outer_tag)
    found.is_heading = tag in HEADINGS or outer_tag in HEADINGS
    if outer and outer.values == values:
        return _like(found, outer)
    return described(found)


def _is_sort_key(node: Node) -> bool:
    """Whether an element is a number that is there to sort by, and hidden from readers."""
    style = node.attributes.get("style") or ""
    return _HIDDEN.search(style) is not None and words_of(node).isdecimal()


def _like(column: Column, other: Column) -> Column:
    """Fill in what a column's values have in common: they are those of another one."""
    column.filled, column.distinct = other.filled, other.distinct
    column.mean_chars, column.wordy = other.mean_chars, other.wordy
    column.date_share = other.date_share
    return column


def _depth(shape: Shape, cell: int) -> int:
    depth = 0
    while cell > 0:
        cell = shape.outers[cell]
        depth += 1
    return depth


def described(column: Column) -> Column:
    """Return a column with what its values have in common filled in."""
    said = column.said
    column.filled = len(said) / len(column.values)
    if said:
        count = len(said)
        column.distinct = len(set(said)) / count
        column.mean_chars = sum(map(len, said)) / count
        if column.mean_chars >= 5:
            column.wordy = sum(map(_is_wordy, said)) / count
        if column.mean_chars <= LONGEST:
            dates = sum(map(is_date, said[:GLANCED_AT]))
            rest = sum(map(is_date, said[GLANCED_AT:])) if dates else 0
            column.date_share = (dates + rest) / count
    return column


def _is_wordy(value: str) -> bool:
    """Whether a text has two words in its first characters."""
    first, _, rest = value[:WORDS_IN].partition(" ")
    # Most that have begin with them, which is soon told.
    if len(first) > 1 and first.isalpha() and rest[1:2] and rest[:2].isalpha():
        return True
    return _WORDS.match(value[:WORDS_IN]) is not None


def is_date(text: str) -> bool:
    """Whether a text is a date, or names one among a few words."""
    if len(text) > LONGEST or not _FIGURE.search(text):
        return False
    return bool(_ISO_DATE.match((iso(text) or "")[:10]))


def _tell_parts(kept: dict[int, Column], outers: Sequence[int]) -> None:
    for path, column in kept.items():
        outer = outers[path]
        while outer >= 0:
            if outer in kept:
                kept[outer].parts.append(column)
            if outer == _OWN:
                break
            outer = outers[outer]


def _tell_headers(
    records: Sequence[Record], found: Sequence[Column], headers: Sequence[str]
) -> None:
    """Tell the columns in a table's cells by what the table's header calls them."""
    for column in found if headers else ():
        record, cell = first_cell(records, column)
        while record.shape.outers[cell] > 0:
            cell = record.shape.outers[cell]
        if record.shape.tags[cell] in ("td", "th") and 0 < record.shape.turns[cell] <= len(headers):
            column.header = headers[record.shape.turns[cell] - 1]


def first_cell(records: Sequence[Record], column: Column) -> tuple[Record, int]:
    """The first record that has a column, and the column's place in it."""
    if column.cells[0] >= 0:
        return records[0], column.cells[0]
    return next((r, c) for r, c in zip(records, column.cells, strict=True) if c >= 0)


def _label_of(records: Sequence[Record], column: Column) -> str | None:
    """What a column says in all records, or None where it is no label."""
    said = column.said
    if (
        column.header
        or column.tag not in TERMS
        or not said
        or not 2 <= column.mean_chars <= LONGEST_LABEL
    ):
        return None
    if column.distinct > 0.5 and len(said) > 2:
        return None
    label = max(set(said), key=said.count)
    if said.count(label) < 0.8 * len(said) or column.date_share:
        return None
    record, cell = first_cell(records, column)
    # The first cell of a row may say the same in all rows, as where all are of one committee.
    is_cell = column.tag == "td" and record.shape.outers[cell] == 0
    is_first = record.shape.turns[cell] == 1 and not is_cell
    is_first = is_first or column.tag in NAMING or label.endswith(":")
    is_told = len(said) > 1 and _WORD.search(label) and '"' not in label
    return label if is_first and is_told else None


def _text_after(records: Sequence[Record], label: Column, said: str) -> Column:
    """The column of the texts that stand after a label."""
    values = [
        folded(text_after(record.nodes[cell])) if cell >= 0 and label.tag in LABELS else ""
        for record, cell in zip(records, label.cells, strict=True)
    ]
    column = Column(cells=label.cells, values=values, tag=label.tag, depth=label.depth)
    column.attribute, column.label = TEXT_AFTER, said
    return described(column)


def _tell_labelled(
    records: Sequence[Record],
    label: Column,
    said: str,
    owners: _Owners,
) -> None:
    """Tell the column that stands next to a label by what the label says."""
    beside = [
        owners.get((place, _next_element(records[place], cell)))
        for place, cell in enumerate(label.cells)
        if cell >= 0
    ]
    column = beside[len(beside) // 2]
    if column is None or column.labelled:
        return
    if sum(each is column for each in beside) >= LEAST_BESIDE * len(beside):
        column.labelled = (label.tag, said)


def _next_element(record: Record, cell: int) -> int:
    """The place of an element's next sibling, or -1."""
    try:
        return record.shape.outers.index(record.shape.outers[cell], cell + 1)
    except ValueError:
        return -1
