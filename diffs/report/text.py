"""Changes as plain text for a terminal or a mail. No control character of a page gets out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from diffs.report import noted
from diffs.report.freshness import answer, standing, statement
from diffs.report.passage import clean, elided, shortened, whole
from diffs.report.phrases import (
    HEAD,
    called,
    chain_head,
    claim,
    counted,
    digests,
    field_name,
    headline,
    importance_words,
    item_name,
    item_section,
    looked,
    missed,
    moment,
    period,
    reach,
    relinked,
    summary,
    title,
    touches,
    when,
)
from diffs.report.view import Card, Relinked, Report, Section, Unseen, sections, told_apart, unseen
from diffs.watched import Touched
from snapshots.records import Change, ChangeRecord, Edit, FieldChange, Kind, SubstitutionCount

_WHOLE_WORDS = 60
_INDENT = "    "
_GLYPHS = {"added": "+", "removed": "−", "changed": "~", "moved": "→", "rolled off": "↓"}
_COLOURS = {"added": "32", "removed": "31", "changed": "33", "moved": "36", "rolled off": "36"}
_BOLD, _DIM, _RED, _GREEN = "1", "2", "31", "32"
_DELETED, _INSERTED = "31;9", "32;4"

# Where an edit begins and ends. Cleaned text holds no control characters, so that these
# stand for nothing else while lines are broken.
_MARKS = {"delete": ("\x01", "\x02"), "insert": ("\x03", "\x04"), "keep": ("", "")}
_PLAIN = {"\x01": "[-", "\x02": "-]", "\x03": "{+", "\x04": "+}"}
_ANSI = {"\x01": f"\x1b[{_DELETED}m", "\x03": f"\x1b[{_INSERTED}m"}
_RESET = "\x1b[0m"


def render(report: Report, *, colour: bool, width: int) -> str:
    """The whole report; lines are broken at ``width``, except within a word or a link."""
    paper = _Paper(colour=colour, width=width)
    blocks = [
        _opening(report, paper),
        _substitutions(report, paper),
        _compared(report, paper),
        _looked_at(report, paper),
        *(_section(section, paper, report) for section in sections(report)),
        _unseen(unseen(report), paper),
        _footer(report, paper),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def render_change(
    record: ChangeRecord,
    *,
    colour: bool,
    width: int,
    is_named: bool = False,
    watched: Sequence[Touched] = (),
) -> list[str]:
    """The lines that tell one change; ``is_named``: with its source."""
    paper = _Paper(colour=colour, width=width)
    return _change(record, paper, watched, f"{clean(record.source)} " if is_named else "")


def render_fields(change: Change, *, colour: bool, width: int) -> list[str]:
    """The lines that tell what a change did to an item's fields."""
    return _fields(change, _Paper(colour=colour, width=width))


def paragraph(text: str, *, indent: str = "", width: int) -> list[str]:
    """The text broken at ``width``, except within a word or a link, and indented."""
    return _Paper(colour=False, width=width).lines(text, indent=indent)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paper:
    """What is written on: how wide it is, and whether it shows colour."""

    colour: bool
    width: int

    def lines(self, text: str, *, indent: str = "", style: str | None = None) -> list[str]:
        """The text broken to the width and indented, every line in the style."""
        broken = wrap(
            text,
            max(self.width, 24),
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        if not (self.colour and style):
            return broken
        return [f"{indent}\x1b[{style}m{line[len(indent) :]}{_RESET}" for line in broken]

    def edits(self, label: str, edits: tuple[Edit, ...]) -> list[str]:
        """A label and the edits, marked by signs or by colours."""
        text = "".join(f"{_MARKS[e.op][0]}{e.text}{_MARKS[e.op][1]}" for e in edits)
        if not self.colour:
            text = re.sub(r"[\x01-\x04]", lambda mark: _PLAIN[mark[0]], text)
        lines = self.lines(f"{label}: {text}", indent=_INDENT)
        return _painted(lines) if self.colour else lines


def _painted(lines: list[str]) -> list[str]:
    # An edit that runs over a line's end is closed there and opened again on the next line.
    painted, pending = [], ""
    for line in lines:
        body = line.removeprefix(_INDENT)
        opened = pending + body
        last = max(opened.rfind("\x01"), opened.rfind("\x03"))
        is_open = last > max(opened.rfind("\x02"), opened.rfind("\x04"))
        pending = opened[last] if is_open else ""
        ansi = re.sub(r"[\x01-\x04]", lambda mark: _ANSI.get(mark[0], _RESET), opened)
        painted.append(f"{_INDENT}{ansi}{_RESET if is_open else ''}")
    return painted


def _opening(report: Report, paper: _Paper) -> list[str]:
    return [
        *paper.lines(title(report), style=_BOLD),
        *paper.lines(f"{period(report)}; made {moment(report.made_at)}, Reworded {report.version}"),
        *paper.lines(summary(report)),
        *paper.lines(statement(report.sources, report.made_at)),
    ]


def _substitutions(report: Report, paper: _Paper) -> list[str]:
    counts = [line for each in report.substitutions for line in _substitution(each, paper)]
    return [*paper.lines("Phrases that became others", style=_BOLD), *counts] if counts else []


def _substitution(count: SubstitutionCount, paper: _Paper) -> list[str]:
    back = f"; the other way in {counted(count.reverse_places, 'place')}"
    told = f"{reach(count)}, {when(count)}"
    phrase = f"{clean(count.old)} → {clean(count.new)}"
    return paper.lines(f"{phrase}: {told}{back if count.reverse_places else ''}", indent="  ")


def _section(section: Section, paper: _Paper, report: Report) -> list[str]:
    status = section.status
    name = f"{section.source} — {status.title}" if status else section.source
    lines = paper.lines(clean(name), style=_BOLD)
    lines += paper.lines(clean(status.url), style=_DIM) if status else []
    for card in section.cards:
        lines += ["", *_card(card, paper, report)]
    return lines


def _card(card: Card, paper: _Paper, report: Report) -> list[str]:
    if isinstance(card, Relinked):
        told = _relinked(card, paper)
    else:
        told = _change(card, paper, report.watched.get(card.id, ()))
        if worth := report.importance.get(card.id):
            why = f"Importance {importance_words(worth)}"
            told += paper.lines(why, indent=_INDENT, style=_DIM)
    records = card.changes if isinstance(card, Relinked) else (card,)
    for each in noted.lines(report, *records):
        told += paper.lines(each, indent=_INDENT)
    evidence = f"{digests(card.seen.old)} → {digests(card.seen.new)}"
    return [*told, *paper.lines(evidence, indent=_INDENT, style=_DIM)]


def _compared(report: Report, paper: _Paper) -> list[str]:
    lines = [line for each in report.compared for line in paper.lines(clean(each), indent="  ")]
    return [*paper.lines("What was compared", style=_BOLD), *lines] if lines else []


def _looked_at(report: Report, paper: _Paper) -> list[str]:
    lines = paper.lines("What was looked at", style=_BOLD)
    for status in report.sources:
        lines += paper.lines(clean(f"{status.source} — {status.title}"), indent="  ")
        lines += paper.lines(clean(status.url), indent=_INDENT, style=_DIM)
        lines += paper.lines(looked(status), indent=_INDENT)
        if wrong := standing(status, report.made_at):
            told = "; ".join(filter(None, (wrong, answer(status))))
            lines += paper.lines(told, indent=_INDENT, style=_RED)
    return lines if report.sources else []


def _relinked(fold: Relinked, paper: _Paper) -> list[str]:
    numbers = f"#{fold.changes[0].id} to #{fold.changes[-1].id}"
    return [
        *paper.lines(f"~ {numbers} {relinked(fold)}", indent="  ", style=_COLOURS["changed"]),
        *paper.lines(claim(fold), indent=_INDENT, style=_DIM),
    ]


def _change(
    record: ChangeRecord, paper: _Paper, watched: Sequence[Touched], source: str = ""
) -> list[str]:
    change = record.change
    word = called(change)
    head = f"{_GLYPHS[word]} #{record.id} {source}{headline(change)}"
    return [
        *paper.lines(head, indent="  ", style=_COLOURS[word]),
        *paper.lines(item_name(change.item), indent=_INDENT, style=_BOLD),
        *paper.lines(item_section(change.item) or "", indent=_INDENT),
        *paper.lines(clean(change.item.url or ""), indent=_INDENT, style=_DIM),
        *_fields(change, paper),
        *paper.lines(touches(watched), indent=_INDENT, style=_BOLD),
        *paper.lines(claim(record), indent=_INDENT, style=_DIM),
    ]


def _fields(change: Change, paper: _Paper) -> list[str]:
    told = told_apart(change).items()
    if change.kind is Kind.CHANGED:
        return [line for n, f in told for line in paper.edits(field_name(n), elided(whole(f)))]
    return [line for n, f in told for line in _one_side(n, f, paper)]


def _one_side(name: str, field: FieldChange, paper: _Paper) -> list[str]:
    text = field.new if field.old is None else field.old
    style = _GREEN if field.old is None else _RED
    told = f"{field_name(name)}: {shortened(clean(text or ''), _WHOLE_WORDS)}"
    return paper.lines(told, indent=_INDENT, style=style)


def _footer(report: Report, paper: _Paper) -> list[str]:
    return paper.lines(f"{HEAD} {chain_head(report.head)}", style=_DIM) if report.head else []


def _unseen(each: tuple[Unseen, ...], paper: _Paper) -> list[str]:
    told = [line for miss in each for line in paper.lines(missed(miss), indent="  ")]
    return [*paper.lines("What could not be seen", style=_BOLD), *told] if told else []
