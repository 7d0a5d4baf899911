"""Values to rows and back: the one place where columns are named twice."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from snapshots.records import (
    Capture,
    Change,
    Edit,
    FieldChange,
    Flag,
    Headers,
    Hop,
    Item,
    Kind,
    Match,
    Outcome,
    Provenance,
    Revisit,
    Snapshot,
    Verdict,
)

Row = Sequence[Any]
# No value holds itself, so that none needs to be remembered while it is written.
_COMPACT = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
# What the archive wrote has no white space around it to look for.
_decoded = json.JSONDecoder().raw_decode
CAPTURE_COLUMNS = (
    *("url", "final_url", "hops", "status", "request_headers", "response_headers"),
    *("captured_at", "payload_digest", "revisit", "provenance", "memento_url"),
)
# An item's, after its key, in their order.
ITEM_COLUMNS = "title, url, summary, published, section, text, fields"
CHANGE_COLUMNS = (
    "kind, changed, verdict, flags, item, title, url, section, fields, match_by, match_score"
)


def stamp(moment: datetime) -> str:
    """Return a moment as the archive writes it: ISO 8601 in UTC, sortable as text.

    Whole seconds, as CDX and WARC 1.0 have them: with fractions in some moments and not
    in others, text would not sort as time does.
    """
    utc = moment.astimezone(UTC).isoformat(timespec="seconds")
    return f"{utc.removesuffix('+00:00')}Z"


def moment(written: str) -> datetime:
    """Return the moment that ``stamp`` wrote."""
    return datetime.fromisoformat(written)


def dumps(value: object) -> str:
    """Return compact JSON in which equal values are equal text."""
    return _COMPACT.encode(value)


def item_row(item: Item) -> tuple[object, ...]:
    """Return an item's values in the order of ``ITEM_COLUMNS``."""
    return (*item[1:-1], dumps(dict(item.fields)) if item.fields else "{}")


def further(item: Item) -> str | None:
    """Return the values of an item's further columns as one text, to be searched, or None.

    A character for private use is a word of its own: no phrase runs from one to the next.
    """
    return " \ue000 ".join(v for name, v in item.fields.items() if name != "block") or None


def item_of(key: str, row: Row) -> Item:
    """Return the item that ``item_row`` took apart."""
    title, url, summary, published, section, text, written = row
    fields = {} if written == "{}" else json.loads(written)
    return Item(key, title, url, summary, published, section, text, fields)


def snapshot_of(row: Row) -> Snapshot:
    """Return a snapshot, without its tail, from its columns, ``kept_by`` the last."""
    number, source, captured_at, is_complete, digests, kept_by = row
    return Snapshot(
        id=number,
        source=source,
        captured_at=moment(captured_at),
        digests=tuple(_decoded(digests)[0]),
        is_complete=bool(is_complete),
        kept_by=kept_by,
    )


@lru_cache(maxsize=32)
def headers_of(written: str) -> Headers:
    """Return headers as they were sent, in order. What is asked of one host is alike."""
    return tuple([(name, value) for name, value in _decoded(written)[0]])


def capture_row(capture: Capture) -> dict[str, object]:
    """Return what the archive keeps of a capture, apart from its payload and its place."""
    return {
        "url": capture.url,
        "final_url": capture.final_url,
        "hops": dumps(capture.hops) if capture.hops else "[]",
        "status": capture.status,
        "request_headers": dumps(capture.request_headers),
        "response_headers": dumps(capture.response_headers),
        "captured_at": stamp(capture.captured_at),
        "payload_digest": capture.payload_digest,
        "revisit": capture.revisit,
        "provenance": str(capture.provenance),
        "memento_url": capture.memento_url,
    }


def capture_of(row: Mapping[str, Any], payload: bytes) -> Capture:
    """Return the capture that ``capture_row`` took apart."""
    return capture_from([row[name] for name in CAPTURE_COLUMNS], payload)


def capture_from(values: Row, payload: bytes) -> Capture:
    """Return a capture from its values in the order of ``CAPTURE_COLUMNS``."""
    url, final_url, hops, status, asked, said, at, digest, revisit, provenance, memento = values
    return Capture(
        url=url,
        final_url=final_url,
        captured_at=moment(at),
        status=status,
        payload=payload,
        payload_digest=digest,
        request_headers=headers_of(asked),
        response_headers=headers_of(said),
        hops=() if hops == "[]" else tuple(map(Hop._make, _decoded(hops)[0])),
        revisit=Revisit(revisit) if revisit else None,
        provenance=Provenance(provenance),
        memento_url=memento,
    )


def change_row(change: Change) -> tuple[object, ...]:
    """Return what the archive keeps of a change, in the order of ``CHANGE_COLUMNS``."""
    return (
        change.kind.value,
        _names(change.changed),
        change.verdict,
        _names(change.flags),
        change.item.key,
        change.item.title,
        change.item.url,
        change.item.section,
        dumps({name: _field_json(value) for name, value in change.fields.items()}),
        change.match.by if change.match else None,
        change.match.score if change.match else None,
    )


@lru_cache(maxsize=256)
def _names(names: tuple[str, ...]) -> str:
    """Return what a change's fields, or flags, are called. Most changes are like others."""
    return dumps(names)


def change_of(row: Mapping[str, Any]) -> Change:
    """Return the change that ``change_row`` took apart.

    Of the item it has the key, title, url, section and text, which reports tell.
    """
    fields = {name: field_of(value) for name, value in json.loads(row["fields"]).items()}
    text = fields.get("text", FieldChange(None, None))
    match = Match(row["match_by"], row["match_score"]) if row["match_by"] else None
    return Change(
        kind=Kind(row["kind"]),
        item=Item(
            key=row["item"],
            title=row["title"],
            url=row["url"],
            section=row["section"],
            text=text.old if text.new is None else text.new,
        ),
        changed=tuple(json.loads(row["changed"])),
        fields=fields,
        flags=tuple(Flag(flag) for flag in json.loads(row["flags"])),
        match=match,
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
    )


def outcome_of(written: str | None) -> Outcome | None:
    """Return an outcome, or None where there was no visit."""
    return Outcome(written) if written else None


def _field_json(value: FieldChange) -> dict[str, object]:
    return {"old": value.old, "new": value.new, "edits": value.edits}


def field_of(value: Mapping[str, Any]) -> FieldChange:
    """Return one field of a change as it is written in JSON."""
    edits = tuple(Edit(op, text) for op, text in value["edits"])
    return FieldChange(value["old"], value["new"], edits)
