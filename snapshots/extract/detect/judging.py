"""How likely rows are to be the records of the page's list, and why."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from math import log2

from snapshots.extract.detect.outline import AROUND, Outline
from snapshots.extract.detect.records import after, begun, is_flat, spread, text_in
from snapshots.extract.detect.rows import Rows
from snapshots.extract.detect.words import words_of
from snapshots.extract.html import HEADINGS, Document, Node, select

# So many rows tell what the others are like, at first sight and then.
GLANCE = 3
SAMPLE = 12
MOST_JUDGED = 4
# Characters of a row that are looked at, at first sight and for a date.
GLANCED_AT = 400
DATED_IN = 1_500
# Links in one row that are read: a row that holds more is no record.
MOST_ANCHORS = 20
LONG_TEXT = 300
LEAST_SCORE = 5.0
LEAST_APART = 0.5
# A list is so much of its page's text; dated rows of this score are one in any case.
LEAST_COVERED = 0.12
SURE_SCORE = 10.0
# Menus: many short links, and nothing beside them.
MENU_LINKS = 0.85
MENU_CHARS = 20
MENU_LINKS_EACH = 2.5
# What stands between headings and holds more links is a list itself.
MOST_FLAT_LINKS = 4
# Without links, only dated texts are records, and only where they are most of a page.
LEAST_TEXT_COVERED = 0.3
DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|rtf|odt|txt|mp3|mp4|wpd|zip|csv)(?:$|[?#])"
    r"|download|getfile|viewfile|/embed/|attachment|displaydocument|sendpdf|/document\b",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DATE = re.compile(
    r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d)|\d{4}-\d\d-\d\d"
    rf"|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:\d{{4}}|\d\d)\b"
    rf"|\d{{1,2}}\s+{_MONTH}\.?,?\s+(?:\d{{4}}|\d\d)\b"
    r"|\d{1,2}\.?\s+(?:de\s+)?[^\W\d]{3,12}\.?\s+(?:de\s+)?(?:19|20)\d\d\b"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december)\s+\d{4})",
    re.IGNORECASE,
)
_AROUND_NAMES = re.compile(
    r"(?:^|(?<!\bno)(?<!\bhas)(?<!\bwith)(?<!-w)[-_ ])(?:nav|navbar|navigation|menu|submenu"
    r"|breadcrumbs?|pager|pagination|sidebar|social|share|sharing|footer|facets?|filters?|related"
    r"|cookie|skip|toolbar|tags?-?cloud|toc"
    r"|language|dropdown|(?:left|right|side)-?bar(?:-content)?)(?:$|[-_ ])",
    re.IGNORECASE,
)
_DECLARED = re.compile(r"(?:^| )(?:h-entry|hentry|views-row|usa-collection__item)(?: |$)")
_OUTERMOST_AROUND = ", ".join(
    f"{css}:not({', '.join(f'{outer} *' for outer in AROUND)})" for css in AROUND
)
# So few links beside an article are related ones; paragraphs of this length are its prose.
MOST_RELATED = 6
LEAST_PROSE = 150
_HEADING = "h1, h2, h3, h4, h5, h6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Rows with what speaks for and against them; shares are of the rows looked at."""

    rows: Rows
    mean_chars: float
    date_share: float
    document_share: float
    link_share: float
    links_each: float
    apart_share: float
    distinct: float
    is_flat: bool
    starts: frozenset[int]
    is_headed: bool
    is_main: bool
    is_declared: bool
    is_around: bool

    @property
    def score(self) -> float:
        """How likely the rows are the page's records; from 5 on, they may be."""
        worth = (
            min(self.mean_chars, LONG_TEXT) / 60
            + 3 * self.date_share
            + 1.5 * (1 - self.link_share)
            + self.is_headed
            + 2 * self.document_share
            + 1.5 * self.is_main
            + 1.5 * self.is_declared
        )
        if self.mean_chars < 30 and self.date_share < 0.5 and not self.document_share:
            worth *= 0.3
        if self.is_around:
            worth *= _worth_around(max(self.date_share, self.document_share))
        if self.is_flat and self.links_each > MOST_FLAT_LINKS:
            worth *= 0.3
        return log2(1 + len(self.rows.numbers)) * worth * self.distinct


def _worth_around(share: float) -> float:
    """What is left of rows' worth in a menu or the like: dates and documents are seldom there."""
    return 0.6 if share >= 0.5 else 0.3


def ranked(document: Document, outline: Outline, found: Sequence[Rows]) -> list[Judged]:
    """Return candidates that may be a list, the likeliest first."""
    if len(found) > MOST_JUDGED:
        found = sorted(found, key=lambda rows: -_glance(outline, rows))[:MOST_JUDGED]
    whole = [replace(rows, numbers=begun(outline, rows.numbers)) for rows in found]
    known = [judged(outline, rows, SAMPLE) for rows in whole]
    likely = sorted(known, key=lambda each: -each.score)
    page_chars = cache(partial(_page_chars, document, outline))
    return [
        each
        for each in likely
        if is_list(page_chars, outline, each) and not _is_beside_prose(document, outline, each)
    ]


def _glance(outline: Outline, rows: Rows) -> float:
    """A rough score, from what a few rows say."""
    looked_at = spread(rows.numbers, GLANCE)
    texts = [outline.nodes[n].text(deep=True, separator=" ")[:GLANCED_AT] for n in looked_at]
    dated = sum(bool(DATE.search(text)) for text in texts) / len(texts)
    chars = sum(len(" ".join(text.split())) for text in texts) / len(texts)
    documents = bool(DOCUMENT.search(outline.hrefs.get(rows.links[0], "")))
    worth = 0.1 + min(chars, LONG_TEXT) / 60 + 3 * dated + 2 * documents
    if _is_around(outline, rows.numbers[0]):
        worth *= _worth_around(max(dated, documents))
    return log2(1 + len(rows.numbers)) * worth


def judged(outline: Outline, rows: Rows, most: int) -> Judged:
    """Return what rows are like, from so many of them."""
    flat = is_flat(outline, rows.numbers)
    starts = frozenset(outline.nodes[n].mem_id for n in rows.numbers) if flat else frozenset()
    places = spread(range(len(rows.numbers)), most)
    nodes = [outline.nodes[rows.numbers[place]] for place in places]
    links = [rows.links[place] for place in places]
    texts = [text_in(node, set(starts) if flat else None) for node in nodes]
    anchors = [_anchors(node, starts) for node in nodes]
    count, chars = len(nodes), sum(map(len, texts))
    linked = sum(len(_text(a)) for own in anchors for a in own[:MOST_ANCHORS])
    hrefs = [outline.hrefs.get(link, "") for link in links]
    documents = sum(bool(DOCUMENT.search(href)) for href in hrefs) / count
    dated = sum(bool(DATE.search(text[:DATED_IN])) for text in texts) / count
    facts = Judged(
        rows=rows,
        mean_chars=chars / count,
        date_share=dated,
        document_share=documents,
        link_share=min(1.0, linked / chars) if chars else 1.0,
        links_each=sum(map(len, anchors)) / count,
        apart_share=_apart_share(outline, list(zip(nodes, texts, links, strict=True))),
        distinct=len(set(texts)) / count * min(1.0, 0.2 + len(set(hrefs)) / count),
        is_flat=flat,
        starts=starts,
        is_headed=nodes[0].tag in HEADINGS or nodes[0].css_first(_HEADING) is not None,
        is_main=any(outline.tags[n] == "main" for n in outline.above(rows.numbers[0])),
        is_declared=_is_declared(nodes[0]),
        is_around=_is_around(outline, rows.numbers[0]),
    )
    if not any(hrefs):
        return replace(facts, distinct=len(set(texts)) / count)
    return facts


def _apart_share(outline: Outline, rows: Sequence[tuple[Node, str, int]]) -> float:
    """How many rows are named by their link, which may also be one that names nothing."""
    said = {_text(outline.nodes[link]) for _, _, link in rows}
    # Links that say the same everywhere ("PDF") name nothing, but may be a record's.
    if len(said) <= max(1, LEAST_APART * len(rows) / 2):
        dated = sum(bool(DATE.search(text[:DATED_IN])) for _, text, _ in rows)
        documents = sum(bool(DOCUMENT.search(outline.hrefs.get(n, ""))) for _, _, n in rows)
        if max(dated, documents) >= LEAST_APART * len(rows):
            return 1.0
    return sum(_stands_apart(outline, *row) for row in rows) / len(rows)


def is_list(page_chars: Callable[[], int], outline: Outline, facts: Judged) -> bool:
    """Whether rows are the records of a list, not paragraphs with links, nor a menu.

    How many characters the page says takes long to tell, and is only asked in doubt.
    """
    if facts.score < LEAST_SCORE or facts.apart_share < LEAST_APART:
        return False
    if not any(link in outline.hrefs for link in facts.rows.links):
        return facts.date_share >= 0.5 and _covered(page_chars, facts) >= LEAST_TEXT_COVERED
    if facts.date_share >= 0.5 and facts.score >= SURE_SCORE:
        return True
    is_menu = facts.links_each > MENU_LINKS_EACH or facts.mean_chars < MENU_CHARS
    if facts.link_share > MENU_LINKS and is_menu:
        return False
    return _covered(page_chars, facts) >= LEAST_COVERED


def _is_beside_prose(document: Document, outline: Outline, facts: Judged) -> bool:
    """Whether a few links stand beside an article that says more than all of them."""
    numbers, tag = facts.rows.numbers, outline.tags[facts.rows.numbers[0]]
    if len(numbers) > MOST_RELATED or tag == "tr" or facts.document_share >= 0.5:
        return False
    starts = set(facts.starts)
    rows = [outline.nodes[n] for n in numbers]
    held = [*rows, *(each for row in rows for each in after(row, starts) if facts.is_flat)]
    own = {p.mem_id for each in held for p in [each, *each.css("p")]}
    prose = (words_of(p) for p in select(document, "p") if p.mem_id not in own)
    said = sum(len(text) for text in prose if len(text) >= LEAST_PROSE)
    return said > facts.mean_chars * len(numbers)


def _anchors(row: Node, starts: frozenset[int]) -> list[Node]:
    """The links in a row, and in what follows it in a flat list."""
    found = list(row.css("a[href]"))
    for sibling in after(row, set(starts)) if starts else ():
        found += sibling.css("a[href]")
    return found


def _covered(page_chars: Callable[[], int], facts: Judged) -> float:
    """The share of a page's text that the rows hold."""
    return facts.mean_chars * len(facts.rows.numbers) / page_chars()


def _page_chars(document: Document, outline: Outline) -> int:
    """How many characters a page says, without its scripts and what lies around its content."""
    outer = select(document, _OUTERMOST_AROUND)
    return max(1, _size(outline.nodes[0]) - sum(map(_size, outer)))


def _size(node: Node) -> int:
    words = node.text(deep=True, separator=" ").split()
    return sum(map(len, words)) + len(words)


def _text(node: Node) -> str:
    return words_of(node)


def _stands_apart(outline: Outline, row: Node, text: str, link: int) -> bool:
    """Whether a row's link names it: a table's, one that begins it, or one with little beside."""
    if row.tag == "tr" or link not in outline.hrefs:
        return True
    said = _text(outline.nodes[link])
    beside = _text(outline.nodes[outline.parents[link]])
    return text.startswith(said) or len(said) >= 0.6 * len(beside)


def _is_around(outline: Outline, number: int) -> bool:
    """Whether class names or ids say that rows are a menu, a pager, or the like."""
    for outer in outline.above(number)[:-1][:6]:
        attributes = outline.nodes[outer].attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if _AROUND_NAMES.search(names):
            return True
    return False


def _is_declared(row: Node) -> bool:
    """Whether a page says that a row is an entry of its own."""
    attributes = row.attributes
    is_entry = bool(_DECLARED.search(attributes.get("class") or ""))
    return is_entry or row.tag == "article" or "itemscope" in attributes
