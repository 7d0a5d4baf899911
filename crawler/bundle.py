"""The evidence of one change in one file, to be checked without this program."""

from collections.abc import Iterator
from pathlib import Path

from crawler.bundled import Bundle, about, files, sums
from crawler.config import Config
from crawler.errata_told import withdrawal
from crawler.exporting import SOFTWARE, Kept, checked, write_records
from crawler.noted import noted
from crawler.outputs import written_whole
from snapshots.archive import Archive
from snapshots.archive.between import VisitMade, first_link, links_of, told_by, visits_between
from snapshots.errors import ConfigError
from snapshots.records import ChangeRecord, Kind
from snapshots.wacz_writing import Package
from snapshots.warc_writing import WarcFile

# A longer stretch of the chain is told by the source's own links, with gaps.
MOST_LINKS = 10_000


def write_bundle(archive: Archive, config: Config, change: int, output: Path) -> None:
    """Write the evidence of one change as a WACZ that holds more than one needs to replay it.

    Equal evidence gives equal bytes.

    Raises:
        ConfigError: there is no such change, or it is withdrawn, or the file cannot be written.
        ArchiveError: a record is not as it was kept.
    """
    bundle = gathered(archive, config, change)
    with written_whole(output) as path:
        warc = path.with_name("warc")
        with warc.open("wb") as file:
            sources = (bundle.source.key,)
            writer = WarcFile(
                file, is_zipped=True, at=bundle.at, software=SOFTWARE, sources=sources
            )
            done = write_records(archive, iter(bundle.records), writer)
            writer.end(bundle.at)
        with path.open("wb") as file:
            package = Package(file)
            for name, content in files(archive, bundle):
                package.add(name, content)
            package.add_archive(warc, writer.places, done.pages.values())
            package.describe(about(bundle))
            package.add("SHA256SUMS", sums(package.digests))
            package.close()


def gathered(archive: Archive, config: Config, change: int) -> Bundle:
    """Return what goes into the bundle of a change.

    Raises:
        ConfigError: there is no such change, or it is withdrawn; the message says which.
        ArchiveError: a record is not as it was kept.
    """
    record = next((r for r in archive.knowledge.changes() if r.id == change), None)
    if record is None:
        raise ConfigError(
            withdrawal(archive, change)
            or f"there is no change {change}; `reworded changes` shows their numbers"
        )
    source, seen = config.source(record.source), record.seen
    last = told_by(archive.db, change)
    until = archive.knowledge.snapshot(last).captured_at
    visits = visits_between(archive.db, source.key, seen.old.captured_at, until)
    shown = dict.fromkeys((seen.old.id, seen.new.id, last))
    links = links_of(archive.db, shown)
    segment, is_whole = _segment(archive, links, visits)
    return Bundle(
        record=record,
        source=source,
        visits=tuple(visits),
        roles=_roles(record, last),
        records=tuple(_with_firsts(archive, links)),
        segment=segment,
        is_whole=is_whole,
        notes=noted(archive, [change]).get(change, ()),
    )


def _roles(record: ChangeRecord, last: int) -> dict[int, str]:
    old, new = record.seen.old.id, record.seen.new.id
    if record.change.kind is Kind.REMOVED:
        told = {old: "last present", new: "first missing"}
        return told if last == new else {**told, last: "missing still: confirmed"}
    if record.change.kind is Kind.ADDED:
        return {old: "not there yet", new: "first present"}
    return {old: "old form", new: "new form"}


def _segment(
    archive: Archive, links: list[int], visits: list[VisitMade]
) -> tuple[tuple[Kept, ...], bool]:
    """The stretch of the chain from the first link to the last, or the source's own of it."""
    chain = archive.evidence.chain
    first, last = links[0], links[-1]
    if last - first < MOST_LINKS:
        return tuple(checked(link) for link in chain.links(first, last)), True
    numbers = links_of(archive.db, [visit.number for visit in visits])
    return tuple(_kept(archive, number) for number in numbers), False


def _kept(archive: Archive, link: int) -> Kept:
    (found,) = archive.evidence.chain.links(link, link)
    return checked(found)


def _with_firsts(archive: Archive, links: list[int]) -> Iterator[Kept]:
    """Yield links, before them those of the answers that first had the payloads of 304s."""
    numbers = set(links)
    for link in links:
        capture = _kept(archive, link).capture
        if capture and capture.status == 304:
            numbers.add(first_link(archive.db, capture) or link)
    yield from (_kept(archive, number) for number in sorted(numbers))
