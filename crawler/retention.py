"""Which bytes a rule lets go, and letting them go: never those that a change rests upon."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.config import Source
from crawler.derive import read_again, taught
from crawler.retention_rule import Rule
from snapshots.archive import Archive, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.archive.knowledge import Newest
from snapshots.archive.thinnings import Thinning
from snapshots.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Stretch:
    """Visits in a row whose bytes go: between which moments, and how many captures they made."""

    from_at: datetime
    to_at: datetime
    captures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a rule lets go of one source: the digests of payloads, and the room they take.

    ``visits`` are numbers of visits with the snapshot that each repeats; ``stretches`` are
    in the order of time.
    """

    source: str
    rule: str
    recipe_digest: str
    digests: tuple[str, ...] = ()
    size_bytes: int = 0
    visits: tuple[tuple[int, int], ...] = ()
    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A kept visit as it is read; ``repeats`` names the snapshot of which it repeats all."""

    visit: GoodVisit
    is_good: bool
    is_complete: bool
    repeats: int | None


def plan(archive: Archive, source: Source, rule: Rule, now: datetime) -> Plan:
    """Return what a rule lets go of a source. Nothing is written.

    What changed anything, what that is judged by, both ends of every interval, and what
    was doubted stay whole; so do the newest captures of each address, probes, and what
    another source saw, too.
    """
    with closing(Archive.to_derive(archive.path)) as scratch:
        history = list(_history(scratch, source))
        whole = _needed(history) | scratch.knowledge.cited(source.key)
    thin = list(_thinnable(history, whole, rule, now))
    gone_before = archive.thinnings.repeated(source.key)
    told = {digest for each in thin for digest in each.visit.digests}
    numbers = {each.visit.id for each in thin} | gone_before.keys()
    sizes = archive.thinnings.sizes(told - archive.thinnings.used_elsewhere(numbers, told))
    thin = [each for each in thin if not sizes.keys().isdisjoint(each.visit.digests)]
    return Plan(
        source=source.key,
        rule=str(rule),
        recipe_digest=source.reading_digest,
        digests=tuple(sorted(sizes)),
        size_bytes=sum(sizes.values()),
        visits=tuple((e.visit.id, e.repeats) for e in thin if e.repeats is not None),
        stretches=tuple(_stretches(history, {each.visit.id for each in thin})),
    )


def thin(archive: Archive, source: Source, planned: Plan, now: datetime) -> Thinning:
    """Let the bytes of a plan go, and return what was recorded.

    All that is known is derived again from what stays, and must be the same, row by row:
    otherwise nothing goes.

    Raises:
        ArchiveError: something known would have differed.
    """
    from_at, to_at = planned.stretches[0].from_at, planned.stretches[-1].to_at
    thinning = Thinning(
        source=source.key,
        thinned_at=now,
        rule=planned.rule,
        recipe_digest=planned.recipe_digest,
        payloads=len(planned.digests),
        size_bytes=planned.size_bytes,
        from_at=from_at,
        to_at=to_at,
        visits=planned.visits,
    )
    with archive.transaction():
        read_again(archive, source, noted_at=now)
        before = archive.fingerprint(source.key)
        archive.thinnings.keep(thinning, planned.digests)
        read_again(archive, source, noted_at=now)
        if archive.fingerprint(source.key) != before:
            raise ArchiveError(
                f"{source.key}: without these bytes, what is known would differ; none was let go"
            )
    return thinning


def _history(scratch: Archive, source: Source) -> Iterator[_Kept]:
    """Read a source's visits again in a scratch, in the order of time."""
    with scratch.transaction():
        for visit in scratch.evidence.readable_visits(source.key):
            newest = scratch.knowledge.newest_snapshot(source.key)
            tail = scratch.knowledge.tail(source.key)
            is_awaited = newest is not None and newest.is_awaiting
            found = taught(scratch, source, visit)
            step = found.step
            if step is not None:
                scratch.progress.advance(step, {})
            is_repeated = (
                newest is not None
                and step is not None
                and not is_awaited
                and not visit.is_accepted
                and not visit.is_doubted
                and repeats(step, newest, tail)
            )
            yield _Kept(
                visit,
                is_good=step is not None,
                is_complete=step is not None and step.snapshot.is_complete,
                repeats=newest.snapshot.id if newest and is_repeated else None,
            )


def repeats(step: Step, newest: Newest, tail: tuple[str, ...]) -> bool:
    """Whether a step moves nothing at all: the same items, in the same words, to the end.

    ``tail`` are the keys of the last items before it.
    """
    if not (step.snapshot.is_complete and newest.snapshot.is_complete):
        return False
    moved = (
        step.told,
        step.held,
        step.late,
        step.holding,
        step.settled,
        step.unseen,
        step.refreshed,
        step.joined,
        step.silent,
    )
    return step.is_unchanged or (
        not any(moved) and step.item_count == newest.item_count and step.snapshot.tail == tail
    )


def _needed(history: Sequence[_Kept]) -> set[int]:
    """The visits that changed something, and those that they, or the next, are judged by."""
    needed: set[int] = set()
    last: list[int] = []
    complete: list[int] = []
    of_url: dict[str, int] = {}
    for each in history:
        number = each.visit.id
        if each.repeats is None:
            urls = {capture.url for capture in each.visit.captures}
            needed |= {number, *last, *complete, *(of_url[url] for url in urls & of_url.keys())}
        if each.is_good:
            last = [number]
            complete = [number] if each.is_complete else complete
        if not each.visit.is_doubted:
            of_url |= {c.url: number for c in each.visit.captures if c.status == 200}
    return needed | {*last, *complete, *of_url.values()}


def _thinnable(
    history: Iterable[_Kept], whole: set[int], rule: Rule, now: datetime
) -> Iterator[_Kept]:
    """The visits that may go: old enough, needed by nothing, and not the one that stays."""
    before, every = now - timedelta(days=rule.after_days), timedelta(days=rule.keep_every_days)
    whole_at: datetime | None = None
    for each in history:
        visit = each.visit
        is_spare = each.repeats is not None and visit.id not in whole
        is_due = whole_at is None or visit.started_at - whole_at >= every
        if visit.repeated is not None:
            continue
        if is_spare and visit.started_at < before and not is_due:
            yield each
        else:
            whole_at = visit.started_at


def _stretches(history: Iterable[_Kept], gone: set[int]) -> Iterator[Stretch]:
    """What goes, joined where nothing that stays lies between."""
    run: list[GoodVisit] = []
    for each in history:
        if each.visit.id in gone:
            run.append(each.visit)
        elif run and each.visit.repeated is None:
            yield _stretch(run)
            run = []
    if run:
        yield _stretch(run)


def _stretch(run: Sequence[GoodVisit]) -> Stretch:
    captures = sum(len(visit.captures) for visit in run)
    return Stretch(run[0].started_at, run[-1].started_at, captures)
