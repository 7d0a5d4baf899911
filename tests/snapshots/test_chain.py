"""The chain: whatever is kept goes into it, in order, and anyone can follow it."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from snapshots.archive import Archive, Probe
from snapshots.archive.chain import CHAIN_START, canonical, link_text, linked
from snapshots.records import Capture, Import, Outcome, Verdict, Visit, digest_of

AT = datetime(2021, 5, 1, 6, tzinfo=UTC)
URL = "https://www.ice.gov/factsheets"
PROBE = Probe(url=URL, final_url=URL, probed_at=AT, verdict=Verdict.GONE, status=404, payload=b"no")


def capture(payload: bytes) -> Capture:
    return Capture(
        url=URL,
        final_url=URL,
        captured_at=AT,
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
        response_headers=(("X-Note", "“é”"),),
    )


def visit(*payloads: bytes, outcome: Outcome = Outcome.NEW) -> Visit:
    captures = tuple(map(capture, payloads))
    return Visit(source="ice", started_at=AT, finished_at=AT, outcome=outcome, captures=captures)


@pytest.fixture
def archive(tmp_path: Path):
    with Archive.to_write(tmp_path / "archive.sqlite") as archive:
        yield archive


def records(archive: Archive) -> list[tuple[str, int]]:
    return [(link.record, link.number) for link in archive.evidence.chain.links()]


def test_a_visit_is_linked_before_its_captures_and_they_before_its_probes(archive):
    archive.evidence.keep(visit(b"one", b"two"), (PROBE,))
    archive.evidence.keep(visit(b"one"))

    assert records(archive) == [
        ("visit", 1),
        ("capture", 1),
        ("capture", 2),
        ("probe", 1),
        ("visit", 2),
        ("capture", 3),
    ]
    assert list(archive.problems()) == []


def test_an_acceptance_is_linked_with_what_its_removals_answered(archive):
    number = archive.evidence.keep(visit(b"", outcome=Outcome.QUARANTINED))
    archive.evidence.accept(number, AT, (PROBE,))

    assert records(archive)[2:] == [("acceptance", 1), ("probe", 1)]
    assert list(archive.problems()) == []


def test_an_import_is_linked_before_its_visits_and_they_when_they_are_concluded(archive):
    evidence = archive.evidence
    number = evidence.begin_import(Import(name="a.warc", kind="warc", started_at=AT))
    kept = [
        evidence.keep(visit(body), imported=number, is_concluded=False) for body in (b"1", b"2")
    ]
    assert records(archive) == [("import", 1)]

    for each in kept:
        evidence.conclude(each, Outcome.UNCHANGED, None)

    assert records(archive)[1:] == [("visit", 1), ("capture", 1), ("visit", 2), ("capture", 2)]
    assert [json.loads(link.canonical)["outcome"] for link in evidence.chain.links(2, 2)] == [
        "unchanged"
    ]
    assert list(archive.problems()) == []


def test_each_link_goes_on_from_the_one_before_and_the_head_is_the_last(archive):
    archive.evidence.keep(visit(b"one", b"two"))
    archive.evidence.keep(visit(b"three"))

    links = list(archive.evidence.chain.links())

    assert [link.before for link in links] == [CHAIN_START, *(link.hash for link in links[:-1])]
    assert archive.evidence.chain.head() == links[-1].hash
    assert archive.evidence.chain.length() == len(links) == 5
    assert list(archive.evidence.chain.links(3, 4)) == links[2:4]


def test_sha256sum_of_two_lines_gives_the_next_hash(archive, tmp_path):
    archive.evidence.keep(visit(b"one"))

    for link in archive.evidence.chain.links():
        file = tmp_path / "link"
        file.write_text(link_text(link.before, link.canonical), "ascii")
        told = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True)
        assert told.stdout.split()[0] == link.hash


def test_a_record_is_one_line_of_ascii_with_its_columns_in_order():
    row = {"visit": 2, "id": 7, "url": "https://é.gov", "revisit": None, "hops": '[["a",301]]'}

    told = canonical("capture", row)

    assert told == (
        r'{"hops":"[[\"a\",301]]","id":7,"record":"capture","url":"https://\u00e9.gov","visit":2}'
    )
    assert canonical("capture", {**row, "added_later": None}) == told
    assert linked(CHAIN_START, told) != linked(CHAIN_START, canonical("visit", row))


def test_what_is_rolled_back_leaves_no_link(archive):
    archive.evidence.keep(visit(b"one"))
    before = archive.evidence.chain.head()

    def keep_and_break_off() -> None:
        with archive.transaction():
            archive.evidence.keep(visit(b"two"))
            raise RuntimeError("the light goes out")

    with pytest.raises(RuntimeError):
        keep_and_break_off()
    assert archive.evidence.chain.head() == before
    archive.evidence.keep(visit(b"three"))

    assert list(archive.problems()) == []
