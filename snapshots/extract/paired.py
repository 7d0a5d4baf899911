"""Whether a page's tags are plainly written and properly paired, which tells how deep it nests.

So it is with most pages that a program made, and this is told in a third of the time that
``nesting`` takes to follow a page as a browser would. Where any doubt is, the answer is no.
"""

import re

from snapshots.extract.caps import MOST_REOPENED
from snapshots.extract.nesting import FORMATTING, VOID

_SPACE = r"[ \t\n\f\r]"
# Attributes of which it is certain where they end: no quote, bracket or equals sign is
# anywhere but where it belongs. Source: WHATWG HTML, section 13.2.5 (tokenization).
_ATTRIBUTES = (
    rf"(?:{_SPACE}++[A-Za-z@:_][A-Za-z0-9_.:@-]*+"
    r"(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^ \t\n\f\r<>\"'=`/][^ \t\n\f\r<>\"'=`]*+))?+){0,100}+"
    rf"{_SPACE}*+/?+"
)
# What stands between the tags of a script or style sheet may hold signs that begin no tag.
_RAW = r"[^<]*+(?:<(?!(?i:/?s(?:cript|tyle)|!--))[^<]*+)*+"
# A drawing of few plain elements, whatever their order: its end ends them all. What names it
# holds text alone; markup in there would keep the drawing open.
# Source: WHATWG HTML, section 13.2.6.5 (the rules for parsing tokens in foreign content).
_PARTS = (
    "circle|clipPath|defs|ellipse|g|line|linearGradient|mask|path|polygon|polyline|rect|stop"
    "|symbol|text|tspan|use"
)
_DRAWN = (
    rf"(?:[^<]*+<(?:/?(?:{_PARTS}){_ATTRIBUTES}>"
    rf"|title{_ATTRIBUTES}>[^<]*+</title>|desc{_ATTRIBUTES}>[^<]*+</desc>)){{0,60}}+[^<]*+"
)
_SVG = rf"svg(?={_ATTRIBUTES}(?<!/)>{_DRAWN}</svg>)"
# Whatever these hold is no markup: they hold text alone, or nothing is sure.
_TEXTUAL = ("title", "textarea", "iframe", "noembed", "noframes", "xmp")
_TEXT = "|".join(rf"{name}(?={_ATTRIBUTES}>[^<]*+</{name}>)" for name in _TEXTUAL)
_MARKED = rf"(?!(?:svg|{'|'.join(_TEXTUAL)})\b)/?[a-z][a-z0-9-]*+(?={_ATTRIBUTES}>)"
# Each sign that may begin a tag gives one name: that of a plain tag, with its slash if it
# ends an element; a mark for a comment or doctype; or nothing, if it is not plainly written.
_NAMES = re.compile(
    rf"<({_SVG}|{_TEXT}|{_MARKED}|!--(?=[^<>]*+(?<=--)>)"
    rf"|!(?:doctype|DOCTYPE)(?=[^<>]*+>)|)(?:(?:(?<=<script)|(?<=<style)){_ATTRIBUTES}>{_RAW}"
    rf"|(?<=<svg){_ATTRIBUTES}>{_DRAWN}(?=</svg>))?+"
)
_EMPTY = VOID | {"!--", "!doctype", "!DOCTYPE"}
# Links and forms are taken apart by their like within them; formulas have rules of their own.
# An end tag in a drawing ends what has its name outside, and the drawing with it.
# A part of a table ends objects in it, but not what their formatting is kept by.
_UNSURE = frozenset(
    ("", "a", "form", "math", "nobr", "applet", "marquee", "object", "plaintext", "desc")
) | frozenset(_PARTS.lower().split("|"))
_FORMATTING = FORMATTING - _UNSURE
_SPECIAL = _EMPTY | _UNSURE | _FORMATTING


def is_paired(text: str, deepest: int) -> bool:
    """Whether every element of a page surely ends, and so many at most lie in one another.

    Its tree is at most twice as deep and a little: browsers add the parts that tables lack.
    And what a block closes is opened again but ``MOST_REOPENED`` times. Takes time linear in
    the text, about 0.3 µs a tag.
    """
    names = _NAMES.findall(text)
    ends = {f"/{name}": name for name in set(names)}
    open_now: list[str] = []
    formatting = 0
    for name in names:
        if name in ends:
            if not open_now or open_now.pop() != ends[name]:
                return False
        elif name not in _SPECIAL:
            open_now.append(name)
            if len(open_now) > deepest:
                return False
        elif name in _UNSURE:
            if name not in ("a", "form") or name in open_now:
                return False
            open_now.append(name)
        elif name in _FORMATTING:
            open_now.append(name)
            formatting = max(formatting, sum(map(_FORMATTING.__contains__, open_now)))
            if len(open_now) > deepest:
                return False
    # Each tag may open all formatting again that is open, and a link.
    return not open_now and (formatting + 1) * len(names) <= MOST_REOPENED
