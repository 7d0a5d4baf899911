"""The nouns: what was seen, what was read from it, and what changed. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlsplit


class Read(StrEnum):
    """How a source is read: as a listing of items, or as a page of blocks."""

    LISTING = "listing"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one layout of a source is read.

    Selectors are CSS, optionally followed by ``@attribute``; a wording may be read from
    several places, ``{td.party}, {td.seat}``. None means that a default finds the value.
    ``since`` is the first day on which the layout was in use, or its first moment, where a
    day is too coarse.
    """

    read: Read
    item: str | None = None
    title: str | None = None
    link: str | None = None
    summary: str | None = None
    published: str | None = None
    section: str | None = None
    next: str | None = None
    ignore: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None

    @property
    def begins_at(self) -> datetime:
        """The moment from which the recipe holds: for a day, its start in UTC."""
        since = self.since or date.min
        if isinstance(since, datetime):
            return since
        return datetime(since.year, since.month, since.day, tzinfo=UTC)


class Item(NamedTuple):
    """One listed publication, or one block of a page.

    A listing fills title, url, summary and published; a block fills text, with its
    kind in ``fields["block"]``. What the page does not say is None, never "".
    ``published`` is ISO 8601, as precise as the page states it, or the page's own
    words when they are not a date. ``key`` is the identity within the source.

    A tuple, as no other value is made so often: a quarter of a dataclass's time.
    """

    key: str
    title: str | None = None
    url: str | None = None
    summary: str | None = None
    published: str | None = None
    section: str | None = None
    text: str | None = None
    fields: Mapping[str, str] = {}


class Outcome(StrEnum):
    """What a visit came to. The first three are good visits and give a snapshot."""

    NEW = "new"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    FAILED = "failed"
    QUARANTINED = "quarantined"

    @property
    def is_good(self) -> bool:
        """Whether the visit saw enough of the source to conclude anything."""
        return self in (Outcome.NEW, Outcome.UNCHANGED, Outcome.PARTIAL)


class Revisit(StrEnum):
    """Why a capture shares an earlier payload. Values are WARC 1.1 revisit profiles."""

    SAME_PAYLOAD = "identical-payload-digest"
    NOT_MODIFIED = "server-not-modified"


class Provenance(StrEnum):
    """Where a capture came from."""

    OWN = "own"
    MEMENTO = "memento"
    WARC = "warc"
    FILE = "file"


class Hop(NamedTuple):
    """One redirect on the way to a capture: the URL asked, and the status it answered."""

    url: str
    status: int


class ChainHead(NamedTuple):
    """The newest hash of an archive's chain, e.g. ``sha256:9f86d0…``, and what it is over."""

    hash: str
    records: int


A_FILE = "a file"
Headers = tuple[tuple[str, str], ...]


def digest_of(payload: bytes) -> str:
    """Return a payload's labelled digest, e.g. ``sha256:9f86d0…``."""
    return f"sha256:{sha256(payload).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One HTTP response kept, at one moment.

    ``payload`` is the body after content decoding and before character decoding: the
    bytes that ``payload_digest`` covers. ``url`` was asked for, ``final_url`` answered.
    ``memento_url`` is the address within a web archive that a memento was read from.
    """

    url: str
    final_url: str
    captured_at: datetime
    status: int
    payload: bytes = field(repr=False)
    payload_digest: str
    request_headers: Headers = ()
    response_headers: Headers = ()
    hops: tuple[Hop, ...] = ()
    revisit: Revisit | None = None
    provenance: Provenance = Provenance.OWN
    memento_url: str | None = None

    @property
    def keeper(self) -> str | None:
        """Who kept it, such as ``web.archive.org`` or ``a file``; None: seen by ourselves."""
        if self.provenance is Provenance.OWN:
            return None
        host = urlsplit(self.memento_url).hostname if self.memento_url else None
        return host or A_FILE

    def header(self, name: str) -> str | None:
        """The first response header of that name, in any case, or None."""
        wanted = name.lower()
        return next((v for n, v in self.response_headers if n.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One attempt at a source, successful or not. ``reason`` tells a bad outcome in words."""

    source: str
    started_at: datetime
    finished_at: datetime
    outcome: Outcome
    reason: str | None = None
    captures: tuple[Capture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Where imported visits came from: a file, or a web archive.

    ``name`` is the file's, without its folders, or an address; ``kind`` is warc, wacz, file
    or memento; ``digest`` the labelled SHA-256 of the file.
    """

    name: str
    kind: str
    started_at: datetime
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a source was at one moment: the captures of one good visit.

    ``id`` is the visit's. A snapshot that is not complete cannot remove an item. ``tail``
    are the keys of its last items, in page order, where they are asked for. ``kept_by``
    names who kept what it was read from, such as ``web.archive.org`` or ``a file``; None:
    seen by ourselves.
    """

    id: int
    source: str
    captured_at: datetime
    digests: tuple[str, ...]
    is_complete: bool = True
    tail: tuple[str, ...] = ()
    kept_by: str | None = None


class Kind(StrEnum):
    """The kind of a change."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Verdict(StrEnum):
    """What became of a removed item."""

    GONE = "gone"
    REDIRECTED = "redirected"
    SOFT_404 = "soft_404"
    DELISTED = "delisted"
    MOVED = "moved"
    ROLLED_OFF = "rolled_off"
    BLOCKED = "blocked"
    UNCONFIRMED = "unconfirmed"


class Flag(StrEnum):
    """What is worth a reader's eye about a change.

    Stealth: the wording changed and the item's date did not. A date bump: the date
    changed and nothing else did. Backdated: a new item is dated well before the last
    visit. Flapping: two wordings take turns, of which no more is told until one settles.
    """

    PUNCTUATION = "punctuation"
    REWRITTEN = "rewritten"
    STEALTH = "stealth"
    DATE_BUMP = "date_bump"
    BACKDATED = "backdated"
    REVERTED = "reverted"
    RETURNED = "returned"
    FLAPPING = "flapping"
    SPLIT = "split"
    MERGED = "merged"


class Edit(NamedTuple):
    """One run of words: ``op`` is keep, delete or insert."""

    op: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's two sides, and the edits that turn the old into the new."""

    old: str | None
    new: str | None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Why two items are one: what they were matched by, and how surely (0 to 1)."""

    by: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One item's change. ``item`` is the new side, or the old one of a removal."""

    kind: Kind
    item: Item
    changed: tuple[str, ...] = ()
    fields: Mapping[str, FieldChange] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    match: Match | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The interval a claim rests on: the last snapshot before, and the first after."""

    old: Snapshot
    new: Snapshot
    good_visits_between: int
    longest_gap_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """A change as the archive tells it: numbered, with its source and its interval.

    ``away_since`` tells, of a reverted or returned one, since when the wording, or the
    item, that is back had been gone, and ``stood_since`` when it had been read before. One
    that ``is_folded`` compares two dates, whatever happened between them.
    """

    id: int
    source: str
    change: Change
    seen: Seen
    away_since: datetime | None = None
    stood_since: datetime | None = None
    is_folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """A phrase that became another phrase at the same place, in one change."""

    change: int
    source: str
    item: str
    old: str
    new: str
    at: datetime
    context_old: str
    context_new: str
    places: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstitutionCount:
    """A substitution counted over items, sources and dates, inflections and case folded.

    ``chance`` is how likely it recurs so often, and goes one way, by chance (0 to 1);
    ``is_systematic`` whether that is too low for chance among all that were counted.
    """

    old: str
    new: str
    places: int
    items: int
    sources: int
    first: datetime
    last: datetime
    reverse_places: int
    contexts: tuple[Substitution, ...] = ()
    reverse_items: int = 0
    chance: float = 1.0
    is_systematic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """One wording of an item and the time in which it stood; ``until`` None: it stands."""

    source: str
    item: Item
    first: datetime
    until: datetime | None


class TermCount(NamedTuple):
    """How often a term is used from a moment on, and in how many items."""

    at: datetime
    uses: int
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """What was looked at: one source's visits up to now, counted by outcome.

    ``last_good_at`` is None when no visit has ever succeeded. ``bad_visits`` counts those
    since the last good one, and ``blind_since`` is the first of them: None when the newest
    visit was good. ``due_at`` is when it is to be visited next; None, at once.
    """

    source: str
    title: str
    url: str
    visits: int
    first_at: datetime | None
    last_at: datetime | None
    last_good_at: datetime | None
    last_outcome: Outcome | None
    last_reason: str | None
    items: int
    outcomes: Mapping[str, int] = field(default_factory=dict)
    blind_since: datetime | None = None
    bad_visits: int = 0
    due_at: datetime | None = None
    is_overdue: bool = False

    @property
    def is_quarantined(self) -> bool:
        """Whether the newest visit saw something that waits to be believed."""
        return self.last_outcome is Outcome.QUARANTINED and self.blind_since is not None
