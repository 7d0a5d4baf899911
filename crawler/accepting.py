"""Taking a doubted visit for real: an agency can truly empty a page."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.clock import Clock, SystemClock
from crawler.comparing import probe_missing
from crawler.conclude import Conclusion, conclude
from crawler.config import Config, Source
from crawler.counting import count_terms
from crawler.derive import ReadAgain, read_if_outdated, rebuild
from crawler.fetch import fetcher
from crawler.reading import reread
from snapshots.archive import Archive, Probe
from snapshots.archive.evidence import GoodVisit
from snapshots.errors import ConfigError
from snapshots.records import ChangeRecord, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What came of taking a visit for real: its moment, its items, and what it changed.

    ``read_again`` tells of the history that was read with an edited recipe before.
    """

    at: datetime
    items: int
    changes: tuple[ChangeRecord, ...]
    read_again: ReadAgain | None = None


def accept(config: Config, source: Source, clock: Clock | None = None) -> Accepted:
    """Take a source's newest visit for real, though it was quarantined or lost its last pages.

    The links of the items that are missing are asked first. Later visits go on from
    there. What was removed by it is removed since that visit.

    Raises:
        ConfigError: the newest visit is none that can be accepted; the message says why.
    """
    clock = clock or SystemClock()
    with Archive.to_write(config.archive) as archive:
        with archive.transaction():
            again = read_if_outdated(archive, source, noted_at=clock.now())
        visit = _doubted(archive, source)
        found = _taken_for_real(archive, source, visit)
        probes = asyncio.run(_probes(config, source, archive, found, clock))
        with archive.transaction():
            archive.evidence.accept(visit.id, clock.now(), probes)
            folded = rebuild(archive, source, noted_at=clock.now())
        count_terms(archive, config)
        changes = [
            record for each in folded if each.visit.id == visit.id for record in each.records
        ]
        items = len(found.step.items) if found.step else 0
        return Accepted(at=visit.started_at, items=items, changes=tuple(changes), read_again=again)


async def _probes(
    config: Config, source: Source, archive: Archive, found: Conclusion, clock: Clock
) -> tuple[Probe, ...]:
    async with fetcher(config.crawler, clock, archive.hosts) as client:
        return await probe_missing(source, client, archive, found)


def _doubted(archive: Archive, source: Source) -> GoodVisit:
    newest = archive.evidence.newest_visit(source.key)
    if newest is None:
        raise ConfigError(f"{source.key} was never visited; there is nothing to accept")
    number, outcome, _ = newest
    if outcome not in (Outcome.QUARANTINED, Outcome.PARTIAL):
        raise ConfigError(
            f"the newest visit to {source.key} was {outcome}; only one that is quarantined, "
            "or that lost the way to a list's last pages, can be accepted"
        )
    (visit,) = archive.evidence.readable_visits(source.key, among={number})
    if visit.is_accepted:
        raise ConfigError(f"the newest visit to {source.key} is accepted already")
    return visit


def _taken_for_real(archive: Archive, source: Source, visit: GoodVisit) -> Conclusion:
    """What a visit teaches when it is not doubted; a walk that was cut short stays so."""
    whole = replace(visit, is_complete=True)
    seen = reread(archive, source, whole)
    if seen.cut_short:
        raise ConfigError(
            f"the newest visit to {source.key} did not see the whole of it ({seen.cut_short}); "
            "what was not reached cannot be accepted as removed"
        )
    standing = archive.knowledge.standing(source.key)
    found = conclude(archive, source, replace(whole, is_accepted=True), standing, seen)
    if found.doubt:
        raise ConfigError(f"the newest visit to {source.key} cannot be read: {found.doubt.reason}")
    return found
