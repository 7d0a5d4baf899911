"""A table or view of the archive written as CSV, JSON lines or Parquet."""

import csv
from base64 import b64encode
from pathlib import Path

from crawler.outputs import written_whole
from crawler.showing import json_line
from snapshots.archive.tables import Cell, Table
from snapshots.errors import ConfigError

# What a spreadsheet takes for the beginning of a formula. Source: OWASP, CSV Injection.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(table: Table, output: Path, form: str) -> int:
    """Write a table to a file as ``csv``, ``jsonl`` or ``parquet``; return how many rows it has.

    Raises:
        ConfigError: the file cannot be written, or what writes Parquet is not installed.
    """
    write = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}[form]
    with written_whole(output) as path:
        return write(table, path)


def write_csv(table: Table, path: Path) -> int:
    """Write a table as CSV in which no cell is a formula."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in table.columns)
        return sum(writer.writerow(map(_safe, row)) > 0 for row in table.rows)


def write_jsonl(table: Table, path: Path) -> int:
    """Write a table as one JSON object a line."""
    names = [column.name for column in table.columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        objects = (dict(zip(names, map(_told, row), strict=True)) for row in table.rows)
        return sum(file.write(f"{json_line(each)}\n") > 0 for each in objects)


def write_parquet(table: Table, path: Path) -> int:
    """Write a table as Parquet.

    Raises:
        ConfigError: pyarrow is not installed.
    """
    try:
        from crawler import parquet
    except ModuleNotFoundError as error:
        raise ConfigError(
            "Parquet needs pyarrow, which is not installed: pip install 'reworded[parquet]'"
        ) from error
    return parquet.write(table, path)


def _told(cell: Cell) -> Cell:
    return b64encode(cell).decode() if isinstance(cell, bytes) else cell


def _safe(cell: Cell) -> Cell:
    told = _told(cell)
    return f"'{told}" if isinstance(told, str) and told.startswith(FORMULA) else told
