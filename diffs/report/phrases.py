"""The words that every form of a report shares. A claim is an interval, never a moment."""

from collections import Counter
from datetime import UTC, datetime

from diffs.report.passage import clean
from diffs.report.view import Relinked, Report, Unseen
from snapshots.records import (
    Change,
    ChangeRecord,
    Flag,
    Item,
    Kind,
    Match,
    Snapshot,
    SourceStatus,
    SubstitutionCount,
    Verdict,
)

_SIZES = (("day", 86_400), ("hour", 3_600), ("minute", 60))
_FIELDS = {"url": "link", "published": "date"}
_TITLE_WORDS = 12
_CALLED = {Verdict.MOVED: "moved", Verdict.ROLLED_OFF: "rolled off"}
_ORDER = ("added", "removed", "moved", "rolled off", "changed")
_FLAGS = {
    Flag.PUNCTUATION: "punctuation only",
    Flag.REWRITTEN: "rewritten",
    Flag.REVERTED: "back to an earlier wording",
    Flag.RETURNED: "returned after an absence",
    Flag.SPLIT: "divided among several items",
    Flag.MERGED: "several items made one",
}
_VERDICTS = {
    Verdict.GONE: "its own link answers 404 or 410 (gone)",
    Verdict.REDIRECTED: "its own link leads elsewhere (redirected)",
    Verdict.SOFT_404: "its own link answers with a “not found” page (soft 404)",
    Verdict.DELISTED: "its own link still answers; it is no longer listed (delisted)",
    Verdict.MOVED: "now listed in another source; not a removal",
    Verdict.ROLLED_OFF: "past the last page walked; not a removal",
    Verdict.BLOCKED: "its own link would not let us look (blocked)",
    Verdict.UNCONFIRMED: "what its own link answers is not known (unconfirmed)",
}


def moment(at: datetime) -> str:
    """A time to the minute, e.g. ``2021-06-01 00:00 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def day(at: datetime) -> str:
    """The day of a time in UTC, e.g. ``2021-06-01``."""
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def counted(count: int, noun: str) -> str:
    """A number of things, e.g. ``1 visit``, ``2 visits``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def duration(seconds: int) -> str:
    """A length of time in the largest unit that tells it, e.g. ``168 days``, ``25 hours``."""
    for unit, size in _SIZES:
        if seconds == size or seconds >= 2 * size:
            return counted(round(seconds / size), unit)
    return counted(seconds, "second")


def period(report: Report) -> str:
    """What the report covers, e.g. ``2018-01-03 00:00 UTC to 2021-06-01 00:00 UTC``."""
    since = moment(report.since) if report.since else "the first visit"
    return f"{since} to {moment(report.until or report.made_at)}"


def title(report: Report) -> str:
    """The report's title, e.g. ``What changed from 2018-01-03 to 2021-06-01``."""
    until = day(report.until or report.made_at)
    if report.since is None:
        return f"What changed up to {until}"
    return f"What changed from {day(report.since)} to {until}"


def summary(report: Report) -> str:
    """The counts in a sentence; in a second one, the visits that concluded nothing."""
    blind = sum(not visit.outcome.is_good for visit in report.failures)
    unseen = f" {counted(blind, 'visit')} could see too little to conclude anything."
    unseen = unseen if blind else ""
    return _counts(report) + unseen


def _counts(report: Report) -> str:
    if not report.changes:
        return f"No change found in {counted(len(report.sources), 'source')}."
    kinds = Counter(called(record.change) for record in report.changes)
    told = ", ".join(f"{kinds[kind]} {kind}" for kind in _ORDER if kinds[kind])
    sources = len({record.source for record in report.changes})
    changes = counted(len(report.changes), "change")
    return f"{changes} in {counted(sources, 'source')}: {told}."


def called(change: Change) -> str:
    """What kind of change it is in a word; what moved or rolled off was not removed."""
    if change.kind is Kind.REMOVED and change.verdict in _CALLED:
        return _CALLED[change.verdict]
    return change.kind.value


def headline(change: Change) -> str:
    """The change in words, e.g. ``changed: summary (punctuation only)``."""
    names = ", ".join(field_name(name) for name in change.changed)
    changed = f": {names}" if names else ""
    verdict = f" — {verdict_words(change.verdict)}" if change.verdict else ""
    flags = f" ({', '.join(map(flag_words, change.flags))})" if change.flags else ""
    return f"{called(change)}{changed}{verdict}{flags}"


def field_name(name: str) -> str:
    """What a reader calls a field, e.g. ``link`` for url."""
    return _FIELDS.get(name, clean(name))


def verdict_words(verdict: Verdict) -> str:
    """What became of an item, in words."""
    return _VERDICTS[verdict]


def flag_words(flag: Flag) -> str:
    """What is worth a reader's eye, in words."""
    return _FLAGS[flag]


def claim(record: ChangeRecord | Relinked) -> str:
    """What was seen of a change and when, with how blind we were in between.

    An example is ``Present on 2020-12-15 00:00 UTC, absent on 2021-06-01 00:00 UTC;
    0 good visits between, longest blind gap 168 days.``
    """
    seen = record.seen
    between = counted(seen.good_visits_between, "good visit")
    gap = duration(seen.longest_gap_s)
    return f"{_sides(record)}; {between} between, longest blind gap {gap}.{_back(record)}"


def _back(record: ChangeRecord | Relinked) -> str:
    """Of what came back: since when it had been gone, and how long the other stood."""
    if isinstance(record, Relinked) or record.away_since is None:
        return ""
    gone_s = (record.seen.new.captured_at - record.away_since).total_seconds()
    what = "It" if record.change.kind is Kind.ADDED else "The wording that is back"
    return f" {what} had been gone since {moment(record.away_since)}, for {duration(int(gone_s))}."


def _sides(record: ChangeRecord | Relinked) -> str:
    old, new = moment(record.seen.old.captured_at), moment(record.seen.new.captured_at)
    change = None if isinstance(record, Relinked) else record.change
    if change is None or change.kind is Kind.CHANGED:
        return f"Old form read on {old}, new form read on {new}"
    if change.verdict is Verdict.ROLLED_OFF:
        return f"Listed on {old}, past the last page walked on {new}"
    if change.kind is Kind.REMOVED:
        return f"Present on {old}, absent on {new}"
    first = "Seen again" if Flag.RETURNED in change.flags else "First seen"
    return f"{first} on {new}; {_absent(record.seen.old)} on {old}"


def _absent(snapshot: Snapshot) -> str:
    return "not there" if snapshot.is_complete else "not in what was seen (a partial snapshot)"


def item_name(item: Item) -> str:
    """What to call an item: its title, or its section, or how its text begins, or its link."""
    name = item.title or item.section or _opening(item.text or "") or item.url or item.key
    return clean(name).strip() or "(no name)"


def item_section(item: Item) -> str | None:
    """Where on its page an item with a name of its own stands, or None."""
    return clean(item.section) if item.title and item.section else None


def _opening(text: str) -> str:
    words = text.split()
    return " ".join(words[:_TITLE_WORDS]) + (" …" if len(words) > _TITLE_WORDS else "")


def relinked(fold: Relinked) -> str:
    """A fold's headline, e.g. ``118 items relinked, nothing else changed``."""
    return f"{counted(len(fold.changes), 'item')} relinked, nothing else changed"


def matched(match: Match) -> str:
    """Why two items are one, e.g. ``matched by likeness, score 0.972``."""
    return f"matched by {clean(match.by)}, score {match.score:.3f}"


def reach(count: SubstitutionCount) -> str:
    """How far a substitution goes, e.g. ``4 places in 3 items of 1 source``."""
    items, sources = counted(count.items, "item"), counted(count.sources, "source")
    return f"{counted(count.places, 'place')} in {items} of {sources}"


def when(count: SubstitutionCount) -> str:
    """The days of a substitution, e.g. ``2021-05-01`` or ``2018-01-03 to 2021-05-01``."""
    first, last = day(count.first), day(count.last)
    return first if first == last else f"{first} to {last}"


def looked(status: SourceStatus) -> str:
    """What was looked at and when, e.g. ``10 visits since 2020-11-09: 9 unchanged, 1 failed …``."""
    if status.first_at is None:
        return "never visited"
    outcomes = ", ".join(f"{count} {name}" for name, count in status.outcomes.items())
    since = f"{counted(status.visits, 'visit')} since {day(status.first_at)}: {outcomes}"
    good = moment(status.last_good_at) if status.last_good_at else "never"
    return f"{since}; last good visit {good}; {counted(status.items, 'item')} in force"


def digests(snapshot: Snapshot) -> str:
    """The digests of what a snapshot saw, the first in full."""
    first, *more = snapshot.digests or ("none",)
    return f"{first} and {len(more)} more" if more else first


def missed(each: Unseen) -> str:
    """What could not be seen, e.g. ``ice-news blocked: HTTP 403 (2021-05-03 06:00 UTC)``."""
    reason = f": {clean(each.reason)}" if each.reason else ""
    when = moment(each.first_at)
    if each.visits > 1:
        when = f"{counted(each.visits, 'visit')}, {when} to {moment(each.last_at)}"
    return f"{clean(each.source)} {each.outcome.value}{reason} ({when})"
