"""Where a web archive's index is, by what a user writes for it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from crawler.memento.listed import digits_of, original_of
from snapshots.errors import ConfigError

# So many captures are listed in one answer.
PAGE_LINES = 5_000
REMEDY = (
    "write a CDX server, such as https://web.archive.org/cdx/search/cdx, or what goes before "
    "the address in a TimeMap's, such as https://web.archive.org/web/timemap/link/"
)


@dataclass(frozen=True, slots=True)
class CdxServer:
    """A CDX server, and what goes before the moment in the addresses of its mementos."""

    endpoint: str
    replay: str

    def query(
        self,
        url: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        resume: str | None = None,
    ) -> str:
        """Return the address of the index of a URL between two moments, or of its next part."""
        asked = {"url": url, "limit": str(PAGE_LINES), "showResumeKey": "true"}
        asked |= {"from": digits_of(since)} if since else {}
        asked |= {"to": digits_of(until)} if until else {}
        asked |= {"resumeKey": resume} if resume else {}
        return f"{self.endpoint}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class TimeMaps:
    """Where an archive's TimeMaps are: what goes before the original address."""

    prefix: str

    @property
    def replay(self) -> str:
        """What goes before the moment in the addresses of the archive's mementos."""
        return f"{self.prefix.partition('timemap/')[0]}"

    def query(self, url: str) -> str:
        """Return the address of the TimeMap of a URL."""
        return f"{self.prefix}{quote(url, safe=':/?&=#%;,+@!$()*~')}"


Place = CdxServer | TimeMaps


def place_of(written: str) -> Place:
    """Return where an archive's index is, by its CDX server or the beginning of its TimeMaps.

    Raises:
        ConfigError: it is neither.
    """
    parts = _parts(written)
    address = written.partition("?")[0]
    if "/timemap/" in f"{address}/":
        return TimeMaps(f"{address.rstrip('/')}/")
    if address.rstrip("/").endswith("cdx"):
        endpoint = address.rstrip("/")
        folder = endpoint.rpartition("/")[0]
        # The Wayback Machine keeps its mementos apart from its CDX server; pywb does not.
        replay = f"{parts[0]}://{parts[1]}/web" if folder.endswith("/cdx/search") else folder
        return CdxServer(endpoint, f"{replay}/")
    raise ConfigError(f"{written} is no index of a web archive; {REMEDY}")


def asked_for(url: str, place: Place) -> tuple[str, Place]:
    """Return the original address and the index, for an address that may be an index's own.

    Raises:
        ConfigError: it is no web address.
    """
    parts = _parts(url)
    head, marker, original = url.partition("/timemap/")
    kind, _, rest = original.partition("/")
    if marker and "://" in rest:
        return rest, TimeMaps(f"{head}/timemap/{kind}/")
    if marker and "://" in original:
        return original, TimeMaps(f"{head}/timemap/")
    named = parse_qs(parts[3]).get("url")
    if parts[2].rstrip("/").endswith("cdx") and named:
        return named[0], place_of(url)
    return original_of(url) or url, place


def _parts(url: str) -> tuple[str, str, str, str]:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ConfigError(f"{url!r} is no web address ({error})") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{url!r} is no web address; write it with http:// or https://")
    return parts.scheme, parts.netloc, parts.path, parts.query
