"""The soak in short: hundreds of visits, a third of whose answers misbehave."""

from collections import Counter
from pathlib import Path

import pytest
from soak.visits import soak

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
