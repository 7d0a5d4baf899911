"""What is known of a corpus from its making: its editions, and what was planted in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from planted.terms import Campaign
from snapshots.records import Read

START = datetime(2019, 1, 7, 6, tzinfo=UTC)
BETWEEN = timedelta(days=28)
SITE = "https://agency.example"


def moment(snapshot: int) -> datetime:
    """Return when a snapshot is taken, by its number from 0."""
    return START + snapshot * BETWEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One publication of a listing, or one block of a page (``text``), as it is printed.

    Its ``number`` is its identity, and printed nowhere.
    """

    number: int
    title: str | None = None
    link: str | None = None
    summary: str | None = None
    published: str | None = None
    section: str | None = None
    text: str | None = None
    is_heading: bool = False

    @property
    def body(self) -> str:
        return self.text or self.summary or ""

    @property
    def url(self) -> str | None:
        return f"{SITE}{self.link}" if self.link else None

    def said(self) -> dict[str, str]:
        """Return the fields that a change can speak of, by the program's names."""
        names = ("title", "url", "summary", "published", "section", "text")
        found = {name: getattr(self, name) for name in names}
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Edition:
    """What a source shows at one snapshot, and in which layout."""

    records: tuple[Record, ...]
    layout: int = 0

    @property
    def by_number(self) -> dict[int, Record]:
        return {record.number: record for record in self.records}


@dataclass(frozen=True, slots=True)
class Planted:
    """A pattern as it shows in one snapshot: which items, and which flag is due."""

    pattern: str
    snapshot: int
    numbers: tuple[int, ...]
    flag: str | None = None


@dataclass(slots=True, kw_only=True)
class History:
    """One source's editions, snapshot by snapshot, and the patterns in them."""

    key: str
    read: Read
    per_page: int
    editions: list[Edition] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{SITE}/{self.key}"


@dataclass(slots=True, kw_only=True)
class Corpus:
    """All sources, and of each campaign the (source, number) of the items that it changes."""

    seed: int
    histories: list[History]
    campaigns: dict[str, Campaign]
    changed_by: dict[str, set[tuple[str, int]]]
    chance: int = 0

    @property
    def items(self) -> int:
        """How many items there were over time."""
        return sum(
            len({r.number for edition in history.editions for r in edition.records})
            for history in self.histories
        )

    @property
    def snapshots(self) -> int:
        return len(self.histories[0].editions)


Entry = tuple[str, frozenset[tuple[str, str | None, str | None]]]


def entry_of(old: Record | None, new: Record | None) -> Entry | None:
    """Return the change from one edition's record to the next's; None when they say the same."""
    before, after = old.said() if old else {}, new.said() if new else {}
    names = before.keys() | after.keys()
    told = frozenset(
        (n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)
    )
    kind = "changed" if old and new else "added" if new else "removed"
    return (kind, told) if told else None


def expected(history: History, snapshot: int) -> Iterator[tuple[int, Entry]]:
    """Yield what one snapshot must tell: the number of each item that changed, and how."""
    old, new = (history.editions[n].by_number for n in (snapshot - 1, snapshot))
    for number in [*new, *(n for n in old if n not in new)]:
        entry = entry_of(old.get(number), new.get(number))
        if entry:
            yield number, entry
