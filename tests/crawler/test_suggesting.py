"""What a new source could be called, and how often it could be visited."""

import pytest

from crawler.suggesting import KEY, fit_title, suggested_key, suggested_schedule, suggested_title
from snapshots.archive.pace import Pace
from snapshots.extract.masthead import Masthead

DAY_S = 86_400


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.ice.gov/factsheets", "ice-factsheets"),
        (
            "https://www.dhs.gov/publications-library/immigration-and-customs-enforcement",
            "dhs-immigration-and-customs-enforcement",
        ),
        ("https://www.uscis.gov/newsroom/all-news?page=2", "uscis-all-news"),
        ("https://www.parliament.govt.nz/en/mps/index.html", "parliament-mps"),
        ("https://www.gov.uk/search/all", "gov-all"),
        ("https://agency.example/en/list.html", "agency-list"),
        ("https://agency.example/", "agency"),
        ("https://agency.example/news/2024", "agency-news-2024"),
        ("https://ice.gov/ice-news.aspx", "ice-news"),
        ("https://agency.example/Nachrichten%20%C3%9Cber%20uns/", "agency-nachrichten-uber-uns"),
        ("https://agency.example/移民", "agency"),
        ("http://127.0.0.1:8000/library", "127-0-0-1-library"),
        ("http://[2001:db8::1]/x1", "2001-db8-1-x1"),
        ("https://agency.example/" + "long-" * 40, "agency-" + "long-" * 7 + "long"),
        ("https://agency.example/%00%1b]%0a[crawler]", "agency-crawler"),
    ],
)
def test_a_key_is_made_of_host_and_path(url: str, key: str) -> None:
    assert suggested_key(url) == key
    assert KEY.fullmatch(key)


def test_a_key_that_is_taken_is_numbered() -> None:
    taken = {"ice-factsheets", "ice-factsheets-2"}

    assert suggested_key("https://www.ice.gov/factsheets", taken) == "ice-factsheets-3"


@pytest.mark.parametrize(
    ("title", "heading", "site", "expected"),
    [
        ("Fact Sheets | ICE", "Fact Sheets", None, "Fact Sheets"),
        ("Fact Sheets | ICE", None, None, "Fact Sheets"),
        ("ICE | Fact Sheets", None, None, "Fact Sheets"),
        ("Alerts - U.S. Agency", "Welcome", None, "Alerts"),
        ("The Agency — News", "The Agency", "The Agency", "The Agency"),
        ("The Agency — News", None, "The Agency", "News"),
        ("Policy: what is new", None, None, "Policy: what is new"),
        ("Self-help – Forms", None, None, "Self-help"),
        (None, "News", None, "News"),
        ("ICE", None, None, "ICE"),
        ("Home", "Fact Sheets", None, "Fact Sheets"),
        ("Fact Sheets", "ICE", None, "Fact Sheets"),
        (None, None, None, None),
        ("\x1b[2J", None, None, "[2J"),
    ],
)
def test_a_title_is_the_pages_own_without_its_sites(
    title: str | None, heading: str | None, site: str | None, expected: str | None
) -> None:
    named = Masthead(title=title, heading=heading, site=site)

    assert suggested_title(named, "https://www.ice.gov/factsheets") == expected


def test_a_title_is_one_line_that_steers_no_screen_and_is_not_too_long() -> None:
    assert fit_title('A\x00\r\nB\u202e "]\n[crawler]') == 'A B "] [crawler]'
    assert fit_title(" \x00\t ") == ""
    long = fit_title("word " * 100)
    assert len(long) <= 120
    assert long.endswith("word…")


@pytest.mark.parametrize(
    ("pace", "schedule"),
    [
        (None, "daily"),
        (Pace(visits=40, changes=2, span_s=40 * 3600), "daily"),
        (Pace(visits=40, changes=20, span_s=5 * DAY_S), "hourly"),
        (Pace(visits=40, changes=10, span_s=10 * DAY_S), "every 6 hours"),
        (Pace(visits=40, changes=10, span_s=100 * DAY_S), "daily"),
        (Pace(visits=40, changes=4, span_s=900 * DAY_S), "weekly"),
    ],
)
def test_a_schedule_looks_several_times_between_changes(pace: Pace | None, schedule: str) -> None:
    assert suggested_schedule(pace) == schedule
