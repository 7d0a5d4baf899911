"""Who is paired with whom when several pairings compete: the heaviest assignment as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

# A component with more edges than this is solved by regret, in near-linear time.
MOST_EDGES_SOLVED = 20_000


class Edge(NamedTuple):
    """A pairing that is possible: how much speaks for it (more than 0), and its two sides."""

    weight: float
    old: int
    new: int


def assigned(edges: Iterable[Edge]) -> list[Edge]:
    """Return the edges of the heaviest one-to-one assignment, each place at most once.

    Each connected component is solved on its own: exactly, by shortest augmenting paths;
    only one of thousands of edges is solved greedily, by regret. Of edges between the
    same two places the first counts. Equal weights are decided by the order of the places.

    Source: R. Jonker and A. Volgenant, Computing 38 (1987), here on a sparse graph; an
    old place that is better left alone goes to a place of its own, of no weight.
    """
    chosen: list[Edge] = []
    for component in _components(edges):
        if len(component) == 1:
            chosen += component
        elif len(component) <= MOST_EDGES_SOLVED:
            chosen += _Solver(component).solve()
        else:
            chosen += by_regret(component)
    return sorted(chosen, key=lambda edge: (edge.old, edge.new))


def by_regret(edges: Sequence[Edge]) -> list[Edge]:
    """Return an assignment in which those go first that would lose most by their second best."""
    of_old = _by_side(edges, "old")
    queue: list[tuple[float, float, int, int]] = []
    taken: set[int] = set()
    chosen = []
    for old in of_old:
        _push(queue, of_old, old, taken)
    while queue:
        regret, weight, old, new = heappop(queue)
        if new not in taken and (regret, weight) == _regret(of_old[old], taken):
            taken.add(new)
            chosen.append(Edge(-weight, old, new))
        else:
            _push(queue, of_old, old, taken)
    return chosen


def _push(
    queue: list[tuple[float, float, int, int]],
    of_old: Mapping[int, list[Edge]],
    old: int,
    taken: set[int],
) -> None:
    free = [edge for edge in of_old[old] if edge.new not in taken]
    if free:
        of_old[old][:] = free
        regret, weight = _regret(free, taken)
        heappush(queue, (regret, weight, old, free[0].new))


def _regret(edges: Sequence[Edge], taken: set[int]) -> tuple[float, float]:
    """What is lost by the second best, and the best: negative, so that the most comes first."""
    weights = [edge.weight for edge in edges if edge.new not in taken]
    if not weights:
        return 0.0, 0.0
    second = weights[1] if len(weights) > 1 else 0.0
    return second - weights[0], -weights[0]


def _by_side(edges: Iterable[Edge], side: str) -> dict[int, list[Edge]]:
    """Edges by the place on one side, the heaviest first."""
    of_place: dict[int, list[Edge]] = defaultdict(list)
    for edge in sorted(edges, key=lambda e: (-e.weight, abs(e.old - e.new), e.old, e.new)):
        of_place[getattr(edge, side)].append(edge)
    return dict(of_place)


def _components(edges: Iterable[Edge]) -> Iterator[list[Edge]]:
    """Yield the edges that hang together, component by component."""
    distinct: dict[tuple[int, int], Edge] = {}
    for edge in edges:
        distinct.setdefault((edge.old, edge.new), edge)
    of_old, of_new = (_by_side(distinct.values(), side) for side in ("old", "new"))
    seen: set[int] = set()
    for start in of_old:
        if start in seen:
            continue
        seen.add(start)
        component, waiting = [], [start]
        while waiting:
            mine = of_old[waiting.pop()]
            component += mine
            # A new place is walked through once: its edges are taken out.
            met = {edge.old for one in mine for edge in of_new.pop(one.new, ())} - seen
            seen |= met
            waiting += sorted(met)
        yield component


class _Solver:
    """One component, solved exactly. Costs are weights negated; prices keep them comparable."""

    def __init__(self, component: Sequence[Edge]) -> None:
        # To be left alone is a place of one's own, of no weight.
        alone = [Edge(0.0, old, -1 - old) for old in dict.fromkeys(e.old for e in component)]
        self.of_old = _by_side([*component, *alone], "old")
        self.price: dict[int, float] = defaultdict(float)
        self.holder: dict[int, Edge] = {}
        self.held: dict[int, int] = {}

    def solve(self) -> list[Edge]:
        """Return the edges of the heaviest assignment."""
        for old in self.of_old:
            self._place(old)
        return [edge for edge in self.holder.values() if edge.new >= 0]

    def _place(self, old: int) -> None:
        """Place one more, by the cheapest way on which each takes the place of the next."""
        cost: dict[int, float] = {}
        came: dict[int, Edge] = {}
        settled: dict[int, float] = {}
        queue: list[tuple[float, int, int]] = []
        self._reach(old, 0.0, cost, came, queue, settled)
        while True:
            spent, _, new = heappop(queue)
            if new in settled:
                continue
            if new not in self.holder:
                break
            settled[new] = spent
            edge = self.holder[new]
            base = spent + edge.weight + self.price[new]
            self._reach(edge.old, base, cost, came, queue, settled)
        for place, reached in settled.items():
            self.price[place] += reached - spent
        self._move(old, new, came)

    def _reach(
        self,
        old: int,
        base: float,
        cost: dict[int, float],
        came: dict[int, Edge],
        queue: list[tuple[float, int, int]],
        settled: Mapping[int, float],
    ) -> None:
        for edge in self.of_old[old]:
            spent = base - edge.weight - self.price[edge.new]
            # A rounding must not reopen what is settled: the way back would run in a circle.
            if edge.new not in settled and spent < cost.get(edge.new, inf):
                cost[edge.new], came[edge.new] = spent, edge
                heappush(queue, (spent, abs(edge.old - edge.new), edge.new))

    def _move(self, old: int, new: int, came: Mapping[int, Edge]) -> None:
        """Give the free place at the way's end to who came to it, and so on back to the first."""
        while True:
            edge = came[new]
            before = self.held.get(edge.old)
            self.holder[new], self.held[edge.old] = edge, new
            if edge.old == old or before is None:
                return
            new = before
