"""``python -m tests.planted``: a corpus, imported and judged, with counts by pattern."""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from planted.corpus import FULL, corpus  # noqa: E402
from planted.judge import judge  # noqa: E402
from planted.printing import imported  # noqa: E402
from planted.verdict import Fault, Verdict  # noqa: E402

MOST_SHOWN = 10


def main() -> int:
    """Make, import and judge a corpus; return 1 when anything else is amiss than is known."""
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.add_argument("--items", type=int, default=FULL)
    parser.add_argument("--snapshots", type=int, default=50)
    parser.add_argument("--listings", type=int, default=6)
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = monotonic()
    made = corpus(asked.seed, asked.items, asked.snapshots, asked.listings, asked.pages)
    with tempfile.TemporaryDirectory() as folder:
        path = imported(made, Path(folder))
        verdict = judge(made, path)
    print(f"planted: seed {made.seed}, {made.items} items, {made.snapshots} snapshots,", end=" ")
    print(f"{len(made.histories)} sources, {made.chance} edits by chance,", end=" ")
    print(f"{monotonic() - began:.1f} s")
    show(verdict)
    return int(bool(verdict.unexpected))


def show(verdict: Verdict) -> None:
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(verdict.told.items()))
    print(f"  changes told: {told}")
    print(f"  {'pattern':24}{'planted':>8}{'found':>8}{'missed':>8}{'false':>8}")
    for name, tally in sorted(verdict.tallies.items()):
        counts = (tally.planted, tally.found, tally.missed, tally.false)
        print(f"  {name:24}" + "".join(f"{count:>8}" for count in counts))
    print(f"  of {verdict.pairs} pairs of phrases, the first by chance is", end=" ")
    print(f"{verdict.best_by_chance}th; the terms:")
    for name, rank in verdict.ranks.items():
        print(f"    {rank or 'missed'}: {name}, in {verdict.covered[name]:.0%} of its items")
    waiting = [fault for fault in verdict.faults if fault.is_expected]
    _show_faults("faults that are known", waiting, 1)
    _show_faults("faults", verdict.unexpected, MOST_SHOWN)


def _show_faults(name: str, faults: Sequence[Fault], most: int) -> None:
    """Print how many faults of each sort there are, and some of each."""
    print(f"  {name} {len(faults)}")
    kinds = Counter((fault.kind, fault.about) for fault in faults)
    for kind, count in sorted(kinds.items()):
        print(f"    {count} {' '.join(kind)}")
        for fault in [f for f in faults if (f.kind, f.about) == kind][:most]:
            print(f"      {fault}"[:400])


if __name__ == "__main__":
    sys.exit(main())
