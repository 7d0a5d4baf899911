"""Dates become ISO 8601 at the precision that the page states, or stay as they are."""

import pytest

from snapshots.extract.dates import iso


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2021-03-01", "2021-03-01"),
        ("2021-03", "2021-03"),
        ("2021-03-01T05:00:00Z", "2021-03-01T05:00:00Z"),
        ("2021-03-01 05:00:00", "2021-03-01T05:00:00"),
        ("2021-03-01T05:00:00-04:00", "2021-03-01T05:00:00-04:00"),
        ("March 1, 2021", "2021-03-01"),
        ("Mar 1, 2021", "2021-03-01"),
        ("Mar. 1, 2021", "2021-03-01"),
        ("Sept. 9, 2021", "2021-09-09"),
        ("1 March 2021", "2021-03-01"),
        ("03/01/2021", "2021-03-01"),
        ("2021/03/01", "2021-03-01"),
        ("Monday, March 1, 2021", "2021-03-01"),
        ("Release Date: March 1, 2021", "2021-03-01"),
        ("Last Reviewed/Updated: 03/01/2021", "2021-03-01"),
        ("Published on March 1, 2021", "2021-03-01"),
        ("March 2021", "2021-03"),
    ],
)
def test_a_date_is_read_at_its_own_precision(written, read):
    assert iso(written) == read


@pytest.mark.parametrize(
    "written", ["Fiscal Year 2021", "2021", "Spring 2021", "13/13/2021", "February 30, 2021", "–"]
)
def test_what_is_no_date_keeps_the_words_of_the_page(written):
    assert iso(written) == written


@pytest.mark.parametrize("written", [None, ""])
def test_no_date_is_none(written):
    assert iso(written) is None
