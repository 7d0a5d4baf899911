"""Jobs of urlwatch and webchanges, as their YAML tables tell them.

Sources: urlwatch-jobs(5) and urlwatch-filters(5); webchanges' documentation, "Jobs" and "Filters".
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crawler.jobs import Job, address, chained, lost_settings, word
from crawler.schedule import schedule_problem
from snapshots.errors import ConfigError

# What a job of urlwatch or webchanges may have that a source has not; values are never told.
JOB_SETTINGS = {
    "auth": "authentication",
    "browser": "browser steps",
    "chromium_revision": "browser settings",
    "data": "data sent (POST)",
    "data_as_json": "data sent (POST)",
    "diff_filters": "diff_filter",
    "evaluate": "browser script",
    "http_credentials": "authentication",
    "http_proxy": "proxy",
    "https_proxy": "proxy",
    "initialization_js": "browser script",
    "initialization_url": "browser steps",
    "navigate": "a browser",
    "switches": "browser settings",
    "use_browser": "a browser",
    "user_data_dir": "browser settings",
    "wait_for": "browser steps",
    "wait_for_function": "browser script",
    "wait_for_navigation": "browser steps",
    "wait_for_selector": "browser steps",
    "wait_until": "browser steps",
}
CARRIED = frozenset("enabled filter filters guid index_number kind name schedule url".split())
_FOLLOWS = ("url", "navigate", "command")


def table_jobs(path: Path, documents: list[object]) -> Iterator[Job]:
    """Yield the jobs of a file's YAML documents, all of whose values are text.

    Raises:
        ConfigError: none of them has anything to follow.
    """
    tables = [each for document in documents for each in _tables(document)]
    if not any(name in table for table in tables for name in _FOLLOWS):
        raise ConfigError(f"{path}: holds no jobs: nothing in it has a url")
    yield from (_job(f"job {number}", table) for number, table in enumerate(tables, 1))


def _tables(document: object) -> Iterator[dict[str, Any]]:
    """The jobs of a document: it is one, or a list of them."""
    for each in document if isinstance(document, list) else [document]:
        if isinstance(each, dict):
            yield _merged(each)


def _merged(table: Mapping[Any, Any], seen: set[int] | None = None) -> dict[str, Any]:
    """A table with those that it merges by ``<<``, each of them once; its own values count."""
    seen = seen if seen is not None else set()
    seen.add(id(table))
    merged: dict[str, Any] = {}
    inherited = table.get("<<")
    for other in inherited if isinstance(inherited, list) else [inherited]:
        if isinstance(other, dict) and id(other) not in seen:
            merged |= _merged(other, seen)
    own = {str(key): value for key, value in table.items() if key != "<<"}
    return {**merged, **own}


def _job(place: str, table: Mapping[str, Any]) -> Job:
    """One job of urlwatch or webchanges."""
    name = _text(table.get("name"))
    if "command" in table or table.get("kind") == "shell":
        return Job(place=place, name=name, refused="it runs a command, which is never done")
    if "url" not in table and "navigate" not in table:
        return Job(place=place, name=name, refused="it has no url")
    url, refused = address(table.get("url") or table.get("navigate"))
    if _is_off(table.get("enabled")):
        refused = refused or "it is not enabled"
    filters = chained(_filters(table.get("filter") or table.get("filters")))
    schedule, unread = _schedule(table.get("schedule"))
    lost = [*filters.lost, *lost_settings(table, JOB_SETTINGS, CARRIED), *unread]
    return Job(
        place=place,
        name=name,
        url=url,
        schedule=schedule,
        kept=filters.kept,
        left_out=filters.left_out,
        lost=tuple(dict.fromkeys(lost)),
        refused=refused,
    )


def _filters(written: object) -> Iterator[tuple[str, object]]:
    """The filters of a job by name and argument, in any of the forms that they have had."""
    if isinstance(written, str):
        for part in filter(None, written.split(",")):
            name, _, argument = part.partition(":")
            yield name, argument
    for each in written if isinstance(written, list) else [written]:
        if isinstance(each, dict):
            yield from ((str(name), argument) for name, argument in each.items())
        elif isinstance(each, str) and isinstance(written, list):
            name, _, argument = each.partition(":")
            yield name, argument


def _schedule(written: object) -> tuple[str | None, tuple[str, ...]]:
    text = _text(written)
    if text is None:
        return None, ()
    return (None, ("schedule",)) if schedule_problem(text) else (text, ())


def _is_off(written: object) -> bool:
    return word(written).lower() in ("false", "no", "off", "0")


def _text(written: object) -> str | None:
    return (written.strip() or None) if isinstance(written, str) else None
