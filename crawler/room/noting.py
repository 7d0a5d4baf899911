"""An analyst's note on a finding: what was filled in is checked, and kept in one transaction."""

from dataclasses import replace

from crawler.room.finding import one
from crawler.room.room import Asked, Page, Room
from diffs.report.passage import web_link
from snapshots.archive import Archive
from snapshots.archive.notes import Note
from snapshots.errors import ArchiveBusyError, ConfigError

LONGEST_NOTE = 10_000
LONGEST_ADDRESS = 2_000
NOTICE = ("yes", "no")


def note_of(room: Room, change: int, given: Asked) -> Note:
    """Return the note that a form was filled in with.

    Raises:
        ConfigError: it cannot be kept as it is, or says nothing; the message tells why.
    """
    choices = room.choices
    note = Note(
        change=change,
        analyst=room.analyst or "",
        noted_at=room.now(),
        choices=choices.name,
        importance=given.text("importance"),
        vocabulary=tuple(dict.fromkeys(given.values.get("vocabulary", ()))),
        notice_given=given.text("notice_given"),
        available_at=given.text("available_at"),
        note=(given.values.get("note", [""])[0]).strip().replace("\r\n", "\n") or None,
    )
    unknown = [key for key in note.vocabulary if key not in choices.kinds]
    if note.importance and note.importance not in choices.importance:
        unknown.append(note.importance)
    if note.notice_given and note.notice_given not in NOTICE:
        unknown.append(note.notice_given)
    if unknown:
        raise ConfigError(f"{', '.join(unknown)} is none of the choices of {choices.name}")
    if note.available_at and not web_link(note.available_at):
        raise ConfigError("“also available at” must be a web address: http:// or https://")
    if len(note.note or "") > LONGEST_NOTE:
        raise ConfigError(f"a note may have {LONGEST_NOTE:,} characters at most")
    if not any((note.importance, note.vocabulary, note.notice_given, note.available_at, note.note)):
        raise ConfigError("nothing was filled in; nothing was kept")
    return note


def keep(room: Room, note: Note) -> int:
    """Keep a note, and return its number.

    Raises:
        ArchiveBusyError: another process is writing to the archive at this moment.
        ConfigError: there is no such finding.
    """
    with Archive.to_write(room.config.archive) as archive, archive.transaction():
        if not archive.knowledge.changes(among=[note.change]):
            raise ConfigError(f"there is no finding {note.change}")
        return archive.notes.keep(note)


def refused(room: Room, archive: Archive, asked: Asked, given: Asked, why: str) -> Page:
    """Return the finding's page with what was filled in, and why it was not kept."""
    page = one(room, archive, asked)
    filled = {name: given.text(name) or "" for name in ("importance", "notice_given")}
    filled |= {"available_at": given.text("available_at") or ""}
    filled |= {"note": given.values.get("note", [""])[0]}
    kinds = list(given.values.get("vocabulary", ()))
    shown = {**page.shown, "given": {**filled, "vocabulary": kinds}, "refused": why}
    return replace(page, shown=shown, told={**page.told, "refused": why}, status=409)


def busy(error: ArchiveBusyError) -> str:
    """Why a note waits, in words."""
    return f"The note is not kept yet: {error}. What was filled in is still here."
