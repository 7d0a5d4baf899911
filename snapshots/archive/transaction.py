"""All or nothing: one transaction of SQLite, alone or inside another."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection


@contextmanager
def atomic(db: Connection) -> Iterator[None]:
    """Keep everything that is written inside, or nothing; inside another, as that one does."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:  # a full disk has ended it already
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@contextmanager
def tried(db: Connection) -> Iterator[None]:
    """Undo everything that is written inside; what was read of it stays with the reader."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
