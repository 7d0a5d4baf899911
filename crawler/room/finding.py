"""Findings: changes by filters, one of them with its evidence and notes, and notes alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from crawler.noted import latest
from crawler.room.room import Asked, NotThereError, Page, Room
from diffs.importance import Importance, importance
from diffs.lexicon import Lexicon, asked, folded, label_of
from diffs.report.jsonl import change_json
from diffs.report.passage import clean
from diffs.report.view import fields_of
from diffs.watched import Touched, watched
from snapshots.archive import Archive
from snapshots.archive.looked_up import Seen, Wanted
from snapshots.archive.notes import Note
from snapshots.records import ChangeRecord, Flag, Kind, Verdict

A_PAGE = 25
# Where every finding must be read to know, so many are, before the reader is asked to go on.
MOST_READ = 1_000
AT_ONCE = 75
KINDS = (*Kind, Verdict.MOVED, Verdict.ROLLED_OFF)
NOTES_SHOWN = 100
# A note's form before anything is filled in.
BLANK = {"importance": "", "notice_given": "", "available_at": "", "note": "", "vocabulary": ()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A change with what a reader asks about it: terms, weight, captures and notes."""

    record: ChangeRecord
    watched: tuple[Touched, ...]
    importance: Importance
    notes: tuple[Note, ...] = ()

    @property
    def latest(self) -> tuple[Note, ...]:
        """The newest note of each analyst."""
        return latest(self.notes)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of findings. ``following`` is the number to go on before; None: there are no more.

    ``total`` is None when only reading them all would tell.
    """

    findings: tuple[Finding, ...]
    following: int | None
    total: int | None = None


def listed(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page of the findings that the query asks for, the newest first."""
    found = find(room, archive, asked, A_PAGE)
    following = asked.but(before=found.following) if found.following else None
    told = {
        "findings": [finding_json(each) for each in found.findings],
        "total": found.total,
        "next": f"/findings.json?{following}" if following else None,
    }
    shown = {
        "found": found,
        "following": following,
        "sources": [source.key for source in room.sources(archive)],
        "kinds": [str(kind) for kind in KINDS],
        "flags": [str(flag) for flag in Flag],
        "terms": terms_of(room.lexicon),
        "is_sided": asked.text("view") == "sides",
        "filters": {name: asked.text(name) or "" for name in FILTERS},
        "is_filtered": any(asked.text(name) for name in FILTERS),
    }
    return Page(template="findings", title="Findings", told=told, shown=shown)


FILTERS = ("source", "kind", "term", "flag", "since", "until", "q", "view")


def one(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page of one finding, with its captures and every note on it."""
    records = archive.knowledge.changes(among=[asked.number])
    notes = tuple(archive.notes.of([asked.number]).get(asked.number, ()))
    if not records and not notes:
        raise NotThereError(f"there is no finding {asked.number}")
    if not records:
        return _withdrawn(asked.number, notes)
    finding = with_context(room, records, {asked.number: notes})[0]
    seen = records[0].seen
    captures = {side.id: archive.looked_up.visit(side.id) for side in (seen.old, seen.new)}
    told = finding_json(finding) | {
        "notes": [note_json(note) for note in finding.notes],
        "captures": [_capture_json(each) for side in captures.values() for each in side],
    }
    shown: dict[str, object] = {
        "finding": finding,
        "captures": captures,
        "notes": notes,
        "number": asked.number,
        "given": BLANK,
        "refused": None,
    }
    return Page(template="change", title=f"Finding {asked.number}", told=told, shown=shown)


def _withdrawn(number: int, notes: Sequence[Note]) -> Page:
    words = f"Finding {number} was withdrawn when its source's history was read again."
    shown = {"finding": None, "notes": notes, "told": words, "number": number}
    told = {"finding": None, "notes": [note_json(note) for note in notes]}
    return Page(template="change", title=f"Finding {number}", told=told, shown=shown)


def notes(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page of the newest notes."""
    found = archive.notes.newest(NOTES_SHOWN)
    told = {"notes": [note_json(note) for note in found]}
    return Page(template="notes", title="Notes", told=told, shown={"notes": found})


def find(room: Room, archive: Archive, query: Asked, most: int) -> Found:
    """Return the findings that a query asks for, the newest first, so many at most.

    Raises:
        ConfigError: a date of the query is none.
    """
    words, term = query.text("q"), query.text("term")
    wanted = Wanted(
        source=query.text("source"),
        kind=query.text("kind"),
        flag=query.text("flag"),
        since=query.moment("since"),
        until=query.end("until"),
        words=(*(words or "").split(), *(_sieve(room.lexicon, term) if term else ())),
    )
    tests: list[Callable[[ChangeRecord], bool]] = []
    if words:
        tests.append(partial(_holds, words=words.casefold().split()))
    if term:
        watching = asked(room.lexicon, [term])
        tests.append(partial(_touches, lexicon=watching, term=label_of(watching, term)))
    numbers = archive.looked_up.findings(wanted, query.count("before"))
    if tests:
        records, following = _sifted(archive, numbers, tests, most)
        total = None
    else:
        taken = list(islice(numbers, most + 1))
        records = _in_turn(archive, taken[:most])
        following = taken[most - 1] if len(taken) > most else None
        total = archive.looked_up.count(wanted)
    noted = archive.notes.of([record.id for record in records])
    return Found(tuple(with_context(room, records, noted)), following, total)


def _sifted(
    archive: Archive,
    numbers: Iterator[int],
    tests: Sequence[Callable[[ChangeRecord], bool]],
    most: int,
) -> tuple[list[ChangeRecord], int | None]:
    """The changes that pass, and the number to go on before."""
    passed: list[ChangeRecord] = []
    read, last = 0, None
    while some := list(islice(numbers, AT_ONCE)):
        for record in _in_turn(archive, some):
            if len(passed) == most:
                return passed, last
            last = record.id
            if all(test(record) for test in tests):
                passed.append(record)
        read += len(some)
        if read >= MOST_READ:
            return passed, last
    return passed, None


def _in_turn(archive: Archive, numbers: Sequence[int]) -> list[ChangeRecord]:
    """Changes in the order of their numbers as given."""
    held = {record.id: record for record in archive.knowledge.changes(among=numbers)}
    return [held[number] for number in numbers if number in held]


def with_context(
    room: Room, records: Sequence[ChangeRecord], notes: Mapping[int, Sequence[Note]]
) -> list[Finding]:
    """Return changes with the terms they touch, their importance and their notes."""
    found = []
    for record in records:
        terms = watched(record.change, room.lexicon, record.seen.new.captured_at.date())
        worth = importance(record.change, terms, room.weights)
        own = tuple(notes.get(record.id, ()))
        found.append(Finding(record=record, watched=terms, importance=worth, notes=own))
    return found


def terms_of(lexicon: Lexicon) -> list[str]:
    """Return the names of the watched terms and of what is written in their place."""
    names = {name for term in lexicon.terms for name in (term.old, *term.new)}
    return sorted(names, key=str.casefold)


def finding_json(finding: Finding) -> dict[str, object]:
    """The change record with its importance, its terms, and each analyst's newest note."""
    record = finding.record
    return {
        **change_json(record),
        "importance": {
            "score": finding.importance.score,
            "reasons": [list(reason) for reason in finding.importance.reasons],
        },
        "watched": [{"old": t.old, "new": t.new, "times": t.times} for t in finding.watched],
        "noted": [note_json(note) for note in finding.latest],
    }


def note_json(note: Note) -> dict[str, object]:
    """A note with all that it states."""
    return {
        "id": note.id,
        "change": note.change,
        "analyst": note.analyst,
        "noted_at": note.noted_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "importance": note.importance,
        "vocabulary": list(note.vocabulary),
        "choices": note.choices,
        "notice_given": note.notice_given,
        "available_at": note.available_at,
        "note": note.note,
    }


def _capture_json(seen: Seen) -> dict[str, object]:
    return {"id": seen.id, "visit": seen.visit, "url": seen.url, "digest": seen.payload_digest}


def _holds(record: ChangeRecord, words: Sequence[str]) -> bool:
    """Whether an item's name, section, link, or a side of a field holds every word."""
    item = record.change.item
    sides = (text for f in fields_of(record.change).values() for text in (f.old, f.new))
    said = (item.title, item.section, item.url, *sides)
    text = clean(" ".join(part for part in said if part)).casefold()
    return all(word in text for word in words)


def _touches(record: ChangeRecord, lexicon: Lexicon, term: str | None) -> bool:
    found = watched(record.change, lexicon, record.seen.new.captured_at.date())
    return any(term in (each.old, each.new) for each in found)


def _sieve(lexicon: Lexicon, term: str) -> tuple[str, ...]:
    """What a text must hold, whatever the inflection, to use a term; nothing if that is unsure."""
    is_irregular = any(
        (each.forms or each.new_forms) and term in (each.old, *each.new) for each in lexicon.terms
    )
    word = max(folded(term) or ("",), key=len).removeprefix("non")
    is_plain = word.isascii() and word.isalpha() and len(word) > 3
    return (word[:-1],) if is_plain and not is_irregular else ()
