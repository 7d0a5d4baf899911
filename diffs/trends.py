"""Trends: how often a term is used at each good snapshot, on all items and on a constant panel.

Counts the words of items, never what stands around them. A snapshot that failed is no
point, so that failing to see is never a fall.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from diffs.lexicon import Lexicon, uses
from snapshots.records import Item, Stood

_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A term's uses at one moment, in all items in force and in those of the panel.

    ``entered`` and ``left`` count the items that came and went since the point before.
    """

    at: datetime
    uses: int
    panel_uses: int
    items: int
    entered: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemUses:
    """A term's uses in one item, which goes by its last wording.

    ``steps`` are its uses from each moment on; None: it is no longer there. ``first`` and
    ``last`` are those at the trend's ends, None where it was not there.
    """

    source: str
    item: Item
    steps: tuple[tuple[datetime, int | None], ...]
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One term's points over time in one source; None stands for all sources together.

    The panel are the ``panel_items`` items in force at both ends: what they say changes only
    when their wording does, whatever else came and went.
    """

    term: str
    source: str | None
    points: tuple[Point, ...]
    panel_items: int
    items: tuple[ItemUses, ...]


ItemKey = tuple[str, str]


def trends(
    terms: Sequence[str],
    lexicon: Lexicon,
    wordings: Iterable[Stood],
    moments: Mapping[str, Sequence[datetime]],
) -> list[Trend]:
    """Return each term's trend in all sources, when there are several, and in each.

    ``moments`` are when each source's good snapshots were captured, oldest first; terms go
    by their names in the lexicon. All together begin when every source had been seen.
    """
    return trends_counted(terms, [(w, uses_in(w.item, lexicon)) for w in wordings], moments)


def trends_counted(
    terms: Sequence[str],
    counted: Sequence[tuple[Stood, Mapping[str, int]]],
    moments: Mapping[str, Sequence[datetime]],
) -> list[Trend]:
    """Return the same of wordings whose uses of each term have been counted; none are 0."""
    seen = {source: times for source, times in moments.items() if times}
    found = []
    for term in terms:
        own = [(stood, uses.get(term, 0)) for stood, uses in counted]
        if len(seen) > 1:
            found.append(_trend(term, None, own, _together(seen.values())))
        found += [_trend(term, source, own, times) for source, times in seen.items()]
    return found


def trend_together(
    term: str, counted: Sequence[tuple[Stood, Mapping[str, int]]], moments: Sequence[datetime]
) -> Trend:
    """Return one term's trend in all sources together, at some moments, oldest first."""
    own = [(stood, uses.get(term, 0)) for stood, uses in counted]
    return _trend(term, None, own, moments)


def uses_in(item: Item, lexicon: Lexicon) -> Counter[str]:
    """Return the uses of each term in what an item says: title, summary, text, further columns."""
    columns = [value for name, value in item.fields.items() if name != "block"]
    found: Counter[str] = Counter()
    for text in (item.title, item.summary, item.text, *columns):
        found.update(uses(text, lexicon) if text else ())
    return found


def series(trend: Trend, *, is_panel: bool = False) -> list[tuple[datetime, int]]:
    """Return what a chart draws: the uses at each moment, in all items or in the panel."""
    return [(p.at, p.panel_uses if is_panel else p.uses) for p in trend.points]


def sparkline(values: Sequence[int], width: int) -> str:
    """Return values as a line of bars, the lowest for none and the highest for the most.

    Where there are more values than columns, each column shows the last one of its share.
    """
    if not values:
        return ""
    columns = min(len(values), max(width, 1))
    shown = [values[(column + 1) * len(values) // columns - 1] for column in range(columns)]
    most = max((*shown, 1))
    return "".join(_BARS[-(-value * (len(_BARS) - 1) // most)] for value in shown)


@dataclass(frozen=True, slots=True)
class _Known:
    """A wording with the uses that it holds, and the points at which it stood."""

    key: ItemKey
    item: Item
    uses: int
    begin: int
    end: int


def _together(moments: Collection[Sequence[datetime]]) -> list[datetime]:
    """The moments of several sources from when each of them had been seen."""
    begin = max(times[0] for times in moments)
    return sorted({at for times in moments for at in times if at >= begin})


def _trend(
    term: str,
    source: str | None,
    counted: Sequence[tuple[Stood, int]],
    moments: Sequence[datetime],
) -> Trend:
    own = [(stood, number) for stood, number in counted if source in (None, stood.source)]
    known = [k for k in (_placed(stood, number, moments) for stood, number in own) if k]
    first = {k.key: k.uses for k in known if k.begin == 0}
    last = {k.key: k.uses for k in known if k.end == len(moments)}
    panel = first.keys() & last.keys()
    return Trend(
        term=term,
        source=source,
        points=tuple(_points(known, moments, panel)),
        panel_items=len(panel),
        items=tuple(_item_uses(known, moments, first, last)),
    )


def _placed(stood: Stood, number: int, moments: Sequence[datetime]) -> _Known | None:
    begin = bisect_left(moments, stood.first)
    end = bisect_left(moments, stood.until) if stood.until else len(moments)
    if begin >= end:
        return None
    return _Known((stood.source, stood.item.key), stood.item, number, begin, end)


def _points(
    known: Sequence[_Known], moments: Sequence[datetime], panel: Set[ItemKey]
) -> Iterator[Point]:
    begun: defaultdict[int, list[_Known]] = defaultdict(list)
    ended: defaultdict[int, list[_Known]] = defaultdict(list)
    for each in known:
        begun[each.begin].append(each)
        ended[each.end].append(each)
    total = panel_total = items = 0
    for place, at in enumerate(moments):
        come, gone = {k.key: k.uses for k in begun[place]}, {k.key: k.uses for k in ended[place]}
        total += sum(come.values()) - sum(gone.values())
        panel_total += sum(n for key, n in come.items() if key in panel)
        panel_total -= sum(n for key, n in gone.items() if key in panel)
        items += len(come) - len(gone)
        entered = len(come.keys() - gone.keys()) if place else 0
        left = len(gone.keys() - come.keys())
        yield Point(
            at=at, uses=total, panel_uses=panel_total, items=items, entered=entered, left=left
        )


def _item_uses(
    known: Sequence[_Known],
    moments: Sequence[datetime],
    first: Mapping[ItemKey, int],
    last: Mapping[ItemKey, int],
) -> Iterator[ItemUses]:
    """The items that ever used the term, those whose uses changed the most first."""
    newest = {k.key: k.item for k in sorted(known, key=lambda k: k.begin)}
    users = {k.key for k in known if k.uses}
    told = [key for key in newest if key in users]
    own: defaultdict[ItemKey, list[_Known]] = defaultdict(list)
    for each in sorted(known, key=lambda k: k.begin):
        own[each.key].append(each)
    told.sort(key=lambda key: _swing(own[key]))
    for key in told:
        yield ItemUses(
            source=key[0],
            item=newest[key],
            steps=tuple(_steps(own[key], moments)),
            first=first.get(key),
            last=last.get(key),
        )


def _swing(wordings: Sequence[_Known]) -> int:
    """How far an item's uses went up and down; the furthest is the lowest number."""
    return min(k.uses for k in wordings) - max(k.uses for k in wordings)


def _steps(
    wordings: Sequence[_Known], moments: Sequence[datetime]
) -> Iterator[tuple[datetime, int | None]]:
    for each, after in zip_longest(wordings, wordings[1:]):
        yield moments[each.begin], each.uses
        if each.end < len(moments) and (after is None or after.begin > each.end):
            yield moments[each.end], None
