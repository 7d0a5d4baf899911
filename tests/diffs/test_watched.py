"""Changes that touch watched terms, and the direction in which they go."""

from datetime import date

from diffs.compare import compare
from diffs.lexicon import Pack, Term, lexicon_of
from diffs.watched import Touched, watched
from snapshots.records import Item

THEN = Pack(
    title="2021",
    terms=(Term(old="alien", new=("noncitizen", "migrant")),),
    since=date(2021, 4, 19),
    until=date(2025, 1, 21),
)
BACK = Pack(title="2025", terms=(Term(old="noncitizen", new=("alien",)),), since=date(2025, 1, 21))
LEXICON = lexicon_of([THEN, BACK])


def touched(old, new, day=None):
    """What the change from one text to the other touches; None: there was no item."""
    sides = [[Item(key="a", title="Sheet", summary=s)] if s else [] for s in (old, new)]
    (change,) = compare(*sides)
    return watched(change, LEXICON, day)


def test_a_term_gives_way_to_its_replacement():
    found = touched("criminal aliens and an alien", "criminal noncitizens and a noncitizen")

    assert found == (
        Touched(old="alien", new="noncitizen", times=2, packs=("2021",), against=("2025",)),
    )


def test_the_other_way_round_is_the_other_direction():
    (found,) = touched("criminal noncitizens", "criminal aliens")

    assert (found.old, found.new) == ("noncitizen", "alien")
    assert (found.packs, found.against) == (("2025",), ("2021",))


def test_only_packs_in_force_on_the_day_are_named():
    (before,) = touched("criminal aliens", "criminal noncitizens", date(2021, 4, 18))
    (since,) = touched("criminal aliens", "criminal noncitizens", date(2021, 4, 19))
    (after,) = touched("criminal aliens", "criminal noncitizens", date(2025, 1, 21))

    assert (before.packs, before.against) == ((), ())
    assert (since.packs, since.against) == (("2021",), ())
    assert (after.packs, after.against) == ((), ("2025",))


def test_a_term_that_nothing_watched_replaces_was_taken_out():
    assert touched("criminal aliens here", "criminal people here") == (
        Touched(old="alien", new=None, times=1, packs=("2021",)),
    )


def test_an_added_item_puts_its_terms_in_and_a_removed_one_takes_them_out():
    assert touched(None, "aliens")[0] == Touched(old=None, new="alien", times=1, against=("2021",))
    assert touched("aliens", None)[0] == Touched(old="alien", new=None, times=1, packs=("2021",))


def test_a_change_around_a_term_does_not_touch_it():
    assert touched("ten aliens left the port", "nine aliens left the harbor") == ()


def test_terms_far_from_the_edits_of_a_long_text_are_not_touched():
    far = "aliens and noncitizens who wait at the port " * 60

    assert touched(f"illegal {far}alien.", f"such {far}noncitizen.") == (
        Touched(old="alien", new="noncitizen", times=1, packs=("2021",), against=("2025",)),
    )


def test_a_replacement_alone_is_not_watched():
    assert touched("the people left", "the migrants left") == ()
