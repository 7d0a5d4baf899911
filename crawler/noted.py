"""The notes of analysts as reports tell them: each one's newest, in words."""

from collections.abc import Collection, Sequence

from crawler.room.choices import Choices, choices
from diffs.report.view import Noted
from snapshots.archive import Archive
from snapshots.archive.notes import Note


def noted(archive: Archive, changes: Collection[int]) -> dict[int, tuple[Noted, ...]]:
    """Return the newest note of each analyst on some changes, by the changes' numbers."""
    found = archive.notes.of(changes)
    if not found:
        return {}
    held = choices()
    return {
        number: tuple(in_words(note, held) for note in latest(notes))
        for number, notes in found.items()
    }


def latest(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Return the newest note of each analyst, of notes on one change, the newest first."""
    return tuple({note.analyst: note for note in reversed(notes)}.values())


def in_words(note: Note, held: Choices) -> Noted:
    """Return a note with the words of what was chosen in it."""
    chosen = (note.importance, *note.vocabulary)
    return Noted(
        analyst=note.analyst,
        at=note.noted_at,
        choices=note.choices,
        importance=note.importance,
        vocabulary=note.vocabulary,
        notice_given=note.notice_given,
        available_at=note.available_at,
        note=note.note,
        words={key: held.words(key) for key in chosen if key},
    )
