"""Selectors for the parts of records, such as a person would write."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from snapshots.extract.detect.columns import Column, first_cell
from snapshots.extract.detect.records import Record
from snapshots.extract.html import HEADINGS, Node, own_text
from snapshots.extract.selectors import TEXT_AFTER

# So many of an element's class names are tried.
MOST_NAMES = 2
LEAST_RIGHT = 0.6
# A selector is tried on so many records before all.
TRIED_AT = 3
_TAG = re.compile(r"[a-z][a-z0-9-]*")
_VALUE = re.compile(r"[A-Za-z][\w:.-]*")
ATTRIBUTES = ("itemprop", "property")


class _Step(NamedTuple):
    """What an element has to be: all that is not None."""

    tag: str | None = None
    name: str | None = None
    turn: int | None = None

    def __str__(self) -> str:
        turn = f":nth-child({self.turn})" if self.turn else ""
        return f"{self.tag or ''}{f'.{self.name}' if self.name else ''}{turn}"

    def fits(self, record: Record, cell: int) -> bool:
        return (
            (self.tag is None or record.tags[cell] == self.tag)
            and (self.name is None or self.name in record.classes[cell])
            and (self.turn is None or record.turns[cell] == self.turn)
        )


class _Named(NamedTuple):
    """A selector for one element of each record: an element, in others, or beside a label.

    ``label`` is the tag of the element that says it, or two, if one in it does, and its words.
    """

    own: _Step
    outers: tuple[_Step, ...] = ()
    is_direct: bool = False
    attribute: tuple[str, str] | None = None
    label: tuple[str, str] | None = None
    before: _Step | None = None

    def __str__(self) -> str:
        if self.label:
            term, said = self.label
            beside = f" + {self.own}" if str(self.own) else ""
            tag, _, inner = term.partition(" ")
            words = f':lexbor-contains("{said}")'
            return f"{tag}:has({inner}{words}){beside}" if inner else f"{tag}{words}{beside}"
        if self.attribute:
            return '[{}="{}"]'.format(*self.attribute)
        if self.before:
            return f"{self.before} + {self.own}"
        join = " > " if self.is_direct else " "
        return join.join(map(str, (*self.outers, self.own)))

    @property
    def is_plain(self) -> bool:
        """Whether all its tags can be named: broken markup has some that cannot."""
        steps = (self.own, *self.outers, *((self.before,) if self.before else ()))
        terms = self.label[0].split() if self.label else []
        return all(_TAG.fullmatch(tag) for tag in (*(s.tag or "a" for s in steps), *terms))

    def fits(self, record: Record, cell: int) -> bool:
        if self.attribute:
            name, value = self.attribute
            return record.nodes[cell].attributes.get(name) == value
        if not self.own.fits(record, cell):
            return False
        if self.before:
            before = _sibling_before(record, cell)
            return before >= 0 and self.before.fits(record, before)
        outer = record.outers[cell]
        for step in reversed(self.outers):
            while outer > 0 and not step.fits(record, outer) and not self.is_direct:
                outer = record.outers[outer]
            if outer <= 0 or not step.fits(record, outer):
                return False
            outer = record.outers[outer]
        return True


def _sibling_before(record: Record, cell: int) -> int:
    """The place of the element before one, in the same outer one; -1 where there is none."""
    outer = record.outers[cell]
    return next((n for n in range(cell - 1, -1, -1) if record.outers[n] == outer), -1)


def column_selector(records: Sequence[Record], column: Column) -> str | None:
    """The simplest selector that finds a column's elements in the records, or None."""
    if column.is_own:
        return ":scope"
    best, most = None, 0
    follows = _follows(records, column)
    for named in _inner_names(records, column):
        if not named.is_plain or _fails_early(records, column, named, follows=follows):
            continue
        firsts = [_first(record, named, follows=follows) for record in records]
        right = sum(a == b >= 0 for a, b in zip(firsts, column.cells, strict=True))
        wrong = sum(a != b for a, b in zip(firsts, column.cells, strict=True))
        written = f"~ {named}" if follows else str(named)
        if not wrong:
            return written
        if right - wrong > most and right >= LEAST_RIGHT * len(records):
            best, most = written, right - wrong
    return best


def _fails_early(
    records: Sequence[Record], column: Column, named: _Named, *, follows: bool
) -> bool:
    """Whether a selector finds something else in most of the first few records."""
    few = list(zip(records, column.cells, strict=True))[:TRIED_AT]
    wrong = sum(_first(record, named, follows=follows) != cell for record, cell in few)
    return wrong > len(few) / 2


def _follows(records: Sequence[Record], column: Column) -> bool:
    """Whether a column lies in what follows the records' own elements."""
    for record, cell in zip(records, column.cells, strict=True):
        if cell >= 0:
            while record.outers[cell] >= 0:
                cell = record.outers[cell]
            return cell > 0
    return False


def _first(record: Record, named: _Named, *, follows: bool) -> int:
    """The place of the first element that a selector finds in a record, or -1."""
    begin = _end_of_own(record) if follows else 1
    if named.label:
        return _beside_label(record, named, begin)
    for cell in range(begin, len(record.nodes)):
        if not follows and record.outers[cell] < 0:
            return -1
        if named.fits(record, cell):
            return cell
    return -1


def _end_of_own(record: Record) -> int:
    try:
        return record.outers.index(-1, 1)
    except ValueError:
        return len(record.nodes)


def _beside_label(record: Record, named: _Named, begin: int) -> int:
    """The first element that stands next to one that says a label, or that one itself."""
    for cell in range(begin, len(record.nodes)):
        if not _says(record, cell, *(named.label or ("", ""))):
            continue
        if not str(named.own):
            return cell
        try:
            beside = record.outers.index(record.outers[cell], cell + 1)
        except ValueError:
            continue
        if named.own.fits(record, beside):
            return beside
    return -1


def _says(record: Record, cell: int, term: str, said: str) -> bool:
    tag, _, inner = term.partition(" ")
    if record.tags[cell] != tag:
        return False
    node = record.nodes[cell]
    return any(said in own_text(each) for each in (node.css(inner) if inner else [node]))


def _inner_names(records: Sequence[Record], column: Column) -> Iterator[_Named]:
    """Selectors for a column's elements, the ones that last longest first."""
    record, cell = first_cell(records, column)
    tag = record.tags[cell]
    seldom, often = _by_rarity(record, record.classes[cell])
    if column.attribute == TEXT_AFTER and column.label:
        yield _Named(_Step(), label=_label(record.nodes[cell], column.label))
    own = [_Step(tag, name) for name in [*seldom, *often][:MOST_NAMES]]
    yield from map(_Named, own[: len(seldom)])
    above = _above(record, cell)
    outers = [each for each in above if record.tags[each] in HEADINGS]
    yield from (_Named(_Step(tag), (_Step(record.tags[each]),)) for each in outers)
    sorted_names = [_by_rarity(record, record.classes[each]) for each in above]
    for names in (*(rare for rare, _ in sorted_names), often, *(more for _, more in sorted_names)):
        if names is often:
            yield from map(_Named, own[len(seldom) :])
        else:
            yield from (_Named(_Step(tag), (_Step(None, n),)) for n in names[:MOST_NAMES])
    if column.labelled:
        yield from _labelled(records, column, tag)
    yield _Named(_Step(tag))
    for attribute in ATTRIBUTES:
        value = record.nodes[cell].attributes.get(attribute)
        if value and _VALUE.fullmatch(value):
            yield _Named(_Step(), attribute=(attribute, value))
    before = _sibling_before(record, cell)
    if before >= 0 and tag not in ("td", "th"):
        steps = [_Step(record.tags[before], name) for name in record.classes[before][:1]]
        steps.append(_Step(record.tags[before]))
        yield from (_Named(_Step(tag), before=step) for step in steps)
    yield from _placed(record, cell, own, above)


def _by_rarity(record: Record, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Class names that one element of a record has, and those that several have."""
    counts = {name: sum(name in classes for classes in record.classes) for name in names}
    return [n for n in names if counts[n] == 1], [n for n in names if counts[n] > 1]


def _label(node: Node, said: str) -> tuple[str, str]:
    """The tag of what says a label, or two tags if an element in it does, and its words."""
    tag = node.tag or ""
    for inner in node.css("*"):
        written = own_text(inner)
        for words in (said, max(said.split(), key=len)):
            if words in written:
                return (tag if inner.mem_id == node.mem_id else f"{tag} {inner.tag}"), words
    return tag, said


def _labelled(records: Sequence[Record], column: Column, tag: str) -> Iterator[_Named]:
    for record, cell in zip(records, column.cells, strict=True):
        if cell >= 0:
            before = record.nodes[cell].prev
            while before is not None and not before.is_element_node:
                before = before.prev
            if before is not None and column.labelled:
                yield _Named(_Step(tag), label=_label(before, column.labelled[1]))
            return


def _placed(
    record: Record, cell: int, own: Sequence[_Step], above: Sequence[int]
) -> Iterator[_Named]:
    """Selectors by an element's turn among its siblings: a table's cells have no other names."""
    tag, turn = record.tags[cell], record.turns[cell] or None
    steps = [*own, _Step(tag)]
    cells = [each for each in above if record.tags[each] in ("td", "th") and record.turns[each]]
    if tag in ("td", "th"):
        yield _Named(_Step(tag, turn=turn))
    for each in cells:
        outer = _Step(record.tags[each], turn=record.turns[each])
        yield from (_Named(step, (outer,)) for step in steps)
    tags = [_Step(record.tags[each]) for each in above[:2]]
    if tags:
        yield _Named(_Step(tag), (tags[0],), is_direct=True)
        yield _Named(_Step(tag), tuple(reversed(tags)), is_direct=True)
    yield _Named(_Step(tag, turn=turn))
    for each in above:
        if record.turns[each] > 1:
            outer = _Step(record.tags[each], turn=record.turns[each])
            yield from (_Named(step, (outer,)) for step in [*steps, _Step(tag, turn=turn)])


def _above(record: Record, cell: int) -> list[int]:
    """The elements of a record that one lies in, from the inside out, without the record's own."""
    found = []
    outer = record.outers[cell]
    while outer > 0:
        found.append(outer)
        outer = record.outers[outer]
    return found
