"""Changes as a sheet for analysts to fill in, with columns such as EDGI's analysts use.

Source: the Environmental Data & Governance Initiative's website monitoring, whose analysts
compare a page's latest version with the one before and with a base, and rate what they find.
"""

from datetime import UTC, datetime
from urllib.parse import quote

from diffs.report import noted
from diffs.report.cells import at, sheet
from diffs.report.passage import web_link
from diffs.report.phrases import (
    called,
    counted,
    day,
    digests,
    duration,
    flags_told,
    item_name,
    kind_words,
    verdict_words,
)
from diffs.report.sheet import edits_told, reasons, sides, terms
from diffs.report.view import Report
from snapshots.records import ChangeRecord, Kind, Snapshot

COLUMNS = (
    "No.",
    "Site",
    "Page or item",
    "Address",
    "Section",
    "Compared with",
    "Date found: before",
    "Date found: after",
    "Good visits between",
    "Longest blind gap",
    "Kind of change",
    "What became of it",
    "What stands out",
    "Watched terms",
    "Words before",
    "Words after",
    "Word edits",
    "Importance (0-100)",
    "Why",
    "Importance (analyst)",
    "Kind of change (analyst)",
    "Notice given",
    "Also available at",
    "Analyst",
    "Noted at",
    "Notes",
    "Capture before",
    "Capture after",
    "All captures",
    "Digest before",
    "Digest after",
    "Kept as",
)
_WAYBACK = "https://web.archive.org/web"
_URL_SIGNS = "/:?#[]@!$&()*+,;=%~-._"


def render(report: Report) -> str:
    """The header, and one row a change; what only a person can judge is as noted, or empty."""
    return sheet(COLUMNS, (_row(record, report) for record in report.changes))


def _row(record: ChangeRecord, report: Report) -> list[object]:
    change, seen = record.change, record.seen
    status = next((s for s in report.sources if s.source == record.source), None)
    # A page's blocks have no address of their own: they stand on the source's page.
    address = change.item.url or (status.url if status else None)
    worth = report.importance.get(record.id)
    kinds = kind_words(change)
    return [
        record.id,
        status.title if status else record.source,
        item_name(change.item),
        address,
        change.item.section,
        f"base of {day(report.base)}" if report.base else "previous",
        at(seen.old.captured_at),
        at(seen.new.captured_at),
        counted(seen.good_visits_between, "visit"),
        duration(seen.longest_gap_s),
        f"{called(change)}: {kinds}" if kinds else called(change),
        verdict_words(change.verdict) if change.verdict else None,
        "; ".join(flags_told(change)),
        terms(report.watched.get(record.id, ())),
        sides(change, old=True) if change.kind is not Kind.ADDED else None,
        sides(change, old=False) if change.kind is not Kind.REMOVED else None,
        edits_told(change),
        worth.score if worth else None,
        reasons(report, record),
        *noted.cells(report.notes.get(record.id, ())),
        capture_link(address, seen.old),
        capture_link(address, seen.new),
        calendar_link(address),
        digests(seen.old),
        digests(seen.new),
        f"snapshots {seen.old.id} and {seen.new.id} of the archive",
    ]


def calendar_link(url: str | None) -> str | None:
    """The web archive's calendar of a page, or None if its address cannot be linked."""
    safe = web_link(url)
    return f"{_WAYBACK}/*/{quote(safe, safe=_URL_SIGNS)}" if safe else None


def capture_link(url: str | None, snapshot: Snapshot) -> str | None:
    """The web archive's own capture of a page that is nearest to a snapshot, if it has any."""
    safe = web_link(url)
    return (
        f"{_WAYBACK}/{_stamp(snapshot.captured_at)}/{quote(safe, safe=_URL_SIGNS)}"
        if safe
        else None
    )


def _stamp(moment: datetime) -> str:
    """A moment in fourteen digits. Source: RFC 7089 and the web archive's addresses."""
    return f"{moment.astimezone(UTC):%Y%m%d%H%M%S}"
