"""A search through the archive, printed: where a phrase came or went, and what holds it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.query import fts_query
from crawler.showing import json_line
from crawler.terminal import has_colour, remark, say, width
from diffs.report.jsonl import change_json
from diffs.report.passage import clean
from diffs.report.phrases import (
    claim,
    counted,
    field_name,
    headline,
    item_name,
    moment,
)
from diffs.report.text import paragraph
from snapshots.archive import Archive
from snapshots.archive.rows import stamp
from snapshots.archive.search import Holding, Marked, Passage
from snapshots.errors import ConfigError
from snapshots.records import ChangeRecord

# Words around a hit in a passage that is longer than this, and the hits that are shown of it.
CONTEXT_WORDS, LONG_WORDS, MOST_HITS = 12, 60, 3
# Stand for the ends of a hit while lines are broken: cleaned text holds neither.
BEGIN_HIT, END_HIT = "\x01", "\x02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for, in which way, and where.

    Neither added nor removed: changes either way, and then what holds it now. ``is_ever``:
    all that ever held it, instead of changes. ``most`` of each are shown.
    """

    query: str
    is_added: bool = False
    is_removed: bool = False
    is_ever: bool = False
    sources: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    most: int = 50


def search(archive: Archive, sought: Sought, form: str) -> None:
    """Print what is found, one JSON object a line or as text.

    Raises:
        ConfigError: the query cannot be read, or asks for two things at once.
    """
    is_one_way = sought.is_added or sought.is_removed
    if sought.is_ever and is_one_way:
        raise ConfigError("--ever looks in wordings, --added and --removed in changes; give one")
    query = fts_query(sought.query)
    found = 0
    if not sought.is_ever:
        found += _show_changes(archive, sought, query, form)
    if not is_one_way:
        found += _show_holding(archive, sought, query, form)
    if not found:
        remark(f"nothing is found of {sought.query!r}")


def _show_changes(archive: Archive, sought: Sought, query: str, form: str) -> int:
    is_both = sought.is_added == sought.is_removed
    found = archive.search.changes(
        query,
        is_added=sought.is_added or is_both,
        is_removed=sought.is_removed or is_both,
        sources=sought.sources,
        since=sought.since,
        until=sought.until,
    )
    shown = dict(list(found.items())[: sought.most])
    passages: dict[int, list[Passage]] = {}
    numbers = [number for each in shown.values() for number in each]
    for passage in archive.search.passages(numbers, query):
        passages.setdefault(passage.change, []).append(passage)
    records = {record.id: record for record in archive.knowledge.changes(among=shown)}
    for number in shown:
        if form == "jsonl":
            say(json_line(found_json(records[number], passages[number])))
        else:
            say("\n".join(_change(records[number], passages[number])) + "\n")
    _tell_rest(len(found), sought.most, "change")
    return len(found)


def _show_holding(archive: Archive, sought: Sought, query: str, form: str) -> int:
    found = archive.search.holding(
        query,
        is_standing=not sought.is_ever,
        sources=sought.sources,
        since=sought.since,
        until=sought.until,
    )
    if found and form == "text":
        say(f"Held {'so far' if sought.is_ever else 'now'} by {counted(len(found), 'item')}:\n")
    for holding in found[: sought.most]:
        snippets = archive.search.snippets(holding.version, query)
        if form == "jsonl":
            told = {name: marked_json(each) for name, each in snippets.items()}
            say(json_line({**holding_json(holding), "snippets": told}))
        else:
            lines = [line for each in snippets.values() for line in _passage("  ", each)]
            say("\n".join([*_held(holding), *lines]) + "\n")
    _tell_rest(len(found), sought.most, "item")
    return len(found)


def _tell_rest(found: int, most: int, noun: str) -> None:
    if found > most:
        remark(f"{counted(found - most, f'more {noun}')}; --limit {found} shows all")


def _change(record: ChangeRecord, passages: Sequence[Passage]) -> list[str]:
    """A change in lines: what and where it is, its interval, and its passages."""
    head = f"{record.id}  {clean(record.source)}  {item_name(record.change.item)}"
    lines = paragraph(head, width=width())
    lines += paragraph(headline(record.change), indent="    ", width=width())
    lines += paragraph(claim(record), indent="    ", width=width())
    for passage in passages:
        lines.append(f"    {clean(field_name(passage.field))}")
        for sign, side in (("−", passage.old), ("+", passage.new)):
            lines += _passage(f"{sign} ", side) if side else []
    return lines


def _held(holding: Holding) -> list[str]:
    until = f"gone by {moment(holding.until)}" if holding.until else "it still stands"
    interval = f"first read with it on {moment(holding.first)}; {until}"
    told = f"{interval}; {counted(holding.wordings, 'wording')}"
    name = clean(holding.title or holding.section or holding.item)
    return [
        *paragraph(f"{clean(holding.source)}  {name}", width=width()),
        *paragraph(told, indent="    ", width=width()),
    ]


def _passage(sign: str, marked: Marked) -> list[str]:
    """A text in lines, the hits bold, or between stars where there is no colour."""
    text = " … ".join(around_hits(marked))
    begin, end = ("\x1b[1m", "\x1b[0m") if has_colour() else ("*", "*")
    lines = paragraph(sign + text, indent="      ", width=width())
    return [line.replace(BEGIN_HIT, begin).replace(END_HIT, end) for line in lines]


def around_hits(marked: Marked) -> Iterator[str]:
    """Yield the parts of a text that are around its first hits; the start of one without any.

    Each hit stands between ``BEGIN_HIT`` and ``END_HIT``.
    """
    words = [(m.start(), m.end()) for m in re.finditer(r"\S+", marked.text)]
    if len(words) <= LONG_WORDS:
        yield _with_marks(marked, 0, len(marked.text))
        return
    hits = marked.hits[:MOST_HITS] or ((0, 0),)
    kept: list[tuple[int, int]] = []
    for begin, end in hits:
        first = sum(stop <= begin for _, stop in words) - CONTEXT_WORDS
        last = sum(start < end for start, _ in words) + CONTEXT_WORDS
        first, last = max(first, 0), min(last, len(words))
        if kept and first <= kept[-1][1]:
            first = kept.pop()[0]
        kept.append((first, last))
    for first, last in kept:
        yield _with_marks(marked, words[first][0], words[last - 1][1])


def _with_marks(marked: Marked, start: int, stop: int) -> str:
    text, place = "", start
    for begin, end in marked.hits:
        if start <= begin and end <= stop:
            hit = clean(marked.text[begin:end])
            text += f"{clean(marked.text[place:begin])}{BEGIN_HIT}{hit}{END_HIT}"
            place = end
    return text + clean(marked.text[place:stop])


def found_json(record: ChangeRecord, passages: Sequence[Passage]) -> dict[str, object]:
    """A change that was found, as ``search --format jsonl`` prints it."""
    told = change_json(record)
    del told["fields"]
    sides = [
        {
            "field": each.field,
            "old": marked_json(each.old) if each.old else None,
            "new": marked_json(each.new) if each.new else None,
        }
        for each in passages
    ]
    return {"found": "change", **told, "passages": sides}


def holding_json(holding: Holding) -> dict[str, object]:
    """An item that holds what was sought, as ``search --format jsonl`` prints it."""
    return {
        "found": "item",
        "source": holding.source,
        "key": holding.item,
        "title": holding.title,
        "section": holding.section,
        "first_at": stamp(holding.first),
        "until_at": stamp(holding.until) if holding.until else None,
        "wordings": holding.wordings,
    }


def marked_json(marked: Marked) -> dict[str, object]:
    """A text and where in it the hits are."""
    return {"text": marked.text, "hits": [list(hit) for hit in marked.hits]}
