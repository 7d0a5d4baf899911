"""Tables in CSV (RFC 4180) that a spreadsheet opens without running anything in them."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import StringIO

from diffs.report.passage import clean

# What a spreadsheet takes for a formula's beginning, full-width signs included.
# Source: OWASP, CSV Injection, seen 2026-11.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The header and the rows, every cell quoted; None is an empty cell."""
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def cell(value: object) -> str:
    """A value on one line, with an apostrophe before text that could be taken for a formula."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return f"{value}"
    is_formula = value.startswith(FORMULA) or value.lstrip().startswith(FORMULA)
    text = clean(value)
    return f"'{text}" if is_formula or text.lstrip().startswith(FORMULA) else text


def at(moment: datetime) -> str:
    """A moment as records write it, e.g. ``2021-05-01T06:00:00Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
