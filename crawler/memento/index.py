"""The whole index of an address, part by part, from a CDX server or a TimeMap."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urljoin

from crawler.fetch import REDIRECTS
from crawler.memento.asking import Asker
from crawler.memento.cdx import read_cdx
from crawler.memento.listed import Index, Listed, host_of
from crawler.memento.places import PAGE_LINES, CdxServer, Place, TimeMaps
from crawler.memento.timemap import read_timemap
from snapshots.errors import FetchError
from snapshots.records import Capture

# An index of more parts than this is not read to its end.
MOST_PARTS = 200
MOST_REDIRECTS = 5
# What the Wayback Machine says of a site that its owner, or robots.txt, excludes.
_EXCLUDED = ("AccessControlException", "Blocked Site", "blocked by robots", "excluded from")


@dataclass(slots=True)
class Holdings:
    """What an archive lists of an address, and what was amiss with the list."""

    listed: list[Listed] = field(default_factory=list)
    unread: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, part: Index) -> bool:
        """Add a part; return whether it listed anything new."""
        known = {each.memento_url for each in self.listed}
        fresh = {e.memento_url: e for e in part.listed if e.memento_url not in known}
        self.listed += fresh.values()
        self.unread += part.unread
        return bool(fresh)


async def holdings(
    asker: Asker,
    place: Place,
    url: str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Holdings:
    """Return all that an archive lists of an address; nothing where it keeps nothing.

    A CDX server is asked for what lies between two moments only; a TimeMap is as it is.
    A list that goes round in a circle, or has no end, is read as far as it says anything
    new, and that is told.

    Raises:
        FetchError: the archive refuses, or answers what is no index.
    """
    if isinstance(place, CdxServer):
        return await _of_cdx(asker, place, url, since, until)
    return await _of_timemaps(asker, place, url)


async def _of_cdx(
    asker: Asker, server: CdxServer, url: str, since: datetime | None, until: datetime | None
) -> Holdings:
    found = Holdings()
    asked = server.query(url, since=since, until=until)
    for _ in range(MOST_PARTS):
        answer = await _asked(asker, asked)
        part = read_cdx(_text(answer), server.replay)
        is_more = found.add(part)
        is_full = len(part.listed) + part.unread >= PAGE_LINES
        if part.resume and is_more:
            asked = server.query(url, since=since, until=until, resume=part.resume)
        elif is_full and is_more:
            # A server that caps its answers and knows no key goes on from the last moment.
            last = max(each.at for each in part.listed)
            asked = server.query(url, since=last, until=until)
        else:
            return found
    found.problems.append(f"the index of {url} has more than {MOST_PARTS} parts")
    return found


async def _of_timemaps(asker: Asker, place: TimeMaps, url: str) -> Holdings:
    found = Holdings()
    ahead, asked = deque([place.query(url)]), set[str]()
    while ahead and len(asked) < MOST_PARTS:
        address = ahead.popleft()
        if address in asked:
            continue
        asked.add(address)
        answer = await _asked(asker, address)
        part = read_timemap(_text(answer), answer.final_url, url, place.replay)
        found.add(part)
        ahead += part.pages
    if ahead:
        found.problems.append(f"the TimeMap of {url} has more than {MOST_PARTS} pages")
    return found


async def _asked(asker: Asker, address: str) -> Capture:
    """Return an index's answer, after redirects; an empty one where it keeps nothing.

    Raises:
        FetchError: the archive refuses, or answers what is no index.
    """
    for _ in range(MOST_REDIRECTS):
        answer = await asker.ask(address)
        target = answer.header("location")
        if answer.status not in REDIRECTS or not target:
            break
        address = redirected(address, target)
    text = _text(answer)
    if any(mark.lower() in text[:2_000].lower() for mark in _EXCLUDED) and answer.status != 200:
        told = f"{host_of(address)} does not show this site: its owner or robots.txt excludes it"
        raise FetchError(address, told, is_blocked=True)
    if answer.status == HTTPStatus.NOT_FOUND:
        # Source: RFC 7089, section 4.5.4: so an archive answers that has no memento.
        return replace(answer, payload=b"")
    if answer.status != HTTPStatus.OK:
        raise FetchError(address, f"answered {answer.status} where an index was asked for")
    if _is_page(text):
        raise FetchError(address, "answered a web page where an index was asked for")
    return answer


def redirected(asked: str, target: str) -> str:
    """Return where an archive's redirect leads.

    Raises:
        FetchError: to what is no web address.
    """
    try:
        address = urljoin(asked, target)
    except ValueError as error:
        raise FetchError(asked, f"redirects to {target!r}, which is no address") from error
    if not address.startswith(("http://", "https://")):
        raise FetchError(asked, f"redirects to {target!r}, which is no web address")
    return address


def _text(answer: Capture) -> str:
    return answer.payload.decode("utf-8", "replace")


def _is_page(text: str) -> bool:
    """Whether an answer is markup. A TimeMap begins with a link, which no markup does."""
    head = text.lstrip()[:200].lower()
    return head.startswith("<") and not head.startswith(("<http:", "<https:"))
