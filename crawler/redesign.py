"""A layout that changed, mended under supervision: a recipe is tried, shown, and taken."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.clock import Clock, SystemClock
from crawler.comparing import MOST_PROBES
from crawler.config import Config, Source
from crawler.counting import count_terms
from crawler.derive import Folded, read_if_outdated, rebuild
from crawler.fetch import fetcher
from crawler.mending import Mend, Page, finds_enough, first_moment, propose
from crawler.probe import probe
from crawler.reading import content_type
from crawler.removal import moved_elsewhere
from snapshots.archive import Archive, Probe
from snapshots.archive.evidence import GoodVisit
from snapshots.errors import ConfigError
from snapshots.records import ChangeRecord, Item, Kind, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Redesign:
    """A proposed recipe, and all that taking it would do.

    ``old`` is the recipe that was in force, ``last_good_at`` when it last read the source, and
    ``visit`` the newest quarantined visit. ``visits`` of them would be believed; ``changes``
    is what would be told of those, ``awaited`` the missing items that wait for more visits,
    and ``doubts`` why others would still not be believed.
    """

    source: Source
    old: Recipe
    recipe: Recipe
    mend: Mend
    last_good_at: datetime
    visit: int
    visits: int = 0
    probes: tuple[Probe, ...] = ()
    changes: tuple[ChangeRecord, ...] = ()
    awaited: tuple[Item, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def mended(self) -> Source:
        """The source with the new recipe beside those that it had."""
        recipes = sorted((*self.source.recipes, self.recipe), key=lambda each: each.begins_at)
        return replace(self.source, recipes=tuple(recipes))


def redesign(config: Config, source: Source, clock: Clock | None = None) -> Redesign:
    """Return the recipe that would read a source's quarantined visits, and what it would tell.

    Nothing is kept. The links of the items that are missing are asked.

    Raises:
        ConfigError: the source is not quarantined, or no recipe finds enough of what is
            known; the message says so.
    """
    clock = clock or SystemClock()
    with Archive.to_write(config.archive) as archive:
        with archive.transaction():
            read_if_outdated(archive, source, noted_at=clock.now())
        found = _tried(archive, _proposed(archive, source), clock)
        probes = asyncio.run(_probes(config, archive, found, clock))
        found = _tried(archive, replace(found, probes=probes), clock) if probes else found
    if not found.visits:
        raise ConfigError(
            f"{source.key}: a recipe finds {found.mend.found} of {len(found.mend.known)} known "
            f"items, but the visit would not be believed: {'; '.join(found.doubts)}"
        )
    return found


def take(config: Config, found: Redesign, clock: Clock | None = None) -> tuple[ChangeRecord, ...]:
    """Write a proposed recipe into the configuration, and go on from it; return what is news.

    Raises:
        ConfigError: the configuration cannot be written; then nothing is changed.
    """
    from crawler.config_writing import add_recipe

    clock = clock or SystemClock()
    config = add_recipe(config.path, found.source.key, found.recipe)
    with Archive.to_write(config.archive) as archive:
        with archive.transaction():
            archive.evidence.ask_after(found.visit, found.probes)
            source = config.source(found.source.key)
            folded = rebuild(archive, source, noted_at=clock.now())
        count_terms(archive, config)
    return _told(_since(folded, found))


def _proposed(archive: Archive, source: Source) -> Redesign:
    visits = list(_blind_visits(archive, source))
    standing = archive.knowledge.standing(source.key)
    if not visits or standing is None:
        raise ConfigError(
            f"{source.key} has no quarantined visit since it was last seen well; "
            "there is no layout to mend"
        )
    newest, known = visits[-1], [each.item for each in standing.items]
    old = source.recipe(newest.captures[0].captured_at)
    mend = propose(_pages(archive, newest), old, known)
    if mend is None:
        raise ConfigError(
            f"{source.key}: no recipe finds enough of the {len(known)} known items on the page "
            f"of {newest.started_at:%Y-%m-%d %H:%M} UTC; look at it: it seems another one"
        )
    last = archive.evidence.captures_of(standing.snapshot.id)
    own = next(v for v in visits if finds_enough(_pages(archive, v), mend.recipe, known))
    since = first_moment(
        max(capture.captured_at for capture in last),
        own.started_at,
        source.recipes,
    )
    return Redesign(
        source=source,
        old=old,
        recipe=replace(mend.recipe, since=since),
        mend=mend,
        last_good_at=standing.snapshot.captured_at,
        visit=newest.id,
    )


def _blind_visits(archive: Archive, source: Source) -> Iterator[GoodVisit]:
    """The quarantined visits since a source was last seen well that hold a page, in order."""
    newest = archive.knowledge.newest_snapshot(source.key)
    if newest is None:
        return
    numbers = archive.evidence.quarantined_since(source.key, newest.snapshot.captured_at)
    for visit in archive.evidence.readable_visits(source.key, among=numbers):
        if visit.is_doubted and visit.captures:
            yield visit


def _pages(archive: Archive, visit: GoodVisit) -> list[Page]:
    """The pages of a visit's longest walk."""
    return [Page(c.payload, c.final_url, content_type(c, archive)) for c in visit.captures]


def _tried(archive: Archive, found: Redesign, clock: Clock) -> Redesign:
    """What would be told if a recipe were taken: all of it is done, and undone."""
    source = found.mended
    with archive.trial():
        archive.evidence.ask_after(found.visit, found.probes)
        folded = rebuild(archive, source, noted_at=clock.now())
        standing = archive.knowledge.standing(source.key)
    mended = _since(folded, found)
    items = standing.items if standing else ()
    return replace(
        found,
        visits=sum(each.outcome.is_good for each in mended),
        changes=_told(mended),
        awaited=tuple(each.item for each in items if each.misses),
        doubts=tuple(f.reason for f in mended if f.reason and not f.outcome.is_good),
    )


def _since(folded: Sequence[Folded], found: Redesign) -> list[Folded]:
    begins_at = found.recipe.begins_at
    return [each for each in folded if any(c.captured_at >= begins_at for c in each.visit.captures)]


def _told(mended: Sequence[Folded]) -> tuple[ChangeRecord, ...]:
    return tuple(record for each in mended for record in each.records)


async def _probes(
    config: Config, archive: Archive, found: Redesign, clock: Clock
) -> tuple[Probe, ...]:
    """What the links of the items that are missing answer."""
    removed = [r.change.item for r in found.changes if r.change.kind is Kind.REMOVED]
    links = [item.url for item in (*removed, *found.awaited) if item.url]
    if not links:
        return ()
    async with fetcher(config.crawler, clock, archive.hosts) as client:
        probes = [await probe(client, url) for url in dict.fromkeys(links[:MOST_PROBES])]
    return moved_elsewhere(archive, found.source.key, probes)
