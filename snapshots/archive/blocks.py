"""Many payloads as one block: each piece of markup once, and the payloads as their numbers.

A page that is fetched again and again says nearly the same, and what it says otherwise is
mostly made up for the occasion: tokens, ids, nonces. So a payload is cut into pieces (an
element's tag with the text after it, or a line), a vocabulary holds each piece once, and a
block holds the numbers of the pieces. Words that occur in one payload only are lifted out of
its pieces beforehand, and stand beside their like. docs/decisions/0007-payload-storage.md
gives the format. Pure; never touches the database.
"""

import re
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import zstandard

LEVEL = 19
# Where a block ends: what is decompressed on the way to a payload, and kept in memory for it.
MOST_NUMBERS_BYTES = 1 << 20
MOST_RAW_BYTES = 1 << 24
MOST_VOCABULARY_BYTES = 1 << 20
# Numbers have two bytes.
MOST_PIECES = 1 << 16
PIECE = re.compile(rb"<[^<\n}]*[\n}]?\s*|[^<\n}]+[\n}]?\s*|[\n}]\s*")
# A word that may be made up for the occasion, without such names before it as "form-".
WORD = re.compile(rb"((?:[a-z]{2,}[-_=])*)([0-9A-Za-z_+/=-]{8,})")
# A lifted word leaves a hole; one that was lifted already, a hole with that word's number.
HOLE = re.compile(rb"\x00|\x02(.)", re.DOTALL)
SEPARATOR = b"\x01"
RESERVED = re.compile(rb"[\x00-\x02]")
FIRST_NUMBER = 32
# A payload with more words of its own keeps them: it is the first of its kind.
MOST_LIFTED = 64
Replacing = Callable[[re.Match[bytes]], bytes]
_HEAD = struct.Struct("<II")
_COUNTS = struct.Struct("<IH")


@dataclass(frozen=True, slots=True)
class Block:
    """A block, the vocabulary that it is written in, and how many payloads went in."""

    body: bytes
    pieces: tuple[bytes, ...]
    count: int


def is_sealable(payload: bytes) -> bool:
    """Whether a payload can be written as pieces: it has none of the bytes that mark holes."""
    return RESERVED.search(payload) is None


def block(payloads: Sequence[bytes], pieces: Sequence[bytes]) -> Block:
    """Return the first of some payloads as one block, as many as it may hold; 0 if none.

    ``pieces`` is the vocabulary to go on with: its numbers stay as they are, and what is new
    is put behind it.
    """
    numbers = {piece: number for number, piece in enumerate(pieces)}
    size_bytes, written_bytes = sum(map(len, pieces)), 0
    most_bytes = max(MOST_VOCABULARY_BYTES, 2 * max(map(len, payloads), default=0))
    written: list[tuple[bytes, list[bytes]]] = []
    for body, lifted in _lifted(payloads):
        found = PIECE.findall(body)
        new = [piece for piece in dict.fromkeys(found) if piece not in numbers]
        size_bytes += sum(map(len, new))
        written_bytes += 2 * len(found)
        is_full = written_bytes > MOST_NUMBERS_BYTES or size_bytes > most_bytes
        if (is_full and written) or len(numbers) + len(new) > MOST_PIECES:
            break
        if size_bytes > most_bytes and pieces:
            break
        for piece in new:
            numbers[piece] = len(numbers)
        written.append((_octets([numbers[piece] for piece in found]), lifted))
    return Block(_packed(written), tuple(numbers), len(written))


def payload_in(body: bytes, place: int, pieces: Sequence[bytes]) -> bytes:
    """Return the payload at a place of a block.

    Raises:
        ValueError: the block, or the vocabulary, is damaged.
    """
    try:
        with zstandard.ZstdDecompressor().stream_reader(body) as stream:
            count, lifted_bytes = _HEAD.unpack(stream.read(_HEAD.size))
            counts = list(_COUNTS.iter_unpack(stream.read(_COUNTS.size * count)))
            lifted = stream.read(lifted_bytes)
            before = 2 * sum(pieces for pieces, _ in counts[:place])
            written = stream.read(before + 2 * counts[place][0])[before:]
        text = b"".join([pieces[number] for number in _numbers(written)])
        words = _words(lifted, [each for _, each in counts], place)
        return HOLE.sub(_filled(words), text) if words else text
    except (zstandard.ZstdError, struct.error, LookupError, StopIteration) as error:
        raise ValueError(str(error)) from error


def vocabulary(pieces: Sequence[bytes]) -> bytes:
    """Return a vocabulary as it is stored."""
    return _compressed(SEPARATOR.join(pieces))


def pieces_of(body: bytes) -> tuple[bytes, ...]:
    """Return the pieces of a stored vocabulary.

    Raises:
        ValueError: it is damaged.
    """
    try:
        joined = zstandard.ZstdDecompressor().decompress(body)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error
    return tuple(joined.split(SEPARATOR)) if joined else ()


def _lifted(payloads: Sequence[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Yield each payload with holes for the words that no other has, and those words."""
    found = ({word for _, word in WORD.findall(payload)} for payload in payloads)
    counts = Counter(chain.from_iterable(found))
    for payload in payloads:
        words: dict[bytes, int] = {}
        body = WORD.sub(_hole(words, counts), payload)
        yield (body, list(words)) if len(words) <= MOST_LIFTED else (payload, [])


def _hole(words: dict[bytes, int], counts: Counter[bytes]) -> Replacing:
    """Return what leaves a hole for a word, and adds it to the payload's ``words``."""

    def put(found: re.Match[bytes]) -> bytes:
        name, word = found.groups()
        if counts[word] > 1 or word.isalpha():
            return found[0]
        if word in words:
            return name + b"\x02" + bytes((FIRST_NUMBER + min(words[word], MOST_LIFTED),))
        words[word] = len(words)
        return name + b"\x00"

    return put


def _filled(words: Sequence[bytes]) -> Replacing:
    """Return what fills a payload's holes, one after the other."""
    following = iter(words)

    def fill(hole: re.Match[bytes]) -> bytes:
        return words[hole[1][0] - FIRST_NUMBER] if hole[1] else next(following)

    return fill


def _packed(written: Sequence[tuple[bytes, list[bytes]]]) -> bytes:
    """Return a block: how much each payload takes, the lifted words, the numbers of pieces.

    The first words of all payloads come first, then the second, and so on: alike by alike.
    """
    most = max((len(words) for _, words in written), default=0)
    words = [words[n] for n in range(most) for _, words in written if n < len(words)]
    lifted = b"\n".join(words)
    counts = [_COUNTS.pack(len(numbers) // 2, len(words)) for numbers, words in written]
    head = _HEAD.pack(len(written), len(lifted))
    return _compressed(b"".join((head, *counts, lifted, *(numbers for numbers, _ in written))))


def _words(lifted: bytes, counts: Sequence[int], place: int) -> list[bytes]:
    """Return the lifted words of the payload at a place."""
    if not counts[place]:
        return []
    words = lifted.split(b"\n")
    before = (sum(min(count, n) for count in counts) for n in range(counts[place]))
    return [
        words[start + sum(count > n for count in counts[:place])] for n, start in enumerate(before)
    ]


def _compressed(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=LEVEL).compress(data)


def _octets(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}H", *numbers)


def _numbers(octets: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(octets) // 2}H", octets)
