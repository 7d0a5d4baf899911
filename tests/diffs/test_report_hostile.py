"""Hostile page text in every field of every form of a report: none runs, none breaks the file."""

import csv
import json
import re
from collections import Counter
from email import message_from_string, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from io import StringIO
from xml.etree import ElementTree

import feedparser
import hostile
import html5lib
import pytest
from markdown_it import MarkdownIt

from crawler.reporting import rendered
from diffs.report import brief, text
from diffs.report.atom import ATOM
from diffs.report.cells import FORMULA
from diffs.report.passage import clean

FAMILIES = list(hostile.FAMILIES)
WEB_OR_OWN = re.compile(r"https?://[^\s\"'<>`]+|#[\w-]+|")


class Page(HTMLParser):
    """The elements and attributes of a page, as a browser would find them."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Of edits a context may hold none, and a link that is one is linked.
        if tag not in {"del", "ins", "a", "code", "span", "p", "details", "summary"}:
            self.tags[tag] += 1
        self.attributes.extend(attrs)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.attributes}

    def values(self, name: str) -> list[str]:
        return [value or "" for found, value in self.attributes if found == name]


def told(form: str, family: str) -> tuple[str, str]:
    """A report of a family of hostile texts in a form, and one as long that is harmless."""
    words = hostile.texts(family)
    calm = [f"{hostile.HARMLESS} {number}" for number in range(len(words))]
    return rendered(hostile.report(words), form), rendered(hostile.report(calm), form)


def parts(written: str) -> tuple[str, ...]:
    message = message_from_string(written, policy=policy.default)
    assert isinstance(message, EmailMessage)
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert page is not None
    return tuple(part.get_content().replace("\r\n", "\n") for part in (plain, page))


def assert_inert(page: Page, expected: Page) -> None:
    assert page.tags == expected.tags
    assert page.names <= expected.names | {"href"}
    assert not [name for name in page.names if name.startswith("on") or name in ("src", "srcset")]
    assert [href for href in page.values("href") if not WEB_OR_OWN.fullmatch(href)] == []


def assert_no_steering(written: str) -> None:
    assert [line for line in written.split("\n") if clean(line) != line] == []


def test_there_are_some_hundred_hostile_texts() -> None:
    assert sum(len(hostile.texts(family)) for family in FAMILIES) > 400


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_text_is_inert_in_html(family: str) -> None:
    page, calm = told("html", family)

    assert_inert(Page(page), Page(calm))
    assert_no_steering(page)
    html5lib.HTMLParser(strict=True).parse(page)


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_text_is_inert_in_both_parts_of_a_mail(family: str) -> None:
    mail, calm = told("email", family)

    plain, page = parts(mail)
    assert_inert(Page(page), Page(parts(calm)[1]))
    assert_no_steering(page)
    assert_no_steering(plain)
    html5lib.HTMLParser(strict=True).parse(page)


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_text_adds_no_header_and_no_part_to_a_mail(family: str) -> None:
    mail, calm = (
        message_from_string(each, policy=policy.default) for each in told("email", family)
    )

    assert mail.keys() == calm.keys()
    assert [part.items() for part in mail.iter_parts()] == [
        part.items() for part in calm.iter_parts()
    ]
    assert [mail[name] for name in ("Subject", "From")] == [
        calm[name] for name in ("Subject", "From")
    ]
    assert mail.defects == []
    assert mail.as_string().isascii()


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_text_is_inert_in_a_feed(family: str) -> None:
    feed, calm = told("atom", family)

    root, expected = ElementTree.fromstring(feed), ElementTree.fromstring(calm)
    found = feedparser.parse(feed, sanitize_html=False)
    assert not found.bozo
    assert structure(root) == structure(expected)
    assert len({entry.id for entry in found.entries}) == 2 * len(hostile.texts(family))
    for link in root.iter(f"{{{ATOM}}}link"):
        assert WEB_OR_OWN.fullmatch(link.get("href", ""))
    contents = zip(
        root.iter(f"{{{ATOM}}}content"), expected.iter(f"{{{ATOM}}}content"), strict=True
    )
    for content, harmless in contents:
        assert_inert(Page(content.text or ""), Page(harmless.text or ""))
    assert_no_steering(feed)


def structure(root: ElementTree.Element) -> list[str]:
    return [each.tag for each in root.iter() if each.tag != f"{{{ATOM}}}link"]


@pytest.mark.parametrize("form", ["csv", "edgi"])
@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_text_starts_no_formula_and_no_row_in_a_sheet(family: str, form: str) -> None:
    sheet, calm = told(form, family)

    rows = list(csv.reader(StringIO(sheet), strict=True))
    assert len(rows) == len(list(csv.reader(StringIO(calm)))) == sheet.count("\n")
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if cell.lstrip().startswith(FORMULA)] == []
    assert_no_steering(sheet)


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_text_makes_no_element_in_markdown(family: str) -> None:
    written, calm = told("md", family)

    parser = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"])
    page, expected = Page(parser.render(written)), Page(parser.render(calm))
    assert set(page.tags) <= set(expected.tags)
    assert page.names <= expected.names | {"href"}
    assert [href for href in page.values("href") if not WEB_OR_OWN.fullmatch(href)] == []
    assert_no_steering(written)


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_text_steers_no_terminal(family: str) -> None:
    report = hostile.report(hostile.texts(family))

    assert_no_steering(text.render(report, colour=False, width=80))
    coloured = text.render(report, colour=True, width=80)
    assert_no_steering(re.sub(r"\x1b\[(0|1|2|31|32|33|36|31;9|32;4)m", "", coloured))


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_text_steers_no_chat_and_calls_nobody(family: str) -> None:
    report = hostile.report(hostile.texts(family))

    for words in (brief.title(report), brief.render(report)):
        assert_no_steering(words)
        assert re.findall(r"[@<]\w|<[!#@]", words) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_text_stays_what_it_is_in_json_and_steers_no_terminal(family: str) -> None:
    lines, _ = told("jsonl", family)

    titles = [json.loads(line)["item"]["title"] for line in lines.split("\n")]
    assert titles == [words for words in hostile.texts(family) for _ in range(2)]
    assert [line for line in lines.split("\n") if clean(line) != line] == []
