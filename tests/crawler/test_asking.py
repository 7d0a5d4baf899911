"""The commands `search` and `export` as they are typed, on the demo's archive."""

import csv
import json
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.demo.play import play


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("demo")
    play(folder)
    return folder / "config.toml"


@pytest.fixture
def typed(config: Path, capfd: pytest.CaptureFixture[str]):
    def run(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        return main(["--config", str(config), *words]), *capfd.readouterr()

    return run


def test_search_tells_when_and_where_a_term_went(typed):
    code, out, _ = typed("search", "criminal alien", "--removed", "--format", "jsonl")

    told = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(each["source"], each["item"]["section"]) for each in told] == [
        ("fact-sheets", "Detention and Custody")
    ]
    assert told[0]["seen"]["new"]["captured_at"] == "2021-04-26T06:00:00Z"
    assert told[0]["passages"][-1]["old"]["hits"]


def test_search_as_text_has_the_interval_and_the_marked_words(typed):
    code, out, err = typed("search", "alien", "--added", "--source", "fact-sheets", "--limit", "1")

    assert code == 0
    assert "Old form read on " in out
    assert "*aliens*" in out
    assert "more changes; --limit " in err


def test_a_search_that_cannot_be_read_is_wrong_usage(typed):
    code, out, err = typed("search", "alien AND (")

    assert (code, out) == (2, "")
    assert err == (
        "reworded: the query 'alien AND (', position 12: a word or a phrase is expected here\n"
    )


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_view_is_exported(typed, tmp_path: Path, form: str):
    output = tmp_path / f"wordings.{form}"

    code, out, err = typed("export", form, "item_history", "-o", str(output))

    assert (code, out) == (0, "")
    assert err == f"written: {output} (71 rows)\n"
    assert output.stat().st_size > 1000


def test_an_export_holds_one_source_and_period(typed, tmp_path: Path):
    output = tmp_path / "changes.csv"

    bounds = ("--source", "library", "--since", "2025-01-20")
    typed("export", "csv", "change_log", *bounds, "-o", str(output))

    with output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["source"] for row in rows} == {"library"}
    assert min(row["told_at"] for row in rows) > "2025-01-20"


def test_an_unknown_view_is_wrong_usage(typed, tmp_path: Path):
    code, _, err = typed("export", "csv", "changelog", "-o", str(tmp_path / "x.csv"))

    assert code == 2
    assert "has no table or view 'changelog'; did you mean change_log?" in err
