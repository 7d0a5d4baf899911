"""All that is known of a source in one digest: equal when every row is."""

from hashlib import sha256
from sqlite3 import Connection

from snapshots.archive.passages import MOST_PASSAGES
from snapshots.archive.rows import dumps

_ROWS = (
    "SELECT * FROM snapshots WHERE source = ? ORDER BY id",
    "SELECT * FROM tails WHERE source = ?",
    "SELECT * FROM items WHERE source = ? ORDER BY key",
    "SELECT * FROM item_versions WHERE source = ? ORDER BY item, first_snapshot",
    "SELECT * FROM changes WHERE source = ? ORDER BY id",
    "SELECT s.* FROM substitutions AS s JOIN changes AS c ON c.id = s.change WHERE c.source = ?"
    " ORDER BY s.change, place",
    f"SELECT h.* FROM hunks AS h JOIN changes AS c ON c.id = h.id / {MOST_PASSAGES}"
    " WHERE c.source = ? ORDER BY h.id",
)


def fingerprint(db: Connection, source: str) -> str:
    """Return a digest over every row of knowledge of a source, numbers included."""
    told = sha256()
    for query in _ROWS:
        for row in db.execute(query, (source,)):
            told.update(f"{dumps(row)}\n".encode("utf-8", "surrogatepass"))
    return told.hexdigest()
