"""Readings too unlike a source's past: columns that fall, pages that are built otherwise."""

from dataclasses import replace

import pytest
from support import Answer, Site, Watcher, docs, html, listing, listing_source

from crawler.drift import fallen_column
from snapshots.extract.template import shared, template_of
from snapshots.records import Item, Outcome

SIX = docs(0, 1, 2, 3, 4, 5)


def rows(
    *items: tuple[str, str], words: str = "p", around: str = "ul", kind: str = "doc"
) -> Answer:
    """A listing of one kind of element, whose summaries lie in an element of choice."""
    told = "".join(
        f'<li class="doc {kind}-row"><a class="{kind}-link" href="{link}">{title}</a>'
        f'<{words} class="{kind}-words">All that is said of {title}.</{words}></li>'
        for link, title in items
    )
    return html(f'<main class="{kind}-main"><ul class="{kind}-list">{told}</ul></main>')


def test_a_column_that_a_selector_no_longer_finds_is_doubted(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    recipe = replace(source.recipes[0], summary="p")
    source = replace(source, recipes=(recipe,))
    site["/library"] = rows(*SIX)
    watcher.visit(source)
    site["/library"] = rows(*SIX, words="b")

    unseen = watcher.visit(source)

    assert (unseen.visit.outcome, unseen.changes) == (Outcome.QUARANTINED, ())
    assert unseen.visit.reason.startswith("0 of 6 items have a summary, where 6 of 6 had one")


def test_a_column_that_a_default_no_longer_finds_is_not_compared(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    site["/library"] = rows(*SIX)
    watcher.visit(source)
    site["/library"] = rows(*SIX, words="b")

    seen = watcher.visit(source)

    assert (seen.visit.outcome, seen.changes) == (Outcome.UNCHANGED, ())
    assert seen.visit.reason == "only one side shows any summary: not compared"


def test_a_column_that_was_never_there_is_not_missed(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = rows(*SIX, words="b")
    watcher.visit(source)
    site["/library"] = rows(*SIX)

    assert watcher.visit(source).visit.outcome is Outcome.UNCHANGED


def test_a_page_built_otherwise_with_few_of_its_items_is_doubted(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    site["/library"] = rows(*docs(*range(10)), kind="publication")
    watcher.visit(source)
    site["/library"] = rows(*docs(0, 1, 2, *range(12, 19)), kind="event")

    unseen = watcher.visit(source)

    assert (unseen.visit.outcome, unseen.changes) == (Outcome.QUARANTINED, ())
    assert "built of other elements, and holds 3 of the 10 items" in unseen.visit.reason


def test_a_redesign_with_the_same_items_is_believed(site: Site, watcher: Watcher) -> None:
    source = listing_source(site)
    site["/library"] = rows(*docs(*range(10)), kind="publication")
    watcher.visit(source)
    site["/library"] = rows(*docs(*range(10)), kind="event")

    assert watcher.visit(source).visit.outcome is Outcome.UNCHANGED


def test_a_list_of_the_same_build_may_change_most_of_its_items(
    site: Site, watcher: Watcher
) -> None:
    source = listing_source(site)
    site["/library"] = listing(*docs(*range(10)))
    watcher.visit(source)
    site["/library"] = listing(*docs(0, 1, 2, *range(12, 19)))

    assert len(watcher.visit(source).changes) > 0


@pytest.mark.parametrize(
    ("had", "have", "told"),
    [
        (10, 10, None),
        (10, 3, None),
        (10, 1, "1 of 10 items have a summary, where 10 of 10 had one"),
        (4, 0, None),
        (6, 0, "0 of 10 items have a summary, where 6 of 10 had one"),
    ],
)
def test_a_column_falls_when_hardly_any_item_has_it(had: int, have: int, told: str | None) -> None:
    def items(filled: int) -> list[Item]:
        return [
            Item(key=str(n), title=f"Title {n}", summary="Words." if n < filled else None)
            for n in range(10)
        ]

    assert fallen_column(items(had), items(have), {"summary"}) == told


def test_a_template_is_the_kinds_of_element_and_not_what_they_say() -> None:
    one, same, other = (
        template_of(answer.body, "text/html")
        for answer in (rows(*SIX), rows(*docs(7, 8)), rows(*SIX, kind="event"))
    )

    assert shared(one, same) == 1
    assert shared(one, other) < 0.3


def test_a_list_that_answers_in_another_language_is_doubted(site: Site, watcher: Watcher) -> None:
    spanish = ("Anclas", "Puentes", "Grúas", "Muelles de carga", "Estuarios del sur", "Barcos")
    source = listing_source(site)
    site["/library"] = rows(*SIX)
    watcher.visit(source)
    site["/library"] = rows(*((link, name) for (link, _), name in zip(SIX, spanish, strict=True)))

    unseen = watcher.visit(source)
    site["/library"] = rows(*SIX)
    healed = watcher.visit(source)

    assert (unseen.visit.outcome, unseen.changes) == (Outcome.QUARANTINED, ())
    assert "another title" in unseen.visit.reason
    assert "the layout, or the language, seems to have changed" in unseen.visit.reason
    assert (healed.visit.outcome, healed.changes) == (Outcome.UNCHANGED, ())


@pytest.mark.parametrize("edited", ["{} (PDF, new)", "{upper}"], ids=["longer", "in_capitals"])
def test_titles_that_are_all_edited_are_reworded(site: Site, watcher: Watcher, edited: str) -> None:
    source = listing_source(site)
    site["/library"] = rows(*SIX)
    watcher.visit(source)
    new = [(link, edited.format(title, upper=title.upper())) for link, title in SIX]
    site["/library"] = rows(*new)

    seen = watcher.visit(source)

    assert (seen.visit.outcome, len(seen.changes)) == (Outcome.NEW, 6)
