"""Any two dates of a source: the items in force then, compared by their identity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from crawler.config import Source
from crawler.flags import wording_back
from diffs.compare import changes_of
from diffs.match import Pair
from diffs.report.phrases import counted, moment
from diffs.terms import count, phrases
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import (
    Change,
    ChangeRecord,
    Flag,
    Kind,
    Match,
    Seen,
    Snapshot,
    Substitution,
    SubstitutionCount,
)


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs between the snapshots of a source in force at two dates, and which they are."""

    source: str
    seen: Seen
    records: tuple[ChangeRecord, ...]

    def sides(self) -> str:
        """The two snapshots in words, e.g. ``ice: snapshot 1 of … against snapshot 7 of …``."""
        old, new = _named(self.seen.old), _named(self.seen.new)
        if self.seen.old.id == self.seen.new.id:
            return f"{self.source}: {old} was in force at both dates"
        between = counted(self.seen.good_visits_between, "good visit")
        return f"{self.source}: {old} against {new}, {between} between"


@dataclass(frozen=True, slots=True)
class Based:
    """What differs from a fixed base, source by source, and which sources have none."""

    compared: tuple[Compared, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def records(self) -> tuple[ChangeRecord, ...]:
        """The differences of all sources, numbered from 1."""
        found = (record for each in self.compared for record in each.records)
        return tuple(replace(record, id=number) for number, record in enumerate(found, 1))

    def remarks(self) -> list[str]:
        """Which snapshots were compared, and which sources could not be, a line each."""
        return [*(each.sides() for each in self.compared), *self.without]


def between(archive: Archive, source: Source, old: datetime, new: datetime | None) -> Compared:
    """Return what changed between the snapshots in force at two dates, numbered from 1.

    What came and went in between is folded: an item counts by what it said at either end.

    Raises:
        ConfigError: no snapshot is as old as ``old``, or the dates are in the wrong order.
    """
    snapshots = archive.knowledge.snapshots(source.key)
    first, last = _in_force(snapshots, old, source), _in_force(snapshots, new, source)
    if (new and old > new) or first.captured_at > last.captured_at:
        raise ConfigError("--from is later than --to; exchange them")
    before = archive.knowledge.items_at(source.key, first)
    after = archive.knowledge.items_at(source.key, last)
    places = {item.key: place for place, item in enumerate(before)}
    same = Match("history", 1.0)
    pairs = [Pair(places[i.key], n, same) for n, i in enumerate(after) if i.key in places]
    found = changes_of(before, after, pairs)
    told = _told(archive, source, first, last)
    seen = _seen(snapshots, first, last)
    records = (
        _record(archive, source.key, change, seen, told.get((change.kind, change.item.key)))
        for change in found
    )
    numbered = tuple(replace(record, id=number) for number, record in enumerate(records, 1))
    return Compared(source.key, seen, numbered)


def from_base(
    archive: Archive, sources: Iterable[Source], base: datetime, until: datetime | None
) -> Based:
    """Return what differs from the snapshots in force at a base; now, or at ``until``.

    A source without a snapshot as old as the base is named, and not compared.

    Raises:
        ConfigError: the base is later than ``until``.
    """
    if until and base > until:
        raise ConfigError("--base is later than --until; exchange them")
    compared, without = [], []
    for source in sources:
        snapshots = archive.knowledge.snapshots(source.key)
        if any(snapshot.captured_at <= base for snapshot in snapshots):
            compared.append(between(archive, source, base, until))
        else:
            without.append(f"{_lacking(snapshots, base, source)}; not compared")
    return Based(tuple(compared), tuple(without))


def _named(snapshot: Snapshot) -> str:
    partial = "" if snapshot.is_complete else " (partial)"
    return f"snapshot {snapshot.id} of {moment(snapshot.captured_at)}{partial}"


def substitutions(records: Sequence[ChangeRecord]) -> list[SubstitutionCount]:
    """Return the phrases that became others in changes that no table holds, counted."""
    return count(
        Substitution(
            change=record.id,
            source=record.source,
            item=record.change.item.key,
            old=phrase.old,
            new=phrase.new,
            at=record.seen.new.captured_at,
            context_old=phrase.context_old,
            context_new=phrase.context_new,
        )
        for record in records
        for phrase in phrases(record.change)
    )


def _record(
    archive: Archive, source: str, change: Change, seen: Seen, found: Change | None
) -> ChangeRecord:
    """A difference with what is known of it: a verdict, an odd date, or the wording that is back.

    ``found`` is the change of that kind that was told of the item on the way, or None.
    """
    told = ChangeRecord(id=0, source=source, change=change, seen=seen, is_folded=True)
    if change.kind is Kind.REMOVED:
        verdict = found.verdict if found else None
        return replace(told, change=replace(change, verdict=verdict))
    if found and change.kind is Kind.ADDED and Flag.BACKDATED in found.flags:
        return replace(told, change=replace(change, flags=(Flag.BACKDATED,)))
    versions = archive.knowledge.versions(source, change.item.key)
    past = [v for v in versions if v.until and v.until.captured_at <= seen.old.captured_at]
    if change.kind is Kind.CHANGED:
        back, flag = wording_back(past, change), Flag.REVERTED
    else:
        back, flag = past[-1] if past else None, Flag.RETURNED
    if back is None or back.until is None:
        return told
    return replace(
        told,
        change=replace(change, flags=(*change.flags, flag)),
        away_since=back.until.captured_at,
        stood_since=back.first.captured_at,
    )


def _told(
    archive: Archive, source: Source, first: Snapshot, last: Snapshot
) -> dict[tuple[Kind, str], Change]:
    """What was told of items on the way, by its kind and their keys; the latest counts.

    A removal that a later visit confirmed counts from the snapshot that first lacked the item.
    """
    told = archive.knowledge.changes(sources=(source.key,), since=first.captured_at)
    return {
        (record.change.kind, record.change.item.key): record.change
        for record in told
        if record.seen.new.captured_at <= last.captured_at
    }


def _in_force(snapshots: list[Snapshot], moment: datetime | None, source: Source) -> Snapshot:
    known = [s for s in snapshots if moment is None or s.captured_at <= moment]
    if known:
        return known[-1]
    raise ConfigError(_lacking(snapshots, moment, source))


def _lacking(snapshots: list[Snapshot], moment: datetime | None, source: Source) -> str:
    oldest = f"the oldest is of {snapshots[0].captured_at:%Y-%m-%d}" if snapshots else "it has none"
    wanted = f"as old as {moment:%Y-%m-%d %H:%M}" if moment else "of it yet"
    return f"{source.key}: there is no snapshot {wanted}; {oldest}"


def _seen(snapshots: list[Snapshot], first: Snapshot, last: Snapshot) -> Seen:
    spanned = [s for s in snapshots if first.captured_at <= s.captured_at <= last.captured_at]
    gaps = [(b.captured_at - a.captured_at).total_seconds() for a, b in pairwise(spanned)]
    return Seen(
        old=first,
        new=last,
        good_visits_between=max(0, len(spanned) - 2),
        longest_gap_s=int(max(gaps, default=0)),
    )
