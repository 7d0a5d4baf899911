"""The judge: what an archive tells of a corpus, beside what was planted in it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planted.edits import bare, share_kept
from planted.patterns import FLAPS
from planted.printing import terms_told
from planted.terms import Campaign
from planted.truth import (
    BETWEEN,
    START,
    Corpus,
    Entry,
    History,
    Planted,
    Record,
    entry_of,
    expected,
)
from planted.verdict import Fault, Verdict
from snapshots.archive import Archive
from snapshots.records import ChangeRecord

# Patterns of which several tellings are right; the others have one.
PARTED = ("split", "merged")
LOOSE = (*PARTED, "flapping")
# So many swings of a flap are told.
TOLD_SWINGS = 3
BODIES = ("title", "summary", "text")
# A wording of which fewer words are common may be called rewritten.
MAY_BE_REWRITTEN = 0.75
# This share of a campaign's items must be counted for it.
COVERED = 0.9


def judge(corpus: Corpus, path: Path) -> Verdict:
    """Compare all that an archive tells with all that was planted."""
    verdict = Verdict()
    with Archive.to_read(path) as archive:
        for history in corpus.histories:
            records = archive.knowledge.changes(sources=(history.key,))
            verdict.told.update(str(record.change.kind) for record in records)
            _Bench(history, verdict).judge(records)
    _judge_terms(corpus, terms_told(path), verdict)
    return verdict


@dataclass(frozen=True, slots=True)
class _Told:
    """One change as it was told, in the truth's own terms."""

    entry: Entry
    key: str
    flags: frozenset[str]


class _Bench:
    """One source before the judge."""

    def __init__(self, history: History, verdict: Verdict) -> None:
        self.history = history
        self.verdict = verdict
        self.planted: dict[int, list[Planted]] = defaultdict(list)
        for each in history.planted:
            self.planted[each.snapshot].append(each)
        self.keys: dict[int, str] = {}
        self.numbers: dict[str, int] = {}
        self.was: dict[int, list[Record]] = defaultdict(list)
        self.parted = {n for p in history.planted if p.pattern in PARTED for n in p.numbers}
        self.flapping = {p.numbers[0]: p for p in history.planted if p.pattern == "flapping"}
        self.flaps: dict[int, list[_Told]] = defaultdict(list)
        self.mistaken: set[int] = set()

    def judge(self, records: list[ChangeRecord]) -> None:
        by_snapshot: dict[int, list[_Told]] = defaultdict(list)
        for record in records:
            snapshot = round((record.seen.new.captured_at - START) / BETWEEN)
            by_snapshot[snapshot].append(_told(record))
        self._remember(0)
        for snapshot in range(1, len(self.history.editions)):
            self._judge_snapshot(snapshot, by_snapshot[snapshot])
            self._remember(snapshot)
        self._judge_flaps()

    def _judge_snapshot(self, snapshot: int, told: list[_Told]) -> None:
        """Pair what is told with what is due; what neither side explains is a fault."""
        due = dict(self._due(snapshot))
        right, others = _paired(due, told)
        parted = [p for p in self.planted[snapshot] if p.pattern in PARTED]
        mistaken = self._mistaken(snapshot, parted, others)
        for planted in parted:
            self._judge_parted(planted, right, others)
            for number in planted.numbers:
                due.pop(number, None)
        for planted in self.planted[snapshot]:
            if planted.pattern not in LOOSE:
                self._judge_planted(planted, due, right, bool(others or mistaken))
        for number in sorted(due.keys() - right.keys() - mistaken):
            entry = due[number]
            self._fault("missed", entry[0], snapshot, f"#{number} {_short(entry)}", number)
        for each in others:
            if (flap := self._flap_of(each.entry)) is not None:
                self.flaps[flap].append(each)
            else:
                sides = self._sides(each.entry, snapshot)
                number = next((n for n in sides if n is not None), None)
                self._fault("false", each.entry[0], snapshot, _short(each.entry), number)
        for number, each in right.items():
            self._judge_key(snapshot, number, each)
            self._judge_flags(snapshot, number, each)

    def _due(self, snapshot: int) -> Iterator[tuple[int, Entry]]:
        """What a snapshot must tell: of what flaps, from its fourth swing on, only the rest."""
        for number, (kind, fields) in expected(self.history, snapshot):
            flap = self.flapping.get(number)
            if flap and flap.snapshot + TOLD_SWINGS <= snapshot < flap.snapshot + FLAPS:
                fields = frozenset(field for field in fields if field[0] not in BODIES)
            if fields:
                yield number, (kind, fields)

    def _judge_planted(
        self, planted: Planted, due: dict[int, Entry], right: dict[int, _Told], is_amiss: bool
    ) -> None:
        """Count a pattern as found when all of its items' changes are told, with its flag."""
        wanted = [n for n in planted.numbers if n in due and n not in self.flapping]
        if planted.numbers and not wanted:
            return  # Chance chose what stood already.
        tally = self.verdict.tallies[planted.pattern]
        tally.planted += 1
        if not right.keys() >= set(wanted) or (not wanted and is_amiss):
            return
        tally.found += self._is_flagged(planted, [right[n] for n in wanted])

    def _judge_parted(self, planted: Planted, right: dict[int, _Told], others: list[_Told]) -> None:
        """Count a split or a merger as found when it is told in a right way, with its flag.

        Of the two that are apart, one is told as changed, and the other as added or removed;
        that may be left out, when the flag tells it.
        """
        tally = self.verdict.tallies[planted.pattern]
        tally.planted += 1
        mine = [right.pop(n) for n in planted.numbers if n in right]
        ways = self._ways(planted)
        mine += [each for each in others if any(each.entry in way for way in ways)]
        others[:] = [each for each in others if each not in mine]
        said = {each.entry for each in mine}
        is_whole = len(mine) == 2 and any(said == set(way) for way in ways)
        is_short = len(mine) == 1 and any(said == {way[0]} for way in ways)
        if is_whole or (is_short and planted.flag in mine[0].flags):
            tally.found += self._is_flagged(planted, mine)
            return
        told = " | ".join(f"{e.entry[0]} {_short(e.entry)}" for e in mine) or "nothing"
        number = next((n for n in planted.numbers if n in self.mistaken), planted.numbers[0])
        self._fault("missed", planted.pattern, planted.snapshot, f"told as {told}", number)

    def _ways(self, planted: Planted) -> list[list[Entry | None]]:
        """The ways to tell a split or a merger: whose past the one has, and who is the other."""
        at, is_split = planted.snapshot, planted.pattern == "split"
        before, after = (self.history.editions[n].by_number for n in (at - 1, at))
        one, other = planted.numbers
        turns = ((one, other), (other, one))
        if is_split:
            return [[entry_of(before[one], after[a]), entry_of(None, after[b])] for a, b in turns]
        return [[entry_of(before[a], after[one]), entry_of(before[b], None)] for a, b in turns]

    def _is_flagged(self, planted: Planted, told: list[_Told]) -> bool:
        """Whether what is told has the flag that is due; for two that parted, one suffices."""
        has = [planted.flag in each.flags for each in told]
        is_flagged = any(has) if planted.pattern in PARTED else all(has)
        if planted.flag is None or is_flagged:
            return True
        number, flags = planted.numbers[0], sorted({flag for each in told for flag in each.flags})
        said = f"#{number} told with {flags}"
        self._fault("unflagged", planted.flag, planted.snapshot, said, number)
        return False

    def _mistaken(self, snapshot: int, parted: list[Planted], others: list[_Told]) -> set[int]:
        """Return the items that a change takes for one another, and leave it out of the others."""
        right = {entry for planted in parted for way in self._ways(planted) for entry in way}
        found: set[int] = set()
        for each in [each for each in others if each.entry not in right]:
            old, new = self._sides(each.entry, snapshot)
            if old is not None and new is not None and old != new:
                others.remove(each)
                found |= {old, new}
                said = f"#{old} is told to have become #{new}: {_short(each.entry)}"
                self._fault("mistaken", "identity", snapshot, said)
        self.mistaken |= found
        return found

    def _sides(self, entry: Entry, snapshot: int) -> tuple[int | None, int | None]:
        """Return whose words a change tells, before and after; None where they are nobody's."""
        before = {(name, old) for name, old, _ in entry[1] if old is not None}
        after = {(name, new) for name, _, new in entry[1] if new is not None}
        return self._owner(before, snapshot - 1), self._owner(after, snapshot)

    def _owner(self, said: set[tuple[str, str]], snapshot: int) -> int | None:
        records = self.history.editions[snapshot].records if said else ()
        return next((r.number for r in records if said <= set(r.said().items())), None)

    def _judge_key(self, snapshot: int, number: int, told: _Told) -> None:
        """An item keeps its key whatever becomes of it, and no other item has it."""
        if number in self.parted:
            return
        key = self.keys.setdefault(number, told.key)
        owner = self.numbers.setdefault(told.key, number)
        if key != told.key or owner != number:
            said = f"#{number} {_short(told.entry)}"
            self._fault("other key", told.entry[0], snapshot, said, number)
            self.keys[number] = told.key

    def _judge_flags(self, snapshot: int, number: int, told: _Told) -> None:
        flap, bodies = self.flapping.get(number), {name for name, *_ in told.entry[1]} & set(BODIES)
        if flap and bodies and flap.snapshot <= snapshot < flap.snapshot + FLAPS:
            self.flaps[number].append(told)
        before = self.history.editions[snapshot - 1].by_number.get(number)
        after = self.history.editions[snapshot].by_number.get(number)
        due = {p.flag for p in self.planted[snapshot] if number in p.numbers}
        for flag in sorted(told.flags - due):
            if not self._may_be(flag, snapshot, before, after):
                self.verdict.tallies[flag].false += 1
                said = f"#{number} {_short(told.entry)}"
                self._fault("misflagged", flag, snapshot, said, number)

    def _may_be(self, flag: str, snapshot: int, old: Record | None, new: Record | None) -> bool:
        """Whether a flag holds of a change that it was not planted for, by what it means."""
        if new is None:
            return False
        if flag == "returned":
            return old is None and bool(self.was[new.number])
        if flag == "backdated":
            return old is None and (new.published or "9") < f"{START + (snapshot - 1) * BETWEEN:%F}"
        if old is None:
            return False
        worded = [n for n in BODIES if getattr(old, n) != getattr(new, n)]
        names = worded or [n for n in old.said() if old.said()[n] != new.said().get(n)]
        if flag == "stealth":
            return bool(worded) and old.published == new.published
        if flag == "date_bump":
            return {n for n, _, _ in (entry_of(old, new) or ("", ()))[1]} == {"published"}
        if flag == "reverted":
            past = self.was[new.number]
            return any(
                all(getattr(p, _own(n)) == getattr(new, _own(n)) for n in names) for p in past
            )
        if flag == "punctuation":
            return all(bare(getattr(old, _own(n))) == bare(getattr(new, _own(n))) for n in names)
        if flag == "rewritten":
            shares = [share_kept(getattr(old, n) or "", getattr(new, n) or "") for n in worded]
            return min(shares, default=1) < MAY_BE_REWRITTEN
        return flag == "flapping" and new.number in self.flapping

    def _flap_of(self, entry: Entry) -> int | None:
        """The item between whose two wordings of a flap a change is, if it is of one."""
        bodies = {text for name, *both in entry[1] for text in both if name in BODIES}
        if entry[0] != "changed" or not bodies:
            return None
        return next((n for n in self.flapping if bodies <= {r.body for r in self.was[n]}), None)

    def _judge_flaps(self) -> None:
        """A flap is told once as such, and nothing of it afterwards."""
        for number, planted in self.flapping.items():
            self.verdict.tallies["flapping"].planted += 1
            flags = [each.flags for each in self.flaps[number]]
            told = [n for n, each in enumerate(flags) if "flapping" in each]
            if len(told) == 1 and told[0] == len(flags) - 1:
                self.verdict.tallies["flapping"].found += 1
            else:
                said = f"#{number} told {len(flags)} times, {len(told)} times as flapping"
                self._fault("unflagged", "flapping", planted.snapshot, said)

    def _remember(self, snapshot: int) -> None:
        for record in self.history.editions[snapshot].records:
            past = self.was[record.number]
            if not past or past[-1] != record:
                past.append(record)

    def _fault(
        self, kind: str, about: str, snapshot: int, detail: str, number: int | None = None
    ) -> None:
        mine = {p.pattern for p in self.planted[snapshot] if number in p.numbers}
        # What was taken for another once has that one's past from then on.
        mine |= {"mistaken identity"} if number in self.mistaken else set()
        fault = Fault(kind, about, self.history.key, snapshot, detail, frozenset(mine))
        self.verdict.faults.append(fault)


def _paired(due: dict[int, Entry], told: list[_Told]) -> tuple[dict[int, _Told], list[_Told]]:
    """Return what is told of each item as it is due, and what is told besides."""
    waiting: dict[Entry, list[int]] = defaultdict(list)
    for number, entry in due.items():
        waiting[entry].append(number)
    right, others = {}, []
    for each in told:
        if numbers := waiting.get(each.entry):
            right[numbers.pop(0)] = each
        else:
            others.append(each)
    return right, others


def _judge_terms(corpus: Corpus, rows: list[dict[str, object]], verdict: Verdict) -> None:
    """Every planted term stands above every pair that chance made, counted in its items."""
    verdict.pairs = len(rows)
    sides = [(str(row["old"]), str(row["new"])) for row in rows]
    campaigns = corpus.campaigns.values()
    by_chance = (
        n for n, pair in enumerate(sides, 1) if not any(c.is_part(*pair) for c in campaigns)
    )
    verdict.best_by_chance = next(by_chance, None)
    for campaign in campaigns:
        verdict.tallies["campaign"].planted += 1
        rank = next((n for n, pair in enumerate(sides, 1) if campaign.tells(*pair)), None)
        items = int(str(rows[rank - 1]["items"])) if rank else 0
        verdict.ranks[campaign.name] = rank
        verdict.covered[campaign.name] = items / len(corpus.changed_by[campaign.name])
        faults = [*_term_faults(campaign, rank, verdict)]
        verdict.tallies["campaign"].found += not faults
        verdict.faults += faults


def _term_faults(campaign: Campaign, rank: int | None, verdict: Verdict) -> Iterator[Fault]:
    name, covered = campaign.name, verdict.covered[campaign.name]
    if rank is None:
        yield Fault("missed", "term", "all", 0, name)
        return
    if covered < COVERED:
        yield Fault("uncounted", "term", "all", 0, f"{name} in {covered:.0%} of its items")
    if verdict.best_by_chance and rank > verdict.best_by_chance:
        yield Fault("outranked", "term", "all", 0, f"{name} is {rank}th")


def _told(record: ChangeRecord) -> _Told:
    change = record.change
    fields = frozenset((name, each.old, each.new) for name, each in change.fields.items())
    return _Told((str(change.kind), fields), change.item.key, frozenset(map(str, change.flags)))


def _own(name: str) -> str:
    return "link" if name == "url" else name


def _short(entry: Entry) -> str:
    return "; ".join(f"{name}: {old!r} → {new!r}" for name, old, new in sorted(entry[1], key=str))
