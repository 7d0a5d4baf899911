"""The archive's evidence as WARC and WACZ: what was kept, each with its link of the chain."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler import __version__
from crawler.outputs import written_whole
from crawler.terminal import tracked
from snapshots.archive import Archive
from snapshots.archive.chain import Link, link_text, linked
from snapshots.archive.rows import capture_of, moment
from snapshots.errors import ArchiveError, ConfigError
from snapshots.records import Capture
from snapshots.wacz_writing import About, Package, Page
from snapshots.warc_writing import WarcFile

SOFTWARE = f"reworded/{__version__}"
# Rows are read so many links at a time.
STRETCH = 1000
# When a record was made, whatever kind it is.
_MOMENTS = ("finished_at", "captured_at", "probed_at", "accepted_at", "thinned_at", "started_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One record of evidence: its link of the chain, its row, and its capture if it has one.

    The capture is without its payload. Columns that are NULL are not in the row.
    """

    link: Link
    row: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The two lines that the link's hash is taken of."""
        return link_text(self.link.before, self.link.canonical or "")

    @property
    def at(self) -> datetime:
        """When the record was made."""
        return moment(next(self.row[name] for name in _MOMENTS if name in self.row))

    @property
    def capture(self) -> Capture | None:
        """The answer that the record is of; None when it is of none."""
        return answer_of(self.link.record, self.row)


@dataclass(slots=True)
class Exported:
    """What was written: how many records of each kind, and the pages to begin from.

    ``thinned`` captures are told without their bytes, which a rule of retention let go.
    """

    counts: Counter[str] = field(default_factory=Counter)
    thinned: int = 0
    pages: dict[tuple[str, datetime], Page] = field(default_factory=dict)


def export(archive: Archive, keys: tuple[str, ...], output: Path, form: str) -> Exported:
    """Write the captures and probes of some sources, or of all, as WARC or WACZ.

    The same evidence gives the same bytes. A WARC is zipped when its name ends in .gz.

    Raises:
        ConfigError: nothing is held of the sources, or the file cannot be written.
        ArchiveError: a record is not as it was kept.
    """
    newest = archive.evidence.newest_at(keys)
    if newest is None:
        raise ConfigError(f"there is nothing to export{' of ' if keys else ''}{', '.join(keys)}")
    sources = archive.evidence.sources_held(keys)
    is_zipped = form == "wacz" or output.suffix.lower() == ".gz"
    with written_whole(output) as path:
        warc = path.with_name("warc") if form == "wacz" else path
        with warc.open("wb") as file:
            writer = WarcFile(
                file,
                is_zipped=is_zipped,
                at=newest,
                software=SOFTWARE,
                sources=sources,
                thinnings=len(archive.thinnings.recorded(tuple(sources))),
            )
            done = write_records(archive, tracked(kept(archive, keys), "exporting"), writer)
            writer.end(newest)
        if form == "wacz":
            _package(path, warc, writer, done, newest)
    return done


def kept(archive: Archive, keys: tuple[str, ...] = ()) -> Iterator[Kept]:
    """Yield what is held of some sources, or of all, in the order of the chain.

    Raises:
        ArchiveError: a record is not as it was kept.
    """
    visits: set[int] = set()
    chain = archive.evidence.chain
    for first in range(1, chain.length() + 1, STRETCH):
        for link in chain.links(first, first + STRETCH - 1):
            each = checked(link)
            row = each.row
            if link.record == "visit" and row["source"] in keys:
                visits.add(link.number)
            if not keys or row.get("source") in keys or row.get("visit") in visits:
                yield each


def checked(link: Link) -> Kept:
    """Return what a link is of.

    Raises:
        ArchiveError: it is not as it was kept.
    """
    told = link.canonical
    if told is None or linked(link.before, told) != link.hash:
        raise ArchiveError(
            f"{link.record} {link.number} is not as it was kept; `reworded verify` tells more"
        )
    return Kept(link=link, row=json.loads(told))


def answer_of(record: str, row: Mapping[str, Any]) -> Capture | None:
    """Return the answer that a row of captures or probes is of, without its payload, or None."""
    if record == "capture":
        return capture_of(defaultdict(lambda: None, row), b"")
    if record != "probe" or "payload_digest" not in row or "status" not in row:
        return None
    asked = {"captured_at": row["probed_at"], "provenance": "own", "request_headers": "[]"}
    return capture_of(defaultdict(lambda: None, {**row, **asked}), b"")


def write_records(archive: Archive, records: Iterator[Kept], writer: WarcFile) -> Exported:
    """Write records of evidence: the answers, and after each what was kept of it."""
    done, sources = Exported(), dict[int, str]()
    for each in records:
        capture, of = each.capture, None
        if capture:
            is_new = not writer.holds(capture.payload_digest)
            # Of bytes that a rule let go the facts are written, which name their digest.
            if is_new and archive.evidence.payloads.is_thinned(capture.payload_digest):
                done.thinned += 1
            else:
                whole = archive.evidence.with_payload(capture) if is_new else capture
                of = writer.capture(whole, each.link.hash)
        writer.facts(each.text, each.at, of)
        done.counts[each.link.record] += 1
        if each.link.record == "visit":
            sources[each.link.number] = each.row["source"]
        elif each.link.record == "capture" and of and capture and capture.status == 200 and is_new:
            page = Page(
                url=capture.final_url,
                at=capture.captured_at,
                title=sources.get(each.row["visit"], capture.url),
            )
            done.pages.setdefault((page.url, page.at), page)
    return done


def _package(path: Path, warc: Path, writer: WarcFile, done: Exported, at: datetime) -> None:
    with path.open("wb") as file:
        package = Package(file)
        package.add_archive(warc, writer.places, done.pages.values())
        package.describe(
            About(
                title="What was seen",
                description="Captures of the pages that Reworded follows, with what it noted.",
                software=SOFTWARE,
                at=at,
            )
        )
        package.close()
