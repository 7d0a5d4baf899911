"""CPU time: of work repeated in this process, of work that may not end, of a command."""

import gc
import resource
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from time import process_time

FEWEST_REPEATS = 3
COMMAND_RUNS = 10


@dataclass(frozen=True, slots=True)
class Failed:
    """A measurement that gave no time, with the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A measurement that was ended after so many seconds: it costs more than that."""

    cap_s: float


def repeats(
    work: Callable[[], Sequence[float]], *, budget_s: float, most: int
) -> list[list[float]]:
    """Return, part by part, what work says that its parts cost, over many repetitions.

    Work is repeated until its own CPU comes to the budget, at least three times; a first
    repetition, which fills caches of code, does not count.
    """
    work()
    told: list[Sequence[float]] = []
    while len(told) < FEWEST_REPEATS or (len(told) < most and sum(map(sum, told)) < budget_s):
        gc.collect()
        told.append(work())
    return [list(part) for part in zip(*told, strict=True)]


def guarded_cpu_s(
    compare: Callable[[str, str], object], old: str, new: str, *, cap_s: float
) -> float | Failed | Stopped:
    """Return what a comparison costs, measured in a process that is ended at the cap."""
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(there, compare, old, new, cap_s), daemon=True)
    process.start()
    there.close()
    try:
        return _answer(here, cap_s)
    finally:
        process.kill()
        process.join()


def command_cpu_s(command: Sequence[str]) -> float:
    """Return what a command costs from start to end, user and system, as a median."""
    return median(_command_cpu_s(command) for _ in range(COMMAND_RUNS))


def _answer(here: Connection, cap_s: float) -> float | Failed | Stopped:
    # The first message says that the process has started and read the pages.
    try:
        here.recv()
        if not here.poll(cap_s):
            return Stopped(cap_s)
        told: float | Failed = here.recv()
    except EOFError:
        return Failed("ended without an answer")
    return told


def _tell(
    there: Connection, compare: Callable[[str, str], object], old: str, new: str, cap_s: float
) -> None:
    there.send("started")
    costs: list[float] = []
    try:
        while len(costs) < FEWEST_REPEATS and sum(costs) * 2 < cap_s:
            begun = process_time()
            compare(old, new)
            costs.append(process_time() - begun)
    except (RecursionError, MemoryError) as error:
        there.send(Failed(type(error).__name__))
        return
    there.send(median(costs))


def _command_cpu_s(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
