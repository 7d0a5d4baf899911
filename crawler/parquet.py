"""Parquet, for those who have pyarrow."""

from itertools import islice
from pathlib import Path

import pyarrow
from pyarrow import parquet

from snapshots.archive.tables import Table

ROWS_AT_ONCE = 10_000
TYPES = {
    "integer": pyarrow.int64(),
    "real": pyarrow.float64(),
    "text": pyarrow.string(),
    "blob": pyarrow.binary(),
}


def write(table: Table, path: Path) -> int:
    """Write a table; return how many rows it has."""
    fields = [(column.name, TYPES[column.kind]) for column in table.columns]
    schema = pyarrow.schema(fields)
    count = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while rows := list(islice(table.rows, ROWS_AT_ONCE)):
            cells = [list(column) for column in zip(*rows, strict=True)]
            writer.write_table(pyarrow.table(cells, schema=schema))
            count += len(rows)
    return count
