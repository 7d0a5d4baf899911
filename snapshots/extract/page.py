"""Pages: the main content as blocks under their headings, without the site's furniture."""

from collections.abc import Iterator, Sequence

from snapshots.extract.caps import check_items
from snapshots.extract.furniture import is_furniture
from snapshots.extract.html import (
    HEADINGS,
    Document,
    Node,
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
# Left out wherever they stand: navigation, banners, share icons, what is hidden.
LEFT_OUT = ", ".join(
    (
        "nav",
        "[role=navigation]",
        "[role=banner]",
        "[role=contentinfo]",
        "[role=search]",
        "[hidden]",
        "[aria-hidden=true]",
        ".menu",
        ".block-menu",
        ".nav-menu",
        ".navbar",
        ".navigation",
        "#navigation",
        ".usa-banner",
        ".usa-skipnav",
        ".usa-breadcrumb",
        ".breadcrumb",
        ".breadcrumbs",
        "#breadcrumb",
        ".skip-link",
        ".element-invisible",
        ".visually-hidden",
        ".sr-only",
        ".social-share",
        ".social-media",
        ".share-links",
        ".share-buttons",
        ".addtoany",
        ".a2a_kit",
        ".pager",
        ".usa-pagination",
        "#cookie-banner",
        ".cookie-banner",
        ".cookie-consent",
        "#onetrust-consent-sdk",
    )
)
KINDS = {"li": "list_item", "dd": "list_item", "tr": "row"}
CELLS = " | "
# How far up a plain block looks for the list item or heading that it lies in.
INHERITS_FROM = 8
# Left out where the page has no landmark for its main content.
AROUND = (
    "header, footer, aside, #header, #footer, .header, .footer, .site-header, .site-footer, "
    ".page-header, .page-footer, .region-header, .region-footer, .region-sidebar-first, "
    ".region-sidebar-second, .sidebar, .related-links"
)


def read_page(document: Document, recipe: Recipe) -> list[Block]:
    """Return the blocks of a page's main content, in reading order.

    A recipe's ``item`` names the main content where the landmarks do not.
    """
    roots = select(document, recipe.item) if recipe.item else _roots(document)
    left_out = {node.mem_id for node in select(document, _left_out(roots, recipe))}
    if _is_whole_page(roots):
        left_out |= {node.mem_id for node in _menus(document)}
    reader = _Reader(document, left_out)
    for root in roots:
        if root is not None:
            reader.read(root)
    return reader.blocks


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
        if len(found) == 1 and clean(text_of(found[0])):
            return found[0]
    body = document.body
    whole = len(clean(text_of(body))) if body is not None else 0
    for css in HABITS:
        found = select(document, css)
        if len(found) == 1 and len(clean(text_of(found[0]))) > whole * LEAST_SHARE:
            return found[0]
    return body or document.root


def _left_out(roots: Sequence[Node | None], recipe: Recipe) -> str:
    around = (AROUND,) if _is_whole_page(roots) else ()
    return ", ".join((LEFT_OUT, *around, *recipe.ignore))


def _is_whole_page(roots: Sequence[Node | None]) -> bool:
    return len(roots) == 1 and (roots[0] is None or roots[0].tag in ("body", "html"))


def _menus(document: Document) -> Iterator[Node]:
    """The lists that are menus, looked for until so many links have been read."""
    read = 0
    for node in select(document, "ul, ol")[:MOST_LISTS]:
        links = select(node, "a[href]")
        read += len(links)
        if read > MOST_READ:
            return
        if _is_menu(node, [clean(text_of(link)) for link in links]):
            yield node


def _is_menu(node: Node, links: Sequence[str]) -> bool:
    """Whether a list is navigation: several short links, and hardly a word beside them."""
    linked = sum(map(len, links))
    if len(links) < MENU_LINKS or linked > len(links) * MENU_CHARS:
        return False
    return linked >= MENU_SHARE * len(clean(text_of(node)))


class _Reader:
    """Gathers text into blocks as the tree is walked."""

    def __init__(self, document: Document, left_out: set[int]) -> None:
        self.document = document
        self.left_out = left_out
        self.blocks: list[Block] = []
        self.text: list[str] = []
        self.kind = "paragraph"
        self.section: str | None = None
        self.row: int | None = None
        self.is_after_br = False

    def read(self, root: Node) -> None:
        """Read one root's blocks, after those already read."""
        walk(root, self.on_text, self.on_break, lambda node: node.mem_id in self.left_out)
        self.flush()

    def on_text(self, text: str) -> None:
        if self.is_after_br and text.strip():
            self.is_after_br = False
        self.text.append(text)

    def on_break(self, node: Node) -> None:
        """Take a block's beginning or end, or a line break."""
        if node.tag == "br":
            self.on_br()
        elif node.mem_id == self.row:
            return  # a cell of the row has ended
        elif node.tag in ("td", "th") and self.row is not None:
            self.text.append(CELLS)
        else:
            self.flush()
            self.begin(node)

    def on_br(self) -> None:
        """One line break is a space; two in a row begin a new block."""
        if self.is_after_br:
            self.flush()
        else:
            self.text.append(" ")
        self.is_after_br = not self.is_after_br

    def begin(self, node: Node) -> None:
        """Take the kind of the block that begins, or that goes on after an inner one."""
        tag = node.tag or ""
        self.row = node.mem_id if tag == "tr" else None
        own = "heading" if tag in HEADINGS else KINDS.get(tag)
        self.kind = own or self.inherited(node)

    def inherited(self, node: Node) -> str:
        """The kind that a plain block has from what it lies in: a p in a li is an item."""
        outer = node.parent
        for _ in range(INHERITS_FROM):
            if outer is None or outer.tag not in ("p", "div", "span", "td", "th"):
                break
            outer = outer.parent
        tag = outer.tag if outer is not None else None
        if tag in HEADINGS:
            return "heading"
        return "list_item" if tag in ("li", "dd") else "paragraph"

    def flush(self) -> None:
        """End the block that was being gathered."""
        text = clean("".join(self.text)).strip(CELLS)
        self.text.clear()
        self.is_after_br = False
        if not text or is_furniture(text):
            return
        self.blocks.append(Block(self.kind, text, self.section))
        check_items(len(self.blocks))
        if self.kind == "heading":
            self.section = text
