"""One memento asked for and taken: the bytes as captured, and what the archive says of them."""

from dataclasses import dataclass, field
from http import HTTPStatus

from crawler.fetch import REDIRECTS
from crawler.memento.asking import Asker, is_archived
from crawler.memento.index import MOST_REDIRECTS, redirected
from crawler.memento.listed import Listed, host_of, original_of, raw_address
from crawler.memento.timemap import http_moment, original_told
from diffs.links import canonical_link
from snapshots.errors import FetchError, MementoError
from snapshots.records import Capture, Headers, Hop, Provenance

_ORIGINAL = "x-archive-orig-"
# What an archive that passes original headers on as they were adds of its own, and what is
# between it and us alone.
_ARCHIVES_OWN = frozenset(
    "memento-datetime link connection keep-alive transfer-encoding preference-applied "
    "content-location vary access-control-allow-origin access-control-allow-credentials "
    "access-control-expose-headers x-ts x-tr x-nid x-page-cache x-rl x-na".split()
)


@dataclass(slots=True)
class Taker:
    """Takes mementos; ``rewriting`` are the hosts that serve no bytes as they were captured."""

    asker: Asker
    raw: set[str] = field(default_factory=set)
    rewriting: set[str] = field(default_factory=set)

    async def take(self, listed: Listed) -> Capture:
        """Return a capture that an archive keeps, with the address and moment that it states.

        A redirect that it keeps is a capture like any other; one of its own is followed.

        Raises:
            MementoError: the archive has it not, or answers something else.
            FetchError: as of ``Asker.ask``.
        """
        host = host_of(listed.memento_url)
        address = raw_address(listed.memento_url)
        if address == listed.memento_url or host in self.rewriting:
            return await self._taken(listed, listed.memento_url)
        try:
            capture = await self._taken(listed, address)
        except MementoError as error:
            if host in self.raw or not error.is_lacking:
                raise
            capture = await self._taken(listed, listed.memento_url)
            self.rewriting.add(host)
        else:
            self.raw.add(host)
        return capture

    async def _taken(self, listed: Listed, address: str) -> Capture:
        hops: list[Hop] = []
        for _ in range(MOST_REDIRECTS):
            answer = await self.asker.ask(address)
            target = answer.header("location")
            if answer.status not in REDIRECTS or not target or is_archived(answer):
                return _capture(listed, address, answer, tuple(hops))
            hops.append(Hop(address, answer.status))
            try:
                address = redirected(address, target)
            except FetchError as error:
                raise MementoError(error.url, error.fact) from error
        raise MementoError(address, f"redirects more than {MOST_REDIRECTS} times")


def _capture(listed: Listed, address: str, answer: Capture, hops: tuple[Hop, ...]) -> Capture:
    at = http_moment(answer.header("memento-datetime") or "")
    if at is None:
        lack = "what is no memento" if answer.status == HTTPStatus.OK else str(answer.status)
        raise MementoError(address, f"answered {lack}", is_lacking=True)
    told = original_of(address) or original_told(answer.header("link") or "", address)
    url = told or listed.url
    if canonical_link(url) != canonical_link(listed.url):
        raise MementoError(address, f"answered a memento of {url}")
    return Capture(
        url=url,
        final_url=url,
        captured_at=at,
        status=answer.status,
        payload=answer.payload,
        payload_digest=answer.payload_digest,
        response_headers=original_headers(answer.response_headers),
        hops=hops,
        provenance=Provenance.MEMENTO,
        memento_url=address,
    )


def original_headers(served: Headers) -> Headers:
    """Return the headers that the website sent, out of those that an archive serves.

    Where it marks them, those are taken, and the media type, which it may pass on unmarked.
    """
    marked = tuple(
        (name[len(_ORIGINAL) :], value)
        for name, value in served
        if name.lower().startswith(_ORIGINAL)
    )
    if not marked:
        return tuple((n, v) for n, v in served if not _is_archives_own(n.lower()))
    if any(name.lower() == "content-type" for name, _ in marked):
        return marked
    return (*((n, v) for n, v in served if n.lower() == "content-type"), *marked)


def _is_archives_own(name: str) -> bool:
    return name in _ARCHIVES_OWN or name.startswith("x-archive-")
