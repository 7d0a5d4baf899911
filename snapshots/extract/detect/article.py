"""Whether a page is an article, beside or in which links repeat, rather than a list."""

import re
from functools import cached_property
from typing import NamedTuple

from snapshots.extract.detect.declared import declared_article
from snapshots.extract.detect.judging import Judged
from snapshots.extract.detect.outline import Outline
from snapshots.extract.detect.records import after
from snapshots.extract.detect.words import folded, raw_text, words_of
from snapshots.extract.html import Document, Node, lies_in, select

# Paragraphs of this length, of which at most so much is links, are prose.
LEAST_PROSE = 100
LONG_PROSE = 150
MOST_LINKED = 0.5
# Rows that lead to files, or are dated, are seldom found in articles.
LEAST_SHARE = 0.5
# So few rows may be links beside an article.
MOST_RELATED = 6
# Paragraphs with links: so little of them is a link where they are prose.
LEAST_LINK = 0.1
# How far above a row its list's names are looked at.
HIGHEST = 4
_NOTES = re.compile(
    r"(?:^|[-_ ])(?:comments?|comment-?list|commentaires?|kommentare?|comentarios?|pingback"
    r"|trackback|repl(?:y|ies)|references|reflist|footnotes?|endnotes?)(?:$|[-_ ])",
    re.IGNORECASE,
)


class _Bounds(NamedTuple):
    """So many paragraphs of such a length, that outweigh rows so many times, are an article."""

    least: int
    least_chars: int
    ratio: float


# Of a page that declares itself an article little prose is asked: some sites say so of all
# their pages. Dated rows are seldom beside one.
DECLARED = {False: _Bounds(2, LEAST_PROSE, 0.0), True: _Bounds(4, LEAST_PROSE, 0.0)}


class Article:
    """What of a page is an article; told as far as it is asked for."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def is_declared(self) -> bool:
        """Whether the page says that it is an article."""
        return declared_article(self.document)

    def holds(self, outline: Outline, facts: Judged) -> bool:
        """Whether rows are an article's: its notes or comments, its paragraphs, or beside it."""
        if facts.document_share >= LEAST_SHARE:
            return False
        numbers, is_dated = facts.rows.numbers, facts.date_share >= LEAST_SHARE
        tag = outline.tags[numbers[0]]
        if tag == "pre" or (tag == "p" and not is_dated and facts.link_share < LEAST_LINK):
            return True
        if _are_notes(outline, numbers[0]):
            return True
        held, rows_say = _held(outline, facts), facts.mean_chars * len(numbers)
        if self._outweighs(_bounds(tag, len(numbers), is_dated=is_dated), held, rows_say):
            return True
        return self.is_declared and self._outweighs(DECLARED[is_dated], held, rows_say)

    def _outweighs(self, bounds: _Bounds, held: set[int], rows_say: float) -> bool:
        """Whether so much prose stands beside rows; it is counted until it is enough."""
        paragraphs = said = 0
        for node in select(self.document, "p"):
            chars = _prose_chars(node, bounds.least_chars, held)
            paragraphs += bool(chars)
            said += chars
            if paragraphs >= bounds.least and said > bounds.ratio * rows_say:
                return True
        return False


def _bounds(tag: str, count: int, *, is_dated: bool) -> _Bounds:
    """How much prose beside rows makes an article of a page: a table is seldom part of one."""
    if tag == "tr":
        return _Bounds(20, LEAST_PROSE, 10.0)
    if count <= MOST_RELATED:
        return _Bounds(1, LONG_PROSE, 1.0)
    return _Bounds(12, LEAST_PROSE, 1.0) if is_dated else _Bounds(4, LEAST_PROSE, 1.2)


def _prose_chars(node: Node, least: int, held: set[int]) -> int:
    """The characters of a paragraph; none of one that is short, mostly links, or a row's."""
    written = raw_text(node)
    if len(written) < least or node.mem_id in held or lies_in(node, held):
        return 0
    chars = len(folded(written))
    if chars < least or sum(len(words_of(link)) for link in node.css("a")) > MOST_LINKED * chars:
        return 0
    return chars


def _are_notes(outline: Outline, row: int) -> bool:
    """Whether class names or ids say that rows are what readers wrote, or its notes."""
    for number in (row, *outline.above(row)[:HIGHEST]):
        attributes = outline.nodes[number].attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if _NOTES.search(names):
            return True
    return False


def _held(outline: Outline, facts: Judged) -> set[int]:
    """The numbers of the elements that rows are, and of those that they go on in."""
    rows = [outline.nodes[number] for number in facts.rows.numbers]
    starts = set(facts.starts)
    following = [each for row in rows for each in after(row, starts)] if facts.is_flat else []
    return {node.mem_id for node in (*rows, *following)}
