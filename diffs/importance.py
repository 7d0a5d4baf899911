"""How much a change asks for a reader's eye: a number from 0 to 100, and its reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from diffs.watched import Touched
from diffs.words import words
from snapshots.records import Change, Flag, Kind, Verdict

MOST = 100
# What each reason adds. A configuration's ``[importance]`` table may set others.
WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "added": 10.0,
        "removed": 35.0,
        "gone": 15.0,
        "rolled_off": -30.0,
        "moved": -25.0,
        "watched_term": 30.0,
        "further_term": 10.0,
        "words_changed": 30.0,
        "rewritten": 10.0,
        "stealth": 15.0,
        "backdated": 10.0,
        "reverted": 10.0,
        "returned": 10.0,
        "retitled": 10.0,
        "punctuation": -20.0,
        "date_bump": -10.0,
    }
)
_FLAGS = (
    Flag.REWRITTEN,
    Flag.STEALTH,
    Flag.BACKDATED,
    Flag.REVERTED,
    Flag.RETURNED,
    Flag.PUNCTUATION,
    Flag.DATE_BUMP,
)
_GONE = (Verdict.GONE, Verdict.SOFT_404, Verdict.REDIRECTED)
_WORDED = ("title", "summary", "text")


@dataclass(frozen=True, slots=True)
class Importance:
    """A number from 0 to 100, and what it is made of: names of weights, and what each added."""

    score: int
    reasons: tuple[tuple[str, float], ...]


def importance(
    change: Change, touched: Sequence[Touched] = (), weights: Mapping[str, float] = WEIGHTS
) -> Importance:
    """Return how important a change is, given the watched terms that it touches.

    A reason whose weight is 0 is not told. ``words_changed`` counts by the share of an
    item's words that changed, and ``further_term`` once for each term after the first.
    """
    shares = {name: share for name, share in _reasons(change, touched) if share}
    told = tuple(
        (name, round(weights[name] * share, 1)) for name, share in shares.items() if weights[name]
    )
    total = sum(points for _, points in told)
    return Importance(max(0, min(MOST, round(total))), told)


def _reasons(change: Change, touched: Sequence[Touched]) -> list[tuple[str, float]]:
    terms = len({(each.old, each.new) for each in touched})
    found = [
        ("added", float(change.kind is Kind.ADDED)),
        ("removed", float(change.kind is Kind.REMOVED)),
        ("gone", float(change.verdict in _GONE)),
        ("rolled_off", float(change.verdict is Verdict.ROLLED_OFF)),
        ("moved", float(change.verdict is Verdict.MOVED)),
        ("watched_term", float(terms > 0)),
        ("further_term", float(max(0, terms - 1))),
        ("words_changed", share_changed(change)),
        ("retitled", float("title" in change.changed)),
    ]
    return found + [(flag.value, float(flag in change.flags)) for flag in _FLAGS]


def share_changed(change: Change) -> float:
    """Return the share of a changed item's words that its edits touch, from 0 to 1."""
    if change.kind is not Kind.CHANGED:
        return 0.0
    touched = whole = 0
    for name in _WORDED:
        if (field := change.fields.get(name)) is None:
            continue
        sides = [len(words(text)) for text in (field.old or "", field.new or "")]
        ops = ("delete", "insert")
        edited = [sum(len(words(e.text)) for e in field.edits if e.op == op) for op in ops]
        whole += max(sides)
        touched += max(edited) if field.edits else max(sides)
    return min(1.0, touched / whole) if whole else 0.0
