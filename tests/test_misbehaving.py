"""A server that misbehaves in every way we know: named, in bounded time, and no news."""

import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from time import monotonic

import pytest
from loopback import crawler
from misbehaving import BOMB_CAP_BYTES, MISBEHAVIOURS, OPEN_FAULTS, ROBOTS, Misbehaviour
from support import Answer, Request, Site, Watcher, docs, listing, listing_source, told

HEALTHY = listing(*docs(*range(8)))
# The same, in other bytes.
AGAIN = listing(*docs(*range(8)), noise="token 2")
CHANGED = listing(("/doc/0", "Anchors"), ("/doc/1", "Bridges and tunnels"), *docs(3, 4, 5, 6, 7, 8))
CHANGES = [("changed", "Bridges and tunnels"), ("added", "Islands"), ("removed", "Cranes")]
SETTINGS = crawler(
    timeout_s=0.3,
    retries=0,
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


def each_misbehaviour() -> Iterator[object]:
    for name in MISBEHAVIOURS:
        fault = OPEN_FAULTS.get(name)
        marks = [pytest.mark.xfail(reason=fault, strict=True)] if fault else []
        yield pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", each_misbehaviour())
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
    quick = [name for name in MISBEHAVIOURS if name not in slow | OPEN_FAULTS.keys()]
    for name in quick:
        changes, _, _ = misled(site, impatient, MISBEHAVIOURS[name])
        assert changes == ()
    site["/library"] = CHANGED

    visited = impatient.visit(listing_source(site))

    assert told(visited.changes) == CHANGES
    assert told(impatient.archive.knowledge.changes()) == CHANGES


# What a server may say of its pages, without harm.


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_coding_is_no_change(site: Site, impatient: Watcher, coding: str) -> None:
    site["/library"] = HEALTHY
    impatient.visit(listing_source(site))
    site["/library"] = HEALTHY.coded(coding)

    visited = impatient.visit(listing_source(site))

    assert (visited.visit.outcome, visited.changes) == ("unchanged", ())


@pytest.mark.xfail(reason="a 304 to an unconditional request is believed", strict=True)
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
