"""A digest of one page for mail: plain text, and HTML that mail clients leave as it is.

The HTML has tables, inline styles, and nothing to fetch or to run.
"""

from collections.abc import Sequence
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from textwrap import wrap

from diffs.report import inline, noted
from diffs.report.freshness import statement
from diffs.report.inline import cut, escape
from diffs.report.passage import clean, elided, whole
from diffs.report.phrases import (
    HEAD,
    called,
    chain_head,
    claim,
    counted,
    day,
    field_name,
    findings,
    headline,
    importance_words,
    item_name,
    item_section,
    missed,
    period,
    reach,
    title,
    touches,
)
from diffs.report.sheet import signed
from diffs.report.view import Report, told_apart, unseen
from snapshots.records import ChangeRecord, SubstitutionCount

# What one page holds: findings told in full, further ones by name, phrases, and blind visits.
MOST_TOLD = 6
MOST_NAMED = 40
MOST_PHRASES = 5
MOST_UNSEEN = 5
_EDIT_WORDS = 40
_WIDTH = 72
_FONT = "font-family:Georgia,'Times New Roman',serif"
_SMALL = "margin:0;font-size:13px;line-height:19px;color:#555555"
_CELL = "padding:6px 8px;border-bottom:1px solid #dddddd;font-size:14px;text-align:left"
_BADGES = {"added": "#14622d", "removed": "#b3261e", "changed": "#7a4f01"}
_LINK = "color:#0b4a8f;text-decoration:underline"


def render(report: Report) -> str:
    """The digest as a message that a mail program opens, to read or to send on."""
    message = mail(report, sender="Reworded <reworded@reworded.invalid>")
    message["X-Unsent"] = "1"
    return message.as_string()


def mail(
    report: Report,
    *,
    sender: str,
    to: Sequence[str] = (),
    key: str | None = None,
    domain: str = "reworded.invalid",
) -> EmailMessage:
    """The digest as a message with two alternatives, text first.

    ``key`` names the message within the ``domain``, so that a receiver knows one that came
    twice; by default it follows from what is told. No header holds a word of a page.
    """
    message = EmailMessage(policy=SMTP)
    named = key or _key(report)
    message["Subject"] = subject(report)
    message["From"] = clean(sender)
    if to:
        message["To"] = ", ".join(map(clean, to))
    message["Date"] = format_datetime(report.made_at.astimezone(UTC))
    message["Message-ID"] = f"<{named}@{clean(domain)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain(report), cte="quoted-printable")
    message.add_alternative(page(report), subtype="html", cte="quoted-printable")
    # Neither coded part can hold an underscore after an equals sign. Source: RFC 2045, 6.7.
    message.set_boundary(f"=_{named[:48]}")
    return message


def subject(report: Report) -> str:
    """What the mail is about, in numbers: short, so that no header need be folded.

    An example is ``Reworded: 3 changes in 2 sources, 2021-05-01 to 2021-05-03``.
    """
    sources = counted(len({record.source for record in report.changes}), "source")
    changes = f"{counted(len(report.changes), 'change')} in {sources}"
    since, until = report.base or report.since, day(report.until or report.made_at)
    days = f"{day(since)} to {until}" if since else f"up to {until}"
    return f"Reworded: {changes if report.changes else 'no change'}, {days}"


def _key(report: Report) -> str:
    told = f"{title(report)} {[record.id for record in report.changes]} {report.made_at}"
    return sha256(told.encode()).hexdigest()[:32]


def ranked(report: Report) -> list[ChangeRecord]:
    """The changes, the most important first."""
    worth = {number: each.score for number, each in report.importance.items()}
    return sorted(report.changes, key=lambda r: (-worth.get(r.id, 0), r.source, r.id))


def _phrases(report: Report) -> list[SubstitutionCount]:
    return sorted(report.substitutions, key=lambda c: (not c.is_systematic, -c.items))[
        :MOST_PHRASES
    ]


# Plain text.


def plain(report: Report) -> str:
    """The digest as text, its lines broken at 72 signs except within a word or a link."""
    order = ranked(report)
    blocks = [
        [title(report), "=" * len(title(report)), *_lines(period(report))],
        _lines(findings(report)),
        [
            line
            for each in _phrases(report)
            for line in _lines(
                f"* {clean(each.old)} -> {clean(each.new)}: {reach(each)}", indent="  "
            )
        ],
        *(_card(record, report) for record in order[:MOST_TOLD]),
        _named(order[MOST_TOLD:]),
        [line for each in unseen(report)[:MOST_UNSEEN] for line in _lines(f"! {missed(each)}")],
        _lines(statement(report.sources, report.made_at)),
        _lines(_footer(report)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _card(record: ChangeRecord, report: Report) -> list[str]:
    change, worth = record.change, report.importance.get(record.id)
    place = item_section(change.item)
    told = [
        f"{headline(change)}{f' · {place}' if place else ''}",
        clean(change.item.url or ""),
        *(
            f"{field_name(name)}: {signed(cut(elided(whole(each)), _EDIT_WORDS))}"
            for name, each in told_apart(change).items()
        ),
        touches(report.watched.get(record.id, ())),
        claim(record),
        f"Importance {importance_words(worth)}" if worth else "",
        *noted.lines(report, record),
    ]
    head = f"#{record.id} {clean(record.source)}: {item_name(change.item)}"
    return [*_lines(head), *(line for each in told if each for line in _lines(each, indent="    "))]


def _named(records: Sequence[ChangeRecord]) -> list[str]:
    told = [f"#{r.id} {called(r.change)}: {item_name(r.change.item)}" for r in records[:MOST_NAMED]]
    more = _more(records)
    return [line for each in [*told, *more] for line in _lines(each)]


def _more(records: Sequence[ChangeRecord]) -> list[str]:
    """What a page cannot hold is at least counted, with where to find it."""
    rest = len(records) - MOST_NAMED
    return [f"and {counted(rest, 'more change')}, which `reworded changes` tells"] * (rest > 0)


def _lines(text: str, indent: str = "") -> list[str]:
    return wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _footer(report: Report) -> str:
    made = f"Made by Reworded {clean(report.version)}."
    return f"{made} {HEAD} {chain_head(report.head)}." if report.head else made


# HTML.


def page(report: Report) -> str:
    """The digest as an HTML document of at most 640 pixels' width."""
    order = ranked(report)
    rows = [
        f'<h1 style="margin:0 0 4px;font-size:22px;line-height:28px">{escape(title(report))}</h1>'
        + _small(period(report)),
        f'<p style="margin:0;font-size:16px;line-height:24px">{escape(findings(report))}</p>',
        _phrase_table(_phrases(report)),
        *(_card_html(record, report) for record in order[:MOST_TOLD]),
        _list([_name_html(record) for record in order[MOST_TOLD:][:MOST_NAMED]])
        + "".join(map(_small, _more(order[MOST_TOLD:]))),
        _list([escape(missed(each)) for each in unseen(report)[:MOST_UNSEEN]]),
        _small(statement(report.sources, report.made_at)) + _small(_footer(report)),
    ]
    body = "".join(
        f'<tr><td style="padding:14px 20px;text-align:left">{row}</td></tr>' for row in rows if row
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(subject(report))}</title></head>\n"
        '<body style="margin:0;padding:0;background:#f2f2f2">'
        f"{_table('width:100%;background:#f2f2f2')}<tr>"
        '<td align="center" style="padding:12px 4px">'
        f"{_table(f'width:100%;max-width:640px;background:#ffffff;color:#1a1a1a;{_FONT}')}\n"
        f"{body}\n</table></td></tr></table></body></html>\n"
    )


def _table(style: str) -> str:
    plain = 'role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"'
    return f'<table {plain} style="{style}">'


def _small(text: str) -> str:
    return f'<p style="{_SMALL}">{escape(text)}</p>'


def _phrase_table(counts: Sequence[SubstitutionCount]) -> str:
    if not counts:
        return ""
    rows = "".join(
        f'<tr><td style="{_CELL}"><del style="color:#b3261e">{escape(each.old)}</del> → '
        f'<ins style="color:#14622d">{escape(each.new)}</ins></td>'
        f'<td style="{_CELL}">{escape(reach(each))}</td></tr>'
        for each in counts
    )
    head = (
        f'<tr><th scope="col" style="{_CELL}">Phrases that became others</th>'
        f'<th scope="col" style="{_CELL}">where</th></tr>'
    )
    return (
        '<table cellpadding="0" cellspacing="0" border="0" width="100%" '
        f'style="width:100%;border-collapse:collapse">{head}{rows}</table>'
    )


def _card_html(record: ChangeRecord, report: Report) -> str:
    change, worth = record.change, report.importance.get(record.id)
    word = called(change)
    place = item_section(change.item)
    named = f"#{record.id} · {clean(record.source)}{f' · {place}' if place else ''}"
    colour = _BADGES.get(word, "#444444")
    told = [
        f'<p style="margin:0 0 6px;font-size:15px;line-height:23px">{each}</p>'
        for each in inline.fields(change, _EDIT_WORDS)
    ]
    touched = touches(report.watched.get(record.id, ()))
    small = [touched, claim(record), f"Importance {importance_words(worth)}" if worth else ""]
    small += noted.lines(report, record)
    return (
        f"{_table(f'width:100%;border-left:4px solid {colour}')}<tr>"
        '<td style="padding:0 0 0 12px">'
        f"{_small(named)}"
        '<h2 style="margin:2px 0;font-size:17px;line-height:23px">'
        f"{inline.heading(change, _LINK)}</h2>"
        f'<p style="margin:0 0 6px;font-size:14px;line-height:20px;color:{colour}">'
        f"<strong>{escape(headline(change))}</strong></p>"
        f"{''.join(told)}{''.join(_small(each) for each in small if each)}"
        "</td></tr></table>"
    )


def _name_html(record: ChangeRecord) -> str:
    return f"{escape(called(record.change))}: {inline.heading(record.change, _LINK)}"


def _list(lines: Sequence[str]) -> str:
    items = "".join(
        f'<li style="margin:0 0 4px;font-size:14px;line-height:20px">{line}</li>' for line in lines
    )
    return f'<ul style="margin:0;padding:0 0 0 20px">{items}</ul>' if lines else ""
