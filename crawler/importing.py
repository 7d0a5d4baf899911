"""Captures from files: they take their place in time, and the changes around them follow."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.config import Config, Source
from crawler.derive import Folded, fold, is_outdated, rebuild
from crawler.quality import answer_doubt
from crawler.terminal import tracked
from diffs.links import canonical_link
from snapshots.archive import Archive
from snapshots.errors import ConfigError, ExtractError
from snapshots.extract import extract
from snapshots.records import (
    Capture,
    ChangeRecord,
    Outcome,
    Provenance,
    Read,
    Revisit,
    Visit,
    digest_of,
)
from snapshots.warc import Damage, WarcRecord, read_warc

MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".md": "text/markdown",
}
WARC_SUFFIXES = (".warc", ".warc.gz", ".arc", ".arc.gz")
# A listing's later pages belong to one walk when they were captured this soon after.
WALK_LASTS = timedelta(days=1)


@dataclass(slots=True)
class Imported:
    """What an import came to: captures taken, held already, of other URLs, and what was wrong."""

    taken: int = 0
    held: int = 0
    others: int = 0
    problems: list[str] = field(default_factory=list)
    changes: list[ChangeRecord] = field(default_factory=list)


def import_files(
    archive: Archive,
    config: Config,
    source: Source,
    paths: Sequence[Path],
    *,
    at: datetime | None = None,
    url: str | None = None,
) -> Imported:
    """Import captures of one source from HTML, text and WARC files, all or none.

    Importing the same thing twice changes nothing. Captures older than ones already
    held take their place in time, and the changes around them are computed anew.

    Raises:
        ConfigError: a file is missing, or ``at`` names one moment for several files.
        ArchiveError: the archive cannot be written.
    """
    _check(paths, at)
    imported = Imported()
    captures: list[Capture] = []
    for path in paths:
        captures += _captures(path, config, source, at, url, imported)
    fresh = [c for c in _once(captures) if not archive.evidence.holds(source.key, c)]
    imported.held = len(captures) - len(fresh)
    visits = _visits(source, sorted(fresh, key=lambda capture: capture.captured_at), imported)
    imported.taken = sum(len(visit.captures) for visit in visits)
    if visits:
        with archive.transaction():
            imported.changes = _keep(archive, source, visits)
    return imported


def is_warc(path: Path) -> bool:
    """Whether a file's name says that it holds WARC or ARC records."""
    return path.name.lower().endswith(WARC_SUFFIXES)


def file_capture(path: Path, url: str, at: datetime | None) -> Capture:
    """Return a saved page as a capture; without ``at``, of the file's own time."""
    payload = path.read_bytes()
    media_type = MEDIA_TYPES.get(path.suffix.lower())
    return Capture(
        url=url,
        final_url=url,
        captured_at=at or datetime.fromtimestamp(path.stat().st_mtime, UTC),
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
        response_headers=(("Content-Type", media_type),) if media_type else (),
        provenance=Provenance.FILE,
    )


def _check(paths: Sequence[Path], at: datetime | None) -> None:
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise ConfigError(f"there is no file {', '.join(missing)}")
    if at and (len(paths) > 1 or is_warc(paths[0])):
        raise ConfigError(
            "--at dates one HTML or text file; give files one by one (a WARC has dates)"
        )


def _captures(
    path: Path,
    config: Config,
    source: Source,
    at: datetime | None,
    url: str | None,
    imported: Imported,
) -> list[Capture]:
    if is_warc(path):
        return _warc_captures(path, config, source, url, imported)
    capture = file_capture(path, url or source.url, at)
    recipe = source.recipe(capture.captured_at)
    kind = capture.header("content-type")
    try:
        extract(capture.payload, recipe, url=capture.url, content_type=kind)
    except ExtractError as error:
        imported.problems.append(f"{path}: {error}")
        return []
    return [capture]


def _warc_captures(
    path: Path, config: Config, source: Source, url: str | None, imported: Imported
) -> list[Capture]:
    """The responses and revisits of a WARC that can belong to a source, in file order.

    A listing's later pages share its address up to the query.
    """
    wanted = canonical_link(url or source.url)
    stem = wanted.partition("?")[0]
    captures: list[Capture] = []
    payloads: dict[str, bytes] = {}
    cap = config.crawler.max_payload_bytes
    for record in tracked(read_warc(path, cap_bytes=cap), f"reading {path.name}"):
        if isinstance(record, Damage):
            told = f"damaged after {record.records} whole records, which were read"
            imported.problems.append(f"{path}: {told} ({record.reason})")
        elif record.type in ("response", "revisit") and record.url and record.captured_at:
            link = canonical_link(record.url)
            is_page = source.read is Read.LISTING and link.partition("?")[0] == stem
            if link == wanted or is_page:
                captures += _capture_of(path, record, payloads, imported)
            else:
                imported.others += 1
    return captures


def _capture_of(
    path: Path, record: WarcRecord, payloads: dict[str, bytes], imported: Imported
) -> Iterator[Capture]:
    payload: bytes | None = record.payload
    revisit = None
    if record.type == "revisit":
        payload = payloads.get(record.digest or "")
        revisit = Revisit.SAME_PAYLOAD
    elif record.digest:
        payloads[record.digest] = record.payload
    if payload is None:
        imported.problems.append(
            f"{path}: a revisit of {record.url} at {record.captured_at} repeats a payload "
            "that the file does not hold"
        )
        return
    assert record.url is not None
    assert record.captured_at is not None
    yield Capture(
        url=record.url,
        final_url=record.url,
        captured_at=record.captured_at,
        status=record.status or 200,
        payload=payload,
        payload_digest=digest_of(payload),
        response_headers=record.headers,
        revisit=revisit,
        provenance=Provenance.WARC,
    )


def _once(captures: Iterable[Capture]) -> list[Capture]:
    seen = {(c.url, c.captured_at, c.payload_digest): c for c in reversed(list(captures))}
    return list(reversed(seen.values()))


def _visits(source: Source, captures: Sequence[Capture], imported: Imported) -> list[Visit]:
    """Group captures into visits: a page alone, a listing's page with the pages that follow."""
    if source.read is Read.PAGE:
        return [_visit(source, (capture,)) for capture in captures]
    first = canonical_link(source.url)
    starts = [c for c in captures if canonical_link(c.url) == first] or list(captures[:1])
    visits = [_listing_visit(source, start, captures) for start in starts]
    imported.others += len(captures) - sum(len(visit.captures) for visit in visits)
    return visits


def _listing_visit(source: Source, start: Capture, captures: Sequence[Capture]) -> Visit:
    pages = [start]
    following = _next_link(source, start)
    while following:
        page = _soonest(following, start, captures)
        if page is None or any(page.payload_digest == p.payload_digest for p in pages):
            break
        pages.append(page)
        following = _next_link(source, page)
    reason = f"its next page {following} was not among what was imported" if following else None
    return _visit(source, tuple(pages), reason)


def _next_link(source: Source, capture: Capture) -> str | None:
    if answer_doubt(capture):
        return None
    recipe = source.recipe(capture.captured_at)
    kind = capture.header("content-type")
    try:
        return extract(capture.payload, recipe, url=capture.url, content_type=kind).next_url
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


def _keep(archive: Archive, source: Source, visits: Sequence[Visit]) -> list[ChangeRecord]:
    """Keep visits and fold them into what is known; return the changes they brought.

    In order of time where they follow what is held, and from the beginning otherwise.
    """
    newest = archive.knowledge.newest_snapshot(source.key)
    fresh = {archive.evidence.keep(visit): visit for visit in visits}
    is_late = newest and min(v.started_at for v in visits) <= newest[0].captured_at
    if is_late or is_outdated(archive, source):
        before = {record.id for record in archive.knowledge.changes(sources=(source.key,))}
        folded = rebuild(archive, source)
        changes = [r for each in folded for r in each.records if r.id not in before]
    else:
        kept = archive.evidence.readable_visits(source.key, among=fresh)
        folded = [fold(archive, source, visit, {}) for visit in tracked(kept, "comparing")]
        changes = [record for each in folded for record in each.records]
    for each in folded:
        if each.visit.id in fresh:
            _conclude(archive, each)
    return changes


def _conclude(archive: Archive, folded: Folded) -> None:
    """Say of an imported visit what it came to, now that its place in time is known."""
    if folded.doubt:
        archive.evidence.conclude(folded.visit.id, folded.doubt.outcome, folded.doubt.reason)
    elif folded.visit.is_complete and not folded.records and not folded.is_first:
        archive.evidence.conclude(folded.visit.id, Outcome.UNCHANGED, None)
