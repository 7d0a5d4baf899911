"""An item's story: its wordings in order of time, each with what changed in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crawler.memento.listed import host_of
from crawler.showing import json_line
from crawler.terminal import has_colour, remark, say, width
from diffs.compare import changed
from diffs.report.jsonl import edits_json, item_json
from diffs.report.passage import clean
from diffs.report.phrases import counted, duration, kind_words, moment, read_on
from diffs.report.text import paragraph, render_change, render_fields
from snapshots.archive import Archive
from snapshots.archive.corroborations import Corroboration
from snapshots.archive.knowledge import Version
from snapshots.archive.rows import stamp
from snapshots.errors import ConfigError
from snapshots.records import Change, ChangeRecord, Kind, Match

MOST_CHOICES = 20
SAME = Match("history", 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One wording: since when it stood, what made it, and what became of the item after it.

    ``change`` tells it from the wording before; None for the first one. ``record`` is that
    change as it was told, None when it was held while the item flapped. ``removal`` is the
    change that ended it, if that was a removal. ``corroborated_by`` are the captures of web
    archives beside the own snapshots that read it.
    """

    version: Version
    last_seen: datetime
    change: Change | None = None
    record: ChangeRecord | None = None
    removal: ChangeRecord | None = None
    corroborated_by: tuple[Corroboration, ...] = ()


def tell(archive: Archive, wanted: str, source: str | None, form: str) -> None:
    """Print the story of the one item that ``wanted`` names.

    Raises:
        ConfigError: no item, or more than one, is named so; the choices are listed.
    """
    if not wanted.strip():
        raise ConfigError("name an item by its key, its URL, or a part of its title or text")
    found = [f for f in archive.knowledge.items_like(wanted) if source in (None, f[0])]
    exact = [f for f in found if f[1] == wanted] or found
    if len(exact) != 1:
        raise ConfigError(_choices(wanted, exact))
    home, key, title = exact[0]
    told = list(chapters(archive, home, key))
    if form == "jsonl":
        for chapter in told:
            say(json_line(chapter_json(home, chapter)))
        return
    last = told[-1].version.item
    remark(f"{home}: {last.title or title} (key {key})")
    for lines in (*map(_chapter, told), _end(archive, home, told)):
        say("\n".join(lines) + "\n")


def chapters(archive: Archive, source: str, key: str) -> Iterator[Chapter]:
    """Yield an item's wordings, oldest first, each with the change that made it."""
    newest = archive.knowledge.newest_snapshot(source)
    records = archive.knowledge.changes(item=(source, key))
    made = {r.seen.new.id: r for r in records if r.change.kind is not Kind.REMOVED}
    ended = {r.seen.new.id: r for r in records if r.change.kind is Kind.REMOVED}
    before: Version | None = None
    for version in archive.knowledge.versions(source, key):
        record = made.get(version.first.id)
        swing = changed(before.item, version.item, SAME) if before and not record else None
        seen = version.last_seen or (newest.snapshot if newest else version.first)
        span = (version.first.captured_at, seen.captured_at)
        yield Chapter(
            version=version,
            last_seen=seen.captured_at,
            change=record.change if record else swing,
            record=record,
            removal=ended.get(version.until.id) if version.until else None,
            corroborated_by=tuple(archive.corroborations.of(source, *span)),
        )
        before = version


def _chapter(chapter: Chapter) -> list[str]:
    """A wording in lines: what made it, how long it stood, and how it went."""
    colour, columns = has_colour(), width()
    if chapter.record:
        lines = render_change(chapter.record, colour=colour, width=columns)
    elif chapter.change:
        head = f"~ held, as it goes back and forth: {kind_words(chapter.change)}"
        lines = paragraph(head, indent="  ", width=columns)
        lines += render_fields(chapter.change, colour=colour, width=columns)
    else:
        lines = ["  first read"]
    if chapter.change is None:
        lines += paragraph(_wording(chapter.version), indent="    ", width=columns)
    lines += paragraph(stood(chapter), indent="    ", width=columns)
    for each in chapter.corroborated_by:
        lines += paragraph(corroborated(each), indent="    ", width=columns)
    if chapter.removal:
        lines += ["", *render_change(chapter.removal, colour=colour, width=columns)]
    return lines


def stood(chapter: Chapter) -> str:
    """The interval of a wording, e.g. ``Read from 2021-05-01 06:00 UTC to …, 3 days; …``."""
    version = chapter.version
    first, last = version.first.captured_at, chapter.last_seen
    length = int((last - first).total_seconds())
    begun = read_on(version.first)
    read = f"This wording was read from {begun} to {moment(last)}, for {duration(length)}"
    if length <= 0:
        read = f"This wording was read on {begun}"
    return f"{read}; gone by {read_on(version.until)}." if version.until else f"{read}."


def corroborated(each: Corroboration) -> str:
    """What a web archive's capture says of a snapshot of ours, in words."""
    by = f"by {clean(host_of(each.memento_url))}, {moment(each.kept_at)}"
    return f"Corroborated {by}." if each.agrees else f"Contradicted {by}: {each.detail}."


def _end(archive: Archive, source: str, told: list[Chapter]) -> list[str]:
    """Where the item was listed, and how things stand with it."""
    last = told[-1].version
    count = f"{counted(len(told), 'wording')} so far"
    gone = last.until
    lines = paragraph(places(archive, source, last), width=width())
    ended = f"gone by {moment(gone.captured_at)}" if gone else "it still stands"
    return [*lines, f"{ended}; {count}"]


def places(archive: Archive, source: str, last: Version) -> str:
    """Where an item was listed, e.g. ``Listed in ice (section News); its link also in dhs …``."""
    section = f" (section {clean(last.item.section)})" if last.item.section else ""
    found = archive.knowledge.listings(last.item.url) if last.item.url else []
    others: dict[str, str] = {}
    for other, _, _, first, until in found:
        ended = f" to {moment(until)}" if until else ""
        others[other] = others.get(other) or f"from {moment(first)}{ended}"
    others.pop(source, None)
    elsewhere = "".join(f"; its link also in {clean(k)} {when}" for k, when in others.items())
    return f"Listed in {clean(source)}{section}{elsewhere}."


def _wording(version: Version) -> str:
    item = version.item
    return clean(" — ".join(part for part in (item.title, item.summary, item.text) if part))


def chapter_json(source: str, chapter: Chapter) -> dict[str, object]:
    """One wording of a story, as ``log --format jsonl`` prints it."""
    version, change, removal = chapter.version, chapter.change, chapter.removal
    return {
        "source": source,
        "first_at": stamp(version.first.captured_at),
        "until_at": stamp(version.until.captured_at) if version.until else None,
        "item": item_json(version.item),
        "last_seen_at": stamp(chapter.last_seen),
        "change": chapter.record.id if chapter.record else None,
        "kind": change.kind.value if change else None,
        "changed": list(change.changed) if change else [],
        "flags": [flag.value for flag in change.flags] if change else [],
        "fields": edits_json(change) if change else {},
        "removal": removal.id if removal else None,
        "verdict": removal.change.verdict if removal else None,
        "kept_by": version.first.kept_by,
        "corroborated_by": [
            {
                "kept_at": stamp(each.kept_at),
                "memento_url": each.memento_url,
                "agrees": each.agrees,
                "detail": each.detail,
            }
            for each in chapter.corroborated_by
        ],
    }


def _choices(wanted: str, found: list[tuple[str, str, str]]) -> str:
    if not found:
        return f"no item is, or holds, {wanted!r}"
    lines = [f"  {key}  {source}: {title}" for source, key, title in found[:MOST_CHOICES]]
    more = [f"  … and {len(found) - MOST_CHOICES} more"] if len(found) > MOST_CHOICES else []
    return "\n".join([f"{len(found)} items hold {wanted!r}; name one by its key:", *lines, *more])
