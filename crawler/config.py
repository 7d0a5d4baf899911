"""config.toml becomes frozen values once; every mistake in it is told in one message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import tomli

from crawler import __version__
from crawler.config_problems import SELECTORS, nearest, problems, recipe_problems
from crawler.guard import EVERYWHERE
from crawler.retention_rule import Rule, rule_of
from snapshots.errors import ConfigError
from snapshots.extract import READER
from snapshots.records import Read, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawler:
    """How the crawler behaves towards every host. ``contact`` is put in the user agent.

    ``allow_private`` holds the host names, addresses and networks that may be connected
    to although they are not on the public internet.
    """

    contact: str = ""
    user_agent: str = ""
    delay_s: float = 2.0
    timeout_s: float = 30.0
    retries: int = 3
    max_body_bytes: int = 50_000_000
    max_payload_bytes: int = 100_000_000
    max_header_bytes: int = 65_536
    max_pages: int = 50
    max_redirects: int = 10
    max_visit_s: float = 900.0
    allow_private: tuple[str, ...] = ()
    timezone: str = "UTC"
    jitter_s: float = 60.0
    confirm: int = 2

    @property
    def agent(self) -> str:
        """The User-Agent header: the program, and whom to write to about it."""
        suffix = f" (+{self.contact})" if self.contact else ""
        return self.user_agent or f"reworded/{__version__}{suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memento:
    """Which web archive is asked, by its CDX server or the beginning of its TimeMaps, and how."""

    archive: str = "https://web.archive.org/cdx/search/cdx"
    delay_s: float = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A listing or page being tracked. ``recipes`` are in the order of their dates.

    ``confirm`` is how many good visits must miss an item before it is called removed.
    """

    key: str
    url: str
    read: Read
    title: str
    schedule: str = "daily"
    confirm: int = 2
    timezone: str = "UTC"
    recipes: tuple[Recipe, ...] = ()

    @property
    def reading_digest(self) -> str:
        """What the source's knowledge depends on, digested: recipes, and the reader itself."""
        told = f"{READER} {self.url} {self.confirm} {self.recipes!r}"
        return sha256(told.encode()).hexdigest()[:16]

    def recipe(self, moment: datetime) -> Recipe:
        """Return the recipe of the layout that was in use at a moment."""
        if len(self.recipes) == 1:
            return self.recipes[0]
        in_use = [r for r in self.recipes if r.begins_at <= moment]
        return in_use[-1] if in_use else self.recipes[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole of config.toml.

    ``lexicon`` and ``notify`` are as written: ``crawler.lexicons`` and ``crawler.destinations``
    read them. ``retention`` is None where no rule is stated: then nothing is ever thinned.
    """

    path: Path
    archive: Path
    crawler: Crawler = field(default_factory=Crawler)
    memento: Memento = field(default_factory=Memento)
    sources: Mapping[str, Source] = field(default_factory=dict)
    lexicon: Mapping[str, Any] = field(default_factory=dict)
    importance: Mapping[str, float] = field(default_factory=dict)
    retention: Rule | None = None
    notify: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def source(self, key: str) -> Source:
        """Return a source by its key.

        Raises:
            ConfigError: there is none; the message names the nearest.
        """
        if key not in self.sources:
            known = nearest(key, self.sources) if self.sources else "; there is none at all"
            raise ConfigError(f"{self.path}: there is no [source.{key}]{known}")
        return self.sources[key]

    def chosen(self, keys: Iterable[str]) -> list[Source]:
        """Return the sources named, or all when none is.

        Raises:
            ConfigError: there is none of that name, or none at all.
        """
        named = [self.source(key) for key in keys]
        if not self.sources:
            raise ConfigError(f"{self.path}: there is no [source.KEY] to visit; add one")
        return named or list(self.sources.values())


def load(path: Path) -> Config:
    """Return what a configuration file says.

    Raises:
        ConfigError: it cannot be used; the message lists every mistake, with its remedy.
    """
    raw = _raw(path)
    if wrong := list(problems(raw)):
        raise ConfigError("\n".join(f"{path}: {problem}" for problem in wrong))
    crawler = _crawler(raw.get("crawler", {}))
    tables = raw.get("source", {})
    sources = {key: _source(key, table, crawler) for key, table in tables.items()}
    archive = raw.get("archive", {}).get("path", "reworded.sqlite")
    return Config(
        path=path,
        archive=_archive_path(path, archive),
        crawler=crawler,
        memento=Memento(**raw.get("memento", {})),
        sources=sources,
        lexicon=raw.get("lexicon", {}),
        importance=raw.get("importance", {}),
        retention=rule_of(raw.get("retention", {})),
        notify=raw.get("notify", {}),
    )


def recipes_in(path: Path, read: Read) -> tuple[Recipe, ...]:
    """Return the recipes of a file that holds nothing else, in the order of their dates.

    One recipe's keys at the top, or under ``[recipe]``, or several under ``[[recipe]]``.

    Raises:
        ConfigError: it cannot be used; the message lists every mistake.
    """
    raw = _raw(path)
    return recipes_of(raw.get("recipe", raw), read, str(path))


def recipes_of(written: object, read: Read, name: str) -> tuple[Recipe, ...]:
    """Return the recipes that a table, or a list of tables, of selectors states.

    Raises:
        ConfigError: it cannot be used; the message lists every mistake under ``name``.
    """
    tables: list[Any] = written if isinstance(written, list) else [written]
    wrong = [
        problem
        for number, table in enumerate(tables)
        for problem in recipe_problems("recipe", table, is_later=number > 0)
    ]
    if wrong:
        raise ConfigError("\n".join(f"{name}: {problem}" for problem in wrong))
    recipes = [_recipe(read, table) for table in tables]
    return tuple(sorted(recipes, key=lambda recipe: recipe.since or date.min))


def _crawler(table: dict[str, Any]) -> Crawler:
    written = table.get("allow_private", [])
    if isinstance(written, bool):
        written = EVERYWHERE if written else ()
    allowed = (written,) if isinstance(written, str) else tuple(written)
    return Crawler(**{**table, "allow_private": allowed})


def _raw(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: not found; `reworded init` writes one") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from error
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error


def _archive_path(path: Path, written: str) -> Path:
    try:
        if "\x00" in written:
            raise RuntimeError("it holds a NUL character")
        return path.parent / Path(written).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{path}: [archive] path {written!r} is no path ({error})") from error


def _source(key: str, table: dict[str, Any], crawler: Crawler) -> Source:
    read = Read(table["read"])
    written = table.get("recipe", {})
    recipes = [_recipe(read, r) for r in (written if isinstance(written, list) else [written])]
    recipes.sort(key=lambda recipe: recipe.begins_at)
    return Source(
        key=key,
        url=table["url"],
        read=read,
        title=table.get("title", key),
        schedule=table.get("schedule", "daily"),
        confirm=table.get("confirm", crawler.confirm),
        timezone=table.get("timezone", crawler.timezone),
        recipes=tuple(recipes) or (Recipe(read=read),),
    )


def _recipe(read: Read, table: dict[str, Any]) -> Recipe:
    selectors = {name: table.get(name) for name in SELECTORS}
    since = table.get("from")
    if isinstance(since, datetime):
        since = since.replace(tzinfo=since.tzinfo or UTC).astimezone(UTC)
    return Recipe(
        read=read,
        **selectors,
        ignore=tuple(table.get("ignore", ())),
        fields=dict(table.get("fields", {})),
        since=since,
    )
