"""A server that misbehaves in every way we know: named, in bounded time, and no news."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from time import monotonic

import pytest
import support
from misbehaving import (
    BOMB_CAP_BYTES,
    MISBEHAVIOURS,
    ROBOTS,
    Misbehaviour,
    typed,
)
from support import (
    EMPTY,
    START,
    TITLES,
    Answer,
    Request,
    Site,
    Watcher,
    docs,
    html,
    listing,
    listing_source,
    page,
    page_source,
    told,
)

from crawler.derive import read_again
from crawler.fetch import fetcher

HEALTHY = listing(*docs(*range(8)))
# The same, in other bytes.
AGAIN = listing(*docs(*range(8)), noise="token 2")
CHANGED = listing(("/doc/0", "Anchors"), ("/doc/1", "Bridges and tunnels"), *docs(3, 4, 5, 6, 7, 8))
CHANGES = [("changed", "Bridges and tunnels"), ("added", "Islands"), ("removed", "Cranes")]
SETTINGS = replace(
    support.SETTINGS,
    timeout_s=1.0,
    max_redirects=5,
    max_body_bytes=BOMB_CAP_BYTES,
    max_payload_bytes=BOMB_CAP_BYTES,
)
# The timeout for each part of an answer, and what a machine that is busy needs besides.
LONGEST_S = 10


@pytest.fixture
def impatient(watcher: Watcher) -> Iterator[Watcher]:
    watcher.settings = SETTINGS
    yield watcher
    assert list(watcher.archive.problems()) == []


def misled(site: Site, watcher: Watcher, misbehaviour: Misbehaviour) -> tuple[object, str, float]:
    """Let a site misbehave once; return the changes told, the outcome and reason, the seconds."""
    random = Random(7)
    site["/library"] = lambda request: misbehaviour.answer(AGAIN, random)
    began = monotonic()
    visited = watcher.visit(listing_source(site))
    lasted = monotonic() - began
    assert visited.visit.outcome in misbehaviour.outcomes, visited.visit.reason
    return visited.changes, visited.visit.reason or "", lasted


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_nothing_is_concluded_and_the_reason_is_told_when_a_server_sends(
    site: Site, impatient: Watcher, name: str
) -> None:
    misbehaviour = MISBEHAVIOURS[name]
    site["/library"] = HEALTHY
    impatient.visit(listing_source(site))

    changes, reason, lasted = misled(site, impatient, misbehaviour)

    assert changes == ()
    assert re.search(misbehaviour.reason, reason, re.IGNORECASE), reason
    assert lasted < LONGEST_S


@pytest.mark.parametrize("name", ["reset_in_body", "truncated", "maintenance_200", "soft_404"])
def test_the_next_healthy_visit_tells_what_really_changed_after(
    site: Site, impatient: Watcher, name: str
) -> None:
    site["/library"] = HEALTHY
    impatient.visit(listing_source(site))
    misled(site, impatient, MISBEHAVIOURS[name])
    misled(site, impatient, MISBEHAVIOURS[name])
    site["/library"] = CHANGED

    visited = impatient.visit(listing_source(site))

    assert (visited.visit.outcome, told(visited.changes)) == ("new", CHANGES)


def test_every_misbehaviour_in_turn_hides_no_change_and_invents_none(
    site: Site, impatient: Watcher
) -> None:
    site["/library"] = HEALTHY
    impatient.visit(listing_source(site))
    slow = {name for name in MISBEHAVIOURS if re.search("stall|endless|for_ever", name)}
    quick = [name for name in MISBEHAVIOURS if name not in slow]
    for name in quick:
        changes, _, _ = misled(site, impatient, MISBEHAVIOURS[name])
        assert changes == ()
    site["/library"] = CHANGED

    visited = impatient.visit(listing_source(site))

    assert told(visited.changes) == CHANGES
    assert told(impatient.archive.knowledge.changes()) == CHANGES


def test_markup_that_is_called_plain_text_is_never_read_as_wording(
    site: Site, impatient: Watcher
) -> None:
    lines = [f"<p>{title} are inspected in spring and in autumn.</p>" for title in TITLES]
    site["/page"] = html("<main>\n" + "\n".join(lines) + "\n</main>")
    impatient.visit(page_source(site))
    site["/page"] = typed("text/plain")(html("\n".join(lines)), Random(1))

    visited = impatient.visit(page_source(site))

    assert visited.changes == ()
    assert visited.visit.outcome in ("failed", "quarantined")


# What a server may say of its pages, without harm.


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_coding_is_no_change(site: Site, impatient: Watcher, coding: str) -> None:
    site["/library"] = HEALTHY
    impatient.visit(listing_source(site))
    site["/library"] = HEALTHY.coded(coding)

    visited = impatient.visit(listing_source(site))

    assert (visited.visit.outcome, visited.changes) == ("unchanged", ())


def test_a_304_that_nobody_asked_for_is_no_page(site: Site, impatient: Watcher) -> None:
    site["/library"] = HEALTHY
    impatient.visit(listing_source(site))
    site["/library"] = Answer(status=304)

    visited = impatient.visit(listing_source(site))

    assert "if-none-match" not in site.asked("/library")[-1].headers
    assert (visited.visit.outcome, visited.changes) == ("failed", ())
    assert "304" in (visited.visit.reason or "")


def test_a_304_on_the_first_visit_is_no_page(site: Site, impatient: Watcher) -> None:
    site["/library"] = Answer(status=304)

    visited = impatient.visit(listing_source(site))

    assert (visited.visit.outcome, visited.items) == ("failed", 0)


def test_answers_that_flap_between_200_and_304_are_unchanged(
    site: Site, impatient: Watcher
) -> None:
    page = HEALTHY.having(ETag='"1"')
    site["/library"] = [page, Answer(status=304), page, Answer(status=304), page]

    outcomes = [impatient.visit(listing_source(site)).visit.outcome for _ in range(5)]

    assert outcomes == ["new", *["unchanged"] * 4]


@pytest.mark.parametrize("tags", [('W/"1"', 'W/"2"'), ('"1"', '"2"'), ("bare", "words"), ("", "")])
def test_a_tag_that_changes_without_the_page_is_no_news(
    site: Site, impatient: Watcher, tags: tuple[str, str]
) -> None:
    site["/library"] = [HEALTHY.having(ETag=tag) for tag in tags]
    impatient.visit(listing_source(site))

    visited = impatient.visit(listing_source(site))

    assert (visited.visit.outcome, visited.changes) == ("unchanged", ())


def test_a_page_that_changed_under_the_same_tag_is_told(site: Site, impatient: Watcher) -> None:
    site["/library"] = [HEALTHY.having(ETag='"1"'), CHANGED.having(ETag='"1"')]
    impatient.visit(listing_source(site))

    visited = impatient.visit(listing_source(site))

    assert told(visited.changes) == CHANGES


# Pages that move while the walk is on its way.


def moving(before: tuple[int, ...], after: tuple[int, ...], site: Site) -> None:
    """Serve the pages of one list until its first page was asked for, then those of another."""
    state = {"list": before}

    def first(request: Request) -> Answer:
        numbers = state["list"]
        state["list"] = after
        return listing(*docs(*numbers[:5]), following="/library?page=1")

    def second(request: Request) -> Answer:
        return listing(*docs(*state["list"][5:]))

    site["/library"], site["/library?page=1"] = first, second


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ((0, 1, 2, 3, 4, 5, 6, 7), (1, 2, 3, 4, 5, 6, 7), [("removed", "Anchors")]),
        ((0, 1, 2, 3, 4, 5, 6, 7), (8, 0, 1, 2, 3, 4, 5, 6, 7), [("added", "Islands")]),
        ((0, 1, 2, 3, 4, 5, 6, 7), (7, 0, 1, 2, 3, 4, 5, 6), []),
        ((0, 1, 2, 3, 4, 5, 6, 7), (5, 6, 7, 0, 1, 2, 3, 4), []),
    ],
    ids=["removed_from_page_1", "added_to_page_1", "the_last_moved_up", "the_pages_swapped"],
)
def test_a_list_that_moves_during_the_walk_is_told_right_in_the_end(
    site: Site,
    impatient: Watcher,
    before: tuple[int, ...],
    after: tuple[int, ...],
    changes: list[tuple[str, str]],
) -> None:
    impatient.settings = replace(SETTINGS, timeout_s=5)
    moving(before, before, site)
    impatient.visit(listing_source(site))
    moving(before, after, site)

    told_under_way = told(impatient.visit(listing_source(site)).changes)
    told_later = told(impatient.visit(listing_source(site)).changes)
    told_at_last = told(impatient.visit(listing_source(site)).changes)

    assert told_under_way + told_later + told_at_last == changes


def test_an_item_that_was_reworded_and_moved_during_the_walk_is_one_item(
    site: Site, impatient: Watcher
) -> None:
    before = listing(*docs(0, 1, 2), following="/library?page=1")
    later = listing(("/doc/2", "Cranes and hoists"), *docs(3, 4))
    site["/library"], site["/library?page=1"] = before, listing(*docs(3, 4))
    impatient.visit(listing_source(site))
    edited = listing(*docs(0, 1), ("/doc/2", "Cranes and hoists"), following="/library?page=1")
    site["/library?page=1"] = [EMPTY, later, listing(*docs(3, 4))]
    site["/library"] = [EMPTY, before, edited]

    changes = impatient.visit(listing_source(site)).changes

    assert {kind for kind, _ in told(changes)} <= {"changed"}


def test_a_second_walk_that_lists_nothing_confirms_no_removal(
    site: Site, impatient: Watcher
) -> None:
    site["/library"] = listing(*docs(0, 1, 2, 3, 4), following="/library?page=1")
    site["/library?page=1"] = listing(*docs(5, 6, 7))
    impatient.visit(listing_source(site))
    site["/doc/2"] = Answer(body=b"<p>Still here.</p>")
    missing = listing(*docs(0, 1, 3, 4), following="/library?page=1", noise="2")
    site["/library"] = [Answer(status=500), missing, page("Welcome to the agency.")]

    visited = impatient.visit(listing_source(site))

    assert (told(visited.changes), visited.visit.outcome) == ([], "partial")


def test_removals_that_empty_the_last_page_are_told_in_the_end(
    site: Site, impatient: Watcher
) -> None:
    site["/library"] = listing(*docs(0, 1, 2, 3, 4), following="/library?page=1")
    site["/library?page=1"] = listing(*docs(5))
    impatient.visit(listing_source(site))
    site["/library"], site["/library?page=1"] = listing(*docs(0, 1, 2, 3, 4)), Answer(status=404)

    changes = [told(impatient.visit(listing_source(site)).changes) for _ in range(4)]

    assert [each for found in changes for each in found] == [("removed", "Ferries")]


@pytest.mark.parametrize("status", [200, 202, 204, 206])
def test_a_removed_item_whose_link_answers_with_nothing_is_unconfirmed(
    site: Site, impatient: Watcher, status: int
) -> None:
    site["/library"] = listing(*docs(0, 1, 2, 3))
    impatient.visit(listing_source(site))
    site["/library"], site["/doc/3"] = listing(*docs(0, 1, 2)), Answer(status=status)

    changes = [impatient.visit(listing_source(site)).changes for _ in range(3)]

    assert [each.change.verdict for found in changes for each in found] == ["unconfirmed"]


def test_what_was_quarantined_is_no_good_visit_once_knowledge_is_rebuilt(
    site: Site, impatient: Watcher
) -> None:
    source = listing_source(site)
    site["/library"] = HEALTHY
    impatient.visit(source)
    site["/library"] = typed("application/json")(HEALTHY, Random(1))
    impatient.visit(source)
    site["/library"] = CHANGED
    for _ in range(3):
        impatient.visit(source)
    before = impatient.archive.knowledge.changes()

    with impatient.archive.transaction():
        read_again(impatient.archive, source, noted_at=START)

    assert impatient.archive.knowledge.changes() == before


# robots.txt in every state.


@pytest.mark.parametrize("state", ROBOTS)
def test_robots_are_obeyed_when_their_file(site: Site, impatient: Watcher, state: str) -> None:
    answer, means = ROBOTS[state]
    site["/library"] = HEALTHY
    impatient.visit(listing_source(site))
    impatient.clock.at = impatient.clock.at.replace(day=5)
    site["/robots.txt"] = answer
    site["/robots2.txt"] = Answer(body=b"User-agent: *\nDisallow: /\n")
    site["/library"] = CHANGED
    asked = len(site.asked("/library"))

    began = monotonic()
    visited = impatient.visit(listing_source(site))

    is_open = means == "open"
    assert len(site.asked("/library")) - asked == int(is_open)
    assert told(visited.changes) == (CHANGES if is_open else [])
    allowed = {"open": {"new"}, "forbidden": {"blocked"}, "unknown": {"blocked", "failed"}}
    assert visited.visit.outcome in allowed[means], visited.visit.reason
    assert is_open or "robots.txt" in (visited.visit.reason or "")
    assert monotonic() - began < LONGEST_S
    site["/robots.txt"] = Answer(status=404)
    impatient.clock.at = impatient.clock.at.replace(day=9)
    impatient.visit(listing_source(site))
    assert told(impatient.archive.knowledge.changes()) == CHANGES


def test_a_crawl_delay_is_waited_for(site: Site, impatient: Watcher) -> None:
    site["/robots.txt"] = ROBOTS["asks_for_a_delay"][0]
    site["/library"] = listing(*docs(0, 1), following="/library?page=1")
    site["/library?page=1"] = listing(*docs(2, 3))

    impatient.visit(listing_source(site))

    assert sum(impatient.clock.waits) >= 29


def test_robots_that_fail_once_are_asked_for_again(site: Site, impatient: Watcher) -> None:
    site["/robots.txt"] = [Answer(status=503), Answer(status=404)]
    site["/library"] = HEALTHY
    settings = replace(SETTINGS, retries=1)

    async def once() -> int:
        async with fetcher(settings, impatient.clock) as client, asyncio.timeout(5):
            return (await client.fetch(f"{site.url}/library")).status

    assert asyncio.run(once()) == 200
