"""The benchmark runs, on pages small enough for a test."""

from benchmarks import __main__ as story
from benchmarks import pages, table, texts
from benchmarks.measure import Stopped
from benchmarks.steps import Costs
from snapshots.extract import extract


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
    monkeypatch.setattr(story, "peers", list)

    stored = [
        [row.ours.changes for row in story.rows(scenario, (10,), budget_s=0, cap_s=1)]
        for scenario in story.SCENARIOS
    ]

    assert stored == [[3], [10]]


def test_the_table_tells_costs_ratios_growth_and_what_is_required():
    told = table.scenario("few changes", [_row(100, 0.002, 0.01), _row(10_000, 0.2, Stopped(10))])

    assert told.splitlines()[3:] == [
        " items  payload  extract  compare  store  whole  changes            peer",
        "   100   170 KB     2.00     2.00   2.00   6.00        4    10.0 (1.67×)",
        "10,000   170 KB      200      200    200    600        4  >10,000 (>17×)",
        "> stopped at the cap, without an answer",
        "exponent of our growth from 100 to 10,000 items: extract 1.00, compare 1.00, store 1.00, "
        "whole 1.00; the largest: 1.00 (at most 1.15: met)",
    ]


def test_the_headline_says_whether_the_requirement_is_met():
    assert table.headline([_row(100, 0.001, 0.01)]) == (
        "a changed page of 100 items (170 KB), payload to stored changes: "
        "3.00 ms (at most 4 ms: met)"
    )


def _row(items, step_s, peer):
    costs = Costs([step_s], [step_s], [step_s], 4)
    return table.Row(items=items, payload_bytes=170_000, ours=costs, peers={"peer": peer})
