"""Further columns of a list's records that last and are named: a number, a topic, a party."""

import re
from collections.abc import Sequence
from unicodedata import normalize

from snapshots.extract.detect.columns import Column, first_cell
from snapshots.extract.detect.records import Record
from snapshots.extract.detect.roles import LEAST_DATED, hrefs_of, is_action, is_of, is_read
from snapshots.extract.detect.words import words_of
from snapshots.extract.html import Node

MOST_FIELDS = 5
LEAST_FILLED = 0.8
LONGEST = 120
LONGEST_NAME = 30
# Columns that change without the publication changing.
_VOLATILE_NAME = re.compile(
    r"views?|hits?|downloads?|likes?|comments?|repl(?:y|ies)|posts|recent|shares?|rank|new|age"
    r"|actions?|select|status_icon"
    r"|links?|files?|pdf|updated|modified|size|line|row|index|nr"
)
_VOLATILE = re.compile(
    r"\bago\b|\byesterday\b|\btoday\b|\bjust now\b|^new!?$|^\d+ (?:views?|comments?|likes?|days?)",
    re.IGNORECASE,
)
_VOLATILE_WORDS = ("ago", "day", "just now", "new", "view", "comment", "like")
_DRUPAL = re.compile(r"views-field-(?:field-)?([a-z][a-z-]{2,28})$")
_NEWS = re.compile(r"[a-z]+[-_]{1,2}(tag|topic|category|type|number|author|party|agency|status)$")


def fields_of(
    records: Sequence[Record], found: Sequence[Column], taken: Sequence[Column]
) -> dict[str, Column]:
    """Return the columns that are worth keeping beside those taken, by name."""
    named: dict[str, Column] = {}
    for column in found:
        if len(named) == MOST_FIELDS:
            break
        name = slug(written) if (written := _name_of(records, column)) else ""
        if not name or name in named or not _is_lasting(records, name, column):
            continue
        if not any(_overlap(records, column, other) for other in [*taken, *named.values()]):
            named[name] = column
    return named


def headers_of(row: Node) -> list[str]:
    """Return what the header cells of a row's table say, in order; none where it has none."""
    if row.tag != "tr":
        return []
    table = row.parent
    while table is not None and table.tag != "table":
        table = table.parent
    first = table.css_first("tr") if table is not None else None
    if first is None or first.mem_id == row.mem_id or first.css_first("td a[href]"):
        return []
    cells = first.css("th, td")
    is_header = (first.parent is not None and first.parent.tag == "thead") or all(
        cell.tag == "th" or cell.css_first("b, strong") for cell in cells
    )
    if not is_header or any("colspan" in cell.attributes for cell in cells):
        return []
    return [words_of(cell) for cell in cells]


def slug(name: str) -> str:
    """Return a field's name made of a header's words: ``case_number``; "" where it has none."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    written = "_".join(words)
    return written if written[:1].isalpha() and len(written) <= LONGEST_NAME else ""


def _name_of(records: Sequence[Record], column: Column) -> str:
    record, cell = first_cell(records, column)
    is_cell = column.tag in ("td", "th") and record.shape.outers[cell] == 0
    if column.label or column.labelled or is_cell:
        return column.name
    for name in record.shape.classes[cell]:
        if told := _DRUPAL.fullmatch(name) or _NEWS.fullmatch(name):
            return told[1]
    return ""


def _overlap(records: Sequence[Record], column: Column, other: Column) -> bool:
    return column.values == other.values or (
        column.attribute == other.attribute and is_of(records, column, other)
    )


def _is_lasting(records: Sequence[Record], name: str, column: Column) -> bool:
    """Whether a column is well filled, differs, and says what does not change by itself."""
    said = column.said
    is_filled = column.filled >= LEAST_FILLED and column.mean_chars <= LONGEST
    if not is_filled or len(set(said)) < 2 or _VOLATILE_NAME.fullmatch(name.rpartition("_")[2]):
        return False
    if _may_change(said) or _are_counted(said):
        return False
    if column.date_share >= LEAST_DATED and not is_read(records, column):
        return False
    leads = any(hrefs_of(records, column))
    return not (leads and sum(map(is_action, said)) > 0.5 * len(said))


def _may_change(said: Sequence[str]) -> bool:
    """Whether a value says how long ago it was, how often it was seen, or that it is new."""
    written = " ".join(said).lower()
    is_told = any(word in written for word in _VOLATILE_WORDS)
    return is_told and any(map(_VOLATILE.search, said))


def _are_counted(said: Sequence[str]) -> bool:
    """Whether values number the rows: all change when one row is added."""
    if not all(value.rstrip(".").isdecimal() and len(value) < 6 for value in said):
        return False
    numbers = [int(value.rstrip(".")) for value in said]
    return numbers in (sorted(set(numbers)), sorted(set(numbers), reverse=True))
