"""Substitutions: phrases that became other phrases at the same place, and how often."""

from datetime import UTC, datetime

import pytest

from diffs.compare import compare
from diffs.terms import Phrase, count, fold_phrase, holding, phrases
from snapshots.records import Item, Substitution

AT = datetime(2021, 6, 1, tzinfo=UTC)
LATER = datetime(2025, 2, 1, tzinfo=UTC)
BEFORE = "Under the policy, officers will place {} in the custody of the office"


def found(old, new):
    """The phrases in the change from one text to the other, as pairs."""
    (change,) = compare([Item(key="a", text=old)], [Item(key="a", text=new)])
    return [(phrase.old, phrase.new) for phrase in phrases(change)]


def replaced(old, new):
    return found(BEFORE.format(old), BEFORE.format(new))


def substitution(old, new, *, item="a", source="ice", at=AT, places=1):
    return Substitution(
        change=1,
        source=source,
        item=item,
        old=old,
        new=new,
        at=at,
        context_old=old,
        context_new=new,
        places=places,
    )


def counted(*substitutions):
    return [
        (c.old, c.new, c.places, c.items, c.sources, c.reverse_places) for c in count(substitutions)
    ]


@pytest.mark.parametrize(
    ("old", "new", "pair"),
    [
        ("aliens", "noncitizens", ("aliens", "noncitizens")),
        ("an alien", "a noncitizen", ("alien", "noncitizen")),
        ("illegal aliens", "undocumented noncitizens",
         ("illegal aliens", "undocumented noncitizens")),
        ("illegal aliens", "illegal noncitizens", ("aliens", "noncitizens")),
        ("the alien", "noncitizen", ("alien", "noncitizen")),
        ("“aliens”", "“noncitizens”", ("aliens", "noncitizens")),
        ("catch and release", "alternatives to detention",
         ("catch and release", "alternatives to detention")),
    ],
)  # fmt: skip
def test_a_phrase_became_another(old, new, pair):
    assert replaced(old, new) == [pair]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("an alien", "the alien", id="articles only"),
        pytest.param("5 people", "7 people", id="numbers only"),
        pytest.param("people, all", "people all", id="marks only"),
        pytest.param("people", "people there", id="words put in"),
        pytest.param("people there", "people", id="words taken out"),
    ],
)
def test_no_phrase_became_another_where_there_are(old, new):
    assert replaced(old, new) == []


def test_a_phrase_longer_than_six_words_is_no_term():
    longer = "seven whole words that nobody would count"

    assert replaced("people", longer) == []


def test_a_text_that_was_rewritten_has_no_phrases():
    old = "Shadow Wolves are known for their ability to track alien and drug smugglers."
    new = "Shadow Wolves specialize in the interdiction of human smugglers by modern technology."

    assert found(old, new) == []


def test_every_place_counts():
    old = "aliens who arrive will wait, as the policy required aliens to ask for parole in writing"

    assert found(old, old.replace("aliens", "noncitizens")) == [
        ("aliens", "noncitizens"),
        ("aliens", "noncitizens"),
    ]


def test_one_pair_repeated_around_a_stop_word_is_two_places():
    old = "the office holds aliens and aliens in the same rooms of the same house"

    assert found(old, old.replace("aliens", "noncitizens")) == [
        ("aliens", "noncitizens"),
        ("aliens", "noncitizens"),
    ]


def test_an_added_or_removed_item_has_no_phrases():
    (change,) = compare([], [Item(key="a", text="aliens")])

    assert list(phrases(change)) == []


def test_a_phrase_comes_with_six_words_on_either_side():
    old = "one two three four five six seven aliens eight nine ten eleven twelve thirteen fourteen"
    (change,) = compare(
        [Item(key="a", text=old)], [Item(key="a", text=old.replace("aliens", "noncitizens"))]
    )

    assert list(phrases(change)) == [
        Phrase(
            "aliens",
            "noncitizens",
            "… two three four five six seven aliens eight nine ten eleven twelve thirteen …",
            "… two three four five six seven noncitizens eight nine ten eleven twelve thirteen …",
        )
    ]


def test_a_link_that_changed_is_no_phrase():
    (change,) = compare(
        [Item(key="a", title="Fact sheet", url="https://x.gov/aliens")],
        [Item(key="a", title="Fact sheet", url="https://x.gov/noncitizens")],
    )

    assert list(phrases(change)) == []


def test_places_items_and_sources_are_counted():
    assert counted(
        substitution("aliens", "noncitizens"),
        substitution("aliens", "noncitizens", item="b"),
        substitution("aliens", "noncitizens", item="b"),
        substitution("aliens", "noncitizens", item="c", source="dhs"),
    ) == [("aliens", "noncitizens", 4, 3, 2, 0)]


def test_inflections_and_case_count_together_under_the_commonest():
    assert counted(
        substitution("aliens", "noncitizens"),
        substitution("aliens", "noncitizens"),
        substitution("Alien", "Noncitizen"),
        substitution("alien's", "noncitizen's"),
    ) == [("aliens", "noncitizens", 4, 1, 1, 0)]


def test_the_reverse_pair_is_counted_beside():
    assert counted(
        substitution("aliens", "noncitizens"),
        substitution("aliens", "noncitizens", item="b"),
        substitution("noncitizens", "aliens", at=LATER),
    ) == [("aliens", "noncitizens", 2, 2, 1, 1), ("noncitizens", "aliens", 1, 1, 1, 2)]


def test_the_first_and_last_time_are_told():
    (one,) = count([substitution("a b", "c d", at=LATER), substitution("a b", "c d")])

    assert (one.first, one.last) == (AT, LATER)


def test_the_most_general_comes_first():
    once = substitution("migrants", "illegal aliens")
    twice = [substitution("aliens", "noncitizens", item=item) for item in "ab"]

    assert [c.old for c in count([once, *twice])] == ["aliens", "migrants"]


@pytest.mark.parametrize("term", ["alien", "Aliens", "noncitizen", "noncitizens"])
def test_a_term_is_found_on_either_side_in_any_inflection(term):
    counts = count([substitution("aliens", "noncitizens"), substitution("border", "frontier")])

    assert [c.old for c in holding(counts, [term])] == ["aliens"]


def test_a_part_of_a_word_is_not_the_term():
    assert holding(count([substitution("inalienable", "natural")]), ["alien"]) == []


def test_without_a_term_all_are_held():
    counts = count([substitution("aliens", "noncitizens"), substitution("border", "frontier")])

    assert holding(counts, []) == counts


def test_a_phrase_folds_word_by_word():
    assert fold_phrase("The “Illegal Aliens’” agencies") == "the illegal alien agency"
