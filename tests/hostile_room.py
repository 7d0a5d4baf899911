"""Page text that tries to be more than text, and what a browser would find in a page."""

from html.parser import HTMLParser

import pytest

HOSTILE = [
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param("</style></title></details><img src=x onerror=alert(1)>", id="markup"),
    pytest.param('" onmouseover="alert(1)" x="', id="attribute_break_out"),
    pytest.param("' onmouseover='alert(1)' x='", id="attribute_break_out_of_single_quotes"),
    pytest.param("javascript:alert(1)", id="javascript_link"),
    pytest.param("java\nscript:alert(1)", id="javascript_link_with_a_line_break"),
    pytest.param("data:text/html,<script>alert(1)</script>", id="data_link"),
    pytest.param('https://ice.gov/"onclick="alert(1)', id="web_link_with_a_quote"),
    pytest.param("https://[ice.gov/", id="broken_web_link"),
    pytest.param("{{ 7 * 191 }}{% raw %}", id="template"),
    pytest.param("\x1b]0;owned\x07\x1b[2J\x9b31m\x00\x08", id="terminal_escapes"),
    pytest.param("a\u202egnp.exe\u2066b\u200f", id="direction_overrides"),
    pytest.param("# a\n\n- [x](javascript:alert(1)) ![i](x) `c` | **b** ~~s~~", id="markdown"),
    pytest.param("\ud800", id="lone_surrogate"),
]


class Page(HTMLParser):
    """The elements and attributes of a page, as a browser would find them."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data
