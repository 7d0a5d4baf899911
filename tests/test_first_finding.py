"""The guide for a first-time reader holds: its commands work, and show what it says."""

import re
import shlex
from pathlib import Path

import pytest

from crawler.cli import main

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/first-finding.md").read_text("utf-8")


def commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    lines = [shlex.split(line) for block in blocks for line in block.splitlines()]
    return [words[1:] for words in lines if words[0] == ".venv/bin/reworded"]


def test_the_guides_commands_work_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    codes = [main(command) for command in commands()]

    assert codes == [0] * 7
    assert (tmp_path / "demo/report.html").exists()
    assert (tmp_path / "change-17.wacz").stat().st_size > 1_000
    printed = re.sub(r"\s+", " ", capsys.readouterr().out)
    told = re.findall(r"```text\n(−.*?)```", GUIDE, re.DOTALL)[0].splitlines()
    assert [line for line in told if line not in printed] == []


def test_the_guides_links_and_pictures_are_there() -> None:
    named = re.findall(r"\]\(([^)#]+)\)", GUIDE)

    assert len(named) > 6
    assert [name for name in named if not (ROOT / "docs" / name).exists()] == []
