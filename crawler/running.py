"""A run over several sources: hosts side by side, each host's sources in turn."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.clock import Clock, SystemClock
from crawler.config import Config, Source
from crawler.counting import count_terms
from crawler.fetch import fetcher
from crawler.freshness import is_due
from crawler.politeness import PLAIN_ORIGIN
from crawler.showing import show_changes
from crawler.terminal import remark
from crawler.visit import Visited, visit
from snapshots.archive import Archive
from snapshots.errors import ArchiveBusyError, ArchiveError
from snapshots.records import Outcome

if TYPE_CHECKING:
    from crawler.derive import ReadAgain

# Hosts that are visited side by side; each may hold a connection open.
MOST_HOSTS = 200


def run(
    config: Config,
    keys: Sequence[str],
    *,
    every: bool = False,
    form: str = "text",
    clock: Clock | None = None,
) -> int:
    """Visit what is due, or the sources named; print changes as they are found.

    Then send what was found to those who asked for it. Returns 0, or 1 when a source could not
    be seen, or something was not taken. While another process writes to the
    archive, what is due is left to it, or to the next run.

    Raises:
        ArchiveBusyError: another process is writing, and visits were asked for by name.
    """
    clock = clock or SystemClock()
    sources = config.chosen(keys)
    is_asked_for = every or bool(keys)
    try:
        archive = Archive.to_write(config.archive)
    except ArchiveBusyError:
        if is_asked_for:
            raise
        remark("another run is at work; nothing done")
        return 0
    with archive:
        if config.notify:
            from crawler.notifying import begin, deliver

            begin(archive, config, clock.now())
        chosen = sources if is_asked_for else due(sources, archive, clock)
        if not chosen:
            remark("nothing is due")
        outcomes = _visited(config, chosen, archive, clock, form)
        count_terms(archive, config)
        moved = [source for source, outcome in outcomes if outcome is not Outcome.UNCHANGED]
        _sealed(archive, moved, clock)
        is_told = not config.notify or asyncio.run(deliver(archive, config, clock))
        is_blind = not all(outcome.is_good for _, outcome in outcomes)
        return int(is_blind or not is_told)


def _visited(
    config: Config, sources: Sequence[Source], archive: Archive, clock: Clock, form: str
) -> list[tuple[str, Outcome]]:
    """Visit sources and tell of each as it is done; return them with what their visits came to."""
    outcomes: list[tuple[str, Outcome]] = []

    def show(visited: Visited) -> None:
        tell(visited, form)
        outcomes.append((visited.visit.source, visited.visit.outcome))

    if sources:
        asyncio.run(visit_all(config, sources, archive, clock, show))
    return outcomes


def _sealed(archive: Archive, sources: Sequence[str], clock: Clock) -> None:
    """Seal a little of what sources that were not unchanged have, if there are any."""
    if not sources:
        return
    # Loaded when something was kept that may be sealed: most runs find all as it was.
    from crawler.compacting import compact_a_little

    compact_a_little(archive, sources, clock)


async def visit_all(
    config: Config,
    sources: Iterable[Source],
    archive: Archive,
    clock: Clock,
    tell: Callable[[Visited], None],
) -> None:
    """Visit sources, hosts side by side, and tell what each visit came to as it ends.

    Raises:
        ArchiveError: the evidence cannot be kept; the other visits are given up.
    """
    by_host: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        by_host[_host(source.url)].append(source)

    room = asyncio.Semaphore(MOST_HOSTS)

    async def in_turn(same_host: Sequence[Source]) -> None:
        async with room:
            for source in same_host:
                tell(await visit(source, client, archive))

    try:
        async with (
            fetcher(config.crawler, clock, archive.hosts) as client,
            asyncio.TaskGroup() as group,
        ):
            for same_host in by_host.values():
                group.create_task(in_turn(same_host))
    except* ArchiveError as errors:
        raise errors.exceptions[0] from None


def _host(url: str) -> str:
    plain = PLAIN_ORIGIN.match(url)
    return plain[1] if plain else urlsplit(url).netloc


def tell(visited: Visited, form: str) -> None:
    """Print what a visit came to, and the changes that it found."""
    if visited.read_again:
        remark(f"{visited.visit.source}: {told_again(visited.read_again)}")
    remark(told(visited))
    show_changes(visited.changes, form)


def told(visited: Visited) -> str:
    """Return one line on what a visit came to."""
    kept = visited.visit
    if not kept.outcome.is_good:
        return f"{kept.source}: {kept.outcome}: {kept.reason}"
    count = len({capture.url for capture in kept.captures})
    pages = f"{count} page{'s' if count != 1 else ''}"
    found = f"{len(visited.changes)} change{'s' if len(visited.changes) != 1 else ''}"
    reason = f" ({kept.reason})" if kept.reason else ""
    return f"{kept.source}: {kept.outcome}: {visited.items} items on {pages}, {found}{reason}"


def told_again(again: "ReadAgain") -> str:
    """Return one line on a history that was read again, e.g. with an edited recipe."""
    visits = f"{again.visits} visit{'s' if again.visits != 1 else ''}"
    told = Counter(each.what for each in again.errata)
    counts = ", ".join(f"{count} {what}" for what, count in told.items())
    differ = f"{counts} of {again.changes} recorded changes; see `reworded rebuild --errata`"
    unlike = differ if told else f"all {again.changes} recorded changes come out as before"
    edited = " with the edited recipe" if again.is_edited else ""
    return f"its history was read again{edited}: {visits}; {unlike}"


def due(sources: Iterable[Source], archive: Archive, clock: Clock) -> list[Source]:
    """Return the sources that are to be visited now."""
    now, sources = clock.now(), list(sources)
    last = archive.last_visits([source.key for source in sources], now)
    return [source for source in sources if is_due(source, last.get(source.key), now)]
