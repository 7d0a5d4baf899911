"""What must have been told: computed from the captures kept and the publisher's own record.

For each good visit, what its captures showed is compared with what stood before. Nothing
of the program's own reading, matching or comparing is used.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from snapshots.archive import Archive
from snapshots.records import Capture, ChangeRecord, Kind, Outcome, Visit
from soak.publisher import FATES, Edition, Publication, Record

# (kind, link, title or text, names of the fields that changed)
Entry = tuple[str, str, str, tuple[str, ...]]
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
    whichever the program took is right.
    """

    publication: Publication
    site: str
    confirm: int
    standing: dict[int, set[Record]] = field(default_factory=dict)
    missed: Counter[int] = field(default_factory=Counter)
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
    ) -> Iterator[Entry]:
        """Yield what a good visit must tell, and move on; ``found`` settles what is unsure.

        ``during`` are the editions shown while it lasted, ``gone`` the links that it
        probed and that answered 404 or 410.
        """
        seen = self._seen(captures)
        if not self.is_begun:
            self.standing = dict(seen)
        else:
            for number, wordings in seen.items():
                yield from self._one_seen(number, wordings, found)
        if is_complete:
            for number in self.standing.keys() - seen.keys():
                yield from self._one_missed(number, during, gone, found)
            self.is_whole = True
        self.is_begun = True

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
        self, number: int, during: list[Edition], gone: set[str], found: set[Entry]
    ) -> Iterator[Entry]:
        """An item that was listed throughout was only passed over, and was not removed."""
        self.missed[number] += 1
        choices = [self._entry("removed", old) for old in ordered(self.standing[number])]
        entry = next((entry for entry in choices if entry in found), choices[0])
        is_due = self.missed[number] >= self.confirm or bool(gone & {entry[1]})
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
    if visit.outcome in GOOD:
        captures = archive.evidence.captures_of(number)
        strange = [c for c in captures if c.payload_digest not in ledger.publication.printed]
        if strange:
            told = f"{strange[0].status} {strange[0].payload[:200]!r} was taken for the page"
            result.faults.append(Fault(source, number, "believed", told))
            captures = [c for c in captures if c not in strange]
        probed = archive.evidence.verdicts(number)
        gone = {url for url, verdict in probed.items() if verdict == "gone"}
        ended_by = visit.finished_at + timedelta(seconds=1)
        during = ledger.publication.during(visit.started_at, ended_by)
        is_complete = visit.outcome != Outcome.PARTIAL
        entries = ledger.expect(captures, during, gone, set(found), is_complete=is_complete)
        expected = list(entries)
        result.expected.update(entry[0] for entry in expected)
    for entry in (Counter(found) - Counter(expected)).elements():
        result.faults.append(Fault(source, number, f"false {entry[0]}", repr(entry)))
    for entry in (Counter(expected) - Counter(found)).elements():
        result.faults.append(Fault(source, number, f"missed {entry[0]}", repr(entry)))
    result.faults += [
        Fault(source, number, "false verdict", told)
        for told in map(_verdict_fault, records)
        if told
    ]


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


def _verdict_fault(record: ChangeRecord) -> str | None:
    change = record.change
    if change.kind is not Kind.REMOVED or not change.item.url:
        return None
    number = int(change.item.url.rpartition("/")[2].partition("-v")[0])
    possible = (FATES[number % len(FATES)], "unconfirmed", "blocked")
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
