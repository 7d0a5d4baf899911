"""One visit to one source: look, judge, compare, ask after what is missing, keep."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.config import Source
from crawler.fetch import Fetcher
from crawler.still import FirstLook, first_look
from snapshots.archive import Archive
from snapshots.archive.knowledge import Newest
from snapshots.records import ChangeRecord, Outcome, Snapshot, Visit

if TYPE_CHECKING:
    from crawler.derive import ReadAgain


@dataclass(frozen=True, slots=True)
class Visited:
    """What a visit came to, and the changes it found.

    ``read_again`` tells of the history that was read with an edited recipe before.
    """

    visit: Visit
    changes: tuple[ChangeRecord, ...] = ()
    items: int = 0
    read_again: "ReadAgain | None" = None


async def visit(source: Source, fetcher: Fetcher, archive: Archive) -> Visited:
    """Look at a source once; keep what it answered; return what changed.

    The first good visit has nothing before it, and reports no change. A visit that
    could not see is kept with its reason, and concludes nothing.

    Raises:
        ArchiveError: the archive cannot be written; nothing of the visit is kept.
    """
    fetcher = fetcher.for_one_visit()
    started_at = fetcher.clock.now()
    look = await first_look(source, fetcher, archive, started_at)
    if look.newest and look.is_still:
        return _unchanged(source, fetcher, archive, started_at, look, look.newest)
    # Loaded when a page differs: most visits of a run find all as it was.
    from crawler.comparing import compared

    return await compared(source, fetcher, archive, started_at, look)


def _unchanged(
    source: Source,
    fetcher: Fetcher,
    archive: Archive,
    started_at: datetime,
    look: FirstLook,
    newest: Newest,
) -> Visited:
    captures = tuple(asked.capture for asked in look.answers if asked.capture)
    kept = Visit(
        source=source.key,
        started_at=started_at,
        finished_at=fetcher.clock.now(),
        outcome=Outcome.UNCHANGED,
        captures=captures,
    )
    with archive.transaction(is_urgent=False):
        number = archive.evidence.keep(kept)
        digests = tuple(dict.fromkeys(capture.payload_digest for capture in captures))
        seen = Snapshot(id=number, source=source.key, captured_at=started_at, digests=digests)
        archive.progress.stand(seen, newest.recipe_digest, newest.item_count)
        if newest.is_overtaken:
            from crawler.corroborating import corroborate

            corroborate(archive, source)
    return Visited(kept, (), newest.item_count)
