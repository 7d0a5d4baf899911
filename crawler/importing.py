"""Captures from files: they take their place in time, and the changes around them follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from crawler.config import Config, Source
from crawler.corroborating import corroborate
from crawler.derive import ReadAgain, fold, read_if_outdated, rebuild
from crawler.files import Files, identity, is_warc, once, origin
from crawler.quality import answer_doubt
from crawler.reading import says_more
from crawler.terminal import tracked
from diffs.links import canonical_link
from snapshots.archive import Archive
from snapshots.errors import ConfigError, ExtractError
from snapshots.extract.extract import Reading, extract
from snapshots.extract.paging import is_template, page_url
from snapshots.records import (
    Capture,
    ChangeRecord,
    Outcome,
    Read,
    Visit,
)

# A listing's later pages belong to one walk when they were captured this soon after.
WALK_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import came to: captures taken, held already, of other URLs, and what was wrong.

    ``read_again`` tells of the history that was read with an edited recipe before.
    """

    taken: int
    held: int
    others: int
    problems: tuple[str, ...]
    changes: tuple[ChangeRecord, ...]
    read_again: ReadAgain | None = None


def import_files(
    archive: Archive,
    config: Config,
    source: Source,
    paths: Sequence[Path],
    *,
    at: datetime | None = None,
    url: str | None = None,
    now: datetime,
) -> Imported:
    """Import captures of one source from HTML, text and WARC files, all or none.

    Importing the same thing twice changes nothing. Captures older than ones already
    held take their place in time, and the changes around them are computed anew.

    Raises:
        ConfigError: a file is missing; ``at`` is in the future, or names one moment for
            several files.
        ArchiveError: the archive cannot be written.
    """
    _check(paths, at, now)
    files = Files(source, url, config.crawler.max_payload_bytes)
    for path in paths:
        files.read(path, at)
    files.leave_out_after(now)
    fresh = [c for c in once(files.found.captures) if not archive.evidence.holds(source.key, c)]
    visits = grouped(source, files.url, fresh)
    taken = sum(len(visit.captures) for visit in visits)
    changes: list[ChangeRecord] = []
    again = None
    if visits:
        with archive.transaction():
            again = read_if_outdated(archive, source, noted_at=now)
            changes = keep(archive, source, _with_imports(archive, files, visits, now), now)
    return Imported(
        taken=taken,
        held=len(files.found.captures) - len(fresh),
        others=files.found.others + len(fresh) - taken,
        problems=tuple(files.found.problems),
        changes=tuple(changes),
        read_again=again,
    )


def _check(paths: Sequence[Path], at: datetime | None, now: datetime) -> None:
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise ConfigError(f"there is no file {', '.join(missing)}")
    if at and at > now:
        raise ConfigError(f"--at {at:%Y-%m-%d %H:%M} is in the future")
    if at and (len(paths) > 1 or is_warc(paths[0])):
        raise ConfigError(
            "--at dates one HTML or text file; give files one by one (a WARC has dates)"
        )


def grouped(source: Source, url: str, captures: Sequence[Capture]) -> list[Visit]:
    """Return captures as visits: a page alone, a listing's page with the pages that follow.

    ``url`` is the address that the captures were looked for by: the source's own, or one
    that it had.
    """
    captures = sorted(captures, key=lambda capture: capture.captured_at)
    if source.read is Read.PAGE:
        return [_visit(source, (capture,)) for capture in captures]
    wanted = canonical_link(url)
    starts = [capture for capture in captures if canonical_link(capture.url) == wanted]
    return [_listing_visit(source, start, captures) for start in starts]


def _listing_visit(source: Source, start: Capture, captures: Sequence[Capture]) -> Visit:
    """Return a listing's page and those it leads to as one visit.

    It is partial when a next page is missing, or when it did not begin at the source's
    own address: the rest of the listing was not seen.
    """
    pages = [start]
    following = next_link(source, pages)
    while following:
        page = _soonest(following, start, captures)
        if page is not None and is_past_the_end(source, page, pages):
            following = None
            break
        if page is None or page in pages:
            break
        pages.append(page)
        following = next_link(source, pages)
    missing = f"its next page {following} was not among what was imported" if following else None
    is_whole = canonical_link(start.url) == canonical_link(source.url)
    beginning = None if is_whole else f"{start.url} is not where the listing begins"
    return _visit(source, tuple(pages), missing or beginning)


def next_link(source: Source, pages: Sequence[Capture]) -> str | None:
    """Return the address of the page that follows the pages of a listing, or None.

    Where a recipe counts pages there is always another, until one is past the end.
    """
    reading = _reading(source, pages[-1])
    if reading is None or source.read is not Read.LISTING:
        return None
    written = source.recipe(pages[0].captured_at).next
    return (
        page_url(written, pages[0].final_url, len(pages))
        if is_template(written)
        else (reading.next_url)
    )


def is_past_the_end(source: Source, page: Capture, pages: Sequence[Capture]) -> bool:
    """Whether a counted page is the one after the last: gone, or with nothing new."""
    if not is_template(source.recipe(pages[0].captured_at).next):
        return False
    doubt = answer_doubt(page)
    reading = _reading(source, page)
    before = [each for each in (_reading(source, page) for page in pages) if each]
    return doubt.is_gone if doubt else reading is not None and not says_more(reading, before)


def _reading(source: Source, capture: Capture) -> Reading | None:
    if answer_doubt(capture):
        return None
    recipe = source.recipe(capture.captured_at)
    kind = capture.header("content-type")
    try:
        return extract(capture.payload, recipe, url=capture.url, content_type=kind)
    except ExtractError:
        return None


def _soonest(url: str, start: Capture, captures: Sequence[Capture]) -> Capture | None:
    link = canonical_link(url)
    for capture in captures:
        is_in_time = start.captured_at <= capture.captured_at <= start.captured_at + WALK_LASTS
        if is_in_time and capture is not start and canonical_link(capture.url) == link:
            return capture
    return None


def _visit(source: Source, captures: tuple[Capture, ...], cut_short: str | None = None) -> Visit:
    doubt = answer_doubt(captures[0])
    outcome = doubt.outcome if doubt else Outcome.PARTIAL if cut_short else Outcome.NEW
    return Visit(
        source=source.key,
        started_at=captures[0].captured_at,
        finished_at=captures[-1].captured_at,
        outcome=outcome,
        reason=doubt.reason if doubt else cut_short,
        captures=captures,
    )


def _with_imports(
    archive: Archive, files: Files, visits: Sequence[Visit], now: datetime
) -> list[tuple[Visit, int]]:
    """Keep which files visits come from; return each visit with the number of its import.

    A visit whose pages are from several files goes by the file of its first page.
    """
    paths = [files.found.files[identity(visit.captures[0])] for visit in visits]
    numbers = {
        path: archive.evidence.begin_import(origin(path, now)) for path in dict.fromkeys(paths)
    }
    return [(visit, numbers[path]) for visit, path in zip(visits, paths, strict=True)]


def keep(
    archive: Archive, source: Source, imported: Sequence[tuple[Visit, int]], now: datetime
) -> list[ChangeRecord]:
    """Keep visits, each with its import, and fold them into what is known; return the changes.

    In order of time where they follow what is held, and from the beginning otherwise.
    The transaction is the caller's.
    """
    newest = archive.evidence.newest_readable(source.key)
    is_late = newest is not None and min(v.started_at for v, _ in imported) <= newest
    fresh = {
        archive.evidence.keep(visit, imported=number, is_concluded=False): visit
        for visit, number in imported
    }
    if is_late:
        before = {record.id for record in archive.knowledge.changes(sources=(source.key,))}
        folded = rebuild(archive, source, noted_at=now)
        changes = [r for each in folded for r in each.records if r.id not in before]
    else:
        kept = archive.evidence.readable_visits(source.key, among=fresh)
        folded = [fold(archive, source, visit, {}) for visit in tracked(kept, "comparing")]
        corroborate(archive, source)
        changes = [record for each in folded for record in each.records]
    concluded = {each.visit.id: (each.outcome, each.reason) for each in folded}
    for number, visit in fresh.items():
        outcome, reason = concluded.get(number, (visit.outcome, visit.reason))
        archive.evidence.conclude(number, outcome, reason)
    return changes
