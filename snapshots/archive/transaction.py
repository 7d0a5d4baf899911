"""All or nothing, and all at once: one transaction of SQLite, alone or inside another."""

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
def at_one_moment(db: Connection) -> Iterator[None]:
    """Read everything inside as it was at one moment, whatever another process writes."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        if db.in_transaction:
            db.execute("COMMIT")
