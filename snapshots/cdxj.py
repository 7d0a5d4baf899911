"""The index of a WARC, in which a replay finds a record by its address and moment."""

import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import islice
from urllib.parse import urlsplit

from snapshots.warc_writing import Place

LINES = 1024
INDEX = "index.cdx.gz"


def index(places: Iterable[Place], warc: str) -> tuple[bytes, bytes]:
    """Return the index of a WARC's records, in zipped blocks, and the index of those blocks.

    Source: CDXJ and ZipNum, as WACZ 1.1.1 (section "indexes") takes them up.
    """
    lines = iter(sorted(line(place, warc) for place in places))
    blocks, keys = bytearray(), [f"!meta 0 {_json({'format': 'cdxj-gzip-1.0', 'filename': INDEX})}"]
    while block := list(islice(lines, LINES)):
        zipped = _zipped("".join(block).encode())
        told = {"offset": len(blocks), "length": len(zipped), "filename": INDEX}
        keys.append(f"{block[0].partition(' {')[0]} {_json(told)}")
        blocks += zipped
    return bytes(blocks), "".join(f"{key}\n" for key in keys).encode()


def line(place: Place, warc: str) -> str:
    """Return a record's line: the address turned round, the moment, and where it is."""
    told = {
        "url": place.url,
        "mime": place.media_type,
        "status": str(place.status),
        "digest": place.digest,
        "length": str(place.length),
        "offset": str(place.offset),
        "filename": warc,
    }
    return f"{turned(place.url)} {place.at.astimezone(UTC):%Y%m%d%H%M%S} {_json(told)}\n"


def turned(url: str) -> str:
    """Return an address with its host from the right, e.g. ``gov,ice)/news?page=1``.

    Source: SURT, as ReplayWeb.page computes it: lower case, no www, the query sorted.
    """
    try:
        parts = urlsplit(url.lower())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return url.replace(" ", "%20")
    if parts.scheme not in ("http", "https") or not host:
        return url.replace(" ", "%20")
    labels = host.split(".")
    labels = labels[1:] if labels[0].rstrip("0123456789") == "www" else labels
    query = "&".join(_by_name(parts.query))
    place = f"{parts.path or '/'}{'?' if query else ''}{query}".replace(" ", "%20")
    return f"{','.join(reversed(labels))}{f':{port}' if port else ''}){place}"


def _by_name(query: str) -> Iterator[str]:
    yield from sorted(query.split("&"), key=lambda pair: pair.partition("=")[0])


def _zipped(block: bytes) -> bytes:
    # Level and header are stated, so that equal lines are equal bytes.
    coder = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return coder.compress(block) + coder.flush()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)
