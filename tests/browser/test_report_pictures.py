"""The pictures of real reports in docs/: what they tell at a glance, and that they are today's.

They are taken where ``REWORDED_DATA`` has the pages, and kept where ``REWORDED_PICTURES`` is set.
"""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.cli import main
from tests.browsing import DESKTOP, PHONE, PICTURES, ROOT, context_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DATA = Path(os.environ.get("REWORDED_DATA", ROOT.parent / "shared/data"))
FOLDER = ROOT / "docs" if os.environ.get("REWORDED_PICTURES") else PICTURES
MOST_BYTES = 400_000
MEMBERS = "https://www.parliament.nz/en/mps-and-electorates/members-of-parliament/"
NEEDS_DATA = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")


def reported(folder: Path, config: str, *imports: tuple[str, ...]) -> Path:
    """Import captures into a new archive, and write its report."""
    (folder / "config.toml").write_text(config, "utf-8")
    base = ("--config", str(folder / "config.toml"))
    for arguments in imports:
        assert main([*base, "import", *arguments]) == 0
    assert main([*base, "report", "-o", str(folder / "report.html")]) == 0
    return folder / "report.html"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the fact sheets of ICE, before and after April 2021."""
    pages = DATA / "seeds"
    expected = json.loads((pages / "factsheets.expected.json").read_text("utf-8"))
    at = {"old": "2020-12-15", "new": "2021-06-01"}
    return reported(
        tmp_path_factory.mktemp("seeds"),
        '[source.ice-factsheets]\ntitle = "ICE: Fact Sheets"\n'
        'url = "https://www.ice.gov/factsheets"\nread = "page"\n',
        *((str(pages / expected[s]), "--source", "ice-factsheets", "--at", at[s]) for s in at),
    )


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a year of the members of New Zealand's parliament."""
    folder = tmp_path_factory.mktemp("nz")
    with (folder / "nz.warc").open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for at, headers, body in captures():
            head = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            dated = {"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
            record = writer.create_warc_record(
                MEMBERS, "response", io.BytesIO(body), http_headers=head, warc_headers_dict=dated
            )
            writer.write_record(record)
            record.raw_stream.close()
    return reported(
        folder,
        f'[source.nz]\ntitle = "New Zealand Parliament: Members"\nurl = "{MEMBERS}"\n'
        'read = "listing"\n'
        '[source.nz.recipe]\nitem = "tr.list__row"\ntitle = "a.list__cell-heading"\n',
        (str(folder / "nz.warc"), "--source", "nz"),
    )


def captures() -> Iterator[tuple[datetime, list[tuple[str, str]], bytes]]:
    folder = DATA / "nz_members"
    with tarfile.open(folder / "html.tar.xz") as archive:
        bodies = {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}  # type: ignore[union-attr]
    for line in (folder / "captures.jsonl").read_text("utf-8").splitlines():
        capture = json.loads(line)
        headers = [(k, v) for k, v in capture["headers"].items() if k != "Content-Length"]
        at = datetime.fromisoformat(capture["captured_at"]).astimezone(UTC)
        yield at, headers, bodies[capture["file"]]


def taken(page: "Page", report: Path, name: str) -> Path:
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / name
    page.goto(report.as_uri())
    page.screenshot(path=path)
    return path


def lede(page: "Page") -> str:
    return page.locator(".lede").inner_text()


@NEEDS_DATA
def test_the_fact_sheets_are_told_at_a_glance(seeds: Path, browser: "Browser") -> None:
    with context_of(browser) as context:
        page = context.new_page()
        picture = taken(page, seeds, "report-seeds.png")

        assert lede(page) == (
            "50 changes in 1 source: 5 added, 40 removed, 5 changed. They became visible between "
            "2020-12-15 and 2021-06-01; the longest time without a good visit was 168 days. "
            "“aliens” became “noncitizens” in 3 items (4 places). No longer there: “Fact Sheets”; "
            "“Enforcement and Removal”; “Detention Reform” and 37 more."
        )
        assert 10_000 < picture.stat().st_size < MOST_BYTES


@NEEDS_DATA
def test_the_members_who_came_and_went_are_told_at_a_glance(
    members: Path, browser: "Browser"
) -> None:
    with context_of(browser) as context:
        page = context.new_page()
        picture = taken(page, members, "report-nz.png")

        assert lede(page).startswith("135 changes in 1 source: 3 added, 5 removed, 127 changed.")
        assert "No longer there: “Hague, Kevin”; “Goff, Phil”" in lede(page)
        assert page.locator("h4").first.is_visible()
        assert 10_000 < picture.stat().st_size < MOST_BYTES


@pytest.mark.parametrize(
    ("name", "window"),
    [("report.png", {**DESKTOP, "height": 1250, "width": 1100}), ("report-phone.png", PHONE)],
)
def test_the_demos_report_is_pictured_for_the_readme(
    demo: Path, browser: "Browser", name: str, window: dict[str, int]
) -> None:
    with context_of(browser, viewport=window) as context:
        picture = taken(context.new_page(), demo, name)

    assert 10_000 < picture.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("name", ["report", "report-phone", "report-seeds", "report-nz"])
def test_a_picture_in_the_documentation_is_there_and_light(name: str) -> None:
    assert (ROOT / "docs" / f"{name}.png").stat().st_size < MOST_BYTES
