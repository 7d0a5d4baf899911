"""Pages become blocks under their headings, without the site's furniture."""

import pytest

from snapshots.errors import ExtractError
from snapshots.extract.extract import extract
from snapshots.records import Item, Read, Recipe


def read(html, **recipe):
    asked = Recipe(read=Read.PAGE, **recipe)
    return extract(html.encode(), asked, url="https://ice.gov/", content_type="text/html").items


def told(html, **recipe):
    """The blocks of a page as (kind, text, section)."""
    return [(i.fields["block"], i.text, i.section) for i in read(html, **recipe)]


def texts(html, **recipe):
    return [item.text for item in read(html, **recipe)]


def test_headings_paragraphs_list_items_and_rows_are_blocks_in_their_section():
    html = """<main><h1>Fact sheets</h1><p>Opening   words.</p>
    <h2>Removal</h2><ul><li>One</li><li>Two <b>bold</b></li></ul>
    <table><tr><td>Row</td></tr></table>
    <dl><dt>Term</dt><dd>Meaning</dd></dl></main>"""

    assert told(html) == [
        ("heading", "Fact sheets", None),
        ("paragraph", "Opening words.", "Fact sheets"),
        ("heading", "Removal", "Fact sheets"),
        ("list_item", "One", "Removal"),
        ("list_item", "Two bold", "Removal"),
        ("row", "Row", "Removal"),
        ("paragraph", "Term", "Removal"),
        ("list_item", "Meaning", "Removal"),
    ]


def test_a_block_is_an_item_with_text_and_nothing_else():
    (item,) = read("<main><p>Words.</p></main>")

    assert item == Item(key=item.key, text="Words.", fields={"block": "paragraph"})


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav>Home</nav>",
        "<div role=navigation>Home</div>",
        "<div class=usa-banner>Anything here</div>",
        "<ol class=breadcrumb><li>Home</li></ol>",
        "<div class='social-share'>Tell others</div>",
        "<p class='visually-hidden'>For readers aloud</p>",
        "<p hidden>Not shown</p>",
        "<p aria-hidden=true>Not shown</p>",
        "<script>var a = '<p>no</p>'</script>",
        "<style>p {}</style>",
        "<noscript>Turn it on</noscript>",
        "<template><p>Later</p></template>",
        "<p>An official website of the United States government</p>",
        "<p>Here’s how you know</p>",
        "<p>Last Reviewed/Updated: 01/03/2018</p>",
        "<p>Facebook icon</p>",
        "<button>Share</button>",
        "<!-- a remark -->",
        "<p> \u200b\u00ad </p>",
    ],
)
def test_furniture_is_left_out(furniture):
    assert texts(f"<main>{furniture}<p>Content.</p></main>") == ["Content."]


def test_a_sentence_that_mentions_furniture_is_kept():
    html = "<main><p>Share this page with the officers who print the United States flag.</p></main>"

    assert texts(html) == ["Share this page with the officers who print the United States flag."]


def test_only_the_main_landmark_is_read():
    html = "<header><p>Agency</p></header><main><p>Content.</p></main><footer><p>Foot</p></footer>"

    assert texts(html) == ["Content."]


def test_without_a_landmark_the_body_is_read_without_header_and_footer():
    html = "<header><p>Agency</p></header><p>Content.</p><footer><p>Foot</p></footer>"

    assert texts(html) == ["Content."]


def test_an_empty_landmark_is_passed_over():
    assert texts("<main> </main><div id=content><p>Content.</p></div>") == ["Content."]


def test_a_recipe_names_the_main_content_and_what_to_ignore():
    html = "<main><p>Other.</p><div class=c><p>Content.</p><p class=ad>Buy!</p></div></main>"

    assert texts(html, item=".c", ignore=(".ad",)) == ["Content."]


def test_a_recipe_may_name_several_parts_read_in_order():
    html = "<div class=c>One.</div><div>Between.</div><div class=c>Two.</div>"

    assert texts(html, item=".c") == ["One.", "Two."]


def test_an_ignored_part_does_not_hide_the_text_around_it():
    html = "<main><p>Before <span class=n>[1]</span>after.</p></main>"

    assert texts(html, ignore=(".n",)) == ["Before after."]


def test_one_line_break_is_a_space_and_two_begin_a_block():
    assert texts("<main><p>One<br>two<br><br>three</p></main>") == ["One two", "three"]


def test_a_table_that_only_lays_out_the_page_is_read_as_its_blocks():
    html = "<main><table><tr><td><p>One.</p></td><td><p>Two.</p></td></tr></table></main>"

    assert told(html) == [("paragraph", "One.", None), ("paragraph", "Two.", None)]


def test_text_around_an_inner_list_stays_in_its_own_block():
    html = "<main><li>Before<ul><li>Inner</li></ul>After</li></main>"

    assert told(html) == [
        ("list_item", "Before", None),
        ("list_item", "Inner", None),
        ("list_item", "After", None),
    ]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a&nbsp;b", "a b"),
        ("non\u00adcitizen", "noncitizen"),
        ("zero\u200bwidth", "zerowidth"),
        ("e\u0301tat", "état"),
        ("a\u0007b", "ab"),
        ("&lt;b&gt;", "<b>"),
        ("“quoted”", "“quoted”"),
        ("&#0;x", "\ufffdx"),
        ("tail |", "tail"),
    ],
)
def test_text_is_read_as_a_reader_sees_it(written, text):
    assert texts(f"<main><p>{written}</p></main>") == [text]


def test_blocks_of_equal_wording_have_keys_of_their_own():
    keys = [item.key for item in read("<main><p>Yes.</p><p>No.</p><p>Yes.</p></main>")]

    assert keys[2] == f"{keys[0]}-2"
    assert len(set(keys)) == 3


@pytest.mark.parametrize("payload", ["", " ", "<", "<html>", "</p></main>", "<main></main>"])
def test_a_page_that_says_nothing_has_no_items(payload):
    assert texts(payload) == (["<"] if payload == "<" else [])


def test_an_ignored_selector_that_is_not_css_is_told():
    with pytest.raises(ExtractError, match="is not a CSS selector"):
        read("<p>Words.</p>", ignore=("p[",))


def test_elements_nested_five_hundred_deep_are_read():
    html = "<div>" * 500 + "deep" + "</div>" * 500

    assert texts(html) == ["deep"]


@pytest.mark.parametrize("item", [".a, .b", ".a, .inner", ".inner, .a, p"])
def test_what_several_selectors_name_is_read_once(item):
    html = '<div class="a b"><h2>Fees</h2><div class="inner"><p>They rise.</p></div></div>'

    assert texts(html, item=item) == ["Fees", "They rise."]
