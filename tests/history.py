"""A history with everything in it that evidence can be: what export and bundles are tested on."""

from pathlib import Path

from support import (
    NOT_FOUND,
    RESET,
    SETTINGS,
    START,
    Answer,
    SimulatedClock,
    Site,
    Watcher,
    docs,
    html,
    listing,
    listing_source,
    online,
    page,
    page_source,
)

from crawler.accepting import accept
from crawler.config import Config
from snapshots.archive import Archive

RULES = "Noncitizens who arrive by sea report to the harbor office within three days."
FEES = "Fees are due on the first working day of each month, at any open window."
NOT_MODIFIED = Answer(status=304)
SECOND_PAGE = listing(*docs(4, 5)).having(ETag='"two"')
EMPTIED = html("<main><h1>Library</h1><p>No publications are available at this time.</p></main>")


def configured(folder: Path, site: Site) -> Config:
    """Return the configuration of a paged listing and of a page, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    sources = (listing_source(site), page_source(site))
    return Config(
        path=folder / "config.toml",
        archive=folder / "archive.sqlite",
        crawler=SETTINGS,
        sources={source.key: source for source in sources},
    )


def lived(folder: Path, site: Site) -> Config:
    """Visit both sources day by day, through all that can happen; return their configuration.

    The page is led to, coded, rewritten, refused, broken off, and goes back to its first
    words; of the listing's items one is retitled and one is removed, its second page is
    answered by 304, and in the end it is emptied, doubted, and accepted.
    """
    config = configured(folder, site)
    online(site)
    clock = SimulatedClock(START)
    old = page(RULES.replace("Noncitizens", "Aliens"), FEES).having(X_Note="café").coded("gzip")
    new = page(RULES, FEES).coded("br")
    site["/page"] = Answer(status=302).having(Location="/told?by=sea&x=%20y")
    site["/told?by=sea&x=%20y"] = [old, old, new, Answer(status=403), RESET, old]
    site["/library"] = [
        listing(*docs(0, 1, 2, 3), following="/library?page=2").having(ETag='"one"'),
        NOT_MODIFIED,
        listing(*docs(0, 1, 3), following="/library?page=2").having(ETag='"three"'),
        NOT_MODIFIED,
        listing(("/doc/0", "Anchors and Chains"), *docs(1, 3), following="/library?page=2"),
        EMPTIED,
    ]
    site["/library?page=2"] = [SECOND_PAGE, *[NOT_MODIFIED] * 9]
    site["/doc/2"] = NOT_FOUND
    with Archive.to_write(config.archive) as archive:
        watcher = Watcher(archive, clock=clock)
        for _ in range(6):
            for source in config.sources.values():
                watcher.visit(source)
    accept(config, config.sources["library"], clock)
    return config


def evidence(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of evidence, without the import that a visit came by."""
    columns = {
        "visits": "id, source, started_at, finished_at, outcome, reason",
        "captures": "*",
        "probes": "*",
        "acceptances": "*",
        "thinnings": "*",
    }
    rows = {
        table: archive.db.execute(f"SELECT {names} FROM {table} ORDER BY id").fetchall()
        for table, names in columns.items()
    }
    told = "SELECT digest, size_bytes, thinned_at FROM payloads ORDER BY digest"
    rows["payloads"] = [
        (*each, None if each[2] else archive.evidence.payload(each[0]))
        for each in archive.db.execute(told).fetchall()
    ]
    return rows


def knowledge(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of knowledge, without the numbers that the order of telling gives."""
    wanted = {
        "snapshots": "*",
        "items": "*",
        "item_versions": "source, item, first_snapshot, last_seen, until_snapshot, first_at,"
        " until_at, position, missing_since, misses, is_rolled_off, is_held, title, url, summary,"
        " published, section, text, fields, further",
        "change_log": "source, kind, changed, verdict, flags, item, fields, present_at, changed_by",
        "phrase_substitutions": "*",
    }
    return {
        table: sorted(archive.db.execute(f"SELECT {names} FROM {table}").fetchall(), key=repr)
        for table, names in wanted.items()
    }
