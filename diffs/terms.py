"""Substitutions counted over items, sources and dates; the systematic ones first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from diffs.significance import discoveries, one_way, parted, recurrence
from diffs.substitutions import Phrase, fold_phrase, folded_pair, phrases
from snapshots.records import Substitution, SubstitutionCount

__all__ = ["Phrase", "count", "fold_phrase", "folded_pair", "holding", "phrases"]

Pair = tuple[str, str]
Groups = dict[Pair, list[Substitution]]


def count(found: Iterable[Substitution]) -> list[SubstitutionCount]:
    """Return substitutions counted, inflections and case folded; the systematic first.

    Systematic is what recurs in several items more often than chance explains, and goes
    one way; docs/terms.md states the test. Then by how unlikely chance is, by items, by
    places. The commonest inflection stands for all.
    """
    groups: Groups = defaultdict(list)
    for substitution in found:
        groups[folded_pair(substitution.old, substitution.new)].append(substitution)
    chances = dict(zip(groups, _chances(groups), strict=True))
    sure = dict(zip(groups, discoveries(list(chances.values())), strict=True))
    counted = [
        replace(
            _counted(group, groups.get((new, old), ())),
            chance=chances[old, new],
            is_systematic=sure[old, new] and len(_items(group)) > 1,
        )
        for (old, new), group in groups.items()
    ]
    return sorted(counted, key=_rank)


def holding(counts: Sequence[SubstitutionCount], terms: Sequence[str]) -> list[SubstitutionCount]:
    """Return the counts of which a side holds one of the terms; all, when none is named."""
    wanted = [f" {fold_phrase(term)} " for term in terms]
    sides = [(count, f" {fold_phrase(count.old)}  {fold_phrase(count.new)} ") for count in counts]
    return [c for c, side in sides if not wanted or any(term in side for term in wanted)]


def _rank(count: SubstitutionCount) -> tuple[object, ...]:
    reach = -count.items, -count.places
    return not count.is_systematic, count.chance, *reach, count.first, count.old, count.new


def _chances(groups: Groups) -> Iterator[float]:
    """How likely each pair is to recur as it does, and to go one way, by chance."""
    items = {pair: len(_items(group)) for pair, group in groups.items()}
    replaced: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for (old, new), number in items.items():
        replaced[old] += number
        written[new] += number
    everything = sum(items.values())
    for (old, new), group in groups.items():
        recurs = recurrence(items[old, new], replaced[old], written[new], everything)
        back = groups.get((new, old), ())
        yield max(recurs, _both_ways(group, back)) if back else recurs


def _both_ways(group: Sequence[Substitution], back: Sequence[Substitution]) -> float:
    """How likely two directions look as one-sided as these do by chance.

    An item that went both ways tells of neither. One direction wholly after the other
    is a reversal, and each of them goes one way.
    """
    forth, other = _items(group), _items(back)
    if forth - other and not other - forth:
        return 0.0
    times, times_back = [s.at for s in group], [s.at for s in back]
    is_parted = max(times) < min(times_back) or max(times_back) < min(times)
    apart = parted(len(forth), len(other)) if is_parted else 1.0
    return min(apart, one_way(len(forth - other), len(other - forth)))


def _items(group: Sequence[Substitution]) -> set[tuple[str, str]]:
    return {(s.source, s.item) for s in group}


def _counted(group: Sequence[Substitution], back: Sequence[Substitution]) -> SubstitutionCount:
    spellings: Counter[Pair] = Counter()
    for substitution in group:
        spellings[substitution.old, substitution.new] += substitution.places
    (old, new), _ = max(spellings.items(), key=lambda pair: (pair[1], pair[0]))
    return SubstitutionCount(
        old=old,
        new=new,
        places=sum(s.places for s in group),
        items=len(_items(group)),
        sources=len({s.source for s in group}),
        first=min(s.at for s in group),
        last=max(s.at for s in group),
        reverse_places=sum(s.places for s in back),
        contexts=tuple(group),
        reverse_items=len(_items(back)),
    )
