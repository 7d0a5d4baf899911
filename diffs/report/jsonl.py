"""Changes, items and substitutions as the documented records. Dicts only; the caller dumps."""

from datetime import UTC, datetime

from diffs.report.view import Noted, Report, fields_of
from diffs.trends import Trend
from snapshots.records import (
    Change,
    ChangeRecord,
    FieldChange,
    Item,
    Kind,
    Match,
    Seen,
    Snapshot,
    SourceStatus,
    Substitution,
    SubstitutionCount,
)


def change_json(record: ChangeRecord) -> dict[str, object]:
    """The change record of the documentation, keys in its order."""
    change = record.change
    return {
        "id": record.id,
        "source": record.source,
        "kind": change.kind.value,
        "changed": list(change.changed),
        "verdict": change.verdict.value if change.verdict else None,
        "flags": [flag.value for flag in change.flags],
        "item": _named(change.item),
        "fields": _fields(change),
        "match": _match(change.match),
        "seen": _seen(record.seen),
    }


def noted_json(each: Noted) -> dict[str, object]:
    """An analyst's note: what was chosen by its keys, and of which list."""
    return {
        "analyst": each.analyst,
        "noted_at": _time(each.at),
        "importance": each.importance,
        "vocabulary": list(each.vocabulary),
        "choices": each.choices,
        "notice_given": each.notice_given,
        "available_at": each.available_at,
        "note": each.note,
    }


def told_json(report: Report, record: ChangeRecord) -> dict[str, object]:
    """A change record of a report; under ``noted`` what analysts made of it, if any did."""
    notes = report.notes.get(record.id, ())
    noted = {"noted": [noted_json(each) for each in notes]} if notes else {}
    return change_json(record) | noted


def item_json(item: Item) -> dict[str, object]:
    """An item with all that it states; what it does not state is None."""
    return {
        "key": item.key,
        "title": item.title,
        "url": item.url,
        "summary": item.summary,
        "published": item.published,
        "section": item.section,
        "text": item.text,
        "fields": dict(item.fields),
    }


def substitution_json(count: SubstitutionCount) -> dict[str, object]:
    """A substitution with its counts and every context."""
    return {
        "old": count.old,
        "new": count.new,
        "places": count.places,
        "items": count.items,
        "sources": count.sources,
        "first": _time(count.first),
        "last": _time(count.last),
        "reverse_places": count.reverse_places,
        "contexts": [_context(each) for each in count.contexts],
    }


def trend_json(trend: Trend) -> dict[str, object]:
    """A term's uses at each good snapshot, and the items' own."""
    return {
        "term": trend.term,
        "source": trend.source,
        "panel_items": trend.panel_items,
        "points": [
            {
                "at": _time(point.at),
                "uses": point.uses,
                "panel_uses": point.panel_uses,
                "items": point.items,
                "entered": point.entered,
                "left": point.left,
            }
            for point in trend.points
        ],
        "items": [
            {
                "source": each.source,
                "key": each.item.key,
                "title": each.item.title,
                "uses": [[_time(at), number] for at, number in each.steps],
            }
            for each in trend.items
        ],
    }


def status_json(status: SourceStatus) -> dict[str, object]:
    """What was looked at of a source, and how fresh that is."""
    return {
        "source": status.source,
        "title": status.title,
        "url": status.url,
        "visits": status.visits,
        "outcomes": dict(status.outcomes),
        "items": status.items,
        "first_at": _time_or_none(status.first_at),
        "last_at": _time_or_none(status.last_at),
        "last_outcome": status.last_outcome.value if status.last_outcome else None,
        "last_reason": status.last_reason,
        "last_good_at": _time_or_none(status.last_good_at),
        "due_at": _time_or_none(status.due_at),
        "overdue": status.is_overdue,
        "blind_since": _time_or_none(status.blind_since),
        "bad_visits": status.bad_visits,
        "quarantined": status.is_quarantined,
    }


def edits_json(change: Change) -> dict[str, object]:
    """The fields of a change with both sides and their edits, as in the change record."""
    return _fields(change)


def _context(each: Substitution) -> dict[str, object]:
    return {"change": each.change, "old": each.context_old, "new": each.context_new}


def _named(item: Item) -> dict[str, object]:
    return {"key": item.key, "title": item.title, "url": item.url, "section": item.section}


def _fields(change: Change) -> dict[str, object]:
    return {name: _field(change.kind, each) for name, each in fields_of(change).items()}


def _field(kind: Kind, each: FieldChange) -> dict[str, object]:
    return {
        "old": None if kind is Kind.ADDED else each.old,
        "new": None if kind is Kind.REMOVED else each.new,
        "edits": [list(edit) for edit in each.edits] if kind is Kind.CHANGED else [],
    }


def _match(match: Match | None) -> dict[str, object] | None:
    return {"by": match.by, "score": match.score} if match else None


def _seen(seen: Seen) -> dict[str, object]:
    return {
        "old": _snapshot(seen.old),
        "new": _snapshot(seen.new),
        "good_visits_between": seen.good_visits_between,
        "longest_gap_s": seen.longest_gap_s,
    }


def _snapshot(snapshot: Snapshot) -> dict[str, object]:
    """A snapshot; one that others kept says who."""
    kept = {"kept_by": snapshot.kept_by} if snapshot.kept_by else {}
    return {
        "snapshot": snapshot.id,
        "captured_at": _time(snapshot.captured_at),
        "digests": list(snapshot.digests),
        **kept,
    }


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _time_or_none(at: datetime | None) -> str | None:
    return _time(at) if at else None
