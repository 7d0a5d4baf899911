"""Writes the pages that follow from the program: commands.md and schema.md (`make docs`)."""

import re
import sqlite3
from pathlib import Path

import click
from sqlite_utils import Database

from crawler.cli import COMMANDS, cli
from crawler.questions import QUESTIONS, Question
from snapshots.archive.schema import migrations

HERE = Path(__file__).parent
_NOTE = re.compile(r"^\s+(\w+) [A-Z][^-\n]*--\s*(.*)$", re.MULTILINE)
# Every table and view, in the order of the page; one that is lacking here is an error.
ABOUT = {
    "Evidence": {
        "payloads": "The bytes of every answer, once each.",
        "visits": "Every attempt at a source, successful or not.",
        "captures": "Every response, with its headers and redirects.",
        "probes": "What a removed item's own link answered.",
        "acceptances": "Doubted visits that a person took for real.",
        "vocabularies": "The pieces of markup that sealed payloads are made of.",
        "blocks": "Payloads of one source, sealed together; docs/decisions/0007-payload-storage.md gives the format.",
        "header_templates": "What the headers of many captures have in common. A value that is a number is each capture's own, and its place in the capture's list.",
        "header_packing": "Up to which capture headers were packed.",
        "chain_start": "The hash that the chain begins with.",
        "links": "The chain: every visit, capture, probe, acceptance, import, thinning and note, hashed together with the one before it; docs/evidence.md tells how.",
        "imports": "Where imported visits came from.",
        "verifications": "When `reworded verify` found everything as it was kept.",
        "errata": "Changes that were told, and that a re-reading of history tells otherwise.",
        "thinnings": "Stretches of unchanged visits whose bytes a rule let go.",
        "destinations": "To whom findings are sent, and how that went; docs/notification.md. No evidence.",
        "notices": "Which finding was sent to whom in which message, and which still waits. No evidence.",
        "notes": "What analysts made of changes, in `reworded serve`; the newest of each analyst counts.",
        "memento_refusals": "What a web archive lists and did not give, so that it is not asked for again at once. No evidence.",
        "mementos": "What an import from a web archive has had so far; empty when it is complete, for then it is evidence.",
    },
    "Knowledge": {
        "snapshots": "The good visits; a snapshot has its visit's number.",
        "items": "Every item that a source has ever listed.",
        "item_versions": "Every wording of an item, and the snapshots between which it stood.",
        "changes": "What changed, numbered for good.",
        "substitutions": "Phrases that became others, one row a place.",
        "corroborations": "Where what was seen by ourselves and what a web archive kept agree, or contradict; docs/backfill.md tells when.",
        "hunks": "Where in a change's fields its passages lie; the view `passages` has their texts.",
        "terms": "By how much the uses of each term of the lexicon differ from one moment to the next.",
        "term_uses": "How often a wording uses each term of the lexicon.",
        "term_list": "With which lexicon the uses were counted.",
        "tails": "The last items of each source's newest complete snapshot.",
        "uncounted": "Wordings whose terms are still to be counted, which the next run does.",
    },
    "Full text": {
        "wording_search": "Over the wordings; its row numbers are those of `item_versions`. `further` are the values of `fields`.",
        "passage_search": "Over the passages of changes; its row numbers are those of `passages`.",
    },
    "Views": {
        "corroborated": "Corroborations with their moments and addresses.",
        "capture_headers": "The headers of captures line by line in their order, `request` and `response`, packed or not.",
        "change_log": "Changes with the moments of their interval.",
        "item_history": "Wordings with the moments of their interval.",
        "items_in_force": "The wordings that stand now.",
        "passages": "What changed, each edit with a dozen kept words on either side; a side without text is null.",
        "phrase_substitutions": "Substitutions counted, inflections and case folded, the systematic first; docs/terms.md states the test.",
        "term_counts": "How often each source used each term of the lexicon, and in how many items, at each moment at which that changed.",
    },
    "Manners": {
        "hosts": "What the crawler remembers of hosts between runs; neither evidence nor knowledge."
    },
}
# Columns that later migrations added, where a comment has no place.
NOTES = {
    ("visits", "import"): "null: seen by the program itself",
    (
        "snapshots",
        "kept_by",
    ): "who kept what it was read from, such as web.archive.org, or a file; null: seen by ourselves",
    (
        "captures",
        "request_headers",
    ): "JSON: [[name, value], …], or, when packed, [template, value, …]; the view `capture_headers` reads both",
    ("captures", "response_headers"): "the same",
    ("captures", "memento_url"): "the address within a web archive that a memento was read from",
    (
        "payloads",
        "body",
    ): "zstd: the payload, or its difference from `base`; empty where a block holds it",
    ("payloads", "base"): "what the body is a difference from; null: from nothing",
    ("payloads", "block"): "the block that holds it",
    ("payloads", "place"): "its place in the block, from 0",
    ("payloads", "crc"): "CRC-32 of the body as it is stored",
    ("payloads", "thinned_at"): "when a rule of retention let its bytes go; null: they are held",
    ("changes", "told_by"): "the snapshot that settled it; null: the new one",
    ("changes", "told_at"): "when that was captured",
}
FULL_TEXT = """\
Both are FTS5 tables over texts that are held elsewhere, kept in step by triggers. Case and accents are folded, inflections are
not; marks only part words, so that 287(g) is the phrase `"287 g"`. Phrases, prefixes, NEAR, AND, OR and NOT are as
[SQLite has them](https://www.sqlite.org/fts5.html#full_text_query_syntax). `reworded search` folds inflections, and counts the
uses on both sides of a change, which SQL does not: a passage that loses one of two uses is found by the command only."""
QUESTIONS_SAY = """\
Each is run by the tests and measured by `make bench BENCH='scale --full'`, in an archive of 10 million observed item-days. None reads a big table from end to end."""


def commands() -> str:
    """Return the help of every command, as it prints it."""
    parts = ["# Commands\n\nWritten by `make docs` from the program's own help.\n"]
    parts.append(_block("reworded --help", cli.get_help(_context(cli, "reworded"))))
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        help_text = command.get_help(_context(command, f"reworded {name}"))
        parts.append(f"## {name}\n\n" + _block(f"reworded {name} --help", help_text))
        parts += [_further(name, each) for each in getattr(command, "commands", {}).values()]
    return "\n".join(parts)


def schema() -> str:
    """Return the archive's tables and views, as its migrations make them."""
    db = sqlite3.connect(":memory:")
    migrations.apply(Database(db, execute_plugins=False))
    undocumented = _names(db) - {name for section in ABOUT.values() for name in section}
    assert not undocumented, f"ABOUT lacks {sorted(undocumented)}"
    parts = [
        "# The archive's tables and views",
        "Written by `make docs` from the migrations. They are a public interface: columns are added, "
        "and never change their meaning without a note in the changelog. Moments are ISO 8601 in UTC. "
        "Evidence is appended and never rewritten; knowledge is derived from it, and may be derived again.",
        "## Questions",
        QUESTIONS_SAY,
        *map(_question, QUESTIONS),
    ]
    for section, about in ABOUT.items():
        parts += [f"## {section}", *([FULL_TEXT] if section == "Full text" else [])]
        parts += [_table(db, name, told) for name, told in about.items()]
    db.close()
    return "\n\n".join(parts) + "\n"


def _context(command: click.Command, path: str) -> click.Context:
    return click.Context(command, info_name=path, max_content_width=100, terminal_width=100)


def _further(name: str, command: click.Command) -> str:
    """The help of a command within a command."""
    told = f"reworded {name} {command.name}"
    return _block(f"{told} --help", command.get_help(_context(command, told)))


def _block(command: str, text: str) -> str:
    return f"```text\n$ {command}\n{text.strip()}\n```\n"


def _names(db: sqlite3.Connection) -> set[str]:
    """Every table and view that is ours, without what SQLite keeps behind full-text tables."""
    rows = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')"
    ).fetchall()
    full_text = tuple(f"{name}_" for name, sql in rows if sql.startswith("CREATE VIRTUAL"))
    inner = ("sqlite_", "_sqlite_migrations", *full_text)
    return {name for name, _ in rows if not name.startswith(inner)}


def _question(question: Question) -> str:
    return f"{question.title}\n\n```sql\n{question.example}\n```"


def _table(db: sqlite3.Connection, name: str, about: str) -> str:
    kind, sql = db.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    columns = db.execute(f"PRAGMA table_info({name})").fetchall()
    if kind == "view" or sql.startswith("CREATE VIRTUAL"):
        named = ", ".join(f"`{column[1]}`" for column in columns)
        return f"### {name}\n\n{about} Columns: {named}."
    notes = dict(_NOTE.findall(sql))
    refers = {row[3]: f"references {row[2]} ({row[4]})" for row in _references(db, name)}
    lines = [
        f"| `{column}` | {kind.lower()} | {_constraints(column, rest, refers)} | "
        f"{NOTES.get((name, column)) or notes.get(column, '')} |"
        for _, column, kind, *rest in columns
    ]
    head = f"### {name}\n\n{about}\n\n| column | type | | |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(lines)


def _references(db: sqlite3.Connection, name: str) -> list[tuple[object, ...]]:
    """The references of single columns."""
    rows = db.execute(f"PRAGMA foreign_key_list({name})").fetchall()
    many = {row[0] for row in rows if row[1] > 0}
    return [row for row in rows if row[0] not in many]


def _constraints(column: str, rest: list[object], refers: dict[object, str]) -> str:
    is_needed, default, key = rest
    told = (
        "not null" if is_needed else "",
        "primary key" if key else "",
        f"default {default}" if default is not None else "",
        refers.get(column, ""),
    )
    return " ".join(filter(None, told))


PAGES = {"commands.md": commands, "schema.md": schema}


if __name__ == "__main__":
    for file, write in PAGES.items():
        (HERE / file).write_text(write(), "utf-8")
