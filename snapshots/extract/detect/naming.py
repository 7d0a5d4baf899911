"""Selectors for the parts of records, such as a person would write."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from snapshots.extract.detect.columns import Column, first_cell
from snapshots.extract.detect.records import Record, Shape
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

    def fits(self, shape: Shape, cell: int) -> bool:
        return (
            (self.tag is None or shape.tags[cell] == self.tag)
            and (self.name is None or self.name in shape.classes[cell])
            and (self.turn is None or shape.turns[cell] == self.turn)
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

    def fits(self, shape: Shape, cell: int) -> bool:
        """Whether an element has, and lies in or beside, what the selector says."""
        if not self.own.fits(shape, cell):
            return False
        if self.before:
            before = _sibling_before(shape, cell)
            return before >= 0 and self.before.fits(shape, before)
        outer = shape.outers[cell]
        for step in reversed(self.outers):
            while outer > 0 and not step.fits(shape, outer) and not self.is_direct:
                outer = shape.outers[outer]
            if outer <= 0 or not step.fits(shape, outer):
                return False
            outer = shape.outers[outer]
        return True


def _sibling_before(shape: Shape, cell: int) -> int:
    """The place of the element before one, in the same outer one; -1 where there is none."""
    outer = shape.outers[cell]
    return next((n for n in range(cell - 1, -1, -1) if shape.outers[n] == outer), -1)


class Names:
    """The simplest selectors for columns of some records, each looked for once."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self._known: dict[int, tuple[Column, str | None]] = {}
        self._each = [_Try(n, 1, int(n < TRIED_AT)) for n in range(len(records))]
        self._kinds = _kinds(records)

    def selector(self, column: Column) -> str | None:
        """The simplest selector that finds a column's elements in the records, or None."""
        known = self._known.get(id(column))
        if known is None:
            css = ":scope" if column.is_own else self._selector(column)
            known = self._known[id(column)] = (column, css)
        return known[1]

    def _selector(self, column: Column) -> str | None:
        best, most = None, 0
        records = self._records
        follows = _follows(records, column)
        for named in _inner_names(records, column):
            tries = self._each if named.label or named.attribute else self._kinds
            right, wrong = _tally(records, column, tries, named, follows=follows)
            is_better = right - wrong > most and right >= LEAST_RIGHT * len(records)
            if (wrong and not is_better) or not named.is_plain:
                continue
            best, most = f"~ {named}" if follows else str(named), right - wrong
            if not wrong:
                return best
        return best


class _Try(NamedTuple):
    """The number of a record to try a selector on, and for how many it stands.

    ``early`` is how many of these are among the first few.
    """

    number: int
    alike: int
    early: int


def _kinds(records: Sequence[Record]) -> list[_Try]:
    """A record of each kind for all that are made alike: a column's place is the same in them."""
    firsts: dict[Shape, list[int]] = {}
    for number, record in enumerate(records):
        firsts.setdefault(record.shape, []).append(number)
    return [_Try(n[0], len(n), sum([each < TRIED_AT for each in n])) for n in firsts.values()]


def _tally(
    records: Sequence[Record],
    column: Column,
    tries: Sequence[_Try],
    named: _Named,
    *,
    follows: bool,
) -> tuple[int, int]:
    """In how many records a selector finds what it should, and in how many something else.

    What finds something else in most of the first few records is tried on no others.
    """
    right = wrong = early_wrong = 0
    most = min(TRIED_AT, len(records)) / 2
    for number, alike, early in tries:
        place = _first(records[number], named, follows=follows)
        if place != column.cells[number]:
            wrong, early_wrong = wrong + alike, early_wrong + early
            if early_wrong > most:
                return 0, wrong
        elif place >= 0:
            right += alike
    return right, wrong


def _follows(records: Sequence[Record], column: Column) -> bool:
    """Whether a column lies in what follows the records' own elements."""
    record, cell = first_cell(records, column)
    return cell >= record.shape.end


def _first(record: Record, named: _Named, *, follows: bool) -> int:
    shape = record.shape
    begin, end = (shape.end, len(shape.tags)) if follows else (1, shape.end)
    if named.label:
        # A label may stand in what follows a record.
        return _beside_label(record, named, begin)
    if named.attribute:
        name, value = named.attribute
        held = (n for n in range(begin, end) if record.nodes[n].attributes.get(name) == value)
        return next(held, -1)
    for cell in range(begin, end):
        if named.fits(shape, cell):
            return cell
    return -1


def _beside_label(record: Record, named: _Named, begin: int) -> int:
    """The first element that stands next to one that says a label, or that one itself."""
    shape = record.shape
    for cell in range(begin, len(record.nodes)):
        if not _says(record, cell, *(named.label or ("", ""))):
            continue
        if not str(named.own):
            return cell
        try:
            beside = shape.outers.index(shape.outers[cell], cell + 1)
        except ValueError:
            continue
        if named.own.fits(shape, beside):
            return beside
    return -1


def _says(record: Record, cell: int, term: str, said: str) -> bool:
    tag, _, inner = term.partition(" ")
    if record.shape.tags[cell] != tag:
        return False
    node = record.nodes[cell]
    return any(said in own_text(each) for each in (node.css(inner) if inner else [node]))


def _inner_names(records: Sequence[Record], column: Column) -> Iterator[_Named]:
    """Selectors for a column's elements, the ones that last longest first."""
    record, cell = first_cell(records, column)
    shape = record.shape
    tag = shape.tags[cell]
    seldom, often = _by_rarity(shape, shape.classes[cell])
    if column.attribute == TEXT_AFTER and column.label:
        yield _Named(_Step(), label=_label(record.nodes[cell], column.label))
    own = [_Step(tag, name) for name in [*seldom, *often][:MOST_NAMES]]
    yield from map(_Named, own[: len(seldom)])
    above = _above(shape, cell)
    outers = [each for each in above if shape.tags[each] in HEADINGS]
    yield from (_Named(_Step(tag), (_Step(shape.tags[each]),)) for each in outers)
    sorted_names = [_by_rarity(shape, shape.classes[each]) for each in above]
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
    before = _sibling_before(shape, cell)
    if before >= 0 and tag not in ("td", "th"):
        steps = [_Step(shape.tags[before], name) for name in shape.classes[before][:1]]
        steps.append(_Step(shape.tags[before]))
        yield from (_Named(_Step(tag), before=step) for step in steps)
    yield from _placed(shape, cell, own, above)


def _by_rarity(shape: Shape, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Class names that one element of a record has, and those that several have."""
    counts = shape.counts
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
    shape: Shape, cell: int, own: Sequence[_Step], above: Sequence[int]
) -> Iterator[_Named]:
    """Selectors by an element's turn among its siblings: a table's cells have no other names."""
    tag, turn = shape.tags[cell], shape.turns[cell] or None
    steps = [*own, _Step(tag)]
    cells = [each for each in above if shape.tags[each] in ("td", "th") and shape.turns[each]]
    if tag in ("td", "th"):
        yield _Named(_Step(tag, turn=turn))
    for each in cells:
        outer = _Step(shape.tags[each], turn=shape.turns[each])
        yield from (_Named(step, (outer,)) for step in steps)
    tags = [_Step(shape.tags[each]) for each in above[:2]]
    if tags:
        yield _Named(_Step(tag), (tags[0],), is_direct=True)
        yield _Named(_Step(tag), tuple(reversed(tags)), is_direct=True)
    yield _Named(_Step(tag, turn=turn))
    for each in above:
        if shape.turns[each] > 1:
            outer = _Step(shape.tags[each], turn=shape.turns[each])
            yield from (_Named(step, (outer,)) for step in [*steps, _Step(tag, turn=turn)])


def _above(shape: Shape, cell: int) -> list[int]:
    """The elements of a record that one lies in, from the inside out, without the record's own."""
    found = []
    outer = shape.outers[cell]
    while outer > 0:
        found.append(outer)
        outer = shape.outers[outer]
    return found
