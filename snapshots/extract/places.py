"""Where known wording and links lie on a page: one walk over its tree, by exact look-up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from snapshots.extract.html import BLOCKS, SILENT, Document, Node
from snapshots.extract.wording import clean
from snapshots.records import Item

# A wording is looked for in elements whose text is no longer than the longest known one,
# and never in more characters than this: what the walk compares stays linear.
LONGEST_SOUGHT = 4_000
# So many places of one wording or link are kept: a word of a menu stands everywhere.
MOST_PLACES = 8
_SLACK = 64


@dataclass(slots=True)
class Places:
    """The innermost elements that say a known text, and those that link a known address."""

    base: str
    texts: dict[str, list[Node]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[Node]] = field(default_factory=lambda: defaultdict(list))


def folded(text: str) -> str:
    """Return a text as it is compared here: in lower case, white space folded."""
    return clean(text).lower()


def link_key(url: str) -> str:
    """Return an address without its scheme, its fragment and a slash at its end."""
    return url.partition("#")[0].partition("://")[2].removeprefix("www.").rstrip("/")


def joined(base: str, href: str) -> str | None:
    """Return a link's whole address, or None when it is none, such as http://[x."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return None


def places_of(document: Document, base: str, known: Sequence[Item]) -> Places:
    """Return where the titles, summaries, texts and links of known items lie on a page."""
    wordings = (text for item in known for text in (item.title, item.summary, item.text) if text)
    texts = {folded(text) for text in wordings}
    links = {link_key(item.url) for item in known if item.url}
    return _Finder(texts, links, base).found(document)


class _Finder:
    """Walks a tree once; an element's text is a slice of all the text before its end."""

    def __init__(self, texts: Iterable[str], links: set[str], base: str) -> None:
        self.texts = {text for text in texts if len(text) <= LONGEST_SOUGHT}
        self.longest = max(map(len, self.texts), default=0) + _SLACK
        self.links = links
        self.places = Places(base)
        self.said: list[str] = []
        self.length = 0

    def found(self, document: Document) -> Places:
        body = document.body or document.root
        stack: list[tuple[Node, tuple[int, int] | None]] = [(body, None)] if body else []
        while stack:
            node, start = stack.pop()
            if start is not None:
                self.end(node, *start)
            elif node.is_text_node:
                self.say(" ".join(f"|{node.text_content or ''}|".split())[1:-1])
            elif node.is_element_node and (node.tag or "") not in SILENT:
                self.begin(node)
                stack.append((node, (len(self.said), self.length)))
                stack.extend((child, None) for child in _last_first(node))
        return self.places

    def say(self, text: str) -> None:
        self.said.append(text)
        self.length += len(text)

    def begin(self, node: Node) -> None:
        """Take an element's address, and the line break that a block begins with."""
        if node.tag in BLOCKS or node.tag == "br":
            self.say(" ")
        if node.tag == "a" and self.links and (href := node.attributes.get("href")):
            key = link_key(joined(self.places.base, href) or "")
            if key in self.links:
                _add(self.places.links[key], node)

    def end(self, node: Node, part: int, length: int) -> None:
        """Look an element's text up, unless it is too long or said by what it holds."""
        if 0 < self.length - length <= self.longest:
            text = folded("".join(self.said[part:]))
            if text in self.texts and not _holds(node, self.places.texts.get(text)):
                _add(self.places.texts[text], node)
        if node.tag in BLOCKS:
            self.say(" ")


def _last_first(node: Node) -> Iterable[Node]:
    child = node.last_child
    while child is not None:
        yield child
        child = child.prev


def _add(nodes: list[Node], node: Node) -> None:
    if len(nodes) < MOST_PLACES:
        nodes.append(node)


def _holds(node: Node, found: Sequence[Node] | None) -> bool:
    """Whether an element's only element is where its text was found: elements end inside out."""
    if not found:
        return False
    inner: Node | None = found[-1]
    # The text lies in one chain of elements; a wrapper is never far from what it wraps.
    for _ in range(MOST_PLACES):
        inner = inner.parent if inner is not None else None
        if inner is None:
            return False
        if inner.mem_id == node.mem_id:
            return True
    return False
