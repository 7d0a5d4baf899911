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
        ("27 de enero de 2026", "2026-01-27"),
        ("1º de marzo de 2021", "2021-03-01"),
        ("Fecha: 1 de marzo de 2021", "2021-03-01"),
        ("1er février 2021", "2021-02-01"),
        ("1. Dezember 2021", "2021-12-01"),
        ("March 1 - April 2, 2021", "2021-03-01/2021-04-02"),
        ("March 1–5, 2021", "2021-03-01/2021-03-05"),
        ("December 28 to January 3, 2022", "2021-12-28/2022-01-03"),
        ("1–5 March 2021", "2021-03-01/2021-03-05"),
        ("28 February - 5 March 2021", "2021-02-28/2021-03-05"),
        ("January–March 2021", "2021-01/2021-03"),
        ("01/03/2018 - 02/04/2018", "2018-01-03/2018-02-04"),
        ("Last Reviewed/Updated: 01/03/2018", "2018-01-03"),
    ],
)
def test_a_date_is_read_at_its_own_precision(written, read):
    assert iso(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "Fiscal Year 2021",
        "2021",
        "Spring 2021",
        "13/13/2021",
        "February 30, 2021",
        "–",
        "3 days ago",
        "Yesterday",
        "Updated 2 hours ago",
        "12 reports 2021",
        "Form 12 of 2021",
        "30 de febrero de 2021",
        "March 30 - February 31, 2021",
    ],
)
def test_what_is_no_date_keeps_the_words_of_the_page(written):
    assert iso(written) == written


@pytest.mark.parametrize("written", [None, ""])
def test_no_date_is_none(written):
    assert iso(written) is None
