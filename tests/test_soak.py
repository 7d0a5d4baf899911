"""The soak in short: hundreds of visits, a third of whose answers misbehave."""

from collections import Counter
from pathlib import Path

import pytest
from loopback import CONFIRM, crawler
from soak.ledger import audit
from soak.press import Press
from soak.publisher import Publication
from soak.visits import soak, source_of
from support import Watcher

from snapshots.records import Read

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
    counts = [soak(tmp_path / f"{number}.sqlite", 60, 3) for number in range(2)]

    first, again = [(c.outcomes, c.misbehaved, c.audit.found, c.editions) for c in counts]
    assert first == again
    assert first[1] != Counter()


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
    watcher.settings = crawler(retries=0)
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
