"""How likely a pattern is by chance: exact tests, and a limit on false discoveries.

Pure arithmetic of counts; knows nothing of words.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from math import comb, exp, fsum, lgamma
from operator import mul

# Of the patterns called systematic, at most this share is expected to be chance.
FALSE_DISCOVERIES = 0.05
# Before anything is known, any phrase is taken to have so many equally likely replacements.
PRIOR_REPLACEMENTS = 20


def at_least(successes: int, trials: int, hits: float, misses: float) -> float:
    """Return the probability of so many successes or more: the exact beta-binomial upper tail.

    The chance of each trial is known only from ``hits`` and ``misses`` seen before, both
    above 0, and is as uncertain as they leave it.
    """
    if successes <= 0:
        return 1.0
    if successes > trials:
        return 0.0
    terms = (_point(count, trials, hits, misses) for count in range(successes, trials + 1))
    return min(1.0, fsum(terms))


def recurrence(pair: int, replaced: int, written: int, everything: int) -> float:
    """Return how likely it is by chance that a replacement, once seen, recurs so often.

    All are counts of items: in ``pair`` of the ``replaced`` ones in which phrase A was
    replaced, B took its place; B took the place of any phrase in ``written``, of
    ``everything``. By chance, each further A becomes B as readily as other phrases do.
    """
    hits, others = written - pair, everything - replaced
    return at_least(pair - 1, replaced - 1, hits + 1, others - hits + PRIOR_REPLACEMENTS - 1)


def habit(pair: int, replaced: int, rival: int) -> float:
    """Return how likely A becomes B so often by the habit of choosing among a few phrases.

    All are counts of items: in ``pair`` of the ``replaced`` ones in which A became B or a
    phrase that is no more frequent, it became B; in ``rival`` the next in frequency. By
    habit, each further A becomes B as readily as that one.
    """
    return at_least(pair - 1, replaced - 1, *_habit(pair, replaced, rival))


def burst(at_once: int, pair: int, replaced: int, rival: int, share: float) -> float:
    """Return at most how likely A becomes B by habit in so many items within one month.

    ``at_once`` of the ``pair`` did; ``share`` is the part of all changes that falls in the
    busiest month. A bound: the expected number of ways to choose so many from one month.
    """
    hits, misses = _habit(pair, replaced, rival)
    factors: list[float] = [
        (replaced - n) / (at_once - n) * (hits + n - 1) / (hits + misses + n - 1) * share
        for n in range(1, at_once)
    ]
    bounds: list[float] = [*accumulate((replaced / at_once, *factors), mul)]
    return min(1.0, *bounds)


def _habit(pair: int, replaced: int, rival: int) -> tuple[int, int]:
    """The hits and misses seen before by which B is chosen no more readily than its rival."""
    return rival + 1, replaced - pair - rival + PRIOR_REPLACEMENTS - 1


def one_way(forward: int, back: int) -> float:
    """Return how likely at least so many of both go forward, were both ways alike (sign test)."""
    both = forward + back
    ways = sum(comb(both, count) for count in range(forward, both + 1))
    return float(Fraction(ways, 2**both))


def parted(forward: int, back: int) -> float:
    """Return how likely it is by chance that all that go one way precede all that go the other."""
    return min(1.0, 2 / comb(forward + back, forward))


def discoveries(chances: Sequence[float], rate: float = FALSE_DISCOVERIES) -> list[bool]:
    """Return which of several probabilities are too low for chance, in their order.

    Source: Benjamini and Hochberg, Controlling the False Discovery Rate, Journal of the
    Royal Statistical Society B 57 (1995), the step-up procedure of section 3.1.
    """
    ranked = sorted(chances)
    passed = [p for rank, p in enumerate(ranked, 1) if p <= rate * rank / len(ranked)]
    limit = passed[-1] if passed else -1.0
    return [p <= limit for p in chances]


def _point(count: int, trials: int, hits: float, misses: float) -> float:
    ways = lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
    return exp(ways + _beta(count + hits, trials - count + misses) - _beta(hits, misses))


def _beta(left: float, right: float) -> float:
    """The logarithm of the beta function."""
    return lgamma(left) + lgamma(right) - lgamma(left + right)
