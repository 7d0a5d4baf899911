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

    ``away_since`` is the first snapshot without the wording, or the item, that is back,
    and ``stood_since`` the first that had it.
    ``misses`` counts the good visits that missed a removed item, this one included.
    One that ``is_held`` moves what is known, and is not told; one that ``is_holding`` leaves
    a swing of its item to tell. ``phrases`` are (old, new, old folded, new folded, context
    old, context new).
    """

    change: Change
    seen: Seen
    away_since: Snapshot | None = None
    stood_since: Snapshot | None = None
    misses: int = 1
    is_rolled_off: bool = False
    is_held: bool = False
    is_holding: bool = False
    phrases: tuple[tuple[str, str, str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """A standing item that a snapshot lacks, and that is not called removed.

    ``missing_since`` is the first complete snapshot without it, and ``misses`` how many
    there were; None and 0 while none was complete.
    """

    key: str
    last_seen: int
    missing_since: int | None = None
    misses: int = 0
    is_rolled_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How a source's knowledge moves to a new snapshot.

    ``items`` carry their identity's keys, in page order. ``unseen`` are items
    that a partial snapshot did not reach, or whose removal is not yet confirmed.
    ``refreshed`` are items whose wording stands, but whose place or spelling differs;
    ``joined`` the keys of items that stand from now on without being news. ``matched``
    counts the standing items found again; ``silent`` columns were not compared, nor those
    that were ``remade`` by a new layout. An unchanged step tells only how many items
    ``stood``.

    ``held`` are swings of items that flap, which move their wording and are not told;
    ``holding`` the items that have such a swing to tell once they have ``settled``, and
    ``late`` the changes told of those that have.
    """

    snapshot: Snapshot
    recipe_digest: str
    items: tuple[Item, ...]
    told: tuple[Told, ...] = ()
    held: tuple[Told, ...] = ()
    late: tuple[Told, ...] = ()
    holding: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    unseen: tuple[Unseen, ...] = ()
    refreshed: tuple[Item, ...] = ()
    joined: frozenset[str] = frozenset()
    matched: int = 0
    silent: tuple[str, ...] = ()
    remade: tuple[str, ...] = ()
    is_unchanged: bool = False
    stood: int = 0

    @property
    def item_count(self) -> int:
        """How many items the snapshot holds."""
        return self.stood if self.is_unchanged else len(self.items)

    def slimmed(self) -> "Step":
        """Return the step with only those items at their places that it moves.

        It moves knowledge just as the whole does, and takes little room.
        """
        moved = {told.change.item.key for told in (*self.told, *self.held)} | self.joined
        items = tuple(item if item.key in moved else _STANDS for item in self.items)
        return replace(self, items=items)

    def numbered(self, visit: int) -> "Step":
        """Return the step with its snapshot under the number that its visit was given."""
        snapshot, before = replace(self.snapshot, id=visit), self.snapshot.id
        told, held, late = (
            tuple(
                replace(t, seen=replace(t.seen, new=snapshot)) if t.seen.new.id == before else t
                for t in each
            )
            for each in (self.told, self.held, self.late)
        )
        unseen = tuple(
            replace(u, missing_since=visit) if u.missing_since == before else u for u in self.unseen
        )
        return replace(self, snapshot=snapshot, told=told, held=held, late=late, unseen=unseen)


# Stands, in a slimmed step, for an item of which nothing moves. No item has an empty key.
_STANDS = Item(key="")
