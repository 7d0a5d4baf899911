"""A payload becomes items, as its recipe says; the pages of a listing become one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from snapshots.errors import ExtractError
from snapshots.extract import plain
from snapshots.extract.caps import (
    MOST_BYTES,
    MOST_CHARS,
    MOST_PLAIN_BYTES,
    check_size,
    told_most,
)
from snapshots.extract.charset import decode
from snapshots.extract.html import Document, parse, select
from snapshots.extract.keys import natural_key, with_unique_keys
from snapshots.extract.listing import addresses, read_listing
from snapshots.extract.page import read_page
from snapshots.records import Item, Read, Recipe

_SNIFFED = 2048
_TAGS = ("<!doctype html", "<html", "<head", "<body", "<div", "<p>", "<table", "<ul", "<?xml")
_LISTED = ("title", "summary", "published", "section")
# A wording is partial when so many items show a part of it, and this share of them.
FEWEST_SHOWN = 3
MOST_SHOWN = 0.5
# Types that tell nothing of what the bytes are.
UNTOLD = ("", "application/octet-stream", "binary/octet-stream", "unknown/unknown")
SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\x1f\x8b", "compressed"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one payload says: its items in order, and where the listing goes on, if it does.

    ``lacking`` holds, for each wording read from several places, those that no item shows.
    """

    items: tuple[Item, ...]
    next_url: str | None = None
    lacking: Mapping[str, frozenset[int]] = field(default_factory=dict)


def extract(payload: bytes, recipe: Recipe, *, url: str, content_type: str | None) -> Reading:
    """Return what a payload says when it is read with a recipe.

    Keys are unique in the reading. An empty reading is a fact about the page, which
    the caller judges: an emptied page looks just like a redesigned one.

    Raises:
        ExtractError: the payload is neither HTML nor text, or a selector is not CSS, or
            it holds more than is ever read (its caps: see ``caps``).
    """
    if told := unreadable(payload, content_type):
        raise ExtractError(f"{url}: the payload is {told}, neither HTML nor text")
    check_size(len(payload), MOST_BYTES)
    text = decode(payload, content_type)
    if is_plain_text(text, content_type):
        check_size(len(payload), MOST_PLAIN_BYTES)
        reading = Reading(with_unique_keys(_plain_items(text, recipe)))
    else:
        reading = _html_reading(text, recipe, url)
    if len(text) > MOST_CHARS:
        _check_wordings(reading.items)
    return reading


def _check_wordings(items: Sequence[Item]) -> None:
    for item in items:
        said = (item.title, item.summary, item.text, item.section, *item.fields.values())
        longest = max(len(wording or "") for wording in said)
        if longest > MOST_CHARS:
            raise ExtractError(told_most(longest, "characters in one item", MOST_CHARS))


def unite(readings: Sequence[Reading]) -> tuple[Item, ...]:
    """Return the items of a listing's pages as one list.

    An item seen twice, because the list moved during the walk, counts once.
    """
    if len(readings) == 1:
        return readings[0].items
    seen: set[tuple[str | None, ...]] = set()
    items: list[Item] = []
    for reading in readings:
        fresh = [item for item in reading.items if _wording(item) not in seen]
        items += fresh
        seen.update(map(_wording, fresh))
    return with_unique_keys(items)


def partial_columns(readings: Sequence[Reading]) -> frozenset[str]:
    """Return the wordings of which no page of a listing shows one part, and most items another.

    It depends on what was said before whether a layout has dropped that part, or whether
    there is nothing to be said there now.
    """
    told = [reading for reading in readings if reading.items]
    items = [item for reading in told for item in reading.items]
    names = dict.fromkeys(name for reading in told for name in reading.lacking)
    return frozenset(name for name in names if _is_partial(name, told, items))


def _is_partial(name: str, readings: Sequence[Reading], items: Sequence[Item]) -> bool:
    lacking = (reading.lacking.get(name, frozenset()) for reading in readings)
    if not frozenset.intersection(*lacking):
        return False
    filled = sum(bool(_wordings(item).get(name)) for item in items)
    return filled >= max(FEWEST_SHOWN, len(items) * MOST_SHOWN)


def without(items: Sequence[Item], names: Collection[str]) -> tuple[Item, ...]:
    """Return a listing's items as if some wordings had not been read."""
    return tuple(_without(item, names) for item in items) if names else tuple(items)


def _without(item: Item, names: Collection[str]) -> Item:
    listed: dict[str, Any] = {name: None for name in _LISTED if name in names}
    fields = {name: value for name, value in item.fields.items() if name not in names}
    return item._replace(**listed, fields=fields)


def _wordings(item: Item) -> dict[str, str | None]:
    return {**item.fields, **{name: getattr(item, name) for name in _LISTED}}


def is_plain_text(text: str, content_type: str | None) -> bool:
    """Whether a payload's text is no HTML, by its type or, without one, its look."""
    kind = _kind(content_type)
    if kind and kind not in UNTOLD:
        return kind in ("text/plain", "text/markdown")
    head = text[:_SNIFFED].lower()
    return not any(tag in head for tag in _TAGS)


def unreadable(payload: bytes, content_type: str | None) -> str | None:
    """Return what a payload is that cannot be read, by its type and first bytes, or None."""
    kind = _kind(content_type)
    is_readable = kind.startswith("text/") or kind.endswith(("xml", "html")) or kind in UNTOLD
    if not is_readable:
        return f"of type {kind}"
    signed = next((name for mark, name in SIGNATURES if payload.startswith(mark)), None)
    is_marked = payload.startswith((b"\xff\xfe", b"\xfe\xff"))
    is_utf16 = is_marked or "utf-16" in (content_type or "").lower()
    return signed or ("binary" if b"\x00" in payload[:_SNIFFED] and not is_utf16 else None)


def _kind(content_type: str | None) -> str:
    return (content_type or "").split(";")[0].strip().lower()


def _wording(item: Item) -> tuple[str | None, ...]:
    return (item.url, item.title, item.summary, item.text)


def _html_reading(text: str, recipe: Recipe, url: str) -> Reading:
    document = parse(text)
    if recipe.read is Read.PAGE:
        return Reading(with_unique_keys(map(_block_item, read_page(document, recipe))))
    _remove_ignored(document, recipe)
    base, following = addresses(document, recipe, url)
    items, lacking = read_listing(document, recipe, base)
    return Reading(with_unique_keys(items), following, lacking)


def _remove_ignored(document: Document, recipe: Recipe) -> None:
    for css in recipe.ignore:
        for node in select(document, css):
            node.decompose()


def _plain_items(text: str, recipe: Recipe) -> list[Item]:
    if recipe.read is Read.LISTING:
        found = plain.records(text)
        return [_record_item(record) for record in found]
    return [_block_item(block) for block in plain.blocks(text)]


def _record_item(record: plain.Record) -> Item:
    key = natural_key(None, record.title, None, record.summary, None)
    return Item(key=key, title=record.title or None, summary=record.summary)


def _block_item(block: plain.Block) -> Item:
    key = natural_key(None, None, block.text, None, None)
    return Item(key=key, text=block.text, section=block.section, fields={"block": block.kind})
