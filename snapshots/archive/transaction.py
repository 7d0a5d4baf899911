"""All or nothing, and all at once: one transaction of SQLite, alone or inside another."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection, IntegrityError


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


@contextmanager
def attempted(db: Connection) -> Iterator[None]:
    """Keep what is written inside a transaction, or, when it fails, what was there before it.

    Raises:
        ValueError: what was to be written is no such row.
    """
    db.execute("SAVEPOINT attempted")
    try:
        yield
    except BaseException as error:
        if db.in_transaction:
            db.execute("ROLLBACK TO attempted")
            db.execute("RELEASE attempted")
        if isinstance(error, IntegrityError):
            raise ValueError(str(error)) from error
        raise
    db.execute("RELEASE attempted")


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
