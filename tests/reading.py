"""A reading room that is open on loopback, and an archive in which everything is hostile."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from hostile_room import HOSTILE

from snapshots.archive import Archive, Step, Told
from snapshots.archive.notes import Note
from snapshots.records import (
    Capture,
    Change,
    Edit,
    FieldChange,
    Flag,
    Item,
    Kind,
    Match,
    Outcome,
    Seen,
    Snapshot,
    Visit,
    digest_of,
)

AT = datetime(2021, 5, 1, 6, tzinfo=UTC)
REWORDED = (sys.executable, "-c", "from crawler.cli import run; run()")
START_S = 60
# What no archive can hold: SQLite's text is UTF-8.
WORDS = [each.values[0] for each in HOSTILE if each.id != "lone_surrogate"]
HARMLESS = "harmless"


@contextmanager
def serving(config: Path, *options: str) -> Iterator[httpx.Client]:
    """A reading room on a free port, as the command opens it, and a browser that keeps cookies."""
    command = [*REWORDED, "--config", str(config), "serve", "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            told = ""
            for line in process.stderr:
                told += line
                if found := re.search(r"open at (http://\S+)/", line):
                    with httpx.Client(base_url=found[1], timeout=START_S) as client:
                        yield client
                    return
            raise AssertionError(told)
        finally:
            process.terminate()
            process.wait(START_S)


def hostile_archive(folder: Path) -> Path:
    """Write an archive of sources whose every word is hostile, and one's harmless."""
    config = folder / "config.toml"
    config.write_text('[archive]\npath = "archive.sqlite"\n', "utf-8")
    with Archive.to_write(folder / "archive.sqlite") as archive, archive.transaction():
        for words in (HARMLESS, *WORDS):
            _visit_twice(archive, words)
    return config


def _visit_twice(archive: Archive, words: str) -> None:
    item = Item(
        key=words,
        title=words,
        url=words,
        summary=words,
        published=words,
        section=words,
        text=words,
        fields={"office": words},
    )
    first = _kept(archive, words, 0)
    added = Told(change=Change(kind=Kind.ADDED, item=item), seen=_seen(first, first))
    archive.progress.advance(_step(first, item, added), {})
    second = _kept(archive, words, 1)
    edits = (Edit("keep", words), Edit("delete", words), Edit("insert", words))
    change = Change(
        kind=Kind.CHANGED,
        item=item,
        changed=("text", "office"),
        fields={name: FieldChange(words, words, edits) for name in ("text", "office")},
        flags=(Flag.STEALTH,),
        match=Match(words, 0.5),
    )
    told = Told(change=change, seen=_seen(first, second))
    (record,) = archive.progress.advance(_step(second, item, told), {})
    archive.notes.keep(
        Note(
            change=record.id,
            analyst=words,
            noted_at=AT,
            choices="edgi/1",
            importance=words,
            vocabulary=(words,),
            notice_given=words,
            available_at=words,
            note=words,
        )
    )


def _kept(archive: Archive, words: str, day: int) -> Snapshot:
    at = AT + timedelta(days=day)
    payload = f"<title>{words}</title><p>{words}</p>".encode()
    capture = Capture(
        url=words,
        final_url=f"{words}/",
        captured_at=at,
        status=200,
        payload=payload,
        payload_digest=digest_of(payload),
        response_headers=(("Content-Type", "text/html"), ("X-Words", words)),
        memento_url=words,
    )
    visit = Visit(
        source=words,
        started_at=at,
        finished_at=at,
        outcome=Outcome.NEW,
        reason=words,
        captures=(capture,),
    )
    number = archive.evidence.keep(visit)
    return Snapshot(id=number, source=words, captured_at=at, digests=(capture.payload_digest,))


def _seen(old: Snapshot, new: Snapshot) -> Seen:
    return Seen(old=old, new=new, good_visits_between=0, longest_gap_s=86_400)


def _step(snapshot: Snapshot, item: Item, told: Told) -> Step:
    return Step(snapshot=snapshot, recipe_digest="0" * 16, items=(item,), told=(told,))
