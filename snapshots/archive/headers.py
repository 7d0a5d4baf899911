"""Headers: what a server says of itself at every answer is held once, as a template.

A capture then holds the template's number and its own values, ``[7,"Thu, 01 Jan …"]``, in
place of ``[[name, value], …]``. A template's lines are such pairs; where a value is a number,
the capture has its own at that place. What is packed gives the same text again, byte by byte.
"""

import json
from collections.abc import Mapping
from sqlite3 import Connection
from typing import Any

from snapshots.archive.rows import dumps
from snapshots.errors import ArchiveError

HEADERS = (
    """CREATE TABLE header_templates (             -- what lists of headers have in common
        id INTEGER PRIMARY KEY,
        lines TEXT NOT NULL UNIQUE               -- JSON: [[name, value], …]
    ) STRICT""",
    """CREATE TABLE header_packing (               -- one row
        capture INTEGER NOT NULL                 -- up to which headers were packed
    ) STRICT""",
    "INSERT INTO header_packing VALUES (0)",
    """CREATE VIEW capture_headers AS
    SELECT capture, direction, line.key + 1 AS place, json_extract(line.value, '$[0]') AS name,
        CASE json_type(line.value, '$[1]')
        WHEN 'integer' THEN json_extract(headers, '$[' || json_extract(line.value, '$[1]') || ']')
        ELSE json_extract(line.value, '$[1]') END AS value
    FROM (
        SELECT id AS capture, 'request' AS direction, request_headers AS headers FROM captures
        UNION ALL SELECT id, 'response', response_headers FROM captures)
    LEFT JOIN header_templates AS t
        ON json_type(headers, '$[0]') = 'integer' AND t.id = json_extract(headers, '$[0]')
    JOIN json_each(coalesce(lines, headers)) AS line""",
)
# The columns of captures that may be packed.
COLUMNS = ("request_headers", "response_headers")


class Templates:
    """The templates of one open archive, as they were read: one that is held never changes."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self._known: dict[int, list[str]] = {}

    def whole(self, written: str) -> str:
        """Return headers as they were before they were packed; others as they are.

        Raises:
            ArchiveError: they are damaged, or their template is, or is not there.
        """
        if not is_packed(written):
            return written
        try:
            number, *values = json.loads(written)
            if type(number) is not int or dumps([number, *values]) != written:
                raise ValueError("not as they were written")
            parts = self._parts(number)
            if len(parts) != len(values) + 1 or not all(type(v) is str for v in values):
                raise ValueError("not what the template asks for")
        except (ValueError, RecursionError, OverflowError) as error:
            raise ArchiveError(f"headers {written!r} are damaged ({error})") from error
        return parts[0] + "".join(
            f"{dumps(value)}{part}" for value, part in zip(values, parts[1:], strict=True)
        )

    def whole_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of captures with its headers as the chain has them.

        Those that are damaged stay as they are: their hash is another then.
        """
        return {
            name: self._told(value) if name in COLUMNS else value for name, value in row.items()
        }

    def _told(self, written: object) -> object:
        try:
            return self.whole(written) if isinstance(written, str) else written
        except ArchiveError:
            return written

    def _parts(self, number: int) -> list[str]:
        """What stands around the values that a template leaves to its captures."""
        if number not in self._known:
            row = self.db.execute(
                "SELECT lines FROM header_templates WHERE id = ?", (number,)
            ).fetchone()
            if row is None:
                raise ValueError("their template is not there")
            self._known[number] = _parts(row[0])
        return self._known[number]


def is_packed(written: str) -> bool:
    """Whether headers are held as a template's number and values."""
    return written[1:2].isdigit()


def _parts(lines: str) -> list[str]:
    """Take a template apart where its captures' own values stand.

    Raises:
        ValueError: it is damaged.
    """
    told = json.loads(lines) if isinstance(lines, str) else None
    if dumps(told) != lines:
        raise ValueError("their template is not as it was written")
    parts: list[str] = []
    before = "["
    for place, line in enumerate(told):
        name, value = line
        before += f"{',' if place else ''}[{dumps(name)},"
        if isinstance(value, int):
            if value != len(parts) + 1:
                raise ValueError("the places of their template are not in order")
            parts.append(before)
            before = "]"
        else:
            before += f"{dumps(value)}]"
    return [*parts, f"{before}]"]
