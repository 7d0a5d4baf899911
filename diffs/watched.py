"""Changes that touch a watched term, with the direction in which they go."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from diffs.lexicon import Lexicon, Pack, Term, uses
from diffs.substitutions import CONTEXT_FIELDS
from snapshots.records import Change, Edit, FieldChange

# Longer than any term, so that one that an edit cuts into is whole.
KEPT_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A watched term that a change uses more or less often than the text before.

    ``old`` gave way to ``new`` in ``times`` uses; None on a side means that nothing watched
    stood there. ``packs`` are the titles of the packs in whose direction it goes, and
    ``against`` of those whose term came back.
    """

    old: str | None
    new: str | None
    times: int
    packs: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


def watched(change: Change, lexicon: Lexicon, day: date | None = None) -> tuple[Touched, ...]:
    """Return the watched terms that a change touches; nothing when it leaves all as often.

    Only an item's words count, not its link, date or section. Only packs in force on the
    ``day`` are named; all, when there is none.
    """
    before, after = _counts(change, lexicon)
    fell, rose = before - after, after - before
    replaced = [Touched(old=o, new=n, times=t) for o, n, t in _replaced(lexicon, fell, rose)]
    terms = {term.old for term in lexicon.terms}
    gone = [Touched(old=name, new=None, times=n) for name, n in fell.items() if n and name in terms]
    come = [Touched(old=None, new=name, times=n) for name, n in rose.items() if n and name in terms]
    told = sorted(replaced + gone + come, key=lambda touched: -touched.times)
    in_force = [p for p in lexicon.packs if day is None or p.is_in_force(day)]
    return tuple(_attributed(touched, in_force) for touched in told)


def _counts(change: Change, lexicon: Lexicon) -> tuple[Counter[str], Counter[str]]:
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for name, value in change.fields.items():
        if name in CONTEXT_FIELDS or name in change.item.fields:
            old, new = _sides(value)
            before.update(uses(old, lexicon))
            after.update(uses(new, lexicon))
    return before, after


def _sides(value: FieldChange) -> tuple[str, str]:
    """Both texts without the middles of long kept runs, which hold the same terms twice."""
    if not value.edits:
        return value.old or "", value.new or ""
    kept = [Edit(op, _ends(text) if op == "keep" else text) for op, text in value.edits]
    old = "".join(edit.text for edit in kept if edit.op != "insert")
    return old, "".join(edit.text for edit in kept if edit.op != "delete")


def _ends(text: str) -> str:
    if len(text) <= 2 * KEPT_CHARACTERS:
        return text
    head = text[:KEPT_CHARACTERS].rpartition(" ")[0]
    return f"{head} … {text[-KEPT_CHARACTERS:].partition(' ')[2]}"


def _replaced(
    lexicon: Lexicon, fell: Counter[str], rose: Counter[str]
) -> Iterator[tuple[str, str, int]]:
    """The terms that gave way to what their packs pair them with, either way round.

    What is told is taken off ``fell`` and ``rose``.
    """
    pairs = [(term.old, new) for term in lexicon.terms for new in term.new]
    for old, new in (*pairs, *((new, old) for old, new in pairs)):
        if times := min(fell[old], rose[new]):
            fell[old] -= times
            rose[new] -= times
            yield old, new, times


def _attributed(touched: Touched, packs: Sequence[Pack]) -> Touched:
    forth = [p.title for p in packs if any(_asks(t, touched.old, touched.new) for t in p.terms)]
    back = [p.title for p in packs if any(_asks(t, touched.new, touched.old) for t in p.terms)]
    return replace(touched, packs=tuple(forth), against=tuple(back))


def _asks(term: Term, old: str | None, new: str | None) -> bool:
    return term.old == old and (new is None or new in term.new)
