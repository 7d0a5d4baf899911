"""``reworded compact``, and what a run does of it by itself."""

from datetime import timedelta
from pathlib import Path

import pytest
from support import START, SimulatedClock, Site, Watcher, docs, listing, listing_source

from crawler import compacting
from crawler.cli import main
from crawler.compacting import compact_a_little
from crawler.config import load
from crawler.running import run
from snapshots.archive import Archive, sealing

CONFIG = """
[archive]
path = "archive.sqlite"
[crawler]
delay_s = 0
timeout_s = 5
retries = 0
allow_private = ["127.0.0.1"]
[source.library]
url = "{url}/library"
read = "listing"
[source.library.recipe]
item = "li.doc"
"""
VISITS = 30


@pytest.fixture
def config(tmp_path: Path, site: Site) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url=site.url), "utf-8")
    return path


@pytest.fixture
def lived(config: Path, site: Site) -> Path:
    """A configuration whose archive saw a list thirty times, each time with other noise."""
    with Archive.to_write(load(config).archive) as archive:
        watcher = Watcher(archive)
        for number in range(VISITS):
            site["/library"] = listing(*docs(*range(15)), noise=f"token-{number:032}")
            watcher.visit(listing_source(site))
    return config


def unsealed(config: Path) -> int:
    with Archive.to_read(load(config).archive) as archive:
        assert list(archive.problems()) == []
        query = "SELECT count(*) FROM payloads WHERE block IS NULL"
        return int(archive.db.execute(query).fetchone()[0])


def typed(config: Path, *words: str) -> int:
    return main(["--config", str(config), *words])


def test_compact_tells_what_it_sealed_and_what_that_saved(lived: Path, capsys) -> None:
    code = typed(lived, "compact")

    library, file = capsys.readouterr().out.splitlines()
    assert code == 0
    assert library.startswith("library: 30 payloads sealed; they took ")
    assert file.startswith("the file is ")
    assert unsealed(lived) == 0


def test_compact_a_second_time_finds_nothing_to_do(lived: Path, capsys) -> None:
    typed(lived, "compact")
    capsys.readouterr()

    code = typed(lived, "compact", "library")

    library, file = capsys.readouterr().out.splitlines()
    assert (code, library) == (0, "library: nothing to seal")
    assert file.startswith("the file is as large as it was")


def test_compact_reads_a_source_that_left_the_configuration(lived: Path, capsys) -> None:
    config = lived.read_text("utf-8").replace("source.library", "source.other")
    lived.write_text(config, "utf-8")

    assert typed(lived, "compact") == 0
    assert unsealed(lived) == 0


def test_compact_of_an_unknown_source_is_wrong_usage(lived: Path, capsys) -> None:
    assert typed(lived, "compact", "unheard-of") == 2


def test_compact_without_an_archive_exits_3_and_makes_none(config: Path, capsys) -> None:
    assert typed(config, "compact") == 3
    assert not load(config).archive.exists()


def run_once(path: Path) -> None:
    run(load(path), ["library"], clock=SimulatedClock(START + timedelta(days=VISITS)))


def test_a_run_seals_what_has_gathered(lived: Path, site: Site, monkeypatch) -> None:
    monkeypatch.setattr(compacting, "LEAST_BYTES", 100)
    site["/library"] = listing(*docs(*range(16)), noise="another")

    run_once(lived)

    assert unsealed(lived) == 0


def packed(config: Path) -> int:
    with Archive.to_read(load(config).archive) as archive:
        query = "SELECT count(*) FROM captures WHERE response_headers NOT LIKE '[[%'"
        return int(archive.db.execute(query).fetchone()[0])


def test_compact_packs_headers_and_shrinks_the_file(lived: Path, capsys) -> None:
    before = load(lived).archive.stat().st_size

    typed(lived, "compact")

    assert packed(lived) == VISITS
    assert unsealed(lived) == 0
    assert load(lived).archive.stat().st_size < before


def test_a_run_packs_headers_when_many_have_gathered(lived: Path, site: Site, monkeypatch) -> None:
    monkeypatch.setattr(compacting, "LEAST_CAPTURES", VISITS)
    site["/library"] = listing(*docs(*range(16)), noise="another")

    run_once(lived)

    assert packed(lived) >= VISITS


def test_a_run_leaves_a_little_as_it_is(lived: Path, site: Site) -> None:
    site["/library"] = listing(*docs(*range(16)), noise="another")

    run_once(lived)

    assert unsealed(lived) == VISITS + 1


def test_a_run_that_found_nothing_changed_seals_nothing(lived: Path, monkeypatch) -> None:
    monkeypatch.setattr(compacting, "LEAST_BYTES", 100)

    run_once(lived)

    assert unsealed(lived) == VISITS


def test_sealing_at_the_end_of_a_run_stops_in_time(lived: Path, monkeypatch) -> None:
    monkeypatch.setattr(compacting, "LEAST_BYTES", 100)
    monkeypatch.setattr(sealing, "MOST_RAW_BYTES", 20_000)
    monkeypatch.setattr(sealing, "LARGEST_SHARE", 99)

    class Slow(SimulatedClock):
        def now(self):
            self.at += compacting.MOST_TIME
            return self.at

    with Archive.to_write(load(lived).archive) as archive:
        compact_a_little(archive, ["library"], Slow())

    assert 0 < unsealed(lived) < VISITS
