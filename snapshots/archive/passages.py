"""Passages: where in its fields a change is, each with some words around it, to be searched."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from snapshots.records import Edit, FieldChange

CONTEXT_WORDS = 12
# Edits with fewer kept words between them are one passage, so that a phrase over both is found.
APART_WORDS = 6
# The passages of a change are numbered from this many times its number on.
MOST_PASSAGES = 1024
# Fields that are no wording.
UNWORDED = frozenset(("url", "published", "section"))

Span = tuple[int, int]
HunkRow = tuple[int, str, int | None, int | None, int | None, int | None]


class Hunk(NamedTuple):
    """One passage of a field on both sides, in characters; None where there is no text."""

    old: Span | None
    new: Span | None


class _Run(NamedTuple):
    """Something taken out and put in, or something kept, at a place in both texts."""

    is_kept: bool
    old: Span
    new: Span
    text: str


def hunk_rows(change: int, fields: Mapping[str, FieldChange]) -> Iterator[HunkRow]:
    """Yield the rows of a change's passages, numbered for good by the change's number.

    Where there are too many, the last one of a field holds the rest of it.
    """
    found = [
        (name, hunk)
        for name, value in fields.items()
        if name not in UNWORDED
        for hunk in hunks(value)
    ]
    room = max(0, MOST_PASSAGES - len(fields))
    rest: dict[str, Hunk] = {}
    for name, hunk in found[room:]:
        rest[name] = _joined(rest[name], hunk) if name in rest else hunk
    told = [*found[:room], *rest.items()][:MOST_PASSAGES]
    for place, (name, (old, new)) in enumerate(told):
        yield change * MOST_PASSAGES + place, name, *(old or (None, None)), *(new or (None, None))


def hunks(change: FieldChange) -> Iterator[Hunk]:
    """Yield a field's passages: each edit with about a dozen kept words on either side.

    Edits close to each other are in one. A side without text has none; without edits, and
    in an addition or removal, the whole texts are the passage.
    """
    old, new = change.old, change.new
    if old is None or new is None or not change.edits:
        yield Hunk(None if old is None else (0, len(old)), None if new is None else (0, len(new)))
        return
    runs = _joined_runs(list(_runs(change.edits)))
    for place, run in enumerate(runs):
        if not run.is_kept:
            before = _last_words(runs[place - 1].text) if place else 0
            after = _first_words(runs[place + 1].text) if place + 1 < len(runs) else 0
            yield Hunk(
                (run.old[0] - before, run.old[1] + after), (run.new[0] - before, run.new[1] + after)
            )


def _runs(edits: Sequence[Edit]) -> Iterator[_Run]:
    """Kept and changed runs in turn, with their places."""
    old = new = 0
    run: _Run | None = None
    for op, text in edits:
        old_end = old + len(text) * (op != "insert")
        new_end = new + len(text) * (op != "delete")
        here = _Run(op == "keep", (old, old_end), (new, new_end), text)
        old, new = old_end, new_end
        if run and run.is_kept == here.is_kept:
            run = _over(run, here)
            continue
        if run:
            yield run
        run = here
    if run:
        yield run


def _joined_runs(runs: list[_Run]) -> list[_Run]:
    """The runs, with changed ones made one across a few kept words."""
    joined: list[_Run] = []
    for run in runs:
        if len(joined) > 1 and not run.is_kept and _is_short(joined[-1].text):
            kept, before = joined.pop(), joined.pop()
            run = _over(_over(before, kept), run)
        joined.append(run)
    return joined


def _over(run: _Run, after: _Run) -> _Run:
    old, new = (run.old[0], after.old[1]), (run.new[0], after.new[1])
    is_kept = run.is_kept and after.is_kept
    return _Run(is_kept, old, new, run.text + after.text if is_kept else "")


def _is_short(kept: str) -> bool:
    return len(kept.split(None, APART_WORDS)) < APART_WORDS


def _last_words(kept: str) -> int:
    """How many characters at the end of a text hold its last dozen words."""
    parts = kept.rsplit(None, CONTEXT_WORDS)
    if len(parts) <= CONTEXT_WORDS:
        return len(kept)
    return len(kept[len(parts[0]) :].lstrip())


def _first_words(kept: str) -> int:
    """How many characters at the start of a text hold its first dozen words."""
    parts = kept.split(None, CONTEXT_WORDS)
    if len(parts) <= CONTEXT_WORDS:
        return len(kept)
    return len(kept[: len(kept) - len(parts[-1])].rstrip())


def _joined(hunk: Hunk, after: Hunk) -> Hunk:
    old = (hunk.old[0], after.old[1]) if hunk.old and after.old else None
    new = (hunk.new[0], after.new[1]) if hunk.new and after.new else None
    return Hunk(old, new)
