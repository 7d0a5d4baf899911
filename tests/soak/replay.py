"""Captures of real pages, replayed by a server on loopback with their recorded headers."""

import io
import json
import lzma
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from time import monotonic
from urllib.parse import urlsplit

from support import NOT_FOUND, SETTINGS, Answer, Request, Site, Watcher, knowledge_of
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.config import Config, Source
from crawler.importing import import_files
from crawler.rebuilding import rebuild_all
from snapshots.archive import Archive
from snapshots.records import ChangeRecord, Read, Recipe, Revisit

MEMBERS_PATH = "/en/mps-and-electorates/members-of-parliament/"
MEMBERS = Recipe(read=Read.LISTING, item="tr.list__row", title="a.list__cell-heading")
# What a replay states by itself.
HOP_BY_HOP = frozenset({"content-length", "transfer-encoding", "connection", "content-encoding"})
# Less than lies between any two captures of one page.
A_LITTLE = timedelta(minutes=30)
LATER = datetime(2026, 1, 1, tzinfo=UTC)
# A change with its moment, all but the numbers that the archive gave.
Told = tuple[str, str, datetime, str, str, tuple[str, ...], tuple[tuple[object, ...], ...]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One capture of the data: what was answered, and when."""

    path: str
    at: datetime
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_validated(self) -> bool:
        return any(name.lower() in ("etag", "last-modified") for name in self.headers)

    def answer(self, request: Request) -> Answer:
        """Answer as the recorded server would have, by its own validators."""
        sent = [(k, v) for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP]
        held = {name.lower(): value for name, value in sent}
        pairs = (("if-none-match", "etag"), ("if-modified-since", "last-modified"))
        asked = next(((a, h) for a, h in pairs if a in request.headers), None)
        is_held = asked is not None and held.get(asked[1]) == request.headers[asked[0]]
        if is_held:
            return Answer(status=304, headers=tuple(sent))
        return Answer(headers=tuple(sent), body=self.body)


@dataclass
class Replayed:
    """What visits told, what an import of the same captures told, and how it was asked."""

    visits: int = 0
    conditional: int = 0
    not_modified: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    visited: list[Told] = field(default_factory=list)
    imported: list[Told] = field(default_factory=list)
    rebuilt_otherwise: int = 0
    seconds: float = 0


def members(data: Path) -> list[Recorded]:
    """Return the captures of New Zealand's members of parliament, oldest first."""
    return _recorded(data / "nz_members")


def pages(data: Path) -> list[Recorded]:
    """Return the captures of the Zambian pages, oldest first."""
    return _recorded(data / "zambia_drupal")


def some(captures: list[Recorded], share: int, seed: int) -> list[Recorded]:
    """Return each page's captures, or so many of a listing's, chosen by a seed."""
    by_path: dict[str, list[Recorded]] = defaultdict(list)
    for capture in captures:
        by_path[capture.path].append(capture)
    random = Random(seed)
    if len(by_path) == 1:
        chosen = random.sample(captures, min(share, len(captures)))
    else:
        paths = random.sample(sorted(by_path), min(share, len(by_path)))
        chosen = [capture for path in paths for capture in by_path[path]]
    return sorted(chosen, key=lambda capture: capture.at)


def replay(captures: list[Recorded], recipe: Recipe, folder: Path) -> Replayed:
    """Visit a server that replays the captures, and import the same into another archive.

    A page that was sent with a validator is visited once more a little later.
    """
    found = Replayed()
    began = monotonic()
    with Site() as site:
        sources = _sources(captures, recipe, site)
        with Archive.to_write(folder / "visited.sqlite") as archive:
            watcher = Watcher(archive, replace(SETTINGS, timeout_s=30))
            for capture in captures:
                _visit(site, watcher, sources[capture.path], capture, found)
            records = archive.knowledge.changes()
            found.visited = sorted(told(record) for record in records)
            found.rebuilt_otherwise = _rebuilt_otherwise(archive, sources.values())
        asked = [r for r in site.requests if r.target in sources]
        conditions = ("if-none-match", "if-modified-since")
        found.conditional = sum(any(c in r.headers for c in conditions) for r in asked)
        found.imported = sorted(_imported(captures, sources, site, folder))
        with Archive.to_write(folder / "imported.sqlite") as archive:
            found.rebuilt_otherwise += _rebuilt_otherwise(archive, sources.values())
    found.seconds = monotonic() - began
    return found


def _rebuilt_otherwise(archive: Archive, sources: Iterable[Source]) -> int:
    """How many rows differ when what is known is derived from the evidence again."""
    before = set(knowledge_of(archive))
    rebuilt = list(rebuild_all(archive, [*sources], LATER))
    errata = sum(len(each.again.errata) for each in rebuilt)
    return len(before ^ set(knowledge_of(archive))) + errata


def _visit(
    site: Site, watcher: Watcher, source: Source, capture: Recorded, found: Replayed
) -> None:
    site[capture.path] = capture.answer
    for after in (timedelta(), A_LITTLE)[: 1 + capture.is_validated]:
        watcher.clock.at = capture.at + after
        visited = watcher.visit(source).visit
        found.visits += 1
        found.outcomes[visited.outcome] = found.outcomes.get(visited.outcome, 0) + 1
        found.not_modified += any(c.revisit is Revisit.NOT_MODIFIED for c in visited.captures)


def _imported(
    captures: list[Recorded], sources: Mapping[str, Source], site: Site, folder: Path
) -> Iterator[Told]:
    path = folder / "captures.warc"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for capture in captures:
            _write(writer, f"{site.url}{capture.path}", capture)
    config = Config(path=folder / "config.toml", archive=folder / "imported.sqlite")
    with Archive.to_write(config.archive) as archive:
        for source in sources.values():
            imported = import_files(archive, config, source, [path], now=LATER)
            assert imported.problems == ()
        for record in archive.knowledge.changes():
            yield told(record)


def _write(writer: WARCWriter, url: str, capture: Recorded) -> None:
    sent = [(k, v) for k, v in capture.headers.items() if k.lower() not in HOP_BY_HOP]
    record = writer.create_warc_record(
        url,
        "response",
        io.BytesIO(capture.body),
        http_headers=StatusAndHeaders("200 OK", sent, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": f"{capture.at:%Y-%m-%dT%H:%M:%SZ}"},
    )
    writer.write_record(record)
    record.raw_stream.close()


def _sources(captures: Iterable[Recorded], recipe: Recipe, site: Site) -> dict[str, Source]:
    paths = dict.fromkeys(capture.path for capture in captures)
    sources = {}
    for path in paths:
        # The first miss is believed, as an import of captures believes it.
        sources[path] = Source(
            key=path.strip("/").replace("/", "-"),
            url=f"{site.url}{path}",
            read=recipe.read,
            title=path,
            confirm=1,
            recipes=(recipe,),
        )
        site[path] = NOT_FOUND
    return sources


def told(record: ChangeRecord) -> Told:
    """Return a change so that a visit's and an import's can be compared."""
    change = record.change
    fields = tuple((name, each.old, each.new) for name, each in sorted(change.fields.items()))
    named = change.item.title or change.item.text or ""
    at = record.seen.new.captured_at.replace(microsecond=0)
    flags = tuple(sorted(map(str, change.flags)))
    return (record.source, str(change.kind), at, named, str(change.match), flags, fields)


@cache
def _recorded(folder: Path) -> list[Recorded]:
    packed = io.BytesIO(lzma.decompress((folder / "html.tar.xz").read_bytes()))
    with tarfile.open(fileobj=packed) as archive:
        files = {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}  # type: ignore[union-attr]
    lines = (folder / "captures.jsonl").read_text("utf-8").splitlines()
    found = [
        Recorded(
            path=urlsplit(each["url"]).path if "url" in each else MEMBERS_PATH,
            at=datetime.fromisoformat(each["captured_at"]).astimezone(UTC),
            headers=each["headers"],
            body=files[each["file"]],
        )
        for each in map(json.loads, lines)
    ]
    return sorted(found, key=lambda capture: capture.at)
