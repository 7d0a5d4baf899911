"""What a page calls itself: its title, its heading, its site, and its own address."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from snapshots.errors import ExtractError
from snapshots.extract.charset import decode
from snapshots.extract.extract import is_plain_text, unreadable
from snapshots.extract.html import Document, parse, select, select_first, text_of
from snapshots.extract.wording import said

# Looked at for a heading: what a page's own content is in, then all of it.
_HEADINGS = ("main h1, [role=main] h1, article h1", "h1")
_ADDRESSES = (
    ("link[rel=canonical][href]", "href"),
    ("meta[property='og:url'][content]", "content"),
    ("base[href]", "href"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """A page's names. Each is None where the page does not say it.

    ``heading`` is the one ``h1``; a page with several has none. ``url`` is the web address
    that the page states for itself, which tells where a saved one is from.
    """

    title: str | None = None
    heading: str | None = None
    site: str | None = None
    url: str | None = None


def masthead(payload: bytes, content_type: str | None) -> Masthead:
    """Return what a payload calls itself. Plain text, and what cannot be read, has no names.

    Source: The Open Graph protocol (og:site_name, og:url); RFC 6596 (rel=canonical).
    """
    if unreadable(payload, content_type):
        return Masthead()
    text = decode(payload, content_type)
    if is_plain_text(text, content_type):
        return Masthead()
    try:
        document = parse(text)
    except ExtractError:
        return Masthead()
    return Masthead(
        title=_text(document, "head title") or _text(document, "title"),
        heading=_heading(document),
        site=_attribute(document, "meta[property='og:site_name'][content]", "content"),
        url=next((url for place in _ADDRESSES if (url := _address(document, *place))), None),
    )


def _heading(document: Document) -> str | None:
    for css in _HEADINGS:
        found = [heading for node in select(document, css) if (heading := said(text_of(node)))]
        if found:
            return found[0] if len(set(found)) == 1 else None
    return None


def _text(document: Document, css: str) -> str | None:
    node = select_first(document, css)
    return None if node is None else said(node.text(deep=True))


def _attribute(document: Document, css: str, name: str) -> str | None:
    node = select_first(document, css)
    return None if node is None else said(node.attributes.get(name))


def _address(document: Document, css: str, name: str) -> str | None:
    written = _attribute(document, css, name)
    try:
        parts = urlsplit(written or "")
        return written if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
