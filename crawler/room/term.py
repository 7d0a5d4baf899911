"""Terms over time: how often each is used at each good snapshot, with the changes marked."""

from collections.abc import Sequence

from crawler.counting import digest
from crawler.room.finding import find, finding_json, terms_of
from crawler.room.room import Asked, Page, Room
from crawler.trending import trends_of
from diffs.lexicon import label_of
from diffs.report import charts
from diffs.report.jsonl import trend_json
from diffs.trends import Trend, trend_together
from snapshots.archive import Archive

# Findings that touch the term, told below its chart.
TOLD = 10


def terms(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page of one term's trend, or of the terms that can be asked for.

    In all sources together a term that is not watched is counted only when ``all`` says so,
    for every wording has to be read.
    """
    term, key = asked.text("term"), asked.text("source")
    sources = [source.key for source in room.sources(archive)]
    known = terms_of(room.lexicon)
    given = {"term": term or "", "source": key or ""}
    shown: dict[str, object] = {"given": given, "known": known, "sources": sources}
    if term is None:
        shown |= {"lines": [], "found": None, "waiting": None}
        return Page(template="terms", title="Terms", told={"terms": known}, shown=shown)
    chosen = [room.source(archive, key).key] if key else sources
    counted = _is_counted(room, archive, term)
    is_slow = not counted and len(chosen) > 1 and asked.text("all") is None
    trends = [] if is_slow else _trends(room, archive, term, chosen, is_counted=counted)
    found = find(room, archive, asked, TOLD)
    marks = [(f.record.seen.new.captured_at, f.record.id) for f in found.findings]
    told = {
        "term": term,
        "source": key,
        "trends": [trend_json(trend) for trend in trends],
        "findings": [finding_json(finding) for finding in found.findings],
    }
    shown |= {
        "lines": [charts.line(trend, marks) for trend in trends],
        "found": found,
        "waiting": asked.but(all="yes") if is_slow else None,
    }
    return Page(template="terms", title=f"“{term}” over time", told=told, shown=shown)


def _is_counted(room: Room, archive: Archive, term: str) -> bool:
    """Whether the uses of a term were counted as the wordings came in."""
    is_listed = label_of(room.lexicon, term) is not None
    return is_listed and archive.terms.is_current(digest(room.config))


def _trends(
    room: Room, archive: Archive, term: str, sources: Sequence[str], *, is_counted: bool
) -> list[Trend]:
    """A term's trend in one source, or in all together, there day by day."""
    name = label_of(room.lexicon, term)
    days = archive.looked_up.days(sources)
    if is_counted and name and len(sources) > 1 and days:
        return [trend_together(name, archive.terms.wordings(sources, [name]), days)]
    found = trends_of(archive, room.config, [term], sources)
    together = [trend for trend in found if trend.source is None] or found[:1]
    return [trend for trend in together if trend.points]
