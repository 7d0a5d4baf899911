"""Changes as an Atom feed, an entry each. Source: RFC 4287; RFC 4151 for the ids."""

from datetime import datetime
from hashlib import sha256
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from diffs.report import inline, noted
from diffs.report.cells import at
from diffs.report.passage import clean, web_link
from diffs.report.phrases import (
    called,
    claim,
    digests,
    headline,
    importance_words,
    item_name,
    item_section,
    title,
    touches,
)
from diffs.report.view import Report
from snapshots.records import ChangeRecord, SourceStatus

ATOM = "http://www.w3.org/2005/Atom"
# Nobody's domain, so that no id stands for another's. Source: RFC 2606, section 2.
_AUTHORITY = "tag:reworded.invalid,2021"
_URL_SIGNS = "/:?#@!$&()*+,;=%~-._"


def render(report: Report, url: str | None = None) -> str:
    """The feed as XML. ``url`` is where it will stand, its link to itself.

    An entry's id follows from what was found (source, item, kind and snapshot), so that it
    stays the same in every feed that tells it. ``updated`` is the capture that showed it.
    """
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _text(feed, "id", _feed_id(report))
    _text(feed, "title", f"Reworded: {', '.join(s.title for s in report.sources) or title(report)}")
    _text(feed, "subtitle", title(report))
    _text(feed, "updated", at(_updated(report)))
    _text(SubElement(feed, "author"), "name", "Reworded")
    generator = _text(feed, "generator", "Reworded")
    generator.set("version", clean(report.version))
    if safe := web_link(url):
        _link(feed, "self", safe, "application/atom+xml")
    status = {each.source: each for each in report.sources}
    newest = sorted(report.changes, key=lambda r: (r.seen.new.captured_at, r.id), reverse=True)
    for record in newest:
        _entry(feed, record, report, status.get(record.source))
    indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(feed, "unicode")}\n'


def entry_id(record: ChangeRecord, url: str) -> str:
    """What names a finding wherever it is told: the same for the same finding, and no other's."""
    since = at(record.seen.old.captured_at) if record.is_folded else ""
    told = (record.source, url, record.change.item.key, record.change.kind.value, since)
    return f"{_AUTHORITY}:change:{_digest(*told, at(record.seen.new.captured_at))}"


def _feed_id(report: Report) -> str:
    told = [part for each in report.sources for part in (each.source, each.url)]
    return f"{_AUTHORITY}:feed:{_digest(*told, at(report.base) if report.base else '')}"


def _digest(*parts: str) -> str:
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return sha256(joined).hexdigest()[:32]


def _updated(report: Report) -> datetime:
    """When the newest finding was captured; without any, when a source was last looked at."""
    found = [record.seen.new.captured_at for record in report.changes]
    looked = [each.last_at for each in report.sources if each.last_at]
    return max(found or looked or [report.made_at])


def _entry(
    feed: Element, record: ChangeRecord, report: Report, status: SourceStatus | None
) -> None:
    change, entry = record.change, SubElement(feed, "entry")
    _text(entry, "id", entry_id(record, status.url if status else ""))
    _text(entry, "title", f"{called(change)}: {item_name(change.item)}")
    _text(entry, "updated", at(record.seen.new.captured_at))
    page, listing = web_link(change.item.url), web_link(status.url if status else None)
    if address := page or listing:
        _link(entry, "alternate", address, "text/html")
    if page and listing:
        _link(entry, "via", listing, "text/html")
    SubElement(entry, "category", {"term": clean(record.source), "label": _label(record, status)})
    SubElement(entry, "category", {"term": clean(called(change))})
    _text(entry, "summary", f"{headline(change)}. {claim(record)}")
    content = _text(entry, "content", _html(record, report))
    content.set("type", "html")


def _label(record: ChangeRecord, status: SourceStatus | None) -> str:
    return clean(status.title if status else record.source)


def _html(record: ChangeRecord, report: Report) -> str:
    change, worth = record.change, report.importance.get(record.id)
    place = item_section(change.item)
    told = [
        inline.escape(f"{headline(change)}{f' · {place}' if place else ''}"),
        *inline.fields(change),
        inline.escape(touches(report.watched.get(record.id, ()))),
        inline.escape(claim(record)),
        inline.escape(f"Importance {importance_words(worth)}") if worth else "",
        *map(inline.escape, noted.lines(report, record)),
        inline.escape(f"{digests(record.seen.old)} → {digests(record.seen.new)}"),
    ]
    return "".join(f"<p>{paragraph}</p>" for paragraph in told if paragraph)


def _text(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, name)
    child.text = clean(text)
    return child


def _link(parent: Element, rel: str, url: str, kind: str) -> None:
    SubElement(parent, "link", {"rel": rel, "type": kind, "href": quote(url, safe=_URL_SIGNS)})
