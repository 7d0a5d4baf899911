"""A run that is killed at any moment loses nothing that it had told to be done."""

from pathlib import Path

from soak.kill import kill

KILLS = 10


def test_killed_runs_lose_no_completed_visit_and_tell_the_right_changes(tmp_path: Path) -> None:
    count = kill(tmp_path, KILLS, seed=1)

    assert [f"seed 1, {fault}" for fault in count.faults] == []
    assert count.audit.found == count.audit.expected
    assert count.kills == KILLS
    assert count.completed > 0
    assert count.unfinished > 0
