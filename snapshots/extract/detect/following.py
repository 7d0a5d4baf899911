"""Where a list goes on: the link to its next page, or the count in its pages' addresses."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from urllib.parse import parse_qsl, urljoin, urlsplit

from snapshots.extract.detect.words import words_of
from snapshots.extract.html import Document, Node, select
from snapshots.extract.listing import next_url
from snapshots.records import Read, Recipe

# Elements that pagers may be made of, and the names of those that are. Each alternative is
# tried on each element of a page: fewer that find more, and are sifted, take less time.
LEADING_ON = (
    "a[rel~=next], link[rel~=next], "
    "nav, [class*=pag], div[id*=pag], div[class*=nav-], [class*=next], "
    "a[aria-label*=ext], a[title*=ext], a[href*='page=']"
)
# A link that says so where nothing is called a pager, and how far above it the numbers of
# other pages are looked for.
_BARE = 'a[href]:lexbor-contains("next" i)'
NUMBERED_WITHIN = 3
_PAGED = frozenset(("ul", "div", "p", "span", "tr"))
_NEXTS = frozenset(("a", "li", "span", "div"))
_SILENT = frozenset(("base", "link", "script"))
_PAGER = re.compile(r"pager|pagina|paging|page-?n|nav-links|nav-previous|next", re.IGNORECASE)
_NEXT = re.compile(
    r"(?:(?:go to )?(?:the )?(?:next(?: page| \d+)?|older(?: posts| entries| news)?|more results"
    r"|siguiente|suivante?|weiter|próxim[ao])\W*|[›»>→]+)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z][A-Za-z_-]{1,39}")
_OTHER = re.compile(r"sort|order|filter|facet|month|calendar|lang", re.IGNORECASE)
_MONTH = re.compile(r"/month(?:/|$)")
_COUNTED = re.compile(r"(?:^|_)(?:page|pagenum|pg|p|paged|pageno|page_number)$", re.IGNORECASE)
MOST_LOOKED_AT = 300
Attributes = Mapping[str, str | None]
HIGHEST = 4


def next_page(
    document: Document, found: Sequence[Node], base: str
) -> tuple[str | None, str | None]:
    """Return what a recipe's ``next`` has to be, and the next page's address.

    ``found`` are all elements that :data:`LEADING_ON` finds, and may be more. The selector is
    None where the default finds the page, the address where there is none.
    """
    told = [(node, node.attributes) for node in found]
    if any(_may_be_default(attributes) for _, attributes in told):
        default = next_url(document, Recipe(read=Read.LISTING), base)
        if default:
            return None, default
    links = _links(told)
    bare = _among_numbers(filter(_is_next, select(document, _BARE)))
    for link in chain(filter(_is_next, links), bare):
        if address := _address(link, base):
            css = _selector(document, link)
            return (css, address) if css else (None, None)
    return _counted(links, base)


def _may_be_default(attributes: Attributes) -> bool:
    """Whether an element may be what recipes without a ``next`` look for."""
    names = f"{attributes.get('rel')} {attributes.get('class')}"
    return "next" in names.lower()


def _links(told: Sequence[tuple[Node, Attributes]]) -> list[Node]:
    """The links that pagers are, or hold, each once."""
    found: dict[int, Node] = {}
    for pager, attributes in told:
        if len(found) > MOST_LOOKED_AT:
            break
        tag = pager.tag
        if tag in _SILENT:
            continue
        names = [attributes.get(name) or "" for name in ("class", "id", "aria-label", "title")]
        is_named = _may_be(tag, *names) and _PAGER.search(" ".join(names))
        if not is_named and (tag != "a" or "page=" not in (attributes.get("href") or "")):
            continue
        for link in [pager] if tag == "a" else pager.css("a[href]"):
            found.setdefault(link.mem_id, link)
    return list(found.values())


def _may_be(tag: str | None, written: str, identity: str, label: str, title: str) -> bool:
    """Whether an element may be a pager, by its tag and its class, id, label and title."""
    return (
        tag == "nav"
        or ("pag" in written and tag in _PAGED)
        or ("next" in written and tag in _NEXTS)
        or (tag == "div" and ("pag" in identity or "nav-" in written))
        or (tag == "a" and ("ext" in label or "ext" in title))
    )


def _is_next(link: Node) -> bool:
    attributes = link.attributes
    told = [words_of(link)]
    told += [word.strip() for name in ("aria-label", "title") if (word := attributes.get(name))]
    if not any(map(_NEXT.fullmatch, told)):
        return False
    return not any("last" in word.lower() or "»»" in word or ">>" in word for word in told)


def _among_numbers(links: Iterable[Node]) -> Iterator[Node]:
    """Those of some links that stand among the numbers of pages; each place is looked at once."""
    known: dict[int, bool] = {}
    for link in links:
        for outer in _above(link, NUMBERED_WITHIN):
            if outer.mem_id not in known:
                known[outer.mem_id] = _holds_number(outer)
            if known[outer.mem_id]:
                yield link
                break


def _holds_number(outer: Node) -> bool:
    near = select(outer, "a[href]")[:MOST_LOOKED_AT]
    return any(words_of(each).strip("[]()").isdecimal() for each in near)


def _above(link: Node, highest: int) -> Iterator[Node]:
    """What a link lies in, from the nearest up, inside the body."""
    outer = link.parent
    for _ in range(highest):
        if outer is None or outer.tag == "body":
            return
        yield outer
        outer = outer.parent


def _address(link: Node, base: str) -> str | None:
    written = (link.attributes.get("href") or "").strip()
    if not written or written.startswith(("#", "javascript:")):
        return None
    try:
        address = urljoin(base, written)
        parts = urlsplit(address)
    except ValueError:
        return None
    is_page = parts.scheme in ("http", "https", "") and not _is_other(parts.path, parts.query)
    return address if is_page and address.partition("#")[0] != base.partition("#")[0] else None


def _is_other(path: str, query: str) -> bool:
    """Whether an address sorts or filters a list, or is a calendar's next month.

    An address's last parameter is the one that its own link sets.
    """
    names = [param.partition("=")[0] for param in query.split("&")]
    if _OTHER.search(names[-1]) or _MONTH.search(path):
        return True
    return not _COUNTED.search(names[-1]) and any("month" in name.lower() for name in names)


def _selector(document: Document, link: Node) -> str | None:
    """A selector whose first element is the link."""
    for css in _names(link):
        nodes = select(document, css)
        if nodes and nodes[0].mem_id == link.mem_id:
            return css
    return None


def _names(link: Node) -> Iterator[str]:
    attributes = link.attributes
    own = [name for name in (attributes.get("class") or "").split() if _NAME.fullmatch(name)]
    yield from (f"a.{name}" for name in own if "next" in name.lower())
    above = _classes_above(link)
    yield from (f".{name} > a" for name in above if "next" in name.lower())
    for attribute in ("aria-label", "title"):
        value = attributes.get(attribute)
        if value and '"' not in value and len(value) <= 40:
            yield f'a[{attribute}="{value}"]'
    said = _literally(link)
    if said and '"' not in said and len(said) <= 40:
        yield from (f'.{name} a:lexbor-contains("{said}")' for name in above)
        yield f'a:lexbor-contains("{said}")'


def _literally(link: Node) -> str:
    """What a link says, as it is written; its longest word, where spaces are of another kind."""
    said, written = words_of(link), link.text(deep=True)
    return said if said in written else max(written.split(), key=len, default="")


def _classes_above(link: Node) -> list[str]:
    written = ((outer.attributes.get("class") or "").split() for outer in _above(link, HIGHEST))
    return [name for names in written for name in names if _NAME.fullmatch(name)]


def _counted(links: list[Node], base: str) -> tuple[str | None, str | None]:
    """A template of the pages' addresses, from the link to the second page."""
    for link in links:
        if words_of(link) != "2" or not (address := _address(link, base)):
            continue
        for name, value in parse_qsl(urlsplit(address).query):
            if _COUNTED.search(name) and value in ("1", "2"):
                count = "{page}" if value == "1" else "{page:2}"
                return re.sub(
                    rf"({re.escape(name)}=){value}(?=&|#|$)", rf"\g<1>{count}", address
                ), address
    return None, None
