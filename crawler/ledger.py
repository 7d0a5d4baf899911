"""The past that changes are told against: intervals, wordings that came back, and odd dates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise, takewhile

from crawler.config import Source
from crawler.flags import (
    LAG_ADDITIONS,
    Stand,
    is_backdated,
    is_settled,
    stands,
    take_turns,
    wording_back,
)
from diffs.compare import LISTED, changed, restricted, values
from diffs.terms import folded_pair, phrases
from snapshots.archive import Archive, Standing, Told
from snapshots.archive.knowledge import Version
from snapshots.records import Change, ChangeRecord, Flag, Item, Kind, Match, Seen, Snapshot

# What an item says in fields of its own; the others have the names of a recipe.
WORDINGS = (*LISTED, "text")
# Before its third swing, two wordings of an item that flaps have ended.
FEWEST_TURNS = 2


@dataclass(frozen=True, slots=True)
class Settled:
    """The items whose swings have ended, and what is to be told of them, if anything is."""

    keys: frozenset[str] = frozenset()
    late: tuple[Told, ...] = ()


class Ledger:
    """The past that a step's changes are told against.

    ``items`` are what the snapshot holds, in page order, and ``changes`` all that differs.
    """

    def __init__(
        self,
        archive: Archive,
        source: Source,
        standing: Standing,
        snapshot: Snapshot,
        items: Sequence[Item] = (),
        changes: Sequence[Change] = (),
    ) -> None:
        self.knowledge = archive.knowledge
        self.source = source.key
        self.standing = standing
        self.snapshot = snapshot
        self.items = items
        self.changes = changes
        # Most changes of a step share one interval.
        self.intervals: dict[tuple[int, int | None], Seen] = {}
        self.stood = {s.item.key: s for s in standing.items}

    def told(self, change: Change) -> Told:
        """Return a change with its interval, its flags and its substitutions."""
        if change.kind is Kind.REMOVED:
            return self._missed(change)
        ended = self._ended(change.item.key)
        if change.kind is Kind.ADDED:
            return self._added(change, ended)
        if len(ended) < FEWEST_TURNS:
            return self._changed(change, ended, self._seen(change))
        return self._swung(change, ended)

    def _swung(self, change: Change, ended: Sequence[Version]) -> Told:
        """Return a change of which the fields that were told to take turns are held."""
        versions = self.knowledge.versions(self.source, change.item.key)
        found = {
            n: stands(versions, (n,), self._now(change), self.snapshot) for n in change.changed
        }
        swings = [name for name, each in found.items() if self._flaps(each)]
        held = [name for name in swings if self._flaps(found[name][:-1])]
        told = [name for name in change.changed if name not in held]
        if told and held:
            change = restricted(change, told)
        result = self._changed(change, ended, self._seen(change))
        if told and len(swings) > len(held):
            flags = (*result.change.flags, Flag.FLAPPING)
            result = replace(result, change=replace(result.change, flags=flags))
        return replace(result, is_held=not told, is_holding=bool(held))

    def settled(self, told: Sequence[Told]) -> Settled:
        """Return which items that flapped stood still for long, and the net of what was held.

        That may end with this very snapshot: what was held is then told before what moved.
        """
        waiting = self._held.difference(t.change.item.key for t in told if t.is_holding)
        if not waiting:
            return Settled()
        moved = {change.item.key for change in self.changes}
        keys, late = set(), []
        for item in (item for item in self.items if item.key in waiting):
            is_moved = item.key in moved
            versions = self.knowledge.versions(self.source, item.key)
            if self._has_settled(versions[-1].first, self.snapshot, is_now=not is_moved):
                keys.add(item.key)
                last = self._last_seen(item.key) if is_moved else self.snapshot
                late += self._net(self.stood[item.key].item if is_moved else item, versions, last)
        return Settled(frozenset(keys), tuple(late))

    def holding(self, told: Sequence[Told], settled: Settled) -> frozenset[str]:
        """Return the items of which a swing is left to tell once these changes are told."""
        changed = [t for t in told if t.change.kind is Kind.CHANGED]
        left = self._held - settled.keys
        return frozenset(
            t.change.item.key for t in changed if t.is_holding or t.change.item.key in left
        )

    @cached_property
    def _held(self) -> frozenset[str]:
        """The standing items of which a swing is held."""
        return frozenset(key for key, stood in self.stood.items() if stood.is_held)

    def _ended(self, key: str) -> Sequence[Version]:
        """The wordings of an item that ended. Most items never had another."""
        if key not in self._aged:
            return ()
        return self.knowledge.versions(self.source, key, is_ended=True)

    @cached_property
    def _aged(self) -> set[str]:
        """The items, of those that differ, of which a wording has ended."""
        return self.knowledge.aged(self.source, [change.item.key for change in self.changes])

    def _added(self, change: Change, ended: Sequence[Version]) -> Told:
        if ended:
            change = replace(change, flags=(*change.flags, Flag.RETURNED))
        elif self._is_backdated(change):
            change = replace(change, flags=(*change.flags, Flag.BACKDATED))
        return Told(
            change=change,
            seen=self._seen(change),
            away_since=ended[-1].until if ended else None,
            stood_since=ended[-1].first if ended else None,
        )

    def _changed(self, change: Change, versions: Sequence[Version], seen: Seen) -> Told:
        back = wording_back(versions, change)
        if back:
            change = replace(change, flags=(*change.flags, Flag.REVERTED))
        found = tuple(
            (p.old, p.new, *folded_pair(p.old, p.new), p.context_old, p.context_new)
            for p in phrases(change)
        )
        return Told(
            change=change,
            seen=seen,
            away_since=back.until if back else None,
            stood_since=back.first if back else None,
            phrases=found,
        )

    def _now(self, change: Change) -> Item:
        return self._places[change.item.key]

    @cached_property
    def _places(self) -> dict[str, Item]:
        return {item.key: item for item in self.items}

    def _flaps(self, found: Sequence[Stand]) -> bool:
        """Whether two wordings take turns, neither of which settled in between."""
        if not take_turns(found):
            return False
        ends = pairwise(found[-3:])
        return not any(self._has_settled(stand.first, end.first) for stand, end in ends)

    def _has_settled(self, first: Snapshot, until: Snapshot, *, is_now: bool = False) -> bool:
        visits = len(self.knowledge.moments_between(self.source, first, until)) + 1 + is_now
        return is_settled(first.captured_at, until.captured_at, visits)

    def _net(self, item: Item, versions: Sequence[Version], last: Snapshot) -> list[Told]:
        """What an item says against what was last told of it; nothing when that is the same.

        The interval is that of the last swing. When something else was told of it by then, it
        ends with the last snapshot that shows the item so, as none changes twice at one.
        """
        told = self.knowledge.changes(item=(self.source, item.key))
        said = _last_told(item, versions, told)
        change = changed(said, item, Match("history", 1.0))
        if change is None:
            return []
        since = stands(versions, change.changed, item, self.snapshot)[-1].first
        before = next(v for v in reversed(versions) if v.until and v.until.id == since.id)
        if any(record.seen.new.id == since.id for record in told):
            since = last
        seen = self._interval(before.last_seen or before.first, since)
        return [self._changed(change, versions, seen)]

    def _is_backdated(self, change: Change) -> bool:
        """Whether a new item's date is odd. One that may only have moved up is not judged.

        Where earlier items are missing, what stands below all that stood may have come up
        from beyond the end of the list.
        """
        last = self._before(change).captured_at
        if not is_backdated(change.item.published, last, ()) or self._may_have_moved_up(change):
            return False
        return is_backdated(change.item.published, last, self._additions)

    @cached_property
    def _additions(self) -> list[tuple[str, datetime]]:
        return self.knowledge.additions(self.source, LAG_ADDITIONS)

    def _may_have_moved_up(self, change: Change) -> bool:
        is_any_missing = any(each.kind is Kind.REMOVED for each in self.changes)
        return is_any_missing and change.item.key in self._below

    @cached_property
    def _below(self) -> frozenset[str]:
        """The items that stand below all those that stood before."""
        last = takewhile(lambda item: item.key not in self.stood, reversed(self.items))
        return frozenset(item.key for item in last)

    def _missed(self, change: Change) -> Told:
        """Return a removal; its interval ends with the first snapshot that missed the item."""
        stood = self.stood[change.item.key]
        return Told(
            change=change,
            seen=self._seen(change, stood.missing_since),
            misses=stood.misses + 1,
            is_rolled_off=stood.is_rolled_off,
        )

    def _seen(self, change: Change, new: int | None = None) -> Seen:
        old = self._before(change)
        if (old.id, new) not in self.intervals:
            until = self.knowledge.snapshot(new) if new else self.snapshot
            self.intervals[old.id, new] = self._interval(old, until)
        return self.intervals[old.id, new]

    def _interval(self, old: Snapshot, new: Snapshot) -> Seen:
        # Nothing comes between the newest snapshot and this one.
        is_newest = old.id == self.standing.snapshot.id
        between = [] if is_newest else self.knowledge.moments_between(self.source, old, new)
        moments = [old.captured_at, *between, new.captured_at]
        gaps = [(after - before).total_seconds() for before, after in pairwise(moments)]
        return Seen(
            old=old,
            new=new,
            good_visits_between=len(between),
            longest_gap_s=int(max(gaps)),
        )

    def _before(self, change: Change) -> Snapshot:
        """The snapshot that the claim starts from: the last to see the item, or to lack it."""
        if change.kind is Kind.ADDED:
            return self.standing.complete or self.standing.snapshot
        return self._last_seen(change.item.key)

    def _last_seen(self, key: str) -> Snapshot:
        number = self.stood[key].last_seen
        is_newest = number == self.standing.snapshot.id
        return self.standing.snapshot if is_newest else self.knowledge.snapshot(number)


def _last_told(item: Item, versions: Sequence[Version], told: Sequence[ChangeRecord]) -> Item:
    """The item with every field as a change last told it, or as it was first read."""
    said = dict(values(versions[0].item))
    for record in told:
        changed = {name: field.new for name, field in record.change.fields.items()}
        said = {n: v for n, v in {**said, **changed}.items() if v is not None}
    own = {name: said.get(name) for name in WORDINGS}
    fields = {name: value for name, value in said.items() if name not in WORDINGS}
    return item._replace(**own, fields=fields)  # type: ignore[arg-type]
