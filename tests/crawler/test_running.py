"""A run over several sources: each host's in turn, hosts side by side."""

import asyncio
from dataclasses import replace
from pathlib import Path
from threading import Barrier

from support import (
    SETTINGS,
    Answer,
    Request,
    Site,
    Watcher,
    docs,
    listing,
    listing_source,
    page,
    page_source,
)

from crawler.config import Config, Source
from crawler.running import told, visit_all
from crawler.visit import Visited


def test_sources_of_one_host_are_visited_one_after_the_other(site: Site, watcher: Watcher) -> None:
    site["/library"] = listing(*docs(0, 1), following="?page=1")
    site["/library?page=1"] = listing(*docs(2, 3))
    site["/page"] = page("Words.")

    ended = run(watcher, listing_source(site), page_source(site))

    assert site.targets == ["/library", "/library?page=1", "/page"]
    assert len(site.asked("/robots.txt")) == 1
    assert [told(visited) for visited in ended] == [
        "library: new: 4 items on 2 pages, 0 changes",
        "page: new: 1 items on 1 page, 0 changes",
    ]


def test_sources_of_two_hosts_are_visited_side_by_side(site: Site, watcher: Watcher) -> None:
    both_asked = Barrier(2, timeout=5)

    def meeting(request: Request) -> Answer:
        """Answer only when the other host has been asked as well."""
        both_asked.wait()
        return page(f"Words of {request.target}.")

    with Site({"/page": meeting}) as other:
        site["/page"] = meeting

        ended = run(watcher, page_source(site, key="here"), page_source(other, key="there"))

    assert sorted(visited.visit.source for visited in ended) == ["here", "there"]
    assert {str(visited.visit.outcome) for visited in ended} == {"new"}


def test_a_source_that_fails_does_not_keep_others_from_being_seen(
    site: Site, watcher: Watcher
) -> None:
    site["/library"] = Answer(status=500)
    site["/page"] = page("Words.")

    ended = run(watcher, listing_source(site), page_source(site))

    assert [told(visited) for visited in ended] == [
        f"library: failed: {site.url}/library answered 500",
        "page: new: 1 items on 1 page, 0 changes",
    ]


def test_one_host_that_never_answers_does_not_hold_up_another(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, timeout_s=0.1)
    site["/page"] = Answer(wire=b"", ending="hold")
    with Site({"/page": page("Words.")}) as other:
        ended = run(watcher, page_source(site, key="silent"), page_source(other, key="well"))

    assert [(v.visit.source, str(v.visit.outcome)) for v in ended] == [
        ("well", "new"),
        ("silent", "failed"),
    ]


def run(watcher: Watcher, *sources: Source) -> list[Visited]:
    config = Config(
        path=Path("config.toml"), archive=watcher.archive.path, crawler=watcher.settings
    )

    ended: list[Visited] = []
    asyncio.run(visit_all(config, sources, watcher.archive, watcher.clock, ended.append))
    return ended
