"""What comparing two pages costs: make pages, time our steps and the peers on them, print it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks import pages, table, texts
from benchmarks.measure import command_cpu_s, guarded_cpu_s
from benchmarks.peers import Peer, peers
from benchmarks.steps import Pair, costs
from benchmarks.table import Cost, Estimated, Row
from crawler.cli import collect_rarely

SEED = 2025
SIZES = (10, 100, 1_000, 10_000)
# A run has kept another source's page, of so many items, before each.
OTHER_ITEMS = 10
# Our own steps are repeated until they have cost so much CPU, or so often.
BUDGET_S, MOST_REPEATS = 3.0, 200
# A peer that would cost more is not run, and one that does is stopped.
PEER_CAP_S = 10.0


class Scenario(NamedTuple):
    """What happens to a listing between two visits, and the markup it has afterwards."""

    title: str
    edit: texts.Edition
    markup: pages.Markup


SCENARIOS = (
    Scenario(
        "few changes: 2% of the items reworded, one added, one removed",
        texts.few_changes,
        pages.drupal,
    ),
    Scenario(
        "total redesign: all markup and all links new, 5% of the items retitled and reworded",
        texts.redesign,
        pages.design_system,
    ),
)


def run(*, is_quick: bool) -> None:
    """Measure, and print each table as soon as it is there; quickly, up to 1,000 items.

    Our own steps run in this process, with garbage looked for as seldom as in the command.
    """
    collect_rarely()
    _say(table.heading())
    sizes = SIZES[:-1] if is_quick else SIZES
    measured = [_measured(scenario, sizes) for scenario in SCENARIOS]
    _say(f"\n{table.headline(measured[0], first_s=_first_s(SCENARIOS[0]))}")
    _say(table.startup(command_cpu_s([str(Path(sys.executable).with_name("reworded")), "--help"])))


def rows(scenario: Scenario, sizes: Sequence[int], *, budget_s: float, cap_s: float) -> list[Row]:
    """Return what pages of each size cost, smallest first."""
    measured: list[Row] = []
    before = _pair(scenario, OTHER_ITEMS)
    for items in sizes:
        pair = _pair(scenario, items)
        beside = {p.name: _peer_cost(p, items, pair, measured, cap_s) for p in peers()}
        with TemporaryDirectory() as folder:
            ours = costs(Path(folder), pair, before=before, budget_s=budget_s, most=MOST_REPEATS)
        size = len(pair.new)
        measured.append(Row(items=items, payload_bytes=size, ours=ours, peers=beside))
    return measured


def _first_s(scenario: Scenario) -> float:
    """What the headline's page costs when it is the first of a run."""
    pair = _pair(scenario, table.HEADLINE_ITEMS)
    with TemporaryDirectory() as folder:
        ours = costs(Path(folder), pair, budget_s=BUDGET_S, most=MOST_REPEATS)
    return float(median(map(sum, zip(*ours[:3], strict=True))))


def _measured(scenario: Scenario, sizes: Sequence[int]) -> list[Row]:
    measured = rows(scenario, sizes, budget_s=BUDGET_S, cap_s=PEER_CAP_S)
    _say(table.scenario(scenario.title, measured))
    return measured


def _pair(scenario: Scenario, items: int) -> Pair:
    language = texts.Language(SEED)
    listed = texts.publications(items, language)
    old, new = pages.drupal(listed), scenario.markup(scenario.edit(listed, language))
    return Pair(old.encode(), new.encode())


def _peer_cost(peer: Peer, items: int, pair: Pair, smaller: Sequence[Row], cap_s: float) -> Cost:
    expected_s = _expected_s(peer, items, smaller)
    if expected_s is not None and expected_s > cap_s:
        return Estimated(expected_s)
    return guarded_cpu_s(peer.compare, pair.old.decode(), pair.new.decode(), cap_s=cap_s)


def _expected_s(peer: Peer, items: int, smaller: Sequence[Row]) -> float | None:
    """What a peer would cost by its growth over the two largest pages that it was run on."""
    known = [(r.items, c) for r in smaller if isinstance(c := r.peers[peer.name], float)]
    if len(known) < 2:
        return None
    (size, cost_s), power = known[-1], table.exponent(known[-2:])
    return float(cost_s * (items / size) ** power)


def _say(text: str) -> None:
    print(text, flush=True)
