"""Substitutions and trends as text: a table, and bars over time."""

from collections.abc import Sequence
from textwrap import shorten, wrap

from diffs.report.passage import clean
from diffs.report.phrases import counted, day, item_name, reach, when
from diffs.trends import Point, Trend, series, sparkline
from snapshots.records import SubstitutionCount

_HEAD = "places  items  sources  first       last        back  chance"
_NARROWEST_PHRASE = 16
# On less, what would be columns is told in words, and lines fold.
_NARROWEST_TABLE = _NARROWEST_PHRASE + 2 + len(_HEAD)
_NARROWEST = 24
_BARS, _NAME = 8, 10
_MOST_ITEMS = 5
_SYSTEMATIC = "Systematic: in more items than chance explains, and one way"
_OTHERS = "Others, which may be chance"


def table(counts: Sequence[SubstitutionCount], *, width: int) -> list[str]:
    """The substitutions in lines, the systematic apart; a long phrase has a line of its own.

    Where there is no width for columns, so has every phrase, and its numbers are in words.
    """
    is_narrow = width < _NARROWEST_TABLE
    phrases = [f"{clean(c.old)} → {clean(c.new)}" for c in counts]
    room = max(_NARROWEST_PHRASE, min(width - len(_HEAD) - 2, max(map(len, phrases), default=0)))
    lines = [] if is_narrow else [f"{'phrase'.ljust(room)}  {_HEAD}"]
    for is_systematic, title in ((True, _SYSTEMATIC), (False, _OTHERS)):
        rows = [p for p in zip(phrases, counts, strict=True) if p[1].is_systematic == is_systematic]
        lines += ["", *_folded(title, width)] if rows else []
        for phrase, count in rows:
            lines += (
                _in_words(phrase, count, width) if is_narrow else _row(phrase, count, room, width)
            )
    return lines[1:] if is_narrow else lines


def trend_lines(trend: Trend, *, width: int) -> list[str]:
    """One term's trend: its uses and bars in all items and on the panel, then by item."""
    where = f"in {clean(trend.source)}" if trend.source else "in all sources"
    first, last = trend.points[0], trend.points[-1]
    span = f"{day(first.at)} to {day(last.at)}, {counted(len(trend.points), 'good snapshot')}"
    came, went = sum(p.entered for p in trend.points), sum(p.left for p in trend.points)
    items = f"{first.items} → {last.items} items (+{came} −{went})"
    panel = f"{counted(trend.panel_items, 'item')} there at both ends"
    lines = [
        *_folded(f"{clean(trend.term)} {where}, {span}", width),
        *_bars("all items", trend, items, width, is_panel=False),
        *_bars("constant panel", trend, panel, width, is_panel=True),
    ]
    margin = 40 if width >= _NARROWEST_TABLE else 17 + _BARS
    for each in trend.items[:_MOST_ITEMS]:
        told = f"{_uses(each.first)} → {_uses(each.last)}".rjust(9)
        name = shorten(item_name(each.item), max(_NAME, width - margin), placeholder=" …")
        room = max(_BARS, width - len(name) - 22)
        bars = sparkline([number or 0 for _, number in each.steps], room)
        lines.append(f"    {told}  {name}" + (f"  {bars}" if len(each.steps) > 1 else ""))
    more = len(trend.items) - _MOST_ITEMS
    return [*lines, f"    and {counted(more, 'item')} more"] if more > 0 else lines


def point_words(point: Point) -> str:
    """A point in words, for a chart's label: ``2021-06-01: 4 uses in 24 items``."""
    return f"{day(point.at)}: {counted(point.uses, 'use')} in {counted(point.items, 'item')}"


def _row(phrase: str, count: SubstitutionCount, room: int, width: int) -> list[str]:
    numbers = (
        f"{count.places:>6}  {count.items:>5}  {count.sources:>7}  {day(count.first)}"
        f"  {day(count.last)}  {count.reverse_places:>4}  {_chance(count.chance):>6}"
    )
    if len(phrase) <= room:
        return [f"{phrase.ljust(room)}  {numbers}"]
    return [*_folded(phrase, width), f"{' ' * room}  {numbers}"]


def _in_words(phrase: str, count: SubstitutionCount, width: int) -> list[str]:
    back = f", {count.reverse_places} back" if count.reverse_places else ""
    told = f"{reach(count)}{back}; {when(count)}; chance {_chance(count.chance)}"
    return [*_folded(phrase, width), *_folded(told, width, indent="    ")]


def _folded(text: str, width: int, *, indent: str = "") -> list[str]:
    """A line, or as many as its words need."""
    return wrap(
        text,
        max(width, _NARROWEST),
        initial_indent=indent,
        subsequent_indent=indent or "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _bars(label: str, trend: Trend, told: str, width: int, *, is_panel: bool) -> list[str]:
    values = [uses for _, uses in series(trend, is_panel=is_panel)]
    head = f"  {label:<14}  {f'{values[0]} → {values[-1]}':>9}  "
    if len(head) + _BARS + 2 + len(told) <= width:
        return [f"{head}{sparkline(values, width - len(told) - 32)}  {told}"]
    bars = sparkline(values, max(_BARS // 2, width - len(head)))
    return [f"{head}{bars}", *_folded(told, width, indent="    ")]


def _chance(chance: float) -> str:
    return "<0.001" if chance < 0.001 else f"{chance:.3f}"


def _uses(number: int | None) -> str:
    return "–" if number is None else str(number)
