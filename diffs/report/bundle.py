"""The page that an evidence bundle is read by: one change, both sides, and how to check them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from diffs.report import html, phrases
from diffs.report.view import Noted
from snapshots.records import Capture, ChangeRecord, Kind, Outcome, Revisit, Verdict

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")
_REPEATS = {
    Revisit.NOT_MODIFIED: "not modified since it was last read",
    Revisit.SAME_PAYLOAD: "the same bytes as last time",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTold:
    """One visit of those from one side to the other; ``shows``: what it is there for, or None.

    ``accepted_at`` is when a person took it for real though it was doubted, or None.
    """

    number: int
    started_at: datetime
    outcome: Outcome
    reason: str | None
    accepted_at: datetime | None
    shows: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTold:
    """One page as it was answered, with its payload, what it shows, and its link.

    ``is_thinned``: a rule of retention let the payload go; only its digest is known.
    """

    shows: str
    visit: int
    capture: Capture
    link: int
    is_thinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTold:
    """What a missing item's own link answered; ``status`` None: nothing."""

    url: str
    at: datetime
    verdict: Verdict
    status: int | None
    final_url: str
    digest: str | None
    link: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the page tells of one change. ``until`` is the moment of the newest thing seen.

    ``notes`` are what analysts made of it, which is no evidence.
    """

    record: ChangeRecord
    version: str
    title: str
    url: str
    until: datetime
    visits: tuple[VisitTold, ...]
    answers: tuple[AnswerTold, ...]
    probes: tuple[ProbeTold, ...]
    first_link: int
    last_link: int
    last_hash: str
    links: int
    is_whole: bool
    notes: tuple[Noted, ...] = ()


def render(evidence: Evidence) -> str:
    """The page as an HTML document: self-contained, no script, nothing to fetch."""
    return html.document("evidence.html.jinja", evidence=evidence, words=_WORDS)


def _finding(record: ChangeRecord) -> str:
    """The finding in a sentence, which names the item and what became of it."""
    change = record.change
    name = phrases.item_name(change.item)
    if change.kind is Kind.CHANGED:
        how = phrases.kind_words(change)
        return f"“{name}” was changed: {how}." if how else f"“{name}” was changed."
    if change.kind is Kind.ADDED:
        return f"“{name}” was added."
    word = phrases.called(change)
    return f"“{name}” {'was removed' if word == 'removed' else word}."


def _repeats(capture: Capture) -> str:
    """What a capture repeats, in words; "" for one that came with bytes of its own."""
    return _REPEATS[capture.revisit] if capture.revisit else ""


def _sides(answers: Iterable[AnswerTold]) -> list[list[AnswerTold]]:
    """The answers, those of one visit together."""
    return [list(side) for _, side in groupby(answers, key=lambda each: (each.visit, each.shows))]


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """A sentence in pieces, and whether each is a moment, which no line break divides."""
    end = 0
    for found in _MOMENT.finditer(text):
        yield False, text[end : found.start()]
        yield True, found[0]
        end = found.end()
    yield False, text[end:]


def _size(size_bytes: int) -> str:
    """A number of bytes, e.g. ``12,345 bytes``."""
    return f"{size_bytes:,} bytes"


_WORDS = {
    "finding": _finding,
    "pieces": _pieces,
    "repeats": _repeats,
    "sides": _sides,
    "size": _size,
}
