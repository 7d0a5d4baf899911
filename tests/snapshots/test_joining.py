"""A wording that is read from several places: what it says, and when it says nothing."""

import pytest

from snapshots.extract.diagnose import Matched, diagnose
from snapshots.extract.extract import Reading, extract, partial_columns, unite, without
from snapshots.extract.joining import places_in, say, wording_problem
from snapshots.records import Item, Read, Recipe

URL = "https://agency.example/staff"
SEAT = "{td.party}, {td.seat}"


def said(written: str, *values: str | None) -> str | None:
    return say(places_in(written), values)


def row(name: str, party: str | None, seat: str | None) -> str:
    cells = (("party", party), ("seat", seat))
    told = "".join(f"<td class={name}>{told}</td>" for name, told in cells if told is not None)
    return f"<tr><td><a href=/{name}>{name}</a></td>{told}</tr>"


def table(*rows: str) -> str:
    return f"<table>{''.join(rows)}</table>"


def read(page: str, **recipe: object) -> Reading:
    asked = Recipe(read=Read.LISTING, item="tr", **recipe)  # type: ignore[arg-type]
    return extract(page.encode(), asked, url=URL, content_type="text/html")


def seats(*pages: str) -> list[str | None]:
    items = unite([read(page, fields={"seat": SEAT}) for page in pages])
    return [item.fields.get("seat") for item in items]


THREE = (row("Ash", "Left", "Alden"), row("Bea", "Right", "Burr"), row("Cy", "Left", "Cope"))


@pytest.mark.parametrize(
    ("written", "values", "told"),
    [
        ("{td.a}, {td.b}", ("Left", "Alden"), "Left, Alden"),
        ("{td.a}, {td.b}", ("Left", None), "Left"),
        ("{td.a}, {td.b}", (None, "Alden"), "Alden"),
        ("{td.a}, {td.b}", (None, None), None),
        ("{b} ({i})", ("Alden", "Left"), "Alden (Left)"),
        ("{b} ({i})", ("Alden", None), "Alden"),
        ("{b} ({i})", (None, "Left"), "(Left)"),
        ("{b} [{i}] - {u}", ("Alden", "Left", "2"), "Alden [Left] - 2"),
        ("{b} [{i}] - {u}", ("Alden", None, "2"), "Alden - 2"),
        ("{b} [{i}] - {u}", ("Alden", "Left", None), "Alden [Left]"),
        ("No. {b} of {i}", ("4", "2020"), "No. 4 of 2020"),
        ("No. {b} of {i}", (None, "2020"), "2020"),
    ],
)
def test_places_are_said_with_the_text_between_and_one_that_says_nothing_is_left_out(
    written: str, values: tuple[str | None, ...], told: str | None
) -> None:
    assert wording_problem(written) is None
    assert said(written, *values) == told


def test_css_may_hold_braces_in_quotes() -> None:
    (place,) = places_in("a[data-id='{x}']")

    assert place.selector == "a[data-id='{x}']"
    assert said("a[data-id='{x}']", "Left") == "Left"


def test_css_may_hold_braces_after_a_backslash() -> None:
    written = r"td.\{x\}"

    assert [place.selector for place in places_in(written)] == [written]
    assert wording_problem(written) is None


def test_backslashes_in_a_quote_that_never_ends_take_no_time() -> None:
    assert wording_problem('{"' + "\\" * 200) is not None


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{td.a}, {td.b", "has a brace without its other: '{td.a}, {td.b'"),
        ("{td.a}, td.b}", "has a brace without its other: '{td.a}, td.b}'"),
        ("{td.a}, {}", "has nothing between its braces: '{td.a}, {}'"),
        ("{td.a}, {~ }", "is not a CSS selector: '~ '"),
        (", ", "is not a CSS selector: ', '"),
        ("{td.a}, {td[[}", "is not a CSS selector: 'td[['"),
        ("{td.a} ({td.b}, {td.c})", "has brackets that are not around one place"),
    ],
)
def test_what_is_wrong_with_a_joined_wording_is_told(written: str, told: str) -> None:
    assert (wording_problem(written) or "").startswith(told)


def test_every_wording_of_a_record_may_be_read_from_several_places() -> None:
    page = table(
        "<tr><td><a href=/ash>Ash</a></td><td><i>Ann</i></td><td class=no>4</td>"
        "<td class=kind>Act</td><td class=day>3</td><td class=month>May 2021</td></tr>"
    )

    (item,) = read(
        page,
        title="{a}, {i}",
        summary="{.kind} No. {.no}",
        published="{.day} {.month}",
        section="{.kind} ({a@href})",
        fields={"number": "{.no}/{.month}"},
    ).items

    assert item == Item(
        key=item.key,
        title="Ash, Ann",
        url="https://agency.example/ash",
        summary="Act No. 4",
        published="2021-05-03",
        section="Act (/ash)",
        fields={"number": "4/May 2021"},
    )


def test_an_empty_cell_is_no_wording_and_takes_its_joiner_along() -> None:
    assert seats(table(*THREE, row("Di", "", "Dole"), row("Ed", "Left", ""))) == [
        "Left, Alden",
        "Right, Burr",
        "Left, Cope",
        "Dole",
        "Left",
    ]


def partial(*pages: str) -> frozenset[str]:
    return partial_columns([read(page, fields={"seat": SEAT}) for page in pages])


WITHOUT = [row(name, "Left", None) for name in ("Di", "Ed", "Flo", "Gus")]


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        pytest.param([table(*WITHOUT)], {"seat"}, id="no item shows one part"),
        pytest.param([table(*WITHOUT, row("Hal", "Left", ""))], {"seat"}, id="its cell is empty"),
        pytest.param([table(*WITHOUT, THREE[0])], set(), id="one item shows it"),
        pytest.param([table(*WITHOUT), table(*THREE)], set(), id="another page shows it"),
        pytest.param([table(*WITHOUT), table(*WITHOUT)], {"seat"}, id="no page shows it"),
        pytest.param([table(*WITHOUT), table()], {"seat"}, id="the other page is empty"),
        pytest.param([table(*WITHOUT[:2])], set(), id="there are two items"),
        pytest.param(
            [table(*WITHOUT, *(row(f"Other{n}", None, None) for n in range(5)))],
            set(),
            id="few items show the other part",
        ),
    ],
)
def test_a_wording_is_partial_when(pages: list[str], told: set[str]) -> None:
    assert partial(*pages) == told


def test_a_partial_wording_is_left_out_as_if_it_had_not_been_read() -> None:
    reading = read(table(*WITHOUT), summary="{.party}, {.seat}", fields={"seat": SEAT})

    items = without(reading.items, partial_columns([reading]))

    assert [(item.title, item.summary, item.fields) for item in items[:1]] == [("Di", None, {})]


def test_each_place_is_counted_when_a_page_is_diagnosed() -> None:
    page = table(*(row(name, "Left", None) for name in ("Ash", "Bea", "Cy")))
    recipe = Recipe(read=Read.LISTING, item="tr", fields={"seat": SEAT})

    found = diagnose(page.encode(), recipe, url=URL, content_type="text/html", known=())

    assert found.matched[1:] == (Matched("seat", "td.party", 3), Matched("seat", "td.seat", 0))
    assert found.lines()[0] == 'seat "td.seat" matches nothing'
