"""From a page's bytes to the recipe that reads it, with the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

from snapshots.extract.detect.columns import (
    Column,
    _is_of,
    columns,
    date_of,
    link_of,
    summary_of,
    title_of,
)
from snapshots.extract.detect.naming import column_selector, row_selector
from snapshots.extract.detect.outline import Outline, outline
from snapshots.extract.detect.rows import Rows, candidates
from snapshots.extract.html import HEADINGS, Document, parse
from snapshots.extract.selectors import item_nodes
from snapshots.extract.wording import clean
from snapshots.records import Recipe

SAMPLE = 40
LEAST_SCORE = 5.0
LEAST_COVERED = 0.12
# Dated rows of this score are a list, however little of the page they are.
SURE_SCORE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    recipe: Recipe
    confidence: float
    reasons: tuple[str, ...]


def detect(document: Document) -> Detection:
    found = outline(document)
    ranked = candidates(found)
    ranked = [rows for rows in ranked if _is_list(document, found, rows)]
    if not ranked:
        return Detection(recipe=Recipe(read="page"), confidence=0.5, reasons=())
    rows = ranked[0]
    numbers = _starts(found, rows)
    css = row_selector(document, found, numbers)
    items = item_nodes(document, css)
    step = max(1, len(numbers) // SAMPLE)
    sample = [n for n in numbers[::step] if found.nodes[n].mem_id in items.places][:SAMPLE]
    records = [_record(found, n, set(numbers)) for n in sample]
    cols = columns(found, records)
    title = title_of(found, cols)
    link = link_of(found, cols, title)
    if title is None:
        return Detection(recipe=Recipe(read="page"), confidence=0.5, reasons=())
    dated = date_of(cols, found)
    taken = [c for c in (title, dated[0] if dated else None) if c]
    summary = summary_of(found, cols, taken)

    def name(column: Column | None) -> str | None:
        css = column_selector(document, found, items, column, sample) if column else None
        return f"{css}@{column.attribute}" if css and column and column.attribute else css

    title_css = name(title)
    link_css = name(link) if link is not None else None
    date_css = name(dated[0]) if dated else None
    summary_css = name(summary)
    recipe = Recipe(
        read="listing",
        item=css,
        title=title_css or None,
        link=f"{link_css}@href" if link_css and link_css != ":scope" else None,
        published=(f"{date_css}@{dated[1]}" if dated[1] else date_css)
        if dated and date_css
        else None,
        summary=summary_css,
    )
    return Detection(recipe=recipe, confidence=min(1.0, rows.score / 30), reasons=())


def _is_list(document: Document, found: Outline, rows: Rows) -> bool:
    """Whether rows are the records of a list, not paragraphs with links, nor a menu."""
    if rows.score < LEAST_SCORE or rows.apart_share < 0.5:
        return False
    if rows.date_share >= 0.5 and rows.score >= SURE_SCORE:
        return True
    if rows.link_share > 0.85 and (rows.links_each > 2.5 or rows.mean_chars < 20):
        return False
    return _covered(document, found, rows) >= LEAST_COVERED


def _covered(document: Document, found: Outline, rows: Rows) -> float:
    """The share of the page's text, without what lies around it, that the records hold."""
    size = lambda n: len(clean(found.nodes[n].text(deep=True, separator=" ")))
    outer = [
        n
        for n, p in enumerate(found.parents)
        if found.is_around[n] and (p < 0 or not found.is_around[p])
    ]
    whole = len(clean(document.body.text(deep=True, separator=" "))) - sum(map(size, outer))
    numbers = _starts(found, rows)
    starts = set(numbers)
    held = sum(size(n) + sum(map(size, _following(found, n, starts))) for n in numbers)
    return held / max(1, whole)


def _starts(found: Outline, rows: Rows) -> list[int]:
    """The elements that the records begin with: before the rows, where a list is flat."""
    numbers = rows.numbers
    parents = {found.parents[n] for n in numbers}
    if found.tags[numbers[0]] in ("tr", "li", "article") or len(parents) > max(
        1, len(numbers) // 2
    ):
        return numbers
    kinds: dict[int, list[int]] = {}
    for parent in parents:
        for child in found.children(parent):
            kinds.setdefault(found.kinds[child], []).append(child)
    own = found.kinds[numbers[0]]
    for kind, likes in kinds.items():
        tag = found.tags[likes[0]]
        if (
            kind != own
            and (tag in HEADINGS or tag == "dt")
            and 0.7 <= len(likes) / len(numbers) <= 1.3
        ):
            return likes
    return numbers


def _record(found: Outline, number: int, starts: set[int]) -> list[int]:
    """An element with all in it, and what follows it up to the next record's."""
    record = [number, *found.inside(number)]
    if found.tags[number] in ("tr", "li", "article", "div", "section"):
        return record
    for sibling in _following(found, number, starts):
        record += [sibling, *found.inside(sibling)]
    return record


def _following(found: Outline, number: int, starts: set[int]) -> list[int]:
    """The siblings that belong to a record which begins with a heading or a paragraph."""
    tag = found.tags[number]
    if tag in ("tr", "li", "article", "div", "section"):
        return []
    kept: list[int] = []
    siblings = found.children(found.parents[number])
    for sibling in siblings[siblings.index(number) + 1 :][:40]:
        other = found.tags[sibling]
        if sibling in starts or (other in HEADINGS and tag in HEADINGS and other <= tag):
            break
        kept.append(sibling)
    return kept
