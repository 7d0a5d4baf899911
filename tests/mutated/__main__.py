"""``python -m tests.mutated``: detection on many damaged pages, with counts."""

import argparse
import os
import sys
import tarfile
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from listed import PAGES, page  # noqa: E402

from mutated.detecting import detecting  # noqa: E402

DATA = Path(os.environ.get("REWORDED_DATA", TESTS.parents[1] / "shared" / "data"))
# Real pages of which one in so many is damaged too, and their size at most.
ONE_IN = 4
LONGEST = 120_000


def main() -> int:
    """Return 1 when detection ended in anything but a recipe or a named error."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutated", description=__doc__)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    told = detecting([*map(page, PAGES.values()), *real_pages()], asked.pages, asked.seed)
    for fault in told.faults[:20]:
        print(fault)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in told.kinds.most_common())
    print(f"{asked.pages:,} damaged pages: {kinds}; {len(told.faults)} faults")
    print(f"the slowest took {told.slowest_s:.2f} s of CPU")
    return 1 if told.faults else 0


def real_pages() -> list[bytes]:
    """Some pages of the court listings, where they are at hand."""
    stored = DATA / "court_listings" / "html.tar.xz"
    if not stored.exists():
        return []
    with tarfile.open(stored) as archive:
        members = sorted((m for m in archive if m.isfile()), key=lambda m: m.name)
        short = [m for m in members if m.size <= LONGEST][::ONE_IN]
        return [file.read() for m in short if (file := archive.extractfile(m))]


if __name__ == "__main__":
    sys.exit(main())
