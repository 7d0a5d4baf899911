"""Watches of changedetection.io, as its backups and its API tell them.

Source: changedetection.io's API documentation, and backups as its users publish them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crawler.jobs import Job, address, lost_settings, selector, told, word
from crawler.schedule import schedule_problem
from snapshots.errors import ConfigError

WATCH_SETTINGS = {
    "body": "data sent (POST)",
    "browser_steps": "browser steps",
    "conditions": "conditions",
    "extract_text": "extract_text",
    "headers": "headers",
    "ignore_text": "ignore_text",
    "notification_urls": "notifications",
    "proxy": "proxy",
    "tags": "tags",
    "text_should_not_be_present": "text_should_not_be_present",
    "time_schedule_limit": "hours of the day",
    "trigger_text": "trigger_text",
    "webdriver_js_execute_code": "browser script",
}
_BROWSERS = ("html_webdriver", "playwright", "html_js_zyte")
_NAMED = {3_600: "hourly", 86_400: "daily", 604_800: "weekly"}
_UNITS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def watch_jobs(path: Path, content: object) -> Iterator[Job]:
    """Yield the watches of its whole file, or of what its API lists.

    Raises:
        ConfigError: the content is something else.
    """
    settings = _dict(_dict(content).get("settings"))
    if isinstance(content, dict):
        content = content.get("watching", content)
    found = list(content.values()) if isinstance(content, dict) else content
    tables = [{"url": each} if isinstance(each, str) else each for each in _list(found)]
    if not all(isinstance(table, dict) for table in tables) or not any(
        "url" in table for table in tables
    ):
        raise ConfigError(f"{path}: is JSON, and no export of changedetection.io")
    usual = _dict(_dict(settings.get("requests")).get("time_between_check"))
    for number, table in enumerate(tables, 1):
        yield _watch(f"watch {number}", table, usual)


def _watch(place: str, watch: Mapping[str, Any], usual: Mapping[str, Any]) -> Job:
    """One watch of changedetection.io; ``usual`` is how often it looks where not said."""
    url, refused = address(watch.get("url"))
    if watch.get("paused") is True:
        refused = refused or "it is paused"
    own = _dict(watch.get("time_between_check"))
    is_usual = watch.get("time_between_check_use_default") is True or not _seconds(own)
    schedule, unread = _every(_seconds(usual if is_usual else own))
    lost = [*lost_settings(watch, WATCH_SETTINGS), *unread]
    kept = _all_of(watch.get("include_filters") or watch.get("css_filter"), "filter", lost)
    left_out = _all_of(watch.get("subtractive_selectors"), "subtractive_selectors", lost)
    if watch.get("fetch_backend") in _BROWSERS:
        lost.append("a browser")
    if (word(watch.get("method")) or "GET").upper() != "GET":
        lost.append("method")
    if watch.get("processor") not in (None, "", "text_json_diff"):
        lost.append(f"processor {told(watch['processor'])}")
    return Job(
        place=place,
        name=_text(watch.get("title")),
        url=url,
        schedule=schedule,
        kept=", ".join(kept) or None,
        left_out=tuple(left_out),
        lost=tuple(dict.fromkeys(lost)),
        refused=refused,
    )


def _all_of(written: object, name: str, lost: list[str]) -> list[str]:
    """The selectors of a list that can be read; ``lost`` gets a word for the others."""
    each = written if isinstance(written, list) else [written] if written else []
    found = [css for one in each if one and (css := selector(one))]
    if len(found) < len([one for one in each if one]):
        lost.append(name)
    return found


def _seconds(table: Mapping[str, Any]) -> int:
    total = 0
    for unit, seconds in _UNITS.items():
        number = table.get(unit)
        if isinstance(number, (int, float)) and not isinstance(number, bool) and 0 < number < 10**6:
            total += int(number * seconds)
    return total


def _every(seconds: int) -> tuple[str | None, tuple[str, ...]]:
    """An interval as a schedule in the largest unit that it is a whole number of."""
    if not seconds:
        return None, ()
    if seconds in _NAMED:
        return _NAMED[seconds], ()
    units = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))
    unit, size = next(each for each in units if seconds % each[1] == 0)
    schedule = f"every {seconds // size} {unit}"
    return (None, ("schedule",)) if schedule_problem(schedule) else (schedule, ())


def _text(written: object) -> str | None:
    return (written.strip() or None) if isinstance(written, str) else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
