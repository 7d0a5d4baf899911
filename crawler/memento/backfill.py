"""Backfilling a source from a web archive: list, choose, ask slowly, keep, and fold into time.

What was had is put by at once, so that an import that is stopped, by whatever, goes on
where it was; it becomes evidence, all of it together, when the asking ends.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crawler.clock import Clock
from crawler.config import Config, Source
from crawler.derive import read_if_outdated
from crawler.fetch import fetcher
from crawler.files import once
from crawler.importing import WALK_LASTS, grouped, is_past_the_end, keep, next_link
from crawler.memento.asking import Asker
from crawler.memento.capturing import Taker
from crawler.memento.had import Had, key
from crawler.memento.index import Holdings, holdings
from crawler.memento.listed import TELLING, Choice, Listed, chosen, host_of, raw_address
from crawler.memento.places import Place, asked_for, place_of
from crawler.rewriting import rewriting
from crawler.terminal import remark, tracked
from snapshots.archive import Archive
from snapshots.errors import FetchError, ForbiddenAddressError, NoAnswerError, RestingError
from snapshots.records import Capture, ChangeRecord, Import, Read

# An archive that fails so many mementos in a row is left alone.
MOST_FAILURES = 3
REFUSED = "not given within the last day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which captures are wanted: between two moments, and one an interval."""

    since: datetime | None = None
    until: datetime | None = None
    every: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """What an import of mementos came to.

    ``taken`` captures were kept, ``repeats`` of them known to be equal to another without
    being asked for; ``held`` were there already. ``is_stopped``: there is more to be had.
    """

    url: str
    keeper: str
    taken: int
    repeats: int
    held: int
    left_out: dict[str, int]
    problems: tuple[str, ...]
    changes: tuple[ChangeRecord, ...]
    is_stopped: bool = False


def import_mementos(
    archive: Archive,
    config: Config,
    source: Source,
    url: str,
    span: Span,
    *,
    index: str | None = None,
    clock: Clock,
) -> Backfilled:
    """Import what a web archive keeps of an address as captures of a source.

    ``url`` is the page's own address, a TimeMap's or a CDX query's; ``index`` names the
    archive, the configured one if it is left out.

    Raises:
        ConfigError: ``url`` is no address, or ``index`` no index.
        FetchError: the index cannot be had.
        ArchiveError: the archive cannot be written.
    """
    original, place = asked_for(url, place_of(index or config.memento.archive))
    settings = replace(config.crawler, delay_s=config.memento.delay_s)
    had = Had(archive, source, clock.now())

    async def ask() -> None:
        async with fetcher(settings, clock) as client:
            asker = Asker(client, clock, config.memento.delay_s)
            await _Backfill(asker, place, original, span, had).run()

    try:
        asyncio.run(ask())
    except KeyboardInterrupt:
        had.is_stopped = True
        remark("stopped; what was had so far is being kept")
    return _kept(had, original, place, clock.now())


@dataclass(slots=True)
class _Backfill:
    """One import: what is asked of an archive, and in which order."""

    asker: Asker
    place: Place
    url: str
    span: Span
    had: Had
    failures: int = 0
    taker: Taker = field(init=False)
    _pages: dict[str, list[Listed]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.taker = Taker(self.asker)

    async def run(self) -> None:
        """Ask for everything that is wanted and not had; stop when the archive wants rest."""
        found = await holdings(self.asker, self.place, self.url, self.span.since, self.span.until)
        choice = self._chosen(found)
        self._announce(found, choice)
        for listed in tracked(choice.listed, "asking for mementos"):
            try:
                await self._look(listed)
            except (RestingError, NoAnswerError, ForbiddenAddressError) as error:
                self._note(error)
                if not isinstance(error, NoAnswerError) or self.failures >= MOST_FAILURES:
                    self.had.is_stopped = True
                    return
            self.had.under_way.clear()

    async def _look(self, listed: Listed) -> None:
        """Take a capture, and of a listing the pages that follow it."""
        self.had.under_way.append(raw_address(listed.memento_url))
        if not await self._obtain(listed) or self.had.source.read is not Read.LISTING:
            return
        start = self.had.page(listed)
        pages = [start] if start else []
        while pages and (following := next_link(self.had.source, pages)):
            page = await self._following(following, pages)
            if page is None or page in pages or is_past_the_end(self.had.source, page, pages):
                return
            pages.append(page)

    async def _following(self, url: str, pages: Sequence[Capture]) -> Capture | None:
        """Take the soonest capture of a later page that is of the same walk, if there is one."""
        if url not in self._pages:
            found = await self._later(url)
            self._pages[url] = sorted(found.listed, key=lambda each: each.at)
        first = pages[0].captured_at
        for listed in self._pages[url]:
            if first <= listed.at <= first + WALK_LASTS and listed.status in TELLING:
                self.had.under_way.append(raw_address(listed.memento_url))
                await self._obtain(listed)
                return self.had.page(listed)
        return None

    async def _later(self, url: str) -> Holdings:
        try:
            return await holdings(self.asker, self.place, url)
        except (RestingError, NoAnswerError, ForbiddenAddressError):
            raise
        except FetchError as error:
            self._note(error)
            return Holdings()

    async def _obtain(self, listed: Listed) -> bool:
        """Have a capture put by; return whether it is new, or was put by and is not kept yet."""
        had = self.had
        if had.is_held(listed):
            had.learn(listed)
            is_put_by = had.page(listed) is not None
            had.held += not is_put_by
            return is_put_by
        if repeat := had.repeated(listed):
            had.put_by(listed, repeat, is_repeat=True)
            return True
        if had.is_refused(listed):
            had.left_out[REFUSED] = had.left_out.get(REFUSED, 0) + 1
            return False
        try:
            capture = await self.taker.take(listed)
        except (RestingError, NoAnswerError, ForbiddenAddressError):
            self.failures += 1
            raise
        except FetchError as error:
            had.note_refused(listed)
            self._note(error)
            return False
        self.failures = 0
        had.put_by(listed, capture)
        if key(capture.url, capture.captured_at) == key(listed.url, listed.at):
            had.learn(listed)
        return True

    def _chosen(self, found: Holdings) -> Choice:
        span = self.span
        choice = chosen(found.listed, since=span.since, until=span.until, every=span.every)
        self.had.left_out |= choice.left_out
        self.had.problems += found.problems
        if found.unread:
            told = f"{found.unread} lines of the index of {self.url} could not be read"
            self.had.problems.append(told)
        return choice

    def _announce(self, found: Holdings, choice: Choice) -> None:
        """Say how much there is to do, and how long that takes at the least."""
        digests: set[str] = set()
        ahead = 0
        for listed in choice.listed:
            is_known = (
                self.had.is_held(listed)
                or self.had.is_refused(listed)
                or (listed.digest or "") in digests
            )
            ahead += not is_known
            digests |= {listed.digest} if listed.digest else set()
        minutes = round(ahead * self.asker.delay_s / 60)
        told = f"{len(found.listed)} captures of {self.url}; {ahead} to be asked for"
        wait = f", {minutes} min at the least" if minutes else ""
        remark(f"{_keeper(self.place)} lists {told}{wait}")

    def _note(self, error: FetchError) -> None:
        self.had.problems.append(str(error))


def _kept(had: Had, url: str, place: Place, now: datetime) -> Backfilled:
    """Make evidence of all that is put by and complete, and fold it into what is known."""
    archive, source = had.archive, had.source
    under_way = set(had.under_way) if had.is_stopped else set[str]()
    found = had.put_by_all(without=under_way)
    for capture in (each for each in found if each.captured_at > now):
        told = f"{capture.url} of {capture.captured_at:%Y-%m-%d %H:%M} was left out"
        had.problems.append(f"{told} (it is dated in the future)")
    usable = [capture for capture in once(found) if capture.captured_at <= now]
    fresh = [capture for capture in usable if not archive.evidence.holds(source.key, capture)]
    visits = grouped(source, url, fresh)
    changes: list[ChangeRecord] = []
    with archive.transaction():
        if visits:
            origin = Import(name=place.query(url), kind="memento", started_at=now)
            number = archive.evidence.begin_import(origin)
            read_if_outdated(archive, source, noted_at=now)
            changes = keep(archive, source, [(visit, number) for visit in visits], now)
        archive.mementos.take_away(source.key, found)
    _tell_rewritten(had, fresh)
    return Backfilled(
        url=url,
        keeper=_keeper(place),
        taken=sum(len(visit.captures) for visit in visits),
        repeats=had.repeats,
        held=had.held,
        left_out=had.left_out,
        problems=tuple(had.problems),
        changes=tuple(changes),
        is_stopped=had.is_stopped,
    )


def _tell_rewritten(had: Had, fresh: Sequence[Capture]) -> None:
    told = [reason for capture in fresh if (reason := rewriting(capture))]
    if told:
        had.problems.append(f"{told[0]}: {len(told)} captures are kept, and conclude nothing")


def _keeper(place: Place) -> str:
    return host_of(place.query(""))
