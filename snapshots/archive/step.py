"""What one good visit taught: the value that the archive's knowledge advances by."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from snapshots.records import Change, Headers, Hop, Item, Seen, Snapshot, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a removed item's own link answered. ``status`` None: it gave no answer."""

    url: str
    final_url: str
    probed_at: datetime
    verdict: Verdict
    status: int | None = None
    hops: tuple[Hop, ...] = ()
    response_headers: Headers = ()
    payload: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A change with its interval and its substitutions, before the archive numbers it.

    ``away_since`` is the first snapshot without the wording, or the item, that is back.
    ``phrases`` are (old, new, old folded, new folded, context old, context new).
    """

    change: Change
    seen: Seen
    away_since: Snapshot | None = None
    phrases: tuple[tuple[str, str, str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How a source's knowledge moves to a new snapshot.

    ``items`` carry their identity's keys, in page order. ``unseen`` are keys of items
    that a partial snapshot did not reach, with the snapshot that saw each last.
    ``refreshed`` are items whose wording stands, but whose place or spelling differs;
    ``joined`` the keys of items that stand from now on without being news. ``matched``
    counts the standing items found again; ``silent`` columns were not compared.
    """

    snapshot: Snapshot
    recipe_digest: str
    items: tuple[Item, ...]
    told: tuple[Told, ...] = ()
    unseen: tuple[tuple[str, int], ...] = ()
    refreshed: tuple[Item, ...] = ()
    joined: frozenset[str] = frozenset()
    matched: int = 0
    silent: tuple[str, ...] = ()
    is_unchanged: bool = False

    def numbered(self, visit: int) -> "Step":
        """Return the step with its snapshot under the number that its visit was given."""
        snapshot = replace(self.snapshot, id=visit)
        intervals = {t.seen.old: replace(t.seen, new=snapshot) for t in self.told}
        told = tuple(replace(t, seen=intervals[t.seen.old]) for t in self.told)
        return replace(self, snapshot=snapshot, told=told)
