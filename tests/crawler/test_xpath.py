"""XPath as people write it in job files, read as CSS of the same meaning or not at all."""

import pytest

from crawler.xpath import css_of
from snapshots.extract.html import parse, select
from snapshots.extract.selectors import selector_problem

PAGE = """<html><body><div id="main" class="a b"><ul><li class="doc x">1</li><li>2</li></ul>
<p data-k="v-1">3</p></div><div class="doc">4<ul><li>5</li></ul></div></body></html>"""


@pytest.mark.parametrize(
    ("xpath", "css", "texts"),
    [
        ("//li", "li", "1 2 5"),
        ("//div[@id='main']//li", "div#main li", "1 2"),
        ("//div[@id='main']/ul/li", "div#main > ul > li", "1 2"),
        ("/html/body/div/ul", "html > body > div > ul", "12 5"),
        ('//*[@class="doc"]', '[class="doc"]', "45"),
        ("//*[contains(@class, 'doc')]", '[class*="doc"]', "1 45"),
        (
            "//li[contains(concat(' ', normalize-space(@class), ' '), ' doc ')]",
            "li.doc",
            "1",
        ),
        ("//p[starts-with(@data-k, 'v-')]", 'p[data-k^="v-"]', "3"),
        ("//p[@data-k and @data-k='v-1']", 'p[data-k][data-k="v-1"]', "3"),
        ("//p | //ul/li[@class]", "p, ul > li[class]", "1 3"),
        (".//p", "p", "3"),
    ],
)
def test_what_has_a_css_of_the_same_meaning_becomes_it(xpath: str, css: str, texts: str) -> None:
    found = select(parse(PAGE), css)

    assert css_of(xpath) == css
    assert selector_problem(css) is None
    assert " ".join("".join(node.text().split()) for node in found) == texts


@pytest.mark.parametrize(
    "xpath",
    [
        "",
        "//li[1]",
        "//li[last()]",
        "//a/@href",
        "//p/text()",
        "//p[contains(text(), 'x')]",
        "//p[contains(@class, '')]",
        "//p[@a='x' or @b='y']",
        "//p[not(@a)]",
        "//li/..",
        "//p/following-sibling::ul",
        "/div",
        "(//p)[1]",
        "//p | //a/@href",
        "//p[@class='it\\s']",
        "string(//p)",
        "li",
        "//li" * 200,
    ],
)
def test_what_has_none_is_not_guessed(xpath: str) -> None:
    assert css_of(xpath) is None
