"""What detection finds on pages whose records are known, and what it costs beside a parse."""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import process_time

from selectolax.lexbor import LexborHTMLParser

from benchmarks.scores import KIND, Score, Share, mean, pages_of, scores
from snapshots.errors import ExtractError
from snapshots.extract.charset import decode
from snapshots.extract.detect.detect import detect, detect_in
from snapshots.extract.html import parse
from snapshots.records import Read

LEAST, LEAST_FOUND = 0.9, 0.95
MOST_RATIO = 5.0
REPEATED, QUICK_REPEATED = 9, 3
# Folders of pages that are no listings, and those whose cost is measured as well.
NO_LISTS = ("terms_snapshots", "zambia_drupal")
FOLDERS = ("court_listings", "nz_members", *NO_LISTS)


def run(*, is_quick: bool) -> None:
    """Print how many records are found by site, the kinds told, and the cost."""
    folder = os.environ.get("REWORDED_DATA")
    if folder is None:
        print("\ndetection: not run, as REWORDED_DATA names no folder")
        return
    found = list(scores(Path(folder) / "court_listings"))
    print("\ndetection: records of court listings, without configuration\n")
    for line in (*table(found), "", *failures(found), ""):
        print(line)
    for name in NO_LISTS:
        print(f"{name}: {kinds(Path(folder) / name / 'html.tar.xz')}", flush=True)
    print("\nthe cost of detection, from the parsed page to its recipe\n")
    for name in FOLDERS:
        pages = list(pages_of(Path(folder) / name / "html.tar.xz"))
        chosen = pages[:: len(pages) // 20 + 1] if is_quick else pages
        ratios = [ratio(payload, QUICK_REPEATED if is_quick else REPEATED) for _, payload in chosen]
        print(f"{name}: {told_ratios([each for each in ratios if each])}", flush=True)


def table(found: Sequence[Score]) -> Iterator[str]:
    """Yield a line a site, and the means over pages."""
    heads = ("recall", "precision", "title", "held", "date")
    yield f"{'site':34}{'pages':>6}{'found':>6}" + "".join(f"{head:>10}" for head in heads)
    by_site: dict[str, list[Score]] = defaultdict(list)
    for each in found:
        by_site[each.site].append(each)
    for site, pages in sorted(by_site.items()):
        yield _line(site, pages)
    yield _line("mean over pages", found)


def _line(name: str, pages: Sequence[Score]) -> str:
    columns: list[list[Share]] = [
        [each.recall for each in pages],
        [each.precision for each in pages],
        [each.title for each in pages],
        [each.title_held for each in pages],
        [each.date for each in pages],
    ]
    cells = [f"{mean(c):10.3f}" if any(s is not None for s in c) else f"{'–':>10}" for c in columns]
    count = sum(each.is_found for each in pages)
    return f"{name[:33]:34}{len(pages):6}{count:6}{''.join(cells)}"


def failures(found: Sequence[Score]) -> Iterator[str]:
    """Yield a line for each page of which a share is below what is required."""
    for each in sorted(found, key=lambda s: (s.recall + s.precision, s.name)):
        asked = {"recall": each.recall, "precision": each.precision}
        asked |= {"title": each.title_held or 0.0} if each.title_held is not None else {}
        asked |= {"date": each.date} if each.date is not None else {}
        low = [
            f"{name} {share:.2f}"
            for name, share in asked.items()
            if share < (LEAST_FOUND if name in ("recall", "precision") else LEAST)
        ]
        if not each.is_found:
            yield f"missed: {each.name}"
        elif low:
            yield f"below: {each.name}: {', '.join(low)}"


def kinds(path: Path) -> str:
    """How many pages were told to be what."""
    told: Counter[str] = Counter()
    for _, payload in pages_of(path):
        try:
            told[detect(payload, url="https://x.gov/", content_type=KIND).recipe.read] += 1
        except ExtractError:
            told["refused"] += 1
    return ", ".join(f"{told[kind]} {kind}" for kind in (Read.LISTING, Read.PAGE, "refused"))


def ratio(payload: bytes, repeated: int) -> tuple[float, float] | None:
    """The cost of detection over that of a plain parse, and in seconds; None if it is refused."""
    text = decode(payload, KIND)
    try:
        document = parse(text)
        cost_s = least_s(lambda: detect_in(document, "https://x.gov/list"), repeated)
    except ExtractError:
        return None
    return cost_s / least_s(lambda: LexborHTMLParser(text), repeated), cost_s


def least_s(call: Callable[[], object], repeated: int) -> float:
    """The least CPU that a call took, in seconds."""
    took = []
    for _ in range(repeated):
        begun = process_time()
        call()
        took.append(process_time() - begun)
    return min(took)


def told_ratios(ratios: Sequence[tuple[float, float]]) -> str:
    """The median and the largest ratio, and how many are above what is required."""
    ordered = sorted(each for each, _ in ratios)
    over = sum(each > MOST_RATIO for each in ordered)
    slowest_s = max(cost_s for _, cost_s in ratios)
    whole = sum(cost_s for _, cost_s in ratios) / sum(cost_s / each for each, cost_s in ratios)
    return (
        f"{len(ordered)} pages, median {ordered[len(ordered) // 2]:.1f} times a parse, "
        f"largest {ordered[-1]:.1f}, all pages together {whole:.1f}; {over} above {MOST_RATIO:g}; "
        f"slowest {slowest_s * 1e3:.0f} ms"
    )
