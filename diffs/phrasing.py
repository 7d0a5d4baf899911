"""Phrasing: an edit script as a reader would have drawn it, from one that is merely short."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from diffs.align import Stretch
from diffs.wholes import LONGEST, wholes
from diffs.words import STOP_WORDS, is_word

# So many stop words between two edits still leave them one phrase.
JOINED_STOP_WORDS = 2
# A word that only changed places with so few others is part of their phrase.
LONGEST_CROSSING = 3
# What lies between two edits is kept if it has more than an eighth of the words of the
# smaller one. Edits grow by it to at most 1.25 times those of the shortest script.
KEPT_WEIGHT = 8
KEPT_STOP_WEIGHT = 4
# Of a longer stretch of kept units the stop words are not looked for.
LONGEST_BRIDGE = 24
# An edit is not slid further than this.
FARTHEST = 64

# White space, and the token after it.
Unit = tuple[str, str]
Spans = dict[int, tuple[int, int]]


def phrased(
    stretches: Sequence[Stretch], old: Sequence[Unit], new: Sequence[Unit], *, has_wholes: bool
) -> list[Stretch]:
    """Return a script's stretches slid to the bounds of phrases, widened and joined.

    What is put in or taken out stands where a sentence, a clause or a phrase begins; no
    date, citation or quoted phrase is split; edits that only a stop word parts are one;
    and what was rewritten is one replacement, without the few words that happen to recur.
    """
    if not stretches:
        return []
    slid = _slid(stretches, old, new)
    whole = _widened(slid, old, new) if has_wholes else slid
    return _unconfettied(_joined(whole, old), old)


# Sliding: the same words can often be said to have been put in at several places.


def _slid(stretches: Sequence[Stretch], old: Sequence[Unit], new: Sequence[Unit]) -> list[Stretch]:
    ends = [*stretches[1:], Stretch(len(old), len(old), len(new), len(new))]
    told: list[Stretch] = []
    for stretch, following in zip(stretches, ends, strict=True):
        before = told[-1] if told else Stretch(0, 0, 0, 0)
        shift = 0
        if stretch.old == stretch.old_end:
            bounds = (before.new_end, following.new)
            shift = _shift(new, stretch.new, stretch.new_end, bounds)
        elif stretch.new == stretch.new_end:
            bounds = (before.old_end, following.old)
            shift = _shift(old, stretch.old, stretch.old_end, bounds)
        _append(told, Stretch(*(place + shift for place in stretch)))
    return told


def _append(told: list[Stretch], stretch: Stretch) -> None:
    """Add a stretch, as one with the last if they touch."""
    if told and told[-1].old_end == stretch.old and told[-1].new_end == stretch.new:
        told[-1] = told[-1].to(stretch)
    else:
        told.append(stretch)


def _shift(units: Sequence[Unit], start: int, end: int, bounds: tuple[int, int]) -> int:
    """How far to slide units ``start:end``, between bounds, so that they begin and end well."""
    shifts = [*_leftward(units, start, end, bounds[0]), *_rightward(units, start, end, bounds[1])]
    if not shifts:
        return 0
    return max([0, *shifts], key=lambda n: (_fit(units, start + n, end + n, bounds), n))


def _leftward(units: Sequence[Unit], start: int, end: int, low: int) -> list[int]:
    shifts: list[int] = []
    for n in range(1, min(FARTHEST, start - low) + 1):
        one, other = units[start - n], units[end - n]
        if one[1] != other[1]:
            break
        shifts.append(-n)
        if one[0] != other[0]:
            break
    return shifts


def _rightward(units: Sequence[Unit], start: int, end: int, high: int) -> list[int]:
    shifts: list[int] = []
    for n in range(min(FARTHEST, high - end)):
        one, other = units[start + n], units[end + n]
        if one != other or not one[1]:
            break
        shifts.append(n + 1)
    return shifts


def _fit(units: Sequence[Unit], start: int, end: int, bounds: tuple[int, int]) -> int:
    """How well units ``start:end`` stand as an edit: the better, the clearer its bounds."""
    touches = (start == bounds[0] and start > 0) or (end == bounds[1] and end < len(units))
    return 10 * touches + _bound(units, start) + _bound(units, end)


def _bound(units: Sequence[Unit], place: int) -> int:
    """How clear a bound there is before a unit: 5 for a line's, down to 0 within a word."""
    if place == 0 or place >= len(units) or not units[place][1]:
        return 5
    before, (space, token) = units[place - 1][1], units[place]
    if not space:
        return 0
    if "\n" in space:
        return 5
    if before in ".!?":
        return 4
    if before in ",;:)”—–" or token in "(“—–":
        return 3
    return 2 if token.casefold() in STOP_WORDS else 1


# Widening: dates, citations and quoted phrases are not split.


def _widened(stretches: list[Stretch], old: Sequence[Unit], new: Sequence[Unit]) -> list[Stretch]:
    inside_old = _inside(old, [(s.old, s.old_end) for s in stretches])
    inside_new = _inside(new, [(s.new, s.new_end) for s in stretches])
    if not inside_old and not inside_new:
        return stretches
    told: list[Stretch] = []
    waiting = stretches[::-1]
    while waiting:
        stretch = waiting.pop()
        left, right = _missing(stretch, inside_old, inside_new)
        if left and told and stretch.old - left <= told[-1].old_end:
            waiting.append(told.pop().to(stretch))
        elif right and waiting and stretch.old_end + right >= waiting[-1].old:
            waiting.append(stretch.to(waiting.pop()))
        elif left or right:
            waiting.append(
                Stretch(
                    stretch.old - left,
                    stretch.old_end + right,
                    stretch.new - left,
                    stretch.new_end + right,
                )
            )
        else:
            told.append(stretch)
    return told


def _missing(stretch: Stretch, inside_old: Spans, inside_new: Spans) -> tuple[int, int]:
    """How many units a stretch lacks, on its left and right, of the wholes it lies in."""
    left = max(
        stretch.old - inside_old.get(stretch.old, (stretch.old, 0))[0],
        stretch.new - inside_new.get(stretch.new, (stretch.new, 0))[0],
    )
    right = max(
        inside_old.get(stretch.old_end, (0, stretch.old_end))[1] - stretch.old_end,
        inside_new.get(stretch.new_end, (0, stretch.new_end))[1] - stretch.new_end,
    )
    return left, right


def _inside(units: Sequence[Unit], edits: Sequence[tuple[int, int]]) -> Spans:
    """The units near edits that continue a whole, with the units where it begins and ends."""
    text = "".join([part for unit in units for part in unit])
    ends = list(accumulate(len(space) + len(token) for space, token in units))
    starts = [end - len(unit[1]) for end, unit in zip(ends, units, strict=True)]
    spans: Spans = {}
    searched = 0
    for first, last in edits:
        for unit in (first, last):
            place = starts[min(unit, len(starts) - 1)]
            begin = max(searched, text.rfind(" ", 0, max(0, place - LONGEST)) + 1)
            searched = max(searched, min(len(text), place + LONGEST))
            for start, end in wholes(text, begin, searched):
                _mark(spans, bisect_right(starts, start) - 1, bisect_left(starts, end))
    return spans


def _mark(spans: Spans, first: int, end: int) -> None:
    for place in range(first + 1, end):
        one, other = spans.get(place, (first, end))
        spans[place] = min(first, one), max(end, other)


# Joining: what reads as one phrase is one edit.


def _joined(stretches: Sequence[Stretch], old: Sequence[Unit]) -> list[Stretch]:
    told = [stretches[0]]
    for stretch in stretches[1:]:
        if _is_one_phrase(told[-1], stretch, old):
            told[-1] = told[-1].to(stretch)
        else:
            told.append(stretch)
    return told


def _is_one_phrase(one: Stretch, other: Stretch, old: Sequence[Unit]) -> bool:
    count = other.old - one.old_end
    if count > JOINED_STOP_WORDS:
        return False
    kept = old[one.old_end : other.old]
    if any("\n" in space for space, _ in kept):
        return False
    if all(token.casefold() in STOP_WORDS for _, token in kept):
        return True
    return count == 1 and is_word(kept[0][1]) and _is_crossing(one, other)


def _is_crossing(one: Stretch, other: Stretch) -> bool:
    """Whether words were only put in on one side, and only taken out on the other."""
    sizes_old = one.old_end - one.old, other.old_end - other.old
    sizes_new = one.new_end - one.new, other.new_end - other.new
    is_jump = (sizes_old[0] == sizes_new[1] == 0) or (sizes_old[1] == sizes_new[0] == 0)
    return is_jump and max(*sizes_old, *sizes_new) <= LONGEST_CROSSING


# Rewriting: what was rewritten as a whole is one edit.


class _Passage(NamedTuple):
    """Edits that are one, and the balance of what changed over what was kept around them.

    ``link`` is the place of the last passage before that began at a lower balance, or -1.
    """

    whole: Stretch
    before: int
    after: int
    link: int


def _unconfettied(stretches: Sequence[Stretch], old: Sequence[Unit]) -> list[Stretch]:
    """Join edits that outweigh, on both sides, the words kept between them.

    What changed counts for, what was kept against; the passages are the maximal ones of
    such a sum, found in one go.

    Source: W. L. Ruzzo and M. Tompa, "A linear time algorithm for finding all maximal
    scoring subsequences", ISMB 1999.
    """
    told: list[_Passage] = []
    balance, end = 0, stretches[0].old
    for stretch in stretches:
        balance -= _weight(old, end, stretch.old)
        grown = balance + stretch.old_end - stretch.old + stretch.new_end - stretch.new
        passage = _Passage(stretch, balance, grown, _link(told, balance))
        while passage.link >= 0 and told[passage.link].after < grown:
            first = told[passage.link]
            del told[passage.link :]
            whole = first.whole.to(passage.whole)
            passage = _Passage(whole, first.before, grown, first.link)
        told.append(passage)
        balance, end = grown, stretch.old_end
    return [passage.whole for passage in told]


def _link(told: Sequence[_Passage], balance: int) -> int:
    """The last passage that began at a lower balance, or -1."""
    place = len(told) - 1
    while place >= 0 and told[place].before >= balance:
        place = told[place].link
    return place


def _weight(old: Sequence[Unit], start: int, end: int) -> int:
    """The weight of what was kept between two edits."""
    if end - start > LONGEST_BRIDGE:
        return KEPT_WEIGHT * (end - start)
    stops = sum(token.casefold() in STOP_WORDS for _, token in old[start:end])
    return KEPT_WEIGHT * (end - start - stops) + KEPT_STOP_WEIGHT * stops
