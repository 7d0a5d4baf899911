"""CDX: the index of a web archive, a capture a line. Pure: text in, what it lists out."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crawler.memento.listed import Index, Listed, moment_of

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest")
# What pywb calls the same.
OTHER_NAMES = {"url": "original", "mime": "mimetype", "status": "statuscode"}
Row = Mapping[str, Any]


def read_cdx(text: str, replay: str) -> Index:
    """Return what an answer of a CDX server lists; ``replay`` goes before moments.

    As text of seven or eleven fields, as lines of JSON with or without a key before them,
    or as the Wayback Machine's one list of lists. A line that cannot be read, such as the
    last of an answer that was cut, is counted and left out.

    Source: github.com/internetarchive/wayback, wayback-cdx-server; pywb.readthedocs.io,
    "CDXJ Server API".
    """
    rows, resume = _table(text) if text.lstrip().startswith("[") else _lines(text)
    found = [_listed(row, replay) for row in rows]
    listed = tuple(each for each in found if each)
    return Index(listed, unread=len(found) - len(listed), resume=resume)


def _lines(text: str) -> tuple[list[Row], str | None]:
    """The rows of lines of text, and the key that stands alone after an empty line."""
    body, _, rest = text.replace("\r\n", "\n").partition("\n\n")
    key = rest.strip()
    lines = [line for line in body.split("\n") if line.strip() and not _is_header(line)]
    return list(map(_row, lines)), key if key and " " not in key else None


def _is_header(line: str) -> bool:
    """Whether a line names the fields that follow, as CDX files do."""
    return line.startswith((" CDX ", "!meta"))


def _row(line: str) -> Row:
    before, brace, after = line.partition("{")
    if brace and len(before.split()) in (0, 2):
        key, at = before.split() or ("", "")
        return {"urlkey": key, "timestamp": at, **_object(brace + after)}
    parts = line.split()
    return dict(zip(FIELDS, parts, strict=False)) if len(parts) >= len(FIELDS) else {}


def _object(written: str) -> Row:
    try:
        found = json.loads(written)
    except ValueError:
        return {}
    named = found.items() if isinstance(found, dict) else ()
    return {OTHER_NAMES.get(str(name), str(name)): value for name, value in named}


def _table(text: str) -> tuple[list[Row], str | None]:
    """The rows of a list of lists, the first of which names the fields, and the key at its end."""
    try:
        found = json.loads(text)
    except ValueError:
        return [{}], None
    lists = [each for each in found if isinstance(each, list)]
    names = lists[0] if lists else []
    rest = list(_until_empty(lists[1:]))
    after = lists[len(rest) + 2 :]
    key = after[0][0] if after and after[0] else None
    rows: list[Row] = [dict(zip(map(str, names), row, strict=False)) for row in rest]
    return rows, key if isinstance(key, str) else None


def _until_empty(lists: Iterable[list[Any]]) -> Iterator[list[Any]]:
    for each in lists:
        if not each:
            return
        yield each


def _listed(row: Row, replay: str) -> Listed | None:
    url, written = row.get("original"), row.get("timestamp")
    at = moment_of(written) if isinstance(written, str) else None
    if at is None or not isinstance(url, str) or "://" not in url:
        return None
    status, digest = str(row.get("statuscode", "")), str(row.get("digest", ""))
    return Listed(
        url=url,
        at=at,
        memento_url=f"{replay}{written}/{url}",
        status=int(status) if len(status) == 3 and status.isascii() and status.isdigit() else None,
        digest=digest.removeprefix("sha1:") if len(digest) > 1 else None,
    )
