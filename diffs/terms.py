"""Substitutions counted over items, sources and dates; the systematic ones first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from diffs.chances import Chances, Pair, items_of
from diffs.significance import discoveries
from diffs.substitutions import Phrase, fold_phrase, folded_pair, phrases
from snapshots.records import Substitution, SubstitutionCount

__all__ = ["Phrase", "count", "fold_phrase", "folded_pair", "holding", "phrases"]

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
    by_chance = Chances(groups)
    chances = {pair: by_chance.of(*pair) for pair in groups}
    tested = [pair for pair in groups if by_chance.may_recur(*pair)]
    sure = dict(zip(tested, discoveries([chances[pair] for pair in tested]), strict=True))
    counted = [
        replace(
            _counted(group, groups.get((new, old), ())),
            chance=chances[old, new],
            is_systematic=sure.get((old, new), False) and by_chance.items[old, new] > 1,
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


def _counted(group: Sequence[Substitution], back: Sequence[Substitution]) -> SubstitutionCount:
    spellings: Counter[Pair] = Counter()
    for substitution in group:
        spellings[substitution.old, substitution.new] += substitution.places
    (old, new), _ = max(spellings.items(), key=lambda pair: (pair[1], pair[0]))
    return SubstitutionCount(
        old=old,
        new=new,
        places=sum(s.places for s in group),
        items=len(items_of(group)),
        sources=len({s.source for s in group}),
        first=min(s.at for s in group),
        last=max(s.at for s in group),
        reverse_places=sum(s.places for s in back),
        contexts=tuple(group),
        reverse_items=len(items_of(back)),
    )
