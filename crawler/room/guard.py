"""What stands before every page: whom it answers, and what a browser may do with the answer."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = dict[bytes, bytes]

# No script runs on any page, ours or Datasette's; a page that is stricter says so itself.
OWN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Datasette's tables have style sheets in their pages.
POLICY = OWN_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
PROTECTION = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-dns-prefetch-control": b"off",
}
# What Datasette tells of itself, of its machine and of the file is nobody's business.
OWN = ("/-/static/", "/-/style.css", "/-/tables.css")
COOKIE = b"ds_csrftoken="
MOST_FORM_BYTES = 200_000


def guarded(app: Application, hosts: tuple[str, ...]) -> Application:
    """Return an application behind its guard: for some host names only; ``*`` is any."""

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _protected(message.get("headers", ()))}
            await send(message)

        refused = refusal(scope, hosts)
        if refused:
            await _answer(protected, *refused)
        else:
            await app(scope, receive, protected)

    return guard


def refusal(scope: Message, hosts: tuple[str, ...]) -> tuple[int, str] | None:
    """Return the status and the words by which a request is refused, or None.

    A name that another's page made to lead here is not answered, nor is a form of another's.
    """
    headers: Headers = {name.lower(): value for name, value in scope["headers"]}
    path, host = str(scope["path"]), headers.get(b"host", b"").decode("latin-1")
    if "*" not in hosts and (urlsplit(f"//{host}").hostname or "") not in hosts:
        return 421, "this reading room is not to be reached by that name"
    if path.startswith("/-/") and not path.startswith(OWN):
        return 404, "there is no such page"
    if path.endswith(".csv"):
        return 404, "tables as CSV: reworded export, which keeps cells from being formulas"
    if scope["method"] in ("GET", "HEAD"):
        return None
    if scope["method"] != "POST":
        return 405, "the archive is read here"
    if not _is_own_form(headers, host):
        return 403, "that form is not from here"
    length = headers.get(b"content-length", b"")
    is_short = length.isdigit() and int(length) <= MOST_FORM_BYTES
    return None if is_short else (413, "that is more than a note can hold")


def _is_own_form(headers: Headers, host: str) -> bool:
    """Whether a form was sent by one of our pages; its token is checked besides."""
    site = headers.get(b"sec-fetch-site", b"same-origin")
    origin = headers.get(b"origin", b"").decode("latin-1")
    is_near = site == b"same-origin" and (not origin or origin.partition("://")[2] == host)
    return is_near and COOKIE in headers.get(b"cookie", b"")


def _protected(headers: Any) -> list[tuple[bytes, bytes]]:
    kept = [(bytes(name), bytes(value)) for name, value in headers]
    named = {name.lower() for name, _ in kept}
    return kept + [(name, value) for name, value in PROTECTION.items() if name not in named]


async def _answer(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
