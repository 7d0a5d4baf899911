"""What answers questions: full text, uses of terms, and moments for views and indexes."""

import json
from collections.abc import Iterator
from sqlite3 import Connection

from snapshots.archive.inserting import insert
from snapshots.archive.passages import HunkRow, hunk_rows
from snapshots.archive.rows import field_of

_TOKENS = "tokenize = 'unicode61 remove_diacritics 2', columnsize = 0"

# Made anew rather than altered: its rows need numbers that VACUUM keeps, and what is asked
# for most must come before the long texts.
VERSIONS = (
    "DROP VIEW items_in_force",
    "DROP VIEW item_history",
    "DROP VIEW change_log",
    """CREATE TABLE versions_anew (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        item TEXT NOT NULL,
        first_snapshot INTEGER NOT NULL REFERENCES snapshots (id),
        last_seen INTEGER REFERENCES snapshots (id),       -- NULL: in the source's newest snapshot
        until_snapshot INTEGER REFERENCES snapshots (id),  -- the first without it; NULL: it stands
        first_at TEXT NOT NULL,                  -- when first_snapshot was captured
        until_at TEXT,                           -- when until_snapshot was; NULL: it stands
        position INTEGER NOT NULL,
        missing_since INTEGER REFERENCES snapshots (id),   -- the first complete one to miss it
        misses INTEGER NOT NULL DEFAULT 0,
        is_rolled_off INTEGER NOT NULL DEFAULT 0,
        is_held INTEGER NOT NULL DEFAULT 0,      -- 1: a swing that was not told, as it flaps
        title TEXT,
        url TEXT,
        summary TEXT,
        published TEXT,
        section TEXT,
        text TEXT,
        fields TEXT NOT NULL,                    -- JSON object
        further TEXT,                            -- the values of fields, to be searched
        UNIQUE (source, item, first_snapshot),
        FOREIGN KEY (source, item) REFERENCES items (source, key)
    ) STRICT""",
    """INSERT INTO versions_anew (source, item, first_snapshot, last_seen, until_snapshot, first_at,
        until_at, position, missing_since, misses, is_rolled_off, is_held, title, url, summary,
        published, section, text, fields, further)
    SELECT v.source, item, first_snapshot, last_seen, until_snapshot, a.captured_at, b.captured_at,
        position, missing_since, misses, is_rolled_off, is_held, title, url, summary, published,
        section, text, fields, (SELECT group_concat(value, ' ' || char(57344) || ' ')
            FROM json_each(v.fields) WHERE key != 'block')
    FROM item_versions AS v JOIN snapshots AS a ON a.id = first_snapshot
    LEFT JOIN snapshots AS b ON b.id = until_snapshot ORDER BY v.rowid""",
    "DROP TABLE item_versions",
    "ALTER TABLE versions_anew RENAME TO item_versions",
    "CREATE INDEX item_versions_standing ON item_versions (source) WHERE until_snapshot IS NULL",
    "CREATE INDEX item_versions_missing ON item_versions (source)"
    " WHERE misses > 0 AND until_snapshot IS NULL",
    "CREATE INDEX item_versions_held ON item_versions (source)"
    " WHERE is_held = 1 AND until_snapshot IS NULL",
    # For items in force at a date: both moments are found without the rows.
    "CREATE INDEX item_versions_by_time ON item_versions (source, first_at, until_at)",
    # When a change was told: when its `told_by` was captured.
    "ALTER TABLE changes ADD COLUMN told_at TEXT NOT NULL DEFAULT ''",
    "UPDATE changes SET told_at = (SELECT captured_at FROM snapshots"
    " WHERE snapshots.id = coalesce(told_by, new_snapshot))",
    "CREATE INDEX changes_by_time ON changes (told_at)",
    # For what became of a phrase.
    "CREATE INDEX substitutions_by_phrase ON substitutions (old_folded, new_folded)",
)
# Of the tails, only that of a source's newest complete snapshot is ever asked for.
TAILS = (
    """CREATE TABLE tails (
        source TEXT NOT NULL PRIMARY KEY,
        keys TEXT NOT NULL                       -- JSON: of the last items, in page order
    ) STRICT""",
    "INSERT INTO tails SELECT source, tail FROM (SELECT source, tail, row_number() OVER"
    " (PARTITION BY source ORDER BY captured_at DESC, id DESC) AS place FROM snapshots"
    " WHERE is_complete = 1) WHERE place = 1",
    "ALTER TABLE snapshots DROP COLUMN tail",
)
HUNKS = (
    """CREATE TABLE hunks (                        -- where the passages lie in a change's fields
        id INTEGER PRIMARY KEY,                  -- 1024 times the change's number, and a place
        field TEXT NOT NULL,
        old_start INTEGER,                       -- in characters; NULL: there was no old text
        old_end INTEGER,
        new_start INTEGER,
        new_end INTEGER
    ) STRICT""",
)
VIEWS = (
    """CREATE VIEW change_log AS
    SELECT changes.id, changes.source, kind, changed, verdict, flags, changes.item, title, url,
        section, fields, match_by, match_score, old.captured_at AS present_at,
        new.captured_at AS changed_by, good_visits_between, longest_gap_s, told_at
    FROM changes
    JOIN snapshots AS old ON old.id = old_snapshot
    JOIN snapshots AS new ON new.id = new_snapshot""",
    """CREATE VIEW item_history AS
    SELECT source, item, first_at, until_at, title, url, summary, published, section, text, fields,
        id AS version
    FROM item_versions""",
    "CREATE VIEW items_in_force AS SELECT * FROM item_history WHERE until_at IS NULL",
    """CREATE VIEW passages AS
    SELECT h.id, h.id / 1024 AS change, h.field,
        substr(json_extract(c.fields, '$."' || h.field || '".old'), old_start + 1,
            old_end - old_start) AS old,
        substr(json_extract(c.fields, '$."' || h.field || '".new'), new_start + 1,
            new_end - new_start) AS new
    FROM hunks AS h JOIN changes AS c ON c.id = h.id / 1024""",
    """CREATE VIEW term_counts AS
    SELECT term, source, at, sum(uses) OVER since_then AS uses, sum(items) OVER since_then AS items
    FROM terms WINDOW since_then AS (PARTITION BY term, source ORDER BY at)""",
)
_TEXTS = ("title", "summary", "text", "further")
_OLD, _NEW = (", ".join(f"{row}.{name}" for name in _TEXTS) for row in ("old", "new"))
_ADD_WORDING = f"INSERT INTO wording_search (rowid, {', '.join(_TEXTS)}) VALUES (new.id, {_NEW});"
_DROP_WORDING = (
    f"INSERT INTO wording_search (wording_search, rowid, {', '.join(_TEXTS)})"
    f" VALUES ('delete', old.id, {_OLD});"
)
# The texts themselves are not kept twice: the views hold them, and triggers keep the
# indexes by them, whoever writes.
FULL_TEXT = (
    "CREATE VIRTUAL TABLE wording_search USING fts5(title, summary, text, further,"
    f" content = 'item_versions', content_rowid = 'id', {_TOKENS})",
    "CREATE VIRTUAL TABLE passage_search USING fts5(old, new,"
    f" content = 'passages', content_rowid = 'id', {_TOKENS})",
    f"CREATE TRIGGER wording_begins AFTER INSERT ON item_versions BEGIN {_ADD_WORDING}"
    " INSERT INTO uncounted VALUES (new.id); END",
    "CREATE TRIGGER wording_is_spelled_anew AFTER UPDATE OF title, summary, text, further"
    f" ON item_versions WHEN ({_OLD}) IS NOT ({_NEW}) BEGIN {_DROP_WORDING} {_ADD_WORDING}"
    " INSERT OR IGNORE INTO uncounted VALUES (new.id); END",
    f"CREATE TRIGGER wording_is_forgotten AFTER DELETE ON item_versions BEGIN {_DROP_WORDING} END",
    "CREATE TRIGGER hunk_begins AFTER INSERT ON hunks BEGIN"
    " INSERT INTO passage_search (rowid, old, new)"
    " SELECT id, old, new FROM passages WHERE id = new.id; END",
    "CREATE TRIGGER hunk_is_forgotten BEFORE DELETE ON hunks BEGIN"
    " INSERT INTO passage_search (passage_search, rowid, old, new)"
    " SELECT 'delete', id, old, new FROM passages WHERE id = old.id; END",
)
TERM_USES = (
    """CREATE TABLE term_list (                    -- what the uses were counted with
        id INTEGER PRIMARY KEY CHECK (id = 1),
        digest TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE uncounted (                    -- wordings that the next run counts
        version INTEGER PRIMARY KEY REFERENCES item_versions (id)
    ) STRICT""",
    """CREATE TABLE term_uses (                    -- none: the wording does not use the term
        version INTEGER NOT NULL REFERENCES item_versions (id),
        term TEXT NOT NULL,
        uses INTEGER NOT NULL,
        PRIMARY KEY (version, term)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX term_uses_by_term ON term_uses (term)",
    """CREATE TABLE terms (                        -- differences: summed up to a moment, they count
        term TEXT NOT NULL,
        source TEXT NOT NULL,
        at TEXT NOT NULL,                        -- when the snapshot was captured
        uses INTEGER NOT NULL,                   -- more of them than before, or fewer
        items INTEGER NOT NULL,                  -- more items that use it, or fewer
        PRIMARY KEY (term, source, at)
    ) STRICT, WITHOUT ROWID""",
)

_USE = """INSERT INTO terms (term, source, at, uses, items)
    SELECT {row}.term, source, first_at, {sign} * {row}.uses, {sign}
        FROM item_versions WHERE id = {row}.version
    UNION ALL SELECT {row}.term, source, until_at, -1 * {sign} * {row}.uses, -1 * {sign}
        FROM item_versions WHERE id = {row}.version AND until_at IS NOT NULL
    ON CONFLICT (term, source, at)
        DO UPDATE SET uses = uses + excluded.uses, items = items + excluded.items;
    DELETE FROM terms WHERE uses = 0 AND items = 0 AND term = {row}.term AND (source, at) IN (
        SELECT source, first_at FROM item_versions WHERE id = {row}.version
        UNION ALL SELECT source, until_at FROM item_versions WHERE id = {row}.version);"""
DIFFERENCES = (
    f"CREATE TRIGGER use_is_counted AFTER INSERT ON term_uses BEGIN"
    f" {_USE.format(row='new', sign=1)} END",
    f"CREATE TRIGGER use_is_forgotten AFTER DELETE ON term_uses BEGIN"
    f" {_USE.format(row='old', sign=-1)} END",
    """CREATE TRIGGER use_ends AFTER UPDATE OF until_at ON item_versions
    WHEN old.until_at IS NOT new.until_at BEGIN
        INSERT INTO terms (term, source, at, uses, items)
        SELECT term, new.source, old.until_at, uses, 1
            FROM term_uses WHERE version = new.id AND old.until_at IS NOT NULL
        UNION ALL SELECT term, new.source, new.until_at, -uses, -1
            FROM term_uses WHERE version = new.id AND new.until_at IS NOT NULL
        ON CONFLICT (term, source, at)
            DO UPDATE SET uses = uses + excluded.uses, items = items + excluded.items;
        DELETE FROM terms WHERE uses = 0 AND items = 0 AND source = new.source
            AND at IN (old.until_at, new.until_at)
            AND term IN (SELECT term FROM term_uses WHERE version = new.id);
    END""",
)


def index(db: Connection) -> None:
    """Make all of it in an archive that has the tables before, and fill it from what is known.

    The uses of terms are left to the next run, which has the list of terms.
    """
    for statement in (*VERSIONS, *TAILS, *HUNKS, *TERM_USES, *VIEWS, *FULL_TEXT, *DIFFERENCES):
        db.execute(statement)
    for number, fields in db.execute("SELECT id, fields FROM changes ORDER BY id"):
        insert(db, "hunks", list(_held(number, fields)))
    db.execute("INSERT INTO wording_search (wording_search) VALUES ('rebuild')")
    db.execute("INSERT INTO uncounted SELECT id FROM item_versions")


def _held(number: int, fields: str) -> Iterator[HunkRow]:
    """The hunks of a change that is held, by its fields as they are written."""
    return hunk_rows(number, {name: field_of(value) for name, value in json.loads(fields).items()})
