"""Page text made fit to show: cleaned of what steers a screen, and cut to what changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from snapshots.records import Edit, FieldChange

CONTEXT_WORDS = 8
_SLACK_WORDS = 4

_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_STEERING = re.compile(
    r"[\x00-\x1f\x7f-\x9f"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks, overrides, isolates
    r"\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"  # byte order mark, annotations, tags
)
# Surrogates, and what Unicode keeps for no character: no HTML and no XML may hold them.
_NO_CHARACTERS = re.compile(r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_WEB = re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE)


def clean(text: str) -> str:
    """The text without control characters and direction overrides; a line break is a space.

    An escape sequence loses its control characters and keeps its letters, as a browser
    shows it: dropping the letters too would let a page hide words from a report.
    """
    # Most text is, and nothing printable is cleaned.
    if text.isprintable():
        return text
    return _NO_CHARACTERS.sub("\ufffd", _STEERING.sub("", _BREAKS.sub(" ", text)))


def web_link(url: str | None) -> str | None:
    """The URL if it may become a link: http or https, a host, nothing hidden. Else None."""
    if url is None or clean(url) != url or not _WEB.fullmatch(url):
        return None
    try:
        return url if urlsplit(url).hostname else None
    except ValueError:
        return None


def whole(change: FieldChange) -> tuple[Edit, ...]:
    """The field's cleaned edits; without any, the old text deleted and the new inserted."""
    sides = (("delete", change.old), ("insert", change.new))
    edits = change.edits or tuple(Edit(op, text) for op, text in sides if text is not None)
    return tuple(Edit(edit.op, clean(edit.text)) for edit in edits)


def elided(edits: tuple[Edit, ...], words: int = CONTEXT_WORDS) -> tuple[Edit, ...]:
    """The edits with long kept runs cut to some words of context around each change."""
    if all(edit.op == "keep" for edit in edits):
        return edits
    last = len(edits) - 1
    return tuple(
        Edit("keep", _around(edit.text, words if i else 0, words if i < last else 0))
        if edit.op == "keep"
        else edit
        for i, edit in enumerate(edits)
    )


def _around(text: str, head: int, tail: int) -> str:
    found = list(re.finditer(r"\S+", text))
    if len(found) <= head + tail + _SLACK_WORDS:
        return text
    start = text[: found[head - 1].end()] + " " if head else ""
    end = " " + text[found[-tail].start() :] if tail else ""
    return f"{start}…{end}"


@dataclass(frozen=True, slots=True)
class Part:
    """An edit to be shown: of a long kept run, the ``gap`` between ``head`` and ``tail`` folds."""

    op: str
    head: str
    gap: str = ""
    tail: str = ""


def parts(edits: tuple[Edit, ...], words: int = CONTEXT_WORDS) -> tuple[Part, ...]:
    """The edits with long kept runs apart from some words of context around each change."""
    if all(edit.op == "keep" for edit in edits):
        return tuple(Part(*edit) for edit in edits)
    last = len(edits) - 1
    return tuple(
        _parted(edit.text, words if i else 0, words if i < last else 0)
        if edit.op == "keep"
        else Part(*edit)
        for i, edit in enumerate(edits)
    )


def _parted(text: str, head: int, tail: int) -> Part:
    found = list(re.finditer(r"\S+", text))
    if len(found) <= head + tail + _SLACK_WORDS:
        return Part("keep", text)
    start = found[head - 1].end() if head else 0
    end = found[-tail].start() if tail else len(text)
    return Part("keep", text[:start], text[start:end], text[end:])


def shortened(text: str, words: int) -> str:
    """The first words of a text, and how many more there are."""
    found = list(re.finditer(r"\S+", text))
    if len(found) <= words + _SLACK_WORDS:
        return text
    return f"{text[: found[words - 1].end()]} … ({len(found) - words} more words)"


def marked(context: str, phrase: str, op: str) -> tuple[Edit, ...]:
    """The context with the first standing of the phrase as an edit of its own."""
    context, phrase = clean(context), clean(phrase)
    found = re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", context, re.IGNORECASE)
    if not phrase or found is None:
        return (Edit("keep", context),)
    before, after = context[: found.start()], context[found.end() :]
    return _filled([Edit("keep", before), Edit(op, found[0]), Edit("keep", after)])


def _filled(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple(edit for edit in edits if edit.text)
