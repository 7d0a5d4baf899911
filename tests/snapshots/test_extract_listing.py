"""Listing pages become item records, by a recipe or by what listings have in common."""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshots.errors import ExtractError
from snapshots.extract.extract import Reading, extract, unite
from snapshots.records import Item, Read, Recipe

URL = "https://agency.gov/library?page=0"
RECORDS = """
<ul>
  <li class="row">
    <h3><a href="/doc/pia-049">ICE PIA-049</a></h3>
    <p>How   the agency\n keeps records.</p>
    <time datetime="2021-03-01T05:00:00Z">March 1, 2021</time>
    <td></td><span class="number">049</span>
  </li>
  <li class="row">
    <h3><a href="https://other.gov/b.pdf#page=2">Budget &amp; performance</a></h3>
  </li>
</ul>
"""


def read(html, *, url=URL, content_type="text/html; charset=utf-8", **recipe):
    asked = Recipe(read=Read.LISTING, **recipe)
    return extract(html.encode(), asked, url=url, content_type=content_type)


def told(html, **recipe):
    """The items of a listing as (title, url, summary, published)."""
    return [(i.title, i.url, i.summary, i.published) for i in read(html, **recipe).items]


def test_a_record_yields_title_link_summary_date_and_named_fields():
    items = [
        item._replace(key="")
        for item in read(RECORDS, item="li.row", fields={"number": ".number"}).items
    ]

    assert items == [
        Item(
            key="",
            title="ICE PIA-049",
            url="https://agency.gov/doc/pia-049",
            summary="How the agency keeps records.",
            published="2021-03-01T05:00:00Z",
            fields={"number": "049"},
        ),
        Item(
            key="",
            title="Budget & performance",
            url="https://other.gov/b.pdf#page=2",
        ),
    ]


def test_what_a_record_does_not_say_is_none_and_never_empty_text():
    html = "<ul><li class=r><a href=/a>A</a><p> \u200b </p><time datetime=''> </time></li></ul>"

    assert told(html, item=".r") == [("A", "https://agency.gov/a", None, None)]


def test_without_a_recipe_the_elements_that_repeat_and_carry_links_are_the_records():
    html = """
    <nav><ul><li><a href=/1>Home page</a><li><a href=/2>About us</a>
    <li><a href=/3>Contact</a></ul></nav>
    <main><div class=item><h3><a href=/a>Annual report</a></h3><p>The year told.</p></div>
    <div class=item><h3><a href=/b>Budget</a></h3></div>
    <div class=item><h3><a href=/c>Census of harbours</a></h3></div></main>
    """

    assert told(html) == [
        ("Annual report", "https://agency.gov/a", "The year told.", None),
        ("Budget", "https://agency.gov/b", None, None),
        ("Census of harbours", "https://agency.gov/c", None, None),
    ]


def test_a_page_on_which_nothing_repeats_has_no_items():
    assert told("<main><p>Back <a href=/>soon</a>.</p></main>") == []


def test_a_recipe_that_matches_nothing_gives_no_items():
    assert told(RECORDS, item="div.views-row") == []


def test_a_recipe_reads_attributes_after_an_at_sign():
    html = '<div class=r><b title="Long title">Short</b><a href=/x data-to="/y">t</a></div>'

    assert told(html, item=".r", title="b@title", link="a@data-to") == [
        ("Long title", "https://agency.gov/y", None, None)
    ]


def test_a_field_may_be_an_attribute_of_the_record_itself():
    html = '<div class=r data-id="7"><a href=/x>Title</a></div>'

    items = read(html, item=".r", fields={"id": "@data-id"}).items

    assert [item.fields for item in items] == [{"id": "7"}]


def test_a_selector_list_is_read_in_every_record():
    html = "<div class=a><h2>One</h2></div><section class=b><h4>Two</h4></section>"

    assert told(html, item=".a, .b", title="h2, h4") == [
        ("One", None, None, None),
        ("Two", None, None, None),
    ]


def test_what_stands_around_a_record_is_read_after_a_mark():
    html = (
        "<h2>March 1, 2021</h2><div><h3>One</h3><p>About one</p><h3>Two</h3><b>Note:</b> late"
        "</div><h2>March 2, 2021</h2><div><h3>Three</h3><p>About three</p></div>"
    )

    items = told(html, item="h3", title=":scope", summary="~ p", published="< h2")

    assert items == [
        ("One", None, "About one", "2021-03-01"),
        ("Two", None, None, "2021-03-01"),
        ("Three", None, "About three", "2021-03-02"),
    ]


def test_the_text_after_a_label_is_read():
    html = "<ul><li><b>Name:</b> One <i>x</i></li><li><b>Name:</b> Two<br>y</li></ul>"

    items = read(html, item="li", title='b:lexbor-contains("Name")@text-after').items

    assert [item.title for item in items] == ["One", "Two"]


def test_the_text_before_an_element_is_read():
    html = (
        "<ul><li>May 1, <!-- day -->2024: <a>One</a></li><li><b>x</b> May 2, 2024 <a>Two</a></li>"
    )

    items = read(html, item="li", title="a", published="a@text-before").items

    assert [(item.title, item.published) for item in items] == [
        ("One", "2024-05-01"),
        ("Two", "2024-05-02"),
    ]


def test_a_backslash_in_an_address_is_a_slash():
    html = '<ul><li><a href="..\\docs\\1.pdf">One</a></li></ul>'

    assert told(html, item="li") == [("One", "https://agency.gov/docs/1.pdf", None, None)]


@pytest.mark.parametrize(
    ("title", "titles"),
    [
        ("b", ["First", "Second", "Third", None]),
        ("> b", [None, "Second", None, None]),
        ("+ p b", [None, None, None, None]),
    ],
)
def test_each_record_has_its_own_title_however_deep_it_lies(title, titles):
    html = """
    <div class=r><a href=/1></a><p><i><b>First</b></i></p></div>
    <div class=r><a href=/2></a><b>Second</b></div><p><b>Beside</b></p>
    <section><div class=r><a href=/3></a><ul><li><p><i><b>Third</b></i></p></ul></div></section>
    <div class=r><a href=/4></a></div>
    """
    found = read(html, item=".r", title=title, link="a").items

    assert [item.title for item in found] == titles


def test_a_title_may_lie_less_deep_in_the_page_than_another_in_its_record():
    html = "<body><ul><li><p><i><b>Deep</b></i></p></ul><b>Shallow</b><a href=/1></a></body>"

    assert told(html, item="body", title="b") == [("Deep", "https://agency.gov/1", None, None)]


def test_a_nested_record_does_not_lend_its_title_to_the_outer_one():
    html = "<div class=r><div class=r><h3>Inner</h3></div><h3>Outer</h3></div>"

    assert [title for title, *_ in told(html, item=".r")] == ["Outer", "Inner"]


def test_a_nested_record_keeps_its_title_where_the_outer_ones_lies_deeper():
    html = "<div class=r><p><b>Outer</b></p><div class=r><b>Inner</b></div></div>"

    assert [title for title, *_ in told(html, item=".r", title="b")] == ["Outer", "Inner"]


def test_a_record_that_is_itself_a_link_has_that_link():
    html = "<a class=card href=/a><h3>Card</h3><p>Text</p></a>"

    assert told(html, item="a.card") == [("Card", "https://agency.gov/a", "Text", None)]


def test_a_title_that_lies_in_a_paragraph_is_not_its_own_summary():
    html = "<div class=r><p><a href=/a>Title</a></p></div>"

    assert told(html, item=".r") == [("Title", "https://agency.gov/a", None, None)]


@pytest.mark.parametrize(
    "href",
    ["", "#top", "javascript:void(0)", "mailto:a@b.gov", "http://[broken", "data:text/html,x"],
)
def test_what_is_no_web_address_is_no_link(href):
    assert told(f'<div class=r><a href="{href}">Title</a></div>', item=".r") == [
        ("Title", None, None, None)
    ]


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("b", "https://agency.gov/docs/b"),
        ("/b", "https://agency.gov/b"),
        ("//cdn.gov/b", "https://cdn.gov/b"),
        ("?x=1", "https://agency.gov/docs/?x=1"),
        (" /b\n", "https://agency.gov/b"),
        ("HTTPS://x.gov/b", "https://x.gov/b"),
    ],
)
def test_relative_links_start_from_the_base_that_the_page_names(href, url):
    html = f'<base href="/docs/"><div class=r><a href="{href}">T</a></div>'

    assert [found for _, found, *_ in told(html, item=".r")] == [url]


def test_an_ignored_part_is_not_read():
    html = "<div class=r><h3>Title <span class=new>New!</span></h3></div>"

    assert told(html, item=".r", ignore=(".new",)) == [("Title", None, None, None)]


def test_words_of_neighbouring_blocks_do_not_run_together():
    html = "<div class=r><h3>Title</h3><div class=s><p>One</p><p>two<br>three</p></div></div>"

    assert told(html, item=".r", summary=".s") == [("Title", None, "One two three", None)]


@pytest.mark.parametrize(
    "pager",
    [
        '<a rel="next" href="?page=1">Next</a>',
        '<link rel="prev next" href="?page=1">',
        '<ul><li class="pager__item--next"><a href="?page=1">››</a></li></ul>',
        '<ul><li class="pager-next"><a href="?page=1">next ›</a></li></ul>',
        '<a class="usa-pagination__next-page" href="?page=1">Next</a>',
    ],
)
def test_the_next_page_is_found_in_the_common_pagers(pager):
    assert read(RECORDS + pager, item=".row").next_url == "https://agency.gov/library?page=1"


def test_the_last_page_has_no_next_page():
    html = RECORDS + '<a rel="next" href="#">Next</a><a rel="prev" href="?page=0">Previous</a>'

    assert read(html, item=".row").next_url is None


def test_a_recipe_names_the_next_page_where_the_defaults_would_err():
    html = RECORDS + '<a rel=next href="/other">Related</a><a class=on href="?page=1">2</a>'

    assert read(html, item=".row", next="a.on").next_url == "https://agency.gov/library?page=1"


def test_a_selector_that_is_not_css_is_told():
    with pytest.raises(ExtractError, match=r"'li\[' is not a CSS selector"):
        read(RECORDS, item="li[")


def test_a_binary_payload_is_refused():
    with pytest.raises(ExtractError, match="the payload is a PDF, neither HTML nor text"):
        extract(b"%PDF-1.7\n\x00\x01", Recipe(read=Read.LISTING), url=URL, content_type="text/html")


def test_items_that_share_a_link_have_keys_of_their_own():
    html = "<p class=r><a href=/all>First</a></p><p class=r><a href=/all>Second</a></p>"

    keys = [item.key for item in read(html, item=".r").items]

    assert keys[1] == f"{keys[0]}-2"


def test_pages_of_a_listing_become_one_list():
    first, second = (
        Reading((item,)) for item in (Item(key="k", url="u1"), Item(key="k", url="u2"))
    )

    assert [item.url for item in unite([first, second])] == ["u1", "u2"]


def test_an_item_that_slipped_to_the_next_page_during_the_walk_counts_once():
    report, budget = Item(key="a", title="Report"), Item(key="b", title="Budget")

    items = unite([Reading((report, budget)), Reading((budget,))])

    assert [item.title for item in items] == ["Report", "Budget"]


def test_items_that_say_the_same_on_one_page_all_count():
    twin = Item(key="a", title="Report")

    assert len(unite([Reading((twin, twin)), Reading(())])) == 2


PATHS = st.lists(st.text(st.sampled_from("ab/.|?#\\~%é:\n"), max_size=8), min_size=1, max_size=6)


@given(PATHS, st.sampled_from((URL, "https://agency.gov/deep/er/page", "https://agency.gov")))
def test_a_column_of_links_is_joined_as_each_link_alone(paths, base):
    rows = [f'<li class="row"><a href="{path}">Paper</a></li>' for path in paths]

    together = [item.url for item in read("".join(rows), url=base, item="li.row").items]

    assert together == [read(row, url=base, item="li.row").items[0].url for row in rows]


@given(st.text(st.sampled_from("ab/.-~"), min_size=1, max_size=8).map("/".__add__))
def test_a_path_is_joined_as_the_standard_library_joins_it(path):
    html = f'<li class="row"><a href="{path}">Paper</a></li>'

    assert read(html, item="li.row").items[0].url == urljoin(URL, path)


def test_items_without_links_are_read_at_whatever_address_they_were_kept():
    payload = b"<ul><li>Rule A</li><li>Rule B</li></ul>"
    recipe = Recipe(read=Read.LISTING, item="li", title=":scope")

    reading = extract(payload, recipe, url="http://[x", content_type="text/html")

    assert [(item.title, item.url) for item in reading.items] == [
        ("Rule A", None),
        ("Rule B", None),
    ]


def test_an_item_that_several_selectors_name_is_one():
    html = '<ul><li class="row rec">One</li><li class="row">Two</li><li class="rec">Three</li>'

    assert [title for title, *_ in told(html, item="li.row, .rec", title=":scope")] == [
        "One",
        "Two",
        "Three",
    ]
