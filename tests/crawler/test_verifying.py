"""``verify``: the first bad record is named, the others counted, and a published head pins."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.verifying import verify
from snapshots.archive import Archive, checks
from snapshots.records import Capture, Outcome, Visit, digest_of

AT = datetime(2021, 5, 1, 6, tzinfo=UTC)
URL = "https://a.gov/page"
VISITS = 40

Type = Callable[..., tuple[int, str, str]]


def keep(path: Path, first: int, last: int) -> str:
    """Keep visits, a day apart; return the chain's head as it is published."""
    with Archive.to_write(path) as archive, archive.transaction():
        for day in range(first, last + 1):
            at, payload = AT + timedelta(days=day), f"<p>day {(day - 1) // 4}</p>".encode()
            capture = Capture(
                url=URL,
                final_url=URL,
                captured_at=at,
                status=200,
                payload=payload,
                payload_digest=digest_of(payload),
            )
            archive.evidence.keep(
                Visit(
                    source="page",
                    started_at=at,
                    finished_at=at,
                    outcome=Outcome.NEW,
                    captures=(capture,),
                )
            )
        return archive.evidence.chain.newest().hash


def alter(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    with db:
        for statement in statements:
            db.execute(statement)
    db.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "archive.sqlite"
    keep(path, 1, VISITS)
    (tmp_path / "config.toml").write_text('[archive]\npath = "archive.sqlite"\n', "utf-8")
    return path


@pytest.fixture
def type_(path: Path, capfd: pytest.CaptureFixture[str]) -> Type:
    def typed(*arguments: str) -> tuple[int, str, str]:
        code = main(["--config", str(path.with_name("config.toml")), *arguments])
        return (code, *capfd.readouterr())

    return typed


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in parts so small that they are done side by side."""
    monkeypatch.setattr(checks, "LINKS_AT_ONCE", 7)
    monkeypatch.setattr(checks, "PAYLOADS_AT_ONCE", 3)


def test_a_whole_archive_is_told_to_be_with_its_head(path: Path, type_: Type) -> None:
    with Archive.to_read(path) as archive:
        head = archive.evidence.chain.newest()

    assert type_("verify") == (
        0,
        "10 payloads, 40 captures, 40 visits: every payload and every link of the chain agree; "
        f"chain head {head.hash} over 80 records\n",
        "",
    )


def test_the_first_bad_record_is_named_and_the_others_are_counted(path: Path, type_: Type) -> None:
    alter(
        path,
        "UPDATE captures SET final_url = 'https://b.gov/' WHERE id = 7",
        "UPDATE visits SET started_at = '2020-01-01T00:00:00Z' WHERE id = 3",
        "UPDATE payloads SET body = x'00' WHERE rowid = 9",
    )

    code, out, err = type_("verify")
    _, _, everything = type_("verify", "--all")

    assert code == 3
    assert err == (
        "reworded: visit 3 (page, 2020-01-01T00:00:00Z) was altered, "
        "or its link 5 of the chain was\n"
        "reworded: and 2 further faults, which --all tells\n"
    )
    assert "40 visits: 3 faults; chain head " in out
    assert [line.split()[1:3] for line in everything.splitlines()] == [
        ["visit", "3"],
        ["capture", "7"],
        ["payload", digest_of(b"<p>day 8</p>")],
    ]


def test_what_is_wrong_is_the_same_when_it_is_looked_for_side_by_side(
    path: Path, in_parts: None
) -> None:
    alter(
        path,
        "UPDATE captures SET status = 404 WHERE id IN (2, 30)",
        "UPDATE payloads SET body = x'00' WHERE rowid = 9",
        "DELETE FROM links WHERE id = 44",
    )
    with Archive.to_read(path) as archive:
        one_by_one = list(archive.problems())
        assert len(checks.tasks(archive.db)) > 12

    side_by_side = verify(path, AT)

    assert [str(fault) for fault in side_by_side.faults] == one_by_one
    assert len(one_by_one) == 6


def test_a_published_head_is_still_part_of_a_chain_that_went_on(path: Path, type_: Type) -> None:
    published = keep(path, VISITS + 1, VISITS + 1)
    keep(path, VISITS + 2, VISITS + 3)

    code, out, err = type_("verify", "--head", published)

    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "the head asked for was over 82 records; 4 records since"
    assert type_("verify", "--head", published.removeprefix("sha256:").upper())[0] == 0


def test_a_history_that_was_written_anew_lacks_the_head_that_was_published(
    path: Path, type_: Type
) -> None:
    """All of it is sound, as its owner can always make it: the published head tells."""
    published = keep(path, VISITS + 1, VISITS + 1)
    for left in path.parent.glob("archive.sqlite*"):
        left.unlink()
    keep(path, 1, VISITS)
    keep(path, VISITS + 2, VISITS + 2)

    code, out, err = type_("verify", "--head", published)

    assert code == 3
    assert "every link of the chain agree" in out
    assert err == (
        f"reworded: {published} is no part of the chain: it was cut or written anew since\n"
    )


def test_an_end_that_was_cut_off_is_missed_by_whoever_verified_before(
    path: Path, type_: Type
) -> None:
    type_("verify")
    alter(
        path,
        "DELETE FROM links WHERE id > 72",
        "DELETE FROM captures WHERE id > 36",
        "DELETE FROM visits WHERE id > 36",
        "DELETE FROM payloads WHERE rowid = 10",
    )

    code, _, err = type_("verify")

    assert code == 3
    assert err.startswith("reworded: the chain is cut short: when verified at 20")
    assert err.endswith("it had 80 links\n")


def test_what_is_no_head_exits_2(type_: Type) -> None:
    assert type_("verify", "--head", "sha256:12") == (
        2,
        "",
        "reworded: --head 'sha256:12' is no chain head; write it like sha256:9f86d081…\n",
    )


def test_an_archive_that_is_being_written_to_can_be_verified(path: Path, type_: Type) -> None:
    with Archive.to_write(path):
        assert type_("verify")[0] == 0


def test_only_what_was_found_whole_is_noted_as_verified(path: Path, type_: Type) -> None:
    def noted() -> list[tuple[int]]:
        with Archive.to_read(path) as archive:
            return archive.db.execute("SELECT links FROM verifications").fetchall()

    type_("verify")
    assert noted() == [(80,)]
    alter(path, "UPDATE captures SET status = 404 WHERE id = 2")
    type_("verify")

    assert noted() == [(80,)]
