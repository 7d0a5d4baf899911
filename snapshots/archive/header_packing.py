"""Packing headers: lists that say the same but for a few values get a template in common."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from urllib.parse import urlsplit

from snapshots.archive.headers import COLUMNS, Templates, is_packed
from snapshots.archive.rows import dumps
from snapshots.archive.transaction import atomic
from snapshots.errors import ArchiveError

# Captures that are packed in one transaction.
AT_ONCE = 5000
# So many lists of one address are packed by themselves, fewer with those of the same host.
ENOUGH = 8
_HEADERS = f"SELECT id, {', '.join(COLUMNS)} FROM captures WHERE id > ? AND id <= ?"
Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _List:
    """The headers of some captures of an address, name by name, and as they are held."""

    url: str
    times: int
    names: Values
    values: Values
    text: str


@dataclass(frozen=True, slots=True)
class _Template:
    """A template: by place, the value that all have in common; None where each has its own."""

    number: int
    values: tuple[str | None, ...]

    def fits(self, lists: Iterable[_List]) -> bool:
        """Whether the values in common are those of all lists."""
        return all(
            own in (None, value)
            for each in lists
            for own, value in zip(self.values, each.values, strict=True)
        )

    def packed(self, values: Values) -> str:
        """Return a list's own values under the template's number."""
        pairs = zip(self.values, values, strict=True)
        return dumps([self.number, *(value for own, value in pairs if own is None)])


def unpacked(db: Connection) -> int:
    """Return how many captures were kept since headers were last packed."""
    row = db.execute(
        "SELECT coalesce(max(captures.id), 0) - (SELECT capture FROM header_packing) FROM captures"
    ).fetchone()
    return int(row[0])


def pack(db: Connection) -> Iterator[int]:
    """Pack the headers of the captures since the last time, a transaction for some thousands.

    Yields how many captures each transaction took up. What would take no less room packed
    stays as it is.

    Raises:
        ArchiveError: what was read back is not what was there; nothing of it was changed.
    """
    count = 1
    while count:
        with atomic(db):
            count = _pack_some(db)
        if count:
            yield count


def _pack_some(db: Connection) -> int:
    (before,) = db.execute("SELECT capture FROM header_packing").fetchone()
    rows = db.execute(
        f"SELECT id, url, {', '.join(COLUMNS)} FROM captures WHERE id > ? ORDER BY id LIMIT ?",
        (before, AT_ONCE),
    ).fetchall()
    if not rows:
        return 0
    templates = _Templates(db)
    packed: dict[tuple[str, str], str] = {}
    lists = Counter((url, text) for _, url, *texts in rows for text in texts)
    for group in _groups(filter(None, (_list(*each, n) for each, n in lists.items()))):
        template = templates.best(group)
        if template:
            packed |= {(each.url, each.text): template.packed(each.values) for each in group}
    told = {
        number: (packed.get((url, asked), asked), packed.get((url, said), said))
        for number, url, asked, said in rows
    }
    db.executemany(
        "UPDATE captures SET request_headers = ?, response_headers = ? WHERE id = ?",
        [(*texts, number) for number, texts in told.items()],
    )
    last = rows[-1][0]
    _read_back(db, {number: tuple(texts) for number, _, *texts in rows}, before, last)
    db.execute("UPDATE header_packing SET capture = ?", (last,))
    return len(rows)


def _read_back(db: Connection, was: dict[int, tuple[str, ...]], before: int, last: int) -> None:
    templates = Templates(db)
    for number, *texts in db.execute(_HEADERS, (before, last)).fetchall():
        told = templates.whole_row(dict(zip(COLUMNS, texts, strict=True)))
        if tuple(told.values()) != was[number]:
            raise ArchiveError(
                f"the headers of capture {number} could not be packed; they stay as they were"
            )


def _list(url: str, text: str, times: int) -> _List | None:
    """Take headers apart; None if they would not be put together again as they are."""
    if is_packed(text):
        return None
    try:
        told = json.loads(text)
        names, values = (tuple(each) for each in zip(*told, strict=True))
    except (ValueError, TypeError, RecursionError):
        return None
    is_text = all(isinstance(each, str) for each in (*names, *values))
    return _List(url, times, names, values, text) if is_text and dumps(told) == text else None


def _groups(lists: Iterable[_List]) -> Iterator[Sequence[_List]]:
    """Yield lists of the same names that have most values in common."""
    by_url: dict[object, list[_List]] = defaultdict(list)
    for each in lists:
        by_url[each.url, each.names].append(each)
    by_host: dict[object, list[_List]] = defaultdict(list)
    for group in by_url.values():
        if sum(each.times for each in group) >= ENOUGH:
            yield from _split(group)
        else:
            by_host[_host(group[0].url), group[0].names] += group
    for group in by_host.values():
        yield from _split(group)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return None


def _split(group: list[_List]) -> Iterator[list[_List]]:
    """Split lists by a value where a template for each takes less than the values do."""
    columns = list(zip(*(each.values for each in group), strict=True))
    template_bytes = len(group[0].text)
    saved = [
        sum(each.times * len(value) for each, value in zip(group, column, strict=True))
        - (len(distinct) - 1) * template_bytes
        if len(distinct) > 1
        else 0
        for column, distinct in ((column, set(column)) for column in columns)
    ]
    most = max(saved)
    if most <= 0:
        yield group
        return
    place = saved.index(most)
    parts: dict[str, list[_List]] = defaultdict(list)
    for each in group:
        parts[each.values[place]].append(each)
    for part in parts.values():
        yield from _split(part)


class _Templates:
    """The templates that there are, by their names, and those that are added."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self._held: dict[Values, list[_Template]] = defaultdict(list)
        for number, lines in db.execute("SELECT id, lines FROM header_templates").fetchall():
            self._add(number, json.loads(lines))

    def best(self, group: Sequence[_List]) -> _Template | None:
        """Return the template by which lists take least room, made if need be; None if none."""
        names = group[0].names
        found = [(_size(each, group), each) for each in self._held[names] if each.fits(group)]
        columns = zip(*(each.values for each in group), strict=True)
        values = tuple(column[0] if len(set(column)) == 1 else None for column in columns)
        lines = _lines(names, values)
        new_bytes = len(lines) + _size(_Template(0, values), group)
        least, template = min(found, key=lambda each: each[0], default=(new_bytes + 1, None))
        if min(least, new_bytes) >= sum(each.times * len(each.text) for each in group):
            return None
        return template if template and least <= new_bytes else self._made(lines)

    def _made(self, lines: str) -> _Template:
        cursor = self.db.execute("INSERT INTO header_templates (lines) VALUES (?)", (lines,))
        return self._add(int(cursor.lastrowid or 0), json.loads(lines))

    def _add(self, number: int, lines: Sequence[Sequence[str | int]]) -> _Template:
        names = tuple(str(name) for name, _ in lines)
        values = tuple(value if isinstance(value, str) else None for _, value in lines)
        self._held[names].append(_Template(number, values))
        return self._held[names][-1]


def _lines(names: Values, values: Sequence[str | None]) -> str:
    """Return a template as it is stored: each own value by its place among them, from 1."""
    own = 0
    lines: list[tuple[str, str | int]] = []
    for name, value in zip(names, values, strict=True):
        own += value is None
        lines.append((name, own if value is None else value))
    return dumps(lines)


def _size(template: _Template, group: Sequence[_List]) -> int:
    return sum(each.times * len(template.packed(each.values)) for each in group)
