"""Sealing: a source's payloads are written into blocks, read back, and only then dropped."""

import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from zlib import crc32

from snapshots.archive.blocks import (
    MOST_RAW_BYTES,
    Block,
    block,
    is_sealable,
    payloads_in,
    pieces_of,
    vocabulary,
)
from snapshots.archive.payloads import Payloads
from snapshots.archive.transaction import atomic
from snapshots.errors import ArchiveError
from snapshots.records import digest_of

# A block is kept when it takes at most this share of the bodies that it replaces.
LARGEST_SHARE = 0.9
# The file is written anew when so much of it is empty; at the end of a run, when half of it
# is, and the rest is small.
EMPTY_SHARE, LARGE_EMPTY_SHARE = 0.05, 0.5
MOST_BOUNDED_BYTES = 64_000_000
# How long a file that was written anew waits for those who still read it as it was.
LOG_TIMEOUT_MS = 1_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many payloads were sealed, and what they took before and take now, in bytes."""

    payloads: int
    before_bytes: int
    after_bytes: int


@dataclass(frozen=True, slots=True)
class _Held:
    """A payload of a source as it is held: in a body of its own, or in a block.

    ``is_probed``: no capture has it, only a probe.
    """

    digest: str
    size_bytes: int
    body_bytes: int
    block: int | None
    is_probed: bool


@dataclass(frozen=True, slots=True)
class _Newest:
    """What the next block replaces, and the vocabulary that it goes on with. 0: none."""

    block: int = 0
    stored_bytes: int = 0
    vocabulary: int = 0
    pieces: tuple[bytes, ...] = ()


def seal(db: Connection, payloads: Payloads, source: str, least_bytes: int) -> Iterator[Sealed]:
    """Seal a source's payloads in the order of its captures, a transaction for each block.

    What its probes answered comes after them. The newest block is written anew with what is
    added to it, until it is full. It ends when all is sealed, or when a block would not take
    less than what it replaces.
    """
    if least_bytes and not _is_enough(db, source, least_bytes):
        return
    for is_probed in (False, True):
        yield from _seal(db, payloads, source, is_probed=is_probed)


def _seal(db: Connection, payloads: Payloads, source: str, *, is_probed: bool) -> Iterator[Sealed]:
    held = _held(db, source)
    unsealed = [
        each
        for each in held
        if each.block is None and each.body_bytes and each.is_probed == is_probed
    ]
    newest = _newest(db, source)
    ahead = deque(each for each in held if newest.block and each.block == newest.block)
    ahead.extend(unsealed)
    while any(each.block is None for each in ahead):
        taken, texts = _taken(payloads, ahead)
        made = block(texts, newest.pieces)
        ahead.extendleft(reversed(taken[made.count :]))
        del taken[made.count :]
        if any(each.block is None for each in taken):
            sealed = _put(db, payloads, source, newest, taken, made, is_full=bool(ahead))
            if sealed is None:
                return
            yield sealed
            newest = _newest(db, source)
        elif taken:
            db.execute("UPDATE blocks SET is_full = 1 WHERE id = ?", (newest.block,))
            newest = _newest(db, source)
        elif newest.pieces:
            # The vocabulary is full: another is begun.
            newest = _Newest()
        elif ahead:
            ahead.popleft()


def give_back(db: Connection, *, is_bounded: bool, is_loose: bool = False) -> int:
    """Write the file anew without its empty pages, when that pays; return the bytes saved.

    ``is_loose``: there is room within pages, which are not counted.
    """
    page_bytes, pages, empty = (
        int(db.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_size", "page_count", "freelist_count")
    )
    rest_bytes = (pages - empty) * page_bytes
    if not is_loose and empty < pages * (LARGE_EMPTY_SHARE if is_bounded else EMPTY_SHARE):
        return 0
    if is_bounded and rest_bytes > MOST_BOUNDED_BYTES:
        return 0
    path = Path(db.execute("PRAGMA database_list").fetchone()[2])
    if shutil.disk_usage(path.parent).free < 3 * rest_bytes:
        return 0
    if not is_bounded:
        for name in ("wording_search", "passage_search"):
            db.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')")
    db.execute("VACUUM")
    _empty_log(db)
    return (pages - int(db.execute("PRAGMA page_count").fetchone()[0])) * page_bytes


def _empty_log(db: Connection) -> None:
    """Bring what the log holds into the file; one who reads long is not long waited for."""
    before_ms = db.execute("PRAGMA busy_timeout").fetchone()[0]
    db.execute(f"PRAGMA busy_timeout = {LOG_TIMEOUT_MS}")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    db.execute(f"PRAGMA busy_timeout = {before_ms}")


def sources(db: Connection) -> list[str]:
    """Return the sources that were ever visited, by name."""
    rows = db.execute("SELECT DISTINCT source FROM visits ORDER BY source").fetchall()
    return [str(source) for (source,) in rows]


def _is_enough(db: Connection, source: str, least_bytes: int) -> bool:
    """Whether what was captured since a source was last sealed takes so many bytes."""
    rows = db.execute(
        "SELECT digest, length(body), block FROM visits JOIN captures ON visit = visits.id"
        " JOIN payloads ON digest = payload_digest WHERE source = ? ORDER BY started_at DESC",
        (source,),
    )
    seen: set[str] = set()
    total_bytes = 0
    for digest, body_bytes, number in rows:
        if number is not None or total_bytes >= least_bytes:
            break
        total_bytes += 0 if digest in seen else body_bytes
        seen.add(digest)
    return total_bytes >= least_bytes


def _held(db: Connection, source: str) -> list[_Held]:
    """Return a source's payloads in the order in which they were first captured, or probed."""
    seen = (
        f"SELECT payload_digest, {is_probed} AS is_probed, min(seen.id) AS first FROM visits"
        f" JOIN {table} AS seen ON visit = visits.id WHERE source = ?1"
        " AND payload_digest IS NOT NULL GROUP BY payload_digest"
        for is_probed, table in enumerate(("captures", "probes"))
    )
    # Of a payload with two such rows, SQLite tells the one with the least of the one minimum.
    rows = db.execute(
        "SELECT payloads.digest, size_bytes, length(body), block, is_probed FROM (SELECT"
        f" payload_digest, min(is_probed) AS is_probed, first FROM ({' UNION ALL '.join(seen)})"
        " GROUP BY payload_digest) JOIN payloads ON digest = payload_digest"
        " ORDER BY is_probed, first",
        (source,),
    )
    return [_Held(*row) for row in rows.fetchall()]


def _newest(db: Connection, source: str) -> _Newest:
    row = db.execute(
        "SELECT blocks.id, is_full, length(body), vocabulary, pieces,"
        " (SELECT count(*) FROM blocks AS others WHERE others.vocabulary = blocks.vocabulary)"
        " FROM blocks JOIN vocabularies ON vocabularies.id = vocabulary"
        " WHERE source = ? ORDER BY blocks.id DESC LIMIT 1",
        (source,),
    ).fetchone()
    if row is None:
        return _Newest()
    number, is_full, body_bytes, vocabulary_number, stored, users = row
    if is_full:
        return _Newest(0, len(stored), vocabulary_number, pieces_of(stored))
    # A vocabulary that no other block uses is made anew, without what was needed only before.
    pieces = pieces_of(stored) if users > 1 else ()
    return _Newest(number, len(stored) + body_bytes, vocabulary_number, pieces)


def _taken(payloads: Payloads, ahead: deque[_Held]) -> tuple[list[_Held], list[bytes]]:
    """Take the next payloads, as many as may fill a block; what cannot be sealed stays as it is."""
    taken: list[_Held] = []
    texts: list[bytes] = []
    size_bytes = 0
    while ahead and size_bytes + ahead[0].size_bytes <= MOST_RAW_BYTES:
        each = ahead.popleft()
        text = _sealable(payloads, each)
        if text is not None:
            taken.append(each)
            texts.append(text)
            size_bytes += each.size_bytes
    if not taken and ahead:
        # Too large for any block.
        ahead.popleft()
    return taken, texts


def _sealable(payloads: Payloads, held: _Held) -> bytes | None:
    try:
        payload = payloads.payload(held.digest)
    except ArchiveError:
        return None
    return payload if is_sealable(payload) else None


def _put(
    db: Connection,
    payloads: Payloads,
    source: str,
    newest: _Newest,
    taken: Sequence[_Held],
    made: Block,
    *,
    is_full: bool,
) -> Sealed | None:
    """Write a block, read it back, and only then drop what it replaces; None if it is too large.

    Raises:
        ArchiveError: what was read back is not what was written; nothing was changed.
    """
    pieces = vocabulary(made.pieces)
    new = [each for each in taken if each.block is None]
    before_bytes = sum(each.body_bytes for each in new)
    after_bytes = len(pieces) + len(made.body) - newest.stored_bytes
    if after_bytes > LARGEST_SHARE * before_bytes:
        return None
    try:
        with atomic(db):
            number = _written(db, source, newest, pieces, made.body, is_full=is_full)
            _read_back(db, number, taken)
            db.executemany(
                "UPDATE payloads SET body = x'', base = NULL, crc = 0, block = ?, place = ?"
                " WHERE digest = ?",
                [(number, place, each.digest) for place, each in enumerate(taken)],
            )
            _drop_unused(db, source)
    finally:
        payloads.forget()
    return Sealed(len(new), before_bytes, after_bytes)


def _written(
    db: Connection, source: str, newest: _Newest, pieces: bytes, body: bytes, *, is_full: bool
) -> int:
    """Write a block and its vocabulary, and let the blocks that used the shorter one use it."""
    vocabulary_number = db.execute(
        "INSERT INTO vocabularies (pieces, crc) VALUES (?, ?)", (pieces, crc32(pieces))
    ).lastrowid
    if newest.pieces:
        db.execute(
            "UPDATE blocks SET vocabulary = ? WHERE vocabulary = ?",
            (vocabulary_number, newest.vocabulary),
        )
    cursor = db.execute(
        "INSERT INTO blocks (source, vocabulary, is_full, body, crc) VALUES (?, ?, ?, ?, ?)",
        (source, vocabulary_number, is_full, body, crc32(body)),
    )
    return int(cursor.lastrowid or 0)


def _read_back(db: Connection, number: int, taken: Sequence[_Held]) -> None:
    body, stored = db.execute(
        "SELECT body, pieces FROM blocks JOIN vocabularies ON vocabularies.id = vocabulary"
        " WHERE blocks.id = ?",
        (number,),
    ).fetchone()
    for each, payload in zip(taken, payloads_in(body, pieces_of(stored)), strict=True):
        if digest_of(payload) != each.digest:
            raise ArchiveError(f"payload {each.digest} could not be sealed; it stays as it was")


def _drop_unused(db: Connection, source: str) -> None:
    db.execute(
        "DELETE FROM blocks WHERE source = ?"
        " AND NOT EXISTS (SELECT 1 FROM payloads WHERE block = blocks.id)",
        (source,),
    )
    db.execute(
        "DELETE FROM vocabularies"
        " WHERE NOT EXISTS (SELECT 1 FROM blocks WHERE vocabulary = vocabularies.id)"
    )
