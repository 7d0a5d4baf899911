"""What is said of a page whose selectors stopped matching, and of where its items went."""

import io
import json
import lzma
import os
import tarfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import pages
from benchmarks.texts import Language, publications, redesign
from crawler.demo.editions import EDITIONS
from crawler.demo.pages import fact_sheets, library_page
from snapshots.extract.diagnose import Diagnosis, Matched, Sought, diagnose
from snapshots.extract.extract import extract
from snapshots.records import Item, Read, Recipe

DATA = Path(os.environ.get("REWORDED_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
URL = "https://agency.gov/library"
HTML = "text/html; charset=utf-8"
BEFORE = next(edition for edition in EDITIONS if not edition.is_redesigned)
AFTER = next(edition for edition in EDITIONS if edition.is_redesigned)
OLD = Recipe(
    read=Read.LISTING,
    item=".views-row",
    title="h3 a",
    summary=".views-field-body",
    next="li.pager__item--next a",
    fields={"date": ".views-field-date"},
)


def items_of(html, recipe, url=URL):
    return extract(html.encode(), recipe, url=url, content_type=HTML).items


def found_of(html, recipe, known, url=URL):
    return diagnose(html.encode(), recipe, url=url, content_type=HTML, known=known)


def candidate_recipe(diagnosis):
    """The recipe that a diagnosis tells to try."""
    best = diagnosis.candidates[0]
    names = ("item", "title", "link", "summary", "published")
    return Recipe(read=Read.LISTING, **{name: getattr(best, name) for name in names})


def told(items):
    return [(i.title, i.url, i.summary, i.published) for i in items]


def test_a_redesigned_listing_is_told_with_the_selectors_that_would_read_it():
    known = items_of(library_page(BEFORE, 0), OLD)

    lines = found_of(library_page(replace(BEFORE, is_redesigned=True), 0), OLD, known).lines()

    assert lines == [
        'item ".views-row" matches nothing (it stood for 10 items)',
        'title "h3 a" matches nothing',
        'summary ".views-field-body" matches nothing',
        'date ".views-field-date" matches nothing',
        'next "li.pager__item--next a" matches nothing',
        '10 of the 10 known titles are on the page, inside "li.usa-collection__item"',
        '10 of the 10 known links are on the page, inside "li.usa-collection__item"',
        'try: item = "li.usa-collection__item", title = "h4 a", link = "h4 a@href", '
        'summary = "p.usa-collection__description", published = "time@datetime"',
    ]


def test_the_candidate_recipe_reads_the_known_items_again():
    known = items_of(library_page(BEFORE, 0), OLD)
    redesigned = library_page(replace(BEFORE, is_redesigned=True), 0)

    again = items_of(redesigned, candidate_recipe(found_of(redesigned, OLD, known)))

    assert told(again) == told(known)


def test_a_listing_read_without_selectors_is_diagnosed_as_well():
    bare = Recipe(read=Read.LISTING)
    known = items_of(library_page(BEFORE, 0), OLD)
    redesigned = library_page(replace(BEFORE, is_redesigned=True), 0)

    found = found_of(redesigned, bare, known)

    assert found.matched == ()
    assert found.candidates[0].item == "li.usa-collection__item"


def test_a_redesign_with_new_links_is_found_by_its_titles():
    language = Language(7)
    old = publications(100, language)
    recipe = Recipe(read=Read.LISTING, item=".views-row")
    known = items_of(pages.drupal(old), recipe, pages.URL)
    new = pages.design_system(redesign(old, language))

    found = found_of(new, recipe, known, pages.URL)

    assert found.matched == (Matched("item", ".views-row", 0),)
    assert found.sought == (Sought("titles", 100, 95), Sought("links", 100, 0))
    again = {item.title for item in items_of(new, candidate_recipe(found), pages.URL)}
    assert len(again) == 100
    assert len(again & {item.title for item in known}) == 95


def test_selectors_that_still_match_are_counted_and_not_complained_of():
    html = "<ul>" + "".join(f"<li><a href=/{n}>Report {n}</a></li>" for n in range(5)) + "</ul>"
    recipe = Recipe(read=Read.LISTING, item="li", title="h2, a", fields={"kind": "b"})

    found = found_of(html, recipe, items_of(html, recipe))

    assert [(m.name, m.count) for m in found.matched] == [("item", 5), ("title", 5), ("kind", 0)]
    assert found.lines()[0] == 'kind "b" matches nothing'


def test_rows_whose_classes_differ_are_found_by_what_they_share():
    names = ("odd", "even", "views-row odd first", "views-row-2 even")
    html = "".join(
        f'<div class="card {names[n % 4]} css-1x{n}"><h2>Title {n}</h2></div>' for n in range(12)
    )
    known = [Item(key=str(n), title=f"Title {n}") for n in range(12)]

    best = found_of(html, OLD, known).candidates[0]

    assert (best.item, best.title, best.covers, best.matches) == ("div.card", "h2", 12, 12)


def test_a_title_that_stands_in_the_menu_too_is_told_in_the_list():
    menu = "".join(f"<li><a href=/{n}>Title {n}</a></li>" for n in range(3))
    rows = "".join(f"<article><h3><a href=/{n}>Title {n}</a></h3></article>" for n in range(9))
    known = [Item(key=str(n), title=f"Title {n}") for n in range(9)]

    best = found_of(f"<nav><ul>{menu}</ul></nav><main>{rows}</main>", OLD, known).candidates[0]

    assert (best.item, best.covers) == ("main > article", 9)


def test_a_page_of_blocks_is_told_the_element_that_holds_them_now():
    recipe = Recipe(read=Read.PAGE, item="main#content")
    known = items_of(fact_sheets(BEFORE), recipe)
    redesigned = fact_sheets(replace(BEFORE, is_redesigned=True))

    found = found_of(redesigned, recipe, known)

    assert found.matched == (Matched("item", "main#content", 0),)
    assert found.lines()[-1] == 'try: item = "div.grid-container"'
    again = items_of(redesigned, replace(recipe, item=found.candidates[0].item))
    assert [item.text for item in again] == [item.text for item in known]


def test_plain_text_is_said_to_have_no_markup():
    known = [Item(key="a", title="Report A"), Item(key="b", title="Report B")]

    found = diagnose(
        b"News\n\n* Report A\n  Said of it.\n", OLD, url=URL, content_type="text/plain", known=known
    )

    assert found.lines() == [
        "the payload is plain text: it has no markup",
        "1 of the 2 known titles is on the page",
        "no links are known",
    ]


@pytest.mark.parametrize(
    ("payload", "kind", "line"),
    [
        (b"%PDF-1.7\n", HTML, "the payload is a PDF, neither HTML nor text"),
        (b"{}", "application/json", "the payload is of type application/json, neither"),
        (b"", HTML, 'item ".views-row" matches nothing (it stood for 1 item)'),
        (b"\xff\x00<<<>&#x110000;</", HTML, "the payload is binary, neither HTML nor text"),
        (b"<a href='http://[x'>\xfe<table><a><!--", HTML, 'item ".views-row" matches'),
    ],
)
def test_garbage_is_said_and_never_raises(payload, kind, line):
    known = [Item(key="a", title="Report", url="https://agency.gov/a")]

    found = diagnose(payload, OLD, url=URL, content_type=kind, known=known)

    assert isinstance(found, Diagnosis)
    assert found.lines()[0].startswith(line)
    assert found.candidates == ()


def test_a_selector_that_is_not_css_is_said():
    found = found_of("<p>x</p>", Recipe(read=Read.LISTING, item="li["), [])

    assert found.lines()[0] == 'item "li[" is not a CSS selector'


def test_a_page_ten_times_as_long_takes_about_ten_times_as_long():
    language = Language(3)
    took = []
    for count in (100, 1000):
        listed = publications(count, language)
        recipe = Recipe(read=Read.LISTING, item=".views-row")
        known = items_of(pages.drupal(listed), recipe, pages.URL)
        new = pages.design_system(listed)
        start = time.process_time()
        assert found_of(new, recipe, known, pages.URL).candidates[0].covers == count
        took.append(time.process_time() - start)

    assert took[1] < 40 * took[0]


@pytest.mark.skipif(not (DATA / "nz_members").is_dir(), reason="../shared/data is not here")
def test_the_members_are_found_again_after_the_redesign_of_their_real_listing():
    url = "https://www.parliament.nz/en/mps-and-electorates/members-of-parliament/"
    captures = (DATA / "nz_members/captures.jsonl").read_text("utf-8").splitlines()
    files = {(c := json.loads(line))["captured_at"]: c["file"] for line in captures}
    before = max(at for at in files if at < "2017-05-15")
    after = min(at for at in files if at > "2017-05-15")
    packed = io.BytesIO(lzma.decompress((DATA / "nz_members/html.tar.xz").read_bytes()))
    with tarfile.open(fileobj=packed) as archive:
        old, new = (archive.extractfile(files[at]).read() for at in (before, after))
    # The new layout has a picture in the first cell, and its summaries are no paragraphs.
    recipe = Recipe(
        read=Read.LISTING,
        item="tr:has(> td:first-child a.list__cell-heading)",
        summary="p.list__cell-text",
    )
    known = extract(old, recipe, url=url, content_type=HTML).items

    found = diagnose(new, recipe, url=url, content_type=HTML, known=known)

    assert found.lines() == [
        'item "tr:has(> td:first-child a.list__cell-heading)" matches nothing '
        "(it stood for 119 items)",
        'summary "p.list__cell-text" matches nothing',
        '115 of the 119 known titles are on the page, inside "tr.list__row"',
        "none of the 119 known links are on the page",
        'try: item = "tr.list__row", title = "a.list__cell-heading"',
    ]
    again = extract(new, candidate_recipe(found), url=url, content_type=HTML).items
    assert len(again) == 119
    assert len({i.title for i in again} & {i.title for i in known}) == 115
