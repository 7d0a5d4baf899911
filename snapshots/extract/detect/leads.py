"""What stands directly before each record and belongs to it: a date above its heading."""

from collections.abc import Iterator, Sequence

from snapshots.extract.detect.columns import is_date
from snapshots.extract.detect.groups import Group
from snapshots.extract.detect.outline import Outline, lasting_classes
from snapshots.extract.detect.records import LOOKED_AT, after, spread
from snapshots.extract.detect.roles import LEAST_DATED
from snapshots.extract.detect.words import words_of
from snapshots.extract.html import HEADINGS, Document, Node
from snapshots.extract.selectors import first_in_each, item_nodes

# Between a record and what leads it lies nothing but these.
RULES = frozenset(("hr", "br"))
# A lead's selector reads it for so many of the records.
LEAST_READ = 0.9


def leads_of(outline: Outline, rows: Sequence[int]) -> list[Node]:
    """Return what stands directly before each record, the first one's first: dates, or labels.

    None where the first record has none, or where the last one is followed by another:
    then they end the record before.
    """
    nodes = [outline.nodes[n] for n in rows]
    few = [_before(node) for node in (nodes[0], *spread(nodes[1:], LOOKED_AT))]
    if few[0] is None:
        return []
    kind = _kind(few[0])
    likes = [node for node in few if node is not None and _kind(node) == kind]
    least = LEAST_DATED * len(few)
    is_dated = sum(is_date(words_of(node)) for node in likes) >= least
    is_named = bool(kind[1]) and len(likes) >= least
    if not is_dated and (not is_named or any(_kind(n) == kind for n in after(nodes[-1], set()))):
        return []
    return [lead for node in nodes if (lead := _before(node)) is not None and _kind(lead) == kind]


def dates_before(document: Document, css: str, leads: Sequence[Node]) -> Group | None:
    """Return what reads the dates that lead the records which a selector finds."""
    if not leads or not is_date(words_of(leads[0])):
        return None
    items = item_nodes(document, css)
    wanted = {node.mem_id for node in leads}
    for name in _names(leads[0]):
        found = first_in_each(document, items, f"< {name}")
        right = sum(node is not None and node.mem_id in wanted for node in found)
        if right >= LEAST_READ * len(found):
            return Group(f"< {name}", [words_of(node) if node else "" for node in found])
    return None


def _names(lead: Node) -> Iterator[str]:
    tag, classes = _kind(lead)
    yield from (f"{tag}.{name}" for name in classes[:2])
    outer = lead.parent
    while outer is not None and outer.tag != "body":
        names = lasting_classes(outer.attributes.get("class") or "")
        yield from (f".{name} {tag}" for name in names[:1])
        outer = outer.parent
    yield tag


def _kind(node: Node) -> tuple[str, tuple[str, ...]]:
    return node.tag or "", lasting_classes(node.attributes.get("class") or "")


def _before(node: Node) -> Node | None:
    """The element before one, unless that is a heading; rules and line ends are no elements."""
    before = node.prev
    while before is not None and (not before.is_element_node or before.tag in RULES):
        before = before.prev
    return before if before is not None and before.tag not in HEADINGS else None
