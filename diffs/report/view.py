"""What a report holds, and in which groups it is told. Values only; decides no wording."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from diffs.importance import Importance
from diffs.trends import Trend
from diffs.watched import Touched
from snapshots.records import (
    ChainHead,
    Change,
    ChangeRecord,
    FieldChange,
    Item,
    Kind,
    Outcome,
    Seen,
    Snapshot,
    SourceStatus,
    SubstitutionCount,
    Visit,
)

RELINKED_ALONE = 20
"""Up to so many items that were only relinked are still told one by one."""

_IN_HEADING = ("title", "url", "section")


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One source's visits by day, counted by outcome, oldest first."""

    source: str
    days: tuple[tuple[date, dict[Outcome, int]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What one analyst made of a change. None is not assessed.

    ``importance`` and ``vocabulary`` are keys of the list of ``choices``; ``words`` are theirs.
    """

    analyst: str
    at: datetime
    choices: str
    importance: str | None = None
    vocabulary: tuple[str, ...] = ()
    notice_given: str | None = None
    available_at: str | None = None
    note: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was looked at, what changed, and what could not be seen.

    ``since`` and ``until`` bound the period; None leaves that side open.
    ``failures`` are the visits that concluded nothing; their captures are left out.
    With a ``base`` the changes are what differs from the snapshots in force then, and
    ``compared`` says, a line each, which these were and which sources had none.
    ``watched`` are the watched terms that changes touch, by the changes' numbers, and
    ``importance`` how much each asks for a reader's eye; ``notes`` are the newest of each
    analyst, by the changes' numbers as well. ``trends`` are charts of terms,
    ``recipes`` what each source was read with, by digest, and ``lexicons`` the packs watched.
    ``head`` pins the archive that the report was made of.
    """

    made_at: datetime
    version: str
    since: datetime | None
    until: datetime | None
    sources: tuple[SourceStatus, ...]
    changes: tuple[ChangeRecord, ...]
    substitutions: tuple[SubstitutionCount, ...]
    failures: tuple[Visit, ...]
    base: datetime | None = None
    compared: tuple[str, ...] = ()
    watched: Mapping[int, tuple[Touched, ...]] = field(default_factory=dict)
    importance: Mapping[int, Importance] = field(default_factory=dict)
    notes: Mapping[int, tuple[Noted, ...]] = field(default_factory=dict)
    activity: tuple[Activity, ...] = ()
    trends: tuple[Trend, ...] = ()
    recipes: Mapping[str, str] = field(default_factory=dict)
    lexicons: tuple[str, ...] = ()
    head: ChainHead | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relinked:
    """Many items whose link alone changed in one interval, as when a site is rebuilt."""

    seen: Seen
    changes: tuple[ChangeRecord, ...]


Card = ChangeRecord | Relinked


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One source's changes. ``status`` is None when the report holds no standing of it."""

    source: str
    status: SourceStatus | None
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Visits to one source that concluded nothing for one reason."""

    source: str
    outcome: Outcome
    reason: str | None
    visits: int
    first_at: datetime
    last_at: datetime


def sections(report: Report) -> tuple[Section, ...]:
    """The sources that changed, in the report's order of sources."""
    status = {each.source: each for each in report.sources}
    order = dict.fromkeys([*status, *(change.source for change in report.changes)])
    told = {source: [c for c in report.changes if c.source == source] for source in order}
    return tuple(
        Section(source=source, status=status.get(source), cards=cards(records))
        for source, records in told.items()
        if records
    )


def cards(records: Sequence[ChangeRecord]) -> tuple[Card, ...]:
    """One source's records in order, with many relinked alike folded into one card."""
    folds = _folds(records)
    cards: list[Card] = []
    for record in records:
        fold = folds.get(_interval(record)) if is_relinked_only(record.change) else None
        if fold is None:
            cards.append(record)
        elif record is fold.changes[0]:
            cards.append(fold)
    return tuple(cards)


def _folds(records: Sequence[ChangeRecord]) -> dict[tuple[int, int], Relinked]:
    alike: defaultdict[tuple[int, int], list[ChangeRecord]] = defaultdict(list)
    for record in records:
        if is_relinked_only(record.change):
            alike[_interval(record)].append(record)
    return {
        interval: Relinked(seen=each[0].seen, changes=tuple(each))
        for interval, each in alike.items()
        if len(each) > RELINKED_ALONE
    }


def _interval(record: ChangeRecord) -> tuple[int, int]:
    return record.seen.old.id, record.seen.new.id


def is_relinked_only(change: Change) -> bool:
    """Whether the item's link changed and nothing else did."""
    return change.kind is Kind.CHANGED and change.changed == ("url",)


def unseen(report: Report) -> tuple[Unseen, ...]:
    """The visits that concluded nothing, alike ones together, by source and first time."""
    ordered = sorted(report.failures, key=lambda v: (v.source, v.outcome, v.reason or ""))
    groups = (tuple(g) for _, g in groupby(ordered, key=lambda v: (v.source, v.outcome, v.reason)))
    return tuple(sorted(map(_alike, groups), key=lambda each: (each.source, each.first_at)))


def _alike(visits: tuple[Visit, ...]) -> Unseen:
    started = [visit.started_at for visit in visits]
    return Unseen(
        source=visits[0].source,
        outcome=visits[0].outcome,
        reason=visits[0].reason,
        visits=len(visits),
        first_at=min(started),
        last_at=max(started),
    )


def fields_of(change: Change) -> dict[str, FieldChange]:
    """The fields that a change tells; of an item added or removed, all that it states."""
    if change.fields or change.kind is Kind.CHANGED:
        return dict(change.fields)
    is_added = change.kind is Kind.ADDED
    return {
        name: FieldChange(None, value) if is_added else FieldChange(value, None)
        for name, value in _stated(change.item).items()
    }


def told_apart(change: Change) -> dict[str, FieldChange]:
    """The fields to tell below an item's own heading, which shows title, link and section."""
    is_whole = change.kind is not Kind.CHANGED
    fields = fields_of(change).items()
    return {name: each for name, each in fields if not (is_whole and name in _IN_HEADING)}


def _stated(item: Item) -> dict[str, str]:
    own = {
        "title": item.title,
        "url": item.url,
        "summary": item.summary,
        "published": item.published,
        "section": item.section,
        "text": item.text,
    }
    return {name: value for name, value in own.items() if value is not None} | dict(item.fields)


def cited(report: Report) -> tuple[Snapshot, ...]:
    """The snapshots that changes rest on, each once, oldest first."""
    found = {s.id: s for record in report.changes for s in (record.seen.old, record.seen.new)}
    return tuple(sorted(found.values(), key=lambda s: (s.captured_at, s.id)))


def terms_touched(report: Report) -> tuple[str, ...]:
    """The watched terms that changes touch, as a reader would filter by them."""
    names = {
        name
        for touched in report.watched.values()
        for each in touched
        for name in (each.old, each.new)
        if name
    }
    return tuple(sorted(names, key=str.casefold))
