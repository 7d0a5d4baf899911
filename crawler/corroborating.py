"""Own sight beside what web archives kept: agreement and contradiction, told and kept apart.

What is watched is known by its own visits. A web archive may have been served another
variant of a page, or an older copy, so that beside them it bears witness and makes no news.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.config import Source
from crawler.reading import listed, reread
from diffs.compare import KNOWN_BY, changes_of, silent_columns
from diffs.match import match
from diffs.report.phrases import counted, moment
from snapshots.archive import Archive
from snapshots.archive.evidence import GoodVisit
from snapshots.extract.extract import without
from snapshots.records import Item, Kind, Provenance, Snapshot

# Own and archived captures no further apart than this are of the same moment.
WINDOW = timedelta(days=7)
Found = tuple[int, int, bool, str | None]


def is_archived(visit: GoodVisit) -> bool:
    """Whether a visit is a web archive's."""
    return any(capture.provenance is Provenance.MEMENTO for capture in visit.captures)


def watched_at(archive: Archive, source: Source, visit: GoodVisit) -> str | None:
    """Return which own snapshot an archived visit stands beside, in words, or None.

    Only the past counts, so that what is derived step by step is what a rebuild derives.
    """
    if not is_archived(visit) or visit.is_accepted:
        return None
    own = archive.knowledge.newest_own(source.key)
    if own is None or visit.started_at - own > WINDOW:
        return None
    return f"differs from what was seen by ourselves on {moment(own)}, and concludes nothing"


def corroborate(archive: Archive, source: Source) -> None:
    """Derive anew where own snapshots of a source and archived captures agree or contradict."""
    archived = archive.evidence.archived_visits(source.key)
    if not archived:
        return
    beside = _Beside(archive, source)
    among = {number for number, at in archived.items() if beside.near(at)}
    visits = archive.evidence.readable_visits(source.key, among=among)
    archive.corroborations.replace(source.key, [f for v in visits for f in beside.found(v)])


@dataclass(slots=True)
class _Beside:
    """The own snapshots of a source, in order of time, and what they listed."""

    archive: Archive
    source: Source
    own: list[Snapshot] = field(init=False)
    _items: dict[tuple[str, ...], list[Item]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        snapshots = self.archive.knowledge.snapshots(self.source.key)
        self.own = [snapshot for snapshot in snapshots if snapshot.kept_by is None]

    def found(self, visit: GoodVisit) -> Iterator[Found]:
        """Yield what an archived visit says of the own snapshots before and after it.

        It agrees with either, or with both. Where it agrees with none, it contradicts the
        nearer one.
        """
        near = self.near(visit.started_at)
        seen = reread(self.archive, self.source, visit)
        if seen.doubt or not seen.items:
            return
        is_whole = seen.cut_short is None
        capture = self.archive.evidence.first_capture(visit.id)
        told = {s.id: self._difference(s, visit, seen.items, is_whole=is_whole) for s in near}
        agreed = [number for number, difference in told.items() if difference is None]
        yield from ((number, capture, True, None) for number in agreed)
        if not agreed:
            nearest = min(near, key=lambda own: abs(own.captured_at - visit.started_at))
            yield nearest.id, capture, False, told[nearest.id]

    def near(self, at: datetime) -> list[Snapshot]:
        """Return the own snapshots before and after a moment that are of the same moment."""
        place = bisect_right(self.own, at, key=lambda own: own.captured_at)
        beside = self.own[max(0, place - 1) : place + 1]
        return [own for own in beside if abs(own.captured_at - at) <= WINDOW]

    def _difference(
        self, own: Snapshot, visit: GoodVisit, items: Sequence[Item], *, is_whole: bool
    ) -> str | None:
        if own.digests == visit.digests:
            return None
        if own.digests not in self._items:
            seen = listed(self.archive, self.source, own)
            self._items[own.digests] = [*without(seen.items, seen.partial - KNOWN_BY)]
        return difference(
            self._items[own.digests], items, is_whole=is_whole, is_own_whole=own.is_complete
        )


def difference(
    own: Sequence[Item], kept: Sequence[Item], *, is_whole: bool = True, is_own_whole: bool = True
) -> str | None:
    """Return how an archive's items differ from our own, in words; None where they agree.

    What a partial reading lacks is no difference.
    """
    pairs = match(own, kept)
    changes = changes_of(own, kept, pairs, silent_columns(own, kept, pairs))
    count = Counter(change.kind for change in changes)
    told = [
        (count[Kind.REMOVED] if is_whole else 0, "lacking"),
        (count[Kind.ADDED] if is_own_whole else 0, "more"),
        (count[Kind.CHANGED], "with other words"),
    ]
    parts = [f"{counted(number, 'item')} {how}" for number, how in told if number]
    return ", ".join(parts) or None
