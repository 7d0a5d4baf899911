"""How likely substitutions recur as they do by chance: in their items, outcomes and months.

The arithmetic is in ``significance``; docs/terms.md states the test.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC
from functools import cached_property
from itertools import accumulate
from math import fsum

from diffs.significance import burst, habit, one_way, parted, recurrence
from snapshots.records import Substitution

Pair = tuple[str, str]
Group = Sequence[Substitution]
Month = tuple[int, int]


def items_of(group: Group) -> set[tuple[str, str]]:
    """Return the items that substitutions are in, with their sources."""
    return {(s.source, s.item) for s in group}


class Chances:
    """How likely each of several pairs, folded, is by chance to recur as it does."""

    def __init__(self, groups: Mapping[Pair, Group]) -> None:
        self.groups = groups
        self.items = {pair: len(items_of(group)) for pair, group in groups.items()}
        self.written: Counter[str] = Counter()
        replaced: dict[str, list[int]] = defaultdict(list)
        for (old, new), number in self.items.items():
            replaced[old].append(number)
            self.written[new] += number
        self.replaced = {old: _Outcomes(numbers) for old, numbers in replaced.items()}
        self.everything = sum(self.items.values())

    def may_recur(self, old: str, new: str) -> bool:
        """Whether both phrases are in several items, so that the pair could be at all."""
        return self.replaced[old].all > 1 and self.written[new] > 1

    def of(self, old: str, new: str) -> float:
        """Return how likely a pair is in that way that chance has in which it is likeliest.

        B may be put for anything; A may have a habit of becoming B, at any time; and both
        directions may be alike.
        """
        written, replaced = self.written[new], self.replaced[old].all
        anyhow = recurrence(self.items[old, new], replaced, written, self.everything)
        return max(anyhow, self._by_habit(old, new))

    def _by_habit(self, old: str, new: str) -> float:
        """How likely a pair recurs so often, or so often at once, by habit, and goes one way.

        Where a source changed in one month only, that it changed at once tells nothing.
        """
        group, back = self.groups[old, new], self.groups.get((new, old), ())
        number = self.items[old, new]
        counts = (number, *self.replaced[old].beside(number))
        often, either = habit(*counts), _both_ways(group, back) if back else 0.0
        share = fsum(self.busiest[source] for source, _ in items_of(group)) / number
        if share >= 1:
            return max(often, either)
        at_once = burst(_most_at_once(group), *counts, share)
        one_way_at_once = burst(_most_at_once(group, back), *counts, share)
        return min(1.0, max(2 * min(often, at_once), min(either, 2 * one_way_at_once)))

    @cached_property
    def busiest(self) -> dict[str, float]:
        """The share of each source's changed items that changed in its busiest month."""
        changed = {(s.source, s.item, _month(s)) for group in self.groups.values() for s in group}
        months: dict[str, Counter[Month]] = defaultdict(Counter)
        for source, _, month in changed:
            months[source][month] += 1
        return {source: max(each.values()) / each.total() for source, each in months.items()}


class _Outcomes:
    """In how many items a phrase became each other one."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self.numbers = sorted(numbers)
        self.sums = [0, *accumulate(self.numbers)]
        self.all = self.sums[-1]

    def beside(self, number: int) -> tuple[int, int]:
        """The items of all outcomes, and of one's next rival, none counted above that one."""
        end = bisect_right(self.numbers, number)
        above = len(self.numbers) - end
        rival = number if above else self.numbers[end - 2] if end > 1 else 0
        return self.sums[end] + above * number, rival


def _both_ways(group: Group, back: Group) -> float:
    """How likely two directions look as one-sided as these do by chance.

    An item that went both ways tells of neither. One direction wholly after the other
    is a reversal, and each of them goes one way.
    """
    forth, other = items_of(group), items_of(back)
    if forth - other and not other - forth:
        return 0.0
    times, times_back = [s.at for s in group], [s.at for s in back]
    is_parted = max(times) < min(times_back) or max(times_back) < min(times)
    apart = parted(len(forth), len(other)) if is_parted else 1.0
    return min(apart, one_way(len(forth - other), len(other - forth)))


def _most_at_once(group: Group, back: Group = ()) -> int:
    """The most items that changed in one month, of the months in which none went back."""
    others = set(map(_month, back))
    changed = {(s.source, s.item, _month(s)) for s in group}
    counts = Counter(month for _, _, month in changed if month not in others)
    return max(counts.values(), default=1)


def _month(substitution: Substitution) -> Month:
    at = substitution.at.astimezone(UTC)
    return at.year, at.month
