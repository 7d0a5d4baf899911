"""The benchmark: ``python -m benchmarks [SECTION …] [--quick]``, or ``make bench``."""

from argparse import ArgumentParser

from benchmarks import (
    comparison,
    crawl,
    detection,
    matching,
    report,
    room,
    scale,
    storage,
    wordings,
)
from crawler.cli import collect_rarely

SECTIONS = {
    "comparison": comparison.run,
    "crawl": crawl.run,
    "detection": detection.run,
    "matching": matching.run,
    "report": report.run,
    "storage": storage.run,
    "scale": scale.run,
    "serve": room.run,
    "wordings": wordings.run,
}


def main() -> None:
    """Run the sections that were named, or all, in order."""
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="|".join(SECTIONS), help="default: all")
    parser.add_argument("--quick", action="store_true", help="fewer pages, fewer repetitions")
    parser.add_argument("--full", action="store_true", help="scale: ten years of visits")
    parser.add_argument("--payloads", action="store_true", help="scale: one listing's pages, too")
    told = parser.parse_args()
    if unknown := set(told.sections) - SECTIONS.keys():
        parser.error(f"there is no section {', '.join(sorted(unknown))}")
    # As the program does.
    collect_rarely()
    for name, run in SECTIONS.items():
        if name in (told.sections or SECTIONS):
            further = {"is_full": told.full, "is_with_payloads": told.payloads}
            run(is_quick=told.quick, **(further if run is scale.run else {}))


if __name__ == "__main__":
    main()
