"""The one door to selectolax: parsing, selecting, and the text of a node."""

import re
from collections.abc import Iterator, Set
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from snapshots.errors import ExtractError
from snapshots.extract.caps import (
    DEEPEST,
    MOST_ATTRIBUTES,
    MOST_BODIES,
    MOST_OPTIONS,
    MOST_REOPENED,
    MOST_TAGS,
    told_most,
)
from snapshots.extract.nesting import is_short, is_surely_flat, nesting
from snapshots.extract.paired import is_paired

Document = LexborHTMLParser
Node = LexborNode

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Elements that begin and end a line of their own when a browser lays them out.
BLOCKS = HEADINGS | frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form header hgroup hr html legend li main menu nav "
    "ol p pre search section summary table tbody td tfoot th thead tr ul".split()
)
# What is never part of what a page says.
SILENT = frozenset(
    "script style noscript template svg math iframe object embed head title button select "
    "input textarea option canvas audio video map datalist".split()
)

# What is quoted, or a function at the beginning of a compound selector.
_LEADING = re.compile(
    r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?<![^\s>+~,(]):(?:is|where|not|has)\("""
)
# What lies in so many elements that its page must be measured; hardly any page has it.
_DEEP = " > ".join("*" * 64)
_OPTION = re.compile("<option", re.IGNORECASE)
_BODY = re.compile("<(?:html|body)", re.IGNORECASE)
# glibc gives the memory of each page's tree back to the system, and takes it again, at the
# price of a second parsing, for the next. Freeing one block of this size, which is never
# touched and so never there, has it keep twice as much.
bytes(16 * 1024 * 1024)


def parse(text: str) -> Document:
    """Return the document tree of a page's characters; any text is a page.

    Raises:
        ExtractError: the page is longer, deeper or fuller of tags than any page is; or
            Lexbor refuses it.
    """
    is_flat = _check(text)
    try:
        document = LexborHTMLParser(text)
    except (SelectolaxError, ValueError) as error:
        raise ExtractError(f"the page cannot be parsed as HTML ({error})") from error
    if is_flat or not _may_be_deep(document):
        return document
    if (depth := depth_of(document)) > DEEPEST:
        raise ExtractError(
            f"the page nests elements {depth:,} deep, more than the cap of {DEEPEST}"
        )
    return document


def _may_be_deep(document: Document) -> bool:
    """Whether an element lies in so many that measuring the tree is worth its time."""
    root = document.root
    return root is not None and root.any_css_matches((_DEEP,))


def depth_of(document: Document) -> int:
    """Return how many elements lie within one another at the deepest place of a tree.

    Takes time linear in the tree, and no recursion.
    """
    deepest, depth = 0, 1
    node, root = document.root, document.root
    while node is not None and root is not None:
        child = node.child
        if child is not None:
            node, depth = child, depth + 1
            continue
        deepest = max(deepest, depth)
        while node is not None and node.next is None:
            node, depth = node.parent, depth - 1
            # Nodes are told apart by number: comparing them would compare their HTML.
            if node is None or node.mem_id == root.mem_id:
                return deepest
        node = node.next if node is not None else None
    return deepest


def _check(text: str) -> bool:
    """Whether a page is surely flat; raises when it may not be parsed at all."""
    if is_surely_flat(text, DEEPEST):
        return True
    if (tags := text.count("<")) > MOST_TAGS:
        raise ExtractError(told_most(tags, "tags", MOST_TAGS))
    _check_gathered(text, tags)
    if is_paired(text, DEEPEST // 3):
        return True
    # A short page is measured when it is parsed: what is told from its text may be too much.
    deepest = tags if is_short(text) else DEEPEST
    found = nesting(text, deepest)
    if found.depth > deepest:
        raise ExtractError(f"the page nests elements deeper than the cap of {DEEPEST}")
    if found.reopened > MOST_REOPENED:
        raise ExtractError(told_most(found.reopened, "elements left open", MOST_REOPENED))
    if found.attributes > MOST_ATTRIBUTES:
        raise ExtractError(told_most(found.attributes, "attributes in a tag", MOST_ATTRIBUTES))
    return False


def _check_gathered(text: str, tags: int) -> None:
    """Raise where one element would gather so much that parsing takes minutes."""
    if tags > MOST_OPTIONS and (options := len(_OPTION.findall(text))) > MOST_OPTIONS:
        raise ExtractError(told_most(options, "options", MOST_OPTIONS))
    if (bodies := len(_BODY.findall(text))) > MOST_BODIES:
        raise ExtractError(told_most(bodies, "bodies", MOST_BODIES))


def select(tree: Document | Node, selector: str) -> list[Node]:
    """Return the nodes that match a CSS selector, in document order, each once.

    Raises:
        ExtractError: the selector is not CSS that Lexbor understands.
    """
    try:
        found = tree.css(_led(selector) if ":" in selector else selector)
    except (SelectolaxError, ValueError) as error:
        raise ExtractError(f"{selector!r} is not a CSS selector ({error})") from error
    # Lexbor gives a node as often as alternatives match it.
    return [*{node.mem_id: node for node in found}.values()] if "," in selector else found


@lru_cache(maxsize=4_096)
def _led(selector: str) -> str:
    """A selector in which no compound begins with a function, such as ``:is(h1, h2) a``.

    Lexbor 1.0.2 asks such a one of the nearest element above or before alone.
    """
    return _LEADING.sub(lambda found: found[0] if found[1] else f"*{found[0]}", selector)


def select_first(tree: Document | Node, selector: str) -> Node | None:
    """Return the first node that matches a CSS selector, or None."""
    return next(iter(select(tree, selector)), None)


def children(node: Node) -> Iterator[Node]:
    """Yield a node's children, text included."""
    child = node.child
    while child is not None:
        yield child
        child = child.next


def lies_in(node: Node, places: Set[int]) -> bool:
    """Whether a node lies in an element of these numbers (``mem_id``), at whatever depth."""
    outer = node.parent if places else None
    while outer is not None and outer.mem_id not in places:
        outer = outer.parent
    return outer is not None


def is_text_alone(node: Node) -> bool:
    """Whether a node holds one text, and nothing else."""
    child = node.child
    return child is not None and child.next is None and child.is_text_node


def own_text(node: Node) -> str:
    """Return the text that lies directly in a node, without that of the elements in it."""
    return node.text(deep=False)


def text_of(node: Node, left_out: Set[int] = frozenset()) -> str:
    """Return a node's text, with a space where a browser would begin a new line.

    ``left_out`` are the numbers (``mem_id``) of elements within it that are passed over.
    """
    child = node.child
    if child is None:
        return ""
    if child.next is None and child.is_text_node:
        return child.text_content or ""
    return "".join(s if isinstance(s, str) else " " for s in walk(node, left_out))


def walk(root: Node, left_out: Set[int] = frozenset()) -> Iterator[str | Node]:
    """Yield a tree's texts and its line breaks in reading order, without recursion.

    A node is a break: a block that begins; the parent of one that has ended; a ``br``.
    Silent elements, and those whose numbers are ``left_out``, are passed over.
    """
    # The elements that are open, and whether each is a block.
    above: list[tuple[Node, bool]] = []
    node, kinds = root.child, _KINDS
    while node is not None or above:
        if node is None:
            ended, is_block = above.pop()
            if is_block:
                yield above[-1][0] if above else root
            node = ended.next
            continue
        if node.is_text_node:
            yield node.text_content or ""
            node = node.next
            continue
        # Its number tells an element's kind in half the time that its name does.
        kind = kinds.get(node.tag_id)
        if kind == "silent" or (left_out and node.mem_id in left_out):
            node = node.next
            continue
        if kind is not None:
            yield node
        above.append((node, kind == "block"))
        node = node.child


def _kinds() -> dict[int, str]:
    """Lexbor's numbers of the elements that are told apart; those of HTML never change."""
    named = dict.fromkeys(BLOCKS, "block") | dict.fromkeys(SILENT, "silent") | {"br": "break"}
    document = LexborHTMLParser("")
    return {document.create_node(tag).tag_id: kind for tag, kind in named.items()}


_KINDS = _kinds()
