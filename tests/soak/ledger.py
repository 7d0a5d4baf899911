"""What must have been told: computed from the captures kept and the publisher's own record.

For each good visit, what its captures showed is compared with what stood before. Nothing
of the program's own reading, matching or comparing is used.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from snapshots.archive import Archive
from snapshots.records import Capture, ChangeRecord, Kind, Outcome, Visit
from soak.publisher import FATES, Edition, Publication, Record

# (kind, link, title or text, names of the fields that changed)
Entry = tuple[str, str, str, tuple[str, ...]]
SECOND_WALK = "a second walk"
LOST_PAGES = "the listing led to"
GOOD = (Outcome.NEW, Outcome.UNCHANGED, Outcome.PARTIAL)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that was told wrongly, or not at all."""

    source: str
    visit: int
    kind: str
    told: str

    def __str__(self) -> str:
        return f"{self.source}, visit {self.visit}: {self.kind}: {self.told}"


@dataclass
class Audit:
    """What was expected of one source, what was found, and the faults."""

    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def add(self, other: "Audit") -> None:
        self.expected += other.expected
        self.found += other.found
        self.faults += other.faults


@dataclass
class Ledger:
    """What stands of one source, as its captures show; several wordings when it is unsure.

    An item that changed while one walk was under way may have been seen in two wordings;
    whichever the program took is right. ``pages`` and ``order`` are what the last complete
    visit saw, and ``pushed_off`` the missing items that new ones pushed off their list's end.
    """

    publication: Publication
    site: str
    confirm: int
    pages: dict[str, list[int]] = field(default_factory=dict)
    standing: dict[int, set[Record]] = field(default_factory=dict)
    missed: Counter[int] = field(default_factory=Counter)
    order: list[int] = field(default_factory=list)
    pushed_off: set[int] = field(default_factory=set)
    is_begun: bool = False
    is_whole: bool = False

    def expect(
        self,
        captures: list[Capture],
        during: list[Edition],
        gone: set[str],
        found: set[Entry],
        *,
        is_complete: bool,
        is_accepted: bool = False,
    ) -> Iterator[Entry]:
        """Yield what a good visit must tell, and move on; ``found`` settles what is unsure.

        ``during`` are the editions shown while it lasted, ``gone`` the links that it
        probed and that answered 404 or 410. What was accepted needs no further miss.
        """
        seen = self._seen(captures)
        missing = self.standing.keys() - seen.keys() if is_complete else set()
        self.pushed_off -= seen.keys()
        self.pushed_off |= self._pushed_off(missing, [*seen])
        if not self.is_begun:
            self.standing = dict(seen)
        else:
            for number, wordings in seen.items():
                yield from self._one_seen(number, wordings, found)
        if is_complete:
            for number in missing:
                is_due = self.missed[number] + 1 >= self.confirm or is_accepted
                yield from self._one_missed(number, during, gone, found, is_due=is_due)
            self.is_whole, self.order = True, [*seen]
            self.pages = self._pages(captures)
        self.is_begun = True

    def has_lost_pages(self, captures: list[Capture], gone: set[str]) -> bool:
        """Whether a listing seems to have lost the way to its last pages.

        It leads to fewer than at the last complete visit, and most items of the others are
        missing; unless the links of most that is missing are gone.
        """
        count = len({capture.url for capture in captures})
        lost = [number for page in [*self.pages.values()][count:] for number in page]
        missing = self.standing.keys() - self._seen(captures).keys()
        is_lost = 2 * len(missing.intersection(lost)) > len(lost)
        links = {f"{self.site}{r.link}" for number in missing for r in self.standing[number]}
        return is_lost and 2 * len(links & gone) <= len(missing)

    def _pages(self, captures: list[Capture]) -> dict[str, list[int]]:
        printed = self.publication.printed
        return {c.url: [record.number for record in printed[c.payload_digest]] for c in captures}

    def _pushed_off(self, missing: set[int], order: list[int]) -> set[int]:
        """What is missing for the first time, if as many new items stand before all others."""
        fresh = missing - self.missed.keys()
        head = takewhile(lambda number: number not in self.standing, order)
        is_pushed = fresh == {*self.order[len(self.order) - len(fresh) :]}
        return fresh if is_pushed and len(fresh) <= len([*head]) else set()

    def _seen(self, captures: list[Capture]) -> dict[int, set[Record]]:
        seen: dict[int, set[Record]] = {}
        for capture in captures:
            for record in self.publication.printed[capture.payload_digest]:
                seen.setdefault(record.number, set()).add(record)
        return seen

    def _one_seen(self, number: int, wordings: set[Record], found: set[Entry]) -> Iterator[Entry]:
        self.missed.pop(number, None)
        before = self.standing.get(number)
        if before is None:
            choices = {self._entry("added", new): new for new in ordered(wordings)}
            if not self.is_whole:
                self.standing[number] = wordings
                return
        elif before & wordings:
            choices = self._changes(before, wordings)
            if not choices.keys() & found:
                self.standing[number] = before & wordings
                return
        else:
            choices = self._changes(before, wordings)
        entry = next((entry for entry in choices if entry in found), next(reversed(choices)))
        self.standing[number] = {choices[entry]}
        yield entry

    def _changes(self, before: set[Record], wordings: set[Record]) -> dict[Entry, Record]:
        return {
            self._entry("changed", new, old.differing(new)): new
            for old in ordered(before)
            for new in ordered(wordings)
            if old != new
        }

    def _one_missed(
        self,
        number: int,
        during: list[Edition],
        gone: set[str],
        found: set[Entry],
        *,
        is_due: bool,
    ) -> Iterator[Entry]:
        """An item that was listed throughout was only passed over, and was not removed."""
        self.missed[number] += 1
        choices = [self._entry("removed", old) for old in ordered(self.standing[number])]
        entry = next((entry for entry in choices if entry in found), choices[0])
        is_due = is_due or entry[1] in gone
        listed = [number in edition.numbers for edition in during]
        if not is_due or all(listed) or (any(listed) and entry not in found):
            return
        del self.standing[number], self.missed[number]
        yield entry

    def _entry(self, kind: str, record: Record, changed: tuple[str, ...] = ()) -> Entry:
        link = f"{self.site}{record.link}" if record.link else ""
        return (kind, link, record.title or record.text, changed)


def ordered(records: set[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (record.link, record.title, record.text))


def audit(archive: Archive, publication: Publication, site: str, confirm: int) -> Audit:
    """Return how what the archive tells of a source agrees with what the publisher did."""
    result = Audit()
    ledger = Ledger(publication, site, confirm)
    told: dict[int, list[ChangeRecord]] = {}
    telling = archive.db.execute("SELECT id, coalesce(told_by, new_snapshot) FROM changes")
    told_by = dict(telling.fetchall())
    for record in archive.knowledge.changes(sources=(publication.key,)):
        told.setdefault(told_by[record.id], []).append(record)
    for number, visit in visits_of(archive, publication.key):
        records = told.pop(number, [])
        _audit_visit(archive, ledger, number, visit, records, result)
    for number in told:
        result.faults.append(Fault(publication.key, number, "unknown visit", "changes told"))
    last = number if (number := max((n for n, _ in visits_of(archive, publication.key)))) else 0
    result.faults += _not_up_to_date(ledger, last)
    return result


def _audit_visit(
    archive: Archive,
    ledger: Ledger,
    number: int,
    visit: Visit,
    records: list[ChangeRecord],
    result: Audit,
) -> None:
    source = visit.source
    found = [entry_of(record) for record in records]
    result.found.update(entry[0] for entry in found)
    expected: list[Entry] = []
    is_accepted = number in accepted(archive)
    if visit.outcome in GOOD or is_accepted:
        captures = archive.evidence.captures_of(number)
        strange = [c for c in captures if c.payload_digest not in ledger.publication.printed]
        # A second walk that saw another page is kept with the first, and says that it failed.
        if strange and SECOND_WALK not in (visit.reason or ""):
            told = f"{strange[0].status} {strange[0].payload[:200]!r} was taken for the page"
            result.faults.append(Fault(source, number, "believed", told))
        captures = [c for c in captures if c not in strange]
        probed = archive.evidence.verdicts(number)
        gone = {url for url, verdict in probed.items() if verdict == "gone"}
        ended_by = visit.finished_at + timedelta(seconds=1)
        during = ledger.publication.during(visit.started_at, ended_by)
        is_complete = visit.outcome != Outcome.PARTIAL or is_accepted
        is_shorter = is_complete or LOST_PAGES in (visit.reason or "")
        if is_shorter and not is_accepted:
            is_lost = ledger.has_lost_pages(captures, gone)
            if is_lost == is_complete:
                told = f"{visit.outcome} ({visit.reason}), with lost pages: {is_lost}"
                result.faults.append(Fault(source, number, "misjudged pages", told))
        entries = ledger.expect(
            captures, during, gone, set(found), is_complete=is_complete, is_accepted=is_accepted
        )
        expected = list(entries)
        result.expected.update(entry[0] for entry in expected)
    for entry in (Counter(found) - Counter(expected)).elements():
        result.faults.append(Fault(source, number, f"false {entry[0]}", repr(entry)))
    for entry in (Counter(expected) - Counter(found)).elements():
        result.faults.append(Fault(source, number, f"missed {entry[0]}", repr(entry)))
    verdicts = [_verdict_fault(record, ledger.pushed_off) for record in records]
    result.faults += [Fault(source, number, "false verdict", told) for told in verdicts if told]


def accepted(archive: Archive) -> set[int]:
    """Return the visits that a person took for real."""
    return {row[0] for row in archive.db.execute("SELECT visit FROM acceptances").fetchall()}


def _not_up_to_date(ledger: Ledger, last: int) -> Iterator[Fault]:
    """Once the site is healthy, what stands is what the publisher shows."""
    shown = {record.number: record for record in ledger.publication.edition.records}
    source = ledger.publication.key
    for number in ledger.standing.keys() - shown.keys():
        told = ", ".join(map(repr, ledger.standing[number]))
        yield Fault(source, last, "missed in the end", f"was removed: {told}")
    for number, record in shown.items():
        if record not in ledger.standing.get(number, set()):
            yield Fault(source, last, "missed in the end", f"is shown: {record!r}")


def _verdict_fault(record: ChangeRecord, pushed_off: set[int]) -> str | None:
    """No publication is ever listed by two publishers, so that none has ``moved``."""
    change = record.change
    if change.kind is not Kind.REMOVED or not change.item.url:
        return None
    number = int(change.item.url.rpartition("/")[2].partition("-v")[0])
    possible = [FATES[number % len(FATES)], "unconfirmed", "blocked"]
    if number in pushed_off and possible[0] == "delisted":
        possible.append("rolled_off")
    if change.verdict in possible:
        return None
    return f"{change.item.url} was {possible[0]}, and the verdict is {change.verdict}"


def entry_of(record: ChangeRecord) -> Entry:
    """Return a change as the ledger writes it."""
    item, change = record.change.item, record.change
    changed = tuple(sorted(change.changed, key=("url", "title", "summary", "text").index))
    return (str(change.kind), item.url or "", item.title or item.text or "", changed)


def visits_of(archive: Archive, source: str) -> list[tuple[int, Visit]]:
    """Return a source's visits by number, in the order of time, without captures."""
    rows = archive.db.execute(
        "SELECT id, source, started_at, finished_at, outcome, reason FROM visits"
        " WHERE source = ? ORDER BY started_at, id",
        (source,),
    ).fetchall()
    return [
        (
            number,
            Visit(
                source=key,
                started_at=datetime.fromisoformat(started_at),
                finished_at=datetime.fromisoformat(finished_at),
                outcome=Outcome(outcome),
                reason=reason,
            ),
        )
        for number, key, started_at, finished_at, outcome, reason in rows
    ]
