"""Writes the pages that follow from the program: commands.md and schema.md (`make docs`)."""

import re
import sqlite3
from pathlib import Path

import click
from sqlite_utils import Database

from crawler.cli import COMMANDS, cli
from snapshots.archive.notes import NOTES
from snapshots.archive.schema import (
    CHAIN,
    ERRATA,
    EVIDENCE,
    KNOWLEDGE,
    TERMS,
    VIEWS,
    migrations,
)

HERE = Path(__file__).parent
_COLUMN = re.compile(r"^\s+(\w+) (TEXT|INTEGER|REAL|BLOB)([^-]*?),?\s*(?:--\s*(.*))?$")
ABOUT = {
    "payloads": "The bytes of every answer, once each.",
    "visits": "Every attempt at a source, successful or not.",
    "captures": "Every response, with its headers and redirects.",
    "probes": "What a removed item's own link answered.",
    "chain_start": "The hash that the chain begins with.",
    "links": "The chain: every visit, capture, probe, acceptance, import and note, hashed together with the one before it; docs/evidence.md tells how.",
    "imports": "Where imported visits came from.",
    "verifications": "When `reworded verify` found everything as it was kept.",
    "errata": "Changes that were told, and that a re-reading of history tells otherwise.",
    "thinnings": "Stretches of unchanged visits whose bytes a rule let go.",
    "notes": "What analysts made of changes, in `reworded serve`; the newest of each analyst counts.",
    "snapshots": "The good visits; a snapshot has its visit's number.",
    "items": "Every item that a source has ever listed.",
    "item_versions": "Every wording of an item, and the snapshots between which it stood.",
    "changes": "What changed, numbered for good.",
    "substitutions": "Phrases that became others, one row a place.",
    "change_log": "Changes with the moments of their interval.",
    "item_history": "Wordings with the moments of their interval.",
    "items_in_force": "The wordings that stand now.",
    "phrase_substitutions": "Substitutions counted, inflections and case folded, the systematic first; docs/terms.md states the test.",
}
# Columns that a later migration added: (name, type, constraints) and a note.
ADDED = {
    "visits": {
        ("import", "INTEGER", "REFERENCES imports (id)"): "NULL: seen by the program itself"
    },
    "captures": {
        ("memento_url", "TEXT", ""): "the address within a web archive that a memento was read from"
    },
}


def commands() -> str:
    """Return the help of every command, as it prints it."""
    parts = ["# Commands\n\nWritten by `make docs` from the program's own help.\n"]
    parts.append(_block("reworded --help", cli.get_help(_context(cli, "reworded"))))
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        help_text = command.get_help(_context(command, f"reworded {name}"))
        parts.append(f"## {name}\n\n" + _block(f"reworded {name} --help", help_text))
    return "\n".join(parts)


def schema() -> str:
    """Return the archive's tables and views, as its migrations make them."""
    db = Database(sqlite3.connect(":memory:"), execute_plugins=False)
    migrations.apply(db)
    parts = [
        "# The archive's tables and views",
        "Written by `make docs` from the migrations. They are a public interface: columns are added, "
        "and never change their meaning without a note in the changelog. Moments are ISO 8601 in UTC. "
        "Evidence is appended and never rewritten; knowledge is derived from it, and may be derived again.",
        "## Evidence",
        *(_table(each, db) for each in _tables((*EVIDENCE, *CHAIN, *ERRATA, *NOTES))),
        "## Knowledge",
        *(_table(each, db) for each in _tables(KNOWLEDGE)),
        "## Views",
        *(_view(db, name) for name in db.view_names()),
    ]
    db.conn.close()
    return "\n\n".join(parts) + "\n"


def _context(command: click.Command, path: str) -> click.Context:
    return click.Context(command, info_name=path, max_content_width=100, terminal_width=100)


def _block(command: str, text: str) -> str:
    return f"```text\n$ {command}\n{text.strip()}\n```\n"


def _tables(statements: tuple[str, ...]) -> list[str]:
    return [statement for statement in statements if statement.startswith("CREATE TABLE")]


def _table(statement: str, db: Database) -> str:
    name = statement.split()[2]
    rows = [found.groups() for line in statement.splitlines() if (found := _COLUMN.match(line))]
    rows += [(*added, note) for added, note in ADDED.get(name, {}).items()]
    held = {column.name for column in db.table(name).columns}
    lines = [
        f"| `{column}` | {kind.lower()} | {(rest or '').strip().rstrip(',').lower()} | {note or ''} |"
        for column, kind, rest, note in rows
        if column in held
    ]
    head = f"### {name}\n\n{ABOUT[name]}\n\n| column | type | | |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(lines)


def _view(db: Database, name: str) -> str:
    assert any(f"VIEW {name} " in view for view in (*VIEWS, *TERMS))
    columns = ", ".join(f"`{column.name}`" for column in db.view(name).columns)
    return f"### {name}\n\n{ABOUT[name]} Columns: {columns}."


PAGES = {"commands.md": commands, "schema.md": schema}


if __name__ == "__main__":
    for file, write in PAGES.items():
        (HERE / file).write_text(write(), "utf-8")
