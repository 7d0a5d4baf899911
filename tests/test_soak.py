"""The soak in short: hundreds of visits, a third of whose answers misbehave."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from soak.ledger import Entry, Ledger, audit
from soak.press import Press
from soak.publisher import Publication, Record
from soak.visits import CONFIRM, soak, source_of
from support import START, Watcher

from snapshots.records import Capture, Read, digest_of

VISITS = 200


@pytest.mark.parametrize("seed", [1, 2])
def test_the_changes_told_are_those_that_the_publishers_made(tmp_path: Path, seed: int) -> None:
    count = soak(tmp_path / "soak.sqlite", VISITS, seed)

    assert [f"seed {seed}, {fault}" for fault in count.faults] == []
    assert count.audit.found == count.audit.expected
    assert min(count.audit.found[kind] for kind in ("added", "removed", "changed")) > 20
    assert count.misbehaved.total() > VISITS / 4
    assert count.outcomes.keys() > {"new", "unchanged", "partial", "blocked", "failed"}


def test_a_soak_is_the_same_again_by_its_seed(tmp_path: Path) -> None:
    """What is published, and how often a visit is made; on a starved machine more answers fail."""
    first, again = [soak(tmp_path / f"{number}.sqlite", 60, 3) for number in range(2)]

    assert first.editions == again.editions
    assert first.outcomes.total() == again.outcomes.total()
    assert first.misbehaved != Counter()


@pytest.mark.parametrize("kind", ["added", "removed", "changed"])
@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        ("UPDATE changes SET title = 'Invented' WHERE id = ?", ["false {}", "missed {}"]),
        ("UPDATE changes SET source = 'another' WHERE id = ?", ["missed {}"]),
    ],
    ids=["is_told_otherwise", "is_not_told"],
)
def test_the_ledger_notices_when_a_change(
    watcher: Watcher, kind: str, statement: str, faults: list[str]
) -> None:
    now = watcher.clock
    publication = Publication("library", Read.LISTING, "7", 6, 16, now=lambda: now.at)
    with Press([publication], "7") as press:
        source = source_of(publication, press)
        for _ in range(16):
            watcher.visit(source)
            publication.change(2)
        for _ in range(CONFIRM + 1):
            watcher.visit(source)
    honest = audit(watcher.archive, publication, press.url, CONFIRM)
    changes = watcher.archive.knowledge.changes()
    (number, *_) = (record.id for record in changes if record.change.kind == kind)

    watcher.archive.db.execute(statement, (number,))
    forged = audit(watcher.archive, publication, press.url, CONFIRM)

    assert honest.faults == []
    assert [fault.kind for fault in forged.faults] == [each.format(kind) for each in faults]


@pytest.mark.parametrize(
    ("misses", "gone", "removed"),
    [(1, False, 0), (2, False, 1), (3, False, 1), (1, True, 1)],
    ids=["missed_once", "missed_twice", "missed_three_times", "missed_once_and_gone"],
)
def test_where_two_misses_are_needed_the_ledger_expects_a_removal_when(
    misses: int, gone: bool, removed: int
) -> None:
    publication = Publication("library", Read.LISTING, "7", 9, 8)
    ledger = Ledger(publication, "http://x", confirm=2)
    expected = [*_expected(ledger, publication, set())]
    leaving = publication.edition.records[3]
    publication.publish(replace(publication.edition, records=_without(publication, leaving)))

    probed = {f"http://x{leaving.link}"} if gone else set()
    for _ in range(misses):
        expected += _expected(ledger, publication, probed)

    told = ("removed", f"http://x{leaving.link}", leaving.title, ())
    assert expected == [told] * removed


def _expected(ledger: Ledger, publication: Publication, gone: set[str]) -> list[Entry]:
    payload = publication.print_page(0, 0) or b""
    capture = Capture(
        url="http://x/library",
        final_url="http://x/library",
        captured_at=START,
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
    )
    during = [publication.edition]
    return [*ledger.expect([capture], during, gone, set(), is_complete=True)]


def _without(publication: Publication, leaving: Record) -> tuple[Record, ...]:
    return tuple(record for record in publication.edition.records if record != leaving)
