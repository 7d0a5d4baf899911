"""A real browser for the tests: Debian's Chromium, headless; and axe, which judges pages.

``python -m tests.browsing`` installs axe, pinned, into a folder of its own, through npm.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[1]
# Pictures that tests take, to be looked at; kept out of the repository.
PICTURES = ROOT / ".pictures"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE_VERSION = "4.14.1"
AXE = ROOT / f".axe-{AXE_VERSION}" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"width": 1280, "height": 900}
# How long anything may take to show, on a machine that is busy with much else.
PATIENCE_MS = 90_000
PHONE = {"width": 390, "height": 844}


@dataclass(slots=True)
class Seen:
    """What a page did while it was looked at: what it said, and what it asked for."""

    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def watch(self, page: "Page") -> None:
        """Note what the page does from now on."""
        page.on("console", lambda said: self.messages.append(said.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("request", lambda asked: self.requests.append(asked.url))


@contextmanager
def opened() -> Iterator["Browser"]:
    """Start the browser, and close it at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root, who is who runs tests in a container.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"]
        )
        try:
            yield browser
        finally:
            browser.close()


def need_chromium() -> None:
    """Skip a test where there is no browser, and say how to get one."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: `apt-get install chromium` does that")


def need_axe() -> None:
    """Skip a test where axe is not installed, and say how to get it."""
    if not AXE.exists():
        pytest.skip("axe is not installed: `make judges` does that, where there is npm")


def violations(page: "Page") -> list[str]:
    """Return what axe finds against a page, one line a rule with the first element at fault."""
    need_axe()
    # Through the debugger, as the page's own policy lets no other script in.
    page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in found]


def visible_cards(page: "Page") -> list[str]:
    """Return the cards that are shown, by their numbers, in their order on the page."""
    return list(
        page.evaluate(
            "[...document.querySelectorAll('article.card:not([hidden])')].map((each) => each.id)"
        )
    )


def put_side_by_side(page: "Page") -> None:
    """Go to the changes, press the key for it, and wait until those in sight stand so."""
    page.evaluate("document.getElementById('findings').scrollIntoView()")
    page.keyboard.press("s")
    page.locator("article.card .sides").first.wait_for(state="attached")


def pictured(page: "Page", name: str) -> Path:
    """Keep a picture of what the window shows; return where."""
    PICTURES.mkdir(exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    return path


def context_of(browser: "Browser", **settings: Any) -> "BrowserContext":
    """Return a fresh profile, its window as wide as a desktop's if not told."""
    context = browser.new_context(**{"viewport": DESKTOP, **settings})
    context.set_default_timeout(PATIENCE_MS)
    return context


def install() -> str | None:
    """Install axe where it is not; return why that failed, or None."""
    if AXE.exists():
        return None
    npm = shutil.which("npm")
    if npm is None:
        return "there is no npm"
    folder = ROOT / f".axe-{AXE_VERSION}"
    quiet = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts")
    done = subprocess.run(
        [npm, "install", *quiet, "--prefix", str(folder), f"axe-core@{AXE_VERSION}"],
        capture_output=True,
        text=True,
    )
    return None if done.returncode == 0 else (done.stderr.strip() or "npm gave no reason")


if __name__ == "__main__":
    why = install()
    sys.stdout.write(f"axe cannot be installed, and is done without: {why}\n" if why else "")
