"""What several rooms' tests start from: a site, and an archive with someone to visit for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Site, Watcher

from snapshots.archive import Archive


@pytest.fixture(autouse=True)
def unset_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output has the width that it has in a file, whatever terminal the tests run in."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    with Archive.to_write(tmp_path / "archive.sqlite") as archive:
        yield Watcher(archive)
