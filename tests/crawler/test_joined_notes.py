"""Wordings that are read from two places, of which the second is a note that few items have."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from support import START, Answer, SimulatedClock, Site, Watcher, html

from crawler.cli import main
from crawler.config import Config, load
from crawler.visit import Visited
from snapshots.archive import Archive
from snapshots.records import Kind, Outcome

SUBJECTS = (
    "Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliet Kilo Lima Mike November Oscar"
).split()
RECIPE = """\
[source.reports.recipe]
item = "li"
title = "{.title} ({b})"
next = "a.next"
fields = { office = "{i} ({u})" }
"""
Told = list[tuple[Kind, str | None, tuple[str, ...]]]


def page(
    places: Collection[int],
    noted: Collection[int] = (),
    following: str | None = None,
    *,
    are_linked: bool = True,
    offices: Mapping[int, str] = MappingProxyType({}),
) -> Answer:
    """A page of reports by their places among the subjects, some with a note."""
    rows = "".join(
        "<li>"
        + (f'<a class="title" href="/report/{n}">' if are_linked else '<span class="title">')
        + f"Report on {SUBJECTS[n]} matters"
        + ("</a>" if are_linked else "</span>")
        + ("<b>new</b>" if n in noted else "")
        + offices.get(n, "")
        + "</li>"
        for n in places
    )
    more = f'<a class="next" href="{following}">More</a>' if following else ""
    return html(f"<main><h1>Reports</h1><ul>{rows}</ul>{more}</main>")


class Reports:
    """A source that is visited day by day."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.path = path = folder / "config.toml"
        path.write_text(
            "[crawler]\nallow_private = true\ndelay_s = 0\nretries = 0\nconfirm = 1\n"
            f'[source.reports]\nurl = "{site.url}/reports"\nread = "listing"\n{RECIPE}'
        )
        self.config: Config = load(path)
        self.clock = SimulatedClock(START)
        self.site = site
        for number in range(len(SUBJECTS)):
            site[f"/report/{number}"] = html("<p>A report, and all that it says.</p>")

    def visit(self, answer: Answer, *later: Answer) -> Visited:
        self.site["/reports"] = answer
        for number, more in enumerate(later, start=2):
            self.site[f"/reports/{number}"] = more
        with Archive.to_write(self.config.archive) as archive:
            watcher = Watcher(archive, self.config.crawler, self.clock)
            return watcher.visit(self.config.sources["reports"])


@pytest.fixture
def reports(tmp_path: Path, site: Site) -> Reports:
    return Reports(tmp_path, site)


def told(seen: Visited) -> Told:
    return [(r.change.kind, r.change.item.title, r.change.changed) for r in seen.changes]


@pytest.mark.parametrize("noted", [(), (0,), (0, 5), (0, 5, 10)])
def test_pages_that_were_lost_remove_nothing_whoever_had_a_note(
    reports: Reports, noted: Collection[int]
) -> None:
    first, second = range(5), range(5, 10)
    pages = page(first, noted, "/reports/2"), page(second, noted, "/reports/3")
    reports.visit(*pages, page(range(10, 15), noted))

    seen = [reports.visit(pages[0], page(second, noted)) for _ in range(3)]

    assert [(each.visit.outcome, told(each)) for each in seen] == [(Outcome.PARTIAL, [])] * 3


@pytest.mark.parametrize("are_linked", [True, False])
def test_a_list_that_moves_on_while_no_item_has_a_note_keeps_its_titles(
    reports: Reports, *, are_linked: bool
) -> None:
    reports.visit(page(range(6), [1], are_linked=are_linked))

    seen = reports.visit(page(range(3, 10), are_linked=are_linked))

    assert seen.visit.outcome is Outcome.NEW
    added = [title for kind, title, _ in told(seen) if kind is Kind.ADDED]
    assert added == [f"Report on {name} matters" for name in SUBJECTS[6:10]]


@pytest.mark.parametrize("are_linked", [True, False])
def test_titles_are_read_though_no_item_ever_had_a_note(
    reports: Reports, *, are_linked: bool
) -> None:
    reports.visit(page(range(6), are_linked=are_linked))

    more = reports.visit(page(range(7), are_linked=are_linked))
    noted = reports.visit(page(range(7), [3], are_linked=are_linked))

    assert told(more) == [(Kind.ADDED, "Report on Golf matters", ())]
    assert told(noted) == [(Kind.CHANGED, "Report on Delta matters (new)", ("title",))]


@pytest.mark.parametrize("are_linked", [True, False])
def test_notes_that_nearly_all_items_lose_at_once_are_a_layout_that_dropped_them(
    reports: Reports, *, are_linked: bool
) -> None:
    reports.visit(page(range(6), range(6), are_linked=are_linked))

    seen = reports.visit(page(range(6), are_linked=are_linked))
    back = reports.visit(page(range(6), range(6), are_linked=are_linked))

    assert (seen.visit.outcome, told(seen)) == (Outcome.QUARANTINED, [])
    assert (back.visit.outcome.is_good, told(back)) == (True, [])


def test_items_keep_their_titles_when_it_is_accepted_that_all_notes_were_dropped(
    reports: Reports,
) -> None:
    reports.visit(page(range(6), range(6)))
    doubted = reports.visit(page(range(6)))

    assert main(["--config", str(reports.path), "accept", "reports"]) == 0
    more = reports.visit(page(range(7)))
    back = reports.visit(page(range(6), range(6)))

    assert doubted.visit.outcome is Outcome.QUARANTINED
    assert told(more) == [(Kind.ADDED, "Report on Golf matters", ())]
    assert told(back) == [(Kind.REMOVED, "Report on Golf matters", ())]


def test_pages_that_are_lost_after_all_notes_were_dropped_remove_nothing(reports: Reports) -> None:
    first, second, third = range(5), range(5, 10), range(10, 15)
    for notes in (range(15), ()):
        pages = page(first, notes, "/reports/2"), page(second, notes, "/reports/3")
        reports.visit(*pages, page(third, notes))
    assert main(["--config", str(reports.path), "accept", "reports"]) == 0

    seen = [reports.visit(page(first, (), "/reports/2"), page(second)) for _ in range(2)]

    assert [(each.visit.outcome, told(each)) for each in seen] == [(Outcome.PARTIAL, [])] * 2


def test_a_column_that_lost_a_part_is_no_news_of_the_few_who_had_it(reports: Reports) -> None:
    few = {n: f"<i>Office {n}</i><u>Alden</u>" for n in range(4)}
    reports.visit(page(range(10), offices=few))

    seen = reports.visit(page(range(10), offices={n: f"<i>Office {n}</i>" for n in range(6)}))
    back = reports.visit(page(range(10), offices={**few, 0: "<i>Annex</i><u>Alden</u>"}))

    assert (seen.visit.outcome.is_good, told(seen)) == (True, [])
    assert "any office: not compared" in (seen.visit.reason or "")
    assert told(back) == [(Kind.CHANGED, "Report on Alpha matters", ("office",))]
