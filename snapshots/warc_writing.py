"""Records of WARC 1.1 written, each followed by the facts that WARC has no field for.

Equal evidence gives equal bytes: nothing is made up on the way, neither a number nor a time.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from warcio.statusandheaders import StatusAndHeaders

from snapshots.errors import ArchiveError
from snapshots.records import Capture, Headers, digest_of

# Names, in a file's first record, the sources that the records of `facts` are of.
MARKER = "reworded-evidence"
# How many thinnings it tells of: some answers are told there without their bytes.
THINNED = "reworded-thinnings"
# And the last one's, without which a file was cut off between two records.
END = "reworded-evidence-end"
PROFILE = "http://netpreserve.org/warc/1.1/revisit"
CONFORMS = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
# A payload is kept as it was before these were applied to it.
CODINGS = ("content-encoding", "transfer-encoding")
_GZIP = zlib.MAX_WBITS | 16
_BREAKS = str.maketrans("\r\n\0", "   ")
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record is that an index names: its bytes within the file, and what it is of."""

    url: str
    at: datetime
    media_type: str
    status: int
    digest: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class _First:
    """The record that holds a payload, for those that repeat it."""

    id: str
    url: str
    at: datetime
    status: int
    size_bytes: int


class WarcFile:
    """A WARC being written; ``places`` are the records that an index is to name.

    The first record, dated ``at``, names the program and the sources, and counts thinnings.
    With ``is_zipped`` each record is a gzip member of its own.

    Source: ISO 28500:2017 (WARC 1.1), sections 5 to 7, and annex D for the members.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        is_zipped: bool,
        at: datetime,
        software: str,
        sources: Sequence[str],
        thinnings: int = 0,
    ) -> None:
        self.places: list[Place] = []
        self._file = file
        self._is_zipped = is_zipped
        self._firsts: dict[str, _First] = {}
        self._facts = 0
        fields = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": CONFORMS,
            MARKER: json.dumps(list(sources)),
            **({THINNED: str(thinnings)} if thinnings else {}),
        }
        lines = (f"{name}: {_line(value)}\r\n" for name, value in fields.items())
        block = "".join(lines).encode("utf-8", "replace")
        named = {"WARC-Date": _stamp(at), "Content-Type": "application/warc-fields"}
        self._write("warcinfo", sha256(block).hexdigest(), named, block)

    def holds(self, digest: str) -> bool:
        """Whether a record was written that holds a payload; it need not be given again."""
        return digest in self._firsts

    def facts(self, text: str, at: datetime, of: str | None = None) -> None:
        """Write the two lines of a link of the chain; their digest is the link's hash.

        ``of`` is the number of the record that they are of.
        """
        block = text.encode("ascii")
        named = {"WARC-Date": _stamp(at), "Content-Type": "text/plain"}
        named |= {"WARC-Refers-To": of} if of else {}
        self._facts += 1
        self._write("metadata", sha256(block).hexdigest(), named, block, is_payload=True)

    def end(self, at: datetime) -> None:
        """Write that nothing follows, with the number of links that were written."""
        block = f"{END}: {self._facts}\r\n".encode("ascii")
        named = {"WARC-Date": _stamp(at), "Content-Type": "application/warc-fields"}
        self._write("metadata", sha256(block).hexdigest(), named, block, is_payload=True)

    def capture(self, capture: Capture, link: str) -> str:
        """Write what was asked and what was answered; return the answer's record number.

        The answer is that of the final URL. A payload that the file holds already is not
        written again: the record then names the one that holds it. ``link`` is the hash
        that makes the records' numbers.
        """
        first = self._firsts.get(capture.payload_digest)
        if first is None:
            _check(capture)
        is_bare = first is None and capture.status == _NOT_MODIFIED
        kind = "resource" if is_bare else "revisit" if first else "response"
        number = self._answer(kind, capture, link, first)
        if first is None:
            self._firsts[capture.payload_digest] = _First(
                number,
                capture.final_url,
                capture.captured_at,
                capture.status,
                len(capture.payload),
            )
        if capture.request_headers:
            self._request(capture, link, number)
        return number

    def _answer(self, kind: str, capture: Capture, link: str, first: _First | None) -> str:
        head = _head(
            f"HTTP/1.1 {capture.status} {_phrase(capture.status)}",
            sent(capture.response_headers, first.size_bytes if first else len(capture.payload)),
        )
        is_same = capture.status == _NOT_MODIFIED
        # With the headers of a 304, replays would answer what has no payload; the standard
        # lets them be left out. They are in the facts.
        repeated = b"" if is_same else head
        blocks = {"response": head + capture.payload, "revisit": repeated}
        media_type = capture.header("content-type") or "application/octet-stream"
        is_http = kind != "resource"
        named = {
            "WARC-Target-URI": _address(capture.final_url),
            "WARC-Date": _stamp(capture.captured_at),
            "Content-Type": "application/http; msgtype=response" if is_http else _line(media_type),
            "WARC-Payload-Digest": capture.payload_digest,
        }
        if first:
            named |= _repeats(first, capture.status)
        offset = self._file.tell()
        number = self._write(kind, link, named, blocks.get(kind, capture.payload))
        self.places.append(
            Place(
                url=_address(capture.final_url),
                at=capture.captured_at,
                media_type="warc/revisit" if first else media_type.split(";")[0].strip().lower(),
                status=first.status if first and is_same else capture.status,
                digest=capture.payload_digest,
                offset=offset,
                length=self._file.tell() - offset,
            )
        )
        return number

    def _request(self, capture: Capture, link: str, answer: str) -> None:
        parts = urlsplit(capture.final_url)
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        block = _head(f"GET {_line(target).replace(' ', '%20')} HTTP/1.1", capture.request_headers)
        named = {
            "WARC-Target-URI": _address(capture.final_url),
            "WARC-Date": _stamp(capture.captured_at),
            "Content-Type": "application/http; msgtype=request",
            "WARC-Concurrent-To": answer,
        }
        self._write("request", link, named, block)

    def _write(
        self, kind: str, seed: str, named: Mapping[str, str], block: bytes, is_payload: bool = False
    ) -> str:
        """Write one record; return its number, which follows from what it is and its seed."""
        number = f"<urn:uuid:{uuid5(NAMESPACE_URL, f'reworded:{kind}:{seed}')}>"
        digest = f"sha256:{sha256(block).hexdigest()}"
        headers = {"WARC-Type": kind, "WARC-Record-ID": number, **named}
        headers |= {"WARC-Payload-Digest": digest} if is_payload else {}
        headers["WARC-Block-Digest"] = digest
        headers["Content-Length"] = str(len(block))
        told = StatusAndHeaders("", list(headers.items()), protocol="WARC/1.1")
        octets = told.to_bytes(encoding="utf-8") + block + b"\r\n\r\n"
        self._file.write(zlib.compress(octets, wbits=_GZIP) if self._is_zipped else octets)
        return number


def _check(capture: Capture) -> None:
    """Refuse a payload that is not the one that its digest names.

    Raises:
        ArchiveError: its bytes have another digest.
    """
    if digest_of(capture.payload) != capture.payload_digest:
        raise ArchiveError(f"the payload of {capture.final_url} has another digest than was kept")


def sent(headers: Headers, length: int) -> Headers:
    """Return headers fit for a payload that is written without its codings.

    Those that no longer hold are renamed, as web archives do: readers would undo what is
    undone already, or stop short.
    """
    return tuple(
        (f"X-Archive-Orig-{name}" if _is_undone(name, value, length) else name, value)
        for name, value in headers
    )


def _is_undone(name: str, value: str, length: int) -> bool:
    is_other = name.lower() == "content-length" and value.strip() != str(length)
    return is_other or name.lower() in CODINGS


def _repeats(first: _First, status: int) -> dict[str, str]:
    why = "server-not-modified" if status == _NOT_MODIFIED else "identical-payload-digest"
    return {
        "WARC-Profile": f"{PROFILE}/{why}",
        "WARC-Refers-To": first.id,
        "WARC-Refers-To-Target-URI": _address(first.url),
        "WARC-Refers-To-Date": _stamp(first.at),
    }


def _head(first_line: str, headers: Headers) -> bytes:
    lines = [first_line, *(f"{_line(name)}: {_line(value)}" for name, value in headers)]
    return "\r\n".join((*lines, "", "")).encode("utf-8", "replace")


def _line(text: str) -> str:
    """A text that ends no line: what a header of a page's host may say is not ours to trust."""
    return text.translate(_BREAKS)


def _address(url: str) -> str:
    return _line(url).replace(" ", "%20").encode("utf-8", "replace").decode()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unnamed"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
