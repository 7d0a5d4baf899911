"""Tables and views written for other programs."""

import csv
import json
import sys
from pathlib import Path

import pytest
from pyarrow import parquet
from support import START, Site, Watcher, listing, listing_source

import crawler
from crawler.tables import write_table
from snapshots.archive.tables import Column, Table
from snapshots.errors import ConfigError

FORMULAS = ("=1+1", "+1", "-1", "@sum", "\tx", "\rx")


@pytest.fixture
def seen(site: Site, watcher: Watcher) -> Watcher:
    """Two days of a listing, of which an item is retitled."""
    for title in ("Annual report", "Annual report, amended"):
        site["/library"] = listing(("/a", title), ("/b", "=Boats"))
        watcher.visit(listing_source(site))
    return watcher


def written(seen: Watcher, name: str, form: str, folder: Path, **bounds: object) -> Path:
    path = folder / f"{name}.{form}"
    write_table(seen.archive.tables.rows(name, **bounds), path, form)
    return path


def test_every_table_and_view_is_written_in_every_form(seen: Watcher, tmp_path: Path):
    for name in seen.archive.tables.names():
        count = seen.archive.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        with written(seen, name, "csv", tmp_path).open(newline="") as file:
            assert len(list(csv.reader(file))) == count + 1
        lines = written(seen, name, "jsonl", tmp_path).read_text("utf-8").splitlines()
        assert len(lines) == count
        assert parquet.read_table(written(seen, name, "parquet", tmp_path)).num_rows == count


def test_the_same_archive_gives_the_same_bytes(seen: Watcher, tmp_path: Path):
    for form in ("csv", "jsonl", "parquet"):
        first = written(seen, "item_history", form, tmp_path).read_bytes()
        assert written(seen, "item_history", form, tmp_path).read_bytes() == first


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path):
    cells = (*FORMULAS, "a=b", " =1", "", None, -1, b"=")
    columns = tuple(Column(f"c{n}", "text") for n in range(len(cells)))

    write_table(Table(columns, iter([cells])), tmp_path / "cells.csv", "csv")

    with (tmp_path / "cells.csv").open(newline="") as file:
        (_, row) = csv.reader(file)
    assert row == [*(f"'{text}" for text in FORMULAS), "a=b", " =1", "", "", "-1", "PQ=="]


def test_json_and_parquet_keep_texts_as_they_are(seen: Watcher, tmp_path: Path):
    lines = written(seen, "items_in_force", "jsonl", tmp_path).read_text("utf-8").splitlines()
    table = parquet.read_table(written(seen, "items_in_force", "parquet", tmp_path))

    assert {json.loads(line)["title"] for line in lines} == {"Annual report, amended", "=Boats"}
    assert table.to_pylist() == [json.loads(line) for line in lines]


def test_rows_are_bounded_by_source_and_date(seen: Watcher, tmp_path: Path):
    def count(name: str, **bounds: object) -> int:
        return len(list(seen.archive.tables.rows(name, **bounds).rows))

    assert [count("visits", since=START.replace(day=day)) for day in (1, 2, 3)] == [2, 1, 0]
    assert [count("captures", sources=(key,)) for key in ("library", "other")] == [2, 0]
    assert count("change_log", until=START.replace(day=1)) == 0


def test_what_has_no_source_or_date_cannot_be_bounded_by_it(seen: Watcher):
    with pytest.raises(ConfigError, match="the rows of payloads have no source"):
        seen.archive.tables.rows("payloads", sources=("library",))
    with pytest.raises(ConfigError, match="the rows of payloads have no time"):
        seen.archive.tables.rows("payloads", since=START)


@pytest.mark.parametrize("name", ["chnge_log", "wording_search_data", "sqlite_master", "a; b"])
def test_only_what_is_documented_is_written(seen: Watcher, name: str):
    with pytest.raises(ConfigError, match="has no table or view"):
        seen.archive.tables.rows(name)


def test_parquet_without_pyarrow_says_what_to_install(
    seen: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "crawler.parquet", raising=False)
    monkeypatch.delattr(crawler, "parquet", raising=False)
    path = tmp_path / "visits.parquet"

    with pytest.raises(ConfigError, match=r"pip install 'reworded\[parquet\]'"):
        write_table(seen.archive.tables.rows("visits"), path, "parquet")

    assert not path.exists()
