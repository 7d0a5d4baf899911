"""The one place that lets the crawler visit this machine, whatever its settings are called."""

from dataclasses import fields, replace

from crawler.config import Crawler, Source

HOST = "127.0.0.1"
_CRAWLER = {each.name for each in fields(Crawler)}
_SOURCE = {each.name for each in fields(Source)}
# Whether private addresses are refused unless they are allowed.
IS_GUARDED = "allow_private" in _CRAWLER
# How many good visits must miss an item, by default, before its removal is told.
CONFIRM = 2 if "confirm" in _CRAWLER | _SOURCE else 1
ALLOWED = {"allow_private": (HOST,)} if IS_GUARDED else {}
# The same as a line of [crawler] in config.toml.
ALLOWED_TOML = f'allow_private = ["{HOST}"]\n' if IS_GUARDED else ""


def crawler(**settings: object) -> Crawler:
    """Return settings that may visit this machine, without delays."""
    chosen: dict[str, object] = {"contact": "test@example.org", "delay_s": 0, **ALLOWED, **settings}
    return Crawler(**chosen)  # type: ignore[arg-type]


def confirming(settings: Crawler, source: Source, visits: int) -> tuple[Crawler, Source]:
    """Return both so that so many good visits must miss an item, where that can be set."""
    if "confirm" in _SOURCE:
        source = replace(source, confirm=visits)
    if "confirm" in _CRAWLER:
        settings = replace(settings, confirm=visits)
    return settings, source
