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

from loopback import CONFIRM, confirming, crawler
from misbehaving import BOMB_CAP_BYTES, OPEN_FAULTS
from support import SimulatedClock

from crawler.config import Source
from crawler.derive import rebuild
from crawler.fetch import fetcher
from crawler.visit import visit
from snapshots.archive import Archive
from snapshots.records import ChangeRecord, Read, Recipe
from soak.ledger import Audit, Fault, audit
from soak.press import Press
from soak.publisher import RECIPE, Publication

SHARE = 0.3
SOURCES_OF_A_HOST = 4
SETTINGS = crawler(
    timeout_s=0.25,
    retries=0 if "robots_again" in OPEN_FAULTS else 1,
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


def soak(path: Path, visits: int, seed: int, sources: int = 0) -> Count:
    """Visit many sources so often that ``visits`` is reached; then let the sites be healthy."""
    count = Count(seed=seed, sources=sources or max(8, min(32, visits // 20)))
    began = monotonic()
    clock = SimulatedClock()
    with ExitStack() as stack:
        archive = stack.enter_context(Archive.to_write(path))
        followed = list(_followed(count.sources, seed, clock, stack))
        days = range(1, visits // count.sources + 1)
        for day in days:
            share = SHARE if day > 1 else 0.0
            asyncio.run(_day(archive, followed, clock, count, share))
        for _ in range(CONFIRM + 1):
            asyncio.run(_day(archive, followed, clock, count, 0.0, is_still=True))
        for each in followed:
            count.audit.add(audit(archive, each.publication, each.press.url, CONFIRM))
            count.editions += len(each.publication.past)
        count.audit.faults += _not_rebuilt(archive, followed)
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
    number: int, seed: int, clock: SimulatedClock, stack: ExitStack
) -> Iterator[Followed]:
    publications = [_publication(each, seed, clock) for each in range(number)]
    for start in range(0, number, SOURCES_OF_A_HOST):
        of_host = publications[start : start + SOURCES_OF_A_HOST]
        press = stack.enter_context(Press(of_host, f"{seed}/{start}"))
        for publication in of_host:
            yield Followed(source_of(publication, press), publication, press)


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


def source_of(publication: Publication, press: Press) -> Source:
    """Return the source that follows a publication."""
    is_page = publication.read is Read.PAGE
    source = Source(
        key=publication.key,
        url=f"{press.url}{publication.path}",
        read=publication.read,
        title=publication.key,
        recipes=(Recipe(read=Read.PAGE) if is_page else RECIPE,),
    )
    return confirming(SETTINGS, source, CONFIRM)[1]


def _not_rebuilt(archive: Archive, followed: list[Followed]) -> Iterator[Fault]:
    """Knowledge that is derived from the evidence again must tell the same changes."""
    for each in followed:
        key = each.source.key
        before = [_compared(r) for r in archive.knowledge.changes(sources=(key,))]
        with archive.transaction():
            rebuild(archive, each.source)
        after = [_compared(r) for r in archive.knowledge.changes(sources=(key,))]
        for side, there, other in (("no more", before, after), ("now", after, before)):
            for record in there:
                if record not in other:
                    told = f"{side} told: {record.change} of {record.seen}"
                    yield Fault(key, record.seen.new.id, "rebuilt otherwise", told)


def _compared(record: ChangeRecord) -> object:
    if "quarantined_rebuilt" not in OPEN_FAULTS:
        return record
    return (record.id, record.change, record.seen.new)
