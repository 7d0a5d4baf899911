"""Which elements of a page may be the records of its list: what repeats around links."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from snapshots.extract.detect.outline import Outline

FEWEST = 2
# Of rows that hold more than one such link each, on average, at most so many.
MOST_TWINS = 3.0
JOINED = 1.34
# Links that tell what they do are said alike in all records, so many in each.
MOST_ACTIONS = 4
# An element that holds the links of one record, rather than many records.
CELLS = frozenset("td th li dd dt p h1 h2 h3 h4 h5 h6 span".split())
# Rows that hold all of their record; others may go on in what follows them.
WHOLE = frozenset(("li", "article", "section"))
# Broken markup has tags that no selector can name.
_TAG = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(slots=True)
class Rows:
    """Elements that may be a list's records, in page order, and the links in them.

    ``links`` has, for each row, the first link of the kinds that repeat with it; that may
    open a player beside a file. Rows that are leading have links of those kinds to a page.
    """

    numbers: list[int]
    links: list[int]
    kinds: frozenset[int]
    is_leading: bool = False


def candidates(outline: Outline, links: Sequence[int]) -> list[Rows]:
    """Return what may be the page's record list, in no order."""
    by_kind: dict[int, list[int]] = defaultdict(list)
    kinds = outline.kinds
    for link in links:
        by_kind[kinds[link]].append(link)
    found: dict[tuple[int, int, int], Rows] = {}
    for kind, likes in by_kind.items():
        if len(likes) < FEWEST:
            continue
        rows = _rows_of(outline, likes)
        key = (rows.numbers[0], rows.numbers[-1], len(rows.numbers))
        is_named = _TAG.fullmatch(outline.tags[rows.numbers[0]])
        if len(rows.numbers) < FEWEST or not is_named or not _are_apart(outline, likes):
            continue
        rows.is_leading = any(link in outline.hrefs for link in likes)
        if key in found:
            found[key].kinds |= {kind}
            found[key].is_leading |= rows.is_leading
        else:
            found[key] = rows
    return _united(outline, list(found.values()))


def _are_apart(outline: Outline, links: Sequence[int]) -> bool:
    """Whether links lead to different pages; what is no link is apart."""
    hrefs = {outline.hrefs.get(link) for link in links}
    return len(hrefs) >= FEWEST or hrefs == {None}


def _rows_of(outline: Outline, links: Sequence[int]) -> Rows:
    """The outermost elements that each hold one of the links, or its twins, alone."""
    parents_of, tags = outline.parents, outline.tags
    level, first = list(links), list(links)
    kind = frozenset((outline.kinds[links[0]],))
    while True:
        above: dict[int, int] = {}
        for inner, link in zip(level, first, strict=True):
            above.setdefault(parents_of[inner], link)
        parents = [*above]
        if len(parents) < FEWEST or parents[0] <= 0:
            return Rows(level, first, kind)
        ratio = len(level) / len(parents)
        is_twins = len(level) == len(links) and ratio <= MOST_TWINS and tags[parents[0]] in CELLS
        is_cell = tags[level[0]] in ("td", "th") and tags[parents[0]] == "tr"
        is_joined = ratio <= JOINED or is_twins or is_cell or _are_actions(outline, first, ratio)
        if not is_joined:
            return Rows(level, first, kind)
        level, first = parents, [*above.values()]


def _are_actions(outline: Outline, links: Sequence[int], ratio: float) -> bool:
    """Whether each record has the same few links, such as "Download" and "Read"."""
    if ratio > MOST_ACTIONS or len(links) < 2 * MOST_ACTIONS:
        return False
    texts = {outline.nodes[link].text(deep=True).strip() for link in links}
    return len(texts) <= ratio + 0.5


def _united(outline: Outline, found: list[Rows]) -> list[Rows]:
    """Rows that differ in a class alone and lie side by side are one list: striped ones."""
    by_place: dict[tuple[int, str, str, int], list[Rows]] = defaultdict(list)
    for rows in found:
        first, link = rows.numbers[0], rows.links[0]
        depth = len(outline.above(link)) - len(outline.above(first))
        key = (outline.parents[first], outline.tags[first], outline.tags[link], depth)
        by_place[key].append(rows)
    united = []
    for likes in by_place.values():
        united += [_joined(likes)] if _are_stripes(outline, likes) else likes
    return united


def _are_stripes(outline: Outline, likes: Sequence[Rows]) -> bool:
    """Whether rows take turns: the second kind begins before the first one ends."""
    if len(likes) != 2:
        return False
    one, other = likes
    kinds = [{outline.kinds[n] for n in rows.numbers} for rows in likes]
    is_mixed = one.numbers[0] < other.numbers[-1] and other.numbers[0] < one.numbers[-1]
    is_even = 0.5 <= len(one.numbers) / len(other.numbers) <= 2
    return is_mixed and is_even and not kinds[0] & kinds[1]


def _joined(likes: Sequence[Rows]) -> Rows:
    pairs = sorted(
        (number, link)
        for rows in likes
        for number, link in zip(rows.numbers, rows.links, strict=True)
    )
    kinds = frozenset().union(*(rows.kinds for rows in likes))
    numbers, links = [number for number, _ in pairs], [link for _, link in pairs]
    return Rows(numbers, links, kinds, any(rows.is_leading for rows in likes))
