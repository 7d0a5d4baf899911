"""What a person sees on a terminal: a real one, as a pseudo-terminal is."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from crawler.demo.play import play

COMMAND = (sys.executable, "-c", "from crawler.cli import run; run()")
COLOUR = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    play(folder)
    return folder / "config.toml"


def environment(**more: str) -> dict[str, str]:
    mine = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "PAGER")}
    return {**mine, "TERM": "xterm-256color", **more}


def on_terminal(
    config: Path, *arguments: str, rows: int = 50, columns: int = 80, **more: str
) -> str:
    """What a terminal shows of a command, with its colours."""
    screen, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, "--config", str(config), *arguments],
        stdin=side,
        stdout=side,
        stderr=side,
        env=environment(**more),
        start_new_session=True,
    )
    os.close(side)
    shown = b""
    try:
        while chunk := os.read(screen, 65_536):
            shown += chunk
    except OSError:
        # So Linux tells that the other side is closed.
        pass
    finally:
        os.close(screen)
        process.wait(timeout=60)
    return shown.decode().replace("\r\n", "\n")


def piped(config: Path, *arguments: str, **more: str) -> str:
    done = subprocess.run(
        [*COMMAND, "--config", str(config), *arguments],
        capture_output=True,
        env=environment(**more),
        text=True,
    )
    return done.stdout


COMMANDS = [("changes",), ("status",), ("log", "Remote Hearings"), ("terms",), ("terms", "alien")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_result_keeps_within_the_terminals_width(config: Path, command: tuple[str, ...]) -> None:
    shown = COLOUR.sub("", on_terminal(config, "--no-pager", *command, columns=80))

    # A digest or an address is not broken, so that it can be copied.
    words = [line for line in shown.splitlines() if "sha256:" not in line and "://" not in line]
    assert [line for line in words if len(line) > 80] == []
    assert len(words) > 3


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_piped_result_is_plain(config: Path, command: tuple[str, ...]) -> None:
    plain = piped(config, *command)

    assert "\x1b" not in plain
    assert len(plain.splitlines()) > 3


def test_edits_are_told_in_brackets_where_there_is_no_colour(config: Path) -> None:
    marked = "[-aliens-]{+noncitizens+}"

    assert marked in piped(config, "changes").replace("\n", " ")
    assert marked in on_terminal(config, "--no-pager", "changes", NO_COLOR="1")


def test_edits_are_coloured_on_a_terminal_unless_colour_is_unwanted(config: Path) -> None:
    assert COLOUR.search(on_terminal(config, "--no-pager", "changes"))
    assert not COLOUR.search(on_terminal(config, "--no-pager", "changes", NO_COLOR="1"))


def test_columns_that_are_set_go_before_the_terminals_own(config: Path) -> None:
    shown = COLOUR.sub("", on_terminal(config, "--no-pager", "changes", columns=120, COLUMNS="60"))

    assert max(len(line) for line in shown.splitlines() if "://" not in line) <= 60


def test_a_long_result_goes_through_the_pager_in_colour(config: Path) -> None:
    shown = on_terminal(config, "changes", PAGER="sed -e s/^/paged:/")

    assert all(line.startswith("paged:") for line in shown.splitlines())
    assert COLOUR.search(shown)


@pytest.mark.parametrize("pager", ["", "cat", "no-such-program", "'unbalanced"])
def test_without_a_usable_pager_the_screen_is_used(config: Path, pager: str) -> None:
    assert "noncitizens" in on_terminal(config, "changes", PAGER=pager)


def test_no_pager_is_started_when_none_is_wanted_or_nobody_looks(config: Path) -> None:
    told = "sed -e s/^/paged:/"

    assert "paged:" not in on_terminal(config, "--no-pager", "changes", PAGER=told)
    assert "paged:" not in piped(config, "changes", PAGER=told)


def test_a_reader_who_quits_the_pager_early_is_told_of_no_error(config: Path) -> None:
    shown = on_terminal(config, "changes", PAGER="head -n 1")

    assert len(shown.splitlines()) == 1


def completed(config: Path, *words: str, shell: str = "bash") -> list[str]:
    """What a shell is offered for the last of the words."""
    line = ["reworded", "--config", str(config), *words]
    asked = {"COMP_WORDS": " ".join(line), "COMP_CWORD": str(len(line) - 1)}
    instruction = f"{shell}_complete"
    done = subprocess.run(
        COMMAND,
        capture_output=True,
        env=environment(_REWORDED_COMPLETE=instruction, **asked),
        text=True,
    )
    assert done.stderr == ""
    return [each.split(",")[-1] for each in done.stdout.split()]


@pytest.mark.parametrize(
    "words",
    [
        ("run", "fact"),
        ("changes", "fact"),
        ("status", "library", "fact"),
        ("terms", "--source", "fact"),
        ("log", "--source", "fact"),
        ("diff", "fact"),
        ("import", "--source", "fact"),
        ("recipe", "test", "fact"),
    ],
    ids=" ".join,
)
def test_a_shell_completes_the_keys_of_sources(config: Path, words: tuple[str, ...]) -> None:
    assert completed(config, *words) == ["fact-sheets"]


def test_a_shell_completes_commands_and_options(config: Path) -> None:
    assert completed(config, "ch") == ["changes"]
    assert "--since" in completed(config, "changes", "--s")


@pytest.mark.parametrize("broken", ["source = [", "source = 3", "", "\ufffd\x00"])
def test_of_a_broken_configuration_nothing_is_completed_and_nothing_is_said(
    tmp_path: Path, broken: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(broken, "utf-8")

    assert completed(path, "run", "") == []
    assert completed(tmp_path / "none.toml", "run", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_given_its_script(shell: str) -> None:
    done = subprocess.run(
        COMMAND,
        capture_output=True,
        env=environment(_REWORDED_COMPLETE=f"{shell}_source"),
        text=True,
    )

    assert "_REWORDED_COMPLETE" in done.stdout


def test_a_report_shows_what_is_being_done_and_leaves_nothing_of_it(
    config: Path, tmp_path: Path
) -> None:
    shown = on_terminal(config, "--no-pager", "report", "-o", str(tmp_path / "report.html"))

    assert "writing the report" in shown
    # What was shown is wiped away, line by line.
    assert shown.rindex("\x1b[2K") > shown.rindex("writing the report")
    assert shown.endswith("report.html\n")


def test_a_report_that_is_piped_shows_nothing_but_itself(config: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--config", str(config), "report"], capture_output=True, env=environment()
    )

    assert b"writing the report" not in done.stdout + done.stderr
    assert b"\x1b" not in done.stdout + done.stderr
