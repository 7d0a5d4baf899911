"""What watching pages costs, as one table: ours, the peers with ratios, what is required."""

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import cpu_count
from typing import NamedTuple

CHANGED_10 = "changed page of 10 items"
CHANGED_100 = "changed page of 100 items"
LOST_10 = "changed page of 10 items, one removed"
# How many times less than a peer's an unchanged page must cost.
TIMES_LESS = {"urlwatch": 4.0, "webchanges": 60.0}
NO_DEARER_THAN = "urlwatch"
RUN_S, RUN_BYTES, MANY_BYTES = 0.25, 60_000_000, 200_000_000
# Growth with connections below this is noise.
MOST_GROWTH = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one program used, as medians.

    ``unchanged_s`` and ``connections``, those that a run over ``many_pages`` opened, are by
    the number of hosts; ``many_peak_bytes`` is for the most hosts, and of the run that
    took more memory, the first one or one over unchanged pages.
    """

    name: str
    unchanged_s: Mapping[int, float]
    changed_s: Mapping[str, float]
    run_pages: int
    run_s: float
    run_peak_bytes: int
    connections: Mapping[int, int]
    many_pages: int
    many_peak_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """An unchanged page without the program around it: a visit, a fetch, http.client alone."""

    visit_s: float
    fetch_s: float
    bare_s: float


class _Line(NamedTuple):
    """One row: what was measured of each program, written how, and what is required of us."""

    what: str
    values: Sequence[float | None]
    write: Callable[[float], str]
    required: str = ""


def told(measured: Sequence[Figures], within: Inside, repeats: int) -> str:
    """Return the table; the first of the figures are ours."""
    names = [each.name for each in measured]
    head = ["", *names, "required"]
    body = [_cells(line, len(names)) for line in lines(measured, within)]
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    rows = [_row(cells, widths) for cells in (head, *body)]
    return "\n".join(["", _heading(repeats), "", *rows, *_absent(names)])


def lines(measured: Sequence[Figures], within: Inside) -> list[_Line]:
    """Return the table's rows, from an unchanged page to a run over many."""
    return [
        *_unchanged_lines(measured),
        _Line("  visit() in one process", [within.visit_s], _ms),
        _Line("  fetch() in one process", [within.fetch_s], _ms),
        _Line("  http.client alone", [within.bare_s], _ms),
        *_changed_lines(measured),
        *_run_lines(measured),
    ]


def _unchanged_lines(measured: Sequence[Figures]) -> Iterator[_Line]:
    ours = measured[0]
    first, *more = sorted(ours.unchanged_s)
    costs = [m.unchanged_s[first] for m in measured]
    yield _Line("unchanged page of 10 items (304)", costs, _ms, _less(measured))
    yield _connections(measured, first)
    for hosts in more:
        costs_there = [m.unchanged_s.get(hosts) for m in measured]
        yield _Line(f"  on {hosts} hosts", costs_there, _ms, _growth(ours, hosts))
        yield _connections(measured, hosts)


def _connections(measured: Sequence[Figures], hosts: int) -> _Line:
    """A connection is kept when a run opens one a host; those that it opens are per page."""
    opened = [
        m.connections[hosts] / m.many_pages if hosts in m.connections else None for m in measured
    ]
    ours = measured[0]
    kept = _met(f"one a host, is {ours.connections[hosts]}", ours.connections[hosts] <= hosts)
    return _Line("    connections opened a page", opened, _plain, kept)


def _changed_lines(measured: Sequence[Figures]) -> Iterator[_Line]:
    for name in measured[0].changed_s:
        costs = [m.changed_s[name] for m in measured]
        yield _Line(name, costs, _ms, _no_dearer(measured, name))


def _run_lines(measured: Sequence[Figures]) -> Iterator[_Line]:
    ours = measured[0]
    few, many = f"run over {ours.run_pages} unchanged", f"run over {ours.many_pages:,} sources"
    within = _within(ours.run_s, RUN_S, _seconds)
    yield _Line(f"{few}, CPU", [m.run_s for m in measured], _seconds, within)
    within = _within(ours.run_peak_bytes, RUN_BYTES, _megabytes)
    yield _Line(f"{few}, memory", [m.run_peak_bytes for m in measured], _megabytes, within)
    peaks = [m.many_peak_bytes if m.many_pages == ours.many_pages else None for m in measured]
    within = _within(ours.many_peak_bytes, MANY_BYTES, _megabytes)
    yield _Line(f"{many}, memory", peaks, _megabytes, within)


def _heading(repeats: int) -> str:
    return (
        f"watching pages: CPU (user and system) and peak memory of each program's process, medians "
        f"of {repeats};\nPython {platform.python_version()}, {platform.machine()}, "
        f"{cpu_count()} cores; in brackets: how many times ours"
    )


def _cells(line: _Line, programs: int) -> list[str]:
    ours, *others = line.values
    assert ours is not None
    beside = [f"{line.write(v)} ({_times(v / ours)})" if v is not None else "–" for v in others]
    absent = ["–"] * (programs - len(line.values))
    return [line.what, line.write(ours), *beside, *absent, line.required]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Names and requirements begin on the left of their columns, figures end on the right."""
    first, *figures, last = map(str.rjust, cells, widths)
    return "  ".join([cells[0].ljust(len(first)), *figures, last.lstrip()]).rstrip()


def _absent(names: Sequence[str]) -> list[str]:
    return [
        f"{name} is not installed: `make bench` makes .venv-peers"
        for name in TIMES_LESS
        if name not in names
    ]


def _less(measured: Sequence[Figures]) -> str:
    first = min(measured[0].unchanged_s)
    ours_s = measured[0].unchanged_s[first]
    return ", ".join(
        _met(f"{m.name} ≥ {least:g}×", m.unchanged_s[first] / ours_s >= least)
        for m in measured
        if (least := TIMES_LESS.get(m.name))
    )


def _no_dearer(measured: Sequence[Figures], change: str) -> str:
    if change == LOST_10:
        return ""
    ours_s = measured[0].changed_s[change]
    return ", ".join(
        _met(f"{m.name} ≥ 1×", m.changed_s[change] >= ours_s)
        for m in measured
        if m.name == NO_DEARER_THAN
    )


def _growth(ours: Figures, hosts: int) -> str:
    grown = ours.unchanged_s[hosts] / ours.unchanged_s[min(ours.unchanged_s)]
    return _met(f"≤ {MOST_GROWTH:g} of one host's, is {grown:.2f}", grown <= MOST_GROWTH)


def _within(value: float, most: float, write: Callable[[float], str]) -> str:
    return _met(f"≤ {write(most)}", value <= most)


def _met(required: str, is_met: bool) -> str:
    return f"{required}: {'met' if is_met else 'MISSED'}"


def _ms(seconds: float) -> str:
    value = seconds * 1000
    return f"{value:.2f} ms" if value < 10 else f"{value:.1f} ms"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _megabytes(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


def _plain(value: float) -> str:
    return f"{value:.2f}"


def _times(ratio: float) -> str:
    return f"{ratio:.2f}×" if ratio < 10 else f"{ratio:.1f}×" if ratio < 100 else f"{ratio:.0f}×"
