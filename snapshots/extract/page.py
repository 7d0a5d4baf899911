"""Pages: the main content as blocks under their headings, without the site's furniture."""

from collections.abc import Iterator, Sequence, Set

from snapshots.extract.caps import check_items
from snapshots.extract.furniture import is_furniture
from snapshots.extract.html import (
    HEADINGS,
    Document,
    Node,
    lies_in,
    select,
    select_first,
    text_of,
    walk,
)
from snapshots.extract.plain import Block
from snapshots.extract.wording import clean
from snapshots.records import Recipe

# What marks a page's main content by the standard, and what mostly does by habit.
LANDMARKS = ("main", "[role=main]", "#main-content", "#block-system-main")
HABITS = (".main-content", ".region-content", "#content-area", "#content", "#main")
# A habit is believed when it holds at least this share of the page's text.
LEAST_SHARE = 0.25
# A list of so many links, no longer than so many characters on average, with next to no
# other text is a menu, where nothing on the page marks the main content.
MENU_LINKS = 3
MOST_LISTS = 100
MOST_READ = 50_000
MENU_CHARS = 30
MENU_SHARE = 0.9


def _any(attribute: str, *selectors: str) -> str:
    """Any of some classes, ids or roles: an element without the attribute is passed at once."""
    return f"[{attribute}]:is({', '.join(selectors)})"


# Left out wherever they stand: navigation, banners, share icons, what is hidden.
_CLASSES = (
    ".menu .block-menu .nav-menu .navbar .navigation .usa-banner .usa-skipnav .usa-breadcrumb "
    ".breadcrumb .breadcrumbs .skip-link .element-invisible .visually-hidden .sr-only "
    ".social-share .social-media .share-links .share-buttons .addtoany .a2a_kit .pager "
    ".usa-pagination .cookie-banner .cookie-consent"
)
_IDS = "#navigation #breadcrumb #cookie-banner #onetrust-consent-sdk"
_ROLES = "[role=navigation] [role=banner] [role=contentinfo] [role=search]"
LEFT_OUT = ", ".join(
    (
        "nav, [hidden], [aria-hidden=true]",
        _any("class", *_CLASSES.split()),
        _any("id", *_IDS.split()),
        _any("role", *_ROLES.split()),
    )
)
KINDS = {"li": "list_item", "dd": "list_item", "tr": "row"}
CELLS = " | "
# How far up a plain block looks for the list item or heading that it lies in.
INHERITS_FROM = 8
# Left out where the page has no landmark for its main content.
_CLASSES_AROUND = (
    ".header .footer .site-header .site-footer .page-header .page-footer .region-header "
    ".region-footer .region-sidebar-first .region-sidebar-second .sidebar .related-links"
)
AROUND = f"header, footer, aside, #header, #footer, {_any('class', *_CLASSES_AROUND.split())}"


def read_page(document: Document, recipe: Recipe) -> list[Block]:
    """Return the blocks of a page's main content, in reading order.

    A recipe's ``item`` names the main content where the landmarks do not.
    """
    roots = _outermost(select(document, recipe.item)) if recipe.item else _roots(document)
    reader = _Reader(_left_out(document, roots, recipe))
    for root in roots:
        if root is not None:
            reader.read(root)
    return reader.blocks


def _outermost(nodes: Sequence[Node]) -> list[Node | None]:
    """The nodes that lie in none of the others: what lies in one is read with it."""
    places = {node.mem_id for node in nodes}
    return [node for node in nodes if not lies_in(node, places)]


def _roots(document: Document) -> list[Node | None]:
    """The main content, after the page's heading where that stands before it."""
    main = _main(document)
    if main is None or select_first(main, "h1") is not None:
        return [main]
    heading = None
    for node in select(document, f"h1, {main.tag}"):
        if node.mem_id == main.mem_id:
            break
        heading = node if node.tag == "h1" else heading
    return [main] if heading is None else [heading, main]


def _main(document: Document) -> Node | None:
    """The node of the main content: a landmark, or what holds much of the text, or the body."""
    for css in LANDMARKS:
        found = select(document, css)
        if len(found) == 1 and _says_anything(found[0]):
            return found[0]
    body = document.body
    whole: int | None = None
    for css in HABITS:
        found = select(document, css)
        if len(found) == 1:
            whole = _length(body) if whole is None else whole
            if _length(found[0]) > whole * LEAST_SHARE:
                return found[0]
    return body or document.root


def _says_anything(node: Node) -> bool:
    return any(isinstance(step, str) and clean(step) for step in walk(node))


def _length(node: Node | None) -> int:
    return len(clean(text_of(node))) if node is not None else 0


def _left_out(document: Document, roots: Sequence[Node | None], recipe: Recipe) -> set[int]:
    """The numbers of the elements in the roots that are no part of what the page says."""
    around = (AROUND,) if _is_whole_page(roots) else ()
    css = ", ".join((LEFT_OUT, *around, *recipe.ignore))
    # What a recipe names may be many roots, or depend on what they lie in.
    is_named = bool(recipe.item or recipe.ignore)
    within = [document] if is_named else [root for root in roots if root is not None]
    left_out = {node.mem_id for tree in within for node in select(tree, css)}
    if around:
        left_out.update(node.mem_id for node in _menus(document))
    return left_out


def _is_whole_page(roots: Sequence[Node | None]) -> bool:
    return len(roots) == 1 and (roots[0] is None or roots[0].tag in ("body", "html"))


def _menus(document: Document) -> Iterator[Node]:
    """The outermost lists that are menus, looked for until so many links have been read."""
    read = 0
    menus: set[int] = set()
    for node in select(document, "ul, ol")[:MOST_LISTS]:
        links = select(node, "a[href]")
        read += len(links)
        if read > MOST_READ:
            return
        if not lies_in(node, menus) and _is_menu(node, links):
            menus.add(node.mem_id)
            yield node


def _is_menu(node: Node, links: Sequence[Node]) -> bool:
    """Whether a list is navigation: several short links, and hardly a word beside them."""
    if len(links) < MENU_LINKS:
        return False
    linked = sum(map(_length, links))
    return linked <= len(links) * MENU_CHARS and linked >= MENU_SHARE * _length(node)


class _Reader:
    """Gathers text into blocks as the tree is walked."""

    def __init__(self, left_out: Set[int]) -> None:
        self.left_out = left_out
        self.blocks: list[Block] = []
        self.text: list[str] = []
        self.begun: Node | None = None
        self.section: str | None = None
        self.row: int | None = None
        self.is_after_br = False

    def read(self, root: Node) -> None:
        """Read one root's blocks, after those already read."""
        for step in walk(root, self.left_out):
            if isinstance(step, str):
                # Between most blocks there is nothing but white space.
                if step and not step.isspace():
                    self.text.append(step)
                    self.is_after_br = False
                elif self.text:
                    self.text.append(step)
            else:
                self.on_break(step)
        self.flush()

    def on_break(self, node: Node) -> None:
        """Take a block's beginning or end, or a line break."""
        tag = node.tag
        if tag == "br":
            self.on_br()
        elif self.row is not None and node.mem_id == self.row:
            return  # a cell of the row has ended
        elif self.row is not None and tag in ("td", "th"):
            self.text.append(CELLS)
        else:
            self.flush()
            self.begun = node
            self.row = node.mem_id if tag == "tr" else None

    def on_br(self) -> None:
        """One line break is a space; two in a row begin a new block."""
        if self.is_after_br:
            self.flush()
        else:
            self.text.append(" ")
        self.is_after_br = not self.is_after_br

    def flush(self) -> None:
        """End the block that was being gathered."""
        self.is_after_br = False
        if not self.text:
            return
        text = clean("".join(self.text)).strip(CELLS)
        self.text.clear()
        if not text or is_furniture(text):
            return
        kind = _kind(self.begun)
        self.blocks.append(Block(kind, text, self.section))
        check_items(len(self.blocks))
        if kind == "heading":
            self.section = text


def _kind(begun: Node | None) -> str:
    """The kind of the block that has begun, or that goes on after an inner one."""
    tag = (begun.tag or "") if begun is not None else ""
    own = "heading" if tag in HEADINGS else KINDS.get(tag)
    return own or _inherited(begun)


def _inherited(begun: Node | None) -> str:
    """The kind that a plain block has from what it lies in: a p in a li is an item."""
    outer = begun.parent if begun is not None else None
    for _ in range(INHERITS_FROM):
        if outer is None or outer.tag not in ("p", "div", "span", "td", "th"):
            break
        outer = outer.parent
    tag = outer.tag if outer is not None else None
    if tag in HEADINGS:
        return "heading"
    return "list_item" if tag in ("li", "dd") else "paragraph"
