"""What a page declares about its list: feeds beside it, and lists in JSON-LD."""

import json
from collections.abc import Iterator, Sequence

from snapshots.extract.html import Node

_FEEDS = 'link[rel~=alternate][type*="rss"][href], link[rel~=alternate][type*="atom"][href]'
JSON_LD = 'script[type="application/ld+json"]'
DECLARING = f"{JSON_LD}, {_FEEDS}"
_LISTS = ("ItemList", "CollectionPage", "Blog", "DataFeed", "SearchResultsPage")
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
    for node in found:
        if node.tag != "script" or not node.css_matches(JSON_LD):
            continue
        written = node.text(deep=True)
        if len(written) > LONGEST_JSON or not any(name in written for name in _LISTS):
            continue
        try:
            kinds = set(_types(json.loads(written), DEEPEST))
        except (ValueError, RecursionError):
            continue  # JSON that is none tells nothing
        if kind := next((name for name in _LISTS if name in kinds), None):
            return kind
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
