"""Passages: the parts of a change that are searched, and what surrounds them."""

from hypothesis import assume, given
from hypothesis import strategies as st

from diffs.wording import reword
from snapshots.archive.passages import hunk_rows, hunks
from snapshots.records import FieldChange

WORDS = [f"w{n}" for n in range(40)]
TEXTS = st.lists(st.sampled_from("a b c d the of aliens noncitizens".split()), max_size=60)


def field(old: str, new: str) -> FieldChange:
    return FieldChange(old, new, reword(old, new))


def told(change: FieldChange) -> list[tuple[str, str]]:
    """The texts of both sides of each passage."""
    return [
        (change.old[slice(*old)] if old else None, change.new[slice(*new)] if new else None)
        for old, new in hunks(change)
    ]


def replaced(*places: int) -> FieldChange:
    new = ["NEW" if n in places else word for n, word in enumerate(WORDS)]
    return field(" ".join(WORDS), " ".join(new))


def test_a_passage_is_an_edit_with_a_dozen_words_on_either_side():
    around = [*WORDS[8:20], "NEW", *WORDS[21:33]]

    assert told(replaced(20)) == [(" ".join(WORDS[8:33]), " ".join(around))]


def test_edits_close_to_each_other_are_one_passage():
    assert [old for old, _ in told(replaced(20, 23))] == [" ".join(WORDS[8:36])]


def test_the_words_around_an_edit_end_where_another_begins():
    old_sides = [old.split() for old, _ in told(replaced(15, 25))]

    assert old_sides == [WORDS[3:25], WORDS[16:38]]


def test_what_came_or_went_whole_is_a_passage_without_another_side():
    assert told(FieldChange(None, "All of it.")) == [(None, "All of it.")]
    assert told(FieldChange("All of it.", None)) == [("All of it.", None)]


def test_links_and_dates_are_no_wording():
    fields = {name: FieldChange("a", "b") for name in ("url", "published", "section", "office")}

    assert [row[1] for row in hunk_rows(7, fields)] == ["office"]


def test_passages_are_numbered_by_their_change():
    fields = {"title": FieldChange("a", "b"), "summary": FieldChange("c", "d")}

    assert [row[:2] for row in hunk_rows(7, fields)] == [(7168, "title"), (7169, "summary")]


def test_what_has_too_many_passages_has_the_rest_in_the_last():
    words = " ".join(f"w{n}" for n in range(20_000))
    change = field(words, words.replace("9 ", "9x "))

    *most, last = hunk_rows(1, {"text": change})

    assert len(most) == 1023
    assert last[3] == len(words)


@given(TEXTS, TEXTS)
def test_every_edit_is_in_exactly_one_passage(old: list[str], new: list[str]):
    change = field(" ".join(old), " ".join(new))
    assume(change.edits)
    spans = list(hunks(change))
    covered_old = [n for hunk in spans for n in range(*hunk.old)]
    covered_new = [n for hunk in spans for n in range(*hunk.new)]

    place_old = place_new = 0
    for op, text in change.edits:
        if op == "delete":
            assert all(covered_old.count(place_old + n) == 1 for n in range(len(text)))
        if op == "insert":
            assert all(covered_new.count(place_new + n) == 1 for n in range(len(text)))
        place_old += len(text) * (op != "insert")
        place_new += len(text) * (op != "delete")
