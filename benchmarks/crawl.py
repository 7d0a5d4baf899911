"""What watching pages costs: this program beside its peers, on the same pages and server."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import crawl_table, inside, texts
from benchmarks.crawl_table import Figures, Inside
from benchmarks.site import Page, Site
from benchmarks.trackers import OURS, Tracker, Use, peers, use_of

ITEMS = 10
HOSTS = (1, 20, 100)
# A page that lost an item costs more: a program may ask after what is missing.
CHANGES = {
    crawl_table.CHANGED_10: (10, texts.additions),
    crawl_table.CHANGED_100: (100, texts.additions),
    crawl_table.LOST_10: (10, texts.few_changes),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many pages are watched, and how often each run is repeated.

    A page's cost is the difference between a run over many and one over few, by the
    difference in pages; what a run costs whatever it visits falls out.
    """

    few: int
    many: int
    few_changed: int
    many_changed: int
    repeats: int


FULL = Plan(few=100, many=1_000, few_changed=10, many_changed=60, repeats=5)
QUICK = Plan(few=100, many=300, few_changed=10, many_changed=40, repeats=3)


class UnlikeError(Exception):
    """A program did not do what was to be measured."""


def run(*, is_quick: bool) -> None:
    """Measure every program that is installed, and print one table."""
    plan = QUICK if is_quick else FULL
    with Site() as site, TemporaryDirectory() as folder:
        measured = [
            figures(each, site, Path(folder), plan, HOSTS if each is OURS else HOSTS[:1])
            for each in (OURS, *peers())
        ]
        within = insides(site, Path(folder), plan)
    print(crawl_table.told(measured, within, plan.repeats), flush=True)


def figures(
    tracker: Tracker, site: Site, folder: Path, plan: Plan, hosts: Sequence[int]
) -> Figures:
    """Return all that is measured of one program."""
    most = min(plan.many, tracker.most_pages)
    unchanged: dict[int, float] = {}
    connections: dict[int, int] = {}
    for count in hosts:
        _remark(f"{tracker.name}: {most} unchanged pages, hosts: {count}")
        many, few = _watched(tracker, site, folder, (most, plan.few), hosts=count)
        small, large = _unchanged(few, many, site, plan.repeats)
        unchanged[count] = _per_page(few, small, many, large)
        if count == hosts[0]:
            run_s, run_peak = median(u.cpu_s for u in small), median(u.peak_bytes for u in small)
        connections[count] = many.connections
        peak = max(many.first.peak_bytes, median(u.peak_bytes for u in large))
    return Figures(
        name=tracker.name,
        unchanged_s=unchanged,
        changed_s={
            name: _changed_s(tracker, site, folder, plan, items, edit)
            for name, (items, edit) in CHANGES.items()
        },
        run_pages=plan.few,
        run_s=run_s,
        run_peak_bytes=int(run_peak),
        connections=connections,
        many_pages=most,
        many_peak_bytes=int(peak),
    )


def insides(site: Site, folder: Path, plan: Plan) -> Inside:
    """Return what an unchanged page costs us without the program around the visit."""
    _remark("in this process")
    watched = site.pages(plan.few, items=ITEMS)
    told = Inside(
        visit_s=inside.visits_s(folder / "visits", watched, plan.repeats),
        fetch_s=inside.fetches_s(folder / "fetches", watched, plan.repeats),
        bare_s=inside.bare_s(watched, plan.repeats),
    )
    site.tally()
    return told


@dataclass(slots=True)
class Watch:
    """A program set up to watch some pages, which it has seen once."""

    tracker: Tracker
    site: Site
    folder: Path
    pages: Sequence[Page]
    command: list[str] = field(init=False)
    first: Use = field(init=False)
    connections: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.command = self.tracker.set_up(self.folder, self.pages)
        self.first = self.visit(fresh=True, reports=None)

    def visit(self, *, fresh: bool, reports: bool | None) -> Use:
        """Run the program once; make sure that it asked for every page and told the truth.

        ``reports`` says whether every page must be reported, or none (None: never mind).

        Raises:
            UnlikeError: pages were not asked for once each, answered otherwise, or not told.
        """
        self.site.tally()
        used = use_of(self.command, self.folder)
        tally = self.site.tally()
        self.connections = tally.connections
        answers = (tally.fresh, tally.unmodified)
        count = len(self.pages)
        named = set(re.findall(r"\bpage-\d+\b", used.output))
        expected = count if reports else 0
        if answers != ((count, 0) if fresh else (0, count)):
            raise UnlikeError(f"{self.tracker.name}: {tally} for {count} pages\n{_end(used)}")
        if reports is not None and len(named) != expected:
            told = f"told of {len(named)} pages, not {expected}"
            raise UnlikeError(f"{self.tracker.name}: {told}\n{_end(used)}")
        return used


def _watched(
    tracker: Tracker,
    site: Site,
    folder: Path,
    counts: Sequence[int],
    *,
    items: int = ITEMS,
    hosts: int = 1,
) -> list[Watch]:
    made = len(list(folder.iterdir()))
    return [
        Watch(tracker, site, folder / f"{made + n}", site.pages(count, items=items, hosts=hosts))
        for n, count in enumerate(counts)
    ]


def _unchanged(few: Watch, many: Watch, site: Site, repeats: int) -> tuple[list[Use], list[Use]]:
    pairs = [
        (few.visit(fresh=False, reports=False), many.visit(fresh=False, reports=False))
        for _ in range(repeats)
    ]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _changed_s(
    tracker: Tracker, site: Site, folder: Path, plan: Plan, items: int, edit: texts.Edition
) -> float:
    _remark(f"{tracker.name}: {plan.many_changed} changed pages of {items} items")
    counts = (plan.few_changed, plan.many_changed)
    few, many = _watched(tracker, site, folder, counts, items=items)
    small, large = [], []
    for _ in range(plan.repeats):
        site.publish(edit)
        small.append(few.visit(fresh=True, reports=True))
        large.append(many.visit(fresh=True, reports=True))
    return _per_page(few, small, many, large)


def _per_page(few: Watch, small: Sequence[Use], many: Watch, large: Sequence[Use]) -> float:
    more_s = median(u.cpu_s for u in large) - median(u.cpu_s for u in small)
    return more_s / (len(many.pages) - len(few.pages))


def _end(used: Use) -> str:
    return f"exit code {used.exit_code}\n{used.output[-1000:]}\n{used.errors[-2000:]}"


def _remark(text: str) -> None:
    print(f"  {text} …", file=sys.stderr, flush=True)
