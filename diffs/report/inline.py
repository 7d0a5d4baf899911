"""A change as HTML that needs no style sheet: for feeds and for mail. Page text stays text."""

from html import escape as _escape

from diffs.report.passage import clean, elided, shortened, web_link, whole
from diffs.report.phrases import field_name, item_name
from diffs.report.view import told_apart
from snapshots.records import Change, Edit, Kind

_ONE_SIDE_WORDS = 60
_DELETED = "color:#b3261e;background:#fdecea;text-decoration:line-through"
_INSERTED = "color:#14622d;background:#e6f4ea;text-decoration:underline"


def escape(text: str) -> str:
    """Page text that HTML leaves as it is, in an element and in a quoted attribute."""
    return _escape(clean(text), quote=True)


def link(words: str, url: str | None, style: str = "") -> str:
    """The words, linked if the URL is one of the web."""
    safe = web_link(url)
    if safe is None:
        return escape(words)
    styled = f' style="{style}"' if style else ""
    return f'<a href="{escape(safe)}"{styled}>{escape(words)}</a>'


def edited(edits: tuple[Edit, ...]) -> str:
    """The edits in a line, struck and underlined, and told apart without colour."""
    told = ""
    for i, edit in enumerate(edits):
        is_replacing = i > 0 and edit.op == "insert" and edits[i - 1].op == "delete"
        told += f"{' ' if is_replacing else ''}{_edit(edit)}"
    return told


def _edit(edit: Edit) -> str:
    text = escape(edit.text)
    if edit.op == "delete":
        return f'<del style="{_DELETED}">{text}</del>'
    return f'<ins style="{_INSERTED}">{text}</ins>' if edit.op == "insert" else text


def fields(change: Change, most_words: int | None = None) -> list[str]:
    """Each field that a change tells: its name and its edits, or the side there is.

    With ``most_words`` no run of words is longer; a side alone never is longer than 60.
    """
    most = most_words if change.kind is Kind.CHANGED else _ONE_SIDE_WORDS
    return [
        f"<strong>{escape(field_name(name))}:</strong> {edited(cut(elided(whole(each)), most))}"
        for name, each in told_apart(change).items()
    ]


def cut(edits: tuple[Edit, ...], most_words: int | None) -> tuple[Edit, ...]:
    """The edits, with each run cut to so many words."""
    if most_words is None:
        return edits
    return tuple(Edit(edit.op, shortened(edit.text, most_words)) for edit in edits)


def heading(change: Change, style: str = "") -> str:
    """The item's name, linked to its page."""
    return link(item_name(change.item), change.item.url, style)
