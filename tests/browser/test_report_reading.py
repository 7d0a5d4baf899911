"""The report as people read it: on a phone, on paper, in the dark, by ear, without script."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import PHONE, Seen, context_of, pictured, put_side_by_side, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NARROW = {"width": 360, "height": 740}
FRAMES = """async () => {
    for (let n = 0; n < 10; n += 1) await new Promise((done) => requestAnimationFrame(done));
}"""
WIDEST = "document.documentElement.scrollWidth"


def test_the_page_asks_for_nothing_and_complains_of_nothing(
    page: "Page", demo: Path, seen: Seen
) -> None:
    page.locator("summary").first.click()
    put_side_by_side(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    # What a page asks for late, it asks for in a frame that it draws.
    page.evaluate(FRAMES)

    assert seen.requests == [demo.as_uri()]
    assert seen.messages == []


def test_long_kept_words_fold_until_they_are_asked_for(page: "Page") -> None:
    gap = page.locator("details.gap").first
    drawn = """(each) => {
        const range = document.createRange();
        range.selectNodeContents(each.lastChild);
        return range.getClientRects().length;
    }"""

    assert gap.evaluate(drawn) == 0

    gap.locator("summary").click()
    page.wait_for_function(f"(each) => ({drawn})(each) > 0", arg=gap.element_handle())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "window", [{"width": 1280, "height": 900}, PHONE], ids=["desktop", "phone"]
)
def test_axe_finds_nothing_against_the_page(
    browser: "Browser", demo: Path, scheme: str, window: dict[str, int]
) -> None:
    with context_of(browser, viewport=window, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(demo.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")

        assert violations(page) == []

        put_side_by_side(page)
        assert violations(page) == []


def test_axe_does_find_what_is_wrong(page: "Page") -> None:
    page.evaluate("document.documentElement.removeAttribute('lang')")

    assert [each.split(":")[0] for each in violations(page)] == ["html-has-lang"]


@pytest.mark.parametrize("which", ["demo", "many"])
@pytest.mark.parametrize("is_two_sided", [False, True], ids=["inline", "side_by_side"])
def test_nothing_scrolls_sideways_on_a_narrow_phone(
    browser: "Browser", which: str, is_two_sided: bool, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(which)
    with context_of(browser, viewport=NARROW) as context:
        page = context.new_page()
        page.goto(path.as_uri())
        if is_two_sided:
            put_side_by_side(page)
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        page.add_style_tag(content=".batch { content-visibility: visible !important }")

        assert page.evaluate(WIDEST) == NARROW["width"]


def test_on_paper_the_text_is_whole_the_folded_is_open_and_the_filters_are_gone(
    page: "Page", tmp_path: Path
) -> None:
    from pypdf import PdfReader

    page.pdf(path=tmp_path / "report.pdf", format="A4")

    printed = " ".join(
        re.sub(r"\s+", " ", sheet.extract_text())
        for sheet in PdfReader(tmp_path / "report.pdf").pages
    )
    assert "What changed up to 2025-03-03" in printed
    assert "Remote Hearings from Harbor Facilities" in printed
    assert "reworded evidence 34" in printed
    assert "notice given: not assessed" in printed
    assert "How to read this" in printed
    assert "side by side" not in printed
    assert "show all" not in printed


def test_on_paper_only_what_the_filters_show_is_printed(page: "Page", tmp_path: Path) -> None:
    from pypdf import PdfReader

    page.locator("[name=kind]").select_option("removed")
    page.pdf(path=tmp_path / "report.pdf", format="A4")

    printed = " ".join(s.extract_text() for s in PdfReader(tmp_path / "report.pdf").pages)
    assert "Holding Room Occupancy" in printed
    assert "Remote Hearings from Harbor Facilities" not in printed


def test_without_script_everything_can_be_read_and_no_control_pretends_to_work(
    browser: "Browser", demo: Path
) -> None:
    with context_of(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(demo.as_uri())

        cards = page.locator("article.card")
        assert cards.count() == 34
        assert all(cards.nth(place).is_visible() for place in range(34))
        assert not page.locator("#filters").is_visible()
        page.locator("#change-1 summary").click()
        assert page.locator("#change-1 dl").is_visible()


def test_a_chart_and_a_calendar_are_told_in_words_too(page: "Page") -> None:
    charts = page.locator("svg")

    assert charts.count() > 4
    assert all(charts.nth(place).get_attribute("aria-label") for place in range(charts.count()))
    assert page.locator("figure").count() == page.locator("figure details table").count()


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("desktop", {}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": PHONE, "has_touch": True, "is_mobile": True}),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_pictures_are_kept_to_be_looked_at(
    browser: "Browser", demo: Path, name: str, settings: dict[str, object]
) -> None:
    with context_of(browser, **settings) as context:
        page = context.new_page()
        page.goto(demo.as_uri())
        kept = [pictured(page, f"report-{name}")]
        page.locator("#findings").scroll_into_view_if_needed()
        page.evaluate("document.getElementById('findings').scrollIntoView()")
        kept.append(pictured(page, f"report-{name}-changes"))

    assert all(path.stat().st_size > 10_000 for path in kept)
