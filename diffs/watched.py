"""Changes that touch a watched term, with the direction in which they go."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from diffs.lexicon import Lexicon, Term, uses
from diffs.substitutions import CONTEXT_FIELDS
from snapshots.records import Change


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


def watched(change: Change, lexicon: Lexicon) -> tuple[Touched, ...]:
    """Return the watched terms that a change touches; nothing when it leaves all as often.

    Only an item's words count, not its link, date or section.
    """
    before, after = _counts(change, lexicon)
    fell, rose = before - after, after - before
    replaced = list(_replaced(lexicon, fell, rose))
    terms = {term.old for term in lexicon.terms}
    gone = [_one_sided(lexicon, name, None, n) for name, n in fell.items() if n and name in terms]
    come = [_one_sided(lexicon, None, name, n) for name, n in rose.items() if n and name in terms]
    return tuple(sorted(replaced + gone + come, key=lambda t: -t.times))


def _counts(change: Change, lexicon: Lexicon) -> tuple[Counter[str], Counter[str]]:
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for name, value in change.fields.items():
        if name in CONTEXT_FIELDS or name in change.item.fields:
            before += uses(value.old or "", lexicon)
            after += uses(value.new or "", lexicon)
    return before, after


def _replaced(lexicon: Lexicon, fell: Counter[str], rose: Counter[str]) -> Iterator[Touched]:
    """The terms that gave way to what their packs pair them with, either way round.

    What is told is taken off ``fell`` and ``rose``.
    """
    for term in lexicon.terms:
        for new in term.new:
            for old, other in ((term.old, new), (new, term.old)):
                if times := min(fell[old], rose[other]):
                    fell[old] -= times
                    rose[other] -= times
                    yield Touched(
                        old=old,
                        new=other,
                        times=times,
                        packs=_packs(lexicon, old, other),
                        against=_packs(lexicon, other, old),
                    )


def _one_sided(lexicon: Lexicon, old: str | None, new: str | None, times: int) -> Touched:
    return Touched(
        old=old,
        new=new,
        times=times,
        packs=_titles(term for term in lexicon.terms if term.old == old),
        against=_titles(term for term in lexicon.terms if term.old == new),
    )


def _packs(lexicon: Lexicon, old: str, new: str) -> tuple[str, ...]:
    return _titles(term for term in lexicon.terms if term.old == old and new in term.new)


def _titles(terms: Iterable[Term]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term.pack for term in terms))
