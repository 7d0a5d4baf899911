"""What analysts noted of a change: the words of persons, told apart from what was seen."""

from collections.abc import Callable, Iterator, Sequence

from diffs.report.passage import clean
from diffs.report.phrases import moment
from diffs.report.view import Noted, Report
from snapshots.records import ChangeRecord


def said(each: Noted) -> list[str]:
    """What a note assesses, in words, e.g. ``["importance: high", "notice given: no"]``."""
    told = [f"importance: {_words(each, each.importance)}"] if each.importance else []
    told += [f"notice given: {clean(each.notice_given)}"] if each.notice_given else []
    return [*told, *kinds(each)]


def kinds(each: Noted) -> list[str]:
    """The kinds of change that an analyst named, in words."""
    return [_words(each, key) for key in each.vocabulary]


def importance(each: Noted) -> str | None:
    """The importance that an analyst gave, in words; None is not assessed."""
    return _words(each, each.importance) if each.importance else None


def lines(report: Report, *records: ChangeRecord) -> list[str]:
    """The notes on changes, a line each; of several changes they say on which."""
    is_one = len(records) == 1
    return [
        line(each) if is_one else f"#{record.id}: {line(each)}"
        for record in records
        for each in report.notes.get(record.id, ())
    ]


def line(each: Noted) -> str:
    """A note in a line, e.g. ``Noted by Ada on 2021-05-01 06:00 UTC: notice given: no``."""
    told = said(each)
    told += [f"also available at {clean(each.available_at)}"] if each.available_at else []
    told += [f"“{clean(each.note)}”"] if each.note else []
    return f"Noted by {clean(each.analyst)} on {moment(each.at)}: {'; '.join(told)}"


def cell(notes: Sequence[Noted], told: Callable[[Noted], str | None]) -> str | None:
    """What the notes of a change say of one thing; who says it, where they are of several."""
    found = [(each.analyst, words) for each in notes if (words := told(each))]
    if len(notes) < 2:
        return found[0][1] if found else None
    return " ¶ ".join(f"{analyst}: {words}" for analyst, words in found) or None


def cells(notes: Sequence[Noted]) -> Iterator[str | None]:
    """Yield what a sheet has of the notes of a change, in the order of its columns.

    These are importance, kinds of change, notice given, where else it is to be had, who
    noted it and when, and what.
    """
    yield cell(notes, importance)
    yield cell(notes, lambda each: "; ".join(kinds(each)))
    yield cell(notes, lambda each: each.notice_given)
    yield cell(notes, lambda each: each.available_at)
    yield "; ".join(each.analyst for each in notes) or None
    yield cell(notes, lambda each: moment(each.at))
    yield cell(notes, lambda each: each.note)


def _words(each: Noted, key: str) -> str:
    return clean(each.words.get(key, key))
