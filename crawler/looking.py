"""What would be read of a file or a URL: for trying a recipe before it is relied on."""

import asyncio
from datetime import datetime
from pathlib import Path

from crawler.clock import SystemClock
from crawler.config import Config, Crawler, load
from crawler.fetch import fetcher
from crawler.files import file_capture, is_warc
from snapshots.errors import ConfigError, FetchError
from snapshots.extract.extract import extract
from snapshots.records import Capture, Item, Read, Recipe

# A list read without a recipe is believed from so many items with words beside the title.
FEWEST_RECORDS = 3


def look(
    config_path: Path,
    target: str,
    key: str | None,
    read_as: str | None,
    at: datetime | None = None,
) -> tuple[Read, tuple[Item, ...]]:
    """Return how a file or URL was read, and its items.

    Without a source, the defaults read it: as told, or as a listing where the records
    of one are found, and as a page otherwise. ``at`` chooses among dated recipes.

    Raises:
        ConfigError: there is no such file or source.
        FetchError: the URL gave no usable answer.
        ExtractError: what it holds can be read neither as HTML nor as text.
    """
    config = load(config_path) if key or config_path.exists() else None
    source = config.source(key) if key and config else None
    capture = _capture(config, target, source.url if source else None)
    if source:
        recipes = [source.recipe(at or capture.captured_at)]
    else:
        reads = (Read(read_as),) if read_as else (Read.LISTING, Read.PAGE)
        recipes = [Recipe(read=read) for read in reads]
    for recipe in recipes[:-1]:
        items = _items(capture, recipe)
        if _are_records(items):
            return recipe.read, items
    return recipes[-1].read, _items(capture, recipes[-1])


def _capture(config: Config | None, target: str, url: str | None) -> Capture:
    path = Path(target)
    try:
        return _from_file(path, target, config, url)
    except OSError as error:
        raise ConfigError(f"{target}: cannot be read ({error.strerror})") from error


def _from_file(path: Path, target: str, config: Config | None, url: str | None) -> Capture:
    if target.startswith(("http://", "https://")):
        return asyncio.run(_fetched(config.crawler if config else Crawler(), target))
    if not path.is_file():
        raise ConfigError(f"there is no file {target}, and it is no http address")
    if is_warc(path):
        raise ConfigError(f"{target} holds records of many pages; `reworded import` reads it")
    return file_capture(path, url or path.absolute().as_uri(), _now())


async def _fetched(settings: Crawler, url: str) -> Capture:
    async with fetcher(settings, SystemClock()) as client:
        capture = await client.fetch(url)
    if not 200 <= capture.status < 300:
        raise FetchError(url, f"answered {capture.status}")
    return capture


def _items(capture: Capture, recipe: Recipe) -> tuple[Item, ...]:
    kind = capture.header("content-type")
    return extract(capture.payload, recipe, url=capture.final_url, content_type=kind).items


def _are_records(items: tuple[Item, ...]) -> bool:
    told = [item for item in items if item.title and (item.summary or item.published)]
    return len(told) >= FEWEST_RECORDS and len(told) >= len(items) / 2


def _now() -> datetime:
    return SystemClock().now()
