"""How deep a page nests, told from its text: parsing a deep page is itself too slow.

Lexbor takes time quadratic in the depth, both to parse and to select with descendant
combinators, cannot be interrupted, and copies every unclosed ``<b class=…>`` into each
paragraph that follows. What is told here is hardly ever less than the tree's depth: an end
tag counts only where the standard surely closes the element. Whoever parses the page then
measures the tree itself.
"""

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

# A page of so few tags and characters is parsed in a fraction of a second, whatever it holds.
FEW_TAGS = 5_000
FEW_CHARS = 262_144
# A bound is counted in stretches of so many characters.
STRETCH = 4_096
# Lexbor compares each attribute of a tag with all before it: tags with many are counted.
LONG_TAG = 512
MANY_ATTRIBUTES = 100

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_PARTS_OF_TABLES = frozenset("caption colgroup tbody td tfoot th thead tr".split())
_SPECIAL = _PARTS_OF_TABLES | frozenset(
    "address applet article aside basefont bgsound blockquote body button center dd details dir "
    "div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head "
    "header hgroup html iframe keygen li listing main marquee menu nav noembed noframes noscript "
    "object ol p plaintext pre script search section select style summary table template "
    "textarea title ul xmp".split()
)
_SCOPES = frozenset(
    "applet caption foreignobject html marquee math object svg table td template th".split()
)
# What an element that begins closes, and what may lie between: its end tag is optional.
# Source: WHATWG HTML, section 13.2.6.4 (the rules for parsing tokens).
_INLINE = FORMATTING | {"span"}
_LOOSE = _INLINE | {"address", "div", "p"}
_CELLED = _LOOSE | frozenset("dd dl dt h1 h2 h3 h4 h5 h6 li ol ul".split())
_ROWED = _CELLED | {"td", "th"}
_CLOSES_P = frozenset(
    "address article aside blockquote center dd details dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup li main menu nav ol p pre section summary "
    "ul".split()
)
_CLOSES = {
    "li": (frozenset(("li",)), _LOOSE),
    "dt": (frozenset(("dt", "dd")), _LOOSE),
    "dd": (frozenset(("dt", "dd")), _LOOSE),
    "option": (frozenset(("option",)), frozenset[str]()),
    "td": (frozenset(("td", "th")), _CELLED),
    "th": (frozenset(("td", "th")), _CELLED),
    "tr": (frozenset(("tr",)), _ROWED),
    "tbody": (frozenset(("tbody", "thead", "tfoot")), _ROWED | {"tr"}),
}
_P = frozenset(("p",))
_DRAWN = frozenset("circle defs ellipse g line path polygon polyline rect stop svg use".split())
_RAW = frozenset("iframe noembed noframes script style textarea title xmp".split())
# A clone of a formatting element stays when so many blocks lie in it.
# Source: WHATWG HTML, section 13.2.6.4.7 (the adoption agency algorithm).
_ADOPTED = 8
_TWINS = 3
# A quote opens a value only after an equals sign, and an equals sign may begin a name.
# Source: WHATWG HTML, section 13.2.5 (tokenization).
_ATTRIBUTE = (
    r"(?:=[^ \t\n\f\r/>=]*+|[^ \t\n\f\r/>=]++)(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+"
    r"(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^ \t\n\f\r>\"'][^ \t\n\f\r>]*+)?+)?+"
)
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|<(/?)([a-z][^ \t\n\f\r/>]*)((?:[ \t\n\f\r/]++|{_ATTRIBUTE})*+)>?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Nesting:
    """How deep a page is at most, how often formatting is opened again, how full its tags are."""

    depth: int
    reopened: int = 0
    attributes: int = 0


def is_surely_flat(text: str, deepest: int) -> bool:
    """Whether a page is so short, and its tags so well paired, that it need not be scanned.

    Counts marks only, each once: 0.2 ms for a page of 170 KB. What it passes can yet be deep
    by end tags that end nothing, but holds too few tags to take long.
    """
    if len(text) > FEW_CHARS:
        return False
    starts = range(0, len(text), STRETCH)
    marks = [text.count("<", start, start + STRETCH) for start in starts]
    tags = sum(marks)
    return tags <= FEW_TAGS and (tags <= deepest or _estimate(text, marks) <= deepest)


def is_short(text: str) -> bool:
    """Whether a page's tree may be made and measured, however deep it proves to be."""
    return len(text) <= FEW_CHARS and text.count("<") <= FEW_TAGS


def nesting(text: str, deepest: int) -> Nesting:
    """Return how deep a page nests, at most; the count ends where it exceeds ``deepest``.

    Takes time linear in the text, about 1 µs a tag.
    """
    open_now = _Open()
    place, end, bound = 0, len(text), 0
    reopened = attributes = 0
    while place < end:
        token = _TOKEN.search(text, place)
        if token is None:
            break
        place = token.end()
        slash, name, rest = token.groups()
        if name is None:
            continue
        name = name.lower()
        if slash:
            open_now.close(name)
            continue
        if len(rest) > LONG_TAG and (count := len(_ATTRIBUTES.findall(rest))) > MANY_ATTRIBUTES:
            attributes += count
        if name in VOID:
            continue
        if name in _RAW and not open_now.is_drawing():
            place = _raw_end(text, place, name, open_now)
            continue
        open_now.open(name, rest)
        reopened += len(open_now.formatting)
        bound = max(bound, open_now.depth)
        if bound > deepest:
            break
    return Nesting(bound, reopened, attributes)


def _estimate(text: str, marks: Sequence[int]) -> int:
    """The depth of a page whose tags are paired: in each stretch, all may begin before any ends.

    ``marks`` are how many tags each stretch has.
    """
    most = deep = start = 0
    for tags in marks:
        most = max(most, deep + tags)
        # An end tag that a stretch's end cuts in two is not counted as one.
        deep = max(0, deep + tags - 2 * text.count("</", start, start + STRETCH))
        start += STRETCH
    return most


def _raw_end(text: str, place: int, name: str, open_now: "_Open") -> int:
    """Where an element of raw text ends, or the page does."""
    found = re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE).search(text, place)
    end = found.start() if found else len(text)
    if name == "script":
        comment = text.rfind("<!--", place, end)
        is_open = comment >= 0 and text.find("-->", comment, end) < 0
        # A script within a script's comment does not end where it seems to.
        if is_open and "<script" in text[comment:end].lower():
            open_now.is_trusted = False
    return end


@dataclass(slots=True)
class _Open:
    """The elements that are open at one place of a page, and the formatting in force."""

    names: list[str] = field(default_factory=list)
    formatting: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    is_trusted: bool = True

    @property
    def depth(self) -> int:
        return len(self.names) + len(self.formatting)

    def open(self, name: str, rest: str) -> None:
        """Take an element that begins, after what it closes by beginning."""
        if name in _PARTS_OF_TABLES and not self.counts["table"]:
            return  # outside of tables these begin nothing
        if name in _CLOSES_P:
            self.pop_if(_P, _INLINE)
        if name in _CLOSES:
            self.pop_if(*_CLOSES[name])
        if name in _DRAWN and rest.endswith("/") and self.is_drawing():
            return
        if name in ("a", "nobr"):
            self.close_formatting(name)
        self.names.append(name)
        self.counts[name] += 1
        if name in FORMATTING and self.formatting.count((name, rest)) < _TWINS:
            self.formatting.append((name, rest))

    def close(self, name: str) -> None:
        """Take an end tag; one that may end nothing ends nothing."""
        if not self.is_trusted:
            return
        if not self.counts[name] and name not in FORMATTING:
            return  # most stray end tags: there is nothing to look through
        if name in FORMATTING:
            self.close_formatting(name)
        elif name in _PARTS_OF_TABLES or name == "table":
            self.pop_unless(name, {"table", "template", "svg", "math", "select"} - {name})
        elif name in _SPECIAL or name in _SCOPES:
            between = {"ol", "ul", "button"} if name in ("li", "p") else {"button"} - {name}
            self.pop_unless(name, _SCOPES | between)
        else:
            self.pop_unless(name, _SPECIAL | _SCOPES)

    def is_drawing(self) -> bool:
        """Whether the innermost elements are those of a drawing."""
        for name in reversed(self.names):
            if name in ("svg", "math"):
                return True
            if name in _SPECIAL and name not in _RAW:
                return False
        return False

    def close_formatting(self, name: str) -> None:
        blocks = 0
        for place in range(len(self.names) - 1, -1, -1):
            inner = self.names[place]
            if inner == name:
                del self.names[place]
                self.counts[name] -= 1
                break
            blocks += inner in _SPECIAL
            if inner in _SCOPES or blocks >= _ADOPTED:
                return
        for place in range(len(self.formatting) - 1, -1, -1):
            if self.formatting[place][0] == name:
                del self.formatting[place]
                return

    def pop_if(self, wanted: frozenset[str], between: frozenset[str]) -> None:
        """Close the nearest wanted element, when nothing else lies between."""
        for place in range(len(self.names) - 1, -1, -1):
            if self.names[place] in wanted:
                self.cut(place)
                return
            if self.names[place] not in between:
                return

    def pop_unless(self, name: str, barrier: Set[str]) -> None:
        """Close the nearest element of a name, unless a barrier lies between."""
        for place in range(len(self.names) - 1, -1, -1):
            if self.names[place] == name:
                self.cut(place)
                return
            if self.names[place] in barrier:
                return

    def cut(self, place: int) -> None:
        self.counts.subtract(self.names[place:])
        del self.names[place:]
