"""How often a page changed, as far as the archive has seen it."""

from datetime import timedelta

from support import Site, Watcher, docs, listing, listing_source

from snapshots.archive.pace import Pace, pace


def test_a_page_that_was_never_asked_for_has_no_pace(watcher: Watcher) -> None:
    assert pace(watcher.archive.db, "https://agency.example/library") is None


def test_visits_that_found_changes_are_counted_over_their_time(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    for last in (6, 6, 7, 8, 8):
        site["/library"] = listing(*docs(*range(last)))
        watcher.visit(source)
    watcher.clock.at += timedelta(days=30)

    found = pace(watcher.archive.db, f"{site.url}/library/")

    assert found is not None
    assert (found.visits, found.changes) == (5, 2)
    assert round(found.span_s / 86_400, 2) == 4


def test_visits_that_saw_nothing_do_not_count(site: Site, watcher: Watcher) -> None:
    watcher.visit(listing_source(site))

    assert pace(watcher.archive.db, f"{site.url}/library") is None

    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(listing_source(site))

    assert pace(watcher.archive.db, f"{site.url}/library") == Pace(visits=1, changes=0, span_s=0.0)
