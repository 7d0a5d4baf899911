"""``doctor``: each thing that the program stands on is told in a line, with what to do."""

import gzip
import json
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.doctor import Diagnosis, Mark, diagnose
from snapshots.archive import Archive
from snapshots.archive.archive import SCHEMA
from snapshots.records import Capture, Headers, Outcome, Visit, digest_of

NOW = datetime.now(UTC)
SHEETS = '[source.sheets]\nurl = "https://a.gov/sheets"\nread = "page"\n'
CONFIG = f'[archive]\npath = "archive.sqlite"\n[crawler]\ncontact = "me@example.org"\n{SHEETS}'
FIXTURE = Path(__file__).parents[1] / "archives/schema-6/archive.sqlite.gz"

Keep = Callable[..., None]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, "utf-8")
    return path


@pytest.fixture
def keep(config: Path) -> Keep:
    def kept(at: datetime, headers: Headers = ()) -> None:
        capture = Capture(
            url="https://a.gov/sheets",
            final_url="https://a.gov/sheets",
            captured_at=at,
            status=200,
            payload=b"<p>x</p>",
            payload_digest=digest_of(b"<p>x</p>"),
            response_headers=headers,
        )
        visit = Visit(
            source="sheets",
            started_at=at,
            finished_at=at,
            outcome=Outcome.NEW,
            captures=(capture,),
        )
        with Archive.to_write(config.with_name("archive.sqlite")) as archive, archive.transaction():
            archive.evidence.keep(visit)

    return kept


def told(found: Diagnosis, about: str) -> tuple[Mark, str, str | None]:
    """Return the worst that was found about a thing."""
    of_it = [each for each in found.findings if each.about == about]
    worst = max(of_it, key=lambda each: list(Mark).index(each.mark))
    return worst.mark, worst.told, worst.remedy


def warned(found: Diagnosis) -> list[str]:
    return [each.about for each in found.findings if each.mark is not Mark.OK]


def test_where_nothing_is_wrong_every_line_is_ok(
    config: Path, keep: Keep, capfd: pytest.CaptureFixture[str]
) -> None:
    keep(NOW - timedelta(minutes=5))

    code = main(["--config", str(config), "doctor"])
    out, err = capfd.readouterr()

    assert (code, err) == (0, "")
    assert [line.split(":")[0] for line in out.splitlines()] == [
        "ok    configuration",
        "ok    user agent",
        "ok    folder",
        "ok    archive",
        "ok    verified",
        "ok    clock",
        "ok    disk",
        "ok    sources",
    ]


def test_before_the_first_run_nothing_is_wrong(config: Path) -> None:
    found = diagnose(config, NOW)

    assert (found.code, warned(found)) == (0, [])
    assert told(found, "archive")[1].endswith("none yet; `reworded run` makes it")
    assert {p.name for p in config.parent.iterdir()} == {"config.toml"}


def test_every_mistake_of_the_configuration_is_told_and_exits_2(config: Path) -> None:
    config.write_text(f"{CONFIG}[crwaler]\n[lexicon]\nfoo = 1\n", "utf-8")

    found = diagnose(config, NOW)

    assert found.code == 2
    assert {each.mark for each in found.findings} == {Mark.FAIL}
    assert "there is no table [crwaler]; did you mean 'crawler'?" in [
        each.told for each in found.findings
    ]


def test_a_user_agent_without_an_address_is_to_be_seen_to(config: Path, keep: Keep) -> None:
    keep(NOW)
    config.write_text(CONFIG.replace("me@example.org", ""), "utf-8")

    found = diagnose(config, NOW)

    assert (found.code, warned(found)) == (1, ["user agent"])
    assert told(found, "user agent")[2] == "set [crawler] contact"


def test_findings_are_printed_as_json_too(
    config: Path, keep: Keep, capfd: pytest.CaptureFixture[str]
) -> None:
    keep(NOW - timedelta(days=9))

    code = main(["--config", str(config), "doctor", "--format", "jsonl"])
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]

    assert code == 1
    assert lines[-1] == {
        "mark": "warn",
        "about": "sources",
        "told": "1 of 1 source overdue: sheets",
        "remedy": "see `reworded status`, and whether cron runs it",
    }


def test_a_folder_that_is_not_there_exits_3(config: Path) -> None:
    config.write_text(CONFIG.replace("archive.sqlite", "none/archive.sqlite"), "utf-8")

    found = diagnose(config, NOW)

    assert (found.code, warned(found)) == (3, ["folder"])


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_an_archive_and_a_folder_that_cannot_be_written_to_exit_3(config: Path, keep: Keep) -> None:
    keep(NOW)
    config.with_name("archive.sqlite").chmod(0o444)
    config.parent.chmod(0o555)

    found = diagnose(config, NOW)
    config.parent.chmod(0o755)

    assert found.code == 3
    assert {"folder", "archive"} <= set(warned(found))


def test_a_file_that_is_no_archive_exits_3(config: Path) -> None:
    config.with_name("archive.sqlite").write_text("This is a letter.")

    found = diagnose(config, NOW)

    assert found.code == 3
    assert "this file is not an archive" in told(found, "archive")[1]


def test_a_damaged_file_exits_3(config: Path, keep: Keep) -> None:
    keep(NOW)
    db = sqlite3.connect(config.with_name("archive.sqlite"))
    db.execute("PRAGMA writable_schema = on")
    db.execute("UPDATE sqlite_schema SET rootpage = 999 WHERE name = 'captures_by_url'")
    db.commit()
    db.close()

    assert diagnose(config, NOW).code == 3


def test_an_archive_of_a_later_version_exits_3(config: Path, keep: Keep) -> None:
    keep(NOW)
    db = sqlite3.connect(config.with_name("archive.sqlite"))
    db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    db.close()

    found = diagnose(config, NOW)

    assert (found.code, "newer version of Reworded" in told(found, "archive")[1]) == (3, True)


def test_an_archive_of_an_earlier_version_is_left_as_it_is(config: Path) -> None:
    path = config.with_name("archive.sqlite")
    path.write_bytes(gzip.decompress(FIXTURE.read_bytes()))
    before = path.read_bytes()

    found = diagnose(config, NOW)

    assert told(found, "archive")[1].endswith("the next command copies it and brings it to date")
    assert path.read_bytes() == before
    assert not list(config.parent.glob("*.bak"))


def test_a_run_that_is_at_work_is_told_and_is_nothing_wrong(config: Path, keep: Keep) -> None:
    keep(NOW)

    with Archive.to_write(config.with_name("archive.sqlite")):
        found = diagnose(config, NOW)

    assert found.code == 0
    assert told(found, "writer")[1] == f"process {os.getpid()} is writing to it"


def test_a_clock_before_the_newest_capture_is_told(config: Path, keep: Keep) -> None:
    keep(NOW + timedelta(hours=3))

    found = diagnose(config, NOW)

    assert "clock" in warned(found)
    assert "before the newest capture, of" in told(found, "clock")[1]


def test_a_clock_before_the_program_itself_is_told(config: Path) -> None:
    mark, words, _ = told(diagnose(config, datetime(2020, 1, 1, tzinfo=UTC)), "clock")

    assert mark is Mark.WARN
    assert words.startswith("it says 2020-01-01 00:00 UTC, before Reworded was installed on ")


@pytest.mark.parametrize(
    ("ahead_s", "age", "words"),
    [
        (1000, None, "at the newest answers it was 1000 s ahead of the servers'"),
        (-1000, None, "at the newest answers it was 1000 s behind the servers'"),
        (1000, "1000", None),
        (100, None, None),
    ],
)
def test_a_clock_that_the_servers_contradicted_is_told(
    config: Path, keep: Keep, ahead_s: int, age: str | None, words: str | None
) -> None:
    """A copy that a cache answered with was dated by its server when it was made."""
    at = (NOW - timedelta(minutes=5)).replace(microsecond=0)
    stated = format_datetime(at - timedelta(seconds=ahead_s), usegmt=True)
    keep(at, (("Date", stated), *((("Age", age),) if age else ())))

    found = diagnose(config, NOW)

    assert warned(found) == (["clock"] if words else [])
    assert words is None or told(found, "clock")[1] == words


@pytest.mark.parametrize("stated", ["yesterday", "Mon, 99 Foo 2021 99:99:99 GMT", ""])
def test_a_date_that_is_none_says_nothing_of_the_clock(
    config: Path, keep: Keep, stated: str
) -> None:
    keep(NOW, (("Date", stated),))

    assert warned(diagnose(config, NOW)) == []


def test_an_archive_that_nobody_verified_for_a_month_is_told(config: Path, keep: Keep) -> None:
    keep(NOW - timedelta(days=40))
    keep(NOW - timedelta(minutes=1))
    never = diagnose(config, NOW)
    main(["--config", str(config), "verify"])
    lately = diagnose(config, NOW + timedelta(minutes=1))

    assert told(never, "verified") == (Mark.WARN, "never yet", "run `reworded verify`")
    assert told(lately, "verified")[0] is Mark.OK


def test_what_a_month_brings_is_told_of_an_archive_that_is_old_enough(
    config: Path, keep: Keep
) -> None:
    keep(NOW - timedelta(days=15))
    young = told(diagnose(config, NOW), "disk")[1]
    keep(NOW)
    older = told(diagnose(config, NOW), "disk")[1]
    size_mb = config.with_name("archive.sqlite").stat().st_size / 1_000_000

    assert "a month" not in young
    assert older.endswith(f"; the archive grows by {size_mb * 2:.1f} MB a month")
