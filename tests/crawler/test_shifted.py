"""A selector that goes on matching, and reads another column: nothing it says is news."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from support import Answer, Site, Watcher, docs, html, listing_source

from crawler.config import Source
from snapshots.records import Outcome

ROWS = [(f"{number} May 2024", link, title) for number, (link, title) in enumerate(docs(*range(6)))]
Row = tuple[str, str, str]


def titled(row: Row) -> Sequence[str]:
    day, link, title = row
    return (f'<a href="{link}">{title}</a>', day)


def numbered(row: Row) -> Sequence[str]:
    """The same row behind a new column."""
    return (f"No. {len(row[2])}/{len(row[1])}", *titled(row))


def filed(row: Row) -> Sequence[str]:
    """The same row with a new column before its last."""
    title, day = titled(row)
    return (title, f"Office {len(row[2])}", day)


def joined(row: Row) -> Sequence[str]:
    """The same row with what another column said before in its title."""
    title, day = titled(row)
    return (f"{title} File {row[1][-1]}/2024", day)


def shortened(row: Row) -> Sequence[str]:
    day, link, title = row
    return titled((day, link, f"{title[:4]}…"))


def renamed(row: Row) -> Sequence[str]:
    day, link, title = row
    return titled((day, link, f"{title} (revised)"))


def dated_anew(row: Row) -> Sequence[str]:
    return titled((row[0].replace("May", "June"), *row[1:]))


def table(cells: Callable[[Row], Sequence[str]], more: str = "") -> Answer:
    told = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells(row))}</tr>" for row in ROWS)
    return html(f"<main><table><tbody>{told}</tbody></table>{more}</main>")


def source_of(site: Site) -> Source:
    source = listing_source(site)
    recipe = replace(
        source.recipes[0],
        item="tbody > tr",
        title="td:nth-child(1)",
        link="a@href",
        published="td:nth-child(2)",
    )
    return replace(source, recipes=(recipe,))


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            numbered,
            "nearly every item has another date, and another title: the layout, or the lang",
        ),
        (joined, "nearly every item has another title: the layout, or the language, seems"),
        (shortened, "nearly every item has another title: the layout, or the language, seems"),
        (filed, "nearly every item has another date: the layout seems to have changed"),
    ],
)
def test_a_column_put_in_between_is_doubted(
    site: Site, watcher: Watcher, cells: Callable[[Row], Sequence[str]], reason: str
) -> None:
    source = source_of(site)
    site["/library"] = table(titled)
    watcher.visit(source)
    site["/library"] = table(cells)

    unseen = watcher.visit(source)

    assert (unseen.visit.outcome, unseen.changes) == (Outcome.QUARANTINED, ())
    assert unseen.visit.reason.startswith(reason)


def test_it_is_doubted_in_a_list_that_was_not_seen_whole(site: Site, watcher: Watcher) -> None:
    source = source_of(site)
    further = '<a rel="next" href="/library/2">Next</a>'
    site["/library"] = table(titled, further)
    assert watcher.visit(source).visit.outcome is Outcome.PARTIAL
    site["/library"] = table(numbered, further)

    unseen = watcher.visit(source)

    assert (unseen.visit.outcome, unseen.changes) == (Outcome.QUARANTINED, ())


@pytest.mark.parametrize(("cells", "told"), [(renamed, ("title",)), (dated_anew, ("published",))])
def test_what_a_site_says_anew_of_all_its_items_is_told(
    site: Site, watcher: Watcher, cells: Callable[[Row], Sequence[str]], told: tuple[str, ...]
) -> None:
    source = source_of(site)
    site["/library"] = table(titled)
    watcher.visit(source)
    site["/library"] = table(cells)

    seen = watcher.visit(source)

    assert [record.change.changed for record in seen.changes] == [told] * len(ROWS)


OFFICES = ("Alden", "Boulder", "Camden", "Dayton", "Elgin", "Fargo")


def counted(*columns: Sequence[str]) -> Answer:
    """A table of links, with further columns."""
    rows = zip(ROWS, zip(*columns, strict=True), strict=True)
    told = "".join(
        f'<tr><td><a href="{link}">{title}</a><td>{"<td>".join(row)}'
        for (_, link, title), row in rows
    )
    return html(f"<main><table><tbody>{told}</tbody></table></main>")


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        # What was the first further column is the second one now.
        ((OFFICES, OFFICES[::-1]), (("New",) * 6, OFFICES), Outcome.QUARANTINED),
        # This week's figures, and then last week's.
        (("123456", "987654"), ("234567", "123456"), Outcome.NEW),
        # Every office has another clerk.
        ((OFFICES, ("Mr. Lee",) * 6), (OFFICES, ("Ms. Cho",) * 6), Outcome.NEW),
    ],
)
def test_a_column_that_says_what_another_one_said_is_doubted(
    site: Site,
    watcher: Watcher,
    before: Sequence[Sequence[str]],
    after: Sequence[Sequence[str]],
    outcome: Outcome,
) -> None:
    source = source_of(site)
    recipe = replace(
        source.recipes[0],
        title="a",
        published=None,
        fields={"this": "td:nth-child(2)", "last": "td:nth-child(3)"},
    )
    source = replace(source, recipes=(recipe,))
    site["/library"] = counted(*before)
    watcher.visit(source)
    site["/library"] = counted(*after)

    seen = watcher.visit(source)

    assert seen.visit.outcome is outcome
    assert bool(seen.changes) is (outcome is Outcome.NEW)
