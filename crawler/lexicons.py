"""The lexicon that a configuration asks for: packs of the program, a file, and own terms."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomli

from diffs.lexicon import Lexicon, Pack, lexicon_of, pack_of
from diffs.lexicon_check import shape_problems
from snapshots.errors import ConfigError

PACKS = ("ice-cbp-2021", "ice-cbp-2025")


def lexicon(path: Path, table: Mapping[str, Any]) -> Lexicon:
    """Return the lexicon that the ``[lexicon]`` table of a configuration at a path asks for.

    Raises:
        ConfigError: the file that it names cannot be used.
    """
    return lexicon_of(packs(path, table))


def packs(path: Path, table: Mapping[str, Any]) -> list[Pack]:
    """Return the packs that a ``[lexicon]`` table asks for, the reader's own first.

    Raises:
        ConfigError: the file that it names cannot be used.
    """
    own = {key: table[key] for key in ("term", "exclude") if key in table}
    found = [pack_of(own, path.name)] if own else []
    if "file" in table:
        found.append(pack_in(path.parent / table["file"]))
    return found + [shipped(name) for name in table.get("packs", PACKS)]


def pack_in(path: Path) -> Pack:
    """Return the pack in a file.

    Raises:
        ConfigError: there is none that can be read; the message lists every mistake.
    """
    try:
        table = tomli.loads(path.read_text("utf-8"))
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the lexicon cannot be read ({error})") from error
    if problems := list(shape_problems(table)):
        raise ConfigError("\n".join(f"{path}: {problem}" for problem in problems))
    return pack_of(table, path.name)


def shipped(name: str) -> Pack:
    """Return one of the packs that come with the program."""
    written = files("diffs").joinpath("lexicons", f"{name}.toml").read_text("utf-8")
    return pack_of(tomli.loads(written), name)


def lexicon_problems(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a ``[lexicon]`` table, as far as it shows without its file."""
    own = {key: table[key] for key in ("term", "exclude") if isinstance(table.get(key), list)}
    yield from shape_problems(own)
    named = table.get("packs", [])
    for name in named if isinstance(named, list) else ():
        if name not in PACKS:
            yield f"packs has no {name!r}; there are {', '.join(PACKS)}"
