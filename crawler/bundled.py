"""The files of an evidence bundle: what each of them says of a change and of what was seen."""

import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from crawler import __version__
from crawler.config import Source
from crawler.exporting import SOFTWARE, Kept
from crawler.showing import json_line
from diffs.report import bundle as page
from diffs.report.jsonl import change_json, noted_json
from diffs.report.view import Noted
from snapshots.archive import Archive
from snapshots.archive.between import VisitMade
from snapshots.archive.rows import stamp
from snapshots.extract import READER
from snapshots.records import Capture, ChangeRecord, Verdict
from snapshots.wacz_writing import About

# What decides how a page is read and compared.
LIBRARIES = ("rapidfuzz", "regex", "selectolax", "warcio")
FIRSTS = "where the bytes came from that a 304 stands for"
README = """\
{title}. Read index.html in this folder first.
In a terminal, in the folder above this one, the one that holds SHA256SUMS:
  sha256sum -c SHA256SUMS              confirms every file, every payload and every link
  sha256sum -c evidence/CHAIN.sha256   confirms the links alone, by the hashes of the archive
  {chain}
A file in payloads/ is named by its SHA-256. All of it is a WACZ: ReplayWeb.page opens it.
"""
IS_LINKED = (
    "diff <(cut -c1-64 evidence/CHAIN.sha256 | sed '$d') <(head -qn1 links/*.txt | sed 1d)"
    "   prints nothing: each link names the one before it"
)
HAS_GAPS = "Only the source's own links are here: the chain between them was too long to add."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What goes into a bundle: the change, the visits around it, and their links.

    ``roles`` tell, by its number, what a visit shows. ``records`` are what is written as
    WARC; ``segment`` what is shown of the chain, ``is_whole`` when it has no gaps.
    ``notes`` are each analyst's newest.
    """

    record: ChangeRecord
    source: Source
    visits: tuple[VisitMade, ...]
    roles: Mapping[int, str]
    records: tuple[Kept, ...]
    segment: tuple[Kept, ...]
    is_whole: bool
    notes: tuple[Noted, ...] = ()

    @property
    def at(self) -> datetime:
        """The moment of the newest thing in it."""
        return max(visit.finished_at for visit in self.visits)


def files(archive: Archive, bundle: Bundle) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a bundle beside those that make it a WACZ, by name."""
    for each in bundle.segment:
        yield _link_name(each), each.text.encode("ascii")
    payloads = {c.payload_digest for each in bundle.records if (c := each.capture)}
    for digest in sorted(payloads):
        if not archive.evidence.payloads.is_thinned(digest):
            yield f"payloads/{digest.partition(':')[2]}", archive.evidence.payload(digest)
    # Validators of data packages take a .json with "fields" in it for a table's schema.
    yield "evidence/change.jsonl", f"{json_line(change_json(bundle.record))}\n".encode()
    yield "evidence/visits.jsonl", "".join(_visit_lines(archive, bundle)).encode()
    if bundle.notes:
        lines = [f"{json_line(noted_json(each))}\n" for each in bundle.notes]
        yield "evidence/notes.jsonl", "".join(lines).encode()
    yield "evidence/recipe.toml", recipe_toml(bundle.source).encode()
    yield "evidence/versions.json", _json_file(_versions(bundle))
    hashes = {_link_name(each): each.link.hash for each in bundle.segment}
    yield "evidence/CHAIN.sha256", sums(hashes)
    chain = IS_LINKED if bundle.is_whole else HAS_GAPS
    yield "evidence/README.txt", README.format(title=about(bundle).title, chain=chain).encode()
    yield "evidence/index.html", page.render(_told(archive, bundle)).encode()


def _link_name(each: Kept) -> str:
    return f"links/{each.link.id:09}.txt"


def _visit_lines(archive: Archive, bundle: Bundle) -> Iterator[str]:
    for visit in bundle.visits:
        captures = archive.evidence.captures_of(visit.number, is_told=True)
        told = {
            "visit": visit.number,
            "source": bundle.source.key,
            "started_at": stamp(visit.started_at),
            "finished_at": stamp(visit.finished_at),
            "outcome": visit.outcome.value,
            "reason": visit.reason,
            "shows": bundle.roles.get(visit.number),
            "accepted_at": stamp(visit.accepted_at) if visit.accepted_at else None,
            "import": visit.imported,
            "captures": [_capture_json(each) for each in captures],
        }
        yield f"{json_line(told)}\n"


def _capture_json(capture: Capture) -> dict[str, Any]:
    return {
        "url": capture.url,
        "final_url": capture.final_url,
        "captured_at": stamp(capture.captured_at),
        "status": capture.status,
        "digest": capture.payload_digest,
        "revisit": capture.revisit,
        "provenance": capture.provenance.value,
    }


def _versions(bundle: Bundle) -> dict[str, Any]:
    return {
        "reworded": __version__,
        "reader": READER,
        "reading": bundle.source.reading_digest,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "chain": {
            "first_link": bundle.segment[0].link.id,
            "last_link": bundle.segment[-1].link.id,
            "last_hash": bundle.segment[-1].link.hash,
            "is_whole": bundle.is_whole,
        },
    }


def recipe_toml(source: Source) -> str:
    """Return how a source is read as config.toml would say it."""
    head = {
        "url": source.url,
        "read": source.read.value,
        "title": source.title,
        "schedule": source.schedule,
        "timezone": source.timezone,
        "confirm": source.confirm,
    }
    name = f"source.{_key(source.key)}"
    parts = [_table(f"[{name}]", head)]
    for recipe in source.recipes:
        told = {
            "from": recipe.since,
            "item": recipe.item,
            "title": recipe.title,
            "link": recipe.link,
            "summary": recipe.summary,
            "published": recipe.published,
            "section": recipe.section,
            "next": recipe.next,
            "ignore": list(recipe.ignore) or None,
        }
        parts.append(_table(f"[[{name}.recipe]]", told))
        if recipe.fields:
            parts.append(_table(f"[{name}.recipe.fields]", recipe.fields))
    return "\n".join(parts)


def _table(head: str, values: Mapping[str, object]) -> str:
    lines = [
        f"{_key(key)} = {value if key == 'from' else _toml(value)}"
        for key, value in values.items()
        if value is not None
    ]
    return "\n".join((head, *lines, ""))


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else _toml(name)


def _toml(value: object) -> str:
    """A text, number or list in TOML, whose texts are JSON's but for one sign."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _told(archive: Archive, bundle: Bundle) -> page.Evidence:
    """What the page tells, all of it values."""
    last = bundle.segment[-1].link
    captures = [each for each in bundle.records if each.link.record == "capture"]
    item = bundle.record.change.item
    probes = [
        each
        for each in bundle.records
        if each.link.record == "probe" and each.row["url"] == item.url
    ]
    return page.Evidence(
        record=bundle.record,
        version=__version__,
        title=bundle.source.title or bundle.source.key,
        url=bundle.source.url,
        until=bundle.at,
        visits=tuple(_visit_told(bundle, visit) for visit in bundle.visits),
        answers=tuple(_answer_told(archive, bundle, each) for each in captures),
        probes=tuple(_probe_told(each) for each in probes),
        first_link=bundle.segment[0].link.id,
        last_link=last.id,
        last_hash=last.hash,
        links=len(bundle.segment),
        is_whole=bundle.is_whole,
        notes=bundle.notes,
    )


def _visit_told(bundle: Bundle, visit: VisitMade) -> page.VisitTold:
    return page.VisitTold(
        number=visit.number,
        started_at=visit.started_at,
        outcome=visit.outcome,
        reason=visit.reason,
        accepted_at=visit.accepted_at,
        shows=bundle.roles.get(visit.number),
    )


def _answer_told(archive: Archive, bundle: Bundle, each: Kept) -> page.AnswerTold:
    capture = each.capture
    assert capture is not None
    is_thinned = archive.evidence.payloads.is_thinned(capture.payload_digest)
    return page.AnswerTold(
        shows=bundle.roles.get(each.row["visit"], FIRSTS),
        visit=each.row["visit"],
        capture=capture if is_thinned else archive.evidence.with_payload(capture),
        link=each.link.id,
        is_thinned=is_thinned,
    )


def _probe_told(each: Kept) -> page.ProbeTold:
    answer = each.capture
    return page.ProbeTold(
        url=each.row["url"],
        at=each.at,
        verdict=Verdict(each.row["verdict"]),
        status=each.row.get("status"),
        final_url=each.row["final_url"],
        digest=answer.payload_digest if answer else None,
        link=each.link.id,
    )


def sums(digests: Mapping[str, str]) -> bytes:
    """Return files and their digests as ``sha256sum -c`` reads them."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def about(bundle: Bundle) -> About:
    """Return what a bundle says of itself."""
    record = bundle.record
    return About(
        title=f"Evidence of change {record.id} of {record.source}",
        description="What was seen before and after one change, and how to check it.",
        software=SOFTWARE,
        at=bundle.at,
    )


def _json_file(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()
