"""The HTML report, and every form under hostile page text."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise

import hostile
import pytest
from hostile_room import HOSTILE, Page
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from diffs.report import html, markdown, passage, text, view
from snapshots.records import (
    Change,
    ChangeRecord,
    Edit,
    FieldChange,
    Item,
    Kind,
    Seen,
    Snapshot,
)

AT = datetime(2021, 6, 1, tzinfo=UTC)
DIGEST = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SEEN = Seen(
    old=Snapshot(id=1, source="ice", captured_at=AT, digests=(DIGEST,)),
    new=Snapshot(id=2, source="ice", captured_at=AT, digests=(DIGEST,)),
    good_visits_between=0,
    longest_gap_s=0,
)


def record(change: Change) -> ChangeRecord:
    return ChangeRecord(id=7, source="ice", change=change, seen=SEEN)


def hostile_report(words: str) -> view.Report:
    # Notes keep their paragraphs, of which some words make several.
    return replace(hostile.report([words]), notes={})


def elements(page: Page) -> list[str]:
    """The page's elements without the edits, of which a context may hold none."""
    return [tag for tag in page.tags if tag not in {"del", "ins"}]


def as_markdown(source: str) -> Page:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"])
    return Page(parser.render(source))


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_page_text_adds_no_element_and_no_attribute_to_html(words: str) -> None:
    expected = Page(html.render(hostile_report("harmless")))

    found = Page(html.render(hostile_report(words)))

    assert elements(found) == elements(expected)
    assert {name for name, _ in found.attributes} == {name for name, _ in expected.attributes}
    hrefs = [value or "" for name, value in found.attributes if name == "href"]
    assert hrefs == [value for name, value in expected.attributes if name == "href"]
    assert all(re.fullmatch(r"#(change|snapshot)-\d+", href) for href in hrefs)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_page_text_makes_no_element_in_markdown(words: str) -> None:
    expected = as_markdown(markdown.render(hostile_report("harmless")))

    found = as_markdown(markdown.render(hostile_report(words)))

    # Beside a sign, words are marked by these two elements, as Markdown's own marks fail there.
    assert set(found.tags) <= {*expected.tags, "del", "ins"}
    assert found.attributes == expected.attributes


@pytest.mark.parametrize(
    ("words", "cleaned"),
    [
        ("\x1b]0;owned\x07\x1b[31mred\x9b0m", "]0;owned[31mred0m"),
        ("a\x00\x08b\x7f", "ab"),
        ("a\r\n\tb\u2028c\x85d", "a b c d"),
        ("gov\u202egnp\u2066.exe\u200f", "govgnp.exe"),
        ("hid\U000e0041den\ufeff", "hidden"),
        ("\ud800", "\ufffd"),
        ("naïve – 移民 👩\u200d👧", "naïve – 移民 👩\u200d👧"),
    ],
)
def test_cleaned_text_keeps_its_letters_and_loses_what_steers(words: str, cleaned: str) -> None:
    assert passage.clean(words) == cleaned


@pytest.mark.parametrize("render", [html.render, markdown.render])
@pytest.mark.parametrize("words", HOSTILE)
def test_no_control_character_of_a_page_reaches_a_file(
    render: Callable[[view.Report], str], words: str
) -> None:
    told = render(hostile_report(words))

    assert [line for line in told.split("\n") if passage.clean(line) != line] == []


@pytest.mark.parametrize("words", HOSTILE)
def test_no_control_character_of_a_page_reaches_a_terminal(words: str) -> None:
    told = text.render(hostile_report(words), colour=False, width=80)

    assert [line for line in told.split("\n") if passage.clean(line) != line] == []


@pytest.mark.parametrize("words", HOSTILE)
def test_a_coloured_report_holds_only_its_own_escapes(words: str) -> None:
    told = text.render(hostile_report(words), colour=True, width=80)
    for own in ("0", "1", "2", "31", "32", "33", "31;9", "32;4"):
        told = told.replace(f"\x1b[{own}m", "")

    assert [line for line in told.split("\n") if passage.clean(line) != line] == []


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "ftp://ice.gov/",
        "//ice.gov/",
        "https:ice.gov",
        "https://",
        "https://[ice.gov/",
        'https://ice.gov/"x',
        "https://ice.gov/a b",
        "https://ice.gov/\u202egnp",
        " https://ice.gov/",
    ],
)
def test_only_a_web_address_becomes_a_link(url: str) -> None:
    assert passage.web_link(url) is None


def test_a_web_address_becomes_a_link_that_tells_nothing_of_the_reader() -> None:
    item = Item(key="k", title="Fact sheet", url="https://ice.gov/f?a=1&b=2")
    page = replace(hostile_report("x"), changes=(record(Change(kind=Kind.CHANGED, item=item)),))

    told = html.render(page)
    assert '<h4><a href="https://ice.gov/f?a=1&amp;b=2">Fact sheet</a></h4>' in told
    assert '<meta name="referrer" content="no-referrer">' in told


def test_a_markdown_link_cannot_be_closed_by_its_address() -> None:
    assert markdown.link("a]b", "https://ice.gov/(x)é") == ("[a\\]b](<https://ice.gov/(x)%C3%A9>)")


@given(st.text(max_size=80))
def test_escaped_text_is_one_plain_paragraph_of_markdown(words: str) -> None:
    page = as_markdown(f"x{markdown.escape(words)}\n\n{markdown.escape(words)}")

    assert set(page.tags) <= {"p"}


def test_nothing_printable_is_cleaned() -> None:
    printable = [sign for sign in map(chr, range(0x110000)) if sign.isprintable()]

    assert [sign for sign in printable if passage.clean(f"\x00{sign}") != sign] == []


@given(st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once(words: str) -> None:
    assert passage.clean(passage.clean(words)) == passage.clean(words)


def test_an_edit_is_struck_and_underlined_with_a_space_between() -> None:
    edits = (
        Edit("keep", "criminal "),
        Edit("delete", "aliens"),
        Edit("insert", "noncitizens"),
        Edit("keep", "."),
    )
    field = FieldChange("criminal aliens.", "criminal noncitizens.", edits)
    change = Change(kind=Kind.CHANGED, item=Item(key="k"), fields={"text": field})

    told = html.render(replace(hostile_report("x"), changes=(record(change),)))

    words = '<div class="words">criminal <del>aliens</del> <ins>noncitizens</ins>.</div>'
    assert words in told


def test_a_long_text_is_cut_to_its_changes_and_stays_reachable_whole() -> None:
    kept = " ".join(f"w{n}" for n in range(40)) + " "
    edits = (Edit("keep", kept), Edit("delete", "aliens"))
    field = FieldChange(f"{kept}aliens", kept, edits)
    change = Change(kind=Kind.CHANGED, item=Item(key="k"), fields={"text": field})

    told = html.render(replace(hostile_report("x"), changes=(record(change),)))

    folded = " ".join(f"w{n}" for n in range(32)) + " "
    gap = f'<details class="gap"><summary>…</summary>{folded}</details>'
    assert f"{gap}w32 w33 w34 w35 w36 w37 w38 w39 <del>aliens</del></div>" in told


def test_evidence_shows_digests_short_and_in_full() -> None:
    change = Change(kind=Kind.REMOVED, item=Item(key="k"))

    told = html.render(replace(hostile_report("x"), changes=(record(change),)))

    assert "<code>sha256:9f86d081884c…</code>" in told
    assert f'<code class="digest">{DIGEST}</code>' in told


def test_the_file_needs_nothing_but_itself() -> None:
    page = Page(html.render(hostile_report("x")))

    assert set(page.tags) & {"link", "img", "iframe", "object"} == set()
    assert page.tags.count("script") == 2
    assert [kind for name, kind in page.attributes if name == "type"].count("application/json") == 1
    assert {name for name, _ in page.attributes} & {"src", "srcset", "style", "onclick"} == set()


def test_no_script_but_the_reports_own_may_run() -> None:
    told = html.render(hostile_report("x"))

    assert told.count("<script") == 2
    script = told.split("<script>")[1].split("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'; form-action 'none'" in told


def test_headings_come_in_order() -> None:
    tags = Page(html.render(hostile_report("x"))).tags
    levels = [int(tag[1]) for tag in tags if tag in {"h1", "h2", "h3", "h4"}]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_source_never_seen_says_so_even_with_no_change() -> None:
    page = replace(hostile_report("x"), changes=(), substitutions=())

    told = Page(html.render(page)).text

    assert "No change found in 1 source. 1 visit could see too little" in told
    assert "never" in told
    assert "What could not be seen" in told
