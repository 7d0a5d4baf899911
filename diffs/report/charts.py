"""The geometry of a report's charts: term lines over time, and calendars of visits.

Values only; the template draws them. All numbers are in the units of each chart's view box.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from diffs.report.phrases import counted, day
from diffs.report.view import Activity
from diffs.trends import Point, Trend, series
from snapshots.records import Outcome

WIDTH, HEIGHT = 420, 120
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 8, 18
CELL = 11
HEAD = 14
YEAR = 30
WEEKS = 53

Day = tuple[date, dict[Outcome, int]]
Label = tuple[int, int, str]
# The worst that happened on a day is what its cell shows, in this order.
_WORST = (
    Outcome.FAILED,
    Outcome.BLOCKED,
    Outcome.QUARANTINED,
    Outcome.PARTIAL,
    Outcome.NEW,
    Outcome.UNCHANGED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A day on which changes touched the term: where it lies, and what to say of it."""

    x: float
    label: str
    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One term over time: a path in steps, its axis, and the marks of changes.

    ``rows`` are the same numbers as (day, uses in all items, uses on the panel, items).
    """

    term: str
    source: str | None
    path: str
    panel_path: str
    most: int
    base: float
    top: float
    first: str
    last: str
    marks: tuple[Mark, ...]
    told: str
    rows: tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A day or week of a calendar, at its place; ``shape`` tells its worst outcome."""

    x: int
    y: int
    shape: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One source's visits over time, with its labels and the same numbers by month."""

    source: str
    width: int
    height: int
    cells: tuple[Cell, ...]
    labels: tuple[Label, ...]
    rows: tuple[tuple[str, str], ...]


def line(trend: Trend, marks: Iterable[tuple[datetime, int]]) -> Line:
    """Return a term's chart; ``marks`` are the moments and numbers of changes that touched it."""
    points = series(trend)
    panel = series(trend, is_panel=True)
    first, last = points[0][0], points[-1][0]
    most = max(1, *(uses for _, uses in points))
    base = float(HEIGHT - BOTTOM)
    told = f"{trend.term}: {points[0][1]} uses on {day(first)}, {points[-1][1]} on {day(last)}"
    return Line(
        term=trend.term,
        source=trend.source,
        path=_steps(points, first, last, most),
        panel_path=_steps(panel, first, last, most),
        most=most,
        base=base,
        top=float(TOP),
        first=day(first),
        last=day(last),
        marks=_marks(marks, first, last),
        told=told,
        rows=tuple((day(p.at), p.uses, p.panel_uses, p.items) for p in _turns(trend)),
    )


def _turns(trend: Trend) -> list[Point]:
    """The points at which a number changed, with both ends."""
    kept = []
    for place, point in enumerate(trend.points):
        before = trend.points[place - 1] if place else None
        is_end = place in (0, len(trend.points) - 1)
        if is_end or before is None or before.uses != point.uses:
            kept.append(point)
    return kept


def _steps(
    points: Sequence[tuple[datetime, int]], first: datetime, last: datetime, most: int
) -> str:
    drawn, before = [], None
    for at, uses in points:
        x, y = _x(at, first, last), _y(uses, most)
        if before is None:
            drawn.append(f"M{x:.1f} {y:.1f}")
        elif uses != before:
            drawn.append(f"H{x:.1f}V{y:.1f}")
        before = uses
    return "".join([*drawn, f"H{WIDTH - RIGHT}"])


def _x(at: datetime, first: datetime, last: datetime) -> float:
    span = (last - first).total_seconds() or 1.0
    share = min(1.0, max(0.0, (at - first).total_seconds() / span))
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(uses: int, most: int) -> float:
    return TOP + (1 - uses / most) * (HEIGHT - TOP - BOTTOM)


def _marks(
    marks: Iterable[tuple[datetime, int]], first: datetime, last: datetime
) -> tuple[Mark, ...]:
    by_day: dict[str, list[tuple[datetime, int]]] = {}
    for at, number in marks:
        by_day.setdefault(day(at), []).append((at, number))
    return tuple(
        Mark(
            x=_x(each[0][0], first, last),
            label=f"{when}: {counted(len(each), 'change')}",
            change=each[0][1],
        )
        for when, each in sorted(by_day.items())
    )


def calendar(activity: Activity, until: date) -> Calendar:
    """Return the calendar of a source's visits: by day in a year, by week over several."""
    days = [(when, counts) for when, counts in activity.days if when <= until]
    first = min((when for when, _ in days), default=until)
    is_long = (until - first).days >= 7 * WEEKS
    cells, labels = _by_week(days) if is_long else _by_day(days, first)
    return Calendar(
        source=activity.source,
        width=max((cell.x for cell in cells), default=0) + 8 * CELL,
        height=max((cell.y for cell in cells), default=0) + CELL,
        cells=tuple(cells),
        labels=tuple(labels),
        rows=tuple(_by_month(activity)),
    )


def _by_day(days: Sequence[Day], first: date) -> tuple[list[Cell], list[Label]]:
    """Columns are weeks, rows are weekdays from Monday on, under the months' names."""
    monday = first - timedelta(days=first.weekday())
    cells = [
        _cell((when - monday).days // 7 * CELL, HEAD + when.weekday() * CELL, f"{when}", counts)
        for when, counts in days
    ]
    labels: list[Label] = []
    for cell, (when, _) in zip(cells, days, strict=True):
        name = f"{when:%b %Y}" if not labels or when.month == 1 else f"{when:%b}"
        is_apart = not labels or cell.x - labels[-1][0] >= 4 * CELL
        if is_apart and (not labels or when.day <= 7):
            labels.append((cell.x, HEAD - 5, name))
    return cells, labels


def _by_week(days: Sequence[Day]) -> tuple[list[Cell], list[Label]]:
    """Columns are the weeks of a year, rows are years, each under its number."""
    weeks: dict[tuple[int, int], dict[Outcome, int]] = {}
    for when, counts in days:
        year, week, _ = when.isocalendar()
        held = weeks.setdefault((year, week), {})
        for outcome, number in counts.items():
            held[outcome] = held.get(outcome, 0) + number
    newest = max(year for year, _ in weeks)
    rows = {year: place for place, year in enumerate(range(min(y for y, _ in weeks), newest + 1))}
    cells = [
        _cell(YEAR + week * CELL, rows[year] * CELL, f"{year}, week {week}", counts)
        for (year, week), counts in sorted(weeks.items())
    ]
    return cells, [(0, place * CELL + CELL - 3, f"{year}") for year, place in rows.items()]


def _cell(x: int, y: int, when: str, counts: dict[Outcome, int]) -> Cell:
    worst = next(each for each in _WORST if counts.get(each))
    told = ", ".join(f"{number} {each.value}" for each, number in counts.items())
    return Cell(x=x, y=y, shape=worst.value, label=f"{when}: {told}")


def _by_month(activity: Activity) -> list[tuple[str, str]]:
    months: dict[str, dict[Outcome, int]] = {}
    for when, counts in activity.days:
        month = months.setdefault(f"{when:%Y-%m}", {})
        for outcome, number in counts.items():
            month[outcome] = month.get(outcome, 0) + number
    return [
        (month, ", ".join(f"{n} {o.value}" for o, n in counts.items()))
        for month, counts in sorted(months.items())
    ]
