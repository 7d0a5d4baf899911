"""Pages drawn: the templates of the reading room, with the report's macros and style."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from crawler import __version__
from crawler.noted import in_words
from crawler.room.room import Page, Room
from crawler.story import stood
from diffs.report import html

HERE = Path(__file__).parent
PAGES = HERE / "pages"


def drawn(room: Room, page: Page, *, token: str, as_json: str) -> str:
    """Return a page as an HTML document. ``token`` guards its form, if it has one."""
    template = _environment().get_template(f"{page.template}.html.jinja")
    text: str = template.render(
        **page.shown,
        title=page.title,
        room=room,
        token=token,
        as_json=as_json,
        dense=False,
        version=__version__,
    )
    return text


def style() -> str:
    """The style sheet: the report's, and what the reading room adds."""
    return html.css() + (HERE / "room.css").read_text("utf-8")


def table_style() -> str:
    """What Datasette's own pages have beside its style sheet."""
    return (HERE / "tables.css").read_text("utf-8")


def address(path: str, **query: object) -> str:
    """An address in the reading room; values that are None are left out."""
    given = {name.rstrip("_"): value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given, errors='replace')}" if given else path


def prepare() -> None:
    """Compile all templates, so that no reader waits for it."""
    environment = _environment()
    for path in PAGES.iterdir():
        environment.get_template(path.name)


@lru_cache(maxsize=1)
def _environment() -> Any:
    environment = html.environment(PAGES)
    environment.globals.update(address=address, in_words=in_words, stood=stood)
    return environment
