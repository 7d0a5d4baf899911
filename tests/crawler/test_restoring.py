"""A file that says it is ours is believed in nothing: what cannot be is left out, and told."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import Config, Source
from crawler.exporting import export
from crawler.restoring import Restored, restore
from snapshots.archive import Archive
from snapshots.archive.chain import link_text, linked
from snapshots.records import Capture, Outcome, Read, Recipe, Visit, digest_of
from snapshots.warc_writing import WarcFile

AT = datetime(2021, 5, 1, 6, tzinfo=UTC)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BODY = b"<main><p>Fees are due in May.</p></main>"
SOURCE = Source(
    key="fees",
    url="https://a.gov/fees",
    read=Read.PAGE,
    title="",
    recipes=(Recipe(read=Read.PAGE),),
)
VISIT = {
    "id": 1,
    "source": "fees",
    "started_at": "2021-05-01T06:00:00Z",
    "finished_at": "2021-05-01T06:00:00Z",
    "outcome": "new",
    "record": "visit",
}
CAPTURE = {
    "id": 1,
    "visit": 1,
    "url": "https://a.gov/fees",
    "final_url": "https://a.gov/fees",
    "hops": "[]",
    "status": 200,
    "request_headers": "[]",
    "response_headers": '[["Content-Type","text/html"]]',
    "captured_at": "2021-05-01T06:00:00Z",
    "payload_digest": digest_of(BODY),
    "provenance": "own",
    "record": "capture",
}


def config(folder: Path) -> Config:
    return Config(path=folder / "c.toml", archive=folder / "a.sqlite", sources={"fees": SOURCE})


def forged(path: Path, *rows: dict[str, object], is_linked: bool = True) -> Path:
    """Write a file with rows as somebody might have made them up, linked as they should be."""
    answer = Capture(
        url=SOURCE.url,
        final_url=SOURCE.url,
        captured_at=AT,
        status=200,
        payload=BODY,
        payload_digest=digest_of(BODY),
    )
    before = "0" * 64
    with path.open("wb") as file:
        warc = WarcFile(file, is_zipped=False, at=AT, software="x", sources=("fees",))
        warc.capture(answer, before)
        for row in rows:
            told = json.dumps(row, sort_keys=True)
            warc.facts(link_text(before, told), AT)
            before = linked(before, told) if is_linked else before
        warc.end(AT)
    return path


def restored(folder: Path, path: Path) -> tuple[Restored, list[int]]:
    """Restore a file; return what came of it, and how many visits and captures are held."""
    with Archive.to_write(config(folder).archive) as archive:
        done = restore(archive, config(folder), path, now=NOW)
        counts = [*archive.evidence.counts()]
        assert list(archive.problems()) == []
    return done, counts


def test_a_file_that_is_as_ours_would_be_is_restored(tmp_path: Path) -> None:
    """Guards the tests below: what they leave out is not left out for another reason."""
    done, counts = restored(tmp_path, forged(tmp_path / "a.warc", VISIT, CAPTURE))

    assert (counts, done.problems) == ([1, 1, 1], [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": 2**70},
        {"status": "two hundred"},
        {"url": "https://a.gov/\ud800"},
        {"hops": "["},
        {"hops": '[["https://a.gov/",301,5]]'},
        {"hops": '"\\ud800"'},
        {"response_headers": '[["X-Note","\\ud800"]]'},
        {"response_headers": "[[1]]"},
        {"captured_at": "yesterday"},
        {"captured_at": 5},
        {"provenance": "heaven"},
        {"revisit": "nonsense"},
        {"payload_digest": "sha256:0"},
        {"visit": 2},
        {"visit": None},
        {"url": ["https://a.gov/"]},
    ],
    ids=str,
)
def test_a_capture_that_cannot_be_leaves_its_whole_visit_out(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    path = forged(tmp_path / "a.warc", VISIT, CAPTURE, {**CAPTURE, "id": 2, **wrong})

    done, counts = restored(tmp_path, path)

    assert counts[:2] == [0, 0]
    assert len(done.problems) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"source": 5},
        {"source": "other"},
        {"started_at": "2021-05-01"},
        {"finished_at": "9999-12-31T23:59:59-23:59"},
        {"outcome": "splendid"},
        {"reason": "\ud800"},
    ],
    ids=str,
)
def test_a_visit_that_cannot_be_is_left_out_and_told(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    done, counts = restored(tmp_path, forged(tmp_path / "a.warc", {**VISIT, **wrong}, CAPTURE))

    assert counts[:2] == [0, 0]
    assert len(done.problems) + sum(done.left_out.values()) >= 1


def test_a_record_that_does_not_follow_the_one_before_leaves_its_visit_out(tmp_path: Path) -> None:
    path = forged(tmp_path / "a.warc", VISIT, CAPTURE, {**CAPTURE, "id": 2}, is_linked=False)

    done, counts = restored(tmp_path, path)

    assert counts[:2] == [0, 0]
    assert "a record of it is missing" in done.problems[0]


def test_an_acceptance_of_no_visit_accepts_nothing(tmp_path: Path) -> None:
    acceptance = {"id": 1, "visit": 9, "accepted_at": VISIT["started_at"], "record": "acceptance"}

    done, counts = restored(tmp_path, forged(tmp_path / "a.warc", VISIT, CAPTURE, acceptance))

    assert (counts, done.taken["acceptance"]) == ([1, 1, 1], 0)


def test_one_payload_twice_in_a_visit_is_had_from_within_it(tmp_path: Path) -> None:
    """A list that is walked once more answers its first page again, after others."""
    bodies = (b"<p>one</p>", b"<p>two</p>", b"<p>one</p>")
    captures = tuple(
        Capture(
            url=f"{SOURCE.url}?page={number % 2}",
            final_url=SOURCE.url,
            captured_at=AT + timedelta(seconds=number),
            status=200,
            payload=body,
            payload_digest=digest_of(body),
        )
        for number, body in enumerate(bodies)
    )
    visit = Visit(
        source="fees",
        started_at=AT,
        finished_at=AT + timedelta(seconds=3),
        outcome=Outcome.PARTIAL,
        captures=captures,
    )
    path, old = tmp_path / "a.warc.gz", replace(config(tmp_path), archive=tmp_path / "old.sqlite")
    with Archive.to_write(old.archive) as archive:
        archive.evidence.keep(visit)
        export(archive, (), path, "warc")

    done, counts = restored(tmp_path, path)

    assert (counts, done.problems) == ([1, 3, 2], [])
