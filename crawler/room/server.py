"""Datasette on the archive with our pages in it, read-only: the one place that knows Datasette."""

import asyncio
import gc
import json
import os
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs

from crawler.room import capture, finding, item, noting, searched, source, term
from crawler.room.drawing import HERE, drawn, prepare, style, table_style
from crawler.room.guard import OWN_POLICY, Application, guarded
from crawler.room.queries import QUERIES
from crawler.room.room import Asked, NotThereError, Page, Room
from crawler.room.standing import Standing, asks
from crawler.room.warming import warm
from crawler.terminal import remark
from diffs.report.passage import clean, shortened
from snapshots.archive import Archive
from snapshots.errors import ArchiveBusyError, ArchiveError, ConfigError

# Other plugins that happen to be installed must not change what is served.
os.environ["DATASETTE_LOAD_PLUGINS"] = ""

try:
    import uvicorn
    from datasette import hookimpl
    from datasette.app import Datasette
    from datasette.database import Database
    from datasette.plugins import pm
    from datasette.utils.asgi import Response
except ImportError as error:
    raise ConfigError(
        f"the reading room needs Datasette ({error}); install it: pip install 'reworded[serve]'"
    ) from error

# A traceback tells where; the values of all variables, which Rich would add, are the archive's.
pm.get_plugin("datasette.handle_exception").rich = None
# What the archive is called in addresses: /archive/changes is its table of changes.
NAME = "archive"
PAGES: dict[str, Callable[[Room, Archive, Asked], Page]] = {
    "sources": source.sources,
    "timeline": source.timeline,
    "compare": source.compare,
    "findings": finding.listed,
    "story": item.story,
    "search": searched.search,
    "terms": term.terms,
    "notes": finding.notes,
    "change": finding.one,
    "capture": capture.capture,
}
NUMBERED = ("change", "capture")
_NUMBER = r"(?P<number>\d{1,18})"
_PLAIN = "|".join(page for page in PAGES if page not in NUMBERED)
SETTINGS = {
    "suggest_facets": False,
    "allow_download": False,
    "default_cache_ttl": 0,
    "num_sql_threads": 4,
    "truncate_cells_html": 600,
    "facet_time_limit_ms": 50,
}
# Tables that hold no answers of their own.
MACHINERY = (
    "_sqlite_migrations",
    "blocks",
    "chain_start",
    "header_packing",
    "header_templates",
    "hunks",
    "tails",
    "term_list",
    "uncounted",
    "vocabularies",
)
# Of a view as long as all captures' headers together, which no index orders, no column sorts.
UNSORTED = ("capture_headers",)
# Words of a cell in Datasette's own tables.
CELL_WORDS = 60
SECRET_BYTES = 32
# What is asked for before the first reader is let in: one of each kind of Datasette's pages.
FIRST = (
    "/",
    f"/{NAME}",
    f"/{NAME}/phrase_substitutions",
    f"/{NAME}/visits/1",
    f"/{NAME}/{QUERIES[-1].name}",
)


class ArchiveDatabase(Database):  # type: ignore[misc]
    """The archive, in which views that read everything answer as they were worked out before."""

    def __init__(self, datasette: Datasette, path: str) -> None:
        super().__init__(datasette, path=path, is_mutable=True)
        self.standing = Standing(self.connect())
        self.asks: ContextVar[bool] = ContextVar("asks", default=False)

    async def execute(self, sql: str, *settings: Any, **more: Any) -> Any:
        """Datasette's, which then asks for a connection to run a query on."""
        self.asks.set(asks(sql))
        return await super().execute(sql, *settings, **more)

    async def execute_fn(self, fn: Callable[[Any], Any]) -> Any:
        """Datasette's, on a connection that finds what the views answer."""
        is_asked = self.asks.get()

        def shown(connection: Any) -> Any:
            if is_asked:
                self.standing.show(connection)
            return fn(connection)

        return await super().execute_fn(shown)


class ReadingRoom:
    """The plugin that puts our pages into Datasette, and takes links and markup out of its own."""

    __name__ = "reworded"

    def __init__(self, room: Room) -> None:
        self.room = room
        self.writing = asyncio.Lock()

    @hookimpl  # type: ignore[untyped-decorator]
    def register_routes(self) -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
        """Our pages, ahead of Datasette's."""
        return [
            (r"^/$", self.home),
            (rf"^/(?P<page>{_PLAIN})(?P<form>\.json)?$", self.page),
            (rf"^/(?P<page>{'|'.join(NUMBERED)})/{_NUMBER}(?P<form>\.json)?$", self.page),
            (rf"^/capture/{_NUMBER}/(?P<how>served|text)$", self.served),
            (r"^/-/(?P<sheet>style|tables)\.css$", self.style),
        ]

    @hookimpl  # type: ignore[untyped-decorator]
    def extra_css_urls(self) -> list[str]:
        """What makes Datasette's pages look like ours."""
        return ["/-/tables.css"]

    @hookimpl  # type: ignore[untyped-decorator]
    def render_cell(self, value: object) -> str | None:
        """A cell is text: nothing that was scraped becomes a link."""
        return shortened(clean(value), CELL_WORDS) if isinstance(value, str) else None

    async def home(self, request: Any) -> Response:
        """The first page: the sources."""
        return await self._answered(request, "sources", is_json=False)

    async def page(self, request: Any) -> Response:
        """One of our pages, as HTML or JSON; a finding's also takes a note."""
        name = request.url_vars["page"]
        is_json = bool(request.url_vars["form"]) or request.args.get("_format") == "json"
        if request.method == "POST":
            return await self._noted(request, name)
        return await self._answered(request, name, is_json=is_json)

    async def served(self, request: Any) -> Response:
        """A capture's bytes, where nothing in them can run."""
        is_text = request.url_vars["how"] == "text"
        try:
            found = await asyncio.to_thread(self._served, int(request.url_vars["number"]), is_text)
        except NotThereError as error:
            return Response.text(str(error), status=404)
        headers = {"content-security-policy": capture.SANDBOX}
        if found.file_name:
            headers["content-disposition"] = f'attachment; filename="{found.file_name}"'
        return Response(found.body, headers=headers, content_type=found.media_type)

    async def style(self, request: Any) -> Response:
        """The style sheet of our pages, or of Datasette's."""
        text = style() if request.url_vars["sheet"] == "style" else table_style()
        headers = {"cache-control": "max-age=3600"}
        return Response(text, headers=headers, content_type="text/css; charset=utf-8")

    async def _answered(self, request: Any, name: str, *, is_json: bool) -> Response:
        asked = _asked(request)
        token = request.scope["csrftoken"]() if self._has_form(name) else ""
        status, body = await asyncio.to_thread(self._made, name, asked, is_json, token)
        return _response(status, body, is_json=is_json)

    async def _noted(self, request: Any, name: str) -> Response:
        """Keep a note, and lead back to its finding; tell why if it is not kept."""
        if not self._has_form(name):
            return Response.text("nothing can be written here", status=405)
        asked = _asked(request)
        body = (await request.post_body()).decode("utf-8", "replace")
        given = Asked(parse_qs(body, keep_blank_values=True))
        token = request.scope["csrftoken"]()
        async with self.writing:
            why = await asyncio.to_thread(self._keep, asked.number, given)
        if why is None:
            return Response.redirect(f"/change/{asked.number}#notes", status=303)
        status, text = await asyncio.to_thread(self._refused, asked, given, why, token)
        return _response(status, text, is_json=False)

    def _has_form(self, name: str) -> bool:
        return name == "change" and self.room.analyst is not None

    def _made(self, name: str, asked: Asked, is_json: bool, token: str) -> tuple[int, str]:
        """A page's status and text, read from the archive in one transaction."""
        try:
            with Archive.to_read(self.room.config.archive) as archive, archive.reading():
                page = PAGES[name](self.room, archive, asked)
        except NotThereError as error:
            page = _told("Not here", str(error), 404)
        except ConfigError as error:
            page = _told("That cannot be asked", str(error), 400)
        except ArchiveError as error:
            page = _told("The archive cannot be read", str(error), 503)
        return page.status, self._text(page, name, asked, is_json, token)

    def _text(self, page: Page, name: str, asked: Asked, is_json: bool, token: str) -> str:
        if is_json:
            return json.dumps({"title": page.title, **page.told}, ensure_ascii=True, indent=1)
        query = asked.but()
        path = f"/{name}/{asked.number}.json" if name in NUMBERED else f"/{name}.json"
        as_json = f"{path}?{query}" if query else path
        return drawn(self.room, page, token=token, as_json=as_json)

    def _served(self, number: int, is_text: bool) -> capture.Served:
        with Archive.to_read(self.room.config.archive) as archive:
            return capture.served(archive, number, is_text=is_text)

    def _keep(self, change: int, given: Asked) -> str | None:
        """Keep a note; return why it was not, or None."""
        try:
            noting.keep(self.room, noting.note_of(self.room, change, given))
        except ArchiveBusyError as error:
            return noting.busy(error)
        except (ConfigError, ArchiveError) as error:
            return str(error)
        return None

    def _refused(self, asked: Asked, given: Asked, why: str, token: str) -> tuple[int, str]:
        with Archive.to_read(self.room.config.archive) as archive:
            page = noting.refused(self.room, archive, asked, given, why)
        return page.status, self._text(page, "change", asked, False, token)


def application(room: Room, hosts: tuple[str, ...]) -> Application:
    """Return the whole reading room, answering to some host names; ``*`` is any."""
    plugin = ReadingRoom(room)
    pm.register(plugin, name=f"reworded-{id(plugin)}")
    queries = {each.name: {"title": each.title, "sql": each.sql} for each in QUERIES}
    tables: dict[str, dict[str, object]] = {name: {"hidden": True} for name in MACHINERY}
    tables |= {name: {"sortable_columns": []} for name in UNSORTED}
    datasette = Datasette(
        files=[],
        settings=SETTINGS,
        metadata={"databases": {NAME: {"queries": queries, "tables": tables}}},
        template_dir=str(HERE / "tables"),
        secret=os.urandom(SECRET_BYTES).hex(),
    )
    datasette.remove_database("_memory")
    database = ArchiveDatabase(datasette, str(room.config.archive))
    datasette.add_database(database, name=NAME)
    return guarded(datasette.app(), hosts)


def serve(room: Room, host: str, port: int) -> None:
    """Answer until interrupted, and tell where.

    Raises:
        ConfigError: the address cannot be had.
        ArchiveError: there is no archive, or it cannot be used.
    """
    Archive.to_read(room.config.archive).close()
    with _listening(host, port) as listening:
        name, number = listening.getsockname()[:2]
        is_own = name in ("127.0.0.1", "::1")
        hosts = ("127.0.0.1", "localhost", "::1", host) if is_own else ("*",)
        shown = f"[{name}]" if ":" in name else name
        told = [f"the reading room is open at http://{shown}:{number}/ (Ctrl-C closes it)"]
        if not is_own:
            told.append("others can reach it: whoever does reads the whole archive")
        with suppress(KeyboardInterrupt):
            asyncio.run(_opened(application(room, hosts), host, listening, told))


async def _opened(
    rooms: Application, host: str, listening: socket.socket, told: Sequence[str]
) -> None:
    """Make ready what the first reader would wait for, tell where, and answer."""
    await ready(rooms, host)
    for line in told:
        remark(line)
    config = uvicorn.Config(rooms, log_level="warning", server_header=False, access_log=False)
    await uvicorn.Server(config).serve(sockets=[listening])


async def ready(rooms: Application, host: str) -> None:
    """Make ready what the first reader would wait for: templates, schemas, views."""
    await asyncio.to_thread(prepare)
    await warm(rooms, host, FIRST)
    # All of that stays, so that no page waits while it is looked through for what may go.
    gc.collect()
    gc.freeze()


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Named TCP, so that answers are not held back to be sent with more (TCP_NODELAY).
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        told = error.strerror or error
        raise ConfigError(f"{host}:{port} cannot be had ({told}); give another --port") from error
    return listening


def _asked(request: Any) -> Asked:
    values = parse_qs(request.query_string, keep_blank_values=True, errors="replace")
    return Asked(values, int(request.url_vars.get("number") or 0))


def _response(status: int, body: str, *, is_json: bool) -> Response:
    kind = "application/json" if is_json else "text/html; charset=utf-8"
    headers = {"content-security-policy": OWN_POLICY, "cache-control": "no-store"}
    return Response(
        body.encode("utf-8", "replace"), status=status, headers=headers, content_type=kind
    )


def _told(title: str, text: str, status: int) -> Page:
    shown = {"told": re.sub(r"\s+", " ", text)}
    return Page(template="told", title=title, told={"error": text}, shown=shown, status=status)
