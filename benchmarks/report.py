"""How quickly a report of 5,000 changes is made, opens in Chromium, and is filtered there."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.findings import report
from diffs.report import html
from tests.browsing import CHROMIUM, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHANGES, QUICK_CHANGES = 5_000, 500
MOST_MB, MOST_PAINT_MS, MOST_FILTER_MS = 6.0, 1_500.0, 100.0
OPENINGS, QUICK_OPENINGS = 7, 3

# A filter, and what it is set to.
FILTERS = (
    ("source", "s3"),
    ("kind", "removed"),
    ("term", "alien"),
    ("flag", "stealth"),
    ("from", "2021-06-01"),
    ("to", "2021-06-30"),
    ("text", "custody"),
    ("text", "custody hear"),
    ("order", "worth"),
    ("sides", "1"),
)
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
# From the reader's input until the next frame is drawn, and back to all.
FILTERED = """async ([name, value]) => {
  const form = document.getElementById("filters");
  const drawn = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage("");
  }));
  const put = async (asked) => {
    const field = form.elements[name];
    if (field.type === "checkbox") field.checked = Boolean(asked); else field.value = asked;
    const start = performance.now();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await drawn();
    return performance.now() - start;
  };
  await drawn();
  return Math.max(await put(value), await put(""));
}"""


def run(*, is_quick: bool) -> None:
    """Print a line for each figure, with what is required of it."""
    changes = QUICK_CHANGES if is_quick else CHANGES
    print(f"\nthe HTML report: {changes:,} changes\n")
    told = report(changes)
    start = perf_counter()
    page = html.render(told)
    print(f"made in {perf_counter() - start:.1f} s")
    print(_told("file", len(page.encode()) / 1e6, "MB", MOST_MB))
    if CHROMIUM is None:
        print("in Chromium: not run, as it is not installed")
        return
    with TemporaryDirectory() as folder, opened() as browser:
        path = Path(folder) / "report.html"
        path.write_text(page, "utf-8")
        openings = QUICK_OPENINGS if is_quick else OPENINGS
        for line in measured(browser, path, openings):
            print(line, flush=True)


def measured(browser: "Browser", path: Path, openings: int) -> Iterator[str]:
    """Yield the first paint, as a median of fresh pages, and the slower way of each filter."""
    painted = median(_painted_ms(browser, path) for _ in range(openings))
    yield _told("first paint", painted, "ms", MOST_PAINT_MS)
    for name, value in FILTERS:
        costs = [_filtered_ms(browser, path, name, value) for _ in range(QUICK_OPENINGS)]
        yield _told(f"filter {name}={value}", median(costs), "ms", MOST_FILTER_MS)


def _painted_ms(browser: "Browser", path: Path) -> float:
    with browser.new_context() as context:
        page = _page(context.new_page(), path)
        painted = page.wait_for_function(PAINTED).json_value()
        return float(painted)


def _filtered_ms(browser: "Browser", path: Path, name: str, value: str) -> float:
    with browser.new_context() as context:
        page = _page(context.new_page(), path)
        page.wait_for_timeout(300)
        return float(page.evaluate(FILTERED, [name, value]))


def _page(page: "Page", path: Path) -> "Page":
    page.goto(path.as_uri())
    return page


def _told(what: str, found: float, unit: str, most: float) -> str:
    verdict = "met" if found <= most else "MISSED"
    return f"{what}: {found:.1f} {unit} (at most {most:g} {unit}: {verdict})"
