"""The benchmark runs, on pages small enough for a test."""

import re
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks import (
    comparison,
    crawl,
    crawl_table,
    matching,
    pages,
    room,
    scale,
    series,
    storage,
    table,
    texts,
)
from benchmarks.measure import Stopped
from benchmarks.site import Press, Site, Tally
from benchmarks.steps import Costs
from benchmarks.trackers import OURS, PEERS, urlwatch, webchanges
from crawler.questions import QUESTIONS
from snapshots.extract.extract import extract


def test_a_generated_page_is_read_whole_in_both_layouts():
    language = texts.Language(1)
    listed = texts.publications(20, language)
    wanted = [(item.title, pages.SITE + item.path, item.summary) for item in listed]

    for page in (pages.drupal(listed), pages.design_system(listed)):
        reading = extract(
            page.encode(), pages.RECIPE, url=pages.URL, content_type=pages.CONTENT_TYPE
        )

        assert [(item.title, item.url, item.summary) for item in reading.items] == wanted


def test_the_same_seed_gives_the_same_page():
    made = [pages.drupal(texts.publications(3, texts.Language(7))) for _ in range(2)]

    assert made[0] == made[1]


def test_each_scenario_stores_the_changes_that_its_title_tells(monkeypatch):
    # The peers run in processes of their own, which a quick test does without.
    monkeypatch.setattr(comparison, "peers", list)

    stored = [
        [row.ours.changes for row in comparison.rows(scenario, (10,), budget_s=0, cap_s=1)]
        for scenario in comparison.SCENARIOS
    ]

    assert stored == [[3], [10]]


def test_the_table_tells_costs_ratios_growth_and_what_is_required():
    told = table.scenario("few changes", [_row(100, 0.002, 0.01), _row(10_000, 0.2, Stopped(10))])

    assert told.splitlines()[3:] == [
        " items  payload  extract  compare  store  whole  changes            peer",
        "   100   170 KB     2.00     2.00   2.00   6.00        4    10.0 (1.67×)",
        "10,000   170 KB      200      200    200    600        4  >10,000 (>17×)",
        "> stopped at the cap, without an answer",
        "exponent of our growth over all sizes: extract 1.00, compare 1.00, store 1.00, "
        "whole 1.00; the largest: 1.00 (at most 1.15: met)",
        "from 100 items on: extract 1.00, compare 1.00, store 1.00, whole 1.00",
    ]


def test_the_headline_says_whether_the_requirement_is_met():
    assert table.headline([_row(100, 0.001, 0.01)], first_s=0.005) == (
        "a changed page of 100 items (170 KB), payload to stored changes: "
        "3.00 ms (at most 4 ms: met)\n"
        "the same as the first page of a run: 5.00 ms"
    )


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def test_a_listing_keeps_its_etag_until_the_next_edition():
    press = Press()
    first, again = (press.answer("/3/page-0", {}) for _ in range(2))
    press.publish(texts.additions)
    changed = press.answer("/3/page-0", {})

    assert _etag(first) == _etag(again) != _etag(changed)
    assert [page.count(b"views-row") for page in (first, again, changed)] == [3, 3, 4]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"if-none-match": '"another"'}, 200),
        ({"if-none-match": "{etag}"}, 304),
        ({"if-none-match": "W/{etag}"}, 304),
        ({"if-modified-since": "Sun, 31 Dec 2023 23:59:59 GMT"}, 200),
        ({"if-modified-since": "Mon, 01 Jan 2024 00:00:00 -0000"}, 304),
        # The tag decides, whatever the date says.
        ({"if-none-match": '"another"', "if-modified-since": "Sat, 01 Jan 2050 00:00:00 GMT"}, 200),
        ({"if-none-match": "{etag}", "if-modified-since": "Sat, 01 Jan 2000 00:00:00 GMT"}, 304),
    ],
)
def test_an_answer_is_304_when_the_visitor_holds_the_page(headers, status):
    press = Press()
    etag = _etag(press.answer("/3/page-0", {}))

    told = press.answer("/3/page-0", {k: v.replace("{etag}", etag) for k, v in headers.items()})

    assert told.startswith(f"HTTP/1.1 {status} ".encode())


def test_every_host_of_the_site_keeps_its_connection(site):
    watched = site.pages(4, items=2, hosts=2)
    site.tally()

    for host in (1, 2):
        with closing(HTTPConnection(f"127.0.0.{host}", site.port, timeout=10)) as connection:
            for page in watched[host - 1 :: 2]:
                connection.request("GET", urlsplit(page.url).path)
                assert connection.getresponse().read().count(b"views-row") == 2

    assert site.tally() == Tally(connections=2, fresh=4, unmodified=0, missing=0)


def test_a_run_is_measured_and_must_have_done_what_is_measured(site: Site, tmp_path: Path):
    watch = crawl.Watch(OURS, site, tmp_path / "ours", site.pages(3, items=5))

    unchanged = watch.visit(fresh=False, reports=False)
    site.publish(texts.additions)
    changed = watch.visit(fresh=True, reports=True)

    assert watch.connections == 1
    assert (unchanged.exit_code, changed.exit_code) == (0, 0)
    assert unchanged.cpu_s > 0
    assert 10_000_000 < unchanged.peak_bytes < 500_000_000
    with pytest.raises(crawl.UnlikeError, match="unmodified=3"):
        watch.visit(fresh=True, reports=False)


def test_peers_are_told_of_every_page(site: Site, tmp_path: Path):
    watched = site.pages(2, items=10)

    commands = [set_up(tmp_path, watched) for set_up in (urlwatch, webchanges)]

    assert [command[0] for command in commands] == [f"{PEERS}/urlwatch", f"{PEERS}/webchanges"]
    jobs = [(tmp_path / name).read_text("utf-8") for name in ("urls.yaml", "jobs.yaml")]
    assert (
        jobs
        == [
            f"url: {watched[0].url}\nfilter:\n- css: .views-row\n- html2text\n---\n"
            f"url: {watched[1].url}\nfilter:\n- css: .views-row\n- html2text\n"
        ]
        * 2
    )


def test_the_table_sets_peers_and_requirements_beside_our_figures():
    ours, peer = _figures("reworded", 0.001, {1: 1}), _figures("urlwatch", 0.003, {1: 100})
    within = crawl_table.Inside(visit_s=0.0005, fetch_s=0.0002, bare_s=0.00005)

    told = crawl_table.told([ours, peer], within, repeats=5)

    assert told.splitlines()[4:] == [
        "                                  reworded         urlwatch  required",
        "unchanged page of 10 items (304)   1.00 ms  3.00 ms (3.00×)  urlwatch ≥ 4×: MISSED",
        "    connections opened a page         0.01      1.00 (100×)  one a host, is 1: met",
        "  visit() in one process           0.50 ms                –",
        "  fetch() in one process           0.20 ms                –",
        "  http.client alone                0.05 ms                –",
        "changed page of 10 items           2.00 ms  6.00 ms (3.00×)  urlwatch ≥ 1×: met",
        "run over 100 unchanged, CPU         0.10 s   0.30 s (3.00×)  ≤ 0.25 s: met",
        "run over 100 unchanged, memory       50 MB    50 MB (1.00×)  ≤ 60 MB: met",
        "run over 100 sources, memory         70 MB    70 MB (1.00×)  ≤ 200 MB: met",
        "webchanges is not installed: `make bench` makes .venv-peers",
    ]


def _etag(response: bytes) -> str:
    head = response.partition(b"\r\n\r\n")[0].decode()
    return next(line[6:] for line in head.split("\r\n") if line.startswith("ETag: "))


def _figures(name: str, page_s: float, connections: dict[int, int]) -> crawl_table.Figures:
    return crawl_table.Figures(
        name=name,
        unchanged_s={1: page_s},
        changed_s={crawl_table.CHANGED_10: 2 * page_s},
        connections=connections,
        run_pages=100,
        run_s=100 * page_s,
        run_peak_bytes=50_000_000,
        many_pages=100,
        many_peak_bytes=70_000_000,
    )


def _row(items, step_s, peer):
    costs = Costs([step_s], [step_s], [step_s], 4)
    return table.Row(items=items, payload_bytes=170_000, ours=costs, peers={"peer": peer})


def test_the_matching_table_tells_what_is_required_of_each_edition():
    told = matching.lines((50, 100), most=3)

    assert [line[:30].rstrip() for line in told[3:]] == [
        "links, few changes",
        "no links, redesign",
        "no links, all items reworded",
    ]
    assert all("at most 1.25" in line for line in told[3:])


def test_a_served_listing_slides_and_differs_at_every_fetch():
    served = list(series.listing(pages=2, items=3, news=2, days=8))
    again = list(series.listing(pages=2, items=3, news=2, days=8))

    assert served == again
    assert len({page.payload for page in served}) == 16
    numbers = [re.findall(rb'data-history-node-id="(\d+)"', page.payload) for page in served]
    assert numbers[:2] == [[b"0", b"1", b"2"], [b"3", b"4", b"5"]]
    assert any({b"0", b"1", b"2"} & set(on_second) for on_second in numbers[3::2])


def test_storage_is_measured_beside_git_and_every_payload_is_there(tmp_path: Path):
    visits = storage._visits(12, pages=2, items=3, news=1)
    measured = storage.Series("two pages", visits, 1.0)

    ours = storage.archived(measured, tmp_path)
    git_bytes = storage.in_git(measured, tmp_path)

    told = storage.told(measured, ours, git_bytes)
    assert ours.sealed_bytes < ours.kept_bytes < storage.warc_bytes(visits)
    assert told[1] == "two pages: 12 visits, 24 captures"
    assert f"git / compacted: {git_bytes / ours.sealed_bytes:.2f} ×, at least 1: met" in told[8]


def test_the_scale_table_tells_the_size_each_question_and_the_writing(tmp_path: Path):
    path = tmp_path / "archive.sqlite"

    told = list(scale.lines(path, 15, 1.0, scale.build(path, 15, listings=2), 1_000_000))

    assert told[0].startswith("scale: 2 listings over 15 days, 3,000 item-days: 30 visits")
    assert told[2].startswith("\nfile: ")
    asked = [line[:72].rstrip() for line in told]
    assert {question.title[:72] for question in QUESTIONS} <= set(asked)
    # Every question found something in what was built, but for the change that it names.
    rows = {line[:72].rstrip(): line[90:].split()[0] for line in told if line[72:].count(" ms") > 1}
    assert [title for title, count in rows.items() if count == "0"] == []
    assert [line.partition(":")[0] for line in told[-2:]] == [
        "writing an unchanged visit",
        "writing a visit with news",
    ]


def test_the_room_table_tells_how_long_each_page_takes(tmp_path: Path):
    pytest.importorskip("datasette", reason="the extra `serve` is not installed: make install does")
    path = tmp_path / "archive.sqlite"
    scale.build(path, 25, listings=4)

    told = list(room.lines(room.answered(path), 4, 25))

    assert told[0] == "serve: 4 listings over 25 days\n"
    assert [line.split()[0] for line in told[2:]] == [page[:60] for page in room.PAGES]
