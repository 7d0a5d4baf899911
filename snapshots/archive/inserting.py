"""Many rows in one statement: SQLite writes full text down as each statement ends."""

from collections.abc import Sequence
from itertools import chain
from sqlite3 import Connection

# With so many rows at once, a statement has fewer values than any SQLite takes.
MOST_ROWS = 50
# Making a statement ready for so many rows costs more than writing a few down one by one.
FEW_ROWS = 8


def insert(db: Connection, into: str, rows: Sequence[Sequence[object]]) -> None:
    """Append rows, in their order, to a table that is named with its columns or without."""
    for start in range(0, len(rows), MOST_ROWS):
        some = rows[start : start + MOST_ROWS]
        row = f"({', '.join('?' * len(some[0]))})"
        if len(some) < FEW_ROWS:
            db.executemany(f"INSERT INTO {into} VALUES {row}", some)
        else:
            together = ", ".join([row] * len(some))
            db.execute(f"INSERT INTO {into} VALUES {together}", tuple(chain.from_iterable(some)))
