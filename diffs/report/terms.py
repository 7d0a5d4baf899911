"""Substitutions and trends as text: a table, and bars over time."""

from collections.abc import Sequence
from textwrap import shorten, wrap

from diffs.report.passage import clean
from diffs.report.phrases import counted, day, item_name
from diffs.trends import Point, Trend, series, sparkline
from snapshots.records import SubstitutionCount

_HEAD = "places  items  sources  first       last        back  chance"
_NARROWEST_PHRASE = 16
_MOST_ITEMS = 5
_SYSTEMATIC = "Systematic: in more items than chance explains, and one way"
_OTHERS = "Others, which may be chance"


def table(counts: Sequence[SubstitutionCount], *, width: int) -> list[str]:
    """The substitutions in lines, the systematic apart; a long phrase has a line of its own."""
    phrases = [f"{clean(c.old)} → {clean(c.new)}" for c in counts]
    room = max(_NARROWEST_PHRASE, min(width - len(_HEAD) - 2, max(map(len, phrases), default=0)))
    lines = [f"{'phrase'.ljust(room)}  {_HEAD}"]
    for is_systematic, title in ((True, _SYSTEMATIC), (False, _OTHERS)):
        rows = [p for p in zip(phrases, counts, strict=True) if p[1].is_systematic == is_systematic]
        lines += ["", title] if rows else []
        lines += [line for phrase, count in rows for line in _row(phrase, count, room, width)]
    return lines


def trend_lines(trend: Trend, *, width: int) -> list[str]:
    """One term's trend: its uses and bars in all items and on the panel, then by item."""
    where = f"in {clean(trend.source)}" if trend.source else "in all sources"
    first, last = trend.points[0], trend.points[-1]
    span = f"{day(first.at)} to {day(last.at)}, {counted(len(trend.points), 'good snapshot')}"
    came, went = sum(p.entered for p in trend.points), sum(p.left for p in trend.points)
    items = f"{first.items} → {last.items} items (+{came} −{went})"
    panel = f"{counted(trend.panel_items, 'item')} there at both ends"
    lines = [
        f"{clean(trend.term)} {where}, {span}",
        _bars("all items", trend, items, width, is_panel=False),
        _bars("constant panel", trend, panel, width, is_panel=True),
    ]
    for each in trend.items[:_MOST_ITEMS]:
        told = f"{_uses(each.first)} → {_uses(each.last)}".rjust(9)
        name = shorten(item_name(each.item), max(16, width - 40), placeholder=" …")
        room = max(8, width - len(name) - 22)
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
    broken = wrap(phrase, max(width, 24), subsequent_indent="  ", break_long_words=False)
    return [*broken, f"{' ' * room}  {numbers}"]


def _bars(label: str, trend: Trend, told: str, width: int, *, is_panel: bool) -> str:
    values = [uses for _, uses in series(trend, is_panel=is_panel)]
    bars = sparkline(values, max(8, width - len(told) - 32))
    return f"  {label:<14}  {f'{values[0]} → {values[-1]}':>9}  {bars}  {told}"


def _chance(chance: float) -> str:
    return "<0.001" if chance < 0.001 else f"{chance:.3f}"


def _uses(number: int | None) -> str:
    return "–" if number is None else str(number)
