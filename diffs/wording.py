"""Word edits: how one text became another, as a reader would mark it."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from rapidfuzz.distance import Postfix, Prefix

from diffs.align import Stretch, align
from diffs.divide import passages
from diffs.phrasing import Unit, phrased
from diffs.wholes import LONGEST, has_wholes, wholes
from diffs.words import pairs
from snapshots.records import Edit

# A text of which fewer words than this share survived was rewritten, not reworded.
REWRITTEN_BELOW = 0.4
# The characters that are compared again around what differs, as an edit may reach there:
# by a few words, or by a date, a citation or a quoted phrase where there may be one.
MARGIN, LARGE_MARGIN = 30, 110
# Of a passage that nothing divides and of which more than this differs, in the product of
# characters of both sides, no words are paired.
MOST_CELLS = 10_000_000_000
# A phrase that became another one has so many characters at most, on both sides.
LARGEST_PHRASE = 500

# What an edit says, before it is one.
Run = tuple[str, str]


def reword(old: str, new: str) -> tuple[Edit, ...]:
    """Return the edits that turn ``old`` into ``new``.

    Joining the kept and deleted runs gives back ``old``; joining the kept and
    inserted runs gives back ``new``. No word, number, date, citation or short quoted
    phrase is split, unless its white space alone differs. Edits that only a stop word
    parts are joined, so that a phrase reads as a phrase, and a passage that was rewritten
    is one replacement. Time and memory are in proportion to the texts, also where they
    have nothing in common.
    """
    runs = chain.from_iterable(_passage(one, other) for one, other in passages(old, new))
    return _merged(runs)


def kept_share(edits: Sequence[Edit]) -> float:
    """Return the share of the words, over both sides, that the edits keep (0 to 1)."""
    counts = {"keep": 0, "delete": 0, "insert": 0}
    for edit in edits:
        counts[edit.op] += len(edit.text.split())
    both = 2 * counts["keep"] + counts["delete"] + counts["insert"]
    return 2 * counts["keep"] / both if both else 1.0


def _passage(old: str, new: str) -> list[Run]:
    if old == new:
        return [("keep", old)]
    shared = Prefix.similarity(old, new), Postfix.similarity(old, new)
    inner, near = _within(old, new, shared, 0), _within(old, new, shared, LARGE_MARGIN)
    may_hold = has_wholes(near.old) or has_wholes(near.new)
    runs = _other_phrase(inner, near if may_hold else None)
    if runs is None:
        is_near = has_wholes(old) or has_wholes(new)
        inner = near if is_near else _within(old, new, shared, MARGIN)
        if len(inner.old) * len(inner.new) > MOST_CELLS:
            runs = _replaced(inner.old, inner.new)
        else:
            runs = _compared(pairs(inner.old), pairs(inner.new), may_hold)
    return [("keep", inner.head), *runs, ("keep", inner.tail)]


class _Within(NamedTuple):
    """What differs between two texts, with the head and the tail that are kept unseen."""

    head: str
    old: str
    new: str
    tail: str


def _within(old: str, new: str, shared: tuple[int, int], margin: int) -> _Within:
    """Set aside what two texts share at their ends, up to white space and but for a margin.

    ``shared`` is how many characters they begin, and end, alike with.
    """
    space = old.rfind(" ", 0, max(0, shared[0] - margin))
    head = len(old[: max(0, space)].rstrip())
    tail = min(shared[1], len(old) - head, len(new) - head)
    space = old.find(" ", len(old) - tail + margin) if tail > margin else 0
    while space > head and old[space - 1].isspace():
        space = old.find(" ", space + 1)
    tail = len(old) - space if space > head else 0
    ends = len(old) - tail, len(new) - tail
    return _Within(old[:head], old[head : ends[0]], new[head : ends[1]], old[ends[0] :])


def _other_phrase(inner: _Within, near: _Within | None) -> list[Run] | None:
    """The runs where words of which none is kept became others, as is most usual, or None.

    No phrasing can move or join such an edit, nor can it widen it where no whole lies across
    its bounds, so that nothing else around it matters. ``near`` is where wholes may lie.
    """
    ends = inner.old[-1:], inner.new[-1:]
    if not all(ends) or any(map(str.isspace, ends)) or len(inner.old + inner.new) > LARGEST_PHRASE:
        return None
    old, new = pairs(inner.old), pairs(inner.new)
    stretches = align([token for _, token in old], [token for _, token in new])
    if len(stretches) != 1:
        return None
    sides = [(old, *stretches[0][:2]), (new, *stretches[0][2:])]
    if any(first == end for _, first, end in sides):
        return None
    if near is not None:
        at = len(inner.head) - len(near.head)
        if any(map(_parts_whole, (near.old, near.new), (at, at), sides)):
            return None
    return _runs(stretches, old, new)


def _parts_whole(text: str, at: int, side: tuple[Sequence[Unit], int, int]) -> bool:
    """Whether a whole in a text lies across a bound of some of the units that begin at a place."""
    units, first, end = side
    begun = at + len(_text(units[:first])) + len(units[first][0])
    ended = at + len(_text(units[:end]))
    among = wholes(text, max(0, begun - LONGEST), ended)
    return any(start < begun < last or start < ended < last for start, last in among)


def _replaced(old: str, new: str) -> list[Run]:
    """The runs that replace a whole, but for the space it begins with."""
    space = old[: len(old) - len(old.lstrip())]
    if not new.startswith(space) or new[len(space) : len(space) + 1].isspace():
        space = ""
    return [("keep", space), ("delete", old[len(space) :]), ("insert", new[len(space) :])]


def _compared(old: Sequence[Unit], new: Sequence[Unit], may_hold: bool) -> list[Run]:
    stretches = align([token for _, token in old], [token for _, token in new])
    return _runs(phrased(stretches, old, new, has_wholes=may_hold), old, new)


def _runs(stretches: Iterable[Stretch], old: Sequence[Unit], new: Sequence[Unit]) -> list[Run]:
    runs: list[Run] = []
    begun_old = begun_new = 0
    for stretch in stretches:
        runs += _kept(old[begun_old : stretch.old], new[begun_new : stretch.new])
        taken = _text(old[stretch.old : stretch.old_end])
        put = _text(new[stretch.new : stretch.new_end])
        runs += _replaced(taken, put)
        begun_old, begun_new = stretch.old_end, stretch.new_end
    return runs + _kept(old[begun_old:], new[begun_new:])


def _kept(old: Sequence[Unit], new: Sequence[Unit]) -> list[Run]:
    """The runs between units whose tokens are equal: of their white space, if of any."""
    if old == new:
        return [("keep", _text(old))]
    runs: list[Run] = []
    for (space, token), (other, _) in zip(old, new, strict=True):
        if space == other:
            runs.append(("keep", space))
        else:
            runs += (("delete", space), ("insert", other))
        runs.append(("keep", token))
    return runs


def _text(units: Sequence[Unit]) -> str:
    return "".join([part for unit in units for part in unit])


def _merged(runs: Iterable[Run]) -> tuple[Edit, ...]:
    """Join runs of one kind; between two kept runs, deletions come before insertions."""
    edits: list[Edit] = []
    pending = _Pending([], [], [])
    for op, text in runs:
        if not text:
            continue
        if (op == "keep") != bool(pending.keep):
            pending.to(edits)
        getattr(pending, op).append(text)
    pending.to(edits)
    return tuple(edits)


class _Pending(NamedTuple):
    """The runs that are to be one edit of each kind."""

    keep: list[str]
    delete: list[str]
    insert: list[str]

    def to(self, edits: list[Edit]) -> None:
        """Add the edits that are pending, and begin anew."""
        for op, texts in zip(self._fields, self, strict=True):
            if texts:
                edits.append(Edit(op, "".join(texts)))
                texts.clear()
