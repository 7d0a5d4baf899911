"""Which elements of a page are the records of its list: found by what repeats around links."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from urllib.parse import urlsplit

from snapshots.extract.detect.outline import Outline
from snapshots.extract.html import HEADINGS
from snapshots.extract.wording import clean

FEWEST = 2
# So many rows tell what the others are like.
SAMPLE = 40
LONG_TEXT = 300
# Of rows that hold more than one such link each, on average, at most so many.
MOST_TWINS = 3.0
JOINED = 1.34
CELLS = frozenset(("td", "th", "li", "dd", "dt", "p", "h1", "h2", "h3", "h4", "h5", "h6", "span"))
DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|rtf|odt|txt|mp3|mp4|wpd|zip|csv)(?:$|[?#])"
    r"|download|getfile|viewfile|/embed/|attachment|displaydocument|sendpdf|/document\b",
    re.IGNORECASE,
)
DATE = re.compile(
    r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d)|\d{4}-\d\d-\d\d"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?"
    r"\s+(?:\d{4}|\d\d)\b|\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?"
    r"\s+(?:\d{4}|\d\d)\b|(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december)\s+\d{4})",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Rows:
    """Elements that may be a list's records, and the kinds of link that each of them has."""

    numbers: list[int]
    link_kinds: list[int]
    score: float = 0.0
    mean_chars: float = 0.0
    date_share: float = 0.0
    link_share: float = 0.0
    heading_share: float = 0.0
    distinct: float = 0.0
    is_main: bool = False
    apart_share: float = 0.0
    links_each: float = 0.0
    covers: float = 0.0


def candidates(outline: Outline) -> list[Rows]:
    """Return what may be the page's record list, the likeliest first."""
    by_kind: dict[int, list[int]] = defaultdict(list)
    for link in outline.links:
        if not outline.is_around[link]:
            by_kind[outline.kinds[link]].append(link)
    found: dict[tuple[int, int, int], Rows] = {}
    for kind, links in by_kind.items():
        if len({outline.hrefs[link] for link in links}) < FEWEST:
            continue
        rows = _rows_of(outline, links)
        if len(rows) < FEWEST:
            continue
        key = (rows[0], rows[-1], len(rows))
        if key in found:
            found[key].link_kinds.append(kind)
        else:
            found[key] = Rows(rows, [kind])
    for rows in found.values():
        _judge(outline, rows)
    return sorted(found.values(), key=lambda rows: -rows.score)


def _rows_of(outline: Outline, links: Sequence[int]) -> list[int]:
    """The outermost elements that each hold one of the links, or its twins, alone."""
    level = list(links)
    while True:
        parents = list(dict.fromkeys(outline.parents[each] for each in level))
        if parents[0] < 0 or -1 in parents:
            return level
        ratio = len(level) / len(parents)
        is_twins = (
            level[0] == links[0]
            and len(parents) >= FEWEST
            and ratio <= MOST_TWINS
            and outline.tags[parents[0]] in CELLS
        )
        is_cell = outline.tags[level[0]] in ("td", "th") and outline.tags[parents[0]] == "tr"
        if ratio > JOINED and not is_twins and not is_cell:
            return level
        if len(parents) < FEWEST:
            return level
        level = parents


def _judge(outline: Outline, rows: Rows) -> None:
    """Fill in what speaks for and against rows, and their score."""
    step = max(1, len(rows.numbers) // SAMPLE)
    sample = rows.numbers[::step]
    texts = [clean(outline.nodes[row].text(deep=True, separator=" ")) for row in sample]
    count = len(sample)
    kinds = set(rows.link_kinds)
    linked = documents = headings = apart = links = 0
    for row, text in zip(sample, texts, strict=True):
        own = [n for n in range(row, outline.ends[row]) if n in outline.hrefs]
        links += len(own)
        apart += _stands_apart(outline, row, text, [n for n in own if outline.kinds[n] in kinds])
        linked += sum(len(clean(outline.nodes[n].text(deep=True))) for n in own)
        documents += any(
            DOCUMENT.search(outline.hrefs[n]) for n in own if outline.kinds[n] in kinds
        )
        headings += any(outline.tags[n] in HEADINGS for n in range(row, outline.ends[row]))
    chars = sum(map(len, texts))
    rows.mean_chars = chars / count
    rows.link_share = min(1.0, linked / chars) if chars else 1.0
    rows.date_share = sum(bool(DATE.search(text)) for text in texts) / count
    rows.heading_share = headings / count
    rows.distinct = len(set(texts)) / count
    rows.apart_share = apart / count
    rows.links_each = links / count
    rows.is_main = outline.is_main[rows.numbers[0]]
    worth = (
        min(rows.mean_chars, LONG_TEXT) / 60
        + 3 * rows.date_share
        + 1.5 * (1 - rows.link_share)
        + rows.heading_share
        + 2 * documents / count
        + 1.5 * rows.is_main
    )
    if rows.mean_chars < 30 and rows.date_share < 0.5 and not documents:
        worth *= 0.3
    rows.score = log2(1 + len(rows.numbers)) * worth * rows.distinct


def _stands_apart(outline: Outline, row: int, text: str, links: Sequence[int]) -> bool:
    """Whether a row's link names it: a table's, one that begins it, or one with no words beside it."""
    if not links:
        return False
    if outline.tags[row] == "tr":
        return True
    said = clean(outline.nodes[links[0]].text(deep=True, separator=" "))
    beside = clean(outline.nodes[outline.parents[links[0]]].text(deep=True, separator=" "))
    return text.startswith(said) or len(said) >= 0.6 * len(beside)
