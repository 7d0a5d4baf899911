"""What is told of a page whose tags are properly paired holds of its tree."""

from random import Random

import pytest

from benchmarks import pages
from benchmarks.texts import Language, publications
from snapshots.extract.html import depth_of, parse
from snapshots.extract.paired import is_paired

NAMES = (
    "div span p a b i font u table tbody tr td th caption ul li button select option form h1 h2 "
    "object script style title textarea template noscript iframe body html head dl dd ruby rt x-y "
    "g path text clippath desc"
).split()
EMPTY = "br img hr input link meta col wbr".split()
ATTRIBUTES = ("", "", " a=b", " a='x'", ' a="x y"', " a", " a=x/", "/", ' b="\'"', " a='\"' c=d")
ODDS = (
    *("<!-- x -->", "text", "a < b", "<!-->", "<![CDATA[<p>]]>", '<div title="></div>">'),
    *("</p>", "</br>", "</div>", "</SCRIPT>", "<svg>", "<?x?>", "<!-- <b> -->", '"', ">", "\0"),
)
DRAWN = (
    *("<path/>", "<path></path>", "<g>", "</g>", '<use href="a#b"></use>', "text", "<rect>"),
    *("<title>A file</title>", "<title/>", "<desc></desc>", "<title><g></title>", "<desc><b>"),
    *("<line>", "<line>", "</path>", "</text>", "</clipPath>", "<desc/>", "</desc>"),
    *("<style>", "<p>", "<a>", "</p>", "<foreignObject>", "<title>", "<svg>", "</title>"),
)
# So deep a drawing may be, which is not told.
MOST_DRAWN = 5


def soup(random: Random, names: list[str], depth: int) -> str:
    """Elements that end, within one another as no author would put them; now and then an oddity."""
    parts = []
    for _ in range(random.randint(0, 4)):
        kind = random.random()
        if kind < 0.15:
            parts.append(f"<{random.choice(EMPTY)}{random.choice(ATTRIBUTES)}>")
        elif kind < 0.16:
            parts.append(random.choice(ODDS))
        elif kind < 0.2:
            inner = random.choices(DRAWN, k=random.randint(0, 4))
            parts.append(f"<svg{random.choice(ATTRIBUTES)}>{''.join(inner)}</svg>")
        elif depth:
            name = random.choice(names)
            within = soup(random, names, depth - 1)
            parts.append(f"<{name}{random.choice(ATTRIBUTES)}>{within}</{name}>")
        else:
            parts.append("text")
    return "".join(parts)


def told_depth(html: str) -> int | None:
    """The least depth at which a page passes, or None where it never does."""
    if not is_paired(html, 40):
        return None
    return next(depth for depth in range(41) if is_paired(html, depth))


def test_a_page_that_passes_is_hardly_twice_as_deep_as_it_is_told():
    passed = 0
    for seed in range(600):
        random = Random(seed)
        names = random.choices(NAMES, k=random.randint(2, 8))
        html = soup(random, names, random.randint(2, 8)) * random.choice((1, 5, 20))
        told = told_depth(html)
        if told is not None:
            passed += 1
            assert depth_of(parse(html)) <= 2 * told + 6 + MOST_DRAWN, html[:200]

    assert passed > 100


def test_a_page_as_programs_make_them_passes():
    page = pages.drupal(publications(50, Language(1)))

    assert is_paired(page, 40)
    assert not is_paired(page, 5)
    assert is_paired("<p><svg class='x'><title>A</title><g><path d='1'/></svg></p>", 2)
    assert is_paired("<script>if (a < b) { say('<div>') }</script><p>x<br/></p><!-- y -->", 2)


@pytest.mark.parametrize(
    "html",
    [
        '<div title="></div>">',
        "<div ='a b=\"'></div>",
        "<x='a b=\"'></x>",
        "<di<b></b>v>",
        "<span><div></span></div>",
        "<script><!--<script></script></script>",
        "<script></SCRIPT><div></script>",
        "<a><p><a></a></p></a>",
        "<form><form></form></form>",
        "<svg><link></svg>",
        "<svg><title><g></title></svg>",
        "<svg><style><g></style></svg>",
        "<svg/><title>x</title><path/></svg>",
        "<g><svg></g><line><line></svg></g>",
        "<clippath><svg></clipPath><line></svg></clippath>",
        "<desc><svg><desc/></desc><line></svg></desc>",
        "<title><svg><title>x</title><line></svg></title>",
        "<table><tt><object><colgroup></colgroup></object></tt></table>",
        "<xmp><script></xmp><div></script></xmp>",
        "<textarea><style></textarea><div></style></textarea>",
        "<plaintext></plaintext>",
        "<!--<b>--></b>",
        "<p>a < b</p>",
        "<DIV></DIV>",
        "<div>",
        "</div>",
    ],
)
def test_a_page_that_leaves_a_doubt_does_not_pass(html):
    assert not is_paired(html, 100)


@pytest.mark.parametrize("block", ["<p>x</p>", "<li>x</li>", "<dd>x</dd>", "<div>x</div>"])
def test_formatting_that_each_block_opens_again_leaves_a_doubt(block):
    inside = "".join(f'<b id="{number}">' for number in range(100))
    outer = block[: block.index(">") + 1]

    def page(blocks: int) -> str:
        return f"{outer}{inside}{block * blocks}{'</b>' * 100}{outer.replace('<', '</')}"

    assert is_paired(page(100), 150)
    assert not is_paired(page(10_000), 150)
