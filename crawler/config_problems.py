"""What is wrong with a configuration: every mistake, with the key and its remedy."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from crawler.guard import entry_problem
from crawler.retention_rule import RETENTION, rule_problems
from crawler.schedule import schedule_problem, timezone_problem
from snapshots.extract.joining import wording_problem
from snapshots.extract.paging import is_template
from snapshots.extract.selectors import selector_problem
from snapshots.records import Read

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
READS = frozenset(map(str, Read))
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


def problems(raw: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a configuration as TOML has it."""
    for table in raw.keys() - TOP.keys():
        yield f"there is no table [{table}]{nearest(table, TOP)}"
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
    if not _is_source(tuple(table), tuple(map(type, table.values()))):
        yield from _table_problems(name, table, SOURCE)
    for needed, remedy in NEEDED.items():
        if needed not in table:
            yield f"[{name}] lacks {needed!r}; write {remedy}"
    url = table.get("url")
    if isinstance(url, str) and not _PLAIN_ADDRESS.match(url):
        yield from _address_problems(name, url)
    read = table.get("read", "page")
    if isinstance(read, str) and read not in READS:
        yield f"[{name}] read must be 'listing' or 'page', not {read!r}"
    if isinstance(table.get("schedule"), str) and (told := schedule_problem(table["schedule"])):
        yield f"[{name}] schedule {told}"
    if "confirm" in table:
        yield from _confirm_problems(name, table)
    if "timezone" in table:
        yield from _timezone_problems(name, table)
    written = table.get("recipe", {})
    if not isinstance(written, dict) or not _is_right(written):
        yield from _recipes_problems(name, written if isinstance(written, list) else [written])


def _recipes_problems(name: str, recipes: Sequence[object]) -> Iterator[str]:
    days = [recipe.get("from") for recipe in recipes if isinstance(recipe, dict)]
    for day in dict.fromkeys(day for day in days if day and days.count(day) > 1):
        yield f"[[{name}.recipe]] has two recipes from {day}; give each layout its own first day"
    for number, recipe in enumerate(recipes):
        yield from recipe_problems(f"{name}.recipe", recipe, is_later=number > 0)


def _address_problems(name: str, url: str) -> Iterator[str]:
    if not _is_web_address(url):
        yield f"[{name}] url must be a web address beginning with http:// or https://, not {url!r}"
    elif "@" in urlsplit(url).netloc:
        yield f"[{name}] url must hold no user name and no password, for it is kept and published"


def _is_right(recipe: dict[str, Any]) -> bool:
    """Whether a recipe is nothing but text in which nothing is wrong: most say the same."""
    settings = tuple(recipe.items())
    return all(type(value) is str for value in recipe.values()) and _has_no_problems(settings)


@lru_cache(maxsize=1024)
def _has_no_problems(settings: tuple[tuple[str, str], ...]) -> bool:
    return not any(recipe_problems("", dict(settings), is_later=False))


@lru_cache(maxsize=256)
def _is_source(keys: tuple[str, ...], types: tuple[type, ...]) -> bool:
    """Whether settings of such types are a source's."""
    expected: Mapping[str, Any] = SOURCE
    return all(
        key in expected and issubclass(given, expected[key]) and given is not bool
        for key, given in zip(keys, types, strict=True)
    )


def recipe_problems(name: str, recipe: object, *, is_later: bool) -> Iterator[str]:
    """Yield what is wrong with one recipe; a later one needs the day from which it holds."""
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
        if told := _problem_of(key, css):
            yield f"[{name}] {key} {told}"


def _problem_of(key: str, css: str) -> str | None:
    """What is wrong with a selector; a wording may be read from several places."""
    is_element = key in ("item", "link", "next", "ignore")
    return selector_problem(css) if is_element else wording_problem(css)


def _selectors(recipe: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The selectors of a recipe that are written as text, with their keys."""
    written = {key: recipe[key] for key in SELECTORS if isinstance(recipe.get(key), str)}
    yield from (pair for pair in written.items() if pair[0] != "next" or not is_template(pair[1]))
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
            yield f"[{name}] has no setting {key!r}{nearest(key, settings)}"
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


def nearest(key: str, known: Mapping[str, Any]) -> str:
    """Return which known key an unknown one may mean, as the end of a message."""
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
