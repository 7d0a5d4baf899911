"""What a reader looks for, turned into a query of SQLite's full-text search.

Source: https://www.sqlite.org/fts5.html#full_text_query_syntax
"""

import re
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import NamedTuple

from diffs.words import fold, is_meaningful, is_word
from snapshots.errors import ConfigError

LONGEST = 1000
DEEPEST = 20
# Spellings of one phrase that are looked for; further words of it count as they are written.
MOST_SPELLINGS = 48
OPERATORS = ("AND", "OR", "NOT")
# A word may hold marks, and parentheses as in 287(g).
_TOKEN = re.compile(
    r'\s*(?:(?P<near>NEAR\s*\()|"(?P<quoted>(?:[^"]|"")*)"(?P<star>\*?)|(?P<mark>["(),])|'
    r'(?P<word>[^\s"(),]+(?:,[^\s"(),]+)*(?:\([^\s"(),]*\)[^\s"(),]*)*))'
)
# A query ends at a null.
_PLAIN = {ord("“"): '"', ord("”"): '"', 0: " "}
_KINDS = ("quoted", "near", "mark", "word")
_INFLECTED = re.compile(r"(.*?)([^\W\d_]+)(?:['’]s)?")


class _Token(NamedTuple):
    """One word, quoted phrase, mark or operator, and where it begins."""

    kind: str
    text: str
    place: int


def fts_query(written: str) -> str:
    """Return the FTS5 query of what a reader wrote: it always has that syntax.

    Words beside each other are a phrase, in any inflection; quoted ones are just as they
    are spelled. AND, OR, NOT, NEAR(one "two three", 5), parentheses and a star at the end of
    a word or phrase are as in FTS5.

    Raises:
        ConfigError: it has another syntax; the message names the position.
    """
    return _Reader(written.translate(_PLAIN)).read()


class _Reader:
    """Reads a query from left to right."""

    def __init__(self, written: str) -> None:
        self.written = written
        if len(written) > LONGEST:
            raise self.error(LONGEST, f"a query has at most {LONGEST} characters")
        self.tokens = list(self._tokens())
        self.next = 0

    def read(self) -> str:
        found = self.any_of(0)
        if token := self.peek():
            raise self.error(token.place, f"{token.text!r} is not expected here")
        return found

    def error(self, place: int, fact: str) -> ConfigError:
        return ConfigError(f"the query {self.written!r}, position {place + 1}: {fact}")

    def peek(self) -> _Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def takes(self, kind: str, text: str) -> bool:
        token = self.peek()
        is_next = token is not None and (token.kind, token.text) == (kind, text)
        self.next += is_next
        return is_next

    def any_of(self, depth: int) -> str:
        parts = [self.all_of(depth)]
        while self.takes("operator", "OR"):
            parts.append(self.all_of(depth))
        return _joined(parts, "OR")

    def all_of(self, depth: int) -> str:
        parts = [self.without(depth)]
        while self.takes("operator", "AND"):
            parts.append(self.without(depth))
        return _joined(parts, "AND")

    def without(self, depth: int) -> str:
        found = self.beside(depth)
        while self.takes("operator", "NOT"):
            found = f"({found} NOT {self.beside(depth)})"
        return found

    def beside(self, depth: int) -> str:
        """Phrases and groups beside each other: all of them are wanted."""
        parts = [self.one(depth)]
        while (token := self.peek()) and token.kind != "operator" and token.text not in "),":
            parts.append(self.one(depth))
        return _joined(parts, "AND")

    def one(self, depth: int) -> str:
        token = self.peek()
        if token is None or token.kind == "operator" or token.text == ")":
            place = token.place if token else len(self.written)
            raise self.error(place, "a word or a phrase is expected here")
        if self.takes("mark", "("):
            if depth == DEEPEST:
                raise self.error(token.place, "too many parentheses inside each other")
            found = self.any_of(depth + 1)
            if not self.takes("mark", ")"):
                raise self.error(token.place, "this parenthesis is not closed")
            return found
        if token.kind == "near":
            return self.near()
        if token.kind == "mark":
            raise self.error(token.place, f"{token.text!r} is not expected here")
        return _joined(self.phrase(), "OR")

    def near(self) -> str:
        """``NEAR(one "two three", 5)``: phrases with at most so many words between."""
        start = self.tokens[self.next].place
        self.next += 1
        phrases: list[list[str]] = []
        distance = ""
        while not self.takes("mark", ")"):
            token = self.peek()
            if token is None:
                raise self.error(start, "this NEAR( is not closed")
            if phrases and self.takes("mark", ","):
                distance = self.distance(token.place)
                continue
            if distance or token.kind not in ("word", "quoted"):
                raise self.error(token.place, f"{token.text!r} is not expected inside NEAR")
            phrases.append(self.phrase(is_alone=True))
        if not phrases:
            raise self.error(start, "NEAR needs the phrases that are to be near each other")
        if prod(map(len, phrases)) > MOST_SPELLINGS:
            phrases = [spellings[:1] for spellings in phrases]
        return _joined([f"NEAR({' '.join(each)}{distance})" for each in product(*phrases)], "OR")

    def distance(self, place: int) -> str:
        token = self.peek()
        if token is None or not re.fullmatch(r"[0-9]{1,4}", token.text):
            raise self.error(place, "after the comma, NEAR has a number of words")
        self.next += 1
        return f", {token.text}"

    def phrase(self, *, is_alone: bool = False) -> list[str]:
        """The spellings of a quoted phrase, or of the words that stand beside each other."""
        token = self.tokens[self.next]
        self.next += 1
        if token.kind == "quoted":
            words, star = token.text.removesuffix("*").split(), token.text.endswith("*")
            return [self.spelled(words, token.place) + "*" * star]
        words, last = [token.text], token
        while not is_alone and (further := self.peek()) and further.kind == "word":
            if last.text.endswith("*"):
                place = last.place + len(last.text) - 1
                raise self.error(place, "a star can only end a phrase")
            words.append(further.text)
            last = further
            self.next += 1
        star = words[-1].endswith("*")
        words[-1] = words[-1].removesuffix("*")
        if star and not is_word(words[-1]):
            raise self.error(token.place, "a star needs the beginning of a word before it")
        self.spelled(words, token.place)
        return [_quoted(each) + "*" * star for each in _spellings(words, star)]

    def spelled(self, words: list[str], place: int) -> str:
        if not any(map(is_word, words)):
            raise self.error(place, "there is no word here to look for")
        return _quoted(words)

    def _tokens(self) -> Iterator[_Token]:
        place, end, is_near = 0, len(self.written.rstrip()), False
        while place < end:
            found = _TOKEN.match(self.written, place)
            assert found is not None
            kind = next(
                name for name in ("quoted", "near", "mark", "word") if found[name] is not None
            )
            text, begin = found[kind], found.start(kind)
            if text == '"':
                raise self.error(begin, "this quotation mark is not closed")
            if kind == "quoted":
                text, begin = text.rstrip("*") + found["star"], begin - 1
            place = found.end()
            is_near = kind == "near" or (is_near and text != ")")
            if text != "," or is_near:
                yield _Token(
                    "operator" if kind == "word" and text in OPERATORS else kind, text, begin
                )


def _joined(parts: list[str], operator: str) -> str:
    return parts[0] if len(parts) == 1 else f"({f' {operator} '.join(parts)})"


def _quoted(words: list[str]) -> str:
    return '"' + " ".join(words).replace('"', '""') + '"'


def _spellings(words: list[str], is_begun: bool) -> Iterator[list[str]]:
    """A phrase in every inflection, from its last word on as far as these are not too many."""
    choices = [[word] for word in words]
    for place in reversed(range(len(words) - is_begun)):
        spelled = list(_inflections(words[place]))
        if prod(map(len, choices)) * len(spelled) > MOST_SPELLINGS:
            break
        choices[place] = spelled
    yield from map(list, product(*choices))


def _inflections(word: str) -> Iterator[str]:
    """A word and what is the same word to everything that counts: inflected, hyphened."""
    found = _INFLECTED.fullmatch(word)
    if found is None or not is_meaningful(word):
        yield word
        return
    head, base = found[1], fold(found[2])
    told = [word, *(base + ending for ending in ("", "s", "es")), base[:-1] + "ies"]
    same = [each for each in told if each == word or fold(each) == base]
    spelled = [each if each == word else head + each for each in same]
    lowered = [each.casefold() for each in spelled]
    for each in list(lowered):
        if each.startswith("non-"):
            lowered.append("non" + each[4:])
        elif each.startswith("non") and len(each) > len("nonsense"):
            lowered.append("non-" + each[3:])
    yield from dict.fromkeys(lowered)
