"""TimeMaps: the list of an address's mementos. Pure: text in, what it lists out."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from crawler.memento.cdx import read_cdx
from crawler.memento.listed import Index, Listed, original_of

# One link and its parameters; a comma within <> or quotes does not end it.
# Source: RFC 8288, section 3; RFC 6690, section 2.
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*!-]+\s*=\s*(?:"[^"]*"|[^\s,;"]*))*)')
_PARAMETER = re.compile(r';\s*([\w*!-]+)\s*=\s*(?:"([^"]*)"|([^\s,;"]*))')
Link = tuple[str, Mapping[str, str]]


def read_timemap(text: str, address: str, url: str, replay: str) -> Index:
    """Return what a TimeMap lists, as links or as JSON, and the addresses of its other pages.

    ``address`` is the TimeMap's own, ``url`` the original where it names none. A memento
    without a date that can be read is counted and left out.

    Source: RFC 7089, sections 5 and 5.1.
    """
    if text.lstrip().startswith("["):
        return read_cdx(text, replay)
    if text.lstrip().startswith("{"):
        return _object(text, address, url, replay)
    links = list(links_of(text, address))
    original = next((target for target, told in links if _is(told, "original")), url)
    mementos = [link for link in links if _is(link[1], "memento")]
    found = [_listed(target, told.get("datetime", ""), original) for target, told in mementos]
    listed = tuple(each for each in found if each)
    pages = tuple(t for t, told in links if _is(told, "timemap") and not _is(told, "self"))
    # A line that is no link at all, as of a list that was cut.
    rest = _LINK.sub("", text).replace(",", " ").split()
    unread = len(found) - len(listed) + bool(rest)
    return Index(listed, unread=unread, pages=tuple(p for p in pages if p != address))


def links_of(text: str, address: str) -> Iterator[Link]:
    """Yield the links of a header or a document, resolved, with their parameters."""
    for target, written in _LINK.findall(text):
        told = {n.lower(): quoted or bare for n, quoted, bare in _PARAMETER.findall(written)}
        try:
            yield urljoin(address, target), told
        except ValueError:
            continue


def original_told(link_header: str, address: str) -> str | None:
    """Return the original address that a memento's Link header names, or None."""
    links = links_of(link_header, address)
    return next((target for target, told in links if _is(told, "original")), None)


def http_moment(written: str) -> datetime | None:
    """Return the moment of an HTTP date, or of an ISO 8601 one; None where it is neither."""
    try:
        found = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        try:
            found = datetime.fromisoformat(written)
        except ValueError:
            return None
    try:
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        return None


def _is(told: Mapping[str, str], relation: str) -> bool:
    return relation in told.get("rel", "").lower().split()


def _listed(memento_url: str, written: str, original: str) -> Listed | None:
    at = http_moment(written)
    if at is None or not memento_url.startswith(("http://", "https://")):
        return None
    return Listed(url=original_of(memento_url) or original, at=at, memento_url=memento_url)


def _object(text: str, address: str, url: str, replay: str) -> Index:
    """A TimeMap as one JSON object, in the form of MemGator; or lines of CDX in JSON."""
    try:
        told = json.loads(text)
    except ValueError:
        return read_cdx(text, replay)
    if not isinstance(told, dict) or "mementos" not in told:
        return read_cdx(text, replay)
    original = told.get("original_uri")
    original = original if isinstance(original, str) else url
    held = told["mementos"]
    rows: list[Any] = held.get("list", []) if isinstance(held, dict) else []
    found = [
        _listed(str(row.get("uri", "")), str(row.get("datetime", "")), original)
        for row in rows
        if isinstance(row, dict)
    ]
    listed = tuple(each for each in found if each)
    others = told.get("timemap_index", [])
    named = [o["uri"] for o in others if isinstance(o, dict) and isinstance(o.get("uri"), str)]
    pages = tuple(urljoin(address, each) for each in named)
    return Index(listed, unread=len(rows) - len(listed), pages=pages)
