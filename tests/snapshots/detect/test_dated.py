"""A text that names a date is told from one that has figures alone, wherever the date stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshots.extract.detect.dated import is_dated

DATES = (
    "May 5, 2024",
    "SEPT. 3rd 21",
    "\u017fep 3, 2021",
    "12/31/2020",
    "1.2.99",
    "2024-02-01",
    "5 March 2021",
    "27 de enero de 2026",
    "August 2019",
    "\u0661/\u0662/2020",
)
FIGURES = (
    "no figures at all, for as long as a text may be that is looked at with care",
    "section 5 of chapter 12",
    "in fiscal year 2020 and 2021",
    "supermarket 5, 2020",
    "case 20-1234, May v. Jones",
    "8 U.S.C. 1182(a)(9)",
    "x12/31/2020",
)
WORDS = st.lists(
    st.sampled_from(["marked", "12", "may", "\u00a7 3", "(b)", "no.", "2020;", "\n ", "\u2019s"])
).map(" ".join)


@pytest.mark.parametrize("text", DATES)
def test_a_date_is_seen_in(text):
    assert is_dated(text)
    assert is_dated(f"{'without any figure ' * 20}(on {text}) and on")


@pytest.mark.parametrize("text", FIGURES)
def test_no_date_is_seen_in(text):
    assert not is_dated(text)
    assert not is_dated(f"{'without any figure ' * 20}(see {text})")


@given(WORDS, st.sampled_from(DATES), WORDS)
def test_no_words_hide_a_date(before, date, after):
    assert is_dated(f"{before} {date}; {after}")
