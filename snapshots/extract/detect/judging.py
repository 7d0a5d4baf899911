"""How likely rows are to be the records of the page's list, and why."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log2
from typing import NamedTuple

from snapshots.extract.detect.covered import Page
from snapshots.extract.detect.dated import is_dated
from snapshots.extract.detect.outline import Outline
from snapshots.extract.detect.records import after, begun, is_flat, spread, text_in
from snapshots.extract.detect.rows import Rows
from snapshots.extract.detect.words import raw_text, words_of
from snapshots.extract.html import HEADINGS, Document, Node

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
_FILES = tuple(
    f".{name}" for name in "pdf doc docx xls xlsx ppt pptx rtf odt txt mp3 mp4 wpd zip csv".split()
)
_QUERY = re.compile("[?#]")
_DOCUMENT = re.compile(r"/document\b")
_DOCUMENTS = "download getfile viewfile /embed/ attachment displaydocument sendpdf".split()
_AROUND_NAMES = re.compile(
    r"(?:^|(?<!\bno)(?<!\bhas)(?<!\bwith)(?<!-w)[-_ ])(?:nav|navbar|navigation|menu|submenu"
    r"|breadcrumbs?|pager|pagination|sidebar|social|share|sharing|footer|facets?|filters?|related"
    r"|cookie|skip|toolbar|tags?-?cloud|toc"
    r"|language|dropdown|(?:left|right|side)-?bar(?:-content)?)(?:$|[-_ ])",
    re.IGNORECASE,
)
_DECLARED = re.compile(r"(?:^| )(?:h-entry|hentry|views-row|usa-collection__item)(?: |$)")
_HEADING = "h1, h2, h3, h4, h5, h6"


class Sample(NamedTuple):
    """A row that is looked at, what it says, and its link's number."""

    row: Node
    text: str
    link: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Rows with what speaks for and against them; shares are of the rows looked at."""

    rows: Rows
    looked_at: Sequence["Sample"]
    mean_chars: float
    date_share: float
    document_share: float
    link_share: float
    links_each: float
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


def ranked(document: Document, outline: Outline, found: Sequence[Rows]) -> Iterator[Judged]:
    """Yield candidates that may be a list, the likeliest first."""
    if len(found) > MOST_JUDGED:
        found = sorted(found, key=lambda rows: -_glance(outline, rows))[:MOST_JUDGED]
    whole = [replace(rows, numbers=begun(outline, rows.numbers)) for rows in found]
    hopes = [hoped(outline, rows, SAMPLE) for rows in whole]
    queue = [(-hope.score, number, hope, False) for number, hope in enumerate(hopes)]
    page = Page(document, outline.nodes[0])
    while queue:
        first = min(queue)
        queue.remove(first)
        score, number, facts, is_judged = first
        if -score < LEAST_SCORE:
            return
        if not is_judged:
            if not _may_be_list(page, outline, facts):
                continue
            facts = judged(facts)
            queue.append((-facts.score, number, facts, True))
        elif is_list(page, outline, facts):
            yield facts


def _glance(outline: Outline, rows: Rows) -> float:
    """A rough score, from what a few rows say."""
    looked_at = spread(rows.numbers, GLANCE)
    texts = [raw_text(outline.nodes[n])[:GLANCED_AT] for n in looked_at]
    dated = sum(is_dated(text) for text in texts) / len(texts)
    chars = sum(len(" ".join(text.split())) for text in texts) / len(texts)
    documents = is_document(outline.hrefs.get(rows.links[0], ""))
    worth = 0.1 + min(chars, LONG_TEXT) / 60 + 3 * dated + 2 * documents
    if _is_around(outline, rows.numbers[0]):
        worth *= _worth_around(max(dated, documents))
    return log2(1 + len(rows.numbers)) * worth


def hoped(outline: Outline, rows: Rows, most: int) -> Judged:
    """Return what rows are at best like, from what so many of them say."""
    flat = is_flat(outline, rows.numbers)
    starts = frozenset(outline.nodes[n].mem_id for n in rows.numbers) if flat else frozenset()
    looked_at = _looked_at(outline, rows, starts, most)
    texts = [sample.text for sample in looked_at]
    hrefs = [outline.hrefs.get(sample.link, "") for sample in looked_at]
    count = len(looked_at)
    distinct = len(set(texts)) / count
    return Judged(
        rows=rows,
        looked_at=looked_at,
        mean_chars=sum(map(len, texts)) / count,
        date_share=sum([is_dated(text[:DATED_IN]) for text in texts]) / count,
        document_share=sum(map(is_document, hrefs)) / count,
        link_share=0.0,
        links_each=0.0,
        distinct=distinct * min(1.0, 0.2 + len(set(hrefs)) / count) if any(hrefs) else distinct,
        is_flat=flat,
        starts=starts,
        is_headed=True,
        is_main=any(outline.tags[n] == "main" for n in outline.above(rows.numbers[0])),
        is_declared=_is_declared(looked_at[0].row),
        is_around=_is_around(outline, rows.numbers[0]),
    )


def judged(hope: Judged) -> Judged:
    """Return what rows are like, told what they are like at best."""
    anchors = [_anchors(sample.row, hope.starts) for sample in hope.looked_at]
    chars = sum([len(sample.text) for sample in hope.looked_at])
    linked = sum([len(words_of(a)) for own in anchors for a in own[:MOST_ANCHORS]])
    first = hope.looked_at[0].row
    return replace(
        hope,
        link_share=min(1.0, linked / chars) if chars else 1.0,
        links_each=sum(map(len, anchors)) / len(anchors),
        is_headed=first.tag in HEADINGS or first.css_first(_HEADING) is not None,
    )


def _looked_at(outline: Outline, rows: Rows, starts: frozenset[int], most: int) -> list[Sample]:
    places = spread(range(len(rows.numbers)), most)
    nodes = [outline.nodes[rows.numbers[place]] for place in places]
    return [
        Sample(node, text_in(node, starts or None), rows.links[place])
        for node, place in zip(nodes, places, strict=True)
    ]


def _apart_share(outline: Outline, rows: Sequence[Sample]) -> float:
    """How many rows are named by their link, which may also be one that names nothing."""
    said = {words_of(outline.nodes[each.link]) for each in rows}
    # Links that say the same everywhere ("PDF") name nothing, but may be a record's.
    if len(said) <= max(1, LEAST_APART * len(rows) / 2):
        dated = sum(is_dated(text[:DATED_IN]) for _, text, _ in rows)
        documents = sum(is_document(outline.hrefs.get(n, "")) for _, _, n in rows)
        if max(dated, documents) >= LEAST_APART * len(rows):
            return 1.0
    return sum(_stands_apart(outline, *row) for row in rows) / len(rows)


def is_list(page: Page, outline: Outline, facts: Judged) -> bool:
    """Whether rows are the records of a list, not paragraphs with links, nor a menu."""
    if facts.score < LEAST_SCORE or _apart_share(outline, facts.looked_at) < LEAST_APART:
        return False
    is_dated_leading = facts.date_share >= 0.5 and facts.rows.is_leading
    if not is_dated_leading and not any(link in outline.hrefs for link in facts.rows.links):
        return facts.date_share >= 0.5 and page.is_covered(_chars(facts), LEAST_TEXT_COVERED)
    if facts.date_share >= 0.5 and facts.score >= SURE_SCORE:
        return True
    is_menu = facts.links_each > MENU_LINKS_EACH or facts.mean_chars < MENU_CHARS
    if facts.link_share > MENU_LINKS and is_menu:
        return False
    return page.is_covered(_chars(facts), LEAST_COVERED)


def _may_be_list(page: Page, outline: Outline, hope: Judged) -> bool:
    """Whether rows are dated, or so much of their page's text as a list is.

    Before a page's text is counted, other things tell it sooner.
    """
    if hope.date_share >= 0.5 or not page.is_counted:
        return True
    has_links = any(link in outline.hrefs for link in hope.rows.links)
    return has_links and page.is_covered(_chars(hope), LEAST_COVERED)


def _chars(facts: Judged) -> float:
    """How many characters all of the rows hold."""
    return facts.mean_chars * len(facts.rows.numbers)


def is_document(href: str) -> bool:
    """Whether an address says that it leads to a file."""
    written = href.lower()
    if any(map(written.__contains__, _DOCUMENTS)):
        return True
    parts = _QUERY.split(written) if "?" in written or "#" in written else (written,)
    if any(part.endswith(_FILES) for part in parts):
        return True
    return "/document" in written and _DOCUMENT.search(written) is not None


def _anchors(row: Node, starts: frozenset[int]) -> list[Node]:
    """The links in a row, and in what follows it in a flat list."""
    found = list(row.css("a[href]"))
    for sibling in after(row, starts) if starts else ():
        # Breaks and rules hold no links, and are many.
        if sibling.child is not None or sibling.tag == "a":
            found += sibling.css("a[href]")
    return found


def _stands_apart(outline: Outline, row: Node, text: str, link: int) -> bool:
    """Whether a row's link names it: a table's, one that begins it, or one with little beside."""
    if row.tag == "tr" or link not in outline.hrefs:
        return True
    said = words_of(outline.nodes[link])
    beside = words_of(outline.nodes[outline.parents[link]])
    return text.startswith(said) or len(said) >= 0.6 * len(beside)


def _is_around(outline: Outline, number: int) -> bool:
    """Whether class names or ids say that rows are a menu, a pager, or the like."""
    return any(_is_named_around(outline, outer) for outer in outline.above(number)[:-1][:6])


def _is_named_around(outline: Outline, number: int) -> bool:
    is_around = outline.named_around.get(number)
    if is_around is None:
        attributes = outline.nodes[number].attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        is_around = outline.named_around[number] = _names_around(names)
    return is_around


@lru_cache(maxsize=4_096)
def _names_around(names: str) -> bool:
    """Whether class names and an id, of which pages of a site have few, say so."""
    return len(names) > 1 and _AROUND_NAMES.search(names) is not None


def _is_declared(row: Node) -> bool:
    """Whether a page says that a row is an entry of its own."""
    attributes = row.attributes
    is_entry = bool(_DECLARED.search(attributes.get("class") or ""))
    return is_entry or row.tag == "article" or "itemscope" in attributes
