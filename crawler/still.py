"""A first look: while every page is, byte for byte, what it was, nothing needs to be read."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from crawler.config import Source
from crawler.fetch import Fetcher
from snapshots.archive import Archive, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.archive.knowledge import Newest
from snapshots.errors import FetchError
from snapshots.extract.paging import is_template
from snapshots.records import Capture

# Statuses of an answer that may be the known page: whole, or not modified.
HEALTHY = frozenset((200, 203, 304))
# The URL and the payload digest of a page, as the newest snapshot saw it.
KnownPage = tuple[str, str]


class Asked(NamedTuple):
    """What one page answered, or why not; and its ``last`` healthy capture, if there is one.

    A payload that is held already is not loaded: neither the last one, nor a 304's.
    """

    capture: Capture | None
    last: Capture | None
    error: FetchError | None = None


class FirstLook(NamedTuple):
    """The pages that were asked for so far, and whether they settle that nothing changed."""

    newest: Newest | None
    answers: Sequence[Asked] = ()
    is_still: bool = False


async def first_look(
    source: Source, fetcher: Fetcher, archive: Archive, now: datetime
) -> FirstLook:
    """Ask for the pages of the newest snapshot, up to the first that is not what it was.

    Nothing has changed when all are the same, the recipe is, and no item that was missed
    waits for another visit. Where one does, a server's word that nothing was modified is
    not taken: it may be said of the very page that lacked the item.
    """
    newest = archive.knowledge.newest_snapshot(source.key)
    is_anew = newest is not None and newest.is_awaiting
    known = _known_pages(source, archive, newest)
    most = fetcher.settings.max_pages
    answers: list[Asked] = []
    for page in known[:most]:
        answers.append(await ask(source, fetcher, archive, page[0], is_anew=is_anew))
        if not _is_same(answers[-1].capture, page):
            return FirstLook(newest, answers)
    is_still = (
        newest is not None
        and 0 < len(known) <= most
        and newest.snapshot.captured_at < now
        and not is_anew
    )
    return FirstLook(newest, answers, is_still)


async def ask(
    source: Source, fetcher: Fetcher, archive: Archive, url: str, *, is_anew: bool = False
) -> Asked:
    """Fetch one page, on condition that it is not what the last healthy capture holds.

    Or, ``is_anew``, on no condition.
    """
    last = archive.evidence.newest_told(source.key, url)
    try:
        return Asked(await fetcher.fetch(url, last, is_anew=is_anew), last)
    except FetchError as error:
        return Asked(None, last, error)


def unchanged(source: Source, visit: GoodVisit, newest: Newest) -> Step:
    """Return the step of a visit that saw nothing new."""
    return Step(
        snapshot=visit.snapshot(source.key, is_complete=True),
        recipe_digest=newest.recipe_digest,
        items=(),
        is_unchanged=True,
        stood=newest.item_count,
    )


def _known_pages(source: Source, archive: Archive, newest: Newest | None) -> list[KnownPage]:
    """The pages that a walk meets again, in order, if nothing has changed.

    None where that cannot be known: a listing whose pages are counted may have one more
    though the others stand.
    """
    if newest is None or not newest.snapshot.is_complete:
        return []
    is_counted = is_template(source.recipe(newest.snapshot.captured_at).next)
    if is_counted or newest.recipe_digest != source.reading_digest:
        return []
    if len(newest.snapshot.digests) == 1:
        return [(source.url, newest.snapshot.digests[0])]
    pages = archive.evidence.pages_of(newest.snapshot.id)
    is_one_walk = len({url for url, _ in pages}) == len(pages)
    return pages if is_one_walk and pages[0][0] == source.url else []


def _is_same(capture: Capture | None, page: KnownPage) -> bool:
    if capture is None or capture.status not in HEALTHY:
        return False
    return (capture.url, capture.payload_digest) == page
