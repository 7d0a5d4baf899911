"""What is had of a source by earlier imports and by this one, so that nothing is asked twice."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crawler.config import Source
from crawler.memento.listed import Listed, raw_address
from diffs.links import canonical_link
from snapshots.archive import Archive
from snapshots.archive.mementos import Held
from snapshots.records import Capture, Provenance, Revisit

Key = tuple[str, datetime]
# What an archive lists and does not give is not asked for again before, as with a robots.txt:
# it may have been down.
REFUSALS_LAST = timedelta(days=1)


@dataclass(slots=True)
class Had:
    """The captures of a source that need not be asked for, and what became of the others.

    ``now`` is when the import began. ``under_way`` are the addresses of a walk that has not
    come to its end; ``repeats`` counts the captures that were known to be equal to another,
    and ``left_out`` those that were not wanted, by the reason.
    """

    archive: Archive
    source: Source
    now: datetime
    problems: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    under_way: list[str] = field(default_factory=list)
    held: int = 0
    repeats: int = 0
    is_stopped: bool = False
    _by_moment: dict[Key, Held] = field(default_factory=dict)
    _by_address: dict[str, Held] = field(default_factory=dict)
    _by_digest: dict[str, Held] = field(default_factory=dict)
    _refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._refused |= self.archive.mementos.refused(self.now - REFUSALS_LAST)
        for each in self.archive.mementos.held(self.source.key):
            self._add(each)

    def is_held(self, listed: Listed) -> bool:
        """Whether a listed capture need not be asked for."""
        addresses = (listed.memento_url, raw_address(listed.memento_url))
        is_asked = any(address in self._by_address for address in addresses)
        return is_asked or key(listed.url, listed.at) in self._by_moment

    def is_refused(self, listed: Listed) -> bool:
        """Whether a listed capture was not to be had a short while ago."""
        return raw_address(listed.memento_url) in self._refused

    def note_refused(self, listed: Listed) -> None:
        """Remember that an archive does not give what it lists, beyond this import."""
        address = raw_address(listed.memento_url)
        self._refused.add(address)
        with self.archive.transaction(is_urgent=False):
            self.archive.mementos.note_refused(address, self.now)

    def learn(self, listed: Listed) -> None:
        """Note which payload the archive's own digest names, where that very capture is had."""
        held = self._by_moment.get(key(listed.url, listed.at))
        if listed.digest and held:
            self._by_digest.setdefault(listed.digest, held)

    def repeated(self, listed: Listed) -> Capture | None:
        """Return a capture that the index tells to be equal to one that is had, or None.

        It has no payload and no headers of its own: what is known of it is the index's word.
        """
        first = self._by_digest.get(listed.digest or "")
        if first is None:
            return None
        return Capture(
            url=listed.url,
            final_url=listed.url,
            captured_at=listed.at,
            status=listed.status or first.status,
            payload=b"",
            payload_digest=first.payload_digest,
            revisit=Revisit.SAME_PAYLOAD,
            provenance=Provenance.MEMENTO,
            memento_url=raw_address(listed.memento_url),
        )

    def put_by(self, listed: Listed, capture: Capture, *, is_repeat: bool = False) -> None:
        """Put a memento by; a program that is killed afterwards has not lost it."""
        asked = raw_address(listed.memento_url)
        with self.archive.transaction(is_urgent=False):
            self.archive.mementos.add(self.source.key, asked, capture, is_repeat=is_repeat)
        at, digest = capture.captured_at, capture.payload_digest
        addresses = tuple(a for a in (asked, capture.memento_url) if a)
        self._add(Held(capture.url, at, digest, capture.status, addresses))
        self.repeats += is_repeat

    def page(self, listed: Listed) -> Capture | None:
        """Return a listed capture that was put by, with its payload; None if it was not."""
        capture = self.archive.mementos.one(self.source.key, raw_address(listed.memento_url))
        return self._whole(capture) if capture else None

    def put_by_all(self, without: Collection[str] = ()) -> list[Capture]:
        """Return all that is put by, oldest first, but for some addresses that were asked for."""
        found = self.archive.mementos.of(self.source.key)
        return [self._whole(capture) for asked, capture in found if asked not in without]

    def _whole(self, capture: Capture) -> Capture:
        """A capture with its payload, which a repeat has of another."""
        if capture.revisit is None:
            return capture
        digest = capture.payload_digest
        put_by = self.archive.mementos.payload(self.source.key, digest)
        payload = self.archive.evidence.payload(digest) if put_by is None else put_by
        return replace(capture, payload=payload)

    def _add(self, held: Held) -> None:
        self._by_moment[key(held.url, held.captured_at)] = held
        self._by_address |= dict.fromkeys(held.asked, held)


def key(url: str, at: datetime) -> Key:
    """Return what a capture is known by in every archive: the document and the moment."""
    return canonical_link(url), at
