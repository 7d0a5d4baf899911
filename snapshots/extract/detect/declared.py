"""What a page declares itself to be: an article, a list in JSON-LD, a page with a feed."""

import json
from collections.abc import Collection, Iterator, Sequence

from snapshots.extract.html import Document, Node, select

_FEEDS = 'link[rel~=alternate][type*="rss"][href], link[rel~=alternate][type*="atom"][href]'
JSON_LD = 'script[type="application/ld+json"]'
DECLARING = f"{JSON_LD}, {_FEEDS}"
_LISTS = ("ItemList", "CollectionPage", "Blog", "DataFeed", "SearchResultsPage")
# Source: https://schema.org/Article, and its subtypes that are in use.
_ARTICLES = frozenset(
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle BlogPosting "
    "LiveBlogPosting Report ScholarlyArticle TechArticle Recipe QAPage "
    "DiscussionForumPosting".split()
)
# Of what is published alone; Open Graph's own type is "article" on many a list.
_PUBLISHED = 'meta[property="article:published_time"]'
_MARKED = "[itemscope][itemtype]"
LONGEST_JSON = 200_000
DEEPEST = 6


def reasons(found: Sequence[Node]) -> Iterator[str]:
    """Yield what a page declares, in words, told all elements that :data:`DECLARING` finds.

    Other elements among them are passed over.
    """
    if kind := declared_list(found):
        yield f"the page declares itself a list ({kind} in JSON-LD)"
    for node in [node for node in found if _is_feed(node)][:2]:
        yield f"it has a feed: {(node.attributes.get('href') or '').strip()}"


def _is_feed(node: Node) -> bool:
    if node.tag != "link" or not node.attributes.get("type"):
        return False
    return node.css_matches(_FEEDS)


def declared_list(found: Sequence[Node]) -> str | None:
    """Return the type of list that a page declares in JSON-LD, or None."""
    for value in _json_ld(found, _LISTS):
        kinds = set(_types(value, DEEPEST))
        if kind := next((name for name in _LISTS if name in kinds), None):
            return kind
    return None


def declared_article(document: Document) -> bool:
    """Whether a page declares that it is one article, rather than a list of several."""
    found = select(document, f"{_PUBLISHED}, {_MARKED}, {JSON_LD}")
    if any(node.tag == "meta" and node.css_matches(_PUBLISHED) for node in found):
        return True
    marked = [node.attributes.get("itemtype") or "" for node in found if node.css_matches(_MARKED)]
    if sum(kind.rpartition("/")[2] in _ARTICLES for kind in marked) == 1:
        return True
    described = [thing for value in _json_ld(found, _ARTICLES) for thing in _things(value)]
    kinds = [kind for thing in described for kind in _types(thing, 1)]
    return sum(kind in _ARTICLES for kind in kinds) == 1 and not any(k in _LISTS for k in kinds)


def _json_ld(found: Sequence[Node], names: Collection[str]) -> Iterator[object]:
    """Yield the JSON-LD among elements, where it is JSON and has one of some names."""
    for node in found:
        if node.tag != "script" or not node.css_matches(JSON_LD):
            continue
        written = node.text(deep=True)
        if len(written) > LONGEST_JSON or not any(name in written for name in names):
            continue
        try:
            yield json.loads(written, strict=False)
        except (ValueError, RecursionError):
            continue  # JSON that is none tells nothing


def _things(value: object) -> Iterator[object]:
    """Yield what JSON-LD describes, without what describes that in turn."""
    for thing in value if isinstance(value, list) else [value]:
        about = thing if isinstance(thing, dict) else {}
        graph = about.get("@graph")
        yield from graph if isinstance(graph, list) else [thing, about.get("mainEntity")]


def _types(value: object, deepest: int) -> Iterator[str]:
    if deepest and isinstance(value, dict):
        own = value.get("@type")
        yield from (str(name) for name in (own if isinstance(own, list) else [own]) if name)
        for inner in value.values():
            yield from _types(inner, deepest - 1)
    elif deepest and isinstance(value, list):
        for inner in value[:100]:
            yield from _types(inner, deepest - 1)
