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
    assert count.thinned > 0
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


@pytest.mark.parametrize(
    ("gone", "is_lost"),
    [(set(), True), ({"/library/doc/7"}, True), ({"/library/doc/7", "/library/doc/8"}, False)],
    ids=["all_links_answer", "half_are_gone", "all_are_gone"],
)
def test_the_ledger_takes_a_list_for_cut_rather_than_shorter_when(
    gone: set[str], is_lost: bool
) -> None:
    publication = Publication("library", Read.LISTING, "7", 6, 8)
    ledger = Ledger(publication, "http://x", confirm=2)
    first, second = _capture(publication, 0), _capture(publication, 1)
    assert [*ledger.expect([first, second], [], set(), set(), is_complete=True)] == []

    links = {f"http://x{link}" for link in gone}

    assert ledger.has_lost_pages([first], links) == is_lost
    assert not ledger.has_lost_pages([first, second], links)


@pytest.mark.parametrize(
    ("leaving", "place", "pushed"), [(7, 0, {8}), (3, 0, set()), (7, 4, set())]
)
def test_the_ledger_knows_an_item_as_pushed_off_only_from_the_end_by_a_new_one_at_the_head(
    leaving: int, place: int, pushed: set[int]
) -> None:
    publication = Publication("library", Read.LISTING, "7", 9, 8)
    ledger = Ledger(publication, "http://x", confirm=2)
    assert _expected(ledger, publication, set()) == []
    records = list(_without(publication, publication.edition.records[leaving]))
    records.insert(place, publication.fresh())

    publication.publish(replace(publication.edition, records=tuple(records)))
    _expected(ledger, publication, set())

    assert ledger.pushed_off == pushed


def _expected(ledger: Ledger, publication: Publication, gone: set[str]) -> list[Entry]:
    capture, during = _capture(publication, 0), [publication.edition]
    return [*ledger.expect([capture], during, gone, set(), is_complete=True)]


def _capture(publication: Publication, page: int) -> Capture:
    payload = publication.print_page(page, 0) or b""
    return Capture(
        url=f"http://x/library?page={page}",
        final_url=f"http://x/library?page={page}",
        captured_at=START,
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
    )


def _without(publication: Publication, leaving: Record) -> tuple[Record, ...]:
    return tuple(record for record in publication.edition.records if record != leaving)
