"""Parameters that all links of a list share: they name a session or a moment, and no document."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from diffs.links import canonical_link
from snapshots.records import Item

# A parameter is shared when so many links, and this part of all, have it.
FEWEST_LINKS = 5
SHARED = 0.8


def at_new_addresses(old: Sequence[Item], new: Sequence[Item]) -> Sequence[Item]:
    """Return old items, with the new address of each that differs in shared parameters alone.

    What is the same in every link of a list (``?sid=5d41``, ``?v=1700000000``) tells no two
    documents apart. When it is another at every visit, no item was relinked.
    """
    known = {item.url for item in old}
    links = [item.url for item in new if item.url]
    # Where a parameter of so many links has changed, so many links are new.
    unknown = len(links) - sum(map(known.__contains__, links))
    if unknown < max(FEWEST_LINKS, len(links) * SHARED) or not _are_queried([*old, *new]):
        return old
    names = _shared(old, new)
    if not names:
        return old
    had, seen = _by_rest(old, names), _by_rest(new, names)
    became = {
        urls[0]: seen[rest][0]
        for rest, urls in had.items()
        if len(urls) == len(seen.get(rest, ())) == 1
    }
    return [
        item._replace(url=became[item.url]) if item.url in became and item.url else item
        for item in old
    ]


def _are_queried(items: Sequence[Item]) -> bool:
    return any(item.url and "?" in item.url for item in items)


def _shared(old: Sequence[Item], new: Sequence[Item]) -> set[str]:
    """The names of parameters that all new links have alike, or have no more."""
    past, now = _values(old), _values(new)
    come = {name for name, values in now.items() if len(values) == 1 and _is_shared(values, new)}
    gone = {name for name, values in past.items() if name not in now and _is_shared(values, old)}
    return come | gone


def _is_shared(values: Counter[str], items: Sequence[Item]) -> bool:
    links = sum(bool(item.url) for item in items)
    return max(values.values()) >= max(FEWEST_LINKS, links * SHARED)


def _values(items: Sequence[Item]) -> dict[str, Counter[str]]:
    """How many links have each value, by the parameters' names."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        for name, value in dict(_parameters(item.url)).items():
            found[name][value] += 1
    return found


def _by_rest(items: Sequence[Item], names: Collection[str]) -> dict[str, list[str]]:
    """The addresses of items by what they are without some parameters."""
    found: dict[str, list[str]] = defaultdict(list)
    for url in dict.fromkeys(item.url for item in items if item.url):
        found[_without(url, names)].append(url)
    return found


def _without(url: str, names: Collection[str]) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = [(n, v) for n, v in _parameters(url) if n not in names]
    return canonical_link(urlunsplit(parts._replace(query=urlencode(kept), fragment="")))


def _parameters(url: str | None) -> list[tuple[str, str]]:
    if not url or "?" not in url:
        return []
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []
