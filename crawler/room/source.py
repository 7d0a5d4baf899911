"""Sources: all of them with their freshness, one's visits over time, and any two of its dates."""

from datetime import date

from crawler.config import Source
from crawler.dates import Compared, between
from crawler.freshness import with_freshness
from crawler.room.finding import finding_json, with_context
from crawler.room.room import Asked, Page, Room
from diffs.report import charts
from diffs.report.freshness import statement
from diffs.report.jsonl import status_json
from diffs.report.phrases import chain_head, day
from diffs.report.view import Activity
from snapshots.archive import Archive
from snapshots.archive.looked_up import Looked
from snapshots.archive.rows import stamp
from snapshots.records import Outcome, SourceStatus

VISITS = 50
DIFFERENCES = 50


def sources(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page of all sources, and whether their silence can be trusted."""
    now = room.now()
    found = [_status(room, archive, source) for source in room.sources(archive)]
    known = [status for status in found if status.source in room.config.sources]
    head = archive.evidence.chain.newest()
    told = {
        "at": stamp(now),
        "sources": [status_json(status) for status in found],
        "chain_head": head.hash,
        "records": head.records,
    }
    shown = {
        "statuses": found,
        "known": set(room.config.sources),
        "now": now,
        "fresh": statement(known, now) if known else "",
        "head": chain_head(head),
    }
    return Page(template="sources", title="Sources", told=told, shown=shown)


def timeline(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page of one source's visits, the newest first."""
    source = room.source(archive, asked.text("source"))
    status = _status(room, archive, source)
    visits = archive.looked_up.visits(source.key, VISITS + 1, asked.count("before"))
    shown_visits = visits[:VISITS]
    following = asked.but(before=shown_visits[-1].id) if len(visits) > VISITS else None
    days: dict[date, dict[Outcome, int]] = {}
    for _, when, outcome, number in archive.outcomes_by_day((source.key,), None, None):
        days.setdefault(when, {})[outcome] = number
    activity = Activity(source=source.key, days=tuple(days.items()))
    told = {
        "source": status_json(status),
        "visits": [_visit_json(each) for each in shown_visits],
        "next": f"/timeline.json?{following}" if following else None,
    }
    shown = {
        "source": source,
        "status": status,
        "visits": shown_visits,
        "following": following,
        "calendar": charts.calendar(activity, room.now().date()) if activity.days else None,
        "now": room.now(),
        "is_first": asked.count("before") is None,
    }
    return Page(template="timeline", title=source.title, told=told, shown=shown)


def compare(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page of what differs between a source's snapshots in force at two dates.

    Raises:
        ConfigError: a date is none, or the source has no snapshot as old.
    """
    keys = [source.key for source in room.sources(archive)]
    old = asked.moment("from")
    if asked.text("source") is None or old is None:
        shown = _form(asked, keys) | {"compared": None, "findings": [], "following": None}
        return Page(template="compare", title="Two dates", told={"sources": keys}, shown=shown)
    source = room.source(archive, asked.text("source"))
    compared = between(archive, source, old, asked.end("to"))
    return _compared(room, asked, keys, compared)


def _compared(room: Room, asked: Asked, keys: list[str], compared: Compared) -> Page:
    first = asked.count("after") or 0
    some = compared.records[first : first + DIFFERENCES]
    is_more = len(compared.records) > first + DIFFERENCES
    following = asked.but(after=first + DIFFERENCES) if is_more else None
    findings = with_context(room, some, {})
    seen = compared.seen
    told = {
        "source": compared.source,
        "old": {"snapshot": seen.old.id, "captured_at": stamp(seen.old.captured_at)},
        "new": {"snapshot": seen.new.id, "captured_at": stamp(seen.new.captured_at)},
        "total": len(compared.records),
        "differences": [finding_json(finding) for finding in findings],
        "next": f"/compare.json?{following}" if following else None,
    }
    shown = _form(asked, keys) | {
        "compared": compared,
        "findings": findings,
        "following": following,
    }
    title = f"{compared.source}: {day(seen.old.captured_at)} and {day(seen.new.captured_at)}"
    return Page(template="compare", title=title, told=told, shown=shown)


def _form(asked: Asked, keys: list[str]) -> dict[str, object]:
    given = {name: asked.text(name) or "" for name in ("source", "from", "to", "view")}
    return {"given": given, "keys": keys, "is_sided": given["view"] != "inline"}


def _status(room: Room, archive: Archive, source: Source) -> SourceStatus:
    now = room.now()
    status = archive.status(source.key, title=source.title, url=source.url, now=now)
    return with_freshness(source, status, now) if source.key in room.config.sources else status


def _visit_json(visit: Looked) -> dict[str, object]:
    return {
        "id": visit.id,
        "started_at": stamp(visit.started_at),
        "outcome": visit.outcome,
        "reason": visit.reason,
        "accepted": visit.is_accepted,
        "import": visit.imported,
        "items": visit.items,
        "complete": visit.is_complete if visit.items is not None else None,
        "changes": visit.changes,
        "captures": [
            {
                "id": each.id,
                "url": each.url,
                "status": each.status,
                "digest": each.payload_digest,
                "revisit": each.revisit,
            }
            for each in visit.captures
        ],
    }
