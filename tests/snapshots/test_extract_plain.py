"""Plain-text captures: bulleted records, and paragraphs under headings."""

import pytest

from snapshots.extract.extract import extract, is_plain_text
from snapshots.extract.plain import Block, Record, blocks, records
from snapshots.records import Item, Read, Recipe


def test_a_bullet_begins_a_record_and_indented_lines_are_its_summary():
    text = "Results\n\n• Annual report\n   What the year brought,\n   in short.\n• Budget\n"

    assert records(text) == [
        Record("Annual report", "What the year brought, in short."),
        Record("Budget", None),
    ]


def test_a_bullet_alone_on_its_line_takes_its_title_from_the_next():
    assert records("-\n  Annual report\n  In short.\n") == [Record("Annual report", "In short.")]


def test_a_menu_beside_a_list_with_summaries_is_no_record():
    text = "• Home\n• Contact\n\nLibrary\n• Annual report\n  In short.\n"

    assert records(text) == [Record("Annual report", "In short.")]


def test_bare_bullets_are_records_where_no_list_has_summaries():
    assert records("• Home\n• Contact\n") == [Record("Home", None), Record("Contact", None)]


@pytest.mark.parametrize("bullet", "•‣◦▪●∙·*-–")
def test_a_record_may_begin_with(bullet):
    assert records(f"{bullet} Annual report\n") == [Record("Annual report", None)]


def test_share_icons_are_no_records():
    assert records("• Email icon\n• Annual report\n• Print icon\n") == [
        Record("Annual report", None)
    ]


def test_non_breaking_spaces_are_evidence_and_are_kept():
    assert records("• Fiscal\u00a0Year  2020\n") == [Record("Fiscal\u00a0Year 2020", None)]


def test_short_lines_alone_are_headings_and_the_rest_is_in_their_section():
    text = "Removal\n\nOfficers remove people.\n\n• One\n• Two\n\nBudget\n\nIt grew.\n"

    assert blocks(text) == [
        Block("heading", "Removal", None),
        Block("paragraph", "Officers remove people.", "Removal"),
        Block("list_item", "One", "Removal"),
        Block("list_item", "Two", "Removal"),
        Block("heading", "Budget", "Removal"),
        Block("paragraph", "It grew.", "Budget"),
    ]


def test_a_line_that_ends_a_sentence_is_no_heading():
    assert blocks("It grew.\n") == [Block("paragraph", "It grew.", None)]


def test_lines_broken_to_fit_a_width_are_one_paragraph():
    text = (
        "This paragraph was broken into lines to fit the width of a screen,\n"
        "and reads on here until its end.\n"
    )

    assert [block.text for block in blocks(text)] == [
        "This paragraph was broken into lines to fit the width of a screen, "
        "and reads on here until its end."
    ]


def test_breadcrumbs_are_left_out():
    assert blocks("1. Home\n2. Fact sheets\n\nIt grew.\n") == [Block("paragraph", "It grew.", None)]


def test_a_text_read_as_a_listing_gives_items():
    recipe = Recipe(read=Read.LISTING)

    (item,) = extract(b"- Budget\n", recipe, url="https://x.gov/", content_type="text/plain").items

    assert item == Item(key=item.key, title="Budget")


def test_a_text_read_as_a_page_gives_blocks():
    recipe = Recipe(read=Read.PAGE)

    (item,) = extract(b"Budget\n", recipe, url="https://x.gov/", content_type="text/plain").items

    assert item == Item(key=item.key, text="Budget", fields={"block": "heading"})


@pytest.mark.parametrize("text", ["", "\n \n", "•\n", "- \n-\n"])
def test_a_text_that_says_nothing_has_no_blocks(text):
    assert blocks(text) == []


@pytest.mark.parametrize(
    ("payload", "content_type", "is_text"),
    [
        (b"<p>markup</p>", "text/plain; charset=utf-8", True),
        (b"plain", "text/html", False),
        (b"plain words", None, True),
        (b"\n<!DOCTYPE HTML><p>", None, False),
        (b"<?xml version='1.0'?>", None, False),
        (b"a < b", "", True),
        (b"# Heading", "text/markdown", True),
    ],
)
def test_the_stated_type_wins_and_the_look_decides_without_one(payload, content_type, is_text):
    assert is_plain_text(payload.decode(), content_type) is is_text
