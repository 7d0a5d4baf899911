"""Views that are held: they answer as the archive's own do, and follow what is written."""

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection, connect

import pytest

from crawler.demo.play import play
from crawler.room.standing import VIEWS, Standing, asks
from snapshots.archive import Archive


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    play(tmp_path)
    (archive,) = tmp_path.glob("*.sqlite")
    return archive


@pytest.fixture
def readers(demo: Path) -> Iterator[list[Connection]]:
    made = [connect(f"file:{demo}?mode=ro", uri=True, check_same_thread=False) for _ in range(3)]
    yield made
    for each in made:
        each.close()


def columns_and_rows(reader: Connection, source: str) -> tuple[list[str], list[object]]:
    cursor = reader.execute(f"SELECT * FROM {source}")
    return [column[0] for column in cursor.description], cursor.fetchall()


@pytest.mark.parametrize("view", VIEWS)
def test_a_held_view_answers_as_the_archives_own(readers: list[Connection], view: str) -> None:
    own, reader, other = readers
    standing = Standing(own)

    standing.show(reader)
    standing.show(other)

    expected = columns_and_rows(reader, f"main.{view}")
    assert columns_and_rows(reader, view) == expected
    assert columns_and_rows(other, view) == expected
    assert len(expected[1]) > 2


def test_what_is_written_meanwhile_shows(demo: Path, readers: list[Connection]) -> None:
    own, reader, other = readers
    standing = Standing(own)
    standing.show(reader)
    before = columns_and_rows(reader, "phrase_substitutions")

    with Archive.to_write(demo) as archive, archive.transaction():
        archive.db.execute("DELETE FROM substitutions WHERE old_folded = 'alien'")
    standing.show(reader)
    standing.show(other)

    after = columns_and_rows(reader, "phrase_substitutions")
    assert after == columns_and_rows(reader, "main.phrase_substitutions") != before
    assert columns_and_rows(other, "phrase_substitutions") == after


def test_what_is_held_is_not_worked_out_again(readers: list[Connection]) -> None:
    own, reader, _ = readers
    asked: list[str] = []
    own.set_trace_callback(asked.append)
    standing = Standing(own)

    for _ in range(3):
        standing.show(reader)

    assert asked.count("SELECT * FROM phrase_substitutions") == 1


def test_a_query_asks_for_a_held_view_by_its_name() -> None:
    assert asks("select count(*) from [phrase_substitutions]")
    assert not asks("select * from substitutions")
