"""What the documentation says is what the program does."""

import os
import re
import sqlite3
from pathlib import Path

import pytest

from crawler.cli import COMMANDS, main
from crawler.config import CRAWLER, RECIPE, SOURCE, load
from crawler.demo.play import play
from docs.generate import PAGES

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("REWORDED_DATA", ROOT.parent / "shared" / "data"))
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_what_the_program_says_today(page: str) -> None:
    assert (ROOT / "docs" / page).read_text("utf-8") == PAGES[page](), "run `make docs`"


def test_the_readmes_five_queries_answer_on_the_demos_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(tmp_path)

    with sqlite3.connect(tmp_path / "demo.sqlite") as archive:
        counts = [len(archive.execute(query).fetchall()) for query in blocks("sql")]
    archive.close()

    assert counts == [2, 6, 26, 3, 6]


def test_the_readme_shows_what_the_demo_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(tmp_path)
    printed = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", capsys.readouterr().out)

    shown = next(block for block in blocks("text") if "Aliens become" in block)

    missing = [line for line in shown.splitlines() if line.strip("… ") and line not in printed]
    assert missing == []


def test_the_readme_names_every_make_target_that_a_newcomer_needs() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")

    named = set(re.findall(r"make (\w+)", " ".join(blocks("sh"))))

    assert named == {"demo", "test", "install"}
    assert all(f"\n{target}:" in makefile for target in named)


def test_the_readmes_sources_are_configuration_that_loads(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("\n".join(blocks("toml")), "utf-8")

    assert list(load(config).sources) == ["uscis-alerts"]


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")

    undocumented = [key for key in (*CRAWLER, *SOURCE, *RECIPE) if f"`{key}`" not in page]

    assert undocumented == []


def test_every_command_is_in_the_readme() -> None:
    assert [name for name in COMMANDS if name not in README] == []


def test_the_guide_shows_what_add_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = DATA / "uscis_pages" / "alerts.20250706.html"
    if not page.exists():
        pytest.skip(f"no captured pages in {DATA}")
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "config.toml").write_text("", "utf-8")
    guide = (ROOT / "docs" / "adding-sources.md").read_text("utf-8")
    shown = next(re.finditer(r"```text\n(.*?)```", guide, re.DOTALL))[1]

    code = main(["--config", str(tmp_path / "config.toml"), "add", str(page)])

    printed = capsys.readouterr().out.splitlines()
    missing = [line for line in shown.splitlines() if line.strip(" …") and line not in printed]
    assert (code, missing) == (2, [])
