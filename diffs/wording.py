"""Word edits: how one text became another, as a reader would mark it."""

from collections.abc import Iterable, Mapping, Sequence
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
    inner = _within(old, new, shared, 0)
    runs = None if _may_move(inner) else _other_phrase(inner)
    if runs is None:
        margin = LARGE_MARGIN if has_wholes(old) or has_wholes(new) else MARGIN
        inner = _within(old, new, shared, margin)
        runs = _compared(inner.old, inner.new)
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


def _may_move(inner: _Within) -> bool:
    """Whether what differs may be said to differ elsewhere, or is too long to tell so quickly."""
    ends = inner.old[-1:], inner.new[-1:]
    is_long = len(inner.old) + len(inner.new) > LARGEST_PHRASE
    return is_long or not all(ends) or ends[0].isspace() or ends[1].isspace()


def _other_phrase(inner: _Within) -> list[Run] | None:
    """The runs where words of which none is kept became others, as is most usual, or None.

    No phrasing can move or join such an edit, nor can it widen it where no whole lies across
    its bounds, so that nothing else around it matters.
    """
    if _are_other_words(inner.old, inner.new):
        bounds = [(len(text) - len(text.lstrip()), len(text)) for text in (inner.old, inner.new)]
        runs = _replaced(inner.old, inner.new)
    else:
        old, new = pairs(inner.old), pairs(inner.new)
        stretches = align([token for _, token in old], [token for _, token in new])
        if len(stretches) != 1:
            return None
        first, end, first_new, end_new = stretches[0]
        if first == end or first_new == end_new:
            return None
        bounds = [_bounds(old, first, end), _bounds(new, first_new, end_new)]
        runs = _runs(stretches, old, new)
    sides = zip((inner.old, inner.new), bounds, strict=True)
    return None if any(_parts_whole(inner, text, *each) for text, each in sides) else runs


def _are_other_words(old: str, new: str) -> bool:
    """Whether two texts are nothing but words, parted by spaces, and share none."""
    is_plain = old.isascii() and old.replace(" ", "").isalnum()
    is_plain = is_plain and new.isascii() and new.replace(" ", "").isalnum()
    return is_plain and set(old.split()).isdisjoint(new.split())


def _bounds(units: Sequence[Unit], first: int, end: int) -> tuple[int, int]:
    """Where, in characters, the tokens of some units begin and end."""
    return len(_text(units[:first])) + len(units[first][0]), len(_text(units[:end]))


def _parts_whole(inner: _Within, inside: str, begun: int, ended: int) -> bool:
    """Whether a whole lies across a bound of what differs, given by its places inside."""
    before, after = inner.head[-LONGEST:], inner.tail[:LONGEST]
    text, at = f"{before}{inside}{after}", len(before)
    return has_wholes(text) and any(
        start < at + begun < last or start < at + ended < last
        for start, last in wholes(text, 0, at + ended)
    )


def _replaced(old: str, new: str) -> list[Run]:
    """The runs that replace a whole, but for the space it begins with."""
    space = old[: len(old) - len(old.lstrip())]
    if not new.startswith(space) or new[len(space) : len(space) + 1].isspace():
        space = ""
    return [("keep", space), ("delete", old[len(space) :]), ("insert", new[len(space) :])]


def _compared(old: str, new: str) -> list[Run]:
    if len(old) * len(new) > MOST_CELLS:
        return _replaced(old, new)
    may_hold = has_wholes(old) or has_wholes(new)
    before, after = pairs(old), pairs(new)
    stretches = align([token for _, token in before], [token for _, token in after])
    return _runs(phrased(stretches, before, after, has_wholes=may_hold), before, after)


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
    pending: dict[str, list[str]] = {"keep": [], "delete": [], "insert": []}
    kept = pending["keep"]
    for op, text in runs:
        if not text:
            continue
        if (op == "keep") != bool(kept):
            _flush(pending, edits)
        pending[op].append(text)
    _flush(pending, edits)
    return tuple(edits)


def _flush(pending: Mapping[str, list[str]], edits: list[Edit]) -> None:
    for op, texts in pending.items():
        if texts:
            edits.append(Edit(op, "".join(texts)))
            texts.clear()
