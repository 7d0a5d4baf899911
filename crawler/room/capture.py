"""Captures as they were: told with their headers, and served where nothing in them can run."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from crawler.room.room import Asked, NotThereError, Page, Room
from snapshots.archive import Archive
from snapshots.archive.looked_up import Kept
from snapshots.archive.rows import stamp
from snapshots.errors import ArchiveError
from snapshots.extract.charset import decode

# What a browser shows as a page; anything else is given as a file, or as text.
PAGES = ("text/html", "application/xhtml+xml")
# A browser connects ahead to what links and frames name, whatever its policy is. None of them
# could bring anything here; what they become means nothing, and reads on in the same way.
_AHEAD = re.compile(r"<(/?)(link|frame|iframe)(?=[\s/>])", re.IGNORECASE)
_INERT = {"link": "basefont", "frame": "basefont", "iframe": "noembed"}
# Nothing runs, nothing is asked of any server, and no form is sent.
SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Served:
    """A payload on its way to a browser: its bytes, its media type, and a name if it is a file."""

    body: bytes
    media_type: str
    file_name: str | None = None


def capture(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page that tells of one capture, and shows it."""
    kept = _kept(archive, asked.number)
    siblings = archive.looked_up.visit(kept.visit)
    told = {
        "id": kept.id,
        "visit": kept.visit,
        "source": kept.source,
        "url": kept.url,
        "final_url": kept.final_url,
        "hops": [list(hop) for hop in kept.hops],
        "status": kept.status,
        "captured_at": stamp(kept.captured_at),
        "payload_digest": kept.payload_digest,
        "size_bytes": kept.size_bytes,
        "thinned_at": kept.thinned_at,
        "revisit": kept.revisit,
        "provenance": kept.provenance,
        "memento_url": kept.memento_url,
        "response_headers": [list(header) for header in kept.headers],
        "as_it_was": f"/capture/{kept.id}/served",
        "source_text": f"/capture/{kept.id}/text",
    }
    shown = {"kept": kept, "siblings": siblings, "is_page": _media_type(kept) in PAGES}
    return Page(template="capture", title=f"Capture {kept.id}", told=told, shown=shown)


def served(archive: Archive, number: int, *, is_text: bool) -> Served:
    """Return a capture's payload to be served as it was, or as source text.

    Raises:
        NotThereError: there is no such capture, or its bytes are not held.
    """
    kept = _kept(archive, number)
    try:
        payload = archive.evidence.payload(kept.payload_digest)
    except ArchiveError as error:
        raise NotThereError(str(error)) from error
    media_type = _media_type(kept)
    if media_type in PAGES or _is_text(media_type):
        text = decode(payload, kept.header("content-type"))
        if media_type not in PAGES or is_text:
            return Served(text.encode("utf-8", "replace"), "text/plain; charset=utf-8")
        shown = _AHEAD.sub(lambda tag: f"<{tag[1]}{_INERT[tag[2].lower()]}", text)
        return Served(shown.encode("utf-8", "replace"), "text/html; charset=utf-8")
    name = f"capture-{kept.id}-{quote(kept.payload_digest[7:19], safe='')}"
    return Served(payload, "application/octet-stream", name)


def _kept(archive: Archive, number: int) -> Kept:
    found = archive.looked_up.capture(number)
    if found is None:
        raise NotThereError(f"there is no capture {number}")
    return found


def _media_type(kept: Kept) -> str:
    return (kept.header("content-type") or "text/html").partition(";")[0].strip().lower()


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type.endswith(("xml", "json"))
