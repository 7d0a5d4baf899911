"""The sheets: a row a change, for machines and for analysts."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import hostile
import pytest

from diffs.report import edgi, sheet
from diffs.report.cells import cell
from diffs.report.view import Noted, Report

REPORT = replace(hostile.report(["Fact sheet"]), notes={})
BASE = datetime(2021, 1, 19, tzinfo=UTC)


BY_ANALYSTS = (
    "Importance (analyst)",
    "Kind of change (analyst)",
    "Notice given",
    "Also available at",
    "Analyst",
    "Noted at",
    "Notes",
)
ADA = Noted(
    analyst="Ada",
    at=datetime(2021, 6, 1, tzinfo=UTC),
    choices="edgi/1",
    importance="3",
    vocabulary=("page_text",),
    notice_given="no",
    available_at="https://a.example/",
    note="=1",
    words={"3": "high", "page_text": "Page text"},
)


def rows(written: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(written)))


def linked(report: Report) -> Report:
    changed, removed = report.changes
    item = changed.change.item._replace(url="https://ice.gov/f")
    status = replace(report.sources[0], title="ICE", url="https://ice.gov/list")
    return replace(
        report,
        changes=(replace(changed, change=replace(changed.change, item=item)), removed),
        sources=(status,),
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r=1", "' =1"),
        ("＝1", "'＝1"),
        ("  =1", "'  =1"),
        ("a = b", "a = b"),
        (-5, "-5"),
        (0.972, "0.972"),
        (None, ""),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(
    value: object, written: str
) -> None:
    assert cell(value) == written


def test_a_row_tells_a_change_with_its_edits_its_interval_and_its_importance() -> None:
    changed, removed = rows(sheet.render(linked(REPORT)))

    assert tuple(changed) == sheet.COLUMNS
    told = {name: changed[name] for name in ("id", "kind", "importance", "reasons", "terms", "url")}
    assert told == {
        "id": "2",
        "kind": "changed",
        "importance": "50",
        "reasons": "removed 50",
        "terms": "Fact sheet → Fact sheet",
        "url": "https://ice.gov/f",
    }
    assert "text: Fact sheet[-Fact sheet-]{+Fact sheet+}" in changed["edits"]
    assert changed["changed_by"] == "2021-06-01T00:00:00Z"
    assert (removed["kind"], removed["verdict"], removed["edits"]) == ("removed", "gone", "")
    assert "title: Fact sheet" in removed["before"]
    assert removed["after"] == ""


def test_an_analysts_row_leads_to_both_captures_and_leaves_judgement_to_a_person() -> None:
    changed, removed = rows(edgi.render(linked(REPORT)))

    assert tuple(changed) == edgi.COLUMNS
    assert (
        changed["Capture before"] == "https://web.archive.org/web/20210601000000/https://ice.gov/f"
    )
    assert changed["All captures"] == "https://web.archive.org/web/*/https://ice.gov/f"
    assert changed["Compared with"] == "previous"
    assert [removed[name] for name in BY_ANALYSTS] == [""] * 7
    assert (changed["Site"], changed["Importance (0-100)"]) == ("ICE", "50")
    # A link that is none is shown, and not led to.
    assert (removed["Address"], removed["All captures"]) == ("Fact sheet", "")


def test_what_an_analyst_noted_is_filled_in() -> None:
    linked_report = linked(REPORT)
    noted = replace(linked_report, notes={linked_report.changes[0].id: (ADA,)})

    analysed, left = rows(edgi.render(noted))
    changed, _ = rows(sheet.render(noted))

    told = ["high", "Page text", "no", "https://a.example/", "Ada", "2021-06-01 00:00 UTC", "'=1"]
    assert [analysed[name] for name in BY_ANALYSTS] == told
    assert [left[name] for name in BY_ANALYSTS] == [""] * 7
    assert list(changed.values())[-7:] == told


def test_what_several_analysts_noted_says_who_did() -> None:
    bob = replace(ADA, analyst="Bob", notice_given="yes", importance=None)
    linked_report = linked(REPORT)
    noted = replace(linked_report, notes={linked_report.changes[0].id: (ADA, bob)})

    changed, _ = rows(sheet.render(noted))

    assert changed["notice_given"] == "Ada: no ¶ Bob: yes"
    assert changed["analyst_importance"] == "Ada: high"
    assert changed["analyst"] == "Ada; Bob"


def test_an_analysts_row_names_the_base() -> None:
    (first, _) = rows(edgi.render(replace(REPORT, base=BASE)))

    assert first["Compared with"] == "base of 2021-01-19"


def test_no_changes_are_a_header_alone() -> None:
    assert rows(sheet.render(replace(REPORT, changes=()))) == []
    assert sheet.render(replace(REPORT, changes=())).startswith('"id","source"')
