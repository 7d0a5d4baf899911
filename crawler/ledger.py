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
        self.seen_since: dict[int, Seen] = {}
        self.last_seen = {s.item.key: s.last_seen for s in standing.items}

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
        return Told(change=change, seen=self._seen(change), away_since=away_since, phrases=found)

    def _seen(self, change: Change) -> Seen:
        old = self._before(change)
        if old.id not in self.seen_since:
            self.seen_since[old.id] = self._interval(old)
        return self.seen_since[old.id]

    def _interval(self, old: Snapshot) -> Seen:
        between = self.knowledge.moments_between(self.source, old, self.snapshot)
        moments = [old.captured_at, *between, self.snapshot.captured_at]
        gaps = [(after - before).total_seconds() for before, after in pairwise(moments)]
        return Seen(
            old=old,
            new=self.snapshot,
            good_visits_between=len(between),
            longest_gap_s=int(max(gaps)),
        )

    def _before(self, change: Change) -> Snapshot:
        """The snapshot that the claim starts from: the last to see the item, or to lack it."""
        if change.kind is Kind.ADDED:
            return self.standing.complete or self.standing.snapshot
        number = self.last_seen[change.item.key]
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
