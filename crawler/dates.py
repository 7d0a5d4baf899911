"""Any two dates of a source: the items in force then, compared by their identity."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from crawler.config import Source
from diffs.compare import changes_of
from diffs.match import Pair
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import ChangeRecord, Kind, Match, Seen, Snapshot, Verdict


def between(
    archive: Archive, source: Source, old: datetime, new: datetime | None
) -> list[ChangeRecord]:
    """Return what changed between the snapshots in force at two dates, numbered from 1.

    What came and went in between is folded: an item counts by what it said at either end.

    Raises:
        ConfigError: no snapshot is as old as ``old``, or the dates are in the wrong order.
    """
    snapshots = archive.knowledge.snapshots(source.key)
    first, last = _in_force(snapshots, old, source), _in_force(snapshots, new, source)
    if first.captured_at > last.captured_at:
        raise ConfigError("--from is later than --to; exchange them")
    before = archive.knowledge.items_at(source.key, first)
    after = archive.knowledge.items_at(source.key, last)
    places = {item.key: place for place, item in enumerate(before)}
    same = Match("history", 1.0)
    pairs = [Pair(places[i.key], n, same) for n, i in enumerate(after) if i.key in places]
    seen = _seen(snapshots, first, last)
    verdicts = _verdicts(archive, source, first, last)
    changes = [
        replace(change, verdict=verdicts.get(change.item.key))
        if change.kind is Kind.REMOVED
        else change
        for change in changes_of(before, after, pairs)
    ]
    return [
        ChangeRecord(id=number, source=source.key, change=change, seen=seen)
        for number, change in enumerate(changes, 1)
    ]


def _verdicts(
    archive: Archive, source: Source, first: Snapshot, last: Snapshot
) -> dict[str, Verdict | None]:
    """What was found of the items removed on the way, by their keys; the latest finding counts."""
    since, until = first.captured_at, last.captured_at
    told = archive.knowledge.changes(sources=(source.key,), since=since, until=until)
    return {r.change.item.key: r.change.verdict for r in told if r.change.kind is Kind.REMOVED}


def _in_force(snapshots: list[Snapshot], moment: datetime | None, source: Source) -> Snapshot:
    known = [s for s in snapshots if moment is None or s.captured_at <= moment]
    if known:
        return known[-1]
    oldest = f"the oldest is of {snapshots[0].captured_at:%Y-%m-%d}" if snapshots else "it has none"
    wanted = f"as old as {moment:%Y-%m-%d %H:%M}" if moment else "of it yet"
    raise ConfigError(f"{source.key}: there is no snapshot {wanted}; {oldest}")


def _seen(snapshots: list[Snapshot], first: Snapshot, last: Snapshot) -> Seen:
    spanned = [s for s in snapshots if first.captured_at <= s.captured_at <= last.captured_at]
    gaps = [(b.captured_at - a.captured_at).total_seconds() for a, b in pairwise(spanned)]
    return Seen(
        old=first,
        new=last,
        good_visits_between=max(0, len(spanned) - 2),
        longest_gap_s=int(max(gaps, default=0)),
    )
