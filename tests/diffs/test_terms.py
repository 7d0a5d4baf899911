"""Substitutions: phrases that became other phrases at the same place, and how often."""

from datetime import UTC, datetime, timedelta
from random import Random

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
        ("unaccompanied alien children", "noncitizen unaccompanied children",
         ("unaccompanied alien children", "noncitizen unaccompanied children")),
        ("each illegal alien child", "each illegal noncitizen child", ("alien", "noncitizen")),
        ("immigrant assimilation", "immigrant integration", ("assimilation", "integration")),
        ("people without a lawyer", "people with a lawyer", ("without a lawyer", "with a lawyer")),
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
        pytest.param("third party", "third-party", id="hyphens only"),
        pytest.param("non-citizens", "noncitizens", id="a hyphen taken out"),
        pytest.param("https://x.gov/aliens/a", "https://x.gov/people/a", id="parts of an address"),
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


def test_different_pairs_around_the_same_stop_word_are_told_apart():
    pairs = replaced("illegal aliens and their families", "undocumented noncitizens and their kin")

    assert pairs == [("illegal aliens", "undocumented noncitizens"), ("families", "kin")]


def test_words_put_in_and_taken_out_far_apart_are_no_pair():
    assert replaced("three or more new ships", "old three or more ships") == []


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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("XXX", "press@ice.gov", id="an address was filled in"),
        pytest.param("https://a.github.io/operations/guide", "https://b.service.uk/operations/guide",
                     id="several parts of an address changed"),
        pytest.param("detainees or wardens", "wardens or detainees", id="two changed places"),
        pytest.param("October 6, 2023", "5 March 2024", id="a date was set anew"),
        pytest.param("April 7, 2016", "July 7, 2016", id="the month of a date was set anew"),
    ],
)  # fmt: skip
def test_no_phrase_became_another_when(old, new):
    assert replaced(old, new) == []


def test_no_phrase_reaches_from_one_cell_of_a_row_to_another():
    assert found("Grade | alien | Officer Smith", "Grade | noncitizen | Warden Smith") == [
        ("alien", "noncitizen"),
        ("Officer", "Warden"),
    ]
    assert found("Office of Commerce | Risk | Low", "Office of State | Bob | Risk | Low") == []


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


def items(old, new, number, *, first=0, at=AT):
    return [substitution(old, new, item=f"i{n}", at=at) for n in range(first, first + number)]


def judged(*substitutions):
    """The pairs in their rank, with whether they are systematic."""
    return [(c.old, c.new, c.is_systematic) for c in count(substitutions)]


def test_what_recurs_in_several_items_is_systematic():
    chance = [substitution(f"a{n} word", f"b{n} phrase", item="x") for n in range(30)]

    ranked = judged(*chance, *items("aliens", "noncitizens", 3))

    assert ranked[0] == ("aliens", "noncitizens", True)
    assert not any(is_systematic for *_, is_systematic in ranked[1:])


def test_many_places_in_one_item_are_not_systematic():
    many = [substitution("aliens", "noncitizens") for _ in range(40)]

    assert judged(*many) == [("aliens", "noncitizens", False)]


def test_what_goes_both_ways_at_the_same_times_is_chance_however_often():
    both = [
        each
        for n, at in enumerate((AT, LATER))
        for each in (
            *items("begin", "start", 10, first=20 * n, at=at),
            *items("start", "begin", 10, first=20 * n + 10, at=at),
        )
    ]

    assert judged(*both, *items("aliens", "noncitizens", 3, first=90)) == [
        ("aliens", "noncitizens", True),
        ("begin", "start", False),
        ("start", "begin", False),
    ]


def test_a_reversal_years_later_leaves_both_directions_systematic():
    there = items("aliens", "noncitizens", 12)
    back = items("noncitizens", "aliens", 12, at=LATER)

    assert judged(*there, *back) == [
        ("aliens", "noncitizens", True),
        ("noncitizens", "aliens", True),
    ]


def test_one_item_that_went_back_and_forth_does_not_take_the_direction_away():
    flapping = substitution("noncitizens", "aliens", item="i0", at=AT)

    assert judged(*items("aliens", "noncitizens", 8), flapping)[0] == (
        "aliens",
        "noncitizens",
        True,
    )


WORDS = ("begin", "start", "open", "launch", "commence", "initiate")


def habits(number, draw):
    """Edits in which a word becomes any other of its meaning, over four years."""
    times = [AT + timedelta(days=30 * month) for month in range(48)]
    for n in range(number):
        old, new = draw.sample(WORDS, 2)
        yield substitution(old, new, item=f"h{n}", at=draw.choice(times))


@pytest.mark.parametrize("seed", range(4))
def test_a_habit_of_replacing_a_word_by_its_synonyms_is_not_systematic(seed):
    once = [substitution(f"a{n}", f"b{n}", item=f"o{n}") for n in range(500)]

    assert not any(is_systematic for *_, is_systematic in judged(*habits(200, Random(seed)), *once))


def test_a_few_at_once_are_systematic_where_a_habit_is_slow():
    slow = [*habits(200, Random(1))]
    at_once = items("homeless", "unhoused", 5, at=AT + timedelta(days=400))

    ranked = judged(*slow, *at_once)

    assert ranked[0] == ("homeless", "unhoused", True)
    assert not any(is_systematic for *_, is_systematic in ranked[1:])


def test_what_was_replaced_at_once_tells_less_where_much_changed_then():
    def chance(*months):
        others = [
            substitution(f"a{n}", f"b{n}", item=f"o{n}", at=AT + timedelta(days=31 * month))
            for n, month in enumerate(months)
        ]
        found = [*items("homeless", "unhoused", 4, at=AT), *others]
        return next(c.chance for c in count(found) if c.old == "homeless")

    assert chance(*range(20)) < chance(*[0, 5] * 10) < 0.01


def test_a_reversal_in_few_items_is_told_by_its_months():
    there = items("equity", "fairness", 4)
    back = items("fairness", "equity", 4, at=LATER)
    others = [
        substitution(f"a{n}", f"b{n}", item=f"o{n}", at=AT + timedelta(days=30 * n))
        for n in range(40)
    ]

    assert judged(*there, *back, *others)[:2] == [
        ("equity", "fairness", True),
        ("fairness", "equity", True),
    ]


def test_of_replacements_drawn_by_chance_hardly_any_is_systematic():
    """Two thousand edits over forty phrases: about one pair in two recurs, by chance alone."""
    draw = Random(7)
    drawn = [
        substitution(f"old{draw.randrange(40)}", f"new{draw.randrange(40)}", item=f"i{n}")
        for n in range(2000)
    ]

    assert sum(is_systematic for *_, is_systematic in judged(*drawn)) <= 2
