"""Substitutions: phrases that became other phrases at the same place, and how often."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from diffs.wording import REWRITTEN_BELOW, kept_share
from diffs.words import STOP_WORDS, fold, is_meaningful, is_word, units
from snapshots.records import Change, Edit, Kind, Substitution, SubstitutionCount

# A longer phrase is a rewriting, not a substitution of terms.
LONGEST_PHRASE = 6
CONTEXT_WORDS = 6
CONTEXT_FIELDS = frozenset(("title", "summary", "text"))


class Phrase(NamedTuple):
    """One place at which a phrase became another, with some words around it on both sides."""

    old: str
    new: str
    context_old: str
    context_new: str


def phrases(change: Change) -> Iterator[Phrase]:
    """Yield the substitutions in a change's wording, in reading order, one a place.

    A field that was rewritten has none: its words stand at no common place.
    """
    if change.kind is not Kind.CHANGED:
        return
    for name, value in change.fields.items():
        is_text = name in CONTEXT_FIELDS or name in change.item.fields
        if is_text and value.edits and kept_share(value.edits) >= REWRITTEN_BELOW:
            yield from _phrases(value.edits)


def count(found: Iterable[Substitution]) -> list[SubstitutionCount]:
    """Return substitutions counted, inflections and case folded; the most general first.

    Ranked by the items, then the places, that they occur in; the commonest inflection
    stands for all.
    """
    groups: dict[tuple[str, str], list[Substitution]] = defaultdict(list)
    for substitution in found:
        groups[folded_pair(substitution.old, substitution.new)].append(substitution)
    places = {pair: sum(s.places for s in group) for pair, group in groups.items()}
    counted = [_counted(group, places.get((new, old), 0)) for (old, new), group in groups.items()]
    return sorted(counted, key=lambda c: (-c.items, -c.places, c.first, c.old, c.new))


def holding(counts: Sequence[SubstitutionCount], terms: Sequence[str]) -> list[SubstitutionCount]:
    """Return the counts of which a side holds one of the terms; all, when none is named."""
    wanted = [f" {fold_phrase(term)} " for term in terms]
    sides = [(count, f" {fold_phrase(count.old)}  {fold_phrase(count.new)} ") for count in counts]
    return [c for c, side in sides if not wanted or any(term in side for term in wanted)]


def folded_pair(old: str, new: str) -> tuple[str, str]:
    """Return a pair of phrases without case and inflections."""
    return fold_phrase(old), fold_phrase(new)


def fold_phrase(phrase: str) -> str:
    """Return a phrase's words without case, inflections and marks."""
    return " ".join(fold(u.token) for u in units(phrase) if is_word(u.token))


def _counted(group: Sequence[Substitution], reverse_places: int) -> SubstitutionCount:
    spellings: Counter[tuple[str, str]] = Counter()
    for substitution in group:
        spellings[substitution.old, substitution.new] += substitution.places
    (old, new), _ = max(spellings.items(), key=lambda pair: (pair[1], pair[0]))
    return SubstitutionCount(
        old=old,
        new=new,
        places=sum(s.places for s in group),
        items=len({(s.source, s.item) for s in group}),
        sources=len({s.source for s in group}),
        first=min(s.at for s in group),
        last=max(s.at for s in group),
        reverse_places=reverse_places,
        contexts=tuple(group),
    )


def _phrases(edits: Sequence[Edit]) -> Iterator[Phrase]:
    padded = [Edit("keep", ""), *edits, Edit("keep", "")]
    for place, (taken, put) in enumerate(pairwise(padded)):
        if (taken.op, put.op) == ("delete", "insert"):
            before, after = padded[place - 1].text, padded[place + 2].text
            context = _around(before, taken.text, after), _around(before, put.text, after)
            for old, new in _split(taken.text, put.text):
                yield Phrase(old, new, *context)


def _split(old: str, new: str) -> list[tuple[str, str]]:
    """The phrase pairs in one edit: several where one pair repeats around stop words."""
    parts_old, parts_new = _parts(old), _parts(new)
    if len(parts_old) == len(parts_new) > 1:
        pairs = list(zip(parts_old, parts_new, strict=True))
        if len({folded_pair(*pair) for pair in pairs}) == 1:
            return [pair for pair in pairs if _is_phrase_pair(*pair)]
    pair = _trimmed(_tokens(old), _tokens(new))
    return [pair] if _is_phrase_pair(*pair) else []


def _tokens(text: str) -> list[str]:
    return [unit.token for unit in units(text) if is_word(unit.token)]


def _parts(text: str) -> list[str]:
    parts: list[list[str]] = [[]]
    for token in _tokens(text):
        if token.casefold() in STOP_WORDS:
            parts.append([])
        else:
            parts[-1].append(token)
    return [" ".join(part) for part in parts if part]


def _trimmed(old: list[str], new: list[str]) -> tuple[str, str]:
    """Drop the words that both phrases begin or end with, and stop words at either end.

    "an alien" → "a noncitizen" is the same substitution as "alien" → "noncitizen".
    """
    while old and new and old[0].casefold() == new[0].casefold():
        old, new = old[1:], new[1:]
    while old and new and old[-1].casefold() == new[-1].casefold():
        old, new = old[:-1], new[:-1]
    return " ".join(_bare(old)), " ".join(_bare(new))


def _bare(phrase: list[str]) -> list[str]:
    places = [n for n, token in enumerate(phrase) if token.casefold() not in STOP_WORDS]
    return phrase[places[0] : places[-1] + 1] if places else phrase


def _is_phrase_pair(old: str, new: str) -> bool:
    sides = _tokens(old), _tokens(new)
    fits = all(0 < len(side) <= LONGEST_PHRASE for side in sides)
    is_meant = any(map(is_meaningful, sides[0])) and any(map(is_meaningful, sides[1]))
    return fits and is_meant and fold_phrase(old) != fold_phrase(new)


def _around(before: str, phrase: str, after: str) -> str:
    left, right = before.split(" "), after.split(" ")
    head = " ".join(left[-CONTEXT_WORDS - 1 :])
    tail = " ".join(right[: CONTEXT_WORDS + 1])
    start = "… " if len(left) > CONTEXT_WORDS + 1 else ""
    end = " …" if len(right) > CONTEXT_WORDS + 1 else ""
    return f"{start}{head}{phrase}{tail}{end}"
