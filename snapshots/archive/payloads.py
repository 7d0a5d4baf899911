"""Payloads: whole, as a difference from an earlier one, or in a sealed block."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any
from zlib import crc32

import zstandard

from snapshots.archive.transaction import at_one_moment
from snapshots.errors import ArchiveError
from snapshots.records import digest_of

LEVEL = 3
# A difference that takes more than this share of what it differs from does not pay: the
# payload is kept whole, and the next ones differ from it.
LARGEST_DIFFERENCE = 0.25
THINNED = "a rule of retention let its bytes go, its digest and size remain"
# Smaller payloads are kept whole.
LEAST_BYTES = 512
# Beside a payload of so many bytes, only matches of seven bytes and more are looked for: that
# takes two thirds of the time, for 0.4% more room. Beside smaller ones it would be 2%.
LARGE_BYTES = 128_000
_COARSE = {"strategy": zstandard.STRATEGY_FAST, "min_match": 7}


@dataclass(frozen=True, slots=True)
class Stored:
    """A payload as its row has it. ``base``: what its body differs from; ``block``: its block.

    ``thinned_at``: when a rule of retention let its bytes go.
    """

    digest: str
    size_bytes: int
    body: bytes
    base: str | None
    block: int | None
    place: int | None
    thinned_at: str | None = None


class Payloads:
    """The bytes of every answer, once each, by their digests."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        # The vocabulary that was used last: neighbours share one.
        self._vocabulary: tuple[int, tuple[bytes, ...]] | None = None

    def keep(self, digest: str, payload: bytes, like: str | None = None) -> None:
        """Keep a payload, unless it is held; one whose bytes were let go is held again."""
        if not self.is_held(digest):
            self.add(digest, payload, like)

    def add(self, digest: str, payload: bytes, like: str | None = None) -> None:
        """Keep a payload that is not held.

        ``like`` is the digest of one that it is probably a version of. The difference is taken
        from the last whole one before that, so that reading never needs more than two.
        """
        body, base = self._difference(payload, like) or (_compressed(payload), None)
        self.db.execute(
            "INSERT INTO payloads (digest, size_bytes, body, base, crc) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET body = excluded.body, base = excluded.base,"
            " crc = excluded.crc, thinned_at = NULL",
            (digest, len(payload), body, base, crc32(body)),
        )

    def tell(self, digest: str, size_bytes: int, thinned_at: str) -> None:
        """Note a payload by its digest and size, as its bytes went where it comes from."""
        self.db.execute(
            "INSERT OR IGNORE INTO payloads (digest, size_bytes, body, crc, thinned_at)"
            " VALUES (?, ?, x'', 0, ?)",
            (digest, size_bytes, thinned_at),
        )

    def is_held(self, digest: str) -> bool:
        """Whether a payload is held."""
        found = self.db.execute(
            "SELECT 1 FROM payloads WHERE digest = ? AND thinned_at IS NULL", (digest,)
        )
        return found.fetchone() is not None

    def is_thinned(self, digest: str) -> bool:
        """Whether a payload's bytes were let go, so that its digest and size remain."""
        row = self._row(digest)
        return row is not None and row.thinned_at is not None

    def payload(self, digest: str) -> bytes:
        """Return the payload that a digest names, checked against it.

        Raises:
            ArchiveError: it is not held, or not any more, or is damaged.
        """
        # What is sealed meanwhile moves to other rows.
        with at_one_moment(self.db):
            payload = self._unpacked(self._stored(digest))
        if digest_of(payload) != digest:
            raise ArchiveError(f"payload {digest} is damaged (its bytes have another digest)")
        return payload

    def release(self, digest: str) -> None:
        """Drop a payload's bytes, but not its row.

        What differs from it, or shares its block, is kept whole first, and the block goes.
        """
        stored = self._stored(digest)
        rows = self.db.execute(
            "SELECT digest FROM payloads WHERE digest <> ?1 AND (base = ?1 OR block = ?2)",
            (digest, stored.block),
        ).fetchall()
        for (other,) in rows:
            self._store_whole(other, _compressed(self.payload(other)))
        self._store_whole(digest, b"")
        self.db.execute("DELETE FROM blocks WHERE id = ?", (stored.block,))

    def check(self, digest: str) -> str | None:
        """Return what is wrong with a payload, or None."""
        try:
            self.payload(digest)
        except ArchiveError as error:
            return str(error)
        except UnicodeEncodeError:
            return f"payload {digest!a} is damaged (that is no digest)"
        row = self.db.execute(
            "SELECT payloads.body, payloads.crc, blocks.body, blocks.crc, pieces, v.crc"
            " FROM payloads LEFT JOIN blocks ON blocks.id = block"
            " LEFT JOIN vocabularies AS v ON v.id = vocabulary WHERE digest = ?",
            (digest,),
        ).fetchone()
        stored = zip(row[::2], row[1::2], strict=True)
        if any(body is not None and crc != crc32(body) for body, crc in stored):
            return f"payload {digest} is damaged (it is not stored as it was)"
        return None

    def check_block(self, number: int) -> Iterator[tuple[str, str]]:
        """Yield the digest of each payload of a block that is damaged, and what is wrong.

        The block is read in one go, and payload by payload only when anything is wrong.
        """
        rows = self.db.execute(
            "SELECT digest, place, size_bytes, body, crc FROM payloads"
            " WHERE block = ? AND thinned_at IS NULL",
            (number,),
        ).fetchall()
        if self._is_as_kept(number, {digest: tuple(row) for digest, *row in rows}):
            return
        for digest, *_ in rows:
            if wrong := self.check(digest):
                yield digest, wrong

    def digests(self) -> list[str]:
        """Return the digests of all that are held, in the order in which they are read fastest."""
        rows = self.db.execute(
            "SELECT digest FROM payloads WHERE thinned_at IS NULL ORDER BY block, place"
        ).fetchall()
        return [str(digest) for (digest,) in rows]

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with any payload."""
        yield from filter(None, map(self.check, self.digests()))

    def forget(self) -> None:
        """Drop what was read: what it was read from was not kept."""
        self._vocabulary = None

    def _is_as_kept(self, number: int, rows: Mapping[str, tuple[Any, ...]]) -> bool:
        """Whether a block is stored as it was, and its payloads' rows tell what it holds.

        A row, by its digest: place, size, and a body that is empty, with the CRC of that.
        """
        from snapshots.archive.blocks import payloads_in

        row = self.db.execute(
            "SELECT body, blocks.crc, pieces, v.crc, vocabulary FROM blocks"
            " JOIN vocabularies AS v ON v.id = vocabulary WHERE blocks.id = ?",
            (number,),
        ).fetchone()
        if row is None:
            return False
        body, crc, stored, stored_crc, vocabulary = row
        try:
            if (crc32(body), crc32(stored)) != (crc, stored_crc):
                return False
            read = enumerate(payloads_in(body, self._pieces(vocabulary)))
            held = {digest_of(each): (place, len(each), b"", 0) for place, each in read}
        except (TypeError, ValueError):
            return False
        return all(held.get(digest) == row for digest, row in rows.items())

    def _store_whole(self, digest: str, body: bytes) -> None:
        self.db.execute(
            "UPDATE payloads SET body = ?, base = NULL, block = NULL, place = NULL, crc = ?"
            " WHERE digest = ?",
            (body, crc32(body), digest),
        )

    def _stored(self, digest: str) -> Stored:
        row = self._row(digest)
        if row is None:
            raise ArchiveError(f"payload {digest} is not held")
        if row.thinned_at:
            raise ArchiveError(f"payload {digest} was thinned at {row.thinned_at}: {THINNED}")
        return row

    def _row(self, digest: str) -> Stored | None:
        found = self.db.execute(
            "SELECT digest, size_bytes, body, base, block, place, thinned_at FROM payloads"
            " WHERE digest = ?",
            (digest,),
        ).fetchone()
        return Stored(*found) if found else None

    def _difference(self, payload: bytes, like: str | None) -> tuple[bytes, str] | None:
        """Return a payload as a difference, and from which; None if that does not pay."""
        base = self._row(like) if like and len(payload) >= LEAST_BYTES else None
        if base and base.base:
            base = self._row(base.base)
        # What is sealed takes longer to read: the first payload after it is kept whole.
        if base is None or base.base or base.block is not None or base.thinned_at:
            return None
        body = _compressed(payload, self._unpacked(base))
        return (body, base.digest) if len(body) <= LARGEST_DIFFERENCE * len(base.body) else None

    def _unpacked(self, stored: Stored) -> bytes:
        try:
            if stored.block is not None and stored.place is not None:
                payload = self._sealed(stored.block, stored.place)
                if len(payload) != stored.size_bytes:
                    raise ValueError("its size is not the one noted")
                return payload
            base = self._unpacked(self._stored(stored.base)) if stored.base else None
            return _decompressed(stored.body, stored.size_bytes, base)
        except (zstandard.ZstdError, ValueError) as error:
            raise ArchiveError(f"payload {stored.digest} is damaged ({error})") from error

    def _sealed(self, block: int, place: int) -> bytes:
        # Loaded when something sealed is read: most runs read only what is not.
        from snapshots.archive.blocks import payload_in

        vocabulary, body = self._found("SELECT vocabulary, body FROM blocks WHERE id = ?", block)
        return payload_in(body, place, self._pieces(vocabulary))

    def _pieces(self, vocabulary: int) -> tuple[bytes, ...]:
        from snapshots.archive.blocks import pieces_of

        if self._vocabulary is None or self._vocabulary[0] != vocabulary:
            (body,) = self._found("SELECT pieces FROM vocabularies WHERE id = ?", vocabulary)
            self._vocabulary = vocabulary, pieces_of(body)
        return self._vocabulary[1]

    def _found(self, query: str, number: int) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self.db.execute(query, (number,)).fetchone()
        if row is None:
            raise ValueError(f"row {number} of its block or vocabulary is not there")
        return row


def _compressed(payload: bytes, base: bytes | None = None) -> bytes:
    if base is None:
        return zstandard.ZstdCompressor(level=LEVEL).compress(payload)
    # All of the earlier payload must be within reach, and have room in the table of matches.
    window_log = max(10, min(27, (len(base) + len(payload)).bit_length()))
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL,
        source_size=len(base) + len(payload),
        window_log=window_log,
        hash_log=max(16, window_log - 2),
        **(_COARSE if len(base) >= LARGE_BYTES else {}),
    )
    compressor = zstandard.ZstdCompressor(
        dict_data=_dictionary(base), compression_params=parameters
    )
    return compressor.compress(payload)


def _decompressed(body: bytes, size_bytes: int, base: bytes | None) -> bytes:
    if not isinstance(body, bytes):
        raise ValueError("what is stored is no bytes")
    # Asked first: a frame that is damaged may claim any size, and get the memory for it.
    if zstandard.frame_content_size(body) != size_bytes:
        raise ValueError("its size is not the one noted")
    dictionary = _dictionary(base) if base is not None else None
    decompressor = zstandard.ZstdDecompressor(dict_data=dictionary)
    return decompressor.decompress(body, max_output_size=size_bytes)


def _dictionary(base: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
