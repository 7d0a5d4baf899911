"""An old recipe and a new one side by side, and what taking the new one would do, as text."""

from collections.abc import Iterable, Iterator, Sequence

from crawler.config_problems import SELECTORS
from crawler.redesign import Redesign
from diffs.report.passage import clean
from diffs.report.phrases import counted, headline, moment
from snapshots.extract.selectors import NOTHING
from snapshots.records import Item, Recipe

SAMPLE = 3
# So many items that were lost, or are new, are named.
MOST_NAMED = 10
MOST_CHANGES = 20
_INDENT = "  "
_MOST_LABEL = 24
_FEWEST = 20


def lines(found: Redesign, *, width: int = 80) -> Iterator[str]:
    """Yield what was proposed for a layout that changed, line by line, no wider than asked."""
    mend, recipe = found.mend, found.recipe
    until, since = moment(found.last_good_at), recipe.since
    yield f"{found.source.key}: last seen well at {until}; a new recipe is proposed from {since}"
    yield ""
    yield from _side_by_side(found.old, recipe, width)
    yield ""
    yield (
        f"known items found: {mend.found} of {len(mend.known)} (confidence {mend.confidence:.2f})"
    )
    yield from _named("not found", mend.lost(), width)
    yield from _named("new", mend.new(), width)
    yield from (_cut(f"note: {clean(remark)}", width) for remark in mend.remarks)
    yield ""
    yield f"The first {counted(min(SAMPLE, len(mend.items)), 'item')} by the new recipe:"
    for number, item in enumerate(mend.items[:SAMPLE], 1):
        yield from _item(number, item, width)
    yield ""
    yield from _news(found, width)


def _side_by_side(old: Recipe, new: Recipe, width: int) -> Iterator[str]:
    """Each selector that either recipe has: what it was, and what it would be."""
    rows = [("", "old", "new"), *_selectors(old, new)]
    label = min(_MOST_LABEL, max(len(name) for name, _, _ in rows) + 2)
    room = max(_FEWEST, (width - len(_INDENT) - label - 2) // 2)
    for name, was, becomes in rows:
        for left, right in _parted(was, becomes, room):
            yield f"{_INDENT}{clean(name)[: label - 1]:<{label}}{left:<{room}}  {right}".rstrip()
            name = ""


def _selectors(old: Recipe, new: Recipe) -> Iterator[tuple[str, str, str]]:
    for name in SELECTORS:
        was, becomes = getattr(old, name), getattr(new, name)
        if was or becomes:
            yield name, _read_by(was), _read_by(becomes)
    if old.ignore or new.ignore:
        yield "ignore", ", ".join(old.ignore), ", ".join(new.ignore)
    for name in dict.fromkeys((*old.fields, *new.fields)):
        yield name, old.fields.get(name, ""), new.fields.get(name, "(not found)")


def _read_by(written: str | None) -> str:
    return "(nothing)" if written == NOTHING else written or "(by default)"


def _parted(left: str, right: str, room: int) -> Iterator[tuple[str, str]]:
    """Two texts beside each other, on as many lines as the longer needs."""
    left, right = clean(left), clean(right)
    for start in range(0, max(len(left), len(right), 1), room):
        yield left[start : start + room], right[start : start + room]


def _named(told: str, items: Sequence[Item], width: int) -> Iterator[str]:
    """How many items were lost, or are new, and the first of them."""
    if not items:
        return
    yield f"{told}: {counted(len(items), 'item')}"
    yield from (_cut(f"{_INDENT}- {_said(item)}", width) for item in items[:MOST_NAMED])
    yield from _more(len(items) - MOST_NAMED)


def _item(number: int, item: Item, width: int) -> Iterator[str]:
    yield _cut(f"{_INDENT}{number}. {_said(item)}", width)
    said = (item.url, item.published, item.summary, *map(": ".join, item.fields.items()))
    for value in said if item.text is None else ():
        if value:
            yield _cut(f"{_INDENT}   {clean(value)}", width)


def _news(found: Redesign, width: int) -> Iterator[str]:
    """What would be told of the visits since the layout changed, and what would wait."""
    end = ":" if found.changes else "."
    yield f"{counted(len(found.changes), 'change')} would be told of {_visits(found)}{end}"
    told = [f"{headline(each.change)}: {_said(each.change.item)}" for each in found.changes]
    yield from (_cut(f"{_INDENT}- {clean(line)}", width) for line in told[:MOST_CHANGES])
    yield from _more(len(told) - MOST_CHANGES)
    if found.awaited:
        count = counted(len(found.awaited), "item")
        yield f"{count} missing, called removed only when {found.source.confirm} visits miss it:"
        yield from (_cut(f"{_INDENT}- {_said(i)}", width) for i in found.awaited[:MOST_NAMED])
        yield from _more(len(found.awaited) - MOST_NAMED)
    yield from (_cut(f"still not believed: {clean(told)}", width) for told in found.doubts)


def _visits(found: Redesign) -> str:
    return counted(found.visits, "quarantined visit")


def _more(count: int) -> Iterable[str]:
    return [f"{_INDENT}  and {count} more"] if count > 0 else []


def _said(item: Item) -> str:
    return clean(item.title or item.text or item.summary or item.url or "")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
