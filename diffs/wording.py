"""Word edits: how one text became another, as a reader would mark it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from rapidfuzz.distance import Indel

from diffs.words import STOP_WORDS, Unit, common, is_word, units
from snapshots.records import Edit

# Above this product of lengths, words that occur once in both texts divide the work.
DIRECT_CELLS = 4_000_000
# So many stop words between two edits still leave them one phrase.
JOINED_STOP_WORDS = 2
# A text of which fewer words than this share survived was rewritten, not reworded.
REWRITTEN_BELOW = 0.4


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of units kept, or taken out on one side and put in on the other."""

    is_kept: bool
    old: list[Unit]
    new: list[Unit]


def reword(old: str, new: str) -> tuple[Edit, ...]:
    """Return the edits that turn ``old`` into ``new``.

    Joining the kept and deleted runs gives back ``old``; joining the kept and
    inserted runs gives back ``new``. A word or number is never split. Edits that
    only a stop word parts are joined, so that a phrase reads as a phrase.
    """
    if old == new:
        return (Edit("keep", old),) if old else ()
    head = _head(old, new)
    rest_old, rest_new = old[len(head) :], new[len(head) :]
    tail = _tail(rest_old, rest_new)
    runs = _runs(units(rest_old.removesuffix(tail)), units(rest_new.removesuffix(tail)))
    edits = (edit for run in _joined(list(runs)) for edit in _edits(run) if edit.text)
    return tuple(_merged(chain((Edit("keep", head),), edits, (Edit("keep", tail),))))


def kept_share(edits: Sequence[Edit]) -> float:
    """Return the share of the words, over both sides, that the edits keep (0 to 1)."""
    counts = {"keep": 0, "delete": 0, "insert": 0}
    for edit in edits:
        counts[edit.op] += len(edit.text.split())
    both = 2 * counts["keep"] + counts["delete"] + counts["insert"]
    return 2 * counts["keep"] / both if both else 1.0


def _head(old: str, new: str) -> str:
    """The start that two texts share, up to some white space: no unit's token reaches over it."""
    before, after = old.split(" "), new.split(" ")
    return " ".join(before[: common(before, after)]).rstrip()


def _tail(old: str, new: str) -> str:
    """The end that two texts share, from some white space on.

    Texts that begin alike have none: their words might have to be paired from the front.
    """
    if old.lstrip()[:1] == new.lstrip()[:1]:
        return ""
    before, after = old.split(" "), new.split(" ")
    count = common(before[:0:-1], after[:0:-1])
    tail = "".join(f" {word}" for word in before[len(before) - count :])
    ends = old.removesuffix(tail)[-1:] + new.removesuffix(tail)[-1:]
    return "" if any(map(str.isspace, ends)) else tail


def _runs(old: list[Unit], new: list[Unit]) -> Iterator[_Run]:
    head = common([u.token for u in old], [u.token for u in new])
    rest_old, rest_new = old[head:], new[head:]
    tail = common([u.token for u in reversed(rest_old)], [u.token for u in reversed(rest_new)])
    if head:
        yield _Run(True, old[:head], new[:head])
    middle_old, middle_new = rest_old[: len(rest_old) - tail], rest_new[: len(rest_new) - tail]
    yield from _middle(middle_old, middle_new)
    if tail:
        yield _Run(True, old[len(old) - tail :], new[len(new) - tail :])


def _middle(old: list[Unit], new: list[Unit]) -> Iterator[_Run]:
    if not old or not new:
        if old or new:
            yield _Run(False, old, new)
    elif len(old) * len(new) <= DIRECT_CELLS:
        yield from _direct(old, new)
    else:
        yield from _divided(old, new)


def _direct(old: list[Unit], new: list[Unit]) -> Iterator[_Run]:
    codes = Indel.opcodes([u.token for u in old], [u.token for u in new])
    for code in codes:
        taken, put = old[code.src_start : code.src_end], new[code.dest_start : code.dest_end]
        yield _Run(code.tag == "equal", taken, put)


def _divided(old: list[Unit], new: list[Unit]) -> Iterator[_Run]:
    """Compare large texts between the words that occur once in each, in the same order."""
    at_old = at_new = 0
    anchors = _anchors(old, new)
    if not anchors:
        yield _Run(False, old, new)
        return
    for here, there in [*anchors, (len(old), len(new))]:
        yield from _middle(old[at_old:here], new[at_new:there])
        if here < len(old):
            yield _Run(True, old[here : here + 1], new[there : there + 1])
        at_old, at_new = here + 1, there + 1


def _anchors(old: list[Unit], new: list[Unit]) -> list[tuple[int, int]]:
    """The places of words unique in both texts, thinned to the longest rising sequence."""
    from bisect import bisect_left

    places_new = _unique_places(new)
    pairs = [(i, places_new[t]) for t, i in _unique_places(old).items() if t in places_new]
    ends: list[int] = []
    best: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        before.append(best[length - 1] if length else -1)
        ends[length : length + 1] = [there]
        best[length : length + 1] = [number]
    chain, number = [], best[-1] if best else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _unique_places(text: list[Unit]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, unit in enumerate(text):
        places[unit.token] = -1 if unit.token in places else place
    return {token: place for token, place in places.items() if place >= 0 and is_word(token)}


def _joined(runs: list[_Run]) -> list[_Run]:
    """Join neighbouring edits that nothing, or only a stop word or two, lies between."""
    joined: list[_Run] = []
    for place, run in enumerate(runs):
        has_neighbours = bool(joined) and not joined[-1].is_kept and place + 1 < len(runs)
        is_bridge = run.is_kept and has_neighbours and not runs[place + 1].is_kept
        if joined and not joined[-1].is_kept and (not run.is_kept or (is_bridge and _binds(run))):
            joined[-1] = _Run(False, joined[-1].old + run.old, joined[-1].new + run.new)
        else:
            joined.append(run)
    return joined


def _binds(run: _Run) -> bool:
    tokens = [unit.token.casefold() for unit in run.old]
    return len(tokens) <= JOINED_STOP_WORDS and all(token in STOP_WORDS for token in tokens)


def _edits(run: _Run) -> Iterator[Edit]:
    if run.is_kept and run.old == run.new:
        yield Edit("keep", _text(run.old))
        return
    if run.is_kept:
        for old, new in zip(run.old, run.new, strict=True):
            yield from _spacing(old.space, new.space)
            yield Edit("keep", old.token)
        return
    taken, put = _text(run.old), _text(run.new)
    space = ""
    if run.old and run.new and run.old[0].space == run.new[0].space:
        space = run.old[0].space
    yield Edit("keep", space)
    yield Edit("delete", taken[len(space) :])
    yield Edit("insert", put[len(space) :])


def _spacing(old: str, new: str) -> Iterator[Edit]:
    if old == new:
        yield Edit("keep", old)
    else:
        yield Edit("delete", old)
        yield Edit("insert", new)


def _text(run: list[Unit]) -> str:
    return "".join(unit.space + unit.token for unit in run)


def _merged(edits: Iterator[Edit]) -> Iterator[Edit]:
    """Join runs of one kind; between two kept runs, deletions come before insertions."""
    pending = {"keep": "", "delete": "", "insert": ""}
    for edit in edits:
        if (edit.op == "keep") != bool(pending["keep"]):
            yield from _flushed(pending)
        pending[edit.op] += edit.text
    yield from _flushed(pending)


def _flushed(pending: dict[str, str]) -> Iterator[Edit]:
    for op in ("keep", "delete", "insert"):
        if pending[op]:
            yield Edit(op, pending[op])
            pending[op] = ""
