"""The tables and views, as named migrations; one that was released is never edited."""

import re

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from snapshots.archive.chain import CHAIN_START, link_all
from snapshots.archive.notes import NOTES
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

# Replaces the view of 002 with one that has, after the same columns, what the test in
# docs/terms.md goes by: items going each way, items in which either phrase was replaced or
# written, and bounds on how likely chance is. SQLite need not have logarithms, so that the
# tail is bounded from above: by Cantelli's inequality, and by Markov's for the second and
# the fourth factorial moment.
TERMS = (
    "DROP VIEW phrase_substitutions",
    """CREATE VIEW phrase_substitutions AS
    WITH counted AS (
        SELECT max(s.old) AS old, max(s.new) AS new, old_folded, new_folded, count(*) AS places,
            count(DISTINCT c.source || ' ' || c.item) AS items,
            count(DISTINCT c.source) AS sources,
            min(n.captured_at) AS first, max(n.captured_at) AS last
        FROM substitutions AS s
        JOIN changes AS c ON c.id = s.change
        JOIN snapshots AS n ON n.id = c.new_snapshot
        GROUP BY old_folded, new_folded
    ), beside AS (
        SELECT a.*, coalesce(b.places, 0) AS reverse_places, coalesce(b.items, 0) AS reverse_items,
            b.first AS reverse_first, b.last AS reverse_last,
            sum(a.items) OVER (PARTITION BY a.old_folded) AS replaced_items,
            sum(a.items) OVER (PARTITION BY a.new_folded) AS written_items,
            sum(a.items) OVER () AS all_items
        FROM counted AS a
        LEFT JOIN counted AS b ON b.old_folded = a.new_folded AND b.new_folded = a.old_folded
    ), shared AS (
        SELECT *, replaced_items - 1 AS trials, all_items - replaced_items + 20.0 AS known,
            (written_items - items + 1.0) / (all_items - replaced_items + 20.0) AS share
        FROM beside
    ), spread AS (
        SELECT *, items - 1 AS further, items - 1 - trials * share AS excess,
            trials * share * (1 - share) * (known + trials) / (known + 1) AS variance,
            trials * (trials - 1) * share * (share * known + 1) / (known + 1) AS second
        FROM shared
    ), moments AS (
        SELECT *, second * (trials - 2) * (trials - 3) * (share * known + 2) / (known + 2)
            * (share * known + 3) / (known + 3) AS fourth
        FROM spread
    ), bounded AS (
        SELECT *,
            min(1.0,
                CASE WHEN excess > 0 THEN variance / (variance + excess * excess) ELSE 1.0 END,
                CASE WHEN further > 1 THEN second / (further * (further - 1)) ELSE 1.0 END,
                CASE WHEN further > 3 THEN fourth / (further * (further - 1)
                    * (further - 2) * (further - 3)) ELSE 1.0 END) AS recurrence,
            CASE WHEN reverse_items = 0 THEN 0.0
                WHEN last < reverse_first OR first > reverse_last
                    THEN min(1.0, 2.0 / (1 + items * reverse_items))
                WHEN items > reverse_items THEN 1.0 * (items + reverse_items)
                    / (items + reverse_items
                    + (items - reverse_items) * (items - reverse_items))
                ELSE 1.0 END AS direction
        FROM moments
    ), ranked AS (
        SELECT *, max(recurrence, direction) AS chance_at_most,
            rank() OVER (ORDER BY max(recurrence, direction)) AS low,
            count(*) OVER () AS pairs
        FROM bounded
    )
    SELECT old, new, old_folded, new_folded, places, items, sources, first, last,
        reverse_places, reverse_items, replaced_items, written_items, chance_at_most,
        items > 1 AND min(chance_at_most * pairs / low) OVER (
            ORDER BY chance_at_most ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) <= 0.05 AS is_systematic
    FROM ranked
    ORDER BY is_systematic DESC, chance_at_most, items DESC, places DESC, old, new""",
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
def m013_notes(db: Database) -> None:
    """What analysts make of changes."""
    for statement in NOTES:
        db.execute(statement)
