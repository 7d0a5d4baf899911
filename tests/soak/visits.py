"""Thousands of visits to a site that misbehaves; what they told against what was true."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic

import support
from misbehaving import BOMB_CAP_BYTES
from support import SimulatedClock

from crawler.accepting import accept
from crawler.config import Config, Source
from crawler.fetch import fetcher
from crawler.rebuilding import rebuild_all
from crawler.retention import plan, thin
from crawler.retention_rule import Rule
from crawler.visit import visit
from snapshots.archive import Archive
from snapshots.records import Read, Recipe
from soak.ledger import LOST_PAGES, Audit, Fault, audit, visits_of
from soak.press import Press
from soak.publisher import RECIPE, Publication

SHARE = 0.3
# Of what a visit that could see tells, what the program leaves to a person.
FOR_A_PERSON = ("built of other elements", "it seems another one", LOST_PAGES)
SOURCES_OF_A_HOST = 4
RULE = Rule(after_days=2, keep_every_days=4)
CONFIRM = 2
SETTINGS = replace(
    support.SETTINGS,
    timeout_s=0.25,
    retries=1,
    max_redirects=5,
    max_body_bytes=BOMB_CAP_BYTES,
    max_payload_bytes=BOMB_CAP_BYTES,
)
PATIENT = replace(SETTINGS, timeout_s=30)


@dataclass
class Count:
    """What a soak came to."""

    seed: int
    sources: int
    visits: int = 0
    requests: int = 0
    editions: int = 0
    accepted: int = 0
    thinned: int = 0
    seconds: float = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    misbehaved: Counter[str] = field(default_factory=Counter)
    audit: Audit = field(default_factory=Audit)

    @property
    def faults(self) -> list[Fault]:
        return self.audit.faults

    def of(self, *beginnings: str) -> int:
        return sum(fault.kind.startswith(beginnings) for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Followed:
    """One source, the publication it follows, and the server of that."""

    source: Source
    publication: Publication
    press: Press


def soak(path: Path, visits: int, seed: int, sources: int = 0, *, confirm: int = CONFIRM) -> Count:
    """Visit many sources so often that ``visits`` is reached; then let the sites be healthy.

    A removal is told when ``confirm`` good visits in a row have missed the item.
    """
    count = Count(seed=seed, sources=sources or max(8, min(32, visits // 20)))
    began = monotonic()
    clock = SimulatedClock()
    with ExitStack() as stack:
        followed = list(_followed(count.sources, seed, clock, stack, confirm))
        with Archive.to_write(path) as archive:
            for day in range(1, visits // count.sources + 1):
                share = SHARE if day > 1 else 0.0
                asyncio.run(_day(archive, followed, clock, count, share))
            for _ in range(confirm + 1):
                asyncio.run(_day(archive, followed, clock, count, 0.0, is_still=True))
            waiting = list(_waiting(archive, followed))
        for each in waiting:
            accept(Config(path=path, archive=path, crawler=PATIENT), each.source, clock)
        count.accepted = len(waiting)
        archive = stack.enter_context(Archive.to_write(path))
        for each in followed:
            count.audit.add(audit(archive, each.publication, each.press.url, confirm))
            count.editions += len(each.publication.past)
        count.audit.faults += _not_rebuilt(archive, followed, clock)
        count.thinned = _thinned(archive, followed, clock)
        count.audit.faults += _not_rebuilt(archive, followed, clock)
        count.audit.faults += [Fault("", 0, "damaged", told) for told in archive.problems()]
        for press in {id(each.press): each.press for each in followed}.values():
            count.misbehaved += press.misbehaved
            count.requests += press.answers
    count.seconds = monotonic() - began
    return count


async def _day(
    archive: Archive,
    followed: list[Followed],
    clock: SimulatedClock,
    count: Count,
    share: float,
    *,
    is_still: bool = False,
) -> None:
    """Visit every source once, in one run, after its publisher may have changed it."""
    settings = SETTINGS if share else PATIENT
    random = Random(f"{count.seed}/{count.visits}")
    async with fetcher(settings, clock) as client:
        for each in followed:
            count.visits += 1
            # The archive tells moments to the second: nothing else happens in this one.
            clock.at += timedelta(seconds=2)
            if not is_still and random.random() < 0.5:
                each.publication.change(random.randint(1, 3))
            clock.at += timedelta(seconds=2)
            each.press.begin(count.visits, each.publication, share)
            visited = await visit(each.source, client, archive)
            count.outcomes[visited.visit.outcome] += 1
    clock.at += timedelta(days=1)


def _followed(
    number: int, seed: int, clock: SimulatedClock, stack: ExitStack, confirm: int
) -> Iterator[Followed]:
    publications = [_publication(each, seed, clock) for each in range(number)]
    for start in range(0, number, SOURCES_OF_A_HOST):
        of_host = publications[start : start + SOURCES_OF_A_HOST]
        press = stack.enter_context(Press(of_host, f"{seed}/{start}"))
        for publication in of_host:
            yield Followed(source_of(publication, press, confirm), publication, press)


def _publication(number: int, seed: int, clock: SimulatedClock) -> Publication:
    random = Random(f"{seed}/{number}/kind")
    is_page = number % 4 == 3
    is_noisy = random.random() < 0.25
    per_page = random.randint(4, 9)
    return Publication(
        key=f"{'sheet' if is_page else 'library'}-{number}",
        read=Read.PAGE if is_page else Read.LISTING,
        seed=str(seed),
        per_page=per_page,
        size=12 if is_page else per_page * (number % 4 + number % 2) + random.randint(3, per_page),
        validators="none" if is_noisy else random.choice(("etag", "weak", "dated", "none")),
        is_noisy=is_noisy,
        now=lambda: clock.at,
    )


def source_of(publication: Publication, press: Press, confirm: int = CONFIRM) -> Source:
    """Return the source that follows a publication."""
    is_page = publication.read is Read.PAGE
    return Source(
        key=publication.key,
        url=f"{press.url}{publication.path}",
        read=publication.read,
        title=publication.key,
        confirm=confirm,
        recipes=(Recipe(read=Read.PAGE) if is_page else RECIPE,),
    )


def _waiting(archive: Archive, followed: list[Followed]) -> Iterator[Followed]:
    """The sources that became another page while nobody could see, and wait for a person."""
    for each in followed:
        _, visit = visits_of(archive, each.source.key)[-1]
        if any(sign in (visit.reason or "") for sign in FOR_A_PERSON):
            yield each


def _not_rebuilt(
    archive: Archive, followed: list[Followed], clock: SimulatedClock
) -> Iterator[Fault]:
    """Knowledge that is derived from the evidence again must be the same, row by row."""
    keys = [each.source.key for each in followed]
    before = {key: list(_rows(archive, key)) for key in keys}
    for rebuilt in rebuild_all(archive, [each.source for each in followed], clock.now()):
        key = rebuilt.source
        after = list(_rows(archive, key))
        for erratum in rebuilt.again.errata:
            yield Fault(key, 0, "an erratum", f"{erratum.what}: {erratum.before}")
        for side, there, other in (("no more", before[key], after), ("now", after, before[key])):
            for row in (Counter(there) - Counter(other)).elements():
                yield Fault(key, 0, "rebuilt otherwise", f"{side} there: {row}")


def _thinned(archive: Archive, followed: list[Followed], clock: SimulatedClock) -> int:
    """Let go what nothing rests upon; return how many payloads that was."""
    count = 0
    for each in followed:
        planned = plan(archive, each.source, RULE, clock.now())
        if planned.digests:
            count += thin(archive, each.source, planned, clock.now()).payloads
    return count


def _rows(archive: Archive, source: str) -> Iterator[tuple[object, ...]]:
    """Yield all that is known of a source: every row of every table of knowledge."""
    for table in ("snapshots", "items", "item_versions", "changes"):
        rows = archive.db.execute(f"SELECT * FROM {table} WHERE source = ?", (source,))
        yield from ((table, *row) for row in rows.fetchall())
    rows = archive.db.execute(
        "SELECT s.* FROM substitutions AS s JOIN changes AS c ON c.id = s.change"
        " WHERE c.source = ?",
        (source,),
    )
    yield from (("substitutions", *row) for row in rows.fetchall())
