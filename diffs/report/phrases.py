"""The words that every form of a report shares. A claim is an interval, never a moment."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from diffs.importance import Importance
from diffs.kinds import kinds
from diffs.report.passage import clean
from diffs.report.view import Relinked, Report, Unseen
from diffs.watched import Touched
from snapshots.records import (
    A_FILE,
    ChainHead,
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
_MOST_TOLD = 3
_CALLED = {Verdict.MOVED: "moved", Verdict.ROLLED_OFF: "rolled off"}
_ORDER = ("added", "removed", "moved", "rolled off", "changed")
_FLAGS = {
    Flag.PUNCTUATION: "punctuation only",
    Flag.REWRITTEN: "rewritten",
    Flag.STEALTH: "the wording changed, its date did not",
    Flag.DATE_BUMP: "the date changed, nothing else did",
    Flag.BACKDATED: "new, but dated well before the last visit",
    Flag.REVERTED: "back to an earlier wording",
    Flag.RETURNED: "returned after an absence",
    Flag.FLAPPING: "goes back and forth, and further swings are held until it stands still",
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


def read_on(snapshot: Snapshot) -> str:
    """When a snapshot was captured, and by whom if not by ourselves.

    An example is ``2020-06-01 00:00 UTC (as kept by web.archive.org)``.
    """
    return f"{moment(snapshot.captured_at)}{kept(snapshot)}"


def kept(snapshot: Snapshot) -> str:
    """Who kept what a snapshot was read from, in brackets; "" where it was seen by ourselves."""
    if snapshot.kept_by is None:
        return ""
    by = "from" if snapshot.kept_by == A_FILE else "as kept by"
    return f" ({by} {clean(snapshot.kept_by)})"


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
    if report.base:
        until = moment(report.until or report.made_at)
        return f"What was in force on {moment(report.base)} against {until}"
    since = moment(report.since) if report.since else "the first visit"
    return f"{since} to {moment(report.until or report.made_at)}"


def title(report: Report) -> str:
    """The report's title, e.g. ``What changed from 2018-01-03 to 2021-06-01``."""
    until = day(report.until or report.made_at)
    if report.base:
        return f"What differs on {until} from {day(report.base)}"
    if report.since is None:
        return f"What changed up to {until}"
    return f"What changed from {day(report.since)} to {until}"


def summary(report: Report) -> str:
    """The counts in a sentence; in a second one, the visits that concluded nothing."""
    blind = sum(not visit.outcome.is_good for visit in report.failures)
    unseen = f" {counted(blind, 'visit')} could see too little to conclude anything."
    unseen = unseen if blind else ""
    return _counts(report) + unseen


def findings(report: Report) -> str:
    """The findings in a few plain sentences: the counts, the phrases, and what is gone."""
    found = [_counts(report), *_when(report), *_swapped(report.substitutions), *_vanished(report)]
    blind = sum(not visit.outcome.is_good for visit in report.failures)
    if blind:
        found.append(f"{counted(blind, 'visit')} could see too little to conclude anything.")
    return " ".join(found)


def _when(report: Report) -> list[str]:
    """Between which days the changes became visible, and how blind we were at the worst."""
    if not report.changes:
        return []
    seen = [record.seen for record in report.changes]
    first = min(each.old.captured_at for each in seen)
    last = max(each.new.captured_at for each in seen)
    gap = duration(max(each.longest_gap_s for each in seen))
    days = f"between {day(first)} and {day(last)}"
    return [f"They became visible {days}; the longest time without a good visit was {gap}."]


def _swapped(counts: Sequence[SubstitutionCount]) -> list[str]:
    """The phrases that systematically became others, those of most items first."""
    told = sorted((c for c in counts if c.is_systematic), key=lambda c: (-c.items, c.first))
    return [
        f"“{clean(c.old)}” became “{clean(c.new)}” in {counted(c.items, 'item')}"
        f" ({counted(c.places, 'place')})."
        for c in told[:_MOST_TOLD]
    ]


def _vanished(report: Report) -> list[str]:
    """The removed items by name, the most important first."""
    gone = [r for r in report.changes if called(r.change) == Kind.REMOVED.value]
    if not gone:
        return []
    worth = {n: each.score for n, each in report.importance.items()}
    gone.sort(key=lambda record: (-worth.get(record.id, 0), record.id))
    told = list(dict.fromkeys(item_name(record.change.item) for record in gone))[:_MOST_TOLD]
    names = "; ".join(f"“{name}”" for name in told)
    more = f" and {len(gone) - len(told)} more" if len(gone) > len(told) else ""
    return [f"No longer there: {names}{more}."]


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
    """The change in words, e.g. ``changed: retitled, relinked (back to an earlier wording)``."""
    names = kind_words(change)
    changed = f": {names}" if names else ""
    verdict = f" — {verdict_words(change.verdict)}" if change.verdict else ""
    flags = "; ".join(flags_told(change))
    return f"{called(change)}{changed}{verdict}{f' ({flags})' if flags else ''}"


def kind_words(change: Change) -> str:
    """What kinds of change an item went through, e.g. ``retitled, relinked``; "" for none."""
    return clean(", ".join(kinds(change)))


def flags_told(change: Change) -> list[str]:
    """What is worth a reader's eye, in words, beside what the kinds say already."""
    said = (Flag.PUNCTUATION, Flag.REWRITTEN)
    return [flag_words(flag) for flag in change.flags if flag not in said]


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
    length = duration(int(gone_s))
    stood = f"had stood since {moment(record.stood_since)} and " if record.stood_since else ""
    if record.change.kind is Kind.ADDED:
        return f" It {stood}was gone by {moment(record.away_since)}; it was away for {length}."
    gone = f"The wording that is back {stood}was gone by {moment(record.away_since)}"
    return f" {gone}; what replaced it stood for {length}."


def _sides(record: ChangeRecord | Relinked) -> str:
    old, new = read_on(record.seen.old), read_on(record.seen.new)
    change = None if isinstance(record, Relinked) else record.change
    if change is None or change.kind is Kind.CHANGED:
        return f"Old form read on {old}, new form read on {new}"
    if change.verdict is Verdict.ROLLED_OFF:
        return f"Listed on {old}, past the last page walked on {new}"
    if change.kind is Kind.REMOVED:
        return f"Present on {old}, absent on {new}"
    if not isinstance(record, Relinked) and record.is_folded:
        return f"Present on {new}; {_absent(record.seen.old)} on {old}"
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


def touched(each: Touched) -> str:
    """A watched term and its direction, e.g. ``alien → noncitizen (2 places), as “…” asks``."""
    old, new = clean(each.old or ""), clean(each.new or "")
    way = f"{old} → {new}" if old and new else f"{old} taken out" if old else f"{new} put in"
    asks = f", as {_quoted(each.packs)} asks" if each.packs else ""
    against = f", against {_quoted(each.against)}" if each.against else ""
    return f"{way} ({counted(each.times, 'place')}){asks or against}"


def touches(each: Sequence[Touched]) -> str:
    """The watched terms of a change in a line; none is no line."""
    return f"watched: {'; '.join(map(touched, each))}" if each else ""


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"“{clean(name)}”" for name in names)


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


# What the head is for; `reworded verify --head` asks for it.
HEAD = "What was kept until then is pinned by its"


def chain_head(head: ChainHead) -> str:
    """What pins everything that was kept, e.g. ``chain head sha256:9f… over 12 records``."""
    return f"chain head {head.hash} over {counted(head.records, 'record')}"


def missed(each: Unseen) -> str:
    """What could not be seen, e.g. ``ice-news blocked: HTTP 403 (2021-05-03 06:00 UTC)``."""
    reason = f": {clean(each.reason)}" if each.reason else ""
    when = moment(each.first_at)
    if each.visits > 1:
        when = f"{counted(each.visits, 'visit')}, {when} to {moment(each.last_at)}"
    return f"{clean(each.source)} {each.outcome.value}{reason} ({when})"


def importance_words(found: Importance) -> str:
    """How important a change is and why, e.g. ``45: removed +35, watched term +10``."""
    reasons = ", ".join(f"{name.replace('_', ' ')} {points:+g}" for name, points in found.reasons)
    return f"{found.score} of 100{f': {reasons}' if reasons else ''}"


def kinds_told(report: Report) -> list[str]:
    """The kinds of change that a report holds, in the order of its summary."""
    found = {called(record.change) for record in report.changes}
    return [kind for kind in _ORDER if kind in found]


def flags_of(report: Report) -> list[str]:
    """The flags that a report's changes have."""
    found = {flag for record in report.changes for flag in record.change.flags}
    return [flag.value for flag in Flag if flag in found]
