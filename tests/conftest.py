"""What several rooms' tests start from: a site, and an archive with someone to visit for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Site, Watcher

from snapshots.archive import Archive


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    with Archive.to_write(tmp_path / "archive.sqlite") as archive:
        yield Watcher(archive)
