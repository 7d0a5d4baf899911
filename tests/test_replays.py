"""Real pages replayed with their recorded headers: visits tell what an import tells."""

import os
from pathlib import Path

import pytest
from soak.replay import MEMBERS, members, pages, replay, some

from snapshots.records import Read, Recipe

DATA = Path(os.environ.get("REWORDED_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
# So many captures of the one listing, and so many of the pages; all of them in the soak.
CAPTURES = 60
PAGES = 25


def test_visits_to_the_members_of_parliament_tell_what_an_import_tells(tmp_path: Path) -> None:
    chosen = some(members(DATA), CAPTURES, seed=1)

    found = replay(chosen, MEMBERS, tmp_path)

    assert found.visited == found.imported
    assert found.rebuilt_otherwise == 0
    assert len(found.visited) > 10
    assert found.outcomes.keys() == {"new", "unchanged"}
    validated = [capture for capture in chosen if capture.is_validated]
    assert found.not_modified == len(validated) > CAPTURES / 3
    assert found.conditional > found.not_modified


def test_visits_to_drupal_pages_tell_what_an_import_tells(tmp_path: Path) -> None:
    chosen = some(pages(DATA), PAGES, seed=1)

    found = replay(chosen, Recipe(read=Read.PAGE), tmp_path)

    assert found.visited == found.imported
    assert found.rebuilt_otherwise == 0
    assert found.outcomes.keys() == {"new", "unchanged"}
    assert found.visits > 2 * PAGES
