"""``python -m tests.soak``: the soak, the kill test and the replays, in full, with counts."""

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from snapshots.records import Read, Recipe  # noqa: E402
from soak.kill import KillCount, kill  # noqa: E402
from soak.replay import MEMBERS, Replayed, members, pages, replay  # noqa: E402
from soak.visits import CONFIRM, Count, soak  # noqa: E402

DATA = Path(os.environ.get("REWORDED_DATA", TESTS.parents[1] / "shared" / "data"))
MOST_SHOWN = 40


def main() -> int:
    """Run what is asked for; return 1 when anything was told wrongly, missed or lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--visits", type=int, default=0, help="visits to misbehaving sites")
    parser.add_argument("--sources", type=int, default=0, help="sources that they are spread over")
    parser.add_argument("--kills", type=int, default=0, help="runs that are killed")
    parser.add_argument("--replays", action="store_true", help="replay all captured pages")
    parser.add_argument("--confirm", type=int, default=CONFIRM, help="misses before a removal")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if not (asked.visits or asked.kills or asked.replays):
        parser.error("say what to do: --visits N, --kills N, --replays")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        faults = 0
        if asked.visits:
            archive = path / "soak.sqlite"
            count = soak(archive, asked.visits, asked.seed, asked.sources, confirm=asked.confirm)
            faults += _show(count)
        if asked.kills:
            faults += _show_kills(kill(path, asked.kills, asked.seed))
        if asked.replays:
            faults += _replays(path)
    return int(faults > 0)


def _show(count: Count) -> int:
    print(f"soak: seed {count.seed}, {count.visits} visits, {count.sources} sources,", end=" ")
    print(f"{count.requests} requests, {count.editions} editions, {count.seconds:.1f} s")
    print("  outcomes:", _told(count.outcomes))
    print(f"  {count.misbehaved.total()} answers misbehaved:", _told(count.misbehaved))
    print("  changes expected:", _told(count.audit.expected))
    print("  changes found:", _told(count.audit.found))
    print(f"  {count.accepted} sources accepted in the end, as they had become others unseen")
    print(f"  false removals {count.of('false removed')}, false others", end=" ")
    print(f"{count.of('false') - count.of('false removed')}, missed {count.of('missed')},", end=" ")
    print(f"other faults {count.of('believed', 'misjudged', 'rebuilt', 'damaged', 'unknown')}")
    return _show_faults(count.seed, count.faults)


def _show_kills(count: KillCount) -> int:
    print(f"kill -9: seed {count.seed}, {count.kills} runs, {count.seconds:.1f} s")
    print(f"  {count.unfinished} amid their visits,", end=" ")
    print(f"{count.without_archive} before there was an archive; {count.too_late} more", end=" ")
    print("ended too soon to be killed")
    lost = sum(fault.kind == "lost" for fault in count.faults)
    print(f"  {count.completed} visits told to be done, {lost} lost")
    print("  changes expected:", _told(count.audit.expected))
    print("  changes found:", _told(count.audit.found))
    return _show_faults(count.seed, count.faults)


def _replays(folder: Path) -> int:
    if not DATA.is_dir():
        print("replays: skipped, for ../shared/data is not here; REWORDED_DATA can name it")
        return 0
    (folder / "members").mkdir()
    (folder / "pages").mkdir()
    listing = replay(members(DATA), MEMBERS, folder / "members")
    texts = replay(pages(DATA), Recipe(read=Read.PAGE), folder / "pages")
    return _show_replay("nz_members", listing) + _show_replay("zambia_drupal", texts)


def _show_replay(name: str, found: Replayed) -> int:
    is_same = found.visited == found.imported
    print(f"replay of {name}: {found.visits} visits, {found.conditional} conditional,", end=" ")
    print(f"{found.not_modified} answered 304, {found.seconds:.1f} s")
    print("  outcomes:", _told(found.outcomes))
    print(f"  changes by visits {len(found.visited)}, by import {len(found.imported)},", end=" ")
    print("the same" if is_same else "NOT the same")
    for each in found.visited + found.imported:
        if (each in found.visited) != (each in found.imported):
            print(f"  {each}"[:300])
    return int(not is_same)


def _show_faults(seed: int, faults: Sequence[object]) -> int:
    print(f"  faults {len(faults)}")
    for fault in faults[:MOST_SHOWN]:
        print(f"  seed {seed}, {fault}"[:700])
    return len(faults)


def _told(counter: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counter.items()))


if __name__ == "__main__":
    sys.exit(main())
