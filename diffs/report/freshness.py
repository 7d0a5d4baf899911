"""Whether the silence of sources can be trusted: in a sentence, a table, and for each source."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from textwrap import wrap

from diffs.report.passage import clean
from diffs.report.phrases import counted, duration, moment
from snapshots.records import Outcome, SourceStatus

# Sources that a sentence names before it only counts the others.
MOST_NAMED = 5
_BOLD, _RED, _YELLOW = "1", "1;31", "33"
_HEADS = ("source", "last answer", "last good visit", "next due (UTC)")
_ANSWER, _TIME = len("quarantined"), len("2021-05-01 06:00")


def statement(statuses: Sequence[SourceStatus], at: datetime) -> str:
    """The freshness of sources in a sentence that every form of a report carries.

    An example is ``On 2021-05-03 06:00 UTC, 2 of 2 sources had been visited; last answers: 1
    unchanged, 1 blocked. 1 is overdue: ice. 1 is blind: ice since 2021-05-01 06:00 UTC.``
    """
    visited = [status for status in statuses if status.last_outcome]
    sources = f"{len(visited)} of {counted(len(statuses), 'source')} had been visited"
    number = Counter(status.last_outcome for status in visited)
    answers = ", ".join(f"{number[each]} {each.value}" for each in Outcome if number[each])
    told = f"On {moment(at)}, {sources}{f'; last answers: {answers}' if answers else ''}."
    overdue = [clean(each.source) for each in statuses if each.is_overdue]
    blind = [
        f"{clean(each.source)} since {moment(each.blind_since)}"
        for each in statuses
        if each.blind_since
    ]
    return f"{told} {_named(overdue, 'overdue')} {_named(blind, 'blind')}"


def _named(names: list[str], what: str) -> str:
    if not names:
        return f"None is {what}."
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    told = f"{', '.join(names[:MOST_NAMED])}{more}"
    return f"{len(names)} {'is' if len(names) == 1 else 'are'} {what}: {told}."


def standing(status: SourceStatus, at: datetime) -> str:
    """What is wrong with one source's freshness, in words; "" when nothing is."""
    told = ["overdue"] if status.is_overdue else []
    if status.last_at is None:
        told.append("never visited")
    elif status.blind_since:
        blind_s = max(0, int((at - status.blind_since).total_seconds()))
        how = f"{duration(blind_s)}, {counted(status.bad_visits, 'visit')}"
        told.append(f"blind since {moment(status.blind_since)} ({how})")
    if status.is_quarantined:
        told.append(f"waits for: reworded accept {clean(status.source)}")
    return "; ".join(told)


def answer(status: SourceStatus) -> str:
    """What a source answered last and when, with the reason if it gave one; "" before that."""
    if status.last_outcome is None or status.last_at is None:
        return ""
    reason = f": {clean(status.last_reason)}" if status.last_reason else ""
    return f"last answer: {status.last_outcome.value} on {moment(status.last_at)}{reason}"


def table(statuses: Sequence[SourceStatus], at: datetime, *, colour: bool, width: int) -> list[str]:
    """The freshness of sources, a line each, with what is wrong or was not whole below it.

    Lines are broken at ``width``, except within a word or a link. Overdue sources are
    marked by ``!``.
    """
    names = max((len(clean(each.source)) for each in statuses), default=0)
    fixed = 2 + 2 + _ANSWER + 2 + _TIME + 2 + _TIME
    column = max(len("source"), min(names, width - fixed))
    lines = [_painted(_row(" ", *_HEADS, column), _BOLD, colour)]
    for each in statuses:
        lines.append(_painted(_line(each, at, column), _style(each), colour))
        lines += _below(each, at, width)
    return lines


def _line(status: SourceStatus, at: datetime, column: int) -> str:
    outcome = status.last_outcome.value if status.last_outcome else "none yet"
    good = _time(status.last_good_at) if status.last_good_at else "never"
    is_waiting = status.due_at is not None and status.due_at > at
    due = _time(status.due_at) if status.due_at and is_waiting else "now"
    mark = "!" if status.is_overdue else " "
    return _row(mark, clean(status.source), outcome, good, due, column)


def _row(mark: str, name: str, outcome: str, good: str, due: str, column: int) -> str:
    told = f"{mark} {name.ljust(column)}  {outcome.ljust(_ANSWER)}  {good.ljust(_TIME)}  {due}"
    return told.rstrip()


def _below(status: SourceStatus, at: datetime, width: int) -> list[str]:
    told = standing(status, at)
    last = answer(status) if told or status.last_reason else ""
    text = "; ".join(filter(None, (told, last)))
    indent = " " * 6
    return wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _style(status: SourceStatus) -> str:
    if status.is_overdue:
        return _RED
    return _YELLOW if status.blind_since else ""


def _painted(line: str, style: str, colour: bool) -> str:
    return f"\x1b[{style}m{line}\x1b[0m" if colour and style else line


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
