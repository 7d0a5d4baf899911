"""Own and archived captures in any order: one timeline, no news from variants, a sound rebuild."""

import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import START, docs, listing

from crawler.config import Source
from crawler.corroborating import WINDOW, difference
from crawler.derive import rebuild
from crawler.importing import keep
from snapshots.archive import Archive
from snapshots.records import (
    Capture,
    Import,
    Item,
    Kind,
    Outcome,
    Provenance,
    Read,
    Recipe,
    Visit,
    digest_of,
)

URL = "https://a.gov/library"
SOURCE = Source(
    key="it",
    url=URL,
    read=Read.LISTING,
    title="",
    confirm=1,
    recipes=(Recipe(read=Read.LISTING, item="li.doc"),),
)
SHOWN = [
    listing(*docs(0, 1, 2, 3, 4)),
    listing(*docs(0, 1, 2, 3)),
    listing(*docs(0, 1, 2, 3, 4, 5)),
    listing(*docs(0, 1, 2, 3, 4), following="?page=1"),
]
# (hour, what was shown, whether we saw it ourselves)
Look = tuple[int, int, bool]
LOOKS = st.lists(
    st.tuples(st.integers(0, 30 * 24), st.integers(0, len(SHOWN) - 1), st.booleans()),
    min_size=2,
    max_size=9,
    unique_by=lambda look: look[0],
)


def visit_of(look: Look) -> Visit:
    hour, number, is_own = look
    at, body = START + timedelta(hours=hour), SHOWN[number].body
    capture = Capture(
        url=URL,
        final_url=URL,
        captured_at=at,
        status=200,
        payload=body,
        payload_digest=digest_of(body),
        provenance=Provenance.OWN if is_own else Provenance.MEMENTO,
        memento_url=None if is_own else f"https://web.archive.org/web/2021id_/{URL}",
    )
    return Visit(
        source="it", started_at=at, finished_at=at, outcome=Outcome.NEW, captures=(capture,)
    )


def kept(archive: Archive, looks: Sequence[Look]) -> None:
    """Keep looks one by one, in the order given."""
    for look in looks:
        with archive.transaction():
            kind = "file" if look[2] else "memento"
            number = archive.evidence.begin_import(Import(name="a", kind=kind, started_at=START))
            keep(archive, SOURCE, [(visit_of(look), number)], START)


def knowledge(archive: Archive) -> list[str]:
    tables = ("snapshots", "items", "item_versions", "changes", "corroborations")
    starts = tuple(f'INSERT INTO "{table}"' for table in tables)
    return [line for line in archive.db.iterdump() if line.startswith(starts)]


@settings(deadline=None, max_examples=60)
@given(LOOKS)
def test_archived_sight_beside_our_own_is_never_news(looks: list[Look]) -> None:
    with tempfile.TemporaryDirectory() as folder, Archive.to_write(Path(folder) / "a") as archive:
        kept(archive, looks)

        own = [START + timedelta(hours=hour) for hour, _, is_own in looks if is_own]
        snapshots = {s.captured_at for s in archive.knowledge.snapshots("it") if not s.kept_by}
        for record in archive.knowledge.changes():
            new = record.seen.new
            before = [at for at in own if at in snapshots and at <= new.captured_at]
            is_beside = bool(before) and new.captured_at - max(before) <= WINDOW
            assert new.kept_by is None or not is_beside
            assert record.change.kind is not Kind.REMOVED or new.is_complete


@settings(deadline=None, max_examples=60)
@given(LOOKS)
def test_rebuilding_one_timeline_of_both_changes_nothing(looks: list[Look]) -> None:
    with tempfile.TemporaryDirectory() as folder, Archive.to_write(Path(folder) / "a") as archive:
        kept(archive, looks)
        before = knowledge(archive)

        with archive.transaction():
            rebuild(archive, SOURCE, noted_at=START)

        assert knowledge(archive) == before


@settings(deadline=None, max_examples=60)
@given(LOOKS)
def test_every_corroboration_is_of_the_nearest_own_snapshots(looks: list[Look]) -> None:
    with tempfile.TemporaryDirectory() as folder, Archive.to_write(Path(folder) / "a") as archive:
        kept(archive, looks)
        own = sorted(s.captured_at for s in archive.knowledge.snapshots("it") if not s.kept_by)

        found = archive.corroborations.of("it", START, START + timedelta(days=40))
        for each in found:
            seen_at = archive.knowledge.snapshot(each.snapshot).captured_at
            assert abs(seen_at - each.kept_at) <= WINDOW
            low, high = sorted((seen_at, each.kept_at))
            assert not [at for at in own if low < at < high]
            assert each.agrees is (each.detail is None)


def items(*numbers: int) -> list[Item]:
    return [
        Item(key=title, title=title, url=f"https://a.gov{link}") for link, title in docs(*numbers)
    ]


@pytest.mark.parametrize(
    ("kept", "is_whole", "told"),
    [
        (items(0, 1, 2), True, None),
        (items(0, 1), True, "1 item lacking"),
        (items(0, 1), False, None),
        (items(0, 1, 2, 3, 4), True, "2 items more"),
        (items(1, 2, 3), True, "1 item lacking, 1 item more"),
    ],
    ids=["the_same", "fewer", "fewer_on_one_page", "more", "others"],
)
def test_a_difference_is_told_in_words(kept: list[Item], is_whole: bool, told: str) -> None:
    assert difference(items(0, 1, 2), kept, is_whole=is_whole) == told


def test_a_page_in_other_words_differs() -> None:
    own = [Item(key="a", text="Aliens must report."), Item(key="b", text="Fees are due.")]
    kept = [Item(key="a", text="Noncitizens must report."), Item(key="b", text="Fees are due.")]

    assert difference(own, kept) == "1 item with other words"
