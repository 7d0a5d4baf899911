"""How likely a pattern is by chance."""

from collections import Counter
from math import comb
from random import Random

import pytest

from diffs.significance import (
    at_least,
    burst,
    discoveries,
    habit,
    one_way,
    parted,
    recurrence,
)


def test_the_tail_is_that_of_a_coin_of_which_so_much_is_known():
    """With one head and one tail assumed, each number of heads is as likely as any other."""
    assert at_least(3, 9, 1, 1) == pytest.approx(7 / 10)


def test_the_tail_nears_the_binomial_one_when_the_rate_is_well_known():
    binomial = sum(comb(10, n) * 0.2**n * 0.8 ** (10 - n) for n in range(3, 11))

    assert at_least(3, 10, 2e6, 8e6) == pytest.approx(binomial, rel=1e-4)


def test_the_tail_of_a_large_number_does_not_overflow():
    assert 0 < at_least(600, 5000, 1000, 9000) < 1e-3


def test_nothing_or_more_is_certain_and_more_than_all_is_impossible():
    assert (at_least(0, 5, 1, 9), at_least(6, 5, 1, 9)) == (1.0, 0.0)


def test_what_was_seen_once_is_never_unlikely():
    assert recurrence(1, 1, 1, 10_000) == 1.0


def test_a_first_pair_in_three_items_rests_on_the_twenty_replacements_assumed():
    assert recurrence(3, 3, 3, 3) == pytest.approx(1 / 20 * 2 / 21)


def test_a_recurrence_is_likelier_when_others_became_the_same():
    assert recurrence(3, 3, 50, 100) > recurrence(3, 3, 3, 100)


def test_what_recurs_as_often_as_both_phrases_common_by_themselves_is_chance():
    assert recurrence(480, 1000, 1000, 2100) > 0.2


def test_a_recurrence_is_likelier_when_the_phrase_also_became_others():
    assert recurrence(3, 30, 3, 1000) > recurrence(3, 3, 3, 1000)


def test_a_phrase_that_has_but_one_outcome_rests_on_the_twenty_assumed():
    assert habit(3, 3, 0) == pytest.approx(1 / 20 * 2 / 21)


def test_a_habit_explains_what_is_as_frequent_as_another_outcome():
    assert habit(10, 50, 9) > 0.3
    assert habit(40, 50, 3) < 1e-6


def test_a_burst_is_the_habit_and_the_month_each_time():
    assert burst(3, 3, 3, 0, 0.1) == pytest.approx(1 / 20 * 2 / 21 * 0.1**2)


def test_a_burst_of_one_is_certain_and_one_among_many_trials_is_likely():
    assert burst(1, 6, 6, 0, 0.05) == 1.0
    assert burst(3, 10, 50, 9, 0.05) > 0.5


def test_a_burst_is_never_less_likely_than_simulated():
    """Twelve items choose among four outcomes, and among ten months."""
    draw = Random(5)
    hits, runs = 0, 20_000
    for _ in range(runs):
        months = Counter(
            draw.randrange(10) for _ in range(11) if draw.random() < draw.betavariate(4, 24)
        )
        hits += max(months.values(), default=0) >= 3

    assert hits / runs <= burst(3, 5, 12, 3, 0.1)


def test_as_many_one_way_as_the_other_is_no_direction():
    assert one_way(5, 5) > 0.5
    assert one_way(10, 0) == pytest.approx(2**-10)


def test_two_directions_wholly_apart_in_time_are_unlikely_when_they_are_many():
    assert parted(1, 1) == 1.0
    assert parted(12, 12) == pytest.approx(2 / comb(24, 12))


def test_discoveries_are_those_of_the_step_up_procedure():
    """The example of Benjamini and Hochberg (1995), section 3.2: four of fifteen at 5%."""
    chances = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    chances += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]

    assert discoveries(chances) == [True] * 4 + [False] * 11
    assert discoveries(chances[::-1]) == [False] * 11 + [True] * 4


def test_a_low_probability_lifts_the_higher_ones_below_the_line():
    assert discoveries([0.04, 0.04]) == [True, True]


def test_of_nothing_nothing_is_discovered():
    assert discoveries([]) == []
