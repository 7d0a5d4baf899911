"""Listing pages: item records by a recipe's selectors, or by what listings have in common."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from string import ascii_letters, digits
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from snapshots.extract.caps import check_items
from snapshots.extract.dates import iso
from snapshots.extract.html import BLOCKS, Document, Node, is_text_alone, select, select_first
from snapshots.extract.joining import columns_of, is_joined, places_in, say
from snapshots.extract.keys import natural_key
from snapshots.extract.paging import is_template
from snapshots.extract.repeated import repeated_css
from snapshots.extract.selectors import (
    ItemNodes,
    Selector,
    first_in_each,
    item_nodes,
    parse_selector,
    values_of,
)
from snapshots.records import Item, Recipe

TITLES = (
    "a:is(h1 *, h2 *, h3 *, h4 *, h5 *, h6 *)",
    "h1, h2, h3, h4, h5, h6",
    "a[href]",
    "dt, strong",
)
SUMMARIES = ("p", "[class*=summary], [class*=description], [class*=teaser], [class*=field-body]")
DATES = ("time@datetime", "time", "[class*=date]")
NEXT_PAGES = (
    "a[rel~=next], link[rel~=next], li.pager__item--next > a, li.pager-next > a, "
    "a.usa-pagination__next-page"
)
# What most links are made of: joining these needs none of the rules of RFC 3986.
_PLAIN = (ascii_letters + digits + "_~-.%+/").encode()

_BASE = "base[href]"

Column = list[Node | None]


class Listed(NamedTuple):
    """A listing page's items, in page order.

    ``lacking`` holds, for each wording that is read from several places, the places (from
    0) that no item of the page shows.
    """

    items: list[Item]
    lacking: Mapping[str, frozenset[int]]


def read_listing(document: Document, recipe: Recipe, base: str) -> Listed:
    """Return what a listing page lists; relative links start from ``base``.

    A field that is absent on the page is None: an empty string would later be
    reported as wording that was removed.
    """
    item_css = recipe.item or repeated_css(document)
    table = _Table(document, item_nodes(document, item_css or ""))
    if not table.nodes:
        return Listed([], {})
    check_items(len(table.nodes))
    css = None if recipe.title is None else places_in(recipe.title)[0].selector
    titles = table.column(css, TITLES)
    links = _links(table, recipe, titles, base)
    rows = zip(
        _titles(table, recipe, titles),
        links,
        _summaries(table, recipe, titles),
        [iso(value) for value in table.wording("published", recipe.published, DATES)],
        table.wording("section", recipe.section),
        _named(table, recipe),
        strict=True,
    )
    items = [_item(*row) for row in rows]
    filled = [item for item in items if item.title or item.url or item.summary or item.fields]
    return Listed(filled, table.lacking)


def addresses(document: Document, recipe: Recipe, url: str) -> tuple[str, str | None]:
    """Return what ``base_url`` and ``next_url`` do, by one walk over most pages.

    The next page's address is None where a recipe counts its pages.
    """
    if is_template(recipe.next):
        return base_url(document, url), None
    if not _is_of_web(url):
        base = base_url(document, url)
        return base, next_url(document, recipe, base)
    selector = parse_selector(recipe.next or NEXT_PAGES)
    found = select(document, f"{_BASE}, {selector.css}")
    based = next((node for node in found if node.tag == "base"), None)
    base = (_joined_base(based, url) if based is not None else None) or url
    return base, _first_address([n for n in found if n.tag != "base"], selector, base)


def next_url(document: Document, recipe: Recipe, base: str) -> str | None:
    """Return the address of a listing's next page, or None when this is the last."""
    selector = parse_selector(recipe.next or NEXT_PAGES)
    return _first_address(select(document, selector.css), selector, base)


def _first_address(nodes: Sequence[Node], selector: Selector, base: str) -> str | None:
    links = _addresses(nodes, selector.attribute or "href", base)
    return next((link for link in links if link), None)


def base_url(document: Document, url: str) -> str:
    """Return the address that a page's relative links start from.

    A page that was saved to a file knows its own address best.
    """
    for css in (_BASE,) if _is_of_web(url) else (_BASE, "link[rel=canonical][href]"):
        node = select_first(document, css)
        if node is not None and (base := _joined_base(node, url)):
            return base
    return url


def _is_of_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _joined_base(node: Node, url: str) -> str | None:
    """The address that an element states; None for one that is none, such as http://[x."""
    try:
        return urljoin(url, (node.attributes.get("href") or "").strip())
    except ValueError:
        return None


class _Table:
    """The item nodes of one page, and the columns that selectors read from them."""

    def __init__(self, document: Document, items: ItemNodes) -> None:
        self.document = document
        self.items = items
        self.nodes = items.nodes
        self.lacking: dict[str, frozenset[int]] = {}

    def column(self, written: str | None, defaults: Sequence[str]) -> Column:
        """The node of each item that a selector names, or else the first default finds."""
        if written is not None:
            return self._nodes(parse_selector(written))
        found: Column = [None] * len(self.nodes)
        for default in defaults:
            if None in found:
                more = self._nodes(parse_selector(default))
                found = [old or new for old, new in zip(found, more, strict=True)]
        return found

    def values(self, written: str | None, defaults: Sequence[str]) -> list[str | None]:
        """The text or attribute of each item that a selector names, or else a default."""
        found: list[str | None] = [None] * len(self.nodes)
        for selector in (written,) if written is not None else defaults:
            if None in found:
                css, attribute = parse_selector(selector)
                more = values_of(self._nodes(Selector(css, attribute)), attribute)
                found = [old or new for old, new in zip(found, more, strict=True)]
        return found

    def wording(
        self, name: str, written: str | None, defaults: Sequence[str] = ()
    ) -> list[str | None]:
        """The wording of each item in a column that may be read from several places."""
        if written is None or not is_joined(written):
            return self.values(written, defaults)
        columns = columns_of(self.document, self.items, written)
        lacking = (place for place, column in enumerate(columns) if not any(column))
        self.lacking[name] = frozenset(lacking)
        places = places_in(written)
        return [say(places, values) for values in zip(*columns, strict=True)]

    def _nodes(self, selector: Selector) -> Column:
        return first_in_each(self.document, self.items, selector.css)


def _named(table: _Table, recipe: Recipe) -> list[dict[str, str]]:
    columns = {name: table.wording(name, css) for name, css in recipe.fields.items()}
    return [
        {name: value for name, column in columns.items() if (value := column[place])}
        for place in range(len(table.nodes))
    ]


def _item(
    title: str | None,
    url: str | None,
    summary: str | None,
    published: str | None,
    section: str | None,
    fields: dict[str, str],
) -> Item:
    key = natural_key(url, title, None, summary, published)
    return Item(key, title, url, summary, published, section, None, fields)


def _titles(table: _Table, recipe: Recipe, titles: Column) -> list[str | None]:
    if recipe.title and is_joined(recipe.title):
        return table.wording("title", recipe.title)
    attribute = _attribute(recipe.title)
    return values_of(titles, attribute)


def _attribute(written: str | None) -> str | None:
    return parse_selector(written).attribute if written else None


def _links(table: _Table, recipe: Recipe, titles: Column, base: str) -> list[str | None]:
    if recipe.link is not None:
        attribute = _attribute(recipe.link) or "href"
        return _addresses(table.column(recipe.link, ()), attribute, base)
    anchors = [_around(title) for title in titles]
    inside = table.column(None, ("a[href]",)) if None in anchors else anchors
    own = table.nodes
    chosen = [
        anchor or first or (node if node.tag == "a" else None)
        for anchor, first, node in zip(anchors, inside, own, strict=True)
    ]
    return _addresses(chosen, "href", base)


def _around(title: Node | None) -> Node | None:
    """The link that a title is, holds, or lies in."""
    if title is None:
        return None
    if title.tag == "a":
        return title
    inner = select_first(title, "a[href]")
    if inner is not None:
        return inner
    outer = title.parent
    while outer is not None and outer.tag not in BLOCKS and outer.tag != "a":
        outer = outer.parent
    return outer if outer is not None and outer.tag == "a" else None


def _addresses(nodes: Iterable[Node | None], attribute: str, base: str) -> list[str | None]:
    """The whole address of each link of a column; None where there is none."""
    written = [
        "" if node is None else (node.attributes.get(attribute) or "").strip() for node in nodes
    ]
    if any(written) and _are_plain_paths(written):
        site = _site(base)
        return [site + path if path else None for path in written]
    return [_joined(path, base) for path in written]


def _are_plain_paths(written: Sequence[str]) -> bool:
    """Whether each is empty, or a path from the site's root without dots or empty parts."""
    whole = "|".join(written)
    return (
        whole.isascii()
        and whole.encode().translate(None, _PLAIN) == b"|" * (len(written) - 1)
        and "//" not in whole
        and "/." not in whole
        and all(path[:1] == "/" != path for path in written if path)
    )


def _joined(written: str, base: str) -> str | None:
    if not written or written.startswith("#"):
        return None
    if _are_plain_paths((written,)):
        return _site(base) + written
    try:
        # As browsers do: a line's end is left out, and a backslash is a slash.
        path, mark, query = written.replace("\n", "").replace("\t", "").partition("?")
        link = urljoin(base, path.replace("\\", "/") + mark + query)
        return link if urlsplit(link).scheme in ("http", "https") else None
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _site(base: str) -> str:
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}"


def _summaries(table: _Table, recipe: Recipe, titles: Column) -> list[str | None]:
    if recipe.summary is not None:
        return table.wording("summary", recipe.summary)
    found: list[str | None] = [None] * len(titles)
    for default in SUMMARIES:
        if None in found:
            column = table.column(default, ())
            rows = zip(column, titles, table.nodes, strict=True)
            apart = [None if _holds(node, title, item) else node for node, title, item in rows]
            found = [old or new for old, new in zip(found, values_of(apart, None), strict=True)]
    return found


def _holds(node: Node | None, title: Node | None, item: Node) -> bool:
    """Whether a title is a summary's node, or lies in it."""
    return node is not None and title is not None and _lies_in(title, node, item)


def _lies_in(title: Node, node: Node, item: Node) -> bool:
    """Whether a title is a node or lies in it; both are in the item."""
    outer: Node | None = title
    own, last = node.mem_id, item.mem_id
    # Most summaries hold text alone, and no title can lie in them.
    is_alone = is_text_alone(node)
    while outer is not None:
        if (place := outer.mem_id) == own:
            return True
        outer = None if is_alone or place == last else outer.parent
    return False
