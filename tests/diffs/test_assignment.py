"""The heaviest assignment: no pair steals another's partner where both can be served."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from diffs.assignment import Edge, assigned, by_regret

EDGES = st.lists(
    st.builds(
        Edge,
        weight=st.floats(0.01, 5) | st.sampled_from([1.0, 2.0]),
        old=st.integers(0, 4),
        new=st.integers(0, 4),
    ),
    max_size=8,
    unique_by=lambda edge: edge[1:],
)


def weight(edges):
    return sum(edge.weight for edge in edges)


def is_one_to_one(edges):
    return len({e.old for e in edges}) == len({e.new for e in edges}) == len(edges)


def test_a_pair_gives_way_when_both_olds_can_then_be_placed():
    edges = [Edge(2.0, 0, 0), Edge(1.9, 0, 1), Edge(1.8, 1, 0)]

    assert assigned(edges) == [Edge(1.9, 0, 1), Edge(1.8, 1, 0)]


def test_a_pair_stays_when_the_two_others_weigh_less_together():
    edges = [Edge(4.0, 0, 0), Edge(1.0, 0, 1), Edge(1.0, 1, 0)]

    assert assigned(edges) == [Edge(4.0, 0, 0)]


def test_of_equal_pairs_those_stay_that_stand_alike():
    edges = [Edge(1.0, old, new) for old in range(3) for new in (2, 1, 0)]

    assert assigned(edges) == [Edge(1.0, place, place) for place in range(3)]


@given(EDGES)
def test_no_other_one_to_one_choice_is_heavier(edges):
    choices = chain.from_iterable(combinations(edges, n) for n in range(len(edges) + 1))
    heaviest = max(weight(choice) for choice in choices if is_one_to_one(choice))

    found = assigned(edges)

    assert is_one_to_one(found)
    assert abs(weight(found) - heaviest) < 1e-9


@given(EDGES)
def test_regret_gives_a_one_to_one_choice_that_nothing_can_be_added_to(edges):
    found = by_regret(edges)

    assert is_one_to_one(found)
    taken = {e.old for e in found}, {e.new for e in found}
    assert all(e.old in taken[0] or e.new in taken[1] for e in edges)
