"""What a change is called in words: retitled, relinked, reworded, and so on."""

from collections.abc import Iterator

from diffs.wording import REWRITTEN_BELOW, kept_share
from diffs.words import marks_only
from snapshots.records import Change, FieldChange, Flag, Kind

PUNCTUATION = "punctuation only"
_OWN = {"title": "retitled", "url": "relinked", "published": "redated", "section": "section"}
_CALLED = {"url": "link", "published": "date"}
_WORDED = frozenset(("summary", "text"))


def kinds(change: Change) -> tuple[str, ...]:
    """Return in words what happened to a changed item, each kind once, in its fields' order.

    The words are retitled, relinked, redated, reworded, rewritten (little of a text is
    kept), section (another one) and punctuation only (marks, spacing or case); a field
    that a recipe names, or that was filled or emptied, is told by its name. An added or a
    removed item has none.
    """
    if change.kind is not Kind.CHANGED:
        return ()
    if Flag.PUNCTUATION in change.flags:
        return (PUNCTUATION,)
    found = tuple(dict.fromkeys(_kinds(change)))
    return tuple(kind for kind in found if kind != PUNCTUATION) or found


def _kinds(change: Change) -> Iterator[str]:
    for name in change.changed:
        yield _kind(name, change.fields.get(name, FieldChange(None, None)))


def _kind(name: str, field: FieldChange) -> str:
    called = _CALLED.get(name, name)
    if (field.old is None) != (field.new is None):
        return f"{called} {'added' if field.old is None else 'dropped'}"
    if name not in ("url", "published") and _is_punctuation(field):
        return PUNCTUATION
    if name in _WORDED:
        is_rewritten = bool(field.edits) and kept_share(field.edits) < REWRITTEN_BELOW
        return "rewritten" if is_rewritten else "reworded"
    return _OWN.get(name, f"{called} changed")


def _is_punctuation(field: FieldChange) -> bool:
    is_whole = field.old is not None and field.new is not None
    return is_whole and marks_only(field.old or "", field.new or "")
