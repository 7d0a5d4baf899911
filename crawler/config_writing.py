"""New sources written into config.toml: appended, so that what a person wrote stays as it is.

The one door to tomlkit. Nothing is written that ``crawler.config.load`` would not read as meant.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile

import tomlkit
from tomlkit.items import InlineTable, Table

from crawler.config import SELECTORS, Config, Source, load
from crawler.recipe_writing import with_recipe
from diffs.links import canonical_link
from diffs.report.passage import clean
from snapshots.errors import ConfigError
from snapshots.records import Recipe

# A remark in the configuration longer than this is cut.
MOST_REMARK = 400
# A first configuration may be read by all: it holds no secrets.
MODE = 0o644


@dataclass(frozen=True, slots=True)
class Addition:
    """A source that is to be written, and what is told above it, a line each."""

    source: Source
    remarks: tuple[str, ...] = ()


def table_of(added: Addition) -> str:
    """Return a source as it stands in config.toml, under its remarks.

    It has one recipe; what that leaves out is not written.
    """
    source = added.source
    remarks = [tomlkit.comment(clean(remark)[:MOST_REMARK]) for remark in added.remarks]
    recipe = source.recipes[0] if source.recipes else Recipe(read=source.read)
    own = tomlkit.table()
    for name in ("title", "url", "read", "schedule"):
        own.add(name, str(getattr(source, name)))
    if selectors := _selectors(recipe):
        own.add("recipe", _table(selectors))
    sources = tomlkit.table(is_super_table=True)
    sources.add(source.key, own)
    document = tomlkit.document()
    document.add("source", sources)
    above = "".join(f"{remark.as_string().rstrip()}\n" for remark in remarks)
    return above + tomlkit.dumps(document).lstrip("\n")


def add_sources(path: Path, added: Sequence[Addition]) -> Config:
    """Write sources at the end of a configuration, each with its remarks; return all of it.

    The file is replaced in one step, and keeps its mode and its line ends. What
    is in it already is not touched.

    Raises:
        ConfigError: a source is there already, or the outcome could not be read as
            meant, or the file cannot be written. Then nothing is.
    """
    with _alone(path):
        before = load(path)
        after = _with(before, added)
        return _replaced(path, _appended(_text(path), added), after, _mode(path))


def start_with(path: Path, text: str, added: Sequence[Addition]) -> Config:
    """Write a first configuration with some sources to where there is none.

    Raises:
        ConfigError: as for ``add_sources``, or there is a file already.
    """
    with _alone(path):
        if path.exists():
            raise ConfigError(f"{path}: is there already, and is left as it is")
        after = _with(drafted(path, text), added)
        return _replaced(path, _appended(text, added), after, MODE)


def add_recipe(path: Path, key: str, recipe: Recipe) -> Config:
    """Write a dated recipe after those that a source has; return the whole configuration.

    Raises:
        ConfigError: as for ``add_sources``.
    """
    with _alone(path):
        before = load(path)
        source = before.source(key)
        recipes = sorted((*source.recipes, recipe), key=lambda each: each.begins_at)
        meant = replace(source, recipes=tuple(recipes))
        text = _text(path)
        body = tomlkit.document()
        body.update({"from": recipe.since, **_table(_selectors(recipe))})
        written = with_recipe(text, key, tomlkit.dumps(body)) or with_recipe(
            _with_own_table(text, key), key, tomlkit.dumps(body)
        )
        if written is None:
            raise ConfigError(f"{path}: [source.{key}] is not written as a table of its own")
        config = replace(before, sources={**before.sources, key: meant})
        return _replaced(path, written, config, _mode(path))


def _with_own_table(text: str, key: str) -> str:
    """A configuration in which a source's recipe that was written inline is a table."""
    document = tomlkit.parse(text)
    source = document["source"][key]
    if (written := source.pop("recipe", None)) is not None:
        source.add("recipe", _table(written))
    return tomlkit.dumps(document)


def drafted(path: Path, text: str) -> Config:
    """Return what a text would say as the configuration at a path. Leaves no file.

    Raises:
        ConfigError: it cannot be used as one; the message names the path.
    """
    with _draft(path, text) as draft:
        return _loaded(draft, path)


def refuse_duplicate(config: Config, source: Source) -> None:
    """Refuse a source whose key or canonical address a configuration has already.

    Raises:
        ConfigError: it has; the message names the source that is there.
    """
    if source.key in config.sources:
        raise ConfigError(
            f"{config.path}: there is a [source.{source.key}] already, and it is left as it is; "
            "choose another --key"
        )
    if held := follows(config, source.url):
        raise ConfigError(
            f"{config.path}: [source.{held}] follows {clean(source.url)} already, "
            "and is left as it is"
        )


def follows(config: Config, *urls: str) -> str | None:
    """Return the key of the source that follows the document of one of some addresses."""
    asked = {canonical_link(url) for url in urls}
    sources = config.sources.values()
    return next((each.key for each in sources if canonical_link(each.url) in asked), None)


def _selectors(recipe: Recipe) -> dict[str, object]:
    """What a recipe says, in the order in which it is read; what it leaves out is left out."""
    said: dict[str, object] = {name: getattr(recipe, name) for name in SELECTORS}
    said |= {"ignore": list(recipe.ignore), "fields": dict(recipe.fields)}
    return {name: value for name, value in said.items() if value}


def _table(selectors: Mapping[str, object]) -> Table:
    table = tomlkit.table()
    for name, value in selectors.items():
        table.add(name, _inline(value) if isinstance(value, dict) else value)
    return table


def _inline(columns: Mapping[str, str]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(columns)
    return table


def _appended(text: str, added: Sequence[Addition]) -> str:
    """A configuration with some sources at its end, in its own line ends."""
    parts = [table_of(each) for each in added]
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else end
    return text + gap + "".join(end + part.replace("\n", end) for part in parts)


def _with(config: Config, added: Sequence[Addition]) -> Config:
    """A configuration with some sources, each of which is new to it."""
    for each in added:
        refuse_duplicate(config, each.source)
        config = replace(config, sources={**config.sources, each.source.key: each.source})
    return config


def _replaced(path: Path, text: str, meant: Config, mode: int) -> Config:
    """Put a text in a configuration's place once it is known to say what is meant."""
    with _draft(path, text) as draft:
        # A relative archive is beside whatever file names it.
        after = replace(_loaded(draft, path), archive=meant.archive)
        if after != meant:
            raise ConfigError(
                f"{path}: what was to be added would not be read as meant; nothing was written"
            )
        try:
            draft.chmod(mode)
            # A link to the configuration stays one.
            os.replace(draft, path.resolve())
        except OSError as error:
            raise _unwritable(path, error) from error
    return after


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    """A file beside a configuration that holds a text for as long as it is looked at."""
    folder = path.resolve().parent
    try:
        with NamedTemporaryFile(
            "wb", dir=folder, prefix=f".{path.name}.", suffix=".new", delete=False
        ) as file:
            draft = Path(file.name)
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield draft
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _loaded(draft: Path, path: Path) -> Config:
    try:
        return replace(load(draft), path=path)
    except ConfigError as error:
        raise ConfigError(str(error).replace(str(draft), str(path))) from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the configuration's folder, so that of two writers one waits for the other."""
    try:
        folder = os.open(path.resolve().parent, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        # Not every file system has locks; without them, the last writer looks last.
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _text(path: Path) -> str:
    """A configuration's text with its line ends as they are."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"{path}: cannot be written ({error.strerror})")
