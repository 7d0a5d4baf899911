"""Notes: appended, linked in the chain, and read with their history."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from snapshots.archive import Archive
from snapshots.archive.notes import Note

AT = datetime(2021, 5, 1, 6, tzinfo=UTC)
NOTE = Note(change=7, analyst="Ada", noted_at=AT, choices="edgi/1", vocabulary=("page_text",))


def test_every_note_is_kept_and_the_newest_comes_first(tmp_path: Path) -> None:
    later = replace(NOTE, noted_at=AT + timedelta(days=1), note="Quietly.", notice_given="no")
    with Archive.to_write(tmp_path / "archive.sqlite") as archive:
        with archive.transaction():
            numbers = [archive.notes.keep(each) for each in (NOTE, later)]

        assert archive.notes.of([7, 8]) == {
            7: [replace(later, id=numbers[1]), replace(NOTE, id=numbers[0])]
        }
        assert [each.id for each in archive.notes.newest(1)] == [numbers[1]]
        assert archive.evidence.chain.length() == 2
        assert list(archive.problems()) == []


def test_a_note_that_was_altered_or_taken_out_is_told(tmp_path: Path) -> None:
    with Archive.to_write(tmp_path / "archive.sqlite") as archive:
        with archive.transaction():
            archive.notes.keep(NOTE)
            archive.notes.keep(NOTE)

        archive.db.execute("UPDATE notes SET importance = 'high' WHERE id = 1")
        archive.db.execute("DELETE FROM notes WHERE id = 2")

        assert [problem.partition(" (")[0] for problem in archive.problems()] == [
            "note 1",
            "note 2 is not there, though it was kept as link 2",
        ]
