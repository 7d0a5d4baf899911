"""What is remembered of a host between runs: its robots.txt for a day, and its failures."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from support import RESET, SETTINGS, Answer, Site, Watcher, page

from crawler.fetch import fetcher
from crawler.politeness import FIRST_REST, LONGEST_REST, MOST_FAILURES, product_token
from snapshots.errors import FetchError
from snapshots.records import Capture

FORBIDDEN = Answer(body=b"User-agent: *\nDisallow: /\n").having(Content_Type="text/plain")


def run(watcher: Watcher, *urls: str) -> list[Capture | str]:
    """Ask for URLs one after the other in a run of its own; a refusal is its fact."""

    async def once() -> list[Capture | str]:
        found: list[Capture | str] = []
        async with fetcher(watcher.settings, watcher.clock, watcher.archive.hosts) as client:
            for url in urls:
                try:
                    found.append(await client.fetch(url))
                except FetchError as error:
                    found.append(error.fact)
        return found

    return asyncio.run(once())


def test_robots_is_asked_once_a_day_over_many_runs(site: Site, watcher: Watcher) -> None:
    site["/page"] = page("Words.")
    for _ in range(5):
        run(watcher, f"{site.url}/page")
        watcher.clock.at += timedelta(hours=5)

    assert len(site.asked("/robots.txt")) == 1


def test_robots_is_asked_again_the_next_day(site: Site, watcher: Watcher) -> None:
    site["/page"] = page("Words.")
    run(watcher, f"{site.url}/page")
    site["/robots.txt"] = FORBIDDEN
    watcher.clock.at += timedelta(hours=23)
    (still,) = run(watcher, f"{site.url}/page")
    watcher.clock.at += timedelta(hours=2)

    assert isinstance(still, Capture)
    assert run(watcher, f"{site.url}/page") == ["robots.txt forbids it"]


def test_what_robots_forbade_is_forbidden_in_the_next_run_unasked(
    site: Site, watcher: Watcher
) -> None:
    site["/robots.txt"], site["/page"] = FORBIDDEN, page("Words.")
    run(watcher, f"{site.url}/page")

    assert run(watcher, f"{site.url}/page") == ["robots.txt forbids it"]
    assert len(site.requests) == 1


def test_an_error_of_robots_forbids_for_minutes_and_not_for_a_day(
    site: Site, watcher: Watcher
) -> None:
    site["/robots.txt"], site["/page"] = Answer(status=503), page("Words.")
    told = "robots.txt answered 503, so nothing may be asked"

    assert run(watcher, f"{site.url}/page", f"{site.url}/other") == [told, told]
    assert len(site.requests) == 1
    site["/robots.txt"] = Answer(status=404)
    watcher.clock.at += FIRST_REST
    (healthy,) = run(watcher, f"{site.url}/page")
    assert isinstance(healthy, Capture)


@pytest.mark.parametrize("answer", [Answer(status=503), RESET], ids=["an_error", "a_reset"])
def test_robots_that_fails_is_asked_again_before_it_is_given_up(
    site: Site, watcher: Watcher, answer: Answer
) -> None:
    watcher.settings = replace(SETTINGS, retries=2)
    site["/robots.txt"], site["/page"] = [answer, answer, FORBIDDEN], page("Words.")

    assert run(watcher, f"{site.url}/page") == ["robots.txt forbids it"]
    assert len(site.asked("/robots.txt")) == 3


def test_a_host_whose_robots_gives_no_answer_is_left_alone(site: Site, watcher: Watcher) -> None:
    site["/robots.txt"], site["/page"] = RESET, page("Words.")

    first, second = run(watcher, f"{site.url}/page", f"{site.url}/page")

    assert "robots.txt could not be had" in str(first)
    assert "left alone until" in str(second)
    assert len(site.requests) == 1


def test_a_host_that_fails_again_and_again_is_left_alone(site: Site, watcher: Watcher) -> None:
    site["/page"] = RESET
    for _ in range(MOST_FAILURES):
        assert "no answer" in str(run(watcher, f"{site.url}/page"))
    asked = len(site.requests)

    assert "left alone until" in str(run(watcher, f"{site.url}/page"))
    assert len(site.requests) == asked
    watcher.clock.at += FIRST_REST
    assert "no answer" in str(run(watcher, f"{site.url}/page"))
    watcher.clock.at += FIRST_REST
    assert "left alone until" in str(run(watcher, f"{site.url}/page"))


def test_a_host_never_rests_for_longer_than_hours(site: Site, watcher: Watcher) -> None:
    site["/page"] = RESET
    for _ in range(40):
        run(watcher, f"{site.url}/page")
        watcher.clock.at += LONGEST_REST
    asked = len(site.asked("/page"))

    site["/page"] = page("Words.")
    (healthy,) = run(watcher, f"{site.url}/page")

    assert asked == 40
    assert isinstance(healthy, Capture)


def test_an_answer_ends_the_count_of_failures(site: Site, watcher: Watcher) -> None:
    for _ in range(3):
        site["/page"] = RESET
        run(watcher, *[f"{site.url}/page"] * (MOST_FAILURES - 1))
        site["/page"] = page("Words.")
        (healthy,) = run(watcher, f"{site.url}/page")
        assert isinstance(healthy, Capture)


def test_a_wait_that_a_server_asks_for_is_kept_between_runs(site: Site, watcher: Watcher) -> None:
    site["/page"] = Answer(status=429).having(Retry_After="1800")
    run(watcher, f"{site.url}/page")
    site["/page"] = page("Words.")
    watcher.clock.at += timedelta(minutes=29)

    assert "left alone until" in str(run(watcher, f"{site.url}/page"))
    watcher.clock.at += timedelta(minutes=2)
    (healthy,) = run(watcher, f"{site.url}/page")
    assert isinstance(healthy, Capture)


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("reworded/0.1.0 (+https://example.org/bot)", "reworded"),
        ("Mozilla/5.0 (compatible; Reworded/0.1; +https://example.org)", "reworded"),
        ("NewsroomBot/2.0 (desk@example.org)", "NewsroomBot"),
        ("NewsroomBot", "NewsroomBot"),
    ],
)
def test_robots_knows_the_program_by_its_own_name(agent: str, token: str) -> None:
    assert product_token(agent) == token
