"""The digest for mail: one page, two alternatives, and nothing that a mail client refuses."""

import re
from dataclasses import replace
from email import message_from_string, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import hostile
import html5lib
import pytest

from diffs.importance import Importance
from diffs.report import digest

REPORT = hostile.report(f"Fact sheet {number}" for number in range(60))


class Page(HTMLParser):
    """The elements of a page, and what each is told."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def opened(written: str) -> EmailMessage:
    message = message_from_string(written, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_digest_is_text_with_html_as_its_better_alternative() -> None:
    message = opened(digest.render(REPORT))

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Subject"] == "Reworded: 120 changes in 1 source, up to 2021-06-01"
    assert message["X-Unsent"] == "1"
    assert message.defects == []


def test_no_line_of_a_mail_is_too_long_to_be_sent() -> None:
    assert max(map(len, digest.render(REPORT).splitlines())) <= 78


def test_the_html_needs_no_style_sheet_no_script_and_nothing_from_elsewhere() -> None:
    page = digest.page(REPORT)
    found = Page(page).found

    html5lib.HTMLParser(strict=True).parse(page)
    assert {tag for tag, _ in found} & {"style", "script", "link", "img", "form", "div"} == set()
    names = {name for _, attributes in found for name in attributes}
    assert names & {"class", "id", "src", "background"} == set()
    assert "url(" not in page
    # Without a width of their own some clients draw tables as narrow as their text.
    assert all(attributes["width"] for tag, attributes in found if tag == "table")


def test_a_page_tells_the_most_important_and_names_or_counts_the_rest() -> None:
    ids = [record.id for record in REPORT.changes]
    scores = {number: Importance(number % 100, ()) for number in ids}

    told = digest.plain(replace(REPORT, importance=scores))

    in_full = [int(number) for number in re.findall(r"^#(\d+) ice: ", told, re.M)]
    named = re.findall(r"^#(\d+) (?:changed|removed): ", told, re.M)
    assert in_full == [99, 98, 97, 96, 95, 94]
    assert len(named) == digest.MOST_NAMED
    assert "and 74 more changes, which `reworded changes` tells" in told


def test_the_same_findings_make_the_same_message_under_a_given_name() -> None:
    one, two = (
        digest.mail(REPORT, sender="a@example.org", to=("b@example.org",), key="k1").as_string()
        for _ in range(2)
    )

    assert one == two
    assert "Message-ID: <k1@reworded.invalid>" in one


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "a@b.example\nX: y"])
def test_no_address_adds_a_header(address: str) -> None:
    message = digest.mail(REPORT, sender=address, to=(address,))

    assert "Bcc" not in opened(message.as_string())
    assert "X" not in opened(message.as_string())


def test_a_digest_of_nothing_says_so() -> None:
    nothing = replace(REPORT, changes=(), substitutions=())

    assert digest.subject(nothing) == "Reworded: no change, up to 2021-06-01"
    assert "No change found in 60 sources." in digest.plain(nothing)
