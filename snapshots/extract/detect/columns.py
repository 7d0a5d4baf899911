"""What the records of a list say, column by column: which is the title, and which the date."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from snapshots.extract.dates import LONGEST, iso
from snapshots.extract.detect.outline import Outline
from snapshots.extract.detect.rows import DATE, DOCUMENT
from snapshots.extract.html import HEADINGS
from snapshots.extract.selectors import TEXT_AFTER, text_after
from snapshots.extract.wording import clean

LEAST_FILLED = 0.5
# Below, nothing names the records: they are not a list of publications.
LEAST_TITLE = 0.12
WORDLESS = frozenset(
    "script style noscript template svg path option select input textarea br img hr source audio video".split()
)
LABELS = frozenset(("b", "strong", "span", "em", "label"))
_ISO_DATE = re.compile(r"\d{4}(-\d\d){1,2}")
_WORD = re.compile(r"[^\W\d_]{2,}")
ACTION = re.compile(
    r"(?:view|download|read|open|play|save|listen|watch|see|more|pdf|html?|docx?|full text|details?"
    r"|link|click|opinion|document|slip)\b.{0,30}",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Column:
    """One element of each record, by its way from the record's own; -1 where there is none."""

    path: tuple[str, ...]
    cells: list[int]
    values: list[str]
    tag: str
    is_link: bool = False
    is_heading: bool = False
    attribute: str | None = None
    date_share: float = 0.0
    filled: float = 0.0
    distinct: float = 0.0
    mean_chars: float = 0.0
    wordy: float = 0.0
    parts: list["Column"] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether it gathers several parts that say different things."""
        said = [part for part in self.parts if part.mean_chars >= 3 and part.filled >= 0.7]
        longest = max((part.mean_chars for part in said), default=0.0)
        return len(said) > 1 and 0 < longest < 0.75 * self.mean_chars


def columns(outline: Outline, records: Sequence[Sequence[int]]) -> list[Column]:
    """Return the columns of some records; each is given as its elements' numbers, in order."""
    cells: dict[tuple[str, ...], list[int]] = {}
    count = len(records)
    for place, record in enumerate(records):
        paths: dict[int, tuple[str, ...]] = {record[0]: ()}
        seen: Counter[tuple[str, ...]] = Counter()
        cells.setdefault((), [-1] * count)[place] = record[0]
        for number in record[1:]:
            outer = paths.get(outline.parents[number], ("~",))
            path = (*outer, _step(outline, number))
            seen[path] += 1
            if (turn := seen[path]) > 1:
                path = (*path[:-1], f"{path[-1]}#{turn}")
            paths[number] = path
            if outline.tags[number] not in WORDLESS:
                cells.setdefault(path, [-1] * count)[place] = number
    found = [_column(outline, path, column) for path, column in cells.items()]
    kept = [column for column in found if column is not None]
    kept += [_after(outline, column) for column in kept if _is_label(column)]
    for column in kept:
        column.parts = [c for c in kept if _is_part(c, column)]
    return kept


def _is_label(column: Column) -> bool:
    """Whether a column names what follows it: it says the same in all records."""
    said = [value for value in column.values if value]
    if column.tag not in LABELS or not said or column.mean_chars > 40:
        return False
    return len(set(said)) <= max(1, len(said) // 10) or all(v.endswith(":") for v in said)


def _after(outline: Outline, label: Column) -> Column:
    """The column of the texts that stand after a label."""
    values = [clean(text_after(outline.nodes[c])) if c >= 0 else "" for c in label.cells]
    return _described(Column(label.path, label.cells, values, label.tag, attribute=TEXT_AFTER))


def _is_part(inner: Column, outer: Column) -> bool:
    size = len(outer.path)
    return len(inner.path) > size and inner.path[:size] == outer.path and outer.attribute is None


def _step(outline: Outline, number: int) -> str:
    return outline.tags[number] + "".join(f".{name}" for name in outline.classes[number][:2])


def _column(outline: Outline, path: tuple[str, ...], cells: list[int]) -> Column | None:
    held = [cell for cell in cells if cell >= 0]
    if len(held) < LEAST_FILLED * len(cells):
        return None
    values = [
        clean(outline.nodes[c].text(deep=True, separator=" ")) if c >= 0 else "" for c in cells
    ]
    tag = outline.tags[held[0]]
    column = _described(Column(path, cells, values, tag))
    column.is_link = tag == "a" or outline.tags[outline.parents[held[0]]] == "a"
    column.is_heading = tag in HEADINGS or outline.tags[outline.parents[held[0]]] in HEADINGS
    return column


def _described(column: Column) -> Column:
    """Fill in what a column's values have in common."""
    said = [value for value in column.values if value]
    column.filled = len(said) / len(column.values)
    if said:
        column.distinct = len(set(said)) / len(said)
        column.mean_chars = sum(map(len, said)) / len(said)
        column.wordy = sum(len(_WORD.findall(value)) >= 2 for value in said) / len(said)
        dates = [(iso(value) or "")[:10] for value in said if len(value) <= LONGEST]
        column.date_share = sum(bool(_ISO_DATE.fullmatch(day)) for day in dates) / len(said)
    return column


def title_of(outline: Outline, found: Sequence[Column]) -> Column | None:
    """The column that names the records."""
    scored = [(_title_score(column, place), -place, column) for place, column in enumerate(found)]
    best = max(scored, key=lambda each: each[:2], default=None)
    return best[2] if best and best[0] >= LEAST_TITLE else None


def _title_score(column: Column, place: int) -> float:
    if column.filled < LEAST_FILLED or column.date_share > 0.5 or not column.mean_chars:
        return 0.0
    chars = column.mean_chars
    size = (
        0.3
        if chars < 6
        else 0.7
        if chars < 12
        else 1.0
        if chars <= 160
        else 0.5
        if chars < 300
        else 0.2
    )
    said = [value for value in column.values if value]
    actions = sum(_is_action(value) for value in said) / len(said)
    numbered = sum(value[:1].isdigit() for value in said) / len(said)
    worth = column.filled * column.distinct**2 * size * (0.25 + column.wordy)
    if column.is_whole or (not column.path and column.parts):
        worth *= 0.25
    worth *= (
        1
        + 0.8 * column.is_heading
        + 0.5 * column.is_link
        + 0.15 * (column.tag in ("strong", "b", "em"))
    )
    dated = sum(bool(DATE.search(value)) for value in said) / len(said)
    return (
        worth
        * (1 - 0.8 * actions)
        * (1 - 0.3 * numbered)
        * (1 - 0.5 * dated)
        * (1 - 0.004 * min(place, 50))
    )


def link_of(outline: Outline, found: Sequence[Column], title: Column | None) -> Column | None:
    """The column of links that lead to what the records are about."""
    best, most = None, 0.0
    for place, column in enumerate(found):
        if column.tag != "a":
            continue
        hrefs = [outline.hrefs.get(cell) for cell in column.cells]
        held = [href for href in hrefs if href]
        if not held:
            continue
        worth = len(held) / len(hrefs) * (len(set(held)) / len(held)) ** 2
        documents = sum(bool(DOCUMENT.search(href)) for href in held) / len(held)
        said = [value for value in column.values]
        actions = sum(map(_is_action, said)) / len(said)
        is_title = title is not None and _is_of(outline, column, title)
        worth *= 1 + 0.9 * documents + 0.6 * is_title + 0.2 * actions - 0.01 * min(place, 30)
        if worth > most:
            best, most = column, worth
    return best


def _is_action(text: str) -> bool:
    return len(text) <= 40 and ACTION.fullmatch(text) is not None


def _is_of(outline: Outline, link: Column, title: Column) -> bool:
    """Whether a link is a title, holds it, or lies in it."""
    pairs = [(a, b) for a, b in zip(link.cells, title.cells, strict=True) if a >= 0 and b >= 0]
    near = sum(a <= b < outline.ends[a] or b <= a < outline.ends[b] for a, b in pairs)
    return bool(pairs) and near > len(pairs) / 2


def date_of(found: Sequence[Column], outline: Outline) -> tuple[Column, str | None] | None:
    """The column of the records' dates, and the attribute that holds them, if one does."""
    dated = [c for c in found if c.date_share >= 0.7 and c.filled >= LEAST_FILLED]
    for column in found:
        if column.tag != "time":
            continue
        stamps = [outline.nodes[c].attributes.get("datetime") for c in column.cells if c >= 0]
        stated = [stamp for stamp in stamps if stamp]
        if len(stated) >= LEAST_FILLED * len(column.cells) and (
            len(set(stated)) > 1 or len({v for v in column.values if v}) <= 1
        ):
            return column, "datetime"
    if not dated:
        return None
    # The innermost element says it best.
    return max(
        dated, key=lambda c: (round(c.filled, 1), c.distinct > 0.05, -c.mean_chars, len(c.path))
    ), None


def summary_of(outline: Outline, found: Sequence[Column], taken: Sequence[Column]) -> Column | None:
    """The column of running text beside the title, if there is one."""
    free = [
        c
        for c in found
        if c.mean_chars >= 50
        and c.distinct > 0.5
        and c.filled >= LEAST_FILLED
        and c.tag != "a"
        and not any(_is_of(outline, c, other) for other in taken)
    ]
    return max(free, key=lambda c: (c.mean_chars * c.filled, -len(c.path)), default=None)
