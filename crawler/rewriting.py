"""Pages that a web archive rewrote as it showed them: its banner and its links are not theirs."""

import re

from crawler.memento.listed import host_of, is_raw, own_part
from snapshots.records import Capture, Provenance

# What the replay programs of web archives put into a page.
# Source: OpenWayback, the Wayback Machine and pywb, as they served pages in 2017 to 2026.
_INSERTED = (
    b"BEGIN WAYBACK TOOLBAR INSERT",
    b"End Wayback Rewrite JS Include",
    b"wombat.js",
    b"wbinfo.",
    b'id="wm-ipp',
)


def rewriting(capture: Capture) -> str | None:
    """Return that a memento is not as it was captured, in words; None where it may be."""
    if capture.provenance is not Provenance.MEMENTO or capture.memento_url is None:
        return None
    if any(mark in capture.payload for mark in _INSERTED) or _leads_into_archive(capture):
        return f"{host_of(capture.memento_url)} served it rewritten, not as it was captured"
    return None


def _leads_into_archive(capture: Capture) -> bool:
    """Whether links lead to the archive's own copies, where the address asks for no raw bytes."""
    address = capture.memento_url or ""
    own = own_part(address)
    if own is None or is_raw(address):
        return False
    path = "/" + own.split("/", 3)[3]
    link = re.compile(re.escape(path.encode()) + rb"\d{4,14}(?:[a-z]{2}_)?/(?:https?:|www\.)")
    return link.search(capture.payload) is not None
