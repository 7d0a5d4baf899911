"""What the judge finds: counts, faults, and the faults that are known and wait."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

# What the program does not tell yet, by fault or by pattern, and why. When one is mended, its
# test in tests/test_planted.py says so: take its line away.
EXPECTED_LATER: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Fault:
    """What was told wrongly or not at all: of a kind of change, a flag, or a term.

    ``patterns`` are those in which the item takes part at that snapshot.
    """

    kind: str
    about: str
    source: str
    snapshot: int
    detail: str
    patterns: frozenset[str] = frozenset()

    @property
    def is_expected(self) -> bool:
        """Whether it is known, and waits to be mended."""
        return bool({f"{self.kind} {self.about}", *self.patterns} & EXPECTED_LATER.keys())

    def __str__(self) -> str:
        return f"{self.kind} {self.about}: {self.source}, snapshot {self.snapshot}: {self.detail}"


@dataclass(slots=True)
class Tally:
    """One pattern's counts: how often planted, found, and told where it was not."""

    planted: int = 0
    found: int = 0
    false: int = 0

    @property
    def missed(self) -> int:
        return self.planted - self.found


@dataclass(slots=True)
class Verdict:
    """What the judge found: counts by pattern, faults, and how the planted terms ranked."""

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    faults: list[Fault] = field(default_factory=list)
    ranks: dict[str, int | None] = field(default_factory=dict)
    covered: dict[str, float] = field(default_factory=dict)
    best_by_chance: int | None = None
    pairs: int = 0
    told: Counter[str] = field(default_factory=Counter)

    @property
    def unexpected(self) -> list[Fault]:
        return [fault for fault in self.faults if not fault.is_expected]
