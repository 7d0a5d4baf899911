"""The selector that a recipe's records are found by finds as many as detection says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listed import LINKS, NAMES, PAGES, WRITTEN, page

from snapshots.extract.detect.detect import detect
from snapshots.extract.html import parse, select

KIND = "text/html; charset=utf-8"
ROWS = st.lists(
    st.sampled_from(["record", "record", "record", "plain", "header", "nested"]),
    min_size=4,
    max_size=12,
)
HOLDERS = st.sampled_from(
    [
        "<table>{}</table>",
        "<table><tbody>{}</tbody></table>",
        "<table class=list><tbody class=body>{}</tbody></table>",
        "<table><tr><td>{}</td></tr></table>",
        "<div id=main><table>{}</table></div><table><tr><td>Elsewhere, nothing</table>",
        "<!doctype html><div class=List><table>{}</table></div><div class=list><table></table>",
    ]
)


def counted(content):
    found = detect(content, url="https://agency.gov/news", content_type=KIND)
    if found.recipe.item is None:
        return None
    return found.count, len(select(parse(content.decode()), found.recipe.item))


def row(kind, place):
    name, link, day = NAMES[place % 8], LINKS[place % 8], WRITTEN[place % 8]
    cells = f'<td><a href="{link}/{place}">{name} {place}</a></td><td>{day}</td>'
    return {
        "record": f"<tr>{cells}</tr>",
        "plain": f"<tr><td>{name}, cancelled</td><td>{day}</td></tr>",
        "header": "<tr><th>Title</th><th>Date</th></tr>",
        "nested": f"<tr><td><table><tr>{cells}</tr></table></td><td>{day}</td></tr>",
    }[kind]


@pytest.mark.parametrize("content", PAGES.values(), ids=PAGES)
def test_as_many_are_found_as_are_told_with(content):
    told, found = counted(page(content))

    assert told == found


def test_what_lies_deeper_in_a_list_is_no_record():
    rows = "".join(
        f'<li><p><a href="{link}">{name}</a>, {day}</p><ol><li>Annex to {name}</li></ol></li>'
        for name, link, day in zip(NAMES, LINKS, WRITTEN, strict=True)
    )
    content = f"<div><ul>{rows}</ul></div>".encode()

    found = detect(content, url="https://agency.gov/news", content_type=KIND)

    assert (found.recipe.item, found.count) == ("ul > li", 8)


def test_rows_of_the_tables_that_set_the_page_are_no_records():
    rows = "".join(
        f'<tr><td><b><a href="{link}">{name}</a></b> until {day}</td></tr>'
        for name, link, day in zip(NAMES, LINKS, WRITTEN, strict=True)
    )
    menu = "".join(f'<tr><td><a href="/{n}">Office {n}</a></td></tr>' for n in range(4))
    inner = f"<tr><td><table>{menu}</table></td><td><table>{rows}</table></td></tr>"
    content = f"<table><tr><td><table>{inner}</table></td></tr></table>".encode()

    found = detect(content, url="https://agency.gov/news", content_type=KIND)

    assert (found.recipe.item, found.count) == ("tbody tr:has(b > a):not(:has(tr))", 8)


@given(ROWS, HOLDERS)
def test_as_many_rows_are_found_as_are_told(kinds, holder):
    rows = "".join(row(kind, place) for place, kind in enumerate(kinds))

    if counts := counted(holder.format(rows).encode()):
        told, found = counts
        assert told == found
