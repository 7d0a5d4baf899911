"""Terms over time: how often each is used at each good snapshot, with the changes marked."""

from crawler.room.finding import find, finding_json, terms_of
from crawler.room.room import Asked, Page, Room
from crawler.trending import trends_of
from diffs.report import charts
from diffs.report.jsonl import trend_json
from snapshots.archive import Archive

# Findings that touch the term, told below its chart.
TOLD = 25


def terms(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page of one term's trend, or of the terms that can be asked for.

    Raises:
        ConfigError: the term cannot be counted.
    """
    term, key = asked.text("term"), asked.text("source")
    sources = [source.key for source in room.sources(archive)]
    known = terms_of(room.lexicon)
    given = {"term": term or "", "source": key or ""}
    if term is None:
        shown: dict[str, object] = {"given": given, "known": known, "sources": sources}
        shown |= {"lines": [], "found": None}
        return Page(template="terms", title="Terms", told={"terms": known}, shown=shown)
    chosen = [room.source(archive, key).key] if key else sources
    found = find(room, archive, asked, TOLD)
    trends = [
        trend
        for trend in trends_of(archive, room.config, [term], chosen)
        if trend.points and (trend.source is None or len(chosen) == 1)
    ]
    marks = [(f.record.seen.new.captured_at, f.record.id) for f in found.findings]
    told = {
        "term": term,
        "source": key,
        "trends": [trend_json(trend) for trend in trends],
        "findings": [finding_json(finding) for finding in found.findings],
    }
    shown = {
        "given": given,
        "known": known,
        "sources": sources,
        "lines": [charts.line(trend, marks) for trend in trends],
        "found": found,
    }
    return Page(template="terms", title=f"“{term}” over time", told=told, shown=shown)
