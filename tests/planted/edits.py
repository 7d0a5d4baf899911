"""How wording changes: by chance, by a slip mended, in its marks, or altogether."""

import re
from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from planted.terms import CAMPAIGNS
from planted.truth import Record
from planted.words import ADJECTIVES, NOUNS, SYNONYMS, VERBS, Writer

# The words of campaigns, which nothing else touches.
TERMS = frozenset(
    re.findall(r"[a-z]+", " ".join(w for c in CAMPAIGNS for pair in c.forms for w in pair).lower())
) - {"a", "an", "of"}
# A rewriting keeps fewer of the words than this.
REWRITTEN_SHARE = 0.3
LISTS = (NOUNS, ADJECTIVES, VERBS)


def with_body(record: Record, body: str) -> Record:
    return replace(record, text=body) if record.text is not None else replace(record, summary=body)


def reworded(record: Record, writer: Writer) -> Record:
    """Return a record in which one word, number or date of the body is another, by chance."""
    said = record.body.split(" ")
    how = writer.random.choices((_synonym, _other_word, _number), (4, 5, 3))[0]
    return with_body(record, " ".join(how(said, writer) or _other_word(said, writer) or said))


class Slip(NamedTuple):
    """A record with a slip in one word, the wrong word, and the right one."""

    record: Record
    wrong: str
    right: str


def misspelt(record: Record, writer: Writer) -> Slip | None:
    """Return a record with two letters of a long word exchanged; None when it has no such word."""
    said = record.body.split(" ")
    places = [n for n in _plain(said) if len(said[n]) > 5 and said.count(said[n]) == 1]
    if not places:
        return None
    place = writer.random.choice(places)
    right = said[place]
    at = writer.random.choice([n for n in range(1, len(right) - 1) if right[n] != right[n + 1]])
    said[place] = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
    return Slip(with_body(record, " ".join(said)), said[place], right)


def mended(record: Record, slip: Slip) -> Record:
    said = [slip.right if word == slip.wrong else word for word in record.body.split(" ")]
    return with_body(record, " ".join(said))


def punctuated(record: Record, writer: Writer) -> Record:
    """Return a record that differs in its marks or its case alone."""
    body, said = record.body, record.body.split(" ")
    place = writer.random.choice([n for n in _plain(said) if n > 1] or [0])
    ways = (
        lambda: body.replace(".", ";", 1) if body.count(".") > 1 else body.rstrip(".") + "!",
        lambda: " ".join([*said[:place], f"“{said[place]}”", *said[place + 1 :]]),
        lambda: " ".join([*said[:place], f"{said[place]},", *said[place + 1 :]]),
        lambda: " ".join([*said[:place], said[place].capitalize(), *said[place + 1 :]]),
    )
    return with_body(record, writer.random.choice(ways)())


def rewritten(record: Record, writer: Writer) -> Record:
    """Return a record that says something else in as many sentences."""
    while True:
        body = writer.sentences(2, 3)
        if share_kept(record.body, body) < REWRITTEN_SHARE:
            return with_body(record, body)


def retitled(record: Record, writer: Writer) -> Record:
    """Return a record with a word of its title exchanged, or with another title."""
    said = (record.title or "").split(" ")
    if writer.random.random() < 0.3:
        head = [*said[:1], ""] if said[0][-1:].isdigit() else [""]
        return replace(record, title=" ".join(head) + writer.title_without_number())
    place = writer.random.randrange(len(said))
    said[place] = writer.word([noun for noun in NOUNS if noun != said[place].lower()]).capitalize()
    return replace(record, title=" ".join(said))


def share_kept(old: str, new: str) -> float:
    """Return the share of words that two texts have in common, in whatever order."""
    before, after = Counter(old.lower().split()), Counter(new.lower().split())
    return 2 * (before & after).total() / max(1, (before + after).total())


def bare(text: str | None) -> str:
    """Return a text without marks, spacing and case."""
    return re.sub(r"[\W_]", "", text or "").casefold()


def _plain(said: list[str]) -> list[int]:
    """The places of words in small letters that belong to no term, and stand by none.

    What is changed beside a term becomes one phrase with it.
    """
    is_term = [re.sub(r"\W+s?$", "", word.lower()).rstrip("s") in TERMS for word in said]
    near = [any(is_term[max(0, n - 2) : n + 3]) for n in range(len(said))]
    return [n for n, w in enumerate(said) if re.fullmatch("[a-z-]{3,}", w) and not near[n]]


def _synonym(said: list[str], writer: Writer) -> list[str] | None:
    places = [n for n in _plain(said) if said[n] in SYNONYMS]
    if not places:
        return None
    place = writer.random.choice(places)
    new = writer.random.choice(SYNONYMS[said[place]])
    return [*said[:place], new, *said[place + 1 :]]


def _other_word(said: list[str], writer: Writer) -> list[str] | None:
    lists = [(n, words) for n in _plain(said) for words in LISTS if said[n] in words]
    if not lists:
        return None
    place, words = writer.random.choice(lists)
    new = writer.word([word for word in words if word != said[place]])
    return [*said[:place], new, *said[place + 1 :]]


def _number(said: list[str], writer: Writer) -> list[str] | None:
    places = [n for n, word in enumerate(said) if word.isdigit()]
    if not places:
        return None
    place = writer.random.choice(places)
    is_year = len(said[place]) == 4 and said[place][:2] in ("19", "20")
    new = writer.year() if is_year else str(writer.random.randint(13, 9800))
    return [*said[:place], new, *said[place + 1 :]] if new != said[place] else None
