"""A tried recipe told: a table in 80 columns for people, JSON lines for machines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.recipe_testing import Tried
from diffs.report.passage import clean
from diffs.report.phrases import counted
from diffs.report.text import paragraph
from snapshots.archive.rows import stamp

# The heads of the columns, where the name is too long.
SHORT = {"published": "date", "url": "link"}
WIDEST, NARROWEST = 12, 4
BESIDE = "  lost gained"


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table: the first of ``visits`` visits that say the same."""

    tried: Tried
    visits: int


def tried_json(source: str, tried: Tried) -> dict[str, object]:
    """Return what a recipe read of one visit, as ``--format jsonl`` prints it."""
    return {
        "source": source,
        "snapshot": tried.visit.id,
        "captured_at": stamp(tried.visit.started_at),
        "items": tried.items,
        "filled": {name: round(share, 4) for name, share in tried.filled.items()},
        "stopped": list(tried.stopped),
        "lost": tried.lost,
        "gained": tried.gained,
        "doubt": tried.doubt,
        "same_bytes": tried.is_same,
        "thinned": tried.is_thinned,
    }


def table(tried: Sequence[Tried], *, width: int) -> Iterator[str]:
    """Yield a table: a line for each reading, how many visits gave it, and where it stops.

    A column that no snapshot fills is left out, and named below if it is one that matters.
    """
    columns = [name for name in _columns(tried) if any(t.filled.get(name) for t in tried)]
    is_beside = any(each.lost is not None for each in tried)
    first = f"{'captured (UTC)':<16} {'visits':>6} {'items':>5}{BESIDE * is_beside}  "
    heads = _heads(columns, width - len(first))
    yield f"{first}{' '.join(heads)}".rstrip()
    for row in _rows(tried):
        yield _line(row, columns, heads, is_beside=is_beside)
        for told in _remarks(row.tried):
            yield from paragraph(told, indent="    ", width=width)


def _heads(columns: Sequence[str], room: int) -> list[str]:
    """The heads of the columns, cut so far as the room demands, and wide enough for 100%."""
    names = [SHORT.get(name, name) for name in columns]
    widths = (
        w for w in range(WIDEST, NARROWEST, -1) if sum(min(len(n), w) + 1 for n in names) <= room
    )
    most = next(widths, NARROWEST)
    return [f"{name[:most]:>{NARROWEST}}" for name in names]


def ending(tried: Sequence[Tried]) -> str:
    """Return in a sentence where a recipe read something, and where it stopped."""
    read = [each for each in tried if not each.is_thinned]
    full = sum(each.items > 0 for each in read)
    stopped = dict.fromkeys(name for each in read for name in each.stopped)
    told = f"{full} of {counted(len(read), 'visit')} give items"
    if never := [name for name in _columns(read) if not any(t.filled.get(name) for t in read)]:
        told += f"; never filled: {', '.join(never)}"
    return f"{told}; stops matching somewhere: {', '.join(stopped)}" if stopped else told


def _columns(tried: Sequence[Tried]) -> list[str]:
    return [*dict.fromkeys(name for each in tried for name in each.filled)]


def _rows(tried: Sequence[Tried]) -> list[_Row]:
    """Join visits that follow each other and give the same into one row."""
    rows: list[_Row] = []
    for each in tried:
        if rows and _is_same(rows[-1].tried, each):
            rows[-1] = _Row(rows[-1].tried, rows[-1].visits + 1)
        else:
            rows.append(_Row(each, 1))
    return rows


def _is_same(first: Tried, then: Tried) -> bool:
    def said(each: Tried) -> tuple[object, ...]:
        shares = tuple(each.filled.values())
        return each.items, shares, each.lost, each.gained, each.doubt, each.is_thinned

    return said(first) == said(then) and not then.stopped


def _line(row: _Row, columns: list[str], heads: list[str], *, is_beside: bool) -> str:
    each = row.tried
    at = f"{each.visit.started_at:%Y-%m-%d %H:%M}"
    if each.is_thinned:
        return f"{at:<16} {row.visits:>6}  the bytes were thinned"
    mark = "!" if each.stopped else " "
    beside = f"  {_count(each.lost):>4} {_count(each.gained):>6}" if is_beside else ""
    shares = [
        f"{_percent(each.filled.get(name, 0)):>{len(head)}}"
        for name, head in zip(columns, heads, strict=True)
    ]
    items = f"{each.items:>5}{beside}"
    return f"{at:<16} {row.visits:>6} {items}{mark} {' '.join(shares)}".rstrip()


def _remarks(tried: Tried) -> Iterator[str]:
    if tried.stopped:
        yield f"! stops matching: {', '.join(tried.stopped)}"
    if tried.doubt:
        yield clean(tried.doubt)


def _count(number: int | None) -> str:
    return "" if number is None else str(number) if number else "-"


def _percent(share: float) -> str:
    """A share as a whole percentage, of which none and all are exact."""
    if share in (0, 1):
        return f"{share:.0%}" if share else "-"
    return f"{min(99, max(1, round(share * 100)))}%"
