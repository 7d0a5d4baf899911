"""A web archive on loopback: its index, TimeMaps and mementos, as the Wayback Machine has them."""

from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha1
from urllib.parse import parse_qs, urlsplit

from support import NOT_FOUND, Answer, Request, Site

CDX = "/cdx/search/cdx"
TIMEMAPS = "/web/timemap/link/"


@dataclass(frozen=True, slots=True)
class Kept:
    """One capture that the archive keeps; its answer is the website's."""

    url: str
    at: datetime
    answer: Answer

    @property
    def digits(self) -> str:
        return f"{self.at:%Y%m%d%H%M%S}"

    @property
    def line(self) -> str:
        digest = b32encode(sha1(self.answer.body).digest()).decode()
        return f"key)/ {self.digits} {self.url} text/html {self.answer.status} {digest} 1000"


@dataclass
class WebArchive:
    """Serves captures from a site; ``raw`` bytes by ``id_``, or rewritten pages alone."""

    site: Site
    is_raw: bool = True
    kept: list[Kept] = field(default_factory=list)

    @property
    def cdx(self) -> str:
        return f"{self.site.url}{CDX}"

    @property
    def timemaps(self) -> str:
        return f"{self.site.url}{TIMEMAPS}"

    @property
    def asked(self) -> list[str]:
        """The mementos asked for so far, by their moment and address."""
        return [t.removeprefix("/web/") for t in self.site.targets if t.startswith("/web/2")]

    def keep(self, url: str, captures: Mapping[datetime, Answer]) -> None:
        """Keep captures of an address, and list them."""
        fresh = [Kept(url, at, answer) for at, answer in captures.items()]
        self.kept += fresh
        self.site[CDX] = self._index
        self.site[f"{TIMEMAPS}{url}"] = Answer(body=self.timemap(url).encode())
        for each in fresh:
            shown = f"/web/{each.digits}/{url}"
            self.site[shown] = self.served(each, _rewritten(each))
            if self.is_raw:
                self.site[f"/web/{each.digits}id_/{url}"] = self.served(each, each.answer)

    def served(self, kept: Kept, answer: Answer) -> Answer:
        """Return an answer with the headers that the archive gives it."""
        link = f'<{kept.url}>; rel="original", <{self.timemaps}{kept.url}>; rel="timemap"'
        own = (("Memento-Datetime", format_datetime(kept.at, usegmt=True)), ("Link", link))
        marked = tuple((f"X-Archive-Orig-{name}", value) for name, value in answer.headers)
        return Answer(status=answer.status, headers=(*own, *marked), body=answer.body)

    def timemap(self, url: str) -> str:
        """Return the TimeMap of an address."""
        links = [f'<{url}>; rel="original"', f'<{self.timemaps}{url}>; rel="self"']
        links += [
            f'<{self.site.url}/web/{each.digits}/{url}>; rel="memento"; '
            f'datetime="{format_datetime(each.at, usegmt=True)}"'
            for each in self.kept
            if each.url == url
        ]
        return ",\n".join(links)

    def _index(self, request: Request) -> Answer:
        (url,) = parse_qs(urlsplit(request.target).query)["url"]
        return cdx(each.line for each in self.kept if each.url == url)


def cdx(lines: Iterable[str], key: str = "") -> Answer:
    """Return an answer of a CDX server; ``key`` leads to the next part."""
    body = "".join(f"{line}\n" for line in lines) + (f"\n{key}\n" if key else "")
    return Answer(body=body.encode(), headers=(("Content-Type", "text/plain"),))


def _rewritten(kept: Kept) -> Answer:
    """A page as an archive shows it to a reader: with its banner."""
    if kept.answer.status != 200:
        return NOT_FOUND
    banner = b"<body><!-- BEGIN WAYBACK TOOLBAR INSERT --><p>You are in an archive.</p>"
    return Answer(body=kept.answer.body.replace(b"<body>", banner))
