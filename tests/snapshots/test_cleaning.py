"""What a page says, cleaned text by text or a column at once."""

from hypothesis import given
from hypothesis import strategies as st

from snapshots.extract.wording import STRETCH, all_said, said

TEXTS = st.text(st.sampled_from("ab |\t\n\x1c\x7f\xa0\u200bé\u0301"), max_size=12)


@given(st.lists(st.none() | TEXTS, max_size=6))
def test_a_column_says_what_its_texts_say_one_by_one(texts):
    assert all_said(texts) == [said(text) for text in texts]


@given(st.lists(st.none() | st.text("ab \n", max_size=12), max_size=6))
def test_so_does_a_column_of_plain_texts(texts):
    assert all_said(texts) == [said(text) for text in texts]


def test_marks_that_no_reader_sees_are_left_out():
    assert (
        said("\u200eNon\u200dciti\u200czens\u200f in \u2068custody\u2069")
        == "Noncitizens in custody"
    )


def test_joiners_stay_where_letters_join():
    assert said("می\u200cخواهم") == "می\u200cخواهم"


def test_a_column_with_a_text_as_long_as_a_book_is_cleaned_too():
    book = "word  " * (STRETCH // 6 + 1)

    assert all_said([book, " a\n", None]) == [said(book), "a", None]
