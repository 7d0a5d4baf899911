"""``reworded status``: what was seen when, what is overdue, and since when a source is blind."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.cli import main
from snapshots.archive import Archive
from snapshots.records import Outcome, Visit

CONFIG = """
[archive]
path = "archive.sqlite"
[source.library]
title = "Publications"
url = "https://a.gov/library"
read = "listing"
[source.sheets]
url = "https://a.gov/sheets"
read = "page"
schedule = "hourly"
"""
KEYS = [
    "source",
    "title",
    "url",
    "visits",
    "outcomes",
    "items",
    "first_at",
    "last_at",
    "last_outcome",
    "last_reason",
    "last_good_at",
    "due_at",
    "overdue",
    "blind_since",
    "bad_visits",
    "quarantined",
]
Type = Callable[..., tuple[int, str, str]]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, "utf-8")
    return path


@pytest.fixture
def type_(config: Path, capfd: pytest.CaptureFixture[str]) -> Type:
    def typed(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(["--config", str(config), *words])
        return code, *capfd.readouterr()

    return typed


def past(config: Path, *visits: tuple[str, timedelta, Outcome, str | None]) -> None:
    """Give an archive a past: the source, how long ago, and what each visit came to."""
    now = datetime.now(UTC)
    with Archive.to_write(config.with_name("archive.sqlite")) as archive, archive.transaction():
        for source, ago, outcome, reason in visits:
            at = now - ago
            archive.evidence.keep(
                Visit(source=source, started_at=at, finished_at=at, outcome=outcome, reason=reason)
            )


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def statuses(type_: Type) -> tuple[int, dict[str, dict[str, object]]]:
    code, out, err = type_("status", "--format", "jsonl")
    assert err == ""
    found = [json.loads(line) for line in out.splitlines()]
    assert [list(status) for status in found] == [KEYS] * len(found)
    return code, {status["source"]: status for status in found}


def ago(status: dict[str, object], key: str) -> int:
    """How many minutes ago a moment was, by a status."""
    at = datetime.fromisoformat(str(status[key]))
    return round((datetime.now(UTC) - at).total_seconds() / 60)


def test_sources_that_were_seen_in_time_exit_0(config: Path, type_: Type) -> None:
    past(
        config,
        ("library", minutes(60 * 24), Outcome.NEW, None),
        ("sheets", minutes(30), Outcome.UNCHANGED, None),
    )

    code, out, err = type_("status")
    told = out.splitlines()

    assert (code, err) == (0, "")
    assert " 2 of 2 sources had been visited; last answers: 1 new, 1 unchanged." in told[0]
    assert "None is overdue. None is blind." in " ".join(told[:2])
    assert [line.split()[:2] for line in told if line.startswith("  ")] == [
        ["source", "last"],
        ["library", "new"],
        ["sheets", "unchanged"],
    ]
    assert re.fullmatch("chain head sha256:[0-9a-f]{64} over 2 records", told[-1])


def test_a_source_that_was_not_seen_twice_in_turn_is_overdue_and_exits_1(
    config: Path, type_: Type
) -> None:
    past(
        config,
        ("library", minutes(10), Outcome.NEW, None),
        ("sheets", minutes(130), Outcome.UNCHANGED, None),
        ("sheets", minutes(70), Outcome.FAILED, "https://a.gov/sheets answered 503"),
        ("sheets", minutes(10), Outcome.BLOCKED, "https://a.gov/sheets answered 403"),
    )

    code, found = statuses(type_)

    assert code == 1
    assert [found[key]["overdue"] for key in found] == [False, True]
    sheets = found["sheets"]
    assert (ago(sheets, "last_good_at"), ago(sheets, "blind_since")) == (130, 70)
    assert (sheets["bad_visits"], sheets["last_outcome"]) == (2, "blocked")
    assert sheets["last_reason"] == "https://a.gov/sheets answered 403"
    assert sheets["outcomes"] == {"unchanged": 1, "failed": 1, "blocked": 1}
    assert ago(sheets, "due_at") == -20


def test_one_visit_that_failed_is_blind_and_not_overdue(config: Path, type_: Type) -> None:
    past(
        config,
        ("library", minutes(10), Outcome.NEW, None),
        ("sheets", minutes(70), Outcome.UNCHANGED, None),
        ("sheets", minutes(10), Outcome.FAILED, "no answer"),
    )

    code, out, _ = type_("status")

    assert code == 0
    assert "None is overdue. 1 is blind: sheets since " in " ".join(out.split())
    assert " (10 minutes, 1 visit); last answer: failed on " in " ".join(out.split())


def test_a_silent_cron_is_found_out(config: Path, type_: Type) -> None:
    """Nothing was visited for days: no visit failed, and nothing was seen either."""
    past(
        config,
        ("library", timedelta(days=3), Outcome.NEW, None),
        ("sheets", timedelta(days=3), Outcome.UNCHANGED, None),
    )

    code, found = statuses(type_)

    assert code == 1
    assert [(found[key]["overdue"], found[key]["blind_since"]) for key in found] == [
        (True, None),
        (True, None),
    ]


def test_a_source_that_was_never_visited_is_overdue(config: Path, type_: Type) -> None:
    past(config, ("library", minutes(10), Outcome.NEW, None))

    code, out, _ = type_("status")
    alone, _, _ = type_("status", "library")

    assert (code, alone) == (1, 0)
    lines = out.splitlines()
    told = next(number for number, line in enumerate(lines) if line.startswith("! sheets"))
    assert lines[told].split() == ["!", "sheets", "none", "yet", "never", "now"]
    assert lines[told + 1].split() == ["overdue;", "never", "visited"]


def test_a_quarantine_waits_to_be_accepted(config: Path, type_: Type) -> None:
    past(
        config,
        ("library", minutes(10), Outcome.NEW, None),
        ("sheets", minutes(70), Outcome.UNCHANGED, None),
        ("sheets", minutes(10), Outcome.QUARANTINED, "nothing matches 'li.doc'"),
    )

    code, found = statuses(type_)
    _, out, _ = type_("status")

    assert code == 0
    assert [found[key]["quarantined"] for key in found] == [False, True]
    assert "; waits for: reworded accept sheets; last answer: quarantined on" in " ".join(
        out.split()
    )


def test_a_clock_that_was_ahead_once_does_not_make_a_source_look_fresh(
    config: Path, type_: Type
) -> None:
    past(
        config,
        ("library", minutes(10), Outcome.NEW, None),
        ("sheets", timedelta(days=5), Outcome.UNCHANGED, None),
        ("sheets", timedelta(days=-300), Outcome.UNCHANGED, None),
    )

    code, found = statuses(type_)

    assert (code, found["sheets"]["overdue"]) == (1, True)
    assert ago(found["sheets"], "last_good_at") == 5 * 24 * 60


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_fits_the_screen(
    config: Path, type_: Type, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    reason = "nothing matches 'li.usa-collection__item' where 25 items stood; " * 4
    past(config, ("sheets", timedelta(days=5), Outcome.QUARANTINED, reason))

    *lines, _, head = type_("status")[1].splitlines()

    assert head.startswith("chain head ")
    assert max(map(len, lines)) <= columns
    assert sum(line.startswith("      ") for line in lines) >= 3


def test_no_archive_exits_3_and_an_unknown_source_2(config: Path, type_: Type) -> None:
    assert type_("status")[0] == 3
    assert type_("status", "librray")[0] == 2


def test_a_configuration_without_sources_exits_2(config: Path, type_: Type) -> None:
    past(config, ("library", minutes(10), Outcome.NEW, None))
    config.write_text('[archive]\npath = "archive.sqlite"\n')

    assert type_("status") == (
        2,
        "",
        f"reworded: {config}: there is no [source.KEY] to visit; add one\n",
    )
