"""Changes as Markdown, for an issue, a chat or a mail. Page text stays text."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from diffs.importance import Importance
from diffs.report import noted
from diffs.report.freshness import answer, standing, statement
from diffs.report.passage import clean, elided, web_link, whole
from diffs.report.phrases import (
    HEAD,
    called,
    chain_head,
    claim,
    day,
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
)
from diffs.report.view import Card, Relinked, Report, Section, Unseen, sections, told_apart, unseen
from diffs.watched import Touched
from snapshots.records import ChangeRecord, Edit, FieldChange, SourceStatus, SubstitutionCount

_SIGNS = re.compile(r"[\\`*_\[\]|~#$]")
_SPACES = re.compile(r" {2,}")  # four would begin a code block, two end a line
_LEADING = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")
_URL_SIGNS = "/:?#[]@!$&()*+,;=%~-._"
_MARKS = {"delete": ("~~", "~~"), "insert": ("**", "**")}
# Where a mark would stand between a letter and a sign, Markdown takes it for text.
_TAGS = {"delete": ("<del>", "</del>"), "insert": ("<ins>", "</ins>")}
_GLYPHS = {"added": "➕", "removed": "➖", "changed": "✏️", "moved": "➡️", "rolled off": "⤵️"}


def render(report: Report) -> str:
    """The whole report as CommonMark with GitHub's strikethrough and tables."""
    made = f"{period(report)}; made {moment(report.made_at)}, Reworded {escape(report.version)}"
    blocks = [
        f"# {title(report)}",
        made,
        f"**{summary(report)}**",
        escape(statement(report.sources, report.made_at)),
        *_substitutions(report.substitutions),
        *_compared(report),
        *_looked_at(report),
        *(block for section in sections(report) for block in _section(section, report)),
        *_unseen(unseen(report)),
        *([f"{HEAD} {chain_head(report.head)}"] if report.head else []),
    ]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """Page text that Markdown and HTML leave as it is, wherever in a line it stands."""
    text = _SPACES.sub(" ", clean(text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LEADING.sub(_led, _SIGNS.sub(r"\\\g<0>", text))


def _led(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def link(words: str, url: str | None) -> str:
    """The words, linked if the URL is one of the web."""
    safe = web_link(url)
    if safe is None:
        return escape(words)
    return f"[{escape(words)}](<{quote(safe, safe=_URL_SIGNS)}>)"


def edited(edits: tuple[Edit, ...]) -> str:
    """The edits in a line: ``~~aliens~~ **noncitizens**``."""
    told = ""
    for i, edit in enumerate(edits):
        is_replacing = i > 0 and edit.op == "insert" and edits[i - 1].op == "delete"
        told += " " if is_replacing and not told.endswith(" ") else ""
        following = edits[i + 1] if i + 1 < len(edits) else None
        is_replaced = edit.op == "delete" and following is not None and following.op == "insert"
        told += _edit(edit, told, "" if following is None or is_replaced else following.text)
    return told


def _edit(edit: Edit, told: str, following: str) -> str:
    """An edit after what is told already, and before the text that it touches, if any."""
    if edit.op == "keep" or not edit.text.strip():
        return escape(edit.text)
    # Markdown reads no emphasis where the marks stand beside a space on the inside.
    text, inner = edit.text, escape(edit.text.strip())
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    begins = _may_stand(inner[0], (told + before)[-1:])
    ends = _may_stand(inner[-1], (after + following)[:1])
    opened, closed = (_MARKS if begins and ends else _TAGS)[edit.op]
    return f"{before}{opened}{inner}{closed}{after}"


def _may_stand(inside: str, outside: str) -> bool:
    """Whether Markdown reads a mark between two characters as emphasis, whatever its dialect.

    Source: CommonMark 0.31, 6.2, left- and right-flanking delimiter runs.
    """
    return inside.isalnum() or not outside or outside.isspace()


def _substitutions(counts: tuple[SubstitutionCount, ...]) -> list[str]:
    head = "| before | after | where | first | last | the other way |\n|" + " --- |" * 6
    table = "\n".join([head, *map(_row, counts)])
    return ["## Phrases that became others", table] if counts else []


def _row(count: SubstitutionCount) -> str:
    old, new = Edit("delete", clean(count.old)), Edit("insert", clean(count.new))
    days = day(count.first), day(count.last)
    cells = (edited((old,)), edited((new,)), reach(count), *days, str(count.reverse_places))
    return f"| {' | '.join(cells)} |"


def _compared(report: Report) -> list[str]:
    told = "\n".join(f"- {escape(each)}" for each in report.compared)
    return ["## What was compared", told] if told else []


def _looked_at(report: Report) -> list[str]:
    told = [
        f"- {link(each.title, each.url)}: {escape(looked(each))}{_wrong(each, report)}"
        for each in report.sources
    ]
    return ["## What was looked at", "\n".join(told)] if told else []


def _wrong(status: SourceStatus, report: Report) -> str:
    wrong = standing(status, report.made_at)
    last = f"; {escape(answer(status))}" if status.last_outcome else ""
    return f"; **{escape(wrong)}**{last}" if wrong else ""


def _section(section: Section, report: Report) -> list[str]:
    status = section.status
    name = link(status.title, status.url) if status else escape(section.source)
    return [f"## {name}", *(_card(card, report) for card in section.cards)]


def _card(card: Card, report: Report) -> str:
    if isinstance(card, Relinked):
        told = _relinked(card)
    else:
        told = render_change(card, report.watched.get(card.id, ()), report.importance.get(card.id))
    records = card.changes if isinstance(card, Relinked) else (card,)
    told += "".join(f"\n\n{escape(each)}" for each in noted.lines(report, *records))
    return f"{told}\n\n`{digests(card.seen.old)}` → `{digests(card.seen.new)}`"


def _relinked(fold: Relinked) -> str:
    items = [f"- {link(item_name(c.change.item), c.change.item.url)}" for c in fold.changes]
    head = f"### {_GLYPHS['changed']} {relinked(fold)}"
    listed = "\n".join(["<details><summary>The items</summary>", "", *items, "", "</details>"])
    return f"{head}\n\n{claim(fold)}\n\n{listed}"


def render_change(
    record: ChangeRecord, watched: Sequence[Touched] = (), worth: Importance | None = None
) -> str:
    """One change: a heading, what changed, the watched terms, the interval, the importance."""
    change = record.change
    head = f"### {_GLYPHS[called(change)]} {link(item_name(change.item), change.item.url)}"
    place = item_section(change.item)
    section = f" · {escape(place)}" if place else ""
    told = [_field(name, field) for name, field in told_apart(change).items()]
    told += [f"**{escape(touches(watched))}**"] if watched else []
    why = [f"Importance {escape(importance_words(worth))}"] if worth else []
    return "\n\n".join([head, f"{escape(headline(change))}{section}", *told, claim(record), *why])


def _field(name: str, field: FieldChange) -> str:
    return f"> {escape(field_name(name))}: {edited(elided(whole(field)))}"


def _unseen(each: tuple[Unseen, ...]) -> list[str]:
    told = "\n".join(f"- {escape(missed(miss))}" for miss in each)
    return ["## What could not be seen", told] if told else []
