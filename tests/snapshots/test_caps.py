"""Hostile markup ends in a result or a named refusal, soon and within its caps."""

import subprocess
import sys
import time

import pytest

from benchmarks import pages
from benchmarks.texts import Language, publications
from snapshots.errors import ExtractError
from snapshots.extract.extract import extract
from snapshots.extract.html import depth_of, parse
from snapshots.extract.nesting import is_surely_flat, nesting
from snapshots.extract.wording import clean
from snapshots.records import Read, Recipe

MANY = 100_000
TOO_DEEP = "the page nests elements .*deep.* the cap of 512"


def items_of(html, read=Read.PAGE, **recipe):
    asked = Recipe(read=read, **recipe)
    kind = "text/html; charset=utf-8"
    return extract(html.encode(), asked, url="https://x.gov/", content_type=kind).items


@pytest.mark.parametrize("read", list(Read))
@pytest.mark.parametrize(
    "html",
    [
        "<div>" * MANY,
        "<div>" * MANY + "</div>" * MANY,
        "<ul><li>" * MANY,
        "<span>" * MANY + "</span>" * MANY,
        "<table><tr><td>" * MANY,
        "<b>" * MANY,
        "<a href=x><div>" * MANY,
        "".join(f"<p><b class=c{n}>" for n in range(MANY)),
        "<div></b>" * MANY,
        "<div><x></p></x>" * MANY,
        "<div><!--</div>-->" * MANY,
        "<div><script></div></script>" * MANY,
        '<a "><div><div><a ">' * MANY,
        "<div>" * 2_000 + "</div>" * 2_000,
        "<div>" * 600,
    ],
    ids=lambda html: html[:24],
)
def test_elements_nested_too_deep_are_refused_at_once(html, read):
    start = time.process_time()

    with pytest.raises(ExtractError, match=TOO_DEEP):
        items_of(html, read)

    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "row",
    [
        "<li>x<p>y<br>z<img src=a.png>",
        "<li><a href=/x>x</a><p>y",
        "<dt>x<dd>y",
        "<p><b>x</b>",
        "<a name=x>x<p>y",
        "<h3>x</h3><hr>",
        "<li><svg><path d='M0'/><use/></svg>x",
    ],
)
def test_ten_thousand_rows_whose_end_tags_are_left_out_are_read(row):
    count = len(items_of(f"<ul>{row * 2}</ul>")) - len(items_of(f"<ul>{row}</ul>"))

    assert len(items_of(f"<ul>{row * 10_000}</ul>")) >= count * 9_999


def test_table_rows_whose_end_tags_are_left_out_are_read():
    assert len(items_of("<table>" + "<tr><td>x<td>y" * 10_000 + "</table>")) == 10_000


@pytest.mark.parametrize(
    "html",
    [
        "<p>x<ul><li>a<li>b<ul><li>c</ul></ul><div><p>y<table><tr><td><p>z</table></div>",
        "<b><p>x<i>y</b>z</i><div><a>q<a>r</div>",
        "<table><b><tr><td><div><td><div><li>x<div><li>y</table><select><option>a<option>b",
        "<svg><g><style><g></style><title><p>x<svg><path/><g/><div><x/><x/>",
        "<font size=1><p><font size=2><p>x<dl><dt>a<dd>b<dl><dd>c",
        "<button><p><button><p><object><p><li><span><li><h1><h2>",
        '<a ="><div>"><a b=="><div>"><a c=\'<div>\'><div>',
    ],
)
def test_a_page_is_hardly_ever_deeper_than_its_text_tells(html):
    told = nesting(html * 20, 10_000)

    # The root, html and body lie around what the text tells; formatting that is opened
    # again may add a little.
    assert depth_of(parse(html * 20)) <= told.depth * 1.25 + 6


def test_an_ordinary_page_is_passed_by_counting():
    page = pages.drupal(publications(100, Language(1)))

    assert is_surely_flat(page, 512)
    assert nesting(page, 512).depth < 40


def test_a_listing_of_ten_thousand_items_is_read():
    page = pages.drupal(publications(10_000, Language(1)))

    found = extract(page.encode(), pages.RECIPE, url=pages.URL, content_type=pages.CONTENT_TYPE)

    assert len(found.items) == 10_000


@pytest.mark.parametrize("recipe", [{"item": "li"}, {}])
def test_more_than_twenty_thousand_items_are_refused(recipe):
    html = "<main><ul>" + "<li><a href=/x>x</a></li>" * 20_001

    with pytest.raises(ExtractError, match="has 20,001 items, more than the cap of 20,000"):
        items_of(html, Read.LISTING, **recipe)


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<p>x</p>" * 6_250_000, "50,000,000 bytes, more than the cap of 25,000,000"),
        ("<i>" * 5 + "<p>" * 600_000, "600,005 tags, more than the cap of 600,000"),
        ("<p>" + "ab " * 400_000, "1,199,999 characters in one item, more than the cap"),
        (f"<p {' '.join(f'a{n}' for n in range(MANY))}>", "100,000 attributes in"),
        ("<p " + " ".join(f"a{n}" for n in range(4_000)) + ">" + "<p x>" * 9_000, None),
    ],
    ids=["bytes", "tags", "characters", "attributes", "fewer attributes"],
)
def test_a_page_fuller_than_any_is_refused_by_name(html, told):
    if told is None:
        assert items_of(html) == ()
        return
    with pytest.raises(ExtractError, match=told):
        items_of(html)


def test_marks_piled_on_one_letter_take_no_time():
    text = "a" + "\u0315\u0300\u05ae" * 300_000
    start = time.process_time()

    assert clean(text) == text
    assert time.process_time() - start < 2
    assert clean("e\u0301") == "\u00e9"


@pytest.mark.parametrize("separator", [" ", "\n", " \u200b "])
def test_a_long_text_is_cleaned_as_a_short_one_is(separator):
    words = ["w\u00f6rd"] * 400_000

    assert clean(separator.join(words)) == " ".join(words)


def test_a_page_of_many_words_is_read_within_half_a_gigabyte():
    script = (
        "from pathlib import Path\n"
        "from snapshots.extract.extract import extract\n"
        "from snapshots.records import Read, Recipe\n"
        "payload = (b'<p>' + b'\\xd0\\xb4 ' * 400_000) * 10\n"
        "kind = 'text/html; charset=utf-8'\n"
        "extract(payload, Recipe(read=Read.PAGE), url='https://x.gov/', content_type=kind)\n"
        # What resource tells includes what the tests' own process had when it forked.
        "status = dict(l.split(':') for l in Path('/proc/self/status').read_text().splitlines())\n"
        "print(status['VmHWM'].split()[0])\n"
    )

    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert int(told.stdout) < 500_000


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<select>" + "<option>x</option>" * MANY + "</select>", "100,000 options"),
        ("<SELECT>" + "<OPTION>" * MANY, "100,000 options"),
        ("".join(f"<body a{n}=1></body>" for n in range(MANY)), "100,000 bodies"),
        ("".join(f"<p><HTML a{n}=1>" for n in range(MANY)), "100,000 bodies"),
    ],
    ids=lambda html: html[:24],
)
def test_elements_that_gather_too_much_are_refused_at_once(html, told):
    start = time.process_time()

    with pytest.raises(ExtractError, match=f"the page has {told}, more than the cap"):
        items_of(html)

    assert time.process_time() - start < 5


def test_a_form_of_many_choices_is_read():
    choices = "<select>" + "<option>x</option>" * 5_000 + "</select>"

    assert [item.text for item in items_of(f"{choices}<p>Rules in force</p>")] == ["Rules in force"]
