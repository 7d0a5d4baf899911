"""Knowledge that goes with the process, over an archive's evidence, which it only reads."""

from pathlib import Path
from sqlite3 import Connection
from urllib.parse import quote

# What is derived: the tables that a scratch has of its own. Every other name is found in
# the archive that is attached, for SQLite looks there when a scratch has no such table.
KNOWLEDGE_TABLES = (
    "snapshots",
    "tails",
    "items",
    "item_versions",
    "changes",
    "hunks",
    "substitutions",
)


def attach(db: Connection, path: Path) -> None:
    """Attach an archive to an empty connection, under empty tables of knowledge.

    Numbers refer to visits in another file, where SQLite follows no foreign key.
    """
    db.execute("PRAGMA foreign_keys = off")
    db.execute("ATTACH ? AS held", (f"file:{quote(str(path.resolve()))}?mode=ro",))
    marks = ", ".join("?" * len(KNOWLEDGE_TABLES))
    made = db.execute(
        f"SELECT sql FROM held.sqlite_master WHERE type IN ('table', 'index')"
        f" AND tbl_name IN ({marks}) AND sql IS NOT NULL ORDER BY type DESC, rowid",
        KNOWLEDGE_TABLES,
    ).fetchall()
    for (statement,) in made:
        db.execute(statement)
