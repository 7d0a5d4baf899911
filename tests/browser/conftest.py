"""What the browser's tests start from: Chromium, and pages to open in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.findings import report
from crawler.demo.play import play
from diffs.report import html
from tests.browsing import Seen, context_of, need_chromium, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FEW = 120


@pytest.fixture(scope="module")
def browser(demo: Path) -> Iterator["Browser"]:
    """Chromium, anew for each module, as it holds the event loop that other tests need."""
    need_chromium()
    with opened() as running:
        yield running


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's report."""
    folder = tmp_path_factory.mktemp("demo")
    play(folder)
    return folder / "report.html"


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of invented changes over 27 sources."""
    path = tmp_path_factory.mktemp("many") / "report.html"
    path.write_text(html.render(report(FEW)), "utf-8")
    return path


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def page(browser: "Browser", demo: Path, seen: Seen) -> Iterator["Page"]:
    """The demo's report, opened in a fresh profile as wide as a desktop's."""
    with context_of(browser) as context:
        opened_page = context.new_page()
        seen.watch(opened_page)
        opened_page.goto(demo.as_uri())
        yield opened_page
