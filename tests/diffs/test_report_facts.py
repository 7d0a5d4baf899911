"""What the report's filters ask of its cards: one fact a card, in the order of the page."""

import json
import re
from dataclasses import replace

import hostile
import pytest

from benchmarks.findings import report
from diffs.report import html, view
from diffs.report.facts import facts
from diffs.report.passage import clean
from diffs.watched import Touched


def columns(told: view.Report) -> dict[str, list[object]]:
    """Each fact's values, card by card."""
    found = json.loads(facts(told, view.sections(told)))
    return {name: [each["values"][at] for at in each["at"]] for name, each in found.items()}


def test_each_card_has_its_facts_in_the_order_of_the_page() -> None:
    told = report(60)

    page = html.render(told)
    cards = re.findall(r'<article class="card ([a-z-]+)" id="change-(\d+)">', page)
    records = {record.id: record for record in told.changes}
    in_turn = [records[int(number)] for _, number in cards]
    found = columns(told)
    assert len(cards) == 60
    assert found["kind"] == [word.replace("-", " ") for word, _ in cards]
    assert found["worth"] == [told.importance[record.id].score for record in in_turn]
    assert found["flags"] == [list(record.change.flags) for record in in_turn]
    assert found["day"] == [f"{r.seen.new.captured_at:%Y-%m-%d}" for r in in_turn]
    assert {word for terms in found["terms"] for word in terms} == {"noncitizen", "alien"}  # type: ignore[attr-defined]


def test_a_report_without_changes_has_no_facts() -> None:
    assert columns(replace(report(1), changes=())) == {}


@pytest.mark.parametrize("family", hostile.FAMILIES)
def test_no_term_gets_out_of_the_element_that_holds_the_facts(family: str) -> None:
    for words in hostile.texts(family):
        touched = {1: (Touched(old=words, new=None, times=1),)}
        told = replace(report(1), watched=touched)

        (held,) = re.findall(
            r'<script type="application/json" id="facts">([^<]*)</script>', html.render(told)
        )

        assert json.loads(held)["terms"]["values"] == [[clean(words)]]
