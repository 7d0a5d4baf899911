"""The tables and views, as named migrations; one that was released is never edited."""

import re
from zlib import crc32

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from snapshots.archive.chain import CHAIN_START, link_all
from snapshots.archive.corroborations import CORROBORATION
from snapshots.archive.headers import HEADERS
from snapshots.archive.mementos import REFUSALS
from snapshots.archive.notes import NOTES
from snapshots.archive.outbox import NOTICES
from snapshots.archive.search_schema import index
from snapshots.archive.terms_view import CHANCES, TERMS
from snapshots.archive.thinnings import SIZES
from snapshots.errors import ArchiveError

migrations = Migrations("reworded")

EVIDENCE = (
    """CREATE TABLE payloads (
        digest TEXT NOT NULL PRIMARY KEY,        -- sha256:<hex> of the bytes before compression
        size_bytes INTEGER NOT NULL,
        body BLOB NOT NULL                       -- zstd
    ) STRICT""",
    """CREATE TABLE visits (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT
    ) STRICT""",
    "CREATE INDEX visits_by_source ON visits (source, started_at)",
    """CREATE TABLE captures (
        id INTEGER PRIMARY KEY,
        visit INTEGER NOT NULL REFERENCES visits (id),
        url TEXT NOT NULL,
        final_url TEXT NOT NULL,
        hops TEXT NOT NULL,                      -- JSON: [[url, status], …]
        status INTEGER NOT NULL,
        request_headers TEXT NOT NULL,           -- JSON: [[name, value], …]
        response_headers TEXT NOT NULL,
        captured_at TEXT NOT NULL,
        payload_digest TEXT NOT NULL REFERENCES payloads (digest),
        revisit TEXT,                            -- WARC revisit profile
        provenance TEXT NOT NULL,
        chain TEXT NOT NULL                      -- sha256 over the capture before and this one
    ) STRICT""",
    "CREATE INDEX captures_by_visit ON captures (visit)",
    "CREATE INDEX captures_by_url ON captures (url, captured_at)",
    """CREATE TABLE probes (
        id INTEGER PRIMARY KEY,
        visit INTEGER NOT NULL REFERENCES visits (id),
        url TEXT NOT NULL,
        final_url TEXT NOT NULL,
        hops TEXT NOT NULL,
        status INTEGER,                          -- NULL: no answer
        response_headers TEXT NOT NULL,
        probed_at TEXT NOT NULL,
        payload_digest TEXT REFERENCES payloads (digest),
        verdict TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX probes_by_visit ON probes (visit)",
)
KNOWLEDGE = (
    """CREATE TABLE snapshots (
        id INTEGER PRIMARY KEY REFERENCES visits (id),
        source TEXT NOT NULL,
        captured_at TEXT NOT NULL,
        is_complete INTEGER NOT NULL,
        item_count INTEGER NOT NULL,
        recipe_digest TEXT NOT NULL,
        digests TEXT NOT NULL                    -- JSON: the payload digests, page by page
    ) STRICT""",
    "CREATE INDEX snapshots_by_source ON snapshots (source, captured_at, id)",
    """CREATE TABLE items (
        source TEXT NOT NULL,
        key TEXT NOT NULL,
        first_snapshot INTEGER NOT NULL REFERENCES snapshots (id),
        PRIMARY KEY (source, key)
    ) STRICT""",
    """CREATE TABLE item_versions (
        source TEXT NOT NULL,
        item TEXT NOT NULL,
        first_snapshot INTEGER NOT NULL REFERENCES snapshots (id),
        last_seen INTEGER REFERENCES snapshots (id),       -- NULL: in the source's newest snapshot
        until_snapshot INTEGER REFERENCES snapshots (id),  -- the first without it; NULL: it stands
        position INTEGER NOT NULL,
        title TEXT,
        url TEXT,
        summary TEXT,
        published TEXT,
        section TEXT,
        text TEXT,
        fields TEXT NOT NULL,                    -- JSON object
        PRIMARY KEY (source, item, first_snapshot),
        FOREIGN KEY (source, item) REFERENCES items (source, key)
    ) STRICT""",
    "CREATE INDEX item_versions_standing ON item_versions (source) WHERE until_snapshot IS NULL",
    """CREATE TABLE changes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        changed TEXT NOT NULL,                   -- JSON: the names of the changed fields
        verdict TEXT,
        flags TEXT NOT NULL,                     -- JSON
        item TEXT NOT NULL,
        title TEXT,
        url TEXT,
        section TEXT,
        fields TEXT NOT NULL,                    -- JSON: {name: {old, new, edits}}
        match_by TEXT,
        match_score REAL,
        old_snapshot INTEGER NOT NULL REFERENCES snapshots (id),
        new_snapshot INTEGER NOT NULL REFERENCES snapshots (id),
        good_visits_between INTEGER NOT NULL,
        longest_gap_s INTEGER NOT NULL,
        away_since INTEGER REFERENCES snapshots (id),  -- when a returned wording had gone
        UNIQUE (source, item, new_snapshot, kind)
    ) STRICT""",
    """CREATE TABLE substitutions (
        change INTEGER NOT NULL REFERENCES changes (id),
        place INTEGER NOT NULL,
        old TEXT NOT NULL,
        new TEXT NOT NULL,
        old_folded TEXT NOT NULL,                -- without case and inflections
        new_folded TEXT NOT NULL,
        context_old TEXT NOT NULL,
        context_new TEXT NOT NULL,
        PRIMARY KEY (change, place)
    ) STRICT""",
)
VIEWS = (
    """CREATE VIEW change_log AS
    SELECT changes.id, changes.source, kind, changed, verdict, flags, changes.item, title, url,
        section, fields, match_by, match_score, old.captured_at AS present_at,
        new.captured_at AS changed_by, good_visits_between, longest_gap_s
    FROM changes
    JOIN snapshots AS old ON old.id = old_snapshot
    JOIN snapshots AS new ON new.id = new_snapshot""",
    """CREATE VIEW item_history AS
    SELECT v.source, v.item, first.captured_at AS first_at, until.captured_at AS until_at,
        v.title, v.url, v.summary, v.published, v.section, v.text, v.fields
    FROM item_versions AS v
    JOIN snapshots AS first ON first.id = v.first_snapshot
    LEFT JOIN snapshots AS until ON until.id = v.until_snapshot""",
    "CREATE VIEW items_in_force AS SELECT * FROM item_history WHERE until_at IS NULL",
    """CREATE VIEW phrase_substitutions AS
    SELECT max(s.old) AS old, max(s.new) AS new, old_folded, new_folded, count(*) AS places,
        count(DISTINCT c.source || ' ' || c.item) AS items, count(DISTINCT c.source) AS sources,
        min(n.captured_at) AS first, max(n.captured_at) AS last
    FROM substitutions AS s
    JOIN changes AS c ON c.id = s.change
    JOIN snapshots AS n ON n.id = c.new_snapshot
    GROUP BY old_folded, new_folded""",
)
CONFIRMATION = (
    """CREATE TABLE acceptances (                 -- a person took a doubted visit for real
        id INTEGER PRIMARY KEY,
        visit INTEGER NOT NULL UNIQUE REFERENCES visits (id),
        accepted_at TEXT NOT NULL
    ) STRICT""",
    # An item that good visits miss, before they are enough to call it removed.
    "ALTER TABLE item_versions ADD COLUMN missing_since INTEGER REFERENCES snapshots (id)",
    "ALTER TABLE item_versions ADD COLUMN misses INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE item_versions ADD COLUMN is_rolled_off INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX item_versions_missing ON item_versions (source)"
    " WHERE misses > 0 AND until_snapshot IS NULL",
    # JSON: the keys of the last items, in page order.
    "ALTER TABLE snapshots ADD COLUMN tail TEXT NOT NULL DEFAULT '[]'",
    # The snapshot that settled a change; NULL: its new one.
    "ALTER TABLE changes ADD COLUMN told_by INTEGER REFERENCES snapshots (id)",
)
HOSTS = (
    """CREATE TABLE hosts (                       -- manners, not evidence
        origin TEXT NOT NULL PRIMARY KEY,
        robots_status INTEGER,                   -- NULL: not asked, or no answer
        robots BLOB NOT NULL,
        robots_at TEXT,
        failures INTEGER NOT NULL,               -- in a row
        rests_until TEXT                         -- left alone until then
    ) STRICT""",
)
FLAPPING = (
    # 1: a swing between two wordings that was not told, and waits for one to settle.
    "ALTER TABLE item_versions ADD COLUMN is_held INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX item_versions_held ON item_versions (source)"
    " WHERE is_held = 1 AND until_snapshot IS NULL",
)
PAYLOADS = (
    # A number is never used again, so that who has read a vocabulary may go by it.
    """CREATE TABLE vocabularies (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        pieces BLOB NOT NULL,                    -- zstd: pieces of markup, with byte 1 between them
        crc INTEGER NOT NULL                     -- CRC-32 of the pieces as they are stored
    ) STRICT""",
    """CREATE TABLE blocks (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        vocabulary INTEGER NOT NULL REFERENCES vocabularies (id),
        is_full INTEGER NOT NULL,                -- 1: no further payload is added
        body BLOB NOT NULL,                      -- zstd: payloads as the numbers of their pieces
        crc INTEGER NOT NULL                     -- CRC-32 of the body
    ) STRICT""",
    "CREATE INDEX blocks_by_source ON blocks (source, id)",
    "CREATE INDEX blocks_by_vocabulary ON blocks (vocabulary)",
    # The payload that the body is a difference from; NULL: from nothing.
    "ALTER TABLE payloads ADD COLUMN base TEXT REFERENCES payloads (digest)",
    # The block that holds a payload, whose own body is then empty, and its place therein, from 0.
    "ALTER TABLE payloads ADD COLUMN block INTEGER REFERENCES blocks (id)",
    "ALTER TABLE payloads ADD COLUMN place INTEGER",
    # CRC-32 of the body as it is stored.
    "ALTER TABLE payloads ADD COLUMN crc INTEGER",
    "CREATE INDEX payloads_by_base ON payloads (base) WHERE base IS NOT NULL",
    "CREATE INDEX payloads_by_block ON payloads (block, place) WHERE block IS NOT NULL",
)

# A page that answers "not modified" for years is asked on the terms of its last whole answer.
ANSWERED = ("CREATE INDEX captures_answered ON captures (url, captured_at) WHERE status = 200",)
# One index for what two were for: the last whole answer, and the last like another.
BY_URL = (
    "DROP INDEX captures_answered",
    "DROP INDEX captures_by_url",
    "CREATE INDEX captures_by_url ON captures (url, status, captured_at)",
)

CHAIN = (
    """CREATE TABLE chain_start (                -- one row: what the first link goes on from
        hash BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE links (
        id INTEGER PRIMARY KEY,                  -- 1, 2, 3, … in the order of keeping
        record TEXT NOT NULL,                    -- visit, capture, probe, acceptance or import
        number INTEGER NOT NULL,                 -- its id
        hash BLOB NOT NULL                       -- SHA-256 over the hash before and the record
    ) STRICT""",
    """CREATE TABLE imports (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,                      -- a file's, without its folders, or an address
        kind TEXT NOT NULL,                      -- warc, wacz, file or memento
        digest TEXT,                             -- sha256:<hex> of the file
        started_at TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE verifications (              -- no evidence: when all was found as it was kept
        id INTEGER PRIMARY KEY,
        verified_at TEXT NOT NULL,
        links INTEGER NOT NULL,                  -- how many there were
        hash BLOB NOT NULL                       -- the last one's
    ) STRICT""",
    # NULL: seen by the program itself.
    "ALTER TABLE visits ADD COLUMN import INTEGER REFERENCES imports (id)",
    # The address within a web archive that a memento was read from.
    "ALTER TABLE captures ADD COLUMN memento_url TEXT",
    "ALTER TABLE captures DROP COLUMN chain",
)
ERRATA = (
    """CREATE TABLE errata (                      -- appended; how a reported change came to differ
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        noted_at TEXT NOT NULL,
        change INTEGER NOT NULL,                 -- its number, which no other change is given
        what TEXT NOT NULL,                      -- withdrawn, altered, new, restored
        before TEXT,                             -- JSON: the change record; NULL: there was none
        after TEXT,                              -- JSON: the change record; NULL: there is none
        recipe_before TEXT,                      -- as in snapshots.recipe_digest
        recipe_after TEXT NOT NULL               -- the same: visits came in between
    ) STRICT""",
    "CREATE INDEX errata_by_change ON errata (change)",
    "CREATE INDEX errata_by_source ON errata (source)",
    """CREATE TABLE thinnings (                   -- appended; whose bytes a rule let go
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        thinned_at TEXT NOT NULL,
        rule TEXT NOT NULL,                      -- in words
        recipe_digest TEXT NOT NULL,             -- the recipe by which nothing had changed
        payloads INTEGER NOT NULL,               -- how many lost their bytes
        size_bytes INTEGER NOT NULL,             -- the room that they had taken
        from_at TEXT NOT NULL,                   -- the first visit
        to_at TEXT NOT NULL,                     -- the last
        visits TEXT NOT NULL                     -- JSON: [[visit, the snapshot it repeated], …]
    ) STRICT""",
    "CREATE INDEX thinnings_by_source ON thinnings (source)",
    # NULL: the bytes are held. A thinned payload keeps its digest and its size.
    "ALTER TABLE payloads ADD COLUMN thinned_at TEXT",
)


@migrations()
def m001_evidence(db: Database) -> None:
    """What was seen: append-only, never rewritten."""
    for statement in EVIDENCE:
        db.execute(statement)


@migrations()
def m002_knowledge(db: Database) -> None:
    """What follows from the evidence: dropped and derived again at will."""
    for statement in (*KNOWLEDGE, *VIEWS):
        db.execute(statement)


@migrations()
def m003_confirmation(db: Database) -> None:
    """Removals that wait for another visit, and visits that a person accepted."""
    for statement in CONFIRMATION:
        db.execute(statement)


@migrations()
def m004_hosts(db: Database) -> None:
    """What the crawler remembers of hosts between runs."""
    for statement in HOSTS:
        db.execute(statement)


@migrations()
def m005_terms(db: Database) -> None:
    """What tells systematic substitutions from chance ones."""
    for statement in TERMS:
        db.execute(statement)


@migrations()
def m006_flapping(db: Database) -> None:
    """Swings between two wordings that are held until one of them settles."""
    for statement in FLAPPING:
        db.execute(statement)


@migrations()
def m007_chain(db: Database) -> None:
    """One chain over all that is evidence. It goes on from the captures' own, which ends."""
    newest = "SELECT chain FROM captures ORDER BY id DESC LIMIT 1"
    row = db.execute(newest).fetchone()
    start = row[0] if row else CHAIN_START
    if not re.fullmatch("[0-9a-f]{64}", start):
        raise ArchiveError(
            f"the archive is damaged: the newest hash of its chain, {start!r}, is no hash; "
            "take an earlier copy of it"
        )
    for statement in CHAIN:
        db.execute(statement)
    db.execute("INSERT INTO chain_start VALUES (?)", (bytes.fromhex(start),))
    link_all(db.conn)


@migrations()
def m010_errata(db: Database) -> None:
    """Reported changes that came to differ, and bytes that a rule let go."""
    for statement in ERRATA:
        db.execute(statement)


@migrations()
def m008_answered(db: Database) -> None:
    """The last whole answer of a page, found at once."""
    for statement in ANSWERED:
        db.execute(statement)


@migrations()
def m012_terms(db: Database) -> None:
    """What tells systematic substitutions from habits of replacing."""
    for statement in CHANCES:
        db.execute(statement)


@migrations()
def m008_payloads(db: Database) -> None:
    """Payloads as differences, and sealed in blocks."""
    for statement in PAYLOADS:
        db.execute(statement)
    db.conn.create_function("crc32_of", 1, crc32, deterministic=True)
    db.execute("UPDATE payloads SET crc = crc32_of(body)")


@migrations()
def m011_corroboration(db: Database) -> None:
    """Who kept what was seen, and where own and archived sight agree or contradict."""
    for statement in CORROBORATION:
        db.execute(statement)


@migrations()
def m009_search(db: Database) -> None:
    """Full text over wordings and changes, uses of terms by date, and indexes by time."""
    index(db.conn)


@migrations()
def m013_headers(db: Database) -> None:
    """What headers have in common, once."""
    for statement in HEADERS:
        db.execute(statement)


@migrations()
def m014_notices(db: Database) -> None:
    """Which findings were sent to whom, so that none is sent twice and none is lost."""
    for statement in NOTICES:
        db.execute(statement)


@migrations()
def m015_notes(db: Database) -> None:
    """What analysts make of changes."""
    for statement in NOTES:
        db.execute(statement)


@migrations()
def m016_by_url(db: Database) -> None:
    """Captures by address, in half the room."""
    for statement in BY_URL:
        db.execute(statement)


@migrations()
def m017_remembered(db: Database) -> None:
    """What is left of thinned payloads, and what web archives do not give."""
    for statement in (*SIZES, *REFUSALS):
        db.execute(statement)
