"""What a page calls itself."""

import pytest

from snapshots.extract.masthead import Masthead, masthead

PAGE = """<!doctype html><html><head><title>
 Fact Sheets |  ICE </title>
<meta property="og:site_name" content="ICE"><link rel="canonical" href="https://www.ice.gov/f">
</head><body><header><h1>ICE</h1><svg><title>logo</title></svg></header>
<main><h1>Fact <i>Sheets</i></h1></main></body></html>"""


def named(body: str, content_type: str | None = "text/html; charset=utf-8") -> Masthead:
    return masthead(body.encode(), content_type)


def test_a_page_tells_its_title_heading_site_and_address() -> None:
    assert named(PAGE) == Masthead(
        title="Fact Sheets | ICE", heading="Fact Sheets", site="ICE", url="https://www.ice.gov/f"
    )


@pytest.mark.parametrize(
    ("body", "heading"),
    [
        ("<h1>One</h1>", "One"),
        ("<h1>One</h1><h1>Two</h1>", None),
        ("<h1>One</h1><h1> One </h1>", "One"),
        ("<h1></h1><h1>One</h1>", "One"),
        ("<p>None</p>", None),
    ],
)
def test_a_heading_is_the_only_one(body: str, heading: str | None) -> None:
    assert named(body).heading == heading


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<meta property="og:url" content="https://a.example/x">', "https://a.example/x"),
        ('<base href="https://a.example/y/">', "https://a.example/y/"),
        ('<link rel="canonical" href="/x">', None),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ('<link rel="canonical" href="http://[::1">', None),
    ],
)
def test_an_address_is_a_web_address(head: str, url: str | None) -> None:
    assert named(f"<html><head>{head}</head><body>x</body></html>").url == url


@pytest.mark.parametrize(
    ("payload", "content_type"),
    [
        (b"", None),
        (b"%PDF-1.7", "text/html"),
        (b"<title>x</title>", "application/pdf"),
        (b"<title>Only words</title>", "text/plain"),
        (b"<div>" * 5000, "text/html"),
        (b"\x00\xff" * 40, None),
    ],
)
def test_what_is_no_page_has_no_names(payload: bytes, content_type: str | None) -> None:
    assert masthead(payload, content_type) == Masthead()
