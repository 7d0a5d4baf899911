"""Lexicons: the terms that a reader watches, and where a text uses them.

The longest term wins at each place: an "undocumented alien" is not also an "alien".
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from diffs.words import fold, is_word, units

Words = tuple[str, ...]
# Marks that may stand inside a term: “illegal” aliens.
_QUOTES = frozenset("\"'“”‘’«»`*_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A watched term, and what is written in its place.

    ``forms`` and ``new_forms`` are irregular spellings of the term, and of its first
    replacement; plain inflections are folded. ``pack`` is the title of the pack it is from.
    """

    old: str
    new: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    new_forms: tuple[str, ...] = ()
    pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Terms that belong together, with the days on which they were in force and the sources.

    ``exclude`` are terms of art in which a watched term does not count.
    """

    title: str
    terms: tuple[Term, ...]
    exclude: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def is_in_force(self, day: date) -> bool:
        """Whether its terms held on a day; ``until`` is the first on which they did not."""
        return (not self.since or self.since <= day) and (not self.until or day < self.until)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Some packs together, indexed by the first word of every spelling, the longest first."""

    packs: tuple[Pack, ...] = ()
    spellings: Mapping[str, tuple[tuple[Words, str | None], ...]] = field(
        default_factory=dict, repr=False
    )

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of all packs, in their order."""
        return tuple(term for pack in self.packs for term in pack.terms)


def pack_of(table: Mapping[str, Any], title: str) -> Pack:
    """Return the pack that a TOML table tells; ``shape_problems`` must have found nothing."""
    title = table.get("title", title)
    return Pack(
        title=title,
        terms=tuple(_term(each, title) for each in table.get("term", ())),
        exclude=tuple(table.get("exclude", ())),
        sources=tuple(table.get("sources", ())),
        since=_day(table.get("since")),
        until=_day(table.get("until")),
    )


def lexicon_of(packs: Sequence[Pack]) -> Lexicon:
    """Return packs as one lexicon. A spelling that several terms have stands for the first."""
    excluded = (words for pack in packs for words in map(folded, pack.exclude))
    labels: dict[Words, str | None] = {words: None for words in excluded if words}
    for pack in packs:
        for spelling, name in _spellings(pack.terms):
            if words := folded(spelling):
                labels.setdefault(words, name)
    grouped: dict[str, list[tuple[Words, str | None]]] = {}
    for words, label in labels.items():
        grouped.setdefault(words[0], []).append((words, label))
    index = {head: tuple(sorted(g, key=lambda s: -len(s[0]))) for head, g in grouped.items()}
    return Lexicon(tuple(packs), index)


def asked(lexicon: Lexicon, terms: Sequence[str], *, within: bool = False) -> Lexicon:
    """Return the lexicon with further terms; ``within``: with none besides, nor exclusions.

    Alone, a term counts also inside longer ones.
    """
    own = Pack(title="asked", terms=tuple(Term(old=term) for term in terms))
    wanted = set(map(folded, terms))
    others = [
        replace(pack, exclude=tuple(e for e in pack.exclude if folded(e) not in wanted))
        for pack in lexicon.packs
    ]
    return lexicon_of([own] if within else [*others, own])


def label_of(lexicon: Lexicon, term: str) -> str | None:
    """Return by what name a spelling is counted, or None when it is no term of the lexicon."""
    words = folded(term)
    found = lexicon.spellings.get(words[0], ()) if words else ()
    return next((label for spelling, label in found if spelling == words), None)


def uses(text: str, lexicon: Lexicon) -> Counter[str]:
    """Return how often a text uses each term and each replacement, by its name."""
    return Counter(_found(text, lexicon))


@lru_cache(maxsize=8192)
def folded(phrase: str) -> Words:
    """Return a phrase's words as terms are compared: folded, hyphened ones taken apart."""
    return tuple(word for word in _stream(phrase) if word)


def _found(text: str, lexicon: Lexicon) -> Iterator[str]:
    stream = list(_stream(text))
    place = 0
    while place < len(stream):
        words, label = _longest(stream, place, lexicon)
        if label is not None:
            yield label
        place += len(words)


def _longest(stream: list[str], place: int, lexicon: Lexicon) -> tuple[Words, str | None]:
    """The longest spelling at a place with its name; None names what does not count."""
    for words, label in lexicon.spellings.get(stream[place], ()):
        if tuple(stream[place : place + len(words)]) == words:
            return words, label
    return (stream[place],), None


def _stream(text: str) -> Iterator[str]:
    """A text's words, folded; "" for a mark that ends a phrase.

    "non-citizen" is noncitizen; other hyphened words are several.
    """
    for unit in units(text):
        yield from _parts(unit.token)


@lru_cache(maxsize=65536)
def _parts(token: str) -> Words:
    if is_word(token):
        joined = token.casefold().replace("non-", "non")
        return tuple(fold(part) for part in joined.split("-") if part)
    return ("",) if token and token not in _QUOTES else ()


def _spellings(terms: Iterable[Term]) -> Iterator[tuple[str, str]]:
    """Every spelling of the terms, then of the replacements, with the name it counts under."""
    known = list(terms)
    for term in known:
        yield from ((spelling, term.old) for spelling in (term.old, *term.forms))
    for term in known:
        yield from ((new, new) for new in term.new)
        yield from ((spelling, term.new[0]) for spelling in term.new_forms if term.new)


def _term(table: Mapping[str, Any], pack: str) -> Term:
    return Term(
        old=table["old"],
        new=tuple(table.get("new", ())),
        forms=tuple(table.get("forms", ())),
        new_forms=tuple(table.get("new_forms", ())),
        pack=pack,
    )


def _day(written: date | None) -> date | None:
    return written.date() if isinstance(written, datetime) else written
