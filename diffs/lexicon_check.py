"""What is wrong with a lexicon: mistakes that would make it count wrongly, or not at all."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from diffs.lexicon import Lexicon, Pack, Term, Words, folded, lexicon_of, uses
from diffs.words import STOP_WORDS

PACK = {
    "title": str,
    "since": date,
    "until": date,
    "sources": list,
    "exclude": list,
    "term": list,
}
TERM = {"old": str, "new": list, "forms": list, "new_forms": list}
_NAMES: dict[type, str] = {str: "text in quotes", list: "a list", date: "a date like 2021-04-19"}
_SEPARATORS = re.compile(r"\s*[,;/|\n]\s*")
_CONJUNCTIONS = re.compile(r"\s+(?:and|or)\s+", re.IGNORECASE)
_PATTERN_SIGNS = re.compile(r"[*?+^$\\(){}\[\]]")
# A shorter word is too common an ending to tell two terms run together.
SHORTEST_FUSED = 4


def shape_problems(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield what keeps a TOML table from being a pack: wrong names and wrong types."""
    yield from _wrong_keys("", table, PACK)
    for key in ("sources", "exclude"):
        yield from _wrong_texts(key, table.get(key, []))
    terms = table.get("term", [])
    for number, term in enumerate(terms if isinstance(terms, list) else [], 1):
        if not isinstance(term, dict):
            yield f"term {number} must be a table, written [[term]]"
            continue
        name = f"term {number}: "
        yield from _wrong_keys(name, term, TERM)
        if "old" not in term:
            yield f"{name}lacks 'old', the term to watch"
        for key in ("new", "forms", "new_forms"):
            yield from _wrong_texts(f"{name}{key}", term.get(key, []))


def findings(packs: Sequence[Pack]) -> list[str]:
    """Return what is wrong in packs that are used together, each said once; none is best."""
    found = [f"{pack.title}: {told}" for pack in packs for told in _pack_findings(pack)]
    if not found:
        whole = lexicon_of(packs)
        found += [f"{pack.title}: {told}" for pack in packs for told in _hidden(pack, whole)]
    return list(dict.fromkeys(found))


def _pack_findings(pack: Pack) -> Iterator[str]:
    if pack.since and pack.until and pack.until < pack.since:
        yield f"ends on {pack.until}, before it begins on {pack.since}"
    if not pack.terms:
        yield "has no [[term]]"
    yield from _unmatched(pack)
    yield from _duplicates(pack)
    yield from _fused(pack)
    yield from _overlaps(pack)
    if not list(_unmatched(pack)):
        yield from _hidden(pack, lexicon_of([pack]))
        yield from _idle_exclusions(pack)


def _unmatched(pack: Pack) -> Iterator[str]:
    for spelling in (*_all_spellings(pack.terms), *pack.exclude):
        words = folded(spelling)
        if not words:
            yield f"{spelling!r} never matches: it has no word"
        elif all(word in STOP_WORDS for word in words):
            yield f"{spelling!r} says nothing by itself: it would match everywhere"
        elif _PATTERN_SIGNS.search(spelling):
            yield f"{spelling!r} never matches: terms are words, not patterns; list its forms"


def _duplicates(pack: Pack) -> Iterator[str]:
    given_up = [folded(s) for term in pack.terms for s in (term.old, *term.forms)]
    for words, times in Counter(given_up).items():
        if times > 1:
            yield f"{_told(words)} stands {times} times (case and inflections are folded)"
    for term in pack.terms:
        for names in (term.new, (*term.new[:1], *term.new_forms)):
            repeated = [w for w, times in Counter(map(folded, names)).items() if times > 1]
            yield from (f"{term.old!r} is given {_told(words)} twice" for words in repeated)
    for words, times in Counter(map(folded, pack.exclude)).items():
        if times > 1:
            yield f"{_told(words)} is excluded {times} times"


def _fused(pack: Pack) -> Iterator[str]:
    known = {folded(spelling) for spelling in _all_spellings(pack.terms)}
    single = {word for words in known for word in words if len(word) >= SHORTEST_FUSED}
    for spelling in _all_spellings(pack.terms):
        pieces = _SEPARATORS.split(spelling.strip())
        joined = [folded(piece) for piece in _CONJUNCTIONS.split(spelling)]
        if len(pieces) > 1 or (len(joined) > 1 and any(piece in known for piece in joined)):
            yield f"{spelling!r} is several terms in one; list them apart"
        yield from (
            f"{spelling!r} holds {word!r}, two terms run together"
            for word in folded(spelling)
            if any(word[:n] in single and word[n:] in single for n in range(1, len(word)))
        )


def _overlaps(pack: Pack) -> Iterator[str]:
    """Terms both given up and written; and terms of which one ends as another begins."""
    given_up = {folded(s): s for term in pack.terms for s in (term.old, *term.forms)}
    written = {folded(s): s for term in pack.terms for s in (*term.new, *term.new_forms)}
    for words in given_up.keys() & written.keys():
        yield f"{given_up[words]!r} is both given up and written in place of another"
    settled = given_up.keys() | set(map(folded, pack.exclude))
    for left in given_up:
        for right in given_up:
            if left != right and (both := _chained(left, right)) and both not in settled:
                yield (
                    f"{given_up[left]!r} overlaps {given_up[right]!r} in {' '.join(both)!r};"
                    " make that a form of one of them, or exclude it"
                )


def _chained(left: Words, right: Words) -> Words | None:
    """Two terms told in one breath over the words that they share, or None."""
    for shared in range(min(len(left), len(right)) - 1, 0, -1):
        if left[-shared:] == right[:shared]:
            return left + right[shared:]
    return None


def _hidden(pack: Pack, lexicon: Lexicon) -> Iterator[str]:
    """Spellings that a text may consist of and that still go uncounted."""
    for spelling in _all_spellings(pack.terms):
        if not (found := uses(spelling, lexicon)):
            yield f"{spelling!r} is shadowed: an exclusion takes its place"
        elif found.total() > 1:
            yield f"{spelling!r} never matches as one: other terms take its words"


def _idle_exclusions(pack: Pack) -> Iterator[str]:
    bare = lexicon_of([Pack(title=pack.title, terms=pack.terms)])
    for phrase in pack.exclude:
        if not uses(phrase, bare):
            yield f"the exclusion {phrase!r} never matches: it holds no watched term"


def _all_spellings(terms: Iterable[Term]) -> Iterator[str]:
    for term in terms:
        yield from (term.old, *term.forms, *term.new, *term.new_forms)


def _told(words: Words) -> str:
    return repr(" ".join(words))


def _wrong_keys(name: str, table: Mapping[str, Any], known: Mapping[str, type]) -> Iterator[str]:
    for key, value in table.items():
        if key not in known:
            yield f"{name}there is no setting {key!r}; there are {', '.join(known)}"
        elif not isinstance(value, known[key]):
            yield f"{name}{key} must be {_NAMES[known[key]]}, not {value!r}"


def _wrong_texts(name: str, values: object) -> Iterator[str]:
    if isinstance(values, list) and not all(isinstance(value, str) for value in values):
        yield f"{name} must be a list of texts in quotes"
