"""Manners towards a host: robots.txt in every state, and the delay between requests."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from support import RESET, SETTINGS, Answer, Request, Site, Watcher, page, page_source

from crawler.politeness import JITTER, ROBOTS_MAX_BYTES


def robots(text: str) -> Answer:
    return Answer(body=text.encode()).having(Content_Type="text/plain")


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /\n",
        "User-agent: *\nDisallow: /page\n",
        "User-agent: *\nDisallow: /*ge$\n",
        "User-agent: reworded\nDisallow: /page\n\nUser-agent: *\nDisallow:\n",
        "User-agent: *\r\nDisallow: /page\r\n",
    ],
    ids=["everything", "this_page", "a_pattern", "this_program", "carriage_returns"],
)
def test_what_robots_forbids_is_blocked_and_not_asked(
    site: Site, watcher: Watcher, text: str
) -> None:
    site["/robots.txt"] = robots(text)
    site["/page"] = page("Words.")

    kept = watcher.visit(page_source(site)).visit

    assert (kept.outcome, kept.reason) == ("blocked", f"{site.url}/page: robots.txt forbids it")
    assert site.targets == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=404),
        Answer(status=410),
        Answer(status=403),
        robots(""),
        robots("User-agent: *\nDisallow: /other\n"),
        robots("User-agent: *\nDisallow: /\nAllow: /page\n"),
        robots("User-agent: someone-else\nDisallow: /\n"),
        page("Not found, politely told with status 200."),
        Answer(body=bytes(range(256)) * 20),
    ],
    ids=[
        "not_found",
        "gone",
        "forbidden",
        "empty",
        "another_path",
        "an_exception",
        "another_program",
        "a_soft_404",
        "garbage",
    ],
)
def test_what_robots_does_not_forbid_is_asked(site: Site, watcher: Watcher, answer: Answer) -> None:
    site["/robots.txt"] = answer
    site["/page"] = page("Words.")

    assert watcher.visit(page_source(site)).visit.outcome == "new"
    assert site.targets == ["/page"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(status=500), "robots.txt answered 500, so nothing may be asked"),
        (Answer(status=503), "robots.txt answered 503, so nothing may be asked"),
        (RESET, "robots.txt could not be had (no answer (ReadError"),
        (
            Answer(status=302).having(Location="/robots.txt"),
            "robots.txt could not be had (redirects in a circle), so nothing may be asked",
        ),
    ],
    ids=["error", "unavailable", "reset", "circle"],
)
def test_nothing_is_asked_while_robots_cannot_be_had(
    site: Site, watcher: Watcher, answer: Answer, told: str
) -> None:
    site["/robots.txt"] = answer
    site["/page"] = page("Words.")

    kept = watcher.visit(page_source(site)).visit

    assert not kept.outcome.is_good
    assert kept.reason
    assert kept.reason.startswith(f"{site.url}/page: {told}")
    assert site.targets == []


def test_a_robots_that_moved_is_followed(site: Site, watcher: Watcher) -> None:
    site["/robots.txt"] = Answer(status=301).having(Location="/moved.txt")
    site["/moved.txt"] = robots("User-agent: *\nDisallow: /page\n")

    assert watcher.visit(page_source(site)).visit.outcome == "blocked"
    assert site.targets == ["/moved.txt"]


def test_a_robots_is_read_to_the_500_kibibytes_that_the_standard_asks_for(
    site: Site, watcher: Watcher
) -> None:
    rule = "User-agent: *\nDisallow: /page\n"
    site["/robots.txt"] = robots("#" * (500 * 1024 - len(rule) - 1) + "\n" + rule)

    assert ROBOTS_MAX_BYTES == 500 * 1024
    assert watcher.visit(page_source(site)).visit.outcome == "blocked"


def test_robots_is_asked_once_a_run(site: Site, watcher: Watcher) -> None:
    site["/a"] = site["/b"] = site["/c"] = page("Words.")

    watcher.fetch_all(f"{site.url}/a", f"{site.url}/b", f"{site.url}/c")

    assert len(site.asked("/robots.txt")) == 1
    assert site.requests[0].target == "/robots.txt"


def test_robots_is_asked_again_in_the_next_run(site: Site, watcher: Watcher) -> None:
    site["/page"] = page("Words.")
    watcher.visit(page_source(site))
    site["/robots.txt"] = robots("User-agent: *\nDisallow: /\n")

    assert watcher.visit(page_source(site)).visit.outcome == "blocked"


def test_requests_to_one_host_are_a_delay_apart(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, delay_s=5)
    times = timed(site, watcher, "/a", "/b", "/c")

    watcher.fetch_in_turn(f"{site.url}/a", f"{site.url}/b", f"{site.url}/c")

    assert all(5 <= wait <= 5 * (1 + JITTER) + 0.1 for wait in apart(times))


def test_a_longer_crawl_delay_of_robots_is_kept(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, delay_s=5)
    site["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 30\n")
    times = timed(site, watcher, "/a", "/b")

    watcher.fetch_in_turn(f"{site.url}/a", f"{site.url}/b")

    assert all(30 <= wait <= 30 * (1 + JITTER) + 0.1 for wait in apart(times))


def test_a_shorter_crawl_delay_of_robots_changes_nothing(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, delay_s=5)
    site["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 1\n")
    times = timed(site, watcher, "/a", "/b")

    watcher.fetch_in_turn(f"{site.url}/a", f"{site.url}/b")

    assert all(5 <= wait <= 5 * (1 + JITTER) + 0.1 for wait in apart(times))


def test_a_redirect_is_a_request_and_waits_its_turn(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, delay_s=5)
    site["/a"] = Answer(status=302).having(Location="/b")
    site["/b"] = page("Words.")

    watcher.fetch(f"{site.url}/a")

    (waited,) = watcher.clock.waits
    assert 4.9 <= waited <= 5 * (1 + JITTER) + 0.1


def test_two_hosts_do_not_wait_for_each_other(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, delay_s=3600)
    with Site({"/b": page("Words.")}) as other:
        site["/a"] = page("Words.")

        watcher.fetch_all(f"{site.url}/a", f"{other.url}/b")

    assert watcher.clock.waits == []


def timed(site: Site, watcher: Watcher, *targets: str) -> list[datetime]:
    """Serve pages whose requests leave their moment in the list returned."""
    times: list[datetime] = []

    def answer(request: Request) -> Answer:
        times.append(watcher.clock.at)
        return page(f"Words of {request.target}.")

    for target in targets:
        site[target] = answer
    return times


def apart(times: list[datetime]) -> list[float]:
    return [(after - before).total_seconds() + 0.01 for before, after in pairwise(times)]
