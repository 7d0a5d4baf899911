"""Evidence: visits, captures, payloads and probes. Appended; once committed, never rewritten."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from sqlite3 import Connection
from typing import Any

import zstandard

from snapshots.archive.chain import Chain
from snapshots.archive.rows import capture_of, capture_row, dumps, stamp
from snapshots.archive.step import Probe
from snapshots.errors import ArchiveError
from snapshots.records import Capture, Import, Outcome, Snapshot, Visit, digest_of

ZSTD_LEVEL = 3
_CAPTURE_COLUMNS = (
    "url, final_url, hops, status, request_headers, response_headers, captured_at, "
    "payload_digest, revisit, provenance, memento_url"
)


@dataclass(frozen=True, slots=True)
class GoodVisit:
    """A visit that saw its source, with what it saw: the raw material of a snapshot.

    ``is_doubted``: it was quarantined when it was made, and nobody has accepted it.
    """

    id: int
    started_at: datetime
    is_complete: bool
    captures: tuple[Capture, ...]
    reason: str | None = None
    is_accepted: bool = False
    is_doubted: bool = False

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the visit's payloads, page by page, each once."""
        return tuple(dict.fromkeys(capture.payload_digest for capture in self.captures))

    def snapshot(self, source: str, *, is_complete: bool, tail: tuple[str, ...] = ()) -> Snapshot:
        """Return the snapshot that the visit is; ``tail`` are the keys of its last items."""
        return Snapshot(
            id=self.id,
            source=source,
            captured_at=self.started_at,
            digests=self.digests,
            is_complete=is_complete,
            tail=tail,
        )


class Evidence:
    """The evidence tables of one open archive."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.chain = Chain(db)

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
        """Return the number, outcome and reason of the newest visit to a source, or None."""
        row = self.db.execute(
            "SELECT id, outcome, reason FROM visits WHERE source = ?"
            " ORDER BY started_at DESC, id DESC LIMIT 1",
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
        row = self.db.execute(
            "SELECT body, size_bytes FROM payloads WHERE digest = ?", (digest,)
        ).fetchone()
        if row is None:
            raise ArchiveError(f"payload {digest} is not held")
        return unpacked(digest, *row)

    def holds(self, source: str, capture: Capture) -> bool:
        """Whether this very capture of a source is held: same URL, moment and payload."""
        found = self.db.execute(
            "SELECT 1 FROM captures JOIN visits ON visits.id = visit WHERE url = ?"
            " AND captured_at = ? AND payload_digest = ? AND source = ? LIMIT 1",
            (capture.url, stamp(capture.captured_at), capture.payload_digest, source),
        )
        return found.fetchone() is not None

    def newest(self, source: str, url: str, before: datetime | None = None) -> Capture | None:
        """Return the newest capture of a URL by a visit to a source that was believed, or None.

        ``before`` leaves out those of that moment and later.
        """
        capture = self.newest_told(source, url, before)
        return self.with_payload(capture) if capture else None

    def newest_told(self, source: str, url: str, before: datetime | None = None) -> Capture | None:
        """Return the same capture without its payload, which many a caller needs not."""
        earlier = "AND captured_at < ?" if before else ""
        row = self.db.execute(
            f"SELECT {_CAPTURE_COLUMNS} FROM captures JOIN visits ON visits.id = visit"
            " WHERE url = ? AND source = ? AND status = 200 AND (outcome IN ('new', 'unchanged',"
            f" 'partial') OR visit IN (SELECT visit FROM acceptances)) {earlier}"
            " ORDER BY captured_at DESC, captures.id DESC LIMIT 1",
            (url, source, stamp(before)) if before else (url, source),
        ).fetchone()
        names = _CAPTURE_COLUMNS.split(", ")
        return capture_of(dict(zip(names, row, strict=True)), b"") if row else None

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
        headers = json.loads(row[0]) if row else []
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
        for number, started_at, outcome, reason, is_accepted in rows:
            if among is not None and number not in among:
                continue
            captures = tuple(
                c for _, c in self._captures("visit = ? ORDER BY captures.id", (number,))
            )
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
            )

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

    def captures_of(self, visit: int) -> list[Capture]:
        """Return a visit's captures, in the order of asking."""
        return [c for _, c in self._captures("visit = ? ORDER BY captures.id", (visit,))]

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
        self._keep_payload(capture.payload_digest, capture.payload)
        row = {"visit": visit, **capture_row(capture)}
        self._insert("captures", row)
        return row

    def _keep_probe(self, visit: int, probe: Probe) -> dict[str, object]:
        digest = digest_of(probe.payload) if probe.payload is not None else None
        if digest and probe.payload is not None:
            self._keep_payload(digest, probe.payload)
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

    def _keep_payload(self, digest: str, payload: bytes) -> None:
        held = self.db.execute("SELECT 1 FROM payloads WHERE digest = ?", (digest,))
        if held.fetchone() is None:
            body = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(payload)
            self._insert("payloads", {"digest": digest, "size_bytes": len(payload), "body": body})

    def _insert(self, table: str, row: dict[str, Any]) -> int:
        """Append a row, put its number into it as its id, and return that."""
        marks = ", ".join("?" * len(row))
        cursor = self.db.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values())
        )
        number = row["id"] = int(cursor.lastrowid or 0)
        return number

    def _captures(self, where: str, values: tuple[object, ...]) -> Iterator[tuple[int, Capture]]:
        cursor = self.db.execute(
            f"SELECT visit, {_CAPTURE_COLUMNS} FROM captures"
            f" JOIN visits ON visits.id = visit WHERE {where}",
            values,
        )
        names = [column[0] for column in cursor.description]
        for values_found in cursor.fetchall():
            row = dict(zip(names, values_found, strict=True))
            yield row["visit"], capture_of(row, self.payload(row["payload_digest"]))


def unpacked(digest: str, body: bytes, size_bytes: int) -> bytes:
    """Return a stored payload, checked against its digest.

    Raises:
        ArchiveError: the bytes are not those that were stored.
    """
    if not isinstance(body, bytes):
        raise ArchiveError(f"payload {digest} is damaged (what is stored is no bytes)")
    try:
        # Asked first: a frame that is damaged may claim any size, and get the memory for it.
        if zstandard.frame_content_size(body) != size_bytes:
            raise ArchiveError(f"payload {digest} is damaged (its size is not the one noted)")
        payload = zstandard.ZstdDecompressor().decompress(body, max_output_size=size_bytes)
    except zstandard.ZstdError as error:
        raise ArchiveError(f"payload {digest} is damaged ({error})") from error
    if digest_of(payload) != digest:
        raise ArchiveError(f"payload {digest} is damaged (its bytes have another digest)")
    return payload
