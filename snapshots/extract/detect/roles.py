"""Which column of a list's records is the title, the link, the date, the summary."""

import re
from collections.abc import Callable, Sequence

from snapshots.extract.detect.beside import date_beside
from snapshots.extract.detect.columns import GLANCED_AT, LEAST_FILLED, Column, is_date
from snapshots.extract.detect.dated import is_dated
from snapshots.extract.detect.judging import LONG_TEXT, is_document
from snapshots.extract.detect.records import Record, Shape
from snapshots.extract.html import HEADINGS
from snapshots.extract.selectors import TEXT_AFTER, value_of

# Below, nothing names the records: they are not a list of publications.
LEAST_TITLE = 0.12
LEAST_DATED = 0.7
LEAST_SUMMARY = 50
# Fewer records than these are not named by dates that no element of theirs says.
FEWEST_BARE = 4
_ACTION = re.compile(
    r"(?:view|download|read|open|play|save|listen|watch|see|more|pdf|html?|docx?|full text|details?"
    r"|link|click|opinion|document|slip|learn|continue)\b.{0,30}",
    re.IGNORECASE,
)
_TITLE_LABEL = re.compile(
    r"title|name|caption|subject|parties|partes|headline|style|\bcase$", re.IGNORECASE
)
_LIKE_TITLE = re.compile(r"description", re.IGNORECASE)
# What is called by who or where it is from is seldom called by what it is.
_OTHER_LABEL = re.compile(
    r"\b(?:buyer|contact|author|sponsor|agency|department|location|address|status)s?\b",
    re.IGNORECASE,
)
_DATE_LABEL = re.compile(
    r"publi|filed|fil(?:ing|e) date|released?|issued|posted|decided|decision|opinion|fecha",
    re.IGNORECASE,
)
_OTHER_DATE = re.compile(
    r"updat|modif|review|argu|hearing|expir|due|clos|effective|reclass", re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(?<![\d/-])(?:1[3-9]|2\d|3[01])[/-](?:0?[1-9]|1[0-2])[/-](?:19|20)\d\d\b")
# Addresses, durations and sizes: they name nothing.
_NAMELESS = re.compile(
    r"[^\s@]+@[^\s@]+\.\w+|(?:https?://|www\.)\S+"
    r"|(?:\d+ ?(?:h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)\b[ ,:]*){1,3}"
    r"|(?:(?:file )?size:? ?)?[\d.,]+ ?(?:bytes?|[kmg]i?b)",
    re.IGNORECASE,
)
# Title sizes in characters, and what a title of less than each is worth.
_SIZES = ((6, 0.3), (12, 0.7), (161, 1.0), (300, 0.5))
_LONGER = 0.2


def title_of(found: Sequence[Column]) -> Column | None:
    """The column that names the records for people."""
    best, most = None, LEAST_TITLE
    worths = [(_worth(column) * (1 - 0.004 * min(n, 50)), column) for n, column in enumerate(found)]
    for worth, column in sorted(worths, key=lambda each: -each[0]):
        if worth <= most:
            break
        # What speaks against a title takes longer to tell, and only lessens its worth.
        worth *= _trust(column.said)
        if worth > most:
            best, most = column, worth
    return best


def named_by_date(records: Sequence[Record], found: Sequence[Column]) -> Column | None:
    """The column that names records which only their dates tell apart, as it does minutes.

    Such records lead somewhere: else they are days, and no publications.
    """
    if link_of(records, found, None) is None:
        return None
    dated = [
        column
        for column in found
        if min(column.date_share, column.filled, column.distinct) >= LEAST_DATED
        and not (column.is_whole or (column.is_own and column.parts))
        and is_read(records, column)
    ]
    best = max(
        dated, key=lambda column: (column.is_link, column.filled, column.depth), default=None
    )
    if best is not None or len(records) < FEWEST_BARE:
        return best
    bare = date_beside(records, found)
    if bare is None or min(bare.date_share, bare.filled, bare.distinct) < LEAST_DATED:
        return None
    # What stands after a link is said of what the link names.
    return None if bare.tag == "a" and bare.attribute == TEXT_AFTER else bare


def around_title(found: Sequence[Column], title: Column) -> Column:
    """The heading, or the element with a name of its own, that says what a title's link says.

    It still is there when a record loses its link.
    """
    if title.is_classed:
        return title
    likes = [
        column
        for column in found
        if title in column.parts
        and column.values == title.values
        and (column.tag in HEADINGS or (column.is_classed and not column.is_own))
    ]
    return max(likes, key=lambda column: (column.tag in HEADINGS, column.depth), default=title)


def _worth(column: Column) -> float:
    if column.filled < LEAST_FILLED or column.date_share > 0.5:
        return 0.0
    size = next((worth for chars, worth in _SIZES if column.mean_chars < chars), _LONGER)
    worth = column.filled * column.distinct**2 * size * (0.25 + column.wordy)
    if column.is_whole or (column.is_own and column.parts) or _holds_heading(column):
        worth *= 0.25
    worth *= 1 + 0.8 * column.is_heading + 0.5 * column.is_link
    worth *= 1.15 if column.tag in ("strong", "b", "em") else 1.0
    if column.name:
        worth *= _label_worth(column.name)
    return worth


def _label_worth(name: str) -> float:
    if _TITLE_LABEL.search(name):
        return 1.5
    if _LIKE_TITLE.search(name):
        return 1.1
    return 0.5 if _OTHER_LABEL.search(name) else 0.8


def _holds_heading(column: Column) -> bool:
    """Whether a column says more than the heading in it: a card, all of which is a link."""
    return any(
        part.tag in HEADINGS and part.filled >= LEAST_DATED and part.values != column.values
        for part in column.parts
    )


def _trust(said: Sequence[str]) -> float:
    """How far values are names, and no calls to act, numbers or dates."""
    actions = _share(said, is_action)
    numbered = _share(said, lambda value: value[:1].isdigit())
    dated = _share(said, lambda value: is_dated(value[:LONG_TEXT]))
    sentences = _share(said, lambda value: value.endswith("."))
    nameless = _share(said, lambda value: _NAMELESS.fullmatch(value) is not None)
    doubts = (1 - nameless) * (1 - 0.8 * actions) * (1 - 0.3 * numbered) * (1 - 0.5 * dated)
    return doubts * (1 - 0.4 * sentences)


def _share(values: Sequence[str], is_so: Callable[[str], bool]) -> float:
    return sum(map(is_so, values)) / len(values)


def is_action(text: str) -> bool:
    """Whether a link's words tell what it does, not where it leads."""
    return len(text) <= 40 and _ACTION.fullmatch(text) is not None


def link_of(
    records: Sequence[Record], found: Sequence[Column], title: Column | None
) -> Column | None:
    """The column of links that lead to what the records are about."""
    links = [column for column in found if column.tag == "a"]
    worths = [_link_worth(records, column, title, place) for place, column in enumerate(links)]
    best = max(worths, default=0.0)
    return links[worths.index(best)] if best > 0 else None


def _link_worth(
    records: Sequence[Record], column: Column, title: Column | None, place: int
) -> float:
    hrefs = hrefs_of(records, column)
    held = [href for href in hrefs if href]
    if not held:
        return 0.0
    worth = len(held) / len(hrefs) * (len(set(held)) / len(held)) ** 2
    documents = _share(held, is_document)
    is_title = title is not None and is_of(records, column, title)
    actions = _share(column.values, is_action)
    return worth * (1 + 0.9 * documents + 0.6 * is_title + 0.2 * actions - 0.01 * min(place, 30))


def hrefs_of(records: Sequence[Record], column: Column) -> list[str]:
    """The addresses that a column of links leads to; "" where there is none."""
    return [
        (record.nodes[cell].attributes.get("href") or "").strip() if cell >= 0 else ""
        for record, cell in zip(records, column.cells, strict=True)
    ]


def is_of(records: Sequence[Record], one: Column, other: Column) -> bool:
    """Whether one column's element is another's, holds it, or lies in it."""
    told: dict[Shape, bool] = {}
    near = apart = 0
    for record, a, b in zip(records, one.cells, other.cells, strict=True):
        if a < 0 or b < 0:
            continue
        if (is_near := told.get(record.shape)) is None:
            # A column's places are the same in all records that are made alike.
            is_near = told[record.shape] = _are_near(record.shape, a, b)
        near, apart = near + is_near, apart + (not is_near)
    return near > apart


def _are_near(shape: Shape, one: int, other: int) -> bool:
    outer, inner = (one, other) if one < other else (other, one)
    while inner > outer:
        inner = shape.outers[inner]
    return inner == outer


def date_of(records: Sequence[Record], found: Sequence[Column]) -> tuple[Column, str | None] | None:
    """The column of the records' dates, and the attribute that holds them, if one does."""
    for column in found:
        if column.tag == "time" and _are_believed(records, column):
            return column, "datetime"
    dated = [column for column in found if _is_dated(column, LEAST_DATED)]
    ordered = sorted(dated, key=_date_rank, reverse=True)
    best = next((column for column in ordered if is_read(records, column)), None)
    if best is None or best.is_own:
        bare = date_beside(records, found)
        least = best.date_share if best else LEAST_DATED
        if bare and _is_dated(bare, least):
            return bare, bare.attribute
    return (best, best.attribute) if best else None


def _is_dated(column: Column, least: float) -> bool:
    """Whether so many values are dates, and none says the day before the month in figures.

    The others do so too then, and would be read the other way about.
    """
    if column.date_share < least or column.filled < LEAST_FILLED:
        return False
    return not any(map(_DAY_FIRST.search, column.said))


def is_read(records: Sequence[Record], column: Column) -> bool:
    """Whether a column's dates are read from it: not where a number is written right before them.

    Some sites write one that is hidden, to sort by.
    """
    if column.attribute is not None or column.tag == "time":
        return True
    held = zip(records, column.cells, column.values, strict=True)
    nodes = [record.nodes[cell] for record, cell, value in held if value][:GLANCED_AT]
    return sum(is_date(value_of(node, None) or "") for node in nodes) >= LEAST_FILLED * len(nodes)


def _date_rank(column: Column) -> tuple[float, int, bool, float, int]:
    """The best filled, best named date; the innermost element says it best."""
    name = bool(_DATE_LABEL.search(column.name)) - bool(_OTHER_DATE.search(column.name))
    return round(column.filled, 1), name, column.distinct > 0.05, -column.mean_chars, column.depth


def _are_believed(records: Sequence[Record], column: Column) -> bool:
    """Whether ``time[datetime]`` is stated, and is no placeholder: the same beside other words."""
    stamps = [
        record.nodes[cell].attributes.get("datetime")
        for record, cell in zip(records, column.cells, strict=True)
        if cell >= 0
    ]
    stated = [stamp for stamp in stamps if stamp and is_date(stamp.strip())]
    if len(stated) < LEAST_FILLED * len(column.cells):
        return False
    return len(set(stated)) > 1 or len(set(column.said)) <= 1


def summary_of(
    records: Sequence[Record], found: Sequence[Column], taken: Sequence[Column]
) -> Column | None:
    """The column of running text beside the title, if there is one."""
    free = [
        column
        for column in found
        if column.mean_chars >= LEAST_SUMMARY
        and column.distinct > 0.5
        and column.filled >= LEAST_FILLED
        and column.tag != "a"
        and not any(part.labelled for part in column.parts)
        and not any(is_of(records, column, other) for other in taken)
    ]
    return max(free, key=lambda c: (c.mean_chars * c.filled, c.depth), default=None)
