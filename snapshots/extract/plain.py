"""Plain-text captures: bulleted records, and paragraphs under headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from snapshots.extract.caps import check_items
from snapshots.extract.furniture import is_furniture
from snapshots.extract.wording import clean, clean_line

_BULLET = re.compile(r"^(\s*)[•‣◦▪●∙·*\-–](?:\s+|$)(.*)$")
_NUMBERED = re.compile(r"^\s*\d{1,2}\. \S")
_SENTENCE_END = tuple('.!?:;,…”"')
LONGEST_HEADING = 110
WRAPPED_WIDTH = 100
FULL_LINE = 55


@dataclass(frozen=True, slots=True)
class Record:
    """One bulleted record: its first line, and what is indented below it."""

    title: str
    summary: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page: ``kind`` is heading, paragraph, list_item or row."""

    kind: str
    text: str
    section: str | None


def records(text: str) -> list[Record]:
    """Return the bulleted records of a text, in order.

    Lists whose records have summaries are preferred to bare lists, which are
    mostly menus; when no list has any, every bullet is a record.
    """
    lists = [found for found in _lists(text) if found]
    rich = [found for found in lists if any(record.summary for record in found)]
    return [record for found in rich or lists for record in found]


def blocks(text: str) -> list[Block]:
    """Return the headings, paragraphs and list items of a text, in order."""
    found: list[Block] = []
    section = None
    for lines in _paragraphs(text):
        if _is_breadcrumb(lines):
            continue
        for block in _blocks_of(lines, section, alone=len(lines) == 1):
            found.append(block)
            check_items(len(found))
            section = block.text if block.kind == "heading" else section
    return found


def _lists(text: str) -> Iterator[list[Record]]:
    found: list[list[str]] = []
    for line in text.splitlines():
        bullet = _BULLET.match(line)
        if bullet:
            if not is_furniture(clean(bullet[2])):
                found.append([clean_line(bullet[2])])
                check_items(len(found))
        elif line[:1].isspace() and line.strip() and found:
            found[-1].append(clean_line(line))
        elif line.strip():
            yield [_record(lines) for lines in found]
            found = []
    yield [_record(lines) for lines in found]


def _record(lines: list[str]) -> Record:
    title, *more = [line for line in lines if line] or [""]
    return Record(title, " ".join(more) or None)


def _paragraphs(text: str) -> Iterator[list[str]]:
    lines = text.splitlines()
    is_wrapped = max(map(len, lines), default=0) <= WRAPPED_WIDTH
    chunk: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            chunk.append(line)
        elif chunk:
            yield _unwrapped(chunk) if is_wrapped else chunk
            chunk = []


def _unwrapped(lines: list[str]) -> list[str]:
    """Join lines that were broken to fit a width; a bullet begins a line of its own."""
    joined: list[list[str]] = []
    for line in lines:
        if joined and len(joined[-1][-1]) > FULL_LINE and not _BULLET.match(line):
            joined[-1].append(line)
        else:
            joined.append([line])
    return ["\n".join(together) for together in joined]


def _is_breadcrumb(lines: list[str]) -> bool:
    numbered = [line for line in lines if _NUMBERED.match(line)]
    return bool(numbered) and clean(numbered[0]) == "1. Home"


def _blocks_of(lines: list[str], section: str | None, *, alone: bool) -> Iterator[Block]:
    for line in lines:
        bullet = _BULLET.match(line)
        text = clean_line(bullet[2] if bullet else line)
        if text and not is_furniture(text):
            kind = "list_item" if bullet else _kind(text, alone)
            yield Block(kind, text, section)


def _kind(text: str, alone: bool) -> str:
    is_short = len(text) <= LONGEST_HEADING and not text.endswith(_SENTENCE_END)
    return "heading" if alone and is_short else "paragraph"
