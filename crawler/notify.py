"""Sending one message to one address that Apprise knows. No address, and no secret, is told.

Mail goes by SMTP from here, so that it has both parts and a Message-ID of its own; all else
is Apprise's. Nothing is decided here, and nothing is remembered.
"""

import logging
import re
import smtplib
import ssl
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr
from typing import Any
from urllib.parse import quote

from crawler.destinations import SECRET, Destination
from diffs.report import brief, digest
from diffs.report.view import Report
from snapshots.errors import ConfigError

# A message that is taken after that long would be taken for lost, and sent once more.
TIMEOUT_S = 30
_ANSWERED = re.compile(r"error=(\d{3})")
# What smtplib would look up takes long where there is no DNS. Source: RFC 5321, 4.1.3.
_OWN_NAME = "[127.0.0.1]"


@dataclass(frozen=True, slots=True)
class Address:
    """A destination's address as it can be sent to: what Apprise made of it."""

    name: str
    service: Any

    @property
    def is_mail(self) -> bool:
        """Whether it is a mailbox."""
        return str(getattr(self.service, "protocol", "")) == "mailto"


def address(destination: Destination, environ: Mapping[str, str]) -> Address:
    """Return where to send to, with the secrets that the environment holds.

    Raises:
        ConfigError: a secret is missing, Apprise is, or the address cannot be used. The
            message names the destination, and never what it holds.
    """
    url = _filled(destination, environ)
    with warnings.catch_warnings():
        # Apprise looks for modules that Python 3.11 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            import apprise
        except ImportError as error:
            raise ConfigError(
                f"[notify.{destination.name}] needs Apprise: pip install 'reworded[notify]'"
            ) from error
        asset = apprise.AppriseAsset(app_id="Reworded", app_desc="Reworded", async_mode=False)
        with _log(apprise):
            service = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        raise ConfigError(f"[notify.{destination.name}] url is no address that Apprise can use")
    targets = len(service) + len(getattr(service, "cc", ())) + len(getattr(service, "bcc", ()))
    if targets > 1:
        raise ConfigError(
            f"[notify.{destination.name}] url names {targets} receivers; give each a table of its "
            "own, so that one that fails does not make another get the same twice"
        )
    _settle(service, destination.url)
    return Address(destination.name, service)


def _filled(destination: Destination, environ: Mapping[str, str]) -> str:
    """The address with its secrets, percent-encoded unless one is the whole address."""
    url = destination.url
    missing = [name for name in SECRET.findall(url) if not environ.get(name)]
    if missing:
        names = ", ".join(dict.fromkeys(missing))
        plural = "variables" if "," in names else "variable"
        raise ConfigError(
            f"[notify.{destination.name}] url needs the environment {plural} {names}, "
            "which must be set and not empty"
        )
    is_whole = SECRET.fullmatch(url) is not None
    return SECRET.sub(
        lambda found: environ[found[1]] if is_whole else quote(environ[found[1]], safe=""), url
    )


def _settle(service: Any, url: str) -> None:
    """Have a service wait long enough, and cut what is too long for it instead of refusing."""
    service.socket_read_timeout = max(service.socket_read_timeout, TIMEOUT_S)
    if "overflow=" not in url:
        from apprise import OverflowMode

        service.overflow_mode = OverflowMode.TRUNCATE


def send(address: Address, report: Report, key: str) -> str | None:
    """Send a report's findings; return None when they were taken, or why they were not.

    ``key`` names the message to a receiver that would know one that came twice: it is the
    Message-ID of a mail, and the header Idempotency-Key of a hook.
    """
    if address.is_mail:
        return _mail(address, report, key)
    told = f"{brief.render(report)}\n\nmessage {key}"
    return _notify(address, brief.title(report), told, key)


def send_test(address: Address, key: str) -> str | None:
    """Send a message that tells no finding; return None, or why it was not taken."""
    title, told = "Reworded: a test", f"Findings for [notify.{address.name}] will come here."
    if not address.is_mail:
        return _notify(address, title, told, key)
    message = EmailMessage()
    sender, to = _people(address)
    message["Subject"], message["From"], message["To"] = title, sender, to
    message["Message-ID"] = f"<{key}@reworded.invalid>"
    message.set_content(told)
    return _post(address, message)


def _notify(address: Address, title: str, body: str, key: str) -> str | None:
    import apprise

    headers = getattr(address.service, "headers", None)
    if isinstance(headers, dict):
        headers["Idempotency-Key"] = key
    sender = apprise.Apprise(asset=address.service.asset)
    sender.add(address.service)
    with _log(apprise) as log:
        is_taken = sender.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT)
        told = log.getvalue()
    return None if is_taken else _why(told)


def _log(apprise: Any) -> Any:
    """Keeps what Apprise says, which may hold an address, from being printed."""
    return apprise.LogCapture(level=logging.WARNING)


def _why(log: str) -> str:
    """What Apprise says went wrong, without the addresses that its words may hold."""
    if answered := _ANSWERED.search(log):
        return f"it answered {answered[1]}"
    return "no connection, or no answer" if "onnection" in log else "it was not taken"


def _people(address: Address) -> tuple[str, str]:
    """The sender and the receiver of a mail, as its headers name them."""
    service = address.service
    (to,) = service.targets
    return tuple(formataddr((name or "", mailbox)) for name, mailbox in (service.from_addr, to))  # type: ignore[return-value]


def _mail(address: Address, report: Report, key: str) -> str | None:
    sender, to = _people(address)
    domain = address.service.from_addr[1].rpartition("@")[2]
    message = digest.mail(report, sender=sender, to=(to,), key=key, domain=domain)
    return _post(address, message)


def _post(address: Address, message: EmailMessage) -> str | None:
    try:
        server = _connected(address.service)
    except smtplib.SMTPAuthenticationError:
        return "the mail server refused the user or the password"
    except (OSError, smtplib.SMTPException) as error:
        return _refusal(error)
    (_, to) = address.service.targets[0]
    try:
        server.send_message(message, from_addr=address.service.from_addr[1], to_addrs=[to])
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        return _refusal(error)
    # It was taken: what goes wrong while saying goodbye changes nothing.
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    return None


def _connected(service: Any) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if not service.verify_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host, port, mode = service.smtp_host or service.host, service.port or 0, service.secure_mode
    server: smtplib.SMTP
    if mode == "ssl":
        server = smtplib.SMTP_SSL(host, port, _OWN_NAME, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, port, _OWN_NAME, timeout=TIMEOUT_S)
    try:
        if mode == "starttls":
            server.starttls(context=context)
        if service.user and service.password:
            server.login(service.user, service.password)
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _refusal(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = ", ".join(str(code) for code, _ in error.recipients.values())
        return f"the mail server refused the receiver ({codes})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code}"
    is_gone = isinstance(error, smtplib.SMTPServerDisconnected)
    if isinstance(error, smtplib.SMTPException) and not is_gone:
        return "the mail server cannot do what its address asks of it"
    return "no connection, or no answer"
