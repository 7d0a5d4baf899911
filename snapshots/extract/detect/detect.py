"""From a page's bytes to the recipe that reads it, with the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from snapshots.extract.detect.columns import Column, columns
from snapshots.extract.detect.judging import SAMPLE, Judged, ranked
from snapshots.extract.detect.naming import column_selector, row_selector
from snapshots.extract.detect.outline import Outline, outline
from snapshots.extract.detect.records import Record, begun, record_of, spread
from snapshots.extract.detect.roles import date_of, link_of, summary_of, title_of
from snapshots.extract.detect.rows import candidates
from snapshots.extract.html import Document
from snapshots.records import Read, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    recipe: Recipe
    confidence: float
    reasons: tuple[str, ...]


def detected(document: Document, url: str = "") -> Detection:
    found, links = outline(document)
    lists = ranked(document, found, candidates(found, links))
    for facts in lists[:1]:
        if recipe := _recipe(document, found, facts):
            return Detection(recipe=recipe, confidence=min(1.0, facts.score / 30), reasons=())
    return Detection(recipe=Recipe(read=Read.PAGE), confidence=0.5, reasons=())


def _recipe(document: Document, found: Outline, facts: Judged) -> Recipe | None:
    numbers = begun(found, facts.rows.numbers)
    css, count = row_selector(document, found, numbers)
    starts = {found.nodes[n].mem_id for n in numbers} if facts.is_flat or numbers != facts.rows.numbers else None
    records = [record_of(found.nodes[n], starts) for n in spread(numbers, SAMPLE)]
    cols = columns(records)
    title = title_of(cols)
    if title is None:
        return None
    link = link_of(records, cols, title)
    dated = date_of(records, cols)
    taken = [c for c in (title, dated[0] if dated else None) if c]
    summary = summary_of(records, cols, taken)
    def name(column: Column | None, attribute: str | None = None) -> str | None:
        css = column_selector(records, column) if column else None
        attribute = attribute or (column.attribute if column else None)
        return f"{css}@{attribute}" if css and attribute else css
    return Recipe(read=Read.LISTING, item=css, title=name(title), link=name(link, "href"),
        published=name(*dated) if dated else None, summary=name(summary))

detect = detected
