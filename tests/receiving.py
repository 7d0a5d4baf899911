"""Where notifications arrive in tests: a mail server and a web hook, both on loopback."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@dataclass(frozen=True)
class Post:
    """What came to the hook: a message's name, title and text."""

    key: str
    title: str
    message: str


class Hook:
    """A web hook; ``answers`` are the statuses of the next posts, and then 200.

    ``taken`` holds what was answered with 200. ``before`` is called with each post before it
    is answered.
    """

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.taken: list[Post] = []
        self.answers: list[int] = []
        self.before: Callable[[], None] = lambda: None
        self.news = threading.Condition()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                post = Post(self.headers["Idempotency-Key"], body["title"], body["message"])
                status = hook.receive(post)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def receive(self, post: Post) -> int:
        with self.news:
            self.posts.append(post)
            status = self.answers.pop(0) if self.answers else 200
            self.before()
            if status == 200:
                self.taken.append(post)
            self.news.notify_all()
        return status

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self._server.server_address[1]}/hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Mailbox:
    """A mail server; ``replies`` are its replies to the next messages, and then 250.

    With a ``password`` it asks for one, of the user ``desk``.
    """

    def __init__(self, password: str | None = None) -> None:
        self.messages: list[EmailMessage] = []
        self.receivers: list[str] = []
        self.replies: list[str] = []
        self._password = password
        self.port = free_port()
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            auth_require_tls=False,
            authenticator=self._check,
        )

    def _check(self, server: SMTP, session: Session, envelope: Envelope, method: str, data: Any):
        is_right = data == LoginPassword(b"desk", (self._password or "").encode())
        return AuthResult(success=is_right, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._password is not None and not session.authenticated:
            return "530 sign in first"
        reply = self.replies.pop(0) if self.replies else "250 taken"
        if reply.startswith("250"):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.receivers += envelope.rcpt_tos
        return reply

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=reworded@example.org&to=desk@example.org"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop(no_assert=True)
