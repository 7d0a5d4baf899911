"""Evidence from our own WARC and WACZ files: what was exported is kept again, as it was."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from crawler.config import Config
from crawler.derive import rebuild
from crawler.exporting import answer_of
from crawler.files import origin, records_of
from crawler.restoring_thinned import Thinned
from crawler.terminal import tracked
from snapshots.archive import Archive, Probe
from snapshots.archive.rows import moment, stamp
from snapshots.archive.transaction import attempted
from snapshots.errors import ArchiveError
from snapshots.records import Capture, Outcome, Verdict, Visit, digest_of
from snapshots.warc import Damage, WarcRecord
from snapshots.warc_writing import END, MARKER, THINNED

# What a row that is not as we write it may raise when it is read.
_MALFORMED = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)
_PAYLOADS = ("response", "resource")


@dataclass(frozen=True, slots=True)
class Fact:
    """What was kept of one record: what it is called, its row, and the hashes of its link.

    Columns that are NULL are not in the row.
    """

    record: str
    row: Mapping[str, Any]
    before: str
    hash: str


@dataclass(slots=True)
class Group:
    """Records that were kept together: a visit with its captures, or an acceptance, and probes.

    ``payloads`` are those that came with it, by their digests; ``bare`` those that a rule let
    go, so that they have no bytes. ``fault`` tells why it cannot be kept; ``last`` is the hash
    of its last record.
    """

    head: Fact
    captures: list[Capture] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    payloads: dict[str, bytes] = field(default_factory=dict)
    bare: set[str] = field(default_factory=set)
    fault: str | None = None
    last: str = ""

    @property
    def visit(self) -> object:
        """The number that its visit had in the archive that it comes from."""
        return self.head.row.get("id" if self.head.record == "visit" else "visit")


@dataclass(slots=True)
class Restored:
    """What came of it: records taken, visits held already, visits to unknown sources left out."""

    taken: Counter[str] = field(default_factory=Counter)
    held: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    changes: int = 0


def sources_of(path: Path, cap_bytes: int) -> frozenset[str] | None:
    """Return the sources of a file that ``reworded export`` wrote; None if it did not."""
    try:
        named = json.loads(_info(path, cap_bytes).get(MARKER, "null"))
        return frozenset(map(str, named)) if isinstance(named, list) else None
    except _MALFORMED:
        return None


def _info(path: Path, cap_bytes: int) -> dict[str, str]:
    """What a file's first record says of the file, by the name of the field; {} if nothing."""
    try:
        first = next(iter(records_of(path, cap_bytes)), None)
    except OSError:
        return {}
    if not isinstance(first, WarcRecord) or first.type != "warcinfo":
        return {}
    lines = first.payload.decode("utf-8", "replace").split("\r\n")
    parted = (line.partition(": ") for line in lines)
    return {name: value for name, _, value in parted}


def restore(
    archive: Archive, config: Config, path: Path, *, keys: Sequence[str] = (), now: datetime
) -> Restored:
    """Keep the evidence of a file that we wrote, of some sources or all that are configured.

    All or none is kept of a visit: one that lacks a page would make its items seem removed.
    What is held already is not kept twice. The sources' knowledge is derived anew.

    Raises:
        ArchiveError: the archive cannot be written.
    """
    chosen = frozenset(keys or config.sources) & frozenset(config.sources)
    before = sum(1 for _ in archive.knowledge.changes(sources=tuple(chosen)))
    with archive.transaction():
        work = _Restoring(archive, config, chosen, now)
        work.read(path)
        for key in sorted(work.touched):
            rebuild(archive, config.sources[key], noted_at=now)
    after = sum(1 for _ in archive.knowledge.changes(sources=tuple(chosen)))
    return replace(work.done, changes=after - before)


def fact_of(record: WarcRecord) -> Fact | None:
    """Return what a record tells beside WARC's own fields, or None if it is none of ours."""
    if record.type != "metadata" or record.url or record.lacking:
        return None
    try:
        before, told, end = record.payload.decode("ascii").split("\n")
        row = json.loads(told)
        is_row = not end and all(isinstance(value, (str, int)) for value in row.values())
        own = sha256(record.payload).hexdigest()
        return Fact(str(row["record"]), row, before, own) if is_row else None
    except _MALFORMED:
        return None


class _Restoring:
    """One file being read into an archive, in one transaction."""

    def __init__(
        self, archive: Archive, config: Config, chosen: frozenset[str], now: datetime
    ) -> None:
        self.archive = archive
        self.configured = frozenset(config.sources)
        self.chosen = chosen
        self.cap_bytes = config.crawler.max_payload_bytes
        self.now = now
        self.done = Restored()
        self.touched: set[str] = set()
        self._numbers: dict[object, tuple[int, str]] = {}
        self._import: int | None = None
        self._needed: set[str] = set()
        self._thinned = Thinned()
        # The payloads without bytes of the visits that were taken, by the visits' numbers there.
        self._bare: dict[object, set[str]] = {}
        self._spared: dict[str, bytes] = {}
        self._payload: tuple[str, bytes] = ("", b"")

    def read(self, path: Path) -> None:
        if not (sources_of(path, self.cap_bytes) or frozenset()) <= self.chosen:
            self._needed = self._digests(path)
        if THINNED in _info(path, self.cap_bytes):
            self._read_thinnings(path)
        group: Group | None = None
        is_ended = False
        for record in tracked(records_of(path, self.cap_bytes), f"reading {path.name}"):
            if isinstance(record, Damage):
                self._tell_cut(path, record, group)
                group, is_ended = None, True
                continue
            is_ended = record.payload.startswith(f"{END}:".encode())
            if record.type in _PAYLOADS:
                self._payload = (digest_of(record.payload), record.payload)
            fact = fact_of(record)
            if fact and fact.record in ("visit", "acceptance"):
                self._keep(path, group)
                group = Group(fact, last=fact.hash)
            elif fact and group and fact.record in ("capture", "probe"):
                self._add(group, fact)
            elif fact and fact.record == "thinning":
                self._keep(path, group)
                group = None
                self._thin(fact)
            elif fact is None and record.type == "metadata" and not is_ended:
                self._tell_damaged(path, group)
        if not is_ended:
            self._tell_cut(path, Damage(0, "it is cut off between two records"), group)
            group = None
        self._keep(path, group)

    def _tell_damaged(self, path: Path, group: Group | None) -> None:
        """Note a record that is not as we write it: with its visit, or by itself."""
        if group is None:
            self.done.problems.append(f"{path}: a record was left out (it is damaged)")
            return
        group.fault = group.fault or "a record of it is damaged"
        group.payloads.update((self._payload,))

    def _tell_cut(self, path: Path, damage: Damage, group: Group | None) -> None:
        count = f" after {damage.records} whole records" if damage.records else ""
        told = f"damaged{count} ({damage.reason})"
        last = "; the last visit before that was left out: it may lack pages" if group else ""
        self.done.problems.append(f"{path}: {told}{last}")

    def _digests(self, path: Path) -> set[str]:
        """The payloads that chosen visits name; a file may hold one in another's record."""
        visits, digests = set(), set()
        for record in records_of(path, self.cap_bytes):
            fact = fact_of(record) if isinstance(record, WarcRecord) else None
            if fact and fact.record == "visit" and fact.row.get("source") in self.chosen:
                visits.add(fact.row.get("id"))
            elif fact and fact.row.get("visit") in visits and "payload_digest" in fact.row:
                digests.add(str(fact.row["payload_digest"]))
        return digests

    def _read_thinnings(self, path: Path) -> None:
        """Learn of which payloads the file has no bytes; what it tells wrongly it does not tell."""
        digests: dict[object, str] = {}
        for record in records_of(path, self.cap_bytes):
            fact = fact_of(record) if isinstance(record, WarcRecord) else None
            if fact and fact.record == "capture":
                digests[fact.row.get("id")] = str(fact.row.get("payload_digest"))
            elif fact and fact.record == "thinning":
                with suppress(*_MALFORMED):
                    self._thinned.add(fact.row, digests, self.now)

    def _add(self, group: Group, fact: Fact) -> None:
        if fact.before != group.last or fact.row.get("visit") != group.visit:
            group.fault = group.fault or "a record of it is missing"
        group.last = fact.hash
        if group.head.row.get("source") not in self.chosen and group.head.record == "visit":
            self._spare(*self._payload)
            return
        group.payloads.update((self._payload,))
        try:
            if fact.record == "probe":
                group.probes.append(self._probe(group, fact.row))
            elif found := answer_of("capture", fact.row):
                _moment(fact.row["captured_at"])
                group.captures.append(found)
                payload = self._payload_of(group, found.payload_digest)
                group.captures[-1] = replace(found, payload=payload)
        except (ArchiveError, *_MALFORMED) as error:
            group.fault = group.fault or str(error)

    def _spare(self, digest: str, payload: bytes) -> None:
        """Hold on to a payload that comes with a visit that is left out, if others name it."""
        if digest in self._needed:
            self._spared[digest] = payload

    def _probe(self, group: Group, row: Mapping[str, Any]) -> Probe:
        found = answer_of("probe", row)
        return Probe(
            url=row["url"],
            final_url=row["final_url"],
            probed_at=_moment(row["probed_at"]),
            verdict=Verdict(row["verdict"]),
            status=row.get("status"),
            hops=found.hops if found else (),
            response_headers=found.response_headers if found else (),
            payload=self._of(group, found.payload_digest) if found else None,
        )

    def _of(self, group: Group, digest: str) -> bytes:
        """The payload of a digest: of the same visit, of one that was left out, or held."""
        for payloads in (group.payloads, self._spared):
            if digest in payloads:
                return payloads[digest]
        return self.archive.evidence.payload(digest)

    def _payload_of(self, group: Group, digest: str) -> bytes:
        """The payload of a digest, or none where a rule let it go and it is not had otherwise."""
        try:
            return self._of(group, digest)
        except ArchiveError:
            if not self._thinned.tells(group.visit, digest):
                raise
            group.bare.add(digest)
            return b""

    def _keep(self, path: Path, group: Group | None) -> None:
        if group is None:
            return
        try:
            self._keep_whole(path, group)
        except _MALFORMED as error:
            self.done.problems.append(f"{path}: a record was left out ({ascii(str(error))[:200]})")

    def _keep_whole(self, path: Path, group: Group) -> None:
        if group.head.record == "acceptance":
            self._accept(group)
            return
        visit = _visit(group)
        if visit.source not in self.chosen:
            self.done.left_out[visit.source] += visit.source not in self.configured
            return
        held = self.archive.evidence.visit_held(visit)
        fault = "it is dated in the future" if visit.finished_at > self.now else group.fault
        if fault and held is None:
            told = f"the visit to {visit.source} at {visit.started_at:%Y-%m-%d %H:%M} was left out"
            self.done.problems.append(f"{path}: {told} ({fault})")
            # Later visits may name a payload that came with one that is damaged.
            self._spared |= group.payloads if group.fault else {}
            return
        self.done.held += held is not None
        if held is None:
            number, probes = self._import_of(path), tuple(group.probes)
            with attempted(self.archive.db):
                for digest in sorted(group.bare):
                    at, size_bytes = self._thinned.of(digest)
                    self.archive.evidence.payloads.tell(digest, size_bytes, stamp(at))
                held = self.archive.evidence.keep(visit, probes, imported=number)
            self._bare[group.visit] = group.bare
            self.done.taken.update(visit=1, capture=len(visit.captures), probe=len(probes))
            self.touched.add(visit.source)
        self._numbers[group.visit] = (held, visit.source)

    def _thin(self, fact: Fact) -> None:
        """Keep the thinning of visits that were just taken: what they had repeated."""
        told = self._thinned.thinnings.get(fact.row.get("id"))
        taken = [pair for pair in told.visits if pair[0] in self._bare] if told else []
        if not told or not taken:
            return
        nothing = (0, "")
        visits = ((self._numbers[v][0], self._numbers.get(b, nothing)[0]) for v, b in taken)
        bare = {digest for visit, _ in taken for digest in self._bare[visit]}
        digests = {each for each in bare if self._thinned.is_of(each, fact.row["id"])}
        thinning = replace(told, visits=tuple(visits), payloads=len(digests))
        self.archive.thinnings.note(thinning, digests)
        self.done.taken.update(thinning=1)

    def _accept(self, group: Group) -> None:
        number, source = self._numbers.get(group.visit, (None, ""))
        if number is None or self.archive.evidence.is_accepted(number):
            return
        if group.fault:
            raise ValueError(f"the acceptance of a visit to {source}: {group.fault}")
        at, probes = _moment(group.head.row["accepted_at"]), tuple(group.probes)
        with attempted(self.archive.db):
            self.archive.evidence.accept(number, at, probes)
        self.done.taken.update(acceptance=1, probe=len(probes))
        self.touched.add(source)

    def _import_of(self, path: Path) -> int:
        if self._import is None:
            self._import = self.archive.evidence.begin_import(origin(path, self.now))
        return self._import


def _visit(group: Group) -> Visit:
    row = defaultdict(lambda: None, group.head.row)
    return Visit(
        source=str(row["source"]),
        started_at=_moment(row["started_at"]),
        finished_at=_moment(row["finished_at"]),
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        captures=tuple(group.captures),
    )


def _moment(written: str) -> datetime:
    """Return the moment that we wrote.

    Raises:
        ValueError: it is not as we write one.
    """
    found = moment(written)
    if stamp(found) != written:
        raise ValueError(f"{written!r} is no moment in whole seconds, UTC")
    return found
