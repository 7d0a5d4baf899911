"""An item's story: its wordings in order of time, each with what changed in it."""

from crawler.showing import json_line
from crawler.terminal import has_colour, remark, say, width
from diffs.report.jsonl import item_json
from diffs.report.text import render_change
from snapshots.archive import Archive
from snapshots.archive.knowledge import Version
from snapshots.archive.rows import stamp
from snapshots.errors import ConfigError

MOST_CHOICES = 20


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
    versions = archive.knowledge.versions(home, key)
    if form == "jsonl":
        for version in versions:
            say(json_line(_version_json(home, version)))
        return
    last = versions[-1].item
    remark(f"{home}: {last.title or title} (key {key})")
    _tell_versions(archive, home, key, versions)


def _tell_versions(archive: Archive, source: str, key: str, versions: list[Version]) -> None:
    first = versions[0]
    say(f"first seen {stamp(first.first.captured_at)}: {_wording(first)}\n")
    for record in archive.knowledge.changes(item=(source, key)):
        say("\n".join(render_change(record, colour=has_colour(), width=width())) + "\n")
    count = f"{len(versions)} wording{'s' if len(versions) != 1 else ''} so far"
    gone = versions[-1].until
    say(f"gone by {stamp(gone.captured_at)}; {count}" if gone else f"it still stands; {count}")


def _wording(version: Version) -> str:
    from diffs.report.passage import clean

    item = version.item
    return clean(" — ".join(part for part in (item.title, item.summary, item.text) if part))


def _version_json(source: str, version: Version) -> dict[str, object]:
    return {
        "source": source,
        "first_at": stamp(version.first.captured_at),
        "until_at": stamp(version.until.captured_at) if version.until else None,
        "item": item_json(version.item),
    }


def _choices(wanted: str, found: list[tuple[str, str, str]]) -> str:
    if not found:
        return f"no item is, or holds, {wanted!r}"
    lines = [f"  {key}  {source}: {title}" for source, key, title in found[:MOST_CHOICES]]
    more = [f"  … and {len(found) - MOST_CHOICES} more"] if len(found) > MOST_CHOICES else []
    return "\n".join([f"{len(found)} items hold {wanted!r}; name one by its key:", *lines, *more])
