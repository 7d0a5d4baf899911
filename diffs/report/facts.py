"""What the report's filters ask of each card, as data of which the script reads no text."""

import json
from collections.abc import Iterable, Iterator, Sequence

from diffs.report.passage import clean
from diffs.report.phrases import called, day
from diffs.report.view import Card, Relinked, Report, Section
from diffs.watched import Touched

Fact = str | int | tuple[str, ...]


def facts(report: Report, sections: Sequence[Section]) -> str:
    """The facts of all cards in their order, as JSON that a script element may hold.

    Each column has its distinct ``values``, and in ``at`` each card's place among them:
    ``{"day": {"values": ["2021-01-02"], "at": [0, 0]}, …}``.
    """
    rows = [_facts(report, card) for each in sections for card in each.cards]
    names = ("kind", "day", "worth", "flags", "terms")
    columns = zip(*rows, strict=True) if rows else ()
    told = {name: _column(column) for name, column in zip(names, columns, strict=False)}
    # A text that closes the element, or opens a comment in it, would begin with this sign.
    return json.dumps(told, separators=(",", ":")).replace("<", "\\u003c")


def _column(facts: Sequence[Fact]) -> dict[str, list[Fact] | list[int]]:
    places = {fact: place for place, fact in enumerate(dict.fromkeys(facts))}
    return {"values": list(places), "at": [places[fact] for fact in facts]}


def _facts(report: Report, card: Card) -> tuple[Fact, ...]:
    at = day(card.seen.new.captured_at)
    if isinstance(card, Relinked):
        return "changed", at, 0, (), ()
    worth = report.importance.get(card.id)
    flags = tuple(flag.value for flag in card.change.flags)
    terms = tuple(dict.fromkeys(_names(report.watched.get(card.id, ()))))
    score = worth.score if worth else 0
    return called(card.change), at, score, flags, terms


def _names(touched: Iterable[Touched]) -> Iterator[str]:
    for each in touched:
        yield from (clean(name) for name in (each.old, each.new) if name)
