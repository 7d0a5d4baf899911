"""Changes as CSV, a row each: for spreadsheets and statistics."""

from diffs.report import noted
from diffs.report.cells import at, sheet
from diffs.report.passage import elided, whole
from diffs.report.phrases import called, claim, digests, item_name, kind_words
from diffs.report.view import Report, fields_of
from diffs.watched import Touched
from snapshots.records import Change, ChangeRecord, Edit

COLUMNS = (
    "id",
    "source",
    "kind",
    "kinds",
    "verdict",
    "flags",
    "importance",
    "reasons",
    "terms",
    "name",
    "url",
    "section",
    "item",
    "before",
    "after",
    "edits",
    "present_at",
    "changed_by",
    "good_visits_between",
    "longest_gap_s",
    "match_by",
    "match_score",
    "old_digest",
    "new_digest",
    "claim",
    "analyst_importance",
    "analyst_kinds",
    "notice_given",
    "available_at",
    "analyst",
    "noted_at",
    "note",
)
_SIGNS = {"delete": "[-{}-]", "insert": "{{+{}+}}", "keep": "{}"}


def render(report: Report) -> str:
    """The header, and one row a change in the report's order."""
    return sheet(COLUMNS, (_row(record, report) for record in report.changes))


def _row(record: ChangeRecord, report: Report) -> list[object]:
    change, seen = record.change, record.seen
    worth = report.importance.get(record.id)
    return [
        record.id,
        record.source,
        called(change),
        kind_words(change),
        change.verdict.value if change.verdict else None,
        " ".join(change.flags),
        worth.score if worth else None,
        reasons(report, record),
        terms(report.watched.get(record.id, ())),
        item_name(change.item),
        change.item.url,
        change.item.section,
        change.item.key,
        sides(change, old=True),
        sides(change, old=False),
        edits_told(change),
        at(seen.old.captured_at),
        at(seen.new.captured_at),
        seen.good_visits_between,
        seen.longest_gap_s,
        change.match.by if change.match else None,
        change.match.score if change.match else None,
        digests(seen.old),
        digests(seen.new),
        claim(record),
        *noted.cells(report.notes.get(record.id, ())),
    ]


def reasons(report: Report, record: ChangeRecord) -> str:
    """What a change's importance is made of, e.g. ``removed 35; gone 15``."""
    worth = report.importance.get(record.id)
    told = worth.reasons if worth else ()
    return "; ".join(f"{name.replace('_', ' ')} {points:g}" for name, points in told)


def terms(touched: tuple[Touched, ...]) -> str:
    """The watched terms of a change with their directions, e.g. ``alien → noncitizen``."""
    return "; ".join(f"{each.old or ''} → {each.new or ''}" for each in touched)


def sides(change: Change, *, old: bool) -> str:
    """The old or the new side of every field that a change tells, each after its name."""
    told = ((name, each.old if old else each.new) for name, each in fields_of(change).items())
    return " ¶ ".join(f"{name}: {text}" for name, text in told if text is not None)


def edits_told(change: Change) -> str:
    """The word edits of a changed item, e.g. ``text: … criminal [-aliens-]{+noncitizens+}.``."""
    if not change.changed:
        return ""
    fields = fields_of(change).items()
    return " ¶ ".join(f"{name}: {signed(elided(whole(each)))}" for name, each in fields)


def signed(edits: tuple[Edit, ...]) -> str:
    """The edits with signs around what was taken out and put in."""
    return "".join(_SIGNS.get(edit.op, "{}").format(edit.text) for edit in edits)
