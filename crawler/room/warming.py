"""Pages asked for before the first reader comes, so that none waits for what is done once."""

from collections.abc import Iterable

from crawler.room.guard import Application, Message


async def warm(rooms: Application, host: str, paths: Iterable[str]) -> None:
    """Ask for pages, and let the answers go: what is wrong is told to who asks then."""
    for path in paths:
        await rooms(_asked_for(path, host), _received, _sent)


def _asked_for(path: str, host: str) -> Message:
    """A request as a server hands it on. Source: ASGI 3, HTTP connection scope."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", host.encode())],
        "client": None,
        "server": (host, None),
    }


async def _received() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _sent(message: Message) -> None:
    """Nobody waits for it."""
