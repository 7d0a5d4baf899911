"""Writes an archive of today's schema beside the earlier ones: ``python -m tests.archives``.

To be run once, before a migration is added: an invented library and fact sheet, with changes,
a removal that was asked after, an acceptance, and two imports; and what the commands of the
time printed of it.
"""

import gzip
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import (
    NOT_FOUND,
    SETTINGS,
    START,
    Answer,
    SimulatedClock,
    Site,
    Watcher,
    docs,
    html,
    listing,
    online,
    page,
)

from archives import COMMANDS, WORDS
from crawler.accepting import accept
from crawler.config import Config, load
from crawler.importing import import_files
from snapshots.archive import Archive
from snapshots.archive.archive import SCHEMA

HERE = Path(__file__).parent
CONFIG = """\
[archive]
path = "archive.sqlite"
[crawler]
contact = "test@example.org"
allow_private = ["127.0.0.1"]
[source.library]
url = "{site}/library"
read = "listing"
title = "Publications library"
recipe = {{ item = "li.doc" }}
[source.sheet]
url = "{site}/page"
read = "page"
title = "Fact sheet"
"""
SHEETS = tuple(
    page("What the office does.", f"{WORDS.format(who)}.", "Published by the office.")
    for who in ("criminal aliens", "criminal noncitizens", "criminal aliens")
)
OLDER = "<main><p>What the agency does.</p><p>{}.</p><p>Published by the office.</p></main>"
EMPTIED = html("<main><h1>Library</h1><p>No publications are available at this time.</p></main>")
REWORDED = "from crawler.cli import run; run()"


def main() -> None:
    """Make the archive and its listings in a folder of their own."""
    target = HERE / f"schema-{SCHEMA}"
    target.mkdir()
    with TemporaryDirectory() as folder, Site() as site:
        written = Path(folder) / "config.toml"
        written.write_text(CONFIG.format(site=site.url), "utf-8")
        config = replace(load(written), crawler=SETTINGS)
        _live(config, site, Path(folder))
        with Archive.to_write(config.archive) as archive:
            archive.db.execute("PRAGMA journal_mode = delete")
            archive.db.execute("VACUUM")
            archive.db.execute("PRAGMA journal_mode = wal")
        for name, arguments in COMMANDS.items():
            command = [sys.executable, "-c", REWORDED, "--config", str(written), *arguments]
            (target / name).write_bytes(subprocess.run(command, check=True, stdout=-1).stdout)
        (target / "config.toml").write_bytes(written.read_bytes())
        packed = gzip.compress(config.archive.read_bytes(), mtime=0)
        (target / "archive.sqlite.gz").write_bytes(packed)


def _live(config: Config, site: Site, folder: Path) -> None:
    clock = SimulatedClock()
    library, sheet = config.source("library"), config.source("sheet")
    online(site)
    site["/doc/2"] = NOT_FOUND
    editions = (
        (listing(*docs(0, 1, 2, 3)), SHEETS[0]),
        (listing(*docs(0, 1, 2, 3)), SHEETS[0]),
        (listing(*docs(4, 0, 1, 3)), SHEETS[1]),
        (listing(*docs(4, 0, 1)), Answer(status=503, body=b"busy")),
        (listing(*docs(4, 0, 1)), SHEETS[2]),
        (EMPTIED, SHEETS[2]),
    )
    for of_library, of_sheet in editions:
        site["/library"], site["/page"] = of_library, of_sheet
        with Archive.to_write(config.archive) as archive:
            watcher = Watcher(archive, clock=clock)
            watcher.visit(library)
            watcher.visit(sheet)
    accept(config, library, clock)
    for days, words in ((400, WORDS.format("illegal aliens")), (200, WORDS.format("aliens"))):
        file = folder / f"sheet-{days}.html"
        file.write_text(OLDER.format(words), "utf-8")
        with Archive.to_write(config.archive) as archive:
            at = START - timedelta(days=days)
            import_files(archive, config, sheet, [file], at=at, now=clock.now())


if __name__ == "__main__":
    main()
