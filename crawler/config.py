"""config.toml becomes frozen values once; every mistake in it is told in one message."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli

from crawler import __version__
from crawler.guard import EVERYWHERE, entry_problem
from crawler.retention_rule import RETENTION, Rule, rule_of, rule_problems
from crawler.schedule import schedule_problem, timezone_problem
from snapshots.errors import ConfigError
from snapshots.extract import READER
from snapshots.extract.paging import is_template
from snapshots.extract.selectors import selector_problem
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
            known = _nearest(key, self.sources) if self.sources else "; there is none at all"
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


ARCHIVE = {"path": str}
CRAWLER = {
    "contact": str,
    "user_agent": str,
    "delay_s": (int, float),
    "timeout_s": (int, float),
    "retries": int,
    "max_body_bytes": int,
    "max_payload_bytes": int,
    "max_header_bytes": int,
    "max_pages": int,
    "max_redirects": int,
    "max_visit_s": (int, float),
    "allow_private": object,
    "timezone": str,
    "jitter_s": (int, float),
    "confirm": int,
}
SOURCE = {
    "url": str,
    "read": str,
    "schedule": str,
    "timezone": str,
    "title": str,
    "confirm": int,
    "recipe": (dict, list),
}
MEMENTO = {"archive": str, "delay_s": (int, float)}
LEXICON = {"packs": list, "file": str, "term": list, "exclude": list}
MOST_CONFIRM = 30
ABOVE_ZERO = frozenset(
    "timeout_s max_pages max_body_bytes max_payload_bytes max_header_bytes max_visit_s".split()
)
SELECTORS = ("item", "title", "link", "summary", "published", "section", "next")
RECIPE = {**dict.fromkeys(SELECTORS, str), "ignore": list, "fields": dict, "from": date}
RESERVED = frozenset((*SELECTORS, "url", "text", "key", "block"))
TYPE_NAMES = {str: "text in quotes", int: "a whole number", list: "a list", dict: "a table"}
TOP = dict.fromkeys(
    "archive crawler memento lexicon importance notify retention source".split(), dict
)
# What most addresses begin with: nothing can be wrong with it.
_PLAIN_ADDRESS = re.compile(r"https?://\w[\w.:-]*(?:/|\Z)", re.ASCII)
# A year in seconds, and more bytes than a payload should have.
MOST_NUMBER = 2**40
NEEDED = {
    "url": 'url = "https://…", the listing or page to follow',
    "read": 'read = "listing" or read = "page"',
}


def load(path: Path) -> Config:
    """Return what a configuration file says.

    Raises:
        ConfigError: it cannot be used; the message lists every mistake, with its remedy.
    """
    raw = _raw(path)
    if problems := list(_problems(raw)):
        raise ConfigError("\n".join(f"{path}: {problem}" for problem in problems))
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
    problems = [
        problem
        for number, table in enumerate(tables)
        for problem in _recipe_problems("recipe", table, is_later=number > 0)
    ]
    if problems:
        raise ConfigError("\n".join(f"{name}: {problem}" for problem in problems))
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


def _problems(raw: dict[str, Any]) -> Iterator[str]:
    for table in raw.keys() - TOP.keys():
        yield f"there is no table [{table}]{_nearest(table, TOP)}"
    yield from (f"{key} must be a table, written [{key}]" for key in TOP if _is_no_table(raw, key))
    yield from _table_problems("archive", raw.get("archive", {}), ARCHIVE)
    yield from _table_problems("crawler", raw.get("crawler", {}), CRAWLER)
    yield from _number_problems("crawler", raw.get("crawler", {}))
    yield from _memento_problems(raw.get("memento", {}))
    yield from _private_problems(raw.get("crawler", {}))
    yield from _timezone_problems("crawler", raw.get("crawler", {}))
    yield from _confirm_problems("crawler", raw.get("crawler", {}))
    yield from _lexicon_problems(raw.get("lexicon", {}))
    yield from _importance_problems(raw.get("importance", {}))
    yield from _table_problems("retention", raw.get("retention", {}), RETENTION)
    yield from (f"[retention] {told}" for told in rule_problems(raw.get("retention", {})))
    yield from _notify_problems(raw.get("notify", {}), raw.get("source", {}))
    sources = raw.get("source", {})
    for key, table in sources.items() if isinstance(sources, dict) else ():
        if isinstance(table, dict):
            yield from _source_problems(f"source.{key}", table)
        else:
            yield f"[source] {key} must be a table, written [source.{key}]"


def _source_problems(name: str, table: dict[str, Any]) -> Iterator[str]:
    yield from _table_problems(name, table, SOURCE)
    for needed, remedy in NEEDED.items():
        if needed not in table:
            yield f"[{name}] lacks {needed!r}; write {remedy}"
    url = table.get("url")
    if isinstance(url, str) and not _PLAIN_ADDRESS.match(url):
        yield from _address_problems(name, url)
    read = table.get("read", "page")
    if isinstance(read, str) and read not in list(Read):
        yield f"[{name}] read must be 'listing' or 'page', not {read!r}"
    if isinstance(table.get("schedule"), str) and (told := schedule_problem(table["schedule"])):
        yield f"[{name}] schedule {told}"
    yield from _confirm_problems(name, table)
    yield from _timezone_problems(name, table)
    written = table.get("recipe", {})
    recipes = written if isinstance(written, list) else [written]
    days = [recipe.get("from") for recipe in recipes if isinstance(recipe, dict)]
    for day in dict.fromkeys(day for day in days if day and days.count(day) > 1):
        yield f"[[{name}.recipe]] has two recipes from {day}; give each layout its own first day"
    for number, recipe in enumerate(recipes):
        yield from _recipe_problems(f"{name}.recipe", recipe, is_later=number > 0)


def _address_problems(name: str, url: str) -> Iterator[str]:
    if not _is_web_address(url):
        yield f"[{name}] url must be a web address beginning with http:// or https://, not {url!r}"
    elif "@" in urlsplit(url).netloc:
        yield f"[{name}] url must hold no user name and no password, for it is kept and published"


def _recipe_problems(name: str, recipe: object, *, is_later: bool) -> Iterator[str]:
    if not isinstance(recipe, dict):
        yield f"[{name}] must be a table of selectors"
        return
    yield from _table_problems(name, recipe, RECIPE)
    if is_later and "from" not in recipe:
        yield f"[[{name}]] lacks 'from', the first day of the later layout"
    ignore = recipe.get("ignore", [])
    if isinstance(ignore, list) and not all(isinstance(css, str) for css in ignore):
        yield f"[{name}] ignore must be a list of selectors in quotes"
    fields = recipe.get("fields", {})
    for field_name, css in fields.items() if isinstance(fields, dict) else ():
        if not isinstance(css, str):
            yield f"[{name}] fields.{field_name} must be a selector in quotes, not {css!r}"
        if field_name in RESERVED:
            yield f"[{name}] fields.{field_name} must have another name: {field_name!r} is taken"
        if set(field_name) & set('"\\'):
            yield f"[{name}] fields.{field_name} must have another name: no quotes, no \\ in it"
    for key, css in _selectors(recipe):
        if told := selector_problem(css):
            yield f"[{name}] {key} {told}"


def _selectors(recipe: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The selectors of a recipe that are written as text, with their keys."""
    written = {key: recipe[key] for key in SELECTORS if isinstance(recipe.get(key), str)}
    yield from ((key, css) for key, css in written.items() if not is_template(css))
    ignore, fields = recipe.get("ignore"), recipe.get("fields")
    for css in ignore if isinstance(ignore, list) else ():
        if isinstance(css, str):
            yield "ignore", css
    for field_name, css in fields.items() if isinstance(fields, dict) else ():
        if isinstance(css, str):
            yield f"fields.{field_name}", css


def _table_problems(name: str, table: object, settings: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(table, dict):
        return
    for key, value in table.items():
        if key not in settings:
            yield f"[{name}] has no setting {key!r}{_nearest(key, settings)}"
        elif not _fits(value, settings[key]):
            yield f"[{name}] {key} must be {_type_name(settings[key])}, not {value!r}"


def _number_problems(name: str, table: object) -> Iterator[str]:
    numbers = table.items() if isinstance(table, dict) else ()
    for key, value in numbers:
        if isinstance(value, (int, float)) and not value < MOST_NUMBER:
            yield f"[{name}] {key} must be a number below {MOST_NUMBER:,}, and is {value!r}"
        if key in ("contact", "user_agent") and isinstance(value, str) and not _is_header(value):
            yield f"[{name}] {key} must be plain ASCII on one line, for it is sent as a header"
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
            yield f"[{name}] {key} must not be below zero, and is {value!r}"
        if key in ABOVE_ZERO and value == 0:
            yield f"[{name}] {key} must be above zero"


def _memento_problems(table: object) -> Iterator[str]:
    yield from _table_problems("memento", table, MEMENTO)
    yield from _number_problems("memento", table)
    written = table.get("archive") if isinstance(table, dict) else None
    if isinstance(written, str) and not _is_web_address(written):
        yield f"[memento] archive must be a web address, not {written!r}"


def _private_problems(table: object) -> Iterator[str]:
    written = table.get("allow_private", []) if isinstance(table, dict) else []
    if isinstance(written, bool):
        return
    for entry in written if isinstance(written, list) else [written]:
        if told := entry_problem(entry):
            yield f"[crawler] allow_private {told}"


def _confirm_problems(name: str, table: object) -> Iterator[str]:
    confirm = table.get("confirm", 1) if isinstance(table, dict) else 1
    if _fits(confirm, int) and not 1 <= confirm <= MOST_CONFIRM:
        yield f"[{name}] confirm must be a number of visits from 1 to {MOST_CONFIRM}, not {confirm}"


def _importance_problems(table: object) -> Iterator[str]:
    if not table:
        return
    from diffs.importance import WEIGHTS

    yield from _table_problems("importance", table, dict.fromkeys(WEIGHTS, (int, float)))


def _lexicon_problems(table: object) -> Iterator[str]:
    yield from _table_problems("lexicon", table, LEXICON)
    if isinstance(table, dict) and table:
        from crawler.lexicons import lexicon_problems

        yield from (f"[lexicon] {problem}" for problem in lexicon_problems(table))


def _notify_problems(tables: object, sources: object) -> Iterator[str]:
    if not tables or not isinstance(tables, dict):
        return
    from crawler.destinations import SETTINGS, destination_problems

    for key, table in tables.items():
        if isinstance(table, dict):
            yield from _table_problems(f"notify.{key}", table, SETTINGS)
            told = destination_problems(table, sources if isinstance(sources, dict) else {})
            yield from (f"[notify.{key}] {problem}" for problem in told)
        else:
            yield f"[notify] {key} must be a table, written [notify.{key}]"


def _timezone_problems(name: str, table: object) -> Iterator[str]:
    written = table.get("timezone") if isinstance(table, dict) else None
    if isinstance(written, str) and (told := timezone_problem(written)):
        yield f"[{name}] timezone {told}"


def _fits(value: object, expected: Any) -> bool:
    is_flag = isinstance(value, bool) and expected is not object
    return isinstance(value, expected) and not is_flag


def _type_name(expected: Any) -> str:
    if expected is date:
        return "a date such as 2021-05-01"
    if expected == (int, float):
        return "a number"
    if expected == (dict, list):
        return "a table of selectors"
    return TYPE_NAMES[expected]


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    close = get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(known)}"


def _is_header(value: str) -> bool:
    return value.isascii() and (value.isprintable() or not value)


def _is_no_table(raw: dict[str, Any], key: str) -> bool:
    return not isinstance(raw.get(key, {}), dict)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
