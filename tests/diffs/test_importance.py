"""How much a change asks for a reader's eye."""

from diffs.importance import WEIGHTS, importance, share_changed
from diffs.watched import Touched
from snapshots.records import Change, Edit, FieldChange, Flag, Item, Kind, Verdict

ITEM = Item(key="k", title="Detention Standards")
TERM = Touched(old="alien", new="noncitizen", times=2)


def reworded(old: str, new: str, *edits: tuple[str, str], flags: tuple[Flag, ...] = ()) -> Change:
    field = FieldChange(old, new, tuple(Edit(*edit) for edit in edits))
    return Change(
        kind=Kind.CHANGED, item=ITEM, changed=("text",), fields={"text": field}, flags=flags
    )


def test_an_item_that_is_gone_weighs_more_than_one_that_is_delisted() -> None:
    gone = Change(kind=Kind.REMOVED, item=ITEM, verdict=Verdict.GONE)
    delisted = Change(kind=Kind.REMOVED, item=ITEM, verdict=Verdict.DELISTED)

    assert importance(gone).score == 50
    assert importance(delisted).score == 35


def test_what_rolled_off_the_list_weighs_little() -> None:
    change = Change(kind=Kind.REMOVED, item=ITEM, verdict=Verdict.ROLLED_OFF)

    assert importance(change).score == 5


def test_a_watched_term_and_a_silent_rewording_add_up() -> None:
    change = reworded(
        "criminal aliens",
        "criminal noncitizens",
        ("keep", "criminal "),
        ("delete", "aliens"),
        ("insert", "noncitizens"),
        flags=(Flag.STEALTH,),
    )

    found = importance(change, [TERM])

    assert dict(found.reasons) == {"watched_term": 30, "words_changed": 15, "stealth": 15}
    assert found.score == 60


def test_the_share_of_words_changed_counts_words_not_signs() -> None:
    change = reworded("a b c d", "a b c e", ("keep", "a b c "), ("delete", "d"), ("insert", "e"))

    assert share_changed(change) == 0.25


def test_a_reader_sets_what_matters() -> None:
    change = Change(kind=Kind.ADDED, item=ITEM)

    assert importance(change, weights={**WEIGHTS, "added": 0}).reasons == ()
    assert importance(change, weights={**WEIGHTS, "added": 99}).score == 99


def test_a_score_stays_between_0_and_100() -> None:
    commas = reworded("a, b", "a b", ("delete", "a, b"), ("insert", "a b"))
    flagged = Change(
        kind=Kind.CHANGED, item=ITEM, fields=commas.fields, flags=(Flag.PUNCTUATION, Flag.DATE_BUMP)
    )

    assert importance(flagged, weights={**WEIGHTS, "words_changed": 0}).score == 0
    assert importance(flagged, [TERM], {**WEIGHTS, "watched_term": 500}).score == 100
