"""Where a wording went that a new layout says in several places, and where it did not."""

import time
from collections.abc import Iterable
from itertools import product

import pytest

from snapshots.extract.html import parse, select
from snapshots.extract.places import folded
from snapshots.extract.scattered import scattered

PARTIES = ("Left Party", "Right Party", "Centre")
SEATS = ("Alden", "Burr", "Cope", "Dole", "Elm Hill", "Ford", "Gale", "Holt", "Ives", "Jura")
MEMBERS = [(PARTIES[number % 3], SEATS[number % 10], f"{number % 10 + 1}") for number in range(20)]
Row = tuple[str, ...]


def found(rows: Iterable[Row], wanted: Iterable[str | None], row: str) -> str | None:
    """Where some wordings lie in rows that are written alike, each cell in its turn."""
    page = "".join(row.format(*cells) for cells in rows)
    nodes = select(parse(f"<table>{page}</table>" if "<tr" in row else page), "tr, div.row")
    return scattered(nodes, [folded(told) if told else None for told in wanted])


CELLS = "<tr><td>x</td><td>{0}</td><td>{1}</td><td>{2}</td></tr>"
NAMED = (
    '<div class="row"><b>x</b><span class="party">{0}</span> <span class="seat">{1}</span></div>'
)


@pytest.mark.parametrize(
    ("was", "row", "now"),
    [
        ("{0}, {1}", CELLS, "{td:nth-child(2)}, {td:nth-child(3)}"),
        ("{1} - {0}", CELLS, "{td:nth-child(3)} - {td:nth-child(2)}"),
        ("{1} ({0})", CELLS, "{td:nth-child(3)} ({td:nth-child(2)})"),
        ("{0}: {1} / {2}", CELLS, "{td:nth-child(2)}: {td:nth-child(3)} / {td:nth-child(4)}"),
        ("{0}, {1}", NAMED, "{span.party}, {span.seat}"),
        ("{0} {1}", NAMED, "{span.party} {span.seat}"),
    ],
)
def test_the_places_are_told_with_what_joined_them(was: str, row: str, now: str) -> None:
    assert found(MEMBERS, [was.format(*member) for member in MEMBERS], row) == now


def test_a_part_that_was_reworded_for_some_does_not_hide_the_places() -> None:
    wanted = [", ".join(member[:2]) for member in MEMBERS]
    renamed = [(party.replace("Centre", "Centre Union"), *rest) for party, *rest in MEMBERS]
    corrected = [(party, seat.replace("Elm", "Elms"), *rest) for party, seat, *rest in renamed]

    assert found(corrected, wanted, NAMED) == "{span.party}, {span.seat}"


def test_a_new_name_that_nearly_half_of_the_items_have_does_not_hide_the_places() -> None:
    wanted = [f"{seat} ({party})" for party, seat, _ in MEMBERS]
    names = {"Left Party": "Workers' Union"}
    renamed = [(names.get(party, party), *rest) for party, *rest in MEMBERS]

    assert found(renamed, wanted, NAMED) == "{span.seat} ({span.party})"


def test_an_empty_place_agrees_where_the_wording_was_as_short() -> None:
    members = [
        (party, seat if number % 2 else "") for number, (party, seat, _) in enumerate(MEMBERS)
    ]
    wanted = [", ".join(filter(None, member)) for member in members]

    assert found(members, wanted, NAMED) == "{span.party}, {span.seat}"


def other_seats(of: int) -> list[Row]:
    """The members, of whom some have the seat of another one."""
    moved = [(party, SEATS[(n + 3) % 10], no) for n, (party, _, no) in enumerate(MEMBERS[:of])]
    return [*moved, *MEMBERS[of:]]


def emptied(of: int) -> list[Row]:
    return [(party, "", no) for party, _, no in MEMBERS[:of]] + MEMBERS[of:]


JOINED = [", ".join(member[:2]) for member in MEMBERS]


@pytest.mark.parametrize(
    ("rows", "wanted", "row"),
    [
        pytest.param(other_seats(5), JOINED, NAMED, id="another column that often says the same"),
        pytest.param(emptied(3), JOINED, NAMED, id="a column that leaves out what was said"),
        pytest.param(MEMBERS, JOINED, CELLS.replace("{1}", ""), id="a part that is gone"),
        pytest.param(
            [(party, str(2010 + n + n // 12), no) for n, (party, _, no) in enumerate(MEMBERS)],
            [f"{party}, {2010 + n}" for n, (party, _, _) in enumerate(MEMBERS)],
            NAMED,
            id="another number",
        ),
        pytest.param(
            [(f"{SEATS[n % 7]} Party", seat, no) for n, (_, seat, no) in enumerate(MEMBERS)],
            [f"{SEATS[n % 7 if n < 14 else 9]} Party, {m[1]}" for n, m in enumerate(MEMBERS)],
            NAMED,
            id="other names that share a common word",
        ),
        pytest.param(MEMBERS, [m[0] for m in MEMBERS], CELLS, id="one place that says it all"),
        pytest.param(MEMBERS[:2], JOINED[:2], NAMED, id="two items"),
        pytest.param(MEMBERS, [None] * 20, NAMED, id="nothing known"),
        pytest.param(
            MEMBERS, [f"{m[0]} and {m[1]}" for m in MEMBERS], NAMED, id="joined by a word"
        ),
        pytest.param(
            MEMBERS, JOINED, NAMED.replace("seat", "party"), id="two places of the same name"
        ),
        pytest.param(
            [*[("Left Party", "Alden", "1")] * 60, *other_seats(20)],
            ["Left Party, Alden"] * 60 + JOINED,
            NAMED,
            id="one wording that most have and no other",
        ),
    ],
)
def test_nothing_is_told_of(rows: list[Row], wanted: list[str | None], row: str) -> None:
    assert found(rows, wanted, row) is None


def test_a_page_made_to_be_slow_is_not() -> None:
    names = ("".join(letters) for letters in product("abcdefghijklmn", repeat=2))
    cells = "".join(f'<i class="{name}">{name[0]}</i>' for name in names)
    wanted = " ".join("abcdefghijklmn" * 40)

    started = time.process_time()
    found([()] * 400, [wanted] * 400, f'<div class="row">{cells}</div>')

    assert time.process_time() - started < 5
