"""What was measured, as lines of text: costs, ratios, exponents, and what is required."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from os import cpu_count
from statistics import linear_regression, median

from benchmarks.measure import Failed, Stopped
from benchmarks.steps import Costs

LARGEST_EXPONENT = 1.15
HEADLINE_ITEMS, HEADLINE_MS = 100, 4.0
STARTUP_MS = 150.0
EXPONENT_SIZES = (100, 10_000)
STEPS = ("extract", "compare", "store", "whole")


@dataclass(frozen=True, slots=True)
class Estimated:
    """What a comparison that was not run would cost, by its growth on smaller pages."""

    cost_s: float


Cost = float | Failed | Stopped | Estimated


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One size of page: how large, what our steps cost, and what each peer costs."""

    items: int
    payload_bytes: int
    ours: Costs
    peers: Mapping[str, Cost]

    def cost_s(self, step: str) -> float:
        """The median of a step; "whole" is the median of the steps' sums."""
        if step == "whole":
            return float(median(map(sum, zip(*self.ours[:3], strict=True))))
        return float(median(getattr(self.ours, step)))


def heading() -> str:
    """Return what was run, and on what."""
    return (
        f"CPU per page in ms (user and system, medians); Python {platform.python_version()}, "
        f"{platform.machine()}, {cpu_count()} cores"
    )


def scenario(title: str, rows: Sequence[Row]) -> str:
    """Return a scenario's table, with its notes and exponents."""
    names = list(rows[0].peers)
    head = ["items", "payload", *STEPS, "changes", *names]
    body = [_cells(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    lines = ["  ".join(map(str.rjust, cells, widths)).rstrip() for cells in (head, *body)]
    return "\n".join(["", title, "", *lines, *_notes(rows), *_exponents(rows)])


def headline(rows: Sequence[Row], *, first_s: float) -> str:
    """Return whether a changed page of 100 items costs as little as is required, if measured.

    ``first_s`` is what it costs, in seconds, as the first page of a run.
    """
    for row in rows:
        if row.items == HEADLINE_ITEMS:
            told = _required(row.cost_s("whole") * 1000, HEADLINE_MS, "ms")
            size = f"{row.payload_bytes / 1000:.0f} KB"
            return (
                f"a changed page of {row.items} items ({size}), payload to stored changes: {told}"
                f"\nthe same as the first page of a run: {first_s * 1000:.2f} ms"
            )
    return f"a changed page of {HEADLINE_ITEMS} items: not run"


def startup(cost_s: float) -> str:
    """Return whether ``reworded --help`` costs as little as is required."""
    return f"reworded --help, CPU of the process: {_required(cost_s * 1000, STARTUP_MS, 'ms')}"


def exponent(costs: Sequence[tuple[int, float]]) -> float:
    """Return the power of its size that a cost grows with: the slope through all (size, cost)."""
    sizes, seconds = zip(*costs, strict=True)
    return float(linear_regression([*map(log, sizes)], [*map(log, seconds)]).slope)


def _cells(row: Row) -> list[str]:
    whole = row.cost_s("whole")
    ours = [_ms(row.cost_s(step)) for step in STEPS]
    peers = [_beside(cost, whole) for cost in row.peers.values()]
    size = f"{row.payload_bytes / 1000:,.0f} KB"
    return [f"{row.items:,}", size, *ours, f"{row.ours.changes:,}", *peers]


def _beside(cost: Cost, whole_s: float) -> str:
    if isinstance(cost, Failed):
        return cost.reason
    if isinstance(cost, Stopped):
        return f">{_ms(cost.cap_s)} (>{_times(cost.cap_s / whole_s)})"
    if isinstance(cost, Estimated):
        return f"~{_ms(cost.cost_s)} ({_times(cost.cost_s / whole_s)})*"
    return f"{_ms(cost)} ({_times(cost / whole_s)})"


def _notes(rows: Sequence[Row]) -> list[str]:
    costs = [cost for row in rows for cost in row.peers.values()]
    notes = {
        Estimated: "* not run: estimated from its growth on the smaller pages",
        Stopped: "> stopped at the cap, without an answer",
    }
    return [note for kind, note in notes.items() if any(isinstance(c, kind) for c in costs)]


def _exponents(rows: Sequence[Row]) -> list[str]:
    """The growth over all sizes, and, for it is the steepest part, over the largest alone."""
    if not {row.items for row in rows}.issuperset(EXPONENT_SIZES):
        return []
    large = [row for row in rows if row.items >= EXPONENT_SIZES[0]]
    grown, steepest = _grown(rows), _grown(large)
    met = _required(max(grown.values()), LARGEST_EXPONENT, "")
    return [
        f"exponent of our growth over all sizes: {_powers(grown)}; the largest: {met}",
        f"from {large[0].items:,} items on: {_powers(steepest)}",
    ]


def _grown(rows: Sequence[Row]) -> dict[str, float]:
    return {step: exponent([(row.items, row.cost_s(step)) for row in rows]) for step in STEPS}


def _powers(grown: Mapping[str, float]) -> str:
    return ", ".join(f"{step} {power:.2f}" for step, power in grown.items())


def _required(value: float, most: float, unit: str) -> str:
    spaced = f" {unit}" if unit else ""
    verdict = "met" if value <= most else "MISSED"
    return f"{value:.2f}{spaced} (at most {most:g}{spaced}: {verdict})"


def _ms(seconds: float) -> str:
    value = seconds * 1000
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def _times(ratio: float) -> str:
    return f"{ratio:.2f}×" if ratio < 10 else f"{ratio:,.0f}×"
