"""Where a phrase became another: the smallest phrases of an edit that carry its meaning."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from diffs.blocks import CELL
from diffs.wording import REWRITTEN_BELOW, kept_share
from diffs.words import STOP_WORDS, fold, is_meaningful, is_of_date, is_word, pairs
from snapshots.records import Change, Edit, Kind

# A longer phrase is a rewriting, not a substitution of terms.
LONGEST_PHRASE = 6
# A stop word with a word on either side.
FEWEST_PARTED = 3
# So many kept words between words put in and words taken out were turned around.
MOST_TURNED = 2
# A phrase that says nothing by itself takes in so many of the words after it, at most.
MOST_RESTORED = 3
CONTEXT_WORDS = 6
CONTEXT_FIELDS = frozenset(("title", "summary", "text"))
_ADDRESS = ("://", "www.", "@", "](")
_ARTICLES = frozenset(("a", "an", "the"))
_NO_LETTERS = dict.fromkeys(map(ord, " -_"))


class Phrase(NamedTuple):
    """One place at which a phrase became another, with some words around it on both sides."""

    old: str
    new: str
    context_old: str
    context_new: str


@dataclass(frozen=True, slots=True)
class _Place:
    """What was taken out and put in at one place, between the kept ``before`` and ``after``.

    ``lead`` is what a space parts from neither side of it, earlier edits included.
    """

    before: str
    old: str
    new: str
    after: str
    lead: str = ""


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


def folded_pair(old: str, new: str) -> tuple[str, str]:
    """Return a pair of phrases without case and inflections."""
    return fold_phrase(old), fold_phrase(new)


def fold_phrase(phrase: str) -> str:
    """Return a phrase's words without case, inflections and marks."""
    return " ".join(map(fold, _tokens(phrase)))


def _phrases(edits: Sequence[Edit]) -> Iterator[Phrase]:
    for place in _turned(list(_places(edits))):
        if place.old and place.new and not _is_address(place):
            found = _split(place)
            head, tail = _around(place) if found else ("", "")
            for old, new in found:
                yield Phrase(old, new, f"{head}{place.old}{tail}", f"{head}{place.new}{tail}")


def _is_address(place: _Place) -> bool:
    """Whether the place lies in a web or mail address, or has one: a link is no wording."""
    around = place.lead, place.old, place.new, place.after[:200].split(" ")[0]
    return any(sign in part for part in around for sign in _ADDRESS)


def _places(edits: Sequence[Edit]) -> Iterator[_Place]:
    texts = {"keep": "", "delete": "", "insert": ""}
    before = lead = ""
    for edit in (*edits, Edit("keep", "")):
        if edit.op == "keep" and (texts["delete"] or texts["insert"]):
            yield _Place(before, texts["delete"], texts["insert"], edit.text, lead)
        if edit.op == "keep":
            joined = f"{lead}{texts['delete']}{texts['insert']}{edit.text}"
            before, lead = edit.text, joined[-200:].split(" ")[-1]
            texts = {"keep": "", "delete": "", "insert": ""}
        else:
            texts[edit.op] += edit.text


def _turned(places: list[_Place]) -> Iterator[_Place]:
    """Join words put in with words taken out across a word or two that were turned around.

    "unaccompanied alien children" → "noncitizen unaccompanied children" is one place.
    """
    number = 0
    while number < len(places):
        here, number = places[number], number + 1
        if number < len(places) and _is_turned(here, places[number]):
            there, number = places[number], number + 1
            kept = there.before
            old, new = here.old + kept + there.old, here.new + kept + there.new
            here = _Place(here.before, old, new, there.after, here.lead)
        yield here


def _is_turned(here: _Place, there: _Place) -> bool:
    is_put = not here.old and bool(here.new and there.old) and not there.new
    is_taken = not here.new and bool(here.old and there.new) and not there.old
    if not is_put and not is_taken:
        return False
    kept = [token for _, token in pairs(there.before) if token]
    return 0 < len(kept) <= MOST_TURNED and all(map(is_meaningful, kept))


def _split(place: _Place) -> list[tuple[str, str]]:
    """The phrase pairs at one place, of which none reaches from one cell of a row to another."""
    if CELL not in place.old and CELL not in place.new:
        return _parted(place)
    cells = place.old.split(CELL), place.new.split(CELL)
    if len(cells[0]) != len(cells[1]):
        return []
    beside = [_Place("", old, new, "") for old, new in zip(*cells, strict=True)]
    return [pair for cell in beside for pair in _parted(cell)]


def _parted(place: _Place) -> list[tuple[str, str]]:
    """The phrase pairs at one place: several where the same stop words lie between them."""
    old, new = _trimmed(_tokens(place.old), _tokens(place.new))
    if min(len(old), len(new)) >= FEWEST_PARTED:
        parts_old, between_old = _parts(old)
        parts_new, between_new = _parts(new)
        if len(parts_old) == len(parts_new) > 1:
            beside = list(zip(parts_old, parts_new, strict=True))
            if _are_swapped(parts_old, parts_new):
                return []
            is_one = len({folded_pair(*pair) for pair in beside}) == 1
            if is_one or between_old == between_new:
                return [pair for pair in beside if _is_phrase_pair(*pair)]
    pair = _whole(old, new, place)
    return [pair] if _is_phrase_pair(*pair) else []


def _are_swapped(old: Iterable[str], new: Iterable[str]) -> bool:
    """Whether the same phrases stand in another order: "cats or dogs", "dogs or cats"."""
    return sorted(map(fold_phrase, old)) == sorted(map(fold_phrase, new))


def _tokens(text: str) -> list[str]:
    return [token for _, token in pairs(text) if is_word(token)]


def _parts(phrase: list[str]) -> tuple[list[str], list[list[str]]]:
    """A phrase's parts around its inner stop words, and those, articles as one."""
    parts: list[list[str]] = [[]]
    between: list[list[str]] = []
    for token in _bare(phrase):
        if (word := token.casefold()) not in STOP_WORDS:
            parts[-1].append(token)
            continue
        if parts[-1] or not between:
            parts.append([])
            between.append([])
        between[-1].append("a" if word in _ARTICLES else word)
    return [" ".join(part) for part in parts if part], between


def _trimmed(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Drop the words that both phrases begin or end with."""
    while old and new and old[0].casefold() == new[0].casefold():
        old, new = old[1:], new[1:]
    while old and new and old[-1].casefold() == new[-1].casefold():
        old, new = old[:-1], new[:-1]
    return old, new


def _whole(old: list[str], new: list[str], place: _Place) -> tuple[str, str]:
    """Two trimmed phrases, with shared words after them where they need these to mean something.

    Words that were turned around stand before the noun that they belong to; a stop word
    alone says nothing. "an alien" → "a noncitizen" is the same as "alien" → "noncitizen".
    """
    told = any(map(is_meaningful, old)), any(map(is_meaningful, new))
    if not (old and new) or not any(told):
        return "", ""
    if not all(told):
        tail = _shared_tail(place, len(old), len(new))
        ends = [n for n, token in enumerate(tail) if is_meaningful(token)]
        more = tail[: ends[0] + 1] if ends else []
        return " ".join(old + more), " ".join(new + more)
    turned = any(map(is_meaningful, {*map(fold, old)}.intersection(map(fold, new))))
    tail = _shared_tail(place, len(old), len(new)) if turned else []
    more = tail[:1] if tail and is_meaningful(tail[0]) else []
    return " ".join(_bare(old + more)), " ".join(_bare(new + more))


def _shared_tail(place: _Place, old: int, new: int) -> list[str]:
    """The words that both texts go on with after the trimmed phrases, up to a mark."""
    inside_old, inside_new = _tokens(place.old), _tokens(place.new)
    tail = 0
    while tail < min(len(inside_old) - old, len(inside_new) - new) and (
        inside_old[-tail - 1].casefold() == inside_new[-tail - 1].casefold()
    ):
        tail += 1
    found = inside_old[len(inside_old) - tail :]
    for _, token in pairs(place.after[:200]):
        if len(found) >= MOST_RESTORED or not is_word(token):
            break
        found.append(token)
    return found[:MOST_RESTORED]


def _bare(phrase: list[str]) -> list[str]:
    places = [n for n, token in enumerate(phrase) if token.casefold() not in STOP_WORDS]
    return phrase[places[0] : places[-1] + 1] if places else phrase


def _is_phrase_pair(old: str, new: str) -> bool:
    sides = _tokens(old), _tokens(new)
    fits = all(0 < len(side) <= LONGEST_PHRASE for side in sides)
    is_meant = any(map(is_meaningful, sides[0])) and any(map(is_meaningful, sides[1]))
    is_date = all(map(is_of_date, (*sides[0], *sides[1])))
    return fits and is_meant and not is_date and _letters(sides[0]) != _letters(sides[1])


def _letters(phrase: list[str]) -> str:
    """A phrase without what is no other wording: "third party" is "third-party"."""
    return "".join(map(fold, phrase)).translate(_NO_LETTERS)


def _around(place: _Place) -> tuple[str, str]:
    """Some of the words before a place, and after it."""
    left, right = place.before.split(" "), place.after.split(" ")
    head = " ".join(left[-CONTEXT_WORDS - 1 :])
    tail = " ".join(right[: CONTEXT_WORDS + 1])
    start = "… " if len(left) > CONTEXT_WORDS + 1 else ""
    end = " …" if len(right) > CONTEXT_WORDS + 1 else ""
    return f"{start}{head}", f"{tail}{end}"
