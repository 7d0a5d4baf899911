"""Document numbers: what an agency calls a document by, whatever its title says."""

import re
from collections.abc import Iterable, Mapping, Sequence

from diffs.words import STOP_WORDS, words
from snapshots.records import Item

# Letters and digits, joined: DHS/ICE/PIA-049(a), OIG-21-12, GAO-20-123SP, USCIS-2021-0013,
# M-21-05, I-485, 24A-JC-2557, 1615-AC53; after a cue, also what is only digits: Directive
# 11062.2, Executive Order 13768, Pub. L. 116-113; and pages of a register: 86 FR 1234.
_NUMBER = re.compile(
    r"\b(?:"
    r"(?P<joined>[A-Z]{2,}(?:[/ -][A-Z&]{2,})*[/ -]+\d{2,}(?:[-.]\d+)*[A-Z]{0,2}(?:\([a-z]\))?"
    r"|[A-Z]-\d{2,4}(?:-\d{2,})*[A-Z]?"
    r"|\d{2}[A-Z]?-[A-Z]{2,4}-\d{2,}"
    r"|\d{4}-[A-Z]{2}\d{2,})"
    r"|(?P<register>\d{1,3} (?:FR|Fed\. Reg\.) \d{2,})"
    r"|(?P<cue>Directive|Instruction|Memorandum|Order|Docket|Pub\. L\.|P\.L\.)"
    r"(?: (?:[Nn]o\.|[Nn]umber))? (?P<digits>\d{2,}(?:[-.]\d+)*[A-Z]?)"
    r")(?![\w-])"
)
# The same in capitals, which join all words before a number to it.
_CAPITALS = re.compile(
    r"(?:.*[/ -])?(DIRECTIVE|INSTRUCTION|MEMORANDUM|ORDER|DOCKET) (\d{2,}(?:[-.]\d+)*[A-Z]?)"
)
# In a text in capitals of more words, those that a space joins to a number are no agency's.
MOST_CAPITALS = 3
_BINDING = re.compile(r"(?<!DIRECTIVE)(?<!INSTRUCTION)(?<!MEMORANDUM)(?<!ORDER)(?<!DOCKET) ")
# What looks like a number and names a year, an illness, a gang or a law, not a document.
_NO_DOCUMENT = re.compile(r"(?:FY|CY|FISCAL|YEAR|COVID|SARS|MS|TITLE|PART|SECTION|USC|CFR)[/ -]")
_YEAR = re.compile(r"[A-Z]+[/ -]+(?:19|20)\d\d")
_DIGIT = re.compile(r"\d")
# Words by which editions of one number differ.
EDITIONS = frozenset(
    "amended amendment appendix addendum annex correction draft edition errata final part "
    "revised revision second spanish summary supplement third translation update updated "
    "volume version".split()
)
# A recipe's own column of numbers.
NUMBER_FIELDS = ("number", "docket", "case_number", "document_number", "identifier")


def document_numbers(text: str | None) -> frozenset[str]:
    """Return the document numbers in a text, each written in one way; years are none."""
    if not text or not _DIGIT.search(text):
        return frozenset()
    if text.isupper() and len(text.split()) > MOST_CAPITALS:
        text = _BINDING.sub("\n", text)
    return frozenset(
        _written(found) for found in _NUMBER.finditer(text) if not _is_no_document(found[0])
    )


def numbers_of(item: Item) -> frozenset[str]:
    """Return the numbers that name an item: a column of its own, its title, or its summary.

    A summary counts only when it tells a single one, as it may speak of other documents.
    """
    if item.text is not None:
        return frozenset()
    column = [item.fields[name] for name in NUMBER_FIELDS if name in item.fields]
    if column:
        return frozenset(" ".join(value.upper().split()) for value in column)
    titled = document_numbers(item.title)
    if titled:
        return titled
    told = document_numbers(item.summary)
    return told if len(told) == 1 else frozenset()


def same_edition(old: Item, new: Item) -> bool:
    """Whether nothing in two titles that share a number tells two editions of it apart."""
    mine, yours = words(old.title or ""), words(new.title or "")
    if not mine or not yours:
        return True
    if _told_apart(mine, yours):
        return False
    numbers = {w for n in numbers_of(old) | numbers_of(new) for w in words(n)}
    rest = [{w for w in side if w not in numbers | STOP_WORDS} for side in (mine, yours)]
    # A short number may be what both speak of; then they must agree in more than that.
    is_long = any(sum(map(str.isdigit, number)) > 3 for number in numbers_of(old))
    return is_long or not all(rest) or bool(rest[0] & rest[1])


def by_number(items: Sequence[Item], among: Iterable[int]) -> Mapping[str, list[int]]:
    """Return the places, of those asked for, by the numbers that name their items."""
    places: dict[str, list[int]] = {}
    for place in among:
        for number in numbers_of(items[place]):
            places.setdefault(number, []).append(place)
    return places


def _told_apart(mine: list[str], yours: list[str]) -> bool:
    digits = [{w for w in side if _DIGIT.search(w)} for side in (mine, yours)]
    if EDITIONS.intersection(mine) != EDITIONS.intersection(yours):
        return True
    return all(digits) and digits[0] != digits[1]


def _is_no_document(number: str) -> bool:
    upper = number.upper()
    return bool(_NO_DOCUMENT.match(upper) or _YEAR.fullmatch(upper))


def _written(found: re.Match[str]) -> str:
    if cued := _CAPITALS.fullmatch(found["joined"] or ""):
        return f"{cued[1]} {cued[2]}"
    if found["digits"]:
        return f"{found['cue'].upper()} {found['digits']}"
    return re.sub(r"[/ -]+", "-", found[0])
