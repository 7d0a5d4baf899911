"""What a page declares about its list: feeds beside it, and lists in JSON-LD."""

import json
from collections.abc import Iterator

from snapshots.extract.html import Document, select

_FEEDS = 'link[rel~=alternate][type*="rss"][href], link[rel~=alternate][type*="atom"][href]'
_JSON_LD = 'script[type="application/ld+json"]'
_LISTS = ("ItemList", "CollectionPage", "Blog", "DataFeed", "SearchResultsPage")
LONGEST_JSON = 200_000
DEEPEST = 6


def reasons(document: Document) -> Iterator[str]:
    """Yield what a page declares, in words."""
    if kind := declared_list(document):
        yield f"the page declares itself a list ({kind} in JSON-LD)"
    for node in select(document, _FEEDS)[:2]:
        yield f"it has a feed: {(node.attributes.get('href') or '').strip()}"


def declared_list(document: Document) -> str | None:
    """Return the type of list that a page declares in JSON-LD, or None."""
    for node in select(document, _JSON_LD):
        written = node.text(deep=True)
        if len(written) > LONGEST_JSON or not any(name in written for name in _LISTS):
            continue
        try:
            kinds = set(_types(json.loads(written), DEEPEST))
        except (ValueError, RecursionError):
            continue  # JSON that is none tells nothing
        if found := next((name for name in _LISTS if name in kinds), None):
            return found
    return None


def _types(value: object, deepest: int) -> Iterator[str]:
    if deepest and isinstance(value, dict):
        own = value.get("@type")
        yield from (str(name) for name in (own if isinstance(own, list) else [own]) if name)
        for inner in value.values():
            yield from _types(inner, deepest - 1)
    elif deepest and isinstance(value, list):
        for inner in value[:100]:
            yield from _types(inner, deepest - 1)
