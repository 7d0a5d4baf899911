"""Evidence: visits, captures, payloads and probes. Appended; once committed, never rewritten."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from sqlite3 import Connection
from typing import Any, NamedTuple

from snapshots.archive.chain import Chain
from snapshots.archive.headers import COLUMNS, Templates
from snapshots.archive.payloads import Payloads
from snapshots.archive.rows import (
    CAPTURE_COLUMNS,
    Row,
    capture_from,
    capture_row,
    dumps,
    headers_of,
    moment,
    stamp,
)
from snapshots.archive.step import Probe
from snapshots.archive.thinnings import Repeated, Thinnings
from snapshots.records import Capture, Import, Outcome, Revisit, Snapshot, Visit, digest_of

_CAPTURE_COLUMNS = ", ".join(CAPTURE_COLUMNS)
_HEADERS = slice(CAPTURE_COLUMNS.index(COLUMNS[0]), CAPTURE_COLUMNS.index(COLUMNS[-1]) + 1)
_DIGEST = CAPTURE_COLUMNS.index("payload_digest")
_NOTHING = digest_of(b"")


@dataclass(frozen=True, slots=True)
class GoodVisit:
    """A visit that saw its source, with what it saw: the raw material of a snapshot.

    ``is_doubted``: it was quarantined when it was made, and nobody has accepted it.
    ``repeated`` is set of one whose bytes were thinned since, so that its captures have no
    payloads: what it had said again.
    """

    id: int
    started_at: datetime
    is_complete: bool
    captures: tuple[Capture, ...]
    reason: str | None = None
    is_accepted: bool = False
    is_doubted: bool = False
    repeated: Repeated | None = None

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the visit's payloads, page by page, each once."""
        return tuple(dict.fromkeys(capture.payload_digest for capture in self.captures))

    def snapshot(self, source: str, *, is_complete: bool) -> Snapshot:
        """Return the snapshot that the visit is."""
        return Snapshot(
            id=self.id,
            source=source,
            captured_at=self.started_at,
            digests=self.digests,
            is_complete=is_complete,
            kept_by=self.captures[0].keeper if self.captures else None,
        )


class Page(NamedTuple):
    """One capture by its address, its moment and the digest of its payload."""

    url: str
    captured_at: datetime
    digest: str


class Evidence:
    """The evidence tables of one open archive."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.chain = Chain(db)
        self.payloads = Payloads(db)
        self.headers = Templates(db)

    def keep(
        self,
        visit: Visit,
        probes: tuple[Probe, ...] = (),
        *,
        imported: int | None = None,
        is_concluded: bool = True,
    ) -> int:
        """Append a visit with its captures and probes; return its number.

        ``imported`` is the number of the import that it came by. One that is not concluded
        yet is to be by ``conclude`` in this same transaction.
        """
        row: dict[str, object] = {
            "source": visit.source,
            "started_at": stamp(visit.started_at),
            "finished_at": stamp(visit.finished_at),
            "outcome": visit.outcome,
            "reason": visit.reason,
            "import": imported,
        }
        number = self._insert("visits", row)
        kept = [("visit", row)]
        kept += [("capture", self._keep_capture(number, each)) for each in visit.captures]
        kept += [("probe", self._keep_probe(number, each)) for each in probes]
        if is_concluded:
            self.chain.extend(kept)
        return number

    def accept(self, visit: int, at: datetime, probes: tuple[Probe, ...] = ()) -> None:
        """Keep that a person took a doubted visit for real, and what its removals answered."""
        row: dict[str, object] = {"visit": visit, "accepted_at": stamp(at)}
        self._insert("acceptances", row)
        kept = [("probe", self._keep_probe(visit, each)) for each in probes]
        self.chain.extend([("acceptance", row), *kept])

    def ask_after(self, visit: int, probes: tuple[Probe, ...]) -> None:
        """Keep what the links of items that an earlier visit misses answered later on."""
        self.chain.extend([("probe", self._keep_probe(visit, each)) for each in probes])

    def begin_import(self, taken: Import) -> int:
        """Keep where the visits that follow come from; return the import's number."""
        row: dict[str, object] = {
            "name": taken.name,
            "kind": taken.kind,
            "digest": taken.digest,
            "started_at": stamp(taken.started_at),
        }
        number = self._insert("imports", row)
        self.chain.extend([("import", row)])
        return number

    def newest_visit(self, source: str) -> tuple[int, Outcome, str | None] | None:
        """Return the number, outcome and reason of the newest visit to a source, or None.

        What a web archive kept counts only where we never looked ourselves.
        """
        archived = "SELECT 1 FROM captures WHERE visit = visits.id AND provenance = 'memento'"
        row = self.db.execute(
            "SELECT id, outcome, reason FROM visits WHERE source = ?"
            f" ORDER BY import IS NOT NULL AND EXISTS ({archived}),"
            " started_at DESC, id DESC LIMIT 1",
            (source,),
        ).fetchone()
        return (row[0], Outcome(row[1]), row[2]) if row else None

    def conclude(self, visit: int, outcome: Outcome, reason: str | None) -> None:
        """Say what a visit kept in this same transaction came to, and link it."""
        self.db.execute(
            "UPDATE visits SET outcome = ?, reason = ? WHERE id = ?", (outcome, reason, visit)
        )
        self.chain.extend_by_visit(visit)

    def payload(self, digest: str) -> bytes:
        """Return the payload that a digest names.

        Raises:
            ArchiveError: it is not held, or is damaged.
        """
        return self.payloads.payload(digest)

    def holds(self, source: str, capture: Capture) -> bool:
        """Whether this very capture of a source is held: same URL, moment and payload."""
        found = self.db.execute(
            "SELECT 1 FROM captures INDEXED BY captures_by_url JOIN visits ON visits.id = visit"
            " WHERE url = ? AND status IN (?, 200, 304) AND captured_at = ?"
            " AND payload_digest = ? AND source = ? LIMIT 1",
            (
                capture.url,
                capture.status,
                stamp(capture.captured_at),
                capture.payload_digest,
                source,
            ),
        )
        return found.fetchone() is not None

    def visit_held(self, visit: Visit) -> int | None:
        """Return the number of this very visit, if it is held: same source, times and captures."""
        rows = self.db.execute(
            "SELECT id FROM visits WHERE source = ? AND started_at = ? AND finished_at = ?"
            " ORDER BY id",
            (visit.source, stamp(visit.started_at), stamp(visit.finished_at)),
        ).fetchall()
        wanted = [(c.url, stamp(c.captured_at), c.payload_digest) for c in visit.captures]
        captures = "SELECT url, captured_at, payload_digest FROM captures WHERE visit = ?"
        for (number,) in rows:
            if self.db.execute(f"{captures} ORDER BY id", (number,)).fetchall() == wanted:
                return int(number)
        return None

    def is_accepted(self, visit: int) -> bool:
        """Whether a person took a visit for real."""
        found = self.db.execute("SELECT 1 FROM acceptances WHERE visit = ?", (visit,))
        return found.fetchone() is not None

    def sources_held(self, among: tuple[str, ...] = ()) -> list[str]:
        """Return the sources that were ever visited, of some or of all, by name."""
        rows = self.db.execute("SELECT DISTINCT source FROM visits ORDER BY source").fetchall()
        return [str(source) for (source,) in rows if not among or source in among]

    def newest_at(self, sources: tuple[str, ...] = ()) -> datetime | None:
        """Return when the newest visit to some sources, or to any, ended, or None."""
        chosen = f" WHERE source IN ({', '.join('?' * len(sources))})" if sources else ""
        row = self.db.execute(f"SELECT max(finished_at) FROM visits{chosen}", sources).fetchone()
        return datetime.fromisoformat(row[0]) if row[0] else None

    def newest(self, source: str, url: str, before: datetime | None = None) -> Capture | None:
        """Return the newest capture of a URL by a visit to a source that was believed, or None.

        ``before`` leaves out those of that moment and later. One whose bytes were thinned
        is passed over.
        """
        capture = self.newest_told(source, url, before, is_whole=True)
        return self.with_payload(capture) if capture else None

    def newest_told(
        self, source: str, url: str, before: datetime | None = None, *, is_whole: bool = False
    ) -> Capture | None:
        """Return the same capture without its payload, which many a caller needs not."""
        earlier = "AND captured_at < ?" if before else ""
        if is_whole:
            earlier += (
                " AND payload_digest IN (SELECT digest FROM payloads WHERE thinned_at IS NULL)"
            )
        row = self.db.execute(
            f"SELECT {_CAPTURE_COLUMNS} FROM captures INDEXED BY captures_by_url"
            " JOIN visits ON visits.id = visit"
            " WHERE url = ? AND source = ? AND status = 200 AND (outcome IN ('new', 'unchanged',"
            f" 'partial') OR visit IN (SELECT visit FROM acceptances)) {earlier}"
            " ORDER BY captured_at DESC, captures.id DESC LIMIT 1",
            (url, source, stamp(before)) if before else (url, source),
        ).fetchone()
        return self._capture(row, is_told=True) if row else None

    def with_payload(self, capture: Capture) -> Capture:
        """Return a capture with the payload that its digest names."""
        return replace(capture, payload=self.payload(capture.payload_digest))

    def content_type(self, digest: str) -> str | None:
        """Return the media type that a visit which was believed first had a payload with."""
        row = self.db.execute(
            "SELECT response_headers FROM captures JOIN visits ON visits.id = visit"
            " WHERE payload_digest = ? AND status = 200 AND (outcome IN ('new', 'unchanged',"
            " 'partial') OR visit IN (SELECT visit FROM acceptances)) ORDER BY captures.id LIMIT 1",
            (digest,),
        ).fetchone()
        headers = headers_of(self.headers.whole(row[0])) if row else ()
        return next((value for name, value in headers if name.lower() == "content-type"), None)

    def readable_visits(
        self, source: str, among: Collection[int] | None = None
    ) -> Iterator[GoodVisit]:
        """Yield a source's visits that saw something to read, in the order of time.

        Quarantined ones are included, for another recipe may well read them. ``among``
        limits the answer to visits by number.
        """
        rows = self.db.execute(
            "SELECT visits.id, started_at, outcome, reason, acceptances.id IS NOT NULL"
            " FROM visits LEFT JOIN acceptances ON visit = visits.id WHERE source = ?"
            " AND outcome IN ('new', 'unchanged', 'partial', 'quarantined')"
            " ORDER BY started_at, visits.id",
            (source,),
        ).fetchall()
        thinned = Thinnings(self.db).repeated(source)
        for number, started_at, outcome, reason, is_accepted in rows:
            if among is not None and number not in among:
                continue
            captures = tuple(self._captures(number, is_told=number in thinned))
            is_complete = outcome != Outcome.PARTIAL
            at = datetime.fromisoformat(started_at)
            yield GoodVisit(
                id=number,
                started_at=at,
                is_complete=is_complete,
                captures=captures,
                reason=reason,
                is_accepted=bool(is_accepted),
                is_doubted=outcome == Outcome.QUARANTINED and not is_accepted,
                repeated=thinned.get(number),
            )

    def count_readable(self, source: str) -> int:
        """Return how many visits to a source saw something to read."""
        row = self.db.execute(
            "SELECT count(*) FROM visits WHERE source = ?"
            " AND outcome IN ('new', 'unchanged', 'partial', 'quarantined')",
            (source,),
        )
        return int(row.fetchone()[0])

    def readable_pages(self, source: str) -> list[tuple[int, tuple[Page, ...]]]:
        """Return the numbers of the same visits in their order, with what each captured."""
        rows = self.db.execute(
            "SELECT visits.id, url, captured_at, payload_digest FROM visits"
            " JOIN captures ON visit = visits.id WHERE source = ?"
            " AND outcome IN ('new', 'unchanged', 'partial', 'quarantined')"
            " ORDER BY started_at, visits.id, captures.id",
            (source,),
        ).fetchall()
        visits = groupby(rows, key=lambda row: int(row[0]))
        return [
            (number, tuple(Page(url, moment(at), digest) for _, url, at, digest in found))
            for number, found in visits
        ]

    def archived_visits(self, source: str) -> dict[int, datetime]:
        """Return when the visits to a source that web archives kept began, by their numbers."""
        rows = self.db.execute(
            "SELECT id, started_at FROM visits WHERE source = ? AND import IS NOT NULL AND EXISTS"
            " (SELECT 1 FROM captures WHERE visit = visits.id AND provenance = 'memento')",
            (source,),
        )
        return {int(number): datetime.fromisoformat(at) for number, at in rows.fetchall()}

    def was_imported_since(self, source: str, since: datetime) -> bool:
        """Whether any visit to a source that began since a moment was imported."""
        found = self.db.execute(
            "SELECT 1 FROM visits WHERE source = ? AND started_at >= ? AND import IS NOT NULL"
            " LIMIT 1",
            (source, stamp(since)),
        )
        return found.fetchone() is not None

    def first_capture(self, visit: int) -> int:
        """Return the number of a visit's first capture."""
        row = self.db.execute("SELECT min(id) FROM captures WHERE visit = ?", (visit,)).fetchone()
        return int(row[0])

    def has_readable(self, source: str) -> bool:
        """Whether any visit to a source saw something to read."""
        found = self.db.execute(
            "SELECT 1 FROM visits WHERE source = ?"
            " AND outcome IN ('new', 'unchanged', 'partial', 'quarantined') LIMIT 1",
            (source,),
        )
        return found.fetchone() is not None

    def quarantined_since(self, source: str, moment: datetime) -> list[int]:
        """Return the numbers of a source's quarantined visits after a moment, oldest first."""
        rows = self.db.execute(
            "SELECT id FROM visits WHERE source = ? AND outcome = 'quarantined'"
            " AND started_at > ? ORDER BY started_at, id",
            (source, stamp(moment)),
        )
        return [int(row[0]) for row in rows.fetchall()]

    def newest_readable(self, source: str) -> datetime | None:
        """Return when the newest visit that saw something to read began, or None."""
        row = self.db.execute(
            "SELECT max(started_at) FROM visits WHERE source = ?"
            " AND outcome IN ('new', 'unchanged', 'partial', 'quarantined')",
            (source,),
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row[0] else None

    def captures_of(self, visit: int, *, is_told: bool = False) -> list[Capture]:
        """Return a visit's captures, in the order of asking; ``is_told``: without payloads."""
        return list(self._captures(visit, is_told=is_told))

    def whole_captures_of(self, visit: int) -> list[Capture]:
        """Return a visit's captures, or, if it was thinned, those of the one that it repeated."""
        return list(self._captures(Thinnings(self.db).whole(visit)))

    def pages_of(self, visit: int) -> list[tuple[str, str]]:
        """Return the URL and the payload digest of each capture of a visit, in order."""
        rows = self.db.execute(
            "SELECT url, payload_digest FROM captures WHERE visit = ? ORDER BY id", (visit,)
        )
        return [(str(url), str(digest)) for url, digest in rows.fetchall()]

    def verdicts(self, visit: int) -> dict[str, str]:
        """Return the verdict of each URL that a visit probed."""
        rows = self.db.execute("SELECT url, verdict FROM probes WHERE visit = ?", (visit,))
        return {str(url): str(verdict) for url, verdict in rows.fetchall()}

    def counts(self) -> tuple[int, int, int]:
        """Return how many visits, captures and payloads are held."""
        row = self.db.execute(
            "SELECT (SELECT count(*) FROM visits), (SELECT count(*) FROM captures),"
            " (SELECT count(*) FROM payloads)"
        ).fetchone()
        return (int(row[0]), int(row[1]), int(row[2]))

    def _keep_capture(self, visit: int, capture: Capture) -> dict[str, object]:
        # A server that answers "not modified" sends nothing, and speaks of what is held.
        is_sent = capture.revisit is not Revisit.NOT_MODIFIED or capture.payload
        if is_sent and not self._is_told_of(capture):
            like = self._newest_digest(capture)
            self.payloads.add(capture.payload_digest, capture.payload, like)
        row = {"visit": visit, **capture_row(capture)}
        self._insert("captures", row)
        return row

    def _is_told_of(self, capture: Capture) -> bool:
        """Whether a payload is held, or comes without its bytes, as these were thinned."""
        digest = capture.payload_digest
        is_bare = not capture.payload and digest != _NOTHING
        return self.payloads.is_held(digest) or (is_bare and self.payloads.is_thinned(digest))

    def _keep_probe(self, visit: int, probe: Probe) -> dict[str, object]:
        digest = digest_of(probe.payload) if probe.payload is not None else None
        if digest and probe.payload is not None:
            self.payloads.keep(digest, probe.payload)
        row: dict[str, object] = {
            "visit": visit,
            "url": probe.url,
            "final_url": probe.final_url,
            "hops": dumps(probe.hops),
            "status": probe.status,
            "response_headers": dumps(probe.response_headers),
            "probed_at": stamp(probe.probed_at),
            "payload_digest": digest,
            "verdict": str(probe.verdict),
        }
        self._insert("probes", row)
        return row

    def _newest_digest(self, capture: Capture) -> str | None:
        """Return the digest of the newest like one: same URL and status, by whatever visit."""
        row = self.db.execute(
            "SELECT payload_digest FROM captures WHERE url = ? AND status = ?"
            " ORDER BY captured_at DESC LIMIT 1",
            (capture.url, capture.status),
        ).fetchone()
        return str(row[0]) if row else None

    def _insert(self, table: str, row: dict[str, Any]) -> int:
        """Append a row, put its number into it as its id, and return that."""
        cursor = self.db.execute(_insertion(table, tuple(row)), tuple(row.values()))
        number = row["id"] = int(cursor.lastrowid or 0)
        return number

    def _captures(self, visit: int, *, is_told: bool = False) -> Iterator[Capture]:
        """A visit's captures, in the order of asking; without payloads if only told of."""
        cursor = self.db.execute(
            f"SELECT {_CAPTURE_COLUMNS} FROM captures WHERE visit = ? ORDER BY id", (visit,)
        )
        for row in cursor.fetchall():
            yield self._capture(row, is_told=is_told)

    def _capture(self, values: Row, *, is_told: bool) -> Capture:
        """A capture from its columns; without its payload if only told of."""
        row = [*values]
        row[_HEADERS] = map(self.headers.whole, row[_HEADERS])
        return capture_from(row, b"" if is_told else self.payload(row[_DIGEST]))


@lru_cache(maxsize=32)
def _insertion(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
