"""Search: where a phrase came or went in what changed, and which wordings hold it."""

from collections.abc import Mapping
from typing import NamedTuple

from crawler.query import fts_query
from crawler.room.room import Asked, Page, Room
from crawler.searching import (
    BEGIN_HIT,
    END_HIT,
    around_hits,
    found_json,
    holding_json,
    marked_json,
)
from diffs.report.phrases import field_name
from snapshots.archive import Archive
from snapshots.archive.search import Holding, Marked, Passage
from snapshots.records import ChangeRecord

MOST = 20
WAYS = ("", "removed", "added")

# Pieces of a text, and whether each is what was sought.
Pieces = list[tuple[str, bool]]


class FoundChange(NamedTuple):
    """A change in which what is sought came or went, with its passages piece by piece."""

    record: ChangeRecord
    passages: list[tuple[str, Pieces | None, Pieces | None]]


class FoundItem(NamedTuple):
    """An item that holds what is sought, with parts of its wording piece by piece."""

    holding: Holding
    parts: list[tuple[str, Pieces]]


def search(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page of what is found of a query.

    Raises:
        ConfigError: the query, or a date, cannot be read.
    """
    written, way, key = asked.text("q"), asked.text("way") or "", asked.text("source")
    is_ever = asked.text("ever") is not None
    shown = _asked(room, archive, asked)
    if written is None:
        return Page(template="search", title="Search", told={}, shown=shown | {"found": None})
    query, chosen = fts_query(written), (key,) if key else ()
    since, until = asked.moment("since"), asked.end("until")
    found = archive.search.changes(
        query,
        is_added=way != "removed",
        is_removed=way != "added",
        sources=chosen,
        since=since,
        until=until,
    )
    held = archive.search.holding(
        query, is_standing=not is_ever, sources=chosen, since=since, until=until
    )
    first = asked.count("after") or 0
    changes = _changes(archive, query, dict(list(found.items())[::-1][first : first + MOST]))
    items = [(each, archive.search.snippets(each.version, query)) for each in held[:MOST]]
    following = asked.but(after=first + MOST) if len(found) > first + MOST else None
    told = {
        "query": written,
        "changes": [found_json(record, passages) for record, passages in changes],
        "total_changes": len(found),
        "items": [_item_json(each, snippets) for each, snippets in items],
        "total_items": len(held),
        "next": f"/search.json?{following}" if following else None,
    }
    shown |= {
        "found": [FoundChange(record, _told(passages)) for record, passages in changes],
        "items": [_item(each, snippets) for each, snippets in items],
        "totals": (len(found), len(held)),
        "following": following,
    }
    return Page(template="search", title=f"Search: {written}", told=told, shown=shown)


def _asked(room: Room, archive: Archive, asked: Asked) -> dict[str, object]:
    """What the form of the page shows: the sources to choose from, and what was asked."""
    given = {name: asked.text(name) or "" for name in ("q", "way", "source")}
    if given["way"] not in WAYS:
        given["way"] = ""
    return {
        "given": given,
        "sources": [source.key for source in room.sources(archive)],
        "is_ever": asked.text("ever") is not None,
        "since": asked.text("since") or "",
        "until": asked.text("until") or "",
    }


def _item(held: Holding, snippets: Mapping[str, Marked]) -> FoundItem:
    return FoundItem(held, [(name, pieces(marked)) for name, marked in snippets.items()])


def _item_json(held: Holding, snippets: Mapping[str, Marked]) -> dict[str, object]:
    told = {name: marked_json(marked) for name, marked in snippets.items()}
    return {**holding_json(held), "snippets": told}


def _changes(
    archive: Archive, query: str, found: dict[int, list[int]]
) -> list[tuple[ChangeRecord, list[Passage]]]:
    """The changes that were found, in their order, each with its passages."""
    passages: dict[int, list[Passage]] = {}
    numbers = [number for each in found.values() for number in each]
    for passage in archive.search.passages(numbers, query):
        passages.setdefault(passage.change, []).append(passage)
    records = {record.id: record for record in archive.knowledge.changes(among=found)}
    return [(records[n], passages.get(n, [])) for n in found if n in records]


def _told(passages: list[Passage]) -> list[tuple[str, Pieces | None, Pieces | None]]:
    return [
        (
            field_name(each.field),
            pieces(each.old) if each.old else None,
            pieces(each.new) if each.new else None,
        )
        for each in passages
    ]


def pieces(marked: Marked) -> Pieces:
    """Return the parts of a text around its hits, each with whether it is one."""
    found: Pieces = []
    for number, part in enumerate(around_hits(marked)):
        if number:
            found.append((" … ", False))
        for piece in part.split(BEGIN_HIT):
            hit, mark, rest = piece.partition(END_HIT)
            found += [(hit, True), (rest, False)] if mark else [(piece, False)]
    return [piece for piece in found if piece[0]]
