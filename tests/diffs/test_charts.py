"""The geometry of a report's charts."""

from datetime import UTC, date, datetime, timedelta

from diffs.report.charts import BOTTOM, CELL, HEAD, HEIGHT, LEFT, TOP, WIDTH, YEAR, calendar, line
from diffs.report.view import Activity
from diffs.trends import Point, Trend
from snapshots.records import Outcome

FIRST = datetime(2021, 1, 4, tzinfo=UTC)


def trend(*uses: int) -> Trend:
    points = tuple(
        Point(at=FIRST + timedelta(days=10 * n), uses=number, panel_uses=number, items=5)
        for n, number in enumerate(uses)
    )
    return Trend(term="alien", source=None, points=points, panel_items=5, items=())


def activity(*days: tuple[date, dict[Outcome, int]]) -> Activity:
    return Activity(source="ice", days=days)


def test_a_term_is_drawn_in_steps_from_the_first_snapshot_to_the_last() -> None:
    drawn = line(trend(4, 4, 0), ())

    bottom = HEIGHT - BOTTOM
    assert drawn.path == f"M{LEFT:.1f} {TOP:.1f}H412.0V{bottom:.1f}H412"
    assert drawn.told == "alien: 4 uses on 2021-01-04, 0 on 2021-01-24"


def test_the_numbers_are_told_where_they_change_and_at_both_ends() -> None:
    rows = line(trend(4, 4, 4, 1, 1, 1), ()).rows

    assert [(day, uses) for day, uses, _, _ in rows] == [
        ("2021-01-04", 4),
        ("2021-02-03", 1),
        ("2021-02-23", 1),
    ]


def test_changes_of_one_day_share_a_mark() -> None:
    at = FIRST + timedelta(days=5)

    marks = line(trend(4, 0), [(at, 7), (at, 8)]).marks

    assert [(mark.label, mark.change) for mark in marks] == [("2021-01-09: 2 changes", 7)]
    assert marks[0].x == LEFT + (WIDTH - LEFT - 8) / 2


def test_a_year_is_drawn_by_day_and_a_cell_shows_the_worst_visit() -> None:
    monday, wednesday = date(2021, 1, 4), date(2021, 1, 13)

    drawn = calendar(
        activity(
            (monday, {Outcome.NEW: 1}), (wednesday, {Outcome.UNCHANGED: 2, Outcome.BLOCKED: 1})
        ),
        date(2021, 2, 1),
    )

    assert [(cell.x, cell.y, cell.shape) for cell in drawn.cells] == [
        (0, HEAD, "new"),
        (CELL, HEAD + 2 * CELL, "blocked"),
    ]
    assert drawn.cells[1].label == "2021-01-13: 2 unchanged, 1 blocked"


def test_several_years_are_drawn_by_week() -> None:
    days = [(date(2020, 1, 1), {Outcome.NEW: 1}), (date(2022, 1, 5), {Outcome.UNCHANGED: 1})]

    drawn = calendar(activity(*days), date(2022, 2, 1))

    assert [label for _, _, label in drawn.labels] == ["2020", "2021", "2022"]
    assert [(cell.x, cell.y) for cell in drawn.cells] == [
        (YEAR + CELL, 0),
        (YEAR + CELL, 2 * CELL),
    ]
    assert drawn.rows == (("2020-01", "1 new"), ("2022-01", "1 unchanged"))
