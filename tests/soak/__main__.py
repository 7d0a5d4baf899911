"""``python -m tests.soak``: the soak, the kill test and the replays, in full, with counts."""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from soak.visits import Count, soak


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--visits", type=int, default=0, help="visits to misbehaving sites")
    parser.add_argument("--sources", type=int, default=0, help="sources that they are spread over")
    parser.add_argument("--kills", type=int, default=0, help="runs that are killed")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        if asked.visits:
            count = soak(Path(folder) / "soak.sqlite", asked.visits, asked.seed, asked.sources)
            show(count)
            faults += len(count.faults)
        if asked.kills:
            killed = kill(Path(folder), asked.kills, asked.seed)
            show_kills(killed)
            faults += len(killed.faults)
    return int(faults > 0)


def show(count: Count) -> None:
    """Print what a soak came to."""
    print(f"soak: seed {count.seed}, {count.visits} visits, {count.sources} sources,", end=" ")
    print(f"{count.requests} requests, {count.editions} editions, {count.seconds:.1f} s")
    print("  outcomes:", told(count.outcomes))
    print(f"  {count.misbehaved.total()} answers misbehaved:", told(count.misbehaved))
    print("  changes expected:", told(count.audit.expected), "found:", told(count.audit.found))
    print(f"  false removals {count.of('false removed')}, false others", end=" ")
    print(f"{count.of('false') - count.of('false removed')}, missed {count.of('missed')},", end=" ")
    print(f"other faults {count.of('believed', 'rebuilt', 'damaged', 'unknown')}")
    for fault in count.faults[:40]:
        print(f"  seed {count.seed}, {fault}"[:700])


def show_kills(count: KillCount) -> None:
    """Print what the kills came to."""
    print(f"kill -9: seed {count.seed}, {count.kills} runs, {count.seconds:.1f} s")
    print(f"  {count.unfinished} amid their visits, {count.too_late} too late,", end=" ")
    print(f"{count.without_archive} before there was an archive")
    print(f"  {count.completed} visits told to be done,", end=" ")
    print(f"{sum(fault.kind == 'lost' for fault in count.faults)} lost")
    print("  changes expected:", told(count.audit.expected), "found:", told(count.audit.found))
    print(f"  faults {len(count.faults)}")
    for fault in count.faults[:40]:
        print(f"  seed {count.seed}, {fault}"[:700])


def told(counter: object) -> str:
    pairs = sorted(dict(counter).items())  # type: ignore[call-overload]
    return ", ".join(f"{name} {number}" for name, number in pairs)


if __name__ == "__main__":
    sys.exit(main())
