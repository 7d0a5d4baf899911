"""Changes, items and substitutions printed: as text for people, as JSON for machines."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from textwrap import fill
from typing import TYPE_CHECKING

from crawler.terminal import has_colour, remark, say, width
from snapshots.records import ChangeRecord, Item, SourceStatus, SubstitutionCount

if TYPE_CHECKING:
    from crawler.dates import Based
    from crawler.doctor import Finding
    from crawler.recipe_testing import Tried
    from crawler.retention import Plan
    from crawler.verifying import Verified
    from diffs.lexicon import Lexicon
    from diffs.trends import Trend
    from snapshots.archive.errata import Erratum


# What steers a terminal or is no character; JSON may write it as an escape just as well.
_STEERING = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)


def json_line(value: object) -> str:
    """Return a value as one line of JSON, its characters as they are unless they steer."""
    line = json.dumps(value, ensure_ascii=False)
    return _STEERING.sub(lambda found: json.dumps(found[0])[1:-1], line)


def show_changes(
    records: Iterable[ChangeRecord],
    form: str,
    lexicon: "Lexicon | None" = None,
    *,
    is_watched: bool = False,
) -> None:
    """Print changes, one JSON object a line or as text, with the watched terms they touch.

    ``is_watched``: only those that touch any.
    """
    if not (found := list(records)):
        return
    from diffs.report.jsonl import change_json
    from diffs.report.text import render_change
    from diffs.watched import watched

    colour, columns = has_colour(), width()
    for record in found:
        day = record.seen.new.captured_at.date()
        terms = watched(record.change, lexicon, day) if lexicon else ()
        if is_watched and not terms:
            continue
        if form == "jsonl":
            say(json_line(change_json(record)))
            continue
        lines = render_change(record, colour=colour, width=columns, is_named=True, watched=terms)
        say("\n".join(lines) + "\n")


def show_based(based: "Based", form: str) -> None:
    """Print what differs from a base, and on stderr which snapshots were compared."""
    for line in based.remarks():
        remark(line)
    show_changes(based.records, form)


def show_items(items: Iterable[Item], form: str) -> None:
    """Print items in their order, one JSON object a line or as text."""
    from diffs.report.jsonl import item_json

    for number, item in enumerate(items, 1):
        say(json_line(item_json(item)) if form == "jsonl" else _item_text(number, item))


def show_substitutions(counts: Iterable[SubstitutionCount], form: str) -> None:
    """Print substitutions in their order, one JSON object a line or as a table."""
    if form == "jsonl":
        from diffs.report.jsonl import substitution_json

        for count in counts:
            say(json_line(substitution_json(count)))
        return
    from diffs.report.terms import table

    found = list(counts)
    say("\n".join(table(found, width=width())) if found else "no phrase became another")


def show_trends(trends: Iterable["Trend"], form: str) -> None:
    """Print trends, one JSON object a line or as bars over time."""
    if form == "jsonl":
        from diffs.report.jsonl import trend_json

        for trend in trends:
            say(json_line(trend_json(trend)))
        return
    from diffs.report.terms import trend_lines

    for trend in trends:
        say("\n".join(["", *trend_lines(trend, width=width())]))


def show_errata(errata: Sequence["Erratum"], form: str) -> None:
    """Print errata in their order, one JSON object a line or in words."""
    from crawler.errata_told import erratum_json, erratum_lines

    for erratum in errata:
        if form == "jsonl":
            say(json_line(erratum_json(erratum)))
            continue
        say("\n".join([*erratum_lines(erratum, errata, width()), ""]))


def show_plan(planned: "Plan", form: str, *, is_done: bool) -> None:
    """Print what a rule lets go, or let go, as one JSON object or in words."""
    from crawler.retention_told import plan_json, plan_lines

    if form == "jsonl":
        say(json_line(plan_json(planned, is_done=is_done)))
        return
    say("\n".join(plan_lines(planned, is_done=is_done, width=width())))


def show_tried(source: str, tried: Sequence["Tried"], form: str) -> None:
    """Print what a recipe reads of each visit, one JSON object a line or as a table."""
    from crawler.recipe_told import ending, table, tried_json

    if form == "jsonl":
        for each in tried:
            say(json_line(tried_json(source, each)))
        return
    if tried:
        say("\n".join(table(tried, width=width())))
    say(f"{source}: {ending(tried)}")


def show_statuses(statuses: Sequence[SourceStatus], now: datetime, form: str) -> None:
    """Print how fresh sources are, one JSON object a line or as a table under a sentence."""
    if form == "jsonl":
        from diffs.report.jsonl import status_json

        for status in statuses:
            say(json_line(status_json(status)))
        return
    from diffs.report.freshness import statement, table

    colour, columns = has_colour(), width()
    say(fill(statement(statuses, now), columns, break_long_words=False, break_on_hyphens=False))
    say("")
    say("\n".join(table(statuses, now, colour=colour, width=columns)))


def show_verified(found: "Verified", head: str | None, *, every: bool) -> None:
    """Print what came of verifying an archive; what is wrong with it goes to stderr.

    ``head`` was asked for. ``every``: tell all that is wrong, not only the first.
    """
    from diffs.report.passage import clean
    from diffs.report.phrases import chain_head, counted

    told = found.faults if every else found.faults[:1]
    for fault in told:
        remark(f"reworded: {clean(str(fault))}")
    if further := len(found.faults) - len(told):
        remark(f"reworded: and {counted(further, 'further fault')}, which --all tells")
    payloads, captures, visits = found.counts
    rule = (
        f" ({found.thinned} of them thinned by rule: their digests only)" if found.thinned else ""
    )
    held = ", ".join(
        (
            counted(payloads, "payload") + rule,
            counted(captures, "capture"),
            counted(visits, "visit"),
        )
    )
    agreed = "every payload and every link of the chain agree"
    verdict = counted(len(found.faults), "fault") if found.faults else agreed
    say(f"{held}: {verdict}; {chain_head(found.head)}")
    if head and found.pinned is None:
        remark(f"reworded: {clean(head)} is no part of the chain: it was cut or written anew since")
    elif head and found.pinned is not None:
        since = counted(found.head.records - found.pinned, "record")
        say(f"the head asked for was over {counted(found.pinned, 'record')}; {since} since")


def show_findings(findings: Iterable["Finding"], form: str) -> None:
    """Print what a look around came to, one JSON object or one line of text each."""
    from diffs.report.passage import clean

    for each in findings:
        if form == "jsonl":
            told = {"mark": each.mark.value, "about": each.about, "told": each.told}
            say(json_line({**told, "remedy": each.remedy}))
        else:
            remedy = f"; {each.remedy}" if each.remedy else ""
            say(clean(f"{each.mark.value:<4}  {each.about}: {each.told}{remedy}"))


def _item_text(number: int, item: Item) -> str:
    from diffs.report.passage import clean, shortened

    head = clean(item.title or item.text or item.url or "")
    lines = [f"{number:>4}. {shortened(head, 40)}"]
    told = (item.section and f"in {item.section}", item.published, item.url)
    lines += [f"      {clean(line)}" for line in told if line]
    if item.summary:
        lines.append(f"      {shortened(clean(item.summary), 40)}")
    named = [f"{k}: {v}" for k, v in item.fields.items() if k != "block"]
    return "\n".join([*lines, *(f"      {clean(line)}" for line in named)])
