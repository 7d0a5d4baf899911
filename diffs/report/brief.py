"""Changes in a few lines of plain text, for chats and hooks. No name in it calls anybody."""

import re

from diffs.report.digest import ranked, subject
from diffs.report.inline import cut
from diffs.report.passage import clean, elided, whole
from diffs.report.phrases import claim, counted, findings, headline, importance_words, item_name
from diffs.report.sheet import signed
from diffs.report.view import Report, told_apart
from snapshots.records import ChangeRecord

MOST_TOLD = 10
_EDIT_WORDS = 25
# What a chat might take for a call to somebody, or to everybody: @here, <!channel>, <@U1>.
_CALLS = re.compile(r"([@<])(?=\S)")


def render(report: Report) -> str:
    """The findings in a sentence, then the most important changes, then how many more."""
    order = ranked(report)
    told = [findings(report), *(_change(record, report) for record in order[:MOST_TOLD])]
    if rest := len(order) - MOST_TOLD if len(order) > MOST_TOLD else 0:
        told.append(f"and {counted(rest, 'more change')}, which `reworded changes` tells")
    return muted("\n\n".join(told))


def title(report: Report) -> str:
    """What the message is about, in numbers."""
    return muted(subject(report))


def muted(text: str) -> str:
    """The text with a word joiner, which is not seen, after signs that could call somebody."""
    return _CALLS.sub("\\1\u2060", text)


def _change(record: ChangeRecord, report: Report) -> str:
    change, worth = record.change, report.importance.get(record.id)
    edits = [
        signed(cut(elided(whole(each), 4), _EDIT_WORDS)) for each in told_apart(change).values()
    ]
    lines = [
        f"#{record.id} {clean(record.source)}: {item_name(change.item)}",
        headline(change),
        *edits[:2],
        claim(record),
        f"Importance {importance_words(worth)}" if worth else "",
        clean(change.item.url or ""),
    ]
    return "\n".join(line for line in lines if line)
