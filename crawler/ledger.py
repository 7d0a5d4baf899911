"""The past that changes are told against: intervals, and wordings that came back."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from crawler.config import Source
from diffs.compare import WORDED, values
from diffs.match import folded
from diffs.terms import folded_pair, phrases
from snapshots.archive import Archive, Standing, Told
from snapshots.records import Change, Flag, Item, Kind, Seen, Snapshot


class Ledger:
    """The past that a step's changes are told against."""

    def __init__(
        self, archive: Archive, source: Source, standing: Standing, snapshot: Snapshot
    ) -> None:
        self.knowledge = archive.knowledge
        self.source = source.key
        self.standing = standing
        self.snapshot = snapshot
        # Most changes of a step share one interval.
        self.intervals: dict[tuple[int, int | None], Seen] = {}
        self.stood = {s.item.key: s for s in standing.items}

    def told(self, change: Change) -> Told:
        """Return a change with its interval, its flags and its substitutions."""
        away_since = self._away_since(change)
        if away_since is not None:
            flag = Flag.RETURNED if change.kind is Kind.ADDED else Flag.REVERTED
            change = replace(change, flags=(*change.flags, flag))
        found = tuple(
            (p.old, p.new, *folded_pair(p.old, p.new), p.context_old, p.context_new)
            for p in phrases(change)
        )
        if change.kind is Kind.REMOVED:
            return self._missed(change)
        return Told(change=change, seen=self._seen(change), away_since=away_since, phrases=found)

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
            self.intervals[old.id, new] = self._interval(old, new)
        return self.intervals[old.id, new]

    def _interval(self, old: Snapshot, number: int | None) -> Seen:
        new = self.knowledge.snapshot(number) if number else self.snapshot
        between = self.knowledge.moments_between(self.source, old, new)
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
        number = self.stood[change.item.key].last_seen
        is_newest = number == self.standing.snapshot.id
        return self.standing.snapshot if is_newest else self.knowledge.snapshot(number)

    def _away_since(self, change: Change) -> Snapshot | None:
        """When the wording, or the item, that is back had gone; None for what is new."""
        if change.kind is Kind.REMOVED:
            return None
        versions = self.knowledge.versions(self.source, change.item.key, is_ended=True)
        if change.kind is Kind.ADDED:
            return versions[-1].until if versions else None
        new = {name: value.new for name, value in change.fields.items()}
        back = {name: text for name, text in new.items() if name in WORDED} or new
        same = [v for v in versions if v.until and back and _says(v.item, back)]
        return same[-1].until if same else None


def _says(item: Item, wording: Mapping[str, str | None]) -> bool:
    """Whether an earlier version of an item had the wording that is back."""
    said = dict(values(item))
    return all(folded(said.get(name)) == folded(text) for name, text in wording.items())
