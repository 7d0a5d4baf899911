"""The report's filters in a real browser: what they show, and that an address holds the view."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import Seen, context_of, visible_cards

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ALL = 34


def chosen(page: "Page", name: str, value: str) -> None:
    field = page.locator(f"#filters [name={name}]")
    if field.evaluate("each => each.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)


def told(page: "Page") -> list[str]:
    """What the cards that are shown say of themselves."""
    return page.locator("article.card:not([hidden])").all_text_contents()


def kinds(page: "Page") -> set[str]:
    return {page.locator(f"#{card} .kind").text_content() or "" for card in visible_cards(page)}


def test_without_a_filter_every_change_is_shown(page: "Page") -> None:
    assert len(visible_cards(page)) == ALL
    assert page.locator("[name=shown]").inner_text() == f"{ALL} of {ALL} shown"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        pytest.param("source", "fact-sheets", 7, id="source"),
        pytest.param("kind", "removed", 2, id="kind"),
        pytest.param("term", "alien", 25, id="term"),
        pytest.param("flag", "stealth", 19, id="flag"),
        pytest.param("from", "2025-01-01", 13, id="from_a_day_on"),
        pytest.param("to", "2021-04-26", 16, id="up_to_a_day"),
        pytest.param("text", "VIDEO  custody", 3, id="words"),
    ],
)
def test_a_filter_shows_what_fits_and_hides_the_rest(
    page: "Page", name: str, value: str, shown: int
) -> None:
    chosen(page, name, value)

    assert len(visible_cards(page)) == shown
    assert page.locator("[name=shown]").inner_text() == f"{shown} of {ALL} shown"
    assert 0 < shown < ALL


def test_what_a_filter_shows_is_what_was_asked_for(page: "Page") -> None:
    chosen(page, "kind", "removed")
    assert kinds(page) == {"removed"}

    page.keyboard.press("Escape")
    chosen(page, "from", "2021-04-26")
    chosen(page, "to", "2021-04-26")
    assert len(told(page)) == 13
    assert all(re.search(r"(new form read|absent|present) on 2021-04-26", s) for s in told(page))

    page.keyboard.press("Escape")
    chosen(page, "flag", "stealth")
    assert len(told(page)) == 19
    assert all("the wording changed, its date did not" in said for said in told(page))


def test_filters_narrow_one_another(page: "Page") -> None:
    chosen(page, "source", "library")
    chosen(page, "kind", "removed")
    chosen(page, "text", "occupancy")

    assert len(visible_cards(page)) == 1


def test_a_source_of_which_nothing_is_shown_has_no_heading(page: "Page") -> None:
    chosen(page, "source", "fact-sheets")

    shown = page.locator("section.source h3:visible")
    assert shown.all_inner_texts() == ["Harbor and Border Service: Fact Sheets"]


def test_the_address_holds_the_view_and_a_reloaded_one_gives_it_back(page: "Page") -> None:
    chosen(page, "kind", "changed")
    chosen(page, "source", "library")
    chosen(page, "text", "detained aliens")
    page.locator("[name=sides]").check()
    before = visible_cards(page)
    address = page.evaluate("location.hash")

    page.reload()

    assert address == "#?text=detained+aliens&source=library&kind=changed&sides=1"
    assert page.evaluate("location.hash") == address
    assert visible_cards(page) == before != []
    assert page.locator("[name=text]").input_value() == "detained aliens"
    assert page.locator("[name=sides]").is_checked()


def test_an_address_that_was_sent_gives_the_view(browser: "Browser", demo: Path) -> None:
    with context_of(browser) as context:
        page = context.new_page()
        page.goto(f"{demo.as_uri()}#?kind=removed")

        assert kinds(page) == {"removed"}


def test_an_address_typed_over_another_drops_the_filters_that_it_does_not_name(
    page: "Page",
) -> None:
    page.evaluate("location.hash = '?kind=removed&source=library'")
    page.wait_for_function(
        "() => document.querySelectorAll('article.card:not([hidden])').length === 2"
    )

    page.evaluate("location.hash = '?source=fact-sheets'")

    page.wait_for_function(
        "() => document.querySelectorAll('article.card:not([hidden])').length === 7"
    )


@pytest.mark.parametrize("value", ["kind=nothing", "flag=%00", "nosuch=1", "text=%E0%A4%A", "&&=="])
def test_an_address_that_names_nothing_shows_everything(
    browser: "Browser", demo: Path, seen: Seen, value: str
) -> None:
    with context_of(browser) as context:
        page = context.new_page()
        seen.watch(page)
        page.goto(f"{demo.as_uri()}#?{value}")

        is_text = value.startswith("text")
        assert len(visible_cards(page)) == (0 if is_text else ALL)
        assert seen.messages == []


def test_a_link_to_a_hidden_change_shows_it(page: "Page") -> None:
    chosen(page, "kind", "removed")
    hidden = page.locator("article.card[hidden]").last.get_attribute("id")

    page.evaluate(f"location.hash = '{hidden}'")

    page.wait_for_function(f"() => !document.getElementById('{hidden}').hidden")
    page.wait_for_function(
        f"() => document.getElementById('{hidden}').getBoundingClientRect().top < innerHeight"
    )
    assert page.evaluate("location.hash") == f"#{hidden}"
    assert len(visible_cards(page)) == ALL


def test_a_link_to_a_snapshot_keeps_its_address_and_goes_there(
    browser: "Browser", demo: Path
) -> None:
    with context_of(browser) as context:
        page = context.new_page()
        page.goto(demo.as_uri())
        cited = page.locator("tr[id^=snapshot-]").last.get_attribute("id")

        # A page that is loaded anew goes back to where it was; a link is opened in another.
        opened = context.new_page()
        opened.goto(f"{demo.as_uri()}#{cited}")

        opened.wait_for_function("() => scrollY > 1_000")
        assert opened.evaluate("location.hash") == f"#{cited}"


def test_changes_can_be_put_in_the_order_of_their_importance_and_back(page: "Page") -> None:
    found = visible_cards(page)
    scores = (
        "[...document.querySelectorAll('[data-source=library] .worth')]"
        ".map((each) => parseInt(each.textContent))"
    )

    chosen(page, "order", "worth")
    worth = page.evaluate(scores)
    chosen(page, "order", "")

    assert worth == sorted(worth, reverse=True)
    assert visible_cards(page) == found


def test_side_by_side_shows_the_old_wording_beside_the_new(page: "Page") -> None:
    card = page.locator("article.card.changed").first
    card.scroll_into_view_if_needed()
    assert card.locator("del").first.is_visible()

    page.locator("[name=sides]").check()
    card.locator(".side.new").first.wait_for()

    old, new = card.locator(".side.old").first, card.locator(".side.new").first
    assert (old.locator("ins").count(), new.locator("del").count()) == (0, 0)
    assert old.bounding_box()["x"] < new.bounding_box()["x"]  # type: ignore[index]
    assert not card.locator(".inline").first.is_visible()
    page.locator("[name=sides]").uncheck()
    assert card.locator(".inline").first.is_visible()


def test_the_keyboard_alone_reaches_everything(page: "Page") -> None:
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "text"

    page.keyboard.type("jks/")
    assert page.locator("[name=text]").input_value() == "jks/"

    page.keyboard.press("Escape")
    assert len(visible_cards(page)) == ALL
    first, second, *_ = visible_cards(page)
    focus = "document.activeElement.id"
    page.keyboard.press("j")
    assert page.evaluate(focus) == first
    page.keyboard.press("j")
    assert page.evaluate(focus) == second
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert page.evaluate(focus) == first

    page.keyboard.press("s")
    assert page.evaluate("location.hash") == "#?sides=1"
    page.keyboard.press("s")
    assert page.evaluate("location.hash") == ""


def test_the_change_that_the_keyboard_reaches_is_not_behind_the_filters(page: "Page") -> None:
    for _ in range(5):
        page.keyboard.press("j")

    # Cards that come into sight on the way are measured first, and may move it once more.
    page.wait_for_function("""() => {
        const edges = (which) => document.querySelector(which).getBoundingClientRect();
        const top = edges("article.card:focus").top;
        return edges("#filters").bottom <= top && top < 400;
    }""")


def test_keys_that_the_browser_takes_are_left_to_it(page: "Page") -> None:
    page.keyboard.press("Control+j")
    page.keyboard.press("Alt+s")

    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert not page.locator("[name=sides]").is_checked()


def test_the_next_change_is_the_next_that_is_shown(page: "Page") -> None:
    chosen(page, "kind", "removed")
    page.locator("h1").click()
    shown = visible_cards(page)

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")

    assert page.evaluate("document.activeElement.id") == shown[-1]
    assert len(shown) == 2


def test_filters_hold_over_many_sources(browser: "Browser", many: Path) -> None:
    with context_of(browser) as context:
        page = context.new_page()
        page.goto(many.as_uri())

        chosen(page, "source", "s3")
        chosen(page, "order", "worth")

        assert len(visible_cards(page)) == 5
        assert page.locator("section.source:visible").count() == 1
