"""What stands above several records at once: a section's heading, a day's caption."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from snapshots.extract.detect.columns import LEAST_FILLED, is_date
from snapshots.extract.detect.outline import Outline
from snapshots.extract.detect.roles import LEAST_DATED
from snapshots.extract.detect.words import words_of
from snapshots.extract.html import Document, Node, select

# What groups records, beside headings.
_MARKS = ("caption", "legend", "summary", ".view-grouping-header", "th[colspan]", "td[colspan]")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
GROUPS = (*_HEADINGS, *_MARKS)
_ANY = ", ".join(GROUPS)
LONGEST_GROUP = 120
# Of the records, at least so many share their group with another.
MOST_GROUPS = 0.8
# How far above a mark the record is looked for that it may lie in.
HIGHEST = 6
# So many siblings are looked at for what stands between records.
MOST_SIBLINGS = 400
MOST_BETWEEN = 24


@dataclass(frozen=True, slots=True)
class Group:
    """A selector for what stands above records, and what it says above each."""

    css: str
    values: list[str]

    @property
    def date_share(self) -> float:
        """How many of the records stand below a date."""
        days = {value: is_date(value) for value in {*self.values}}
        return sum([days[value] for value in self.values]) / len(self.values)

    @property
    def filled(self) -> float:
        """How many of the records stand below one."""
        return sum(map(bool, self.values)) / len(self.values)


def groups(document: Document, outline: Outline, css: str, rows: Sequence[int]) -> list[Group]:
    """Return what stands above the records that a selector finds, and differs among them."""
    starts = {outline.nodes[row].mem_id for row in rows}
    if not _are_parted(outline, rows, starts):
        return []
    lead = next(iter(_leading(outline, rows)), None)
    marks = [*GROUPS, *([lead] if lead else [])]
    leads = {node.mem_id for node in select(document, lead)} if lead else set()
    nodes = select(document, f"{css}, {', '.join(marks)}")
    by_mark: dict[str, list[str]] = {}
    said: dict[str, str] = {}
    records = 0
    for node in nodes:
        if node.mem_id in starts:
            for mark, text in said.items():
                by_mark[mark].append(text)
            records += 1
            continue
        own = lead if node.mem_id in leads else _mark(node)
        if own and not _lies_in(node, starts):
            text = words_of(node)
            said[own] = text if len(text) <= LONGEST_GROUP else ""
            by_mark.setdefault(own, [""] * records)
    found = [Group(f"< {mark}", values) for mark, values in by_mark.items()]
    return [group for group in found if _is_shared(group.values)]


def _are_parted(outline: Outline, rows: Sequence[int], starts: set[int]) -> bool:
    """Whether rows lie in several elements, or may have something between them that groups them."""
    if any(outline.parents[row] != outline.parents[rows[0]] for row in rows):
        return True
    sibling, last = outline.nodes[rows[0]].next, outline.nodes[rows[-1]].mem_id
    looked_at = 0
    for _ in range(MOST_SIBLINGS):
        if sibling is None or sibling.mem_id == last:
            return False
        # Rules and line ends hold nothing.
        if sibling.child is not None and sibling.mem_id not in starts:
            looked_at += 1
            if looked_at > MOST_BETWEEN or sibling.css_first(_ANY) is not None:
                return True
        sibling = sibling.next
    return False


def _mark(node: Node) -> str | None:
    """The selector of :data:`GROUPS` that an element matches, if it does."""
    tag = node.tag or ""
    if tag in ("th", "td"):
        return f"{tag}[colspan]" if "colspan" in node.attributes else None
    if tag in GROUPS:
        return tag
    return next((css for css in _MARKS if css[0] == "." and node.css_matches(css)), None)


def _is_shared(values: Sequence[str]) -> bool:
    """Whether records stand in groups: few that are told alike, or days."""
    said = [value for value in values if value]
    distinct = len(set(said))
    if distinct < 2 or len(said) < LEAST_DATED * len(values):
        return False
    return distinct <= MOST_GROUPS * len(values) or any(map(is_date, {*said}))


def _leading(outline: Outline, rows: Sequence[int]) -> Iterator[str]:
    """A selector for the paragraphs that stand before the lists which hold the rows, if they do."""
    parents = list(dict.fromkeys(outline.parents[row] for row in rows))
    if len(parents) < 2 or outline.tags[parents[0]] not in ("ul", "ol", "dl", "tbody", "table"):
        return
    before = [_element_before(outline.nodes[parent]) for parent in parents]
    leads = [node for node in before if node is not None and node.tag == "p"]
    if len(leads) >= 0.7 * len(parents):
        outer = next((c for n in outline.above(parents[0]) for c in outline.classes[n][:1]), "")
        scope = f".{outer} " if outer else ""
        strong = next((t for t in ("strong", "b") if all(p.css_first(t) for p in leads)), None)
        yield f"{scope}p:has({strong})" if strong else f"{scope}p"


def _element_before(node: Node) -> Node | None:
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    return before


def _lies_in(node: Node, starts: set[int]) -> bool:
    outer = node.parent
    for _ in range(HIGHEST):
        if outer is None:
            return False
        if outer.mem_id in starts:
            return True
        outer = outer.parent
    return False


def dated(found: Sequence[Group]) -> Group | None:
    """The group that tells the records' dates, if one does."""
    best = max(found, key=lambda group: group.date_share, default=None)
    return best if best is not None and best.date_share >= LEAST_DATED else None


def section(found: Sequence[Group]) -> Group | None:
    """The innermost group that names the records' sections, if one does."""
    named = [g for g in found if g.date_share < LEAST_FILLED and g.filled >= 0.95]
    return max(named, key=lambda group: len(set(group.values)), default=None)
