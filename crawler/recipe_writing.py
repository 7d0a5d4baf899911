"""Where a further recipe of a source goes in the text of a configuration. Pure.

Only lines are put in, and the header of a first recipe is made one of several: what a
person wrote stays as it is, down to the comments.
"""

import tomllib
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class _Header(NamedTuple):
    """One line that begins a table: its number, and the keys of the table."""

    line: int
    keys: tuple[str, ...]
    is_one_of_several: bool


def with_recipe(text: str, key: str, body: str) -> str | None:
    """Return a configuration with a further recipe of a source, after those it has.

    ``body`` holds the recipe's settings, a line each. A source that was read by the
    defaults gets an empty first recipe, which means just that. None when the source, or
    its recipe, is not written as a table of its own.
    """
    lines = text.splitlines(keepends=True)
    headers = list(_headers(lines))
    source = ("source", key)
    own = [each for each in headers if each.keys[:3] == (*source, "recipe")]
    tables = [each for each in headers if each.keys == source]
    if (own and own[0].keys != (*source, "recipe")) or not (own or tables):
        return None
    if not own and _holds_recipe(lines, tables[0], headers):
        return None
    end = "\r\n" if "\r\n" in text else "\n"
    name = _bare(tables[0] if tables else own[0], lines, is_source=bool(tables))
    title = f"[[{name}.recipe]]"
    if own and not own[0].is_one_of_several:
        lines[own[0].line] = lines[own[0].line].replace("[", "[[", 1).replace("]", "]]", 1)
    place = _end_of((own or tables)[-1], lines, headers)
    if place and not lines[place - 1].endswith(("\n", "\r")):
        lines[place - 1] += end
    added = [] if own else ["", title]
    # Lines as TOML has them: text may hold other signs that Python ends a line at.
    added += ["", title, *body.rstrip("\n").split("\n")]
    return "".join([*lines[:place], *(line + end for line in added), *lines[place:]])


def _headers(lines: Sequence[str]) -> Iterator[_Header]:
    for number, line in enumerate(lines):
        if line.lstrip().startswith("["):
            try:
                table: object = tomllib.loads(line)
            except tomllib.TOMLDecodeError:
                continue  # a line of a list
            keys = []
            while isinstance(table, dict) and table:
                ((name, table),) = table.items()
                keys.append(name)
            yield _Header(number, tuple(keys), isinstance(table, list))


def _bare(header: _Header, lines: Sequence[str], *, is_source: bool) -> str:
    """A source's name as its header writes it, quotes and all."""
    written = lines[header.line].partition("#")[0].strip().strip("[]").strip()
    return written if is_source else written.rpartition(".")[0].strip()


def _holds_recipe(lines: Sequence[str], table: _Header, headers: Sequence[_Header]) -> bool:
    body = "".join(lines[table.line + 1 : _next(table, headers, len(lines))])
    try:
        return "recipe" in tomllib.loads(body)
    except tomllib.TOMLDecodeError:
        return True


def _end_of(table: _Header, lines: Sequence[str], headers: Sequence[_Header]) -> int:
    """The line after a table's last setting: the comments that follow are the next one's."""
    place = _next(table, headers, len(lines))
    while place > table.line + 1 and _says_nothing(lines[place - 1]):
        place -= 1
    return place


def _next(table: _Header, headers: Sequence[_Header], end: int) -> int:
    return next((each.line for each in headers if each.line > table.line), end)


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
