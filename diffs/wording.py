"""Word edits: how one text became another, as a reader would mark it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from diffs.align import align
from diffs.divide import passages
from diffs.phrasing import Unit, phrased
from diffs.wholes import has_wholes
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
    return tuple(_merged(runs))


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
    may_hold = has_wholes(old) or has_wholes(new)
    margin = LARGE_MARGIN if may_hold else MARGIN
    head = _head(old, new, margin)
    tail = _tail(old[head:], new[head:], margin)
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(before) * len(after) > MOST_CELLS:
        runs = _replaced(before, after)
    else:
        runs = _compared(pairs(before), pairs(after), may_hold)
    return [("keep", old[:head]), *runs, ("keep", old[len(old) - tail :])]


def _head(old: str, new: str, margin: int) -> int:
    """How much of the start that two texts share is kept unseen: up to some white space."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    space = old.rfind(" ", 0, max(0, low - margin))
    return len(old[: max(0, space)].rstrip())


def _tail(old: str, new: str, margin: int) -> int:
    """How much of the end that two texts share is kept unseen: from some white space on."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]:
            low = middle
        else:
            high = middle - 1
    if low <= margin:
        return 0
    space = old.find(" ", len(old) - low + margin)
    while space > 0 and old[space - 1].isspace():
        space = old.find(" ", space + 1)
    return len(old) - space if space > 0 else 0


def _replaced(old: str, new: str) -> list[Run]:
    """The runs that replace a whole, but for the space it begins with."""
    space = old[: len(old) - len(old.lstrip())]
    if not new.startswith(space) or new[len(space) : len(space) + 1].isspace():
        space = ""
    return [("keep", space), ("delete", old[len(space) :]), ("insert", new[len(space) :])]


def _compared(old: Sequence[Unit], new: Sequence[Unit], may_hold: bool) -> list[Run]:
    runs: list[Run] = []
    begun_old = begun_new = 0
    stretches = align([token for _, token in old], [token for _, token in new])
    for stretch in phrased(stretches, old, new, has_wholes=may_hold):
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


def _merged(runs: Iterable[Run]) -> Iterator[Edit]:
    """Join runs of one kind; between two kept runs, deletions come before insertions."""
    pending: dict[str, list[str]] = {"keep": [], "delete": [], "insert": []}
    for op, text in runs:
        if not text:
            continue
        if (op == "keep") != bool(pending["keep"]):
            yield from _flushed(pending)
        pending[op].append(text)
    yield from _flushed(pending)


def _flushed(pending: dict[str, list[str]]) -> Iterator[Edit]:
    for op, texts in pending.items():
        if texts:
            yield Edit(op, "".join(texts))
            texts.clear()
