"""One visit: what it keeps, what it concludes, and above all what it does not conclude."""

import sqlite3
from dataclasses import replace
from datetime import date

import pytest
from support import (
    EMPTY,
    NOT_FOUND,
    RESET,
    SETTINGS,
    TITLES,
    Answer,
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

from snapshots.errors import ArchiveError
from snapshots.records import Flag, Read, Recipe, Revisit, Verdict

MAINTENANCE = html("<h1>Scheduled maintenance</h1><p>Please check back later.</p>")
BLOCK_PAGE = html("<h1>Access Denied</h1><p>You don't have permission. Reference #18.1</p>")
REDESIGNED = html("<main>" + "".join(f"<div class=card>{title}</div>" for title in TITLES))


def test_the_first_visit_has_nothing_to_compare_with(site: Site, watcher: Watcher) -> None:
    site["/library"] = listing(*docs(0, 1, 2))

    visited = watcher.visit(listing_source(site))

    assert (visited.visit.outcome, visited.items, visited.changes) == ("new", 3, ())


def test_additions_removals_and_new_wording_are_told(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(source)
    site["/library"] = listing(*docs(0, 2, 3), ("/doc/4", "Estuaries"))

    visited = watcher.visit(source)

    assert told(visited.changes) == [
        ("added", "Docks"),
        ("added", "Estuaries"),
        ("removed", "Bridges"),
    ]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (MAINTENANCE, "failed"),
        (BLOCK_PAGE, "blocked"),
        (EMPTY, "failed"),
        (Answer(body=b" \r\n\t "), "failed"),
        (REDESIGNED, "quarantined"),
        (html("<ul></ul>"), "quarantined"),
        (Answer(body=bytes(range(256)) * 64), "quarantined"),
        (Answer(status=404), "quarantined"),
        (Answer(status=410), "quarantined"),
        (Answer(status=500), "failed"),
        (Answer(status=503).having(Retry_After="60"), "failed"),
        (Answer(status=403), "blocked"),
        (Answer(status=401), "blocked"),
        (Answer(status=429), "blocked"),
        (Answer(status=204), "failed"),
        (Answer(status=302), "failed"),
        (RESET, "failed"),
        (Answer(body=b"<html>" * 99, length=99_999), "failed"),
    ],
    ids=[
        "a_maintenance_page",
        "a_block_page",
        "an_empty_body",
        "white_space",
        "a_redesign_that_the_recipe_cannot_read",
        "an_emptied_list",
        "garbage",
        "not_found",
        "gone",
        "an_error",
        "overload",
        "forbidden",
        "a_login",
        "too_many_requests",
        "no_content",
        "a_redirect_to_nowhere",
        "a_broken_connection",
        "a_cut_body",
    ],
)
def test_nothing_is_removed_by(site: Site, watcher: Watcher, answer: Answer, outcome: str) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(source)
    site["/library"] = answer

    unseen = watcher.visit(source)
    site["/library"] = listing(*docs(0, 1, 2))
    seen = watcher.visit(source)

    assert (unseen.visit.outcome, unseen.changes) == (outcome, ())
    assert unseen.visit.reason
    assert (seen.visit.outcome, seen.changes) == ("unchanged", ())
    assert watcher.archive.evidence.counts()[0] == 3


def test_a_list_that_shrank_to_a_fraction_is_quarantined(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(*range(20)))
    watcher.visit(source)
    site["/library"] = listing(*docs(7, 8))

    visited = watcher.visit(source)

    assert (visited.visit.outcome, visited.changes) == ("quarantined", ())
    assert visited.visit.reason
    assert visited.visit.reason.startswith("only 2 items where 20 stood; 2 of the 20 known titles")


def test_the_basis_is_the_last_healthy_snapshot(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(source)
    site["/library"] = MAINTENANCE
    watcher.visit(source)
    site["/library"] = listing(*docs(0, 1))

    (removed,) = watcher.visit(source).changes

    assert (removed.seen.old.id, removed.seen.new.id) == (1, 3)
    assert removed.seen.good_visits_between == 0
    assert 2 * 86_400 <= removed.seen.longest_gap_s <= 2 * 86_400 + 10


def test_a_maintenance_page_amid_navigation_removes_nothing(site: Site, watcher: Watcher) -> None:
    source = page_source(site)
    site["/page"] = page("Aliens must report.", "Fees are due.", "Hearings are public.")
    watcher.visit(source)
    links = "".join(f'<a href="/{title}">All about {title}</a> ' for title in TITLES)
    site["/page"] = html(f"<nav>{links}</nav><main><h1>Site under maintenance</h1></main>")

    assert watcher.visit(source).changes == ()


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (NOT_FOUND, Verdict.GONE),
        (Answer(status=410), Verdict.GONE),
        (page("Still here."), Verdict.DELISTED),
        (Answer(status=301).having(Location="/moved"), Verdict.REDIRECTED),
        (Answer(status=302).having(Location="/lost"), Verdict.GONE),
        (Answer(status=403), Verdict.BLOCKED),
        (Answer(status=500), Verdict.UNCONFIRMED),
        (RESET, Verdict.UNCONFIRMED),
        (page("Access Denied. Pardon our interruption."), Verdict.BLOCKED),
        (page("The site is under scheduled maintenance."), Verdict.UNCONFIRMED),
    ],
    ids=[
        "404",
        "410",
        "online",
        "moved",
        "redirected_to_404",
        "forbidden",
        "error",
        "no_answer",
        "block_page",
        "maintenance",
    ],
)
def test_a_removed_items_own_link_gives_the_verdict(
    site: Site, watcher: Watcher, answer: Answer, verdict: Verdict
) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(source)
    site["/library"] = listing(*docs(0, 1))
    site["/doc/2"], site["/moved"] = answer, page("Moved here.")

    told = (*watcher.visit(source).changes, *watcher.visit(source).changes)

    (removed,) = told
    assert (removed.change.kind, removed.change.verdict) == ("removed", verdict)
    assert watcher.archive.evidence.verdicts(2) == {f"{site.url}/doc/2": verdict}


def test_a_removed_item_that_robots_keeps_us_from_is_blocked(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/robots.txt"] = Answer(body=b"User-agent: *\nDisallow: /doc/\n")
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(source)
    site["/library"] = listing(*docs(0, 1))

    watcher.visit(source)
    (removed,) = watcher.visit(source).changes

    assert removed.change.verdict is Verdict.BLOCKED
    assert site.asked("/doc/2") == []


def test_an_item_that_is_still_listed_is_never_asked_for(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(source)
    site["/library"] = listing(*docs(2, 1, 0, 3))

    watcher.visit(source)

    assert set(site.targets) == {"/library"}


def test_an_unchanged_visit_stores_no_second_payload(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2))

    watcher.visit(source)
    again = watcher.visit(source)

    assert again.visit.outcome == "unchanged"
    assert again.visit.captures[0].revisit is Revisit.SAME_PAYLOAD
    assert watcher.archive.evidence.counts() == (2, 2, 1)


def test_a_304_is_an_unchanged_visit(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = [
        listing(*docs(0, 1, 2)).having(ETag='"1"'),
        Answer(status=304),
        Answer(status=304),
    ]

    watcher.visit(source)
    second, third = watcher.visit(source), watcher.visit(source)

    assert [second.visit.outcome, third.visit.outcome] == ["unchanged", "unchanged"]
    assert [r.headers.get("if-none-match") for r in site.asked("/library")] == [None, '"1"', '"1"']
    assert watcher.archive.evidence.counts() == (3, 3, 1)


def test_a_failed_visit_is_never_asked_to_stand_for_the_page(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = [
        listing(*docs(0, 1)).having(ETag='"good"'),
        MAINTENANCE.having(ETag='"maintenance"'),
        listing(*docs(0, 1)).having(ETag='"good"'),
    ]

    for _ in range(3):
        watcher.visit(source)

    assert site.asked("/library")[2].headers["if-none-match"] == '"good"'


def test_volatile_noise_is_no_change(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2), noise="token 17")
    watcher.visit(source)
    site["/library"] = listing(*docs(0, 1, 2), noise="token 18")

    visited = watcher.visit(source)

    assert (visited.visit.outcome, visited.changes) == ("unchanged", ())
    assert watcher.archive.evidence.counts() == (2, 2, 2)


def test_a_return_to_an_earlier_wording_is_told_as_one(site: Site, watcher: Watcher) -> None:
    source = page_source(site)
    aliens, noncitizens = (
        "Removable aliens were held here.",
        "Removable noncitizens were held here.",
    )
    for text in (aliens, noncitizens):
        site["/page"] = page(text, "Fees are due in May.")
        watcher.visit(source)
    site["/page"] = page(aliens, "Fees are due in May.")

    (change,) = watcher.visit(source).changes

    assert change.change.flags == (Flag.REVERTED,)
    assert change.away_since == watcher.archive.knowledge.snapshot(2).captured_at


def test_an_edited_recipe_is_never_news(site: Site, watcher: Watcher) -> None:
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(listing_source(site))
    wider = Recipe(read=Read.LISTING, item="li.doc", summary="p", fields={"link_text": "a"})

    visited = watcher.visit(listing_source(site, recipes=(wider,)))

    assert (visited.visit.outcome, visited.changes) == ("unchanged", ())
    assert watcher.archive.knowledge.changes() == []
    (standing, *_) = watcher.archive.knowledge.standing("library").items  # type: ignore[union-attr]
    assert standing.item.fields == {"link_text": "Anchors"}


def test_a_change_keeps_its_number_when_the_recipe_is_edited(site: Site, watcher: Watcher) -> None:
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(listing_source(site))
    site["/library"] = listing(*docs(0, 1, 2, 3))
    (before,) = watcher.visit(listing_source(site)).changes
    narrower = Recipe(read=Read.LISTING, item="li.doc", summary="p.none")

    watcher.visit(listing_source(site, recipes=(narrower,)))

    (after,) = watcher.archive.knowledge.changes()
    assert (after.id, told([after])) == (before.id, [("added", "Docks")])
    assert list(after.change.fields) == ["title", "url"]


def test_dated_recipes_read_an_old_and_a_new_layout(site: Site, watcher: Watcher) -> None:
    recipes = (
        Recipe(read=Read.LISTING, item="li.doc"),
        Recipe(read=Read.LISTING, item="div.card", since=date(2021, 5, 2)),
    )
    source = listing_source(site, recipes=recipes)
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(source)
    site["/library"] = html(
        "".join(
            f'<div class="card"><h3><a href="{link}">{title}</a></h3>'
            f"<p>All that is said of {title}.</p></div>"
            for link, title in docs(2, 1, 0, 3)
        )
    )

    visited = watcher.visit(source)

    assert told(visited.changes) == [("added", "Docks")]


def test_nothing_is_half_kept_when_the_archive_cannot_be_written(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.visit(source)
    site["/library"] = listing(*docs(0, 1))
    # The disk fills up between the evidence and the knowledge of the visit.
    watcher.archive.db.execute(
        "CREATE TRIGGER full BEFORE INSERT ON changes"
        " BEGIN SELECT raise(ABORT, 'disk is full'); END"
    )

    with pytest.raises(ArchiveError, match="disk is full"):
        watcher.visit(source)
    watcher.archive.db.execute("DROP TRIGGER full")
    counts = watcher.archive.evidence.counts()
    visited = watcher.visit(source)

    assert counts == (1, 1, 1)
    assert told(visited.changes) == [("removed", "Cranes")]
    assert list(watcher.archive.problems()) == []


def test_an_archive_that_another_program_locks_is_told(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(0, 1, 2))
    watcher.archive.db.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(watcher.archive.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(ArchiveError, match="another program holds the file"):
        watcher.visit(source)
    other.execute("ROLLBACK")
    other.close()

    assert watcher.visit(source).visit.outcome == "new"


def test_what_a_page_says_is_never_markup_or_sql(site: Site, watcher: Watcher) -> None:
    source = page_source(site)
    hostile = "'); DROP TABLE visits; -- &lt;script&gt;alert(1)&lt;/script&gt; ../../etc/passwd"
    site["/page"] = page("Words that stay.")
    watcher.visit(source)
    site["/page"] = page("Words that stay.", hostile)

    (added,) = watcher.visit(source).changes

    assert added.change.item.text == (
        "'); DROP TABLE visits; -- <script>alert(1)</script> ../../etc/passwd"
    )
    assert watcher.archive.evidence.counts()[0] == 2


def test_each_visit_is_kept_with_what_was_asked_and_answered(site: Site, watcher: Watcher) -> None:
    site["/old"] = Answer(status=301).having(Location="/library")
    site["/library"] = listing(*docs(0, 1, 2))
    source = listing_source(site, url=f"{site.url}/old")

    visited = watcher.visit(source)

    (kept,) = next(iter(watcher.archive.evidence.readable_visits("library"))).captures
    assert kept == replace(visited.visit.captures[0], captured_at=kept.captured_at)
    assert [tuple(hop) for hop in kept.hops] == [(f"{site.url}/old", 301)]
    assert kept.final_url == f"{site.url}/library"


def test_a_robots_refusal_is_kept_as_a_visit(site: Site, watcher: Watcher) -> None:
    site["/robots.txt"] = Answer(body=b"User-agent: *\nDisallow: /\n")

    watcher.visit(listing_source(site))

    (failure,) = watcher.archive.failures(("library",))
    assert (failure.outcome, failure.reason) == (
        "blocked",
        f"{site.url}/library: robots.txt forbids it",
    )


def test_a_body_that_is_too_large_is_a_failed_visit(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, max_body_bytes=1000)
    site["/library"] = Answer(body=b"x" * 2000)

    kept = watcher.visit(listing_source(site)).visit

    assert (kept.outcome, kept.reason) == (
        "failed",
        f"{site.url}/library: the body is larger than the cap of 1,000 bytes",
    )


def test_summaries_that_are_cut_short_for_a_while_lose_nothing(
    site: Site, watcher: Watcher
) -> None:
    def served(summary: str) -> None:
        rows = "".join(
            f'<li class="doc"><a href="{link}">{title}</a><p>{title}: {summary}</p></li>'
            for link, title in docs(0, 1, 2, 3)
        )
        site["/library"] = html(f"<ul>{rows}</ul>")

    found = []
    for summary in ("how aliens cross the sea", "how aliens…", "how noncitizens cross the sea"):
        served(summary)
        found.append(watcher.visit(listing_source(site)).changes)

    assert [len(changes) for changes in found] == [0, 0, 4]
    assert found[2][0].change.fields["summary"].old == "Anchors: how aliens cross the sea"


def test_a_session_in_every_link_hides_neither_a_removal_nor_a_new_address(
    site: Site, watcher: Watcher
) -> None:
    def served(session: str, *numbers: int, moved: int | None = None) -> None:
        rows = [(f"{link}?sid={session}", title) for link, title in docs(*numbers)]
        if moved is not None:
            rows[moved] = (f"/moved?sid={session}", rows[moved][1])
        site["/library"] = listing(*rows)

    found = []
    for session, numbers, moved in (
        ("5d41", range(8), None),
        ("7c2a", range(8), None),
        ("9f03", range(1, 8), 1),
    ):
        served(session, *numbers, moved=moved)
        found += watcher.visit(listing_source(site)).changes

    assert told(found) == [("changed", "Cranes"), ("removed", "Anchors")]


def test_a_missing_item_is_asked_after_with_the_session_that_it_had_last(
    site: Site, watcher: Watcher
) -> None:
    for session, numbers in (("1", range(8)), ("2", range(8)), ("3", range(1, 8))):
        site["/library"] = listing(*((f"{u}?sid={session}", t) for u, t in docs(*numbers)))
        watcher.visit(listing_source(site))

    assert [target for target in site.targets if "sid=" in target] == ["/doc/0?sid=2"]
