"""Uses of terms: what is summed up by date is what a count of the texts gives."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import START, Site, Watcher, page, page_source

from crawler.config import Config
from crawler.counting import count_terms
from crawler.derive import rebuild
from crawler.lexicons import lexicon
from crawler.trending import trends_of
from diffs.trends import uses_in
from snapshots.archive import Archive
from snapshots.records import TermCount

TEXTS = (
    "Officers remove criminal aliens from the interior of the country.",
    "Officers remove criminal noncitizens from the interior of the country.",
    "Officers remove criminal aliens, and other aliens, from the country.",
    "Nobody is removed from the interior of the country by any officer.",
)
FEES = "Fees for every other form are due in May, and can be paid by mail."
DAYS = st.lists(st.lists(st.sampled_from(range(4)), max_size=3), min_size=1, max_size=6)


def config(folder: Path, **lexicon: object) -> Config:
    return Config(path=folder / "config.toml", archive=folder / "archive.sqlite", lexicon=lexicon)


def counted_anew(archive: Archive, held: Config) -> dict[str, list[TermCount]]:
    """The uses by date as the texts of all wordings give them."""
    words = lexicon(held.path, held.lexicon)
    found: dict[str, Counter[object]] = {}
    for source in ("page", "other"):
        for item, first, until in archive.knowledge.wordings(source):
            for term, number in uses_in(item, words).items():
                for at, sign in ((first, 1), (until, -1)):
                    if at:
                        differences = found.setdefault(term, Counter())
                        differences[at, "uses"] += sign * number
                        differences[at, "items"] += sign
    told = {}
    for term, differences in found.items():
        moments = sorted({at for at, _ in differences})
        told[term] = [
            TermCount(
                at,
                sum(n for (when, kind), n in differences.items() if kind == "uses" and when <= at),
                sum(n for (when, kind), n in differences.items() if kind == "items" and when <= at),
            )
            for at in moments
        ]
    return told


def changing(counts: list[TermCount]) -> list[TermCount]:
    """The counts without moments at which nothing changed."""
    before = [TermCount(START, 0, 0), *counts]
    return [new for old, new in zip(before, counts, strict=False) if new[1:] != old[1:]]


@settings(max_examples=15, deadline=None)
@given(DAYS)
def test_the_table_tells_what_the_texts_say(days: list[list[int]]):
    with (
        tempfile.TemporaryDirectory() as folder,
        Site() as site,
        Archive.to_write(Path(folder, "archive.sqlite")) as archive,
    ):
        held = config(Path(folder))
        watcher = Watcher(archive)
        for day in days:
            site["/page"] = page(FEES, *(TEXTS[n] for n in dict.fromkeys(day)))
            watcher.visit(page_source(site))
            count_terms(archive, held)

        wanted = counted_anew(archive, held)
        terms = {row[0] for row in archive.db.execute("SELECT term FROM term_uses")}
        assert terms == wanted.keys()
        for term, counts in wanted.items():
            assert changing(archive.terms.by_date(term)) == changing(counts)


@pytest.fixture
def seen(site: Site, watcher: Watcher) -> Watcher:
    for text in (TEXTS[0], TEXTS[1], TEXTS[2]):
        site["/page"] = page(FEES, text)
        watcher.visit(page_source(site))
    return watcher


def rows(archive: Archive) -> list[tuple[object, ...]]:
    return archive.db.execute("SELECT * FROM terms ORDER BY term, source, at").fetchall()


def test_uses_are_summed_up_by_date(seen: Watcher, tmp_path: Path):
    count_terms(seen.archive, config(tmp_path))

    assert [tuple(each[1:]) for each in seen.archive.terms.by_date("alien")] == [
        (1, 1),
        (0, 0),
        (2, 1),
    ]
    assert seen.archive.terms.by_date("alien", ("other",)) == []


def test_deriving_again_and_counting_again_gives_the_same(
    seen: Watcher, site: Site, tmp_path: Path
):
    count_terms(seen.archive, config(tmp_path))
    before = rows(seen.archive)

    with seen.archive.transaction():
        rebuild(seen.archive, page_source(site), noted_at=START)
    emptied = rows(seen.archive)
    count_terms(seen.archive, config(tmp_path))

    assert emptied == []
    assert rows(seen.archive) == before != []


def test_another_lexicon_counts_everything_again(seen: Watcher, tmp_path: Path):
    count_terms(seen.archive, config(tmp_path))

    count_terms(seen.archive, config(tmp_path, packs=[], term=[{"old": "criminal"}]))

    assert {row[0] for row in rows(seen.archive)} == {"criminal"}
    assert [each.uses for each in seen.archive.terms.by_date("criminal")][-1] == 1


def test_trends_from_the_table_are_those_from_the_texts(seen: Watcher, tmp_path: Path):
    held = config(tmp_path)
    from_texts = trends_of(seen.archive, held, ["alien", "noncitizens"], ["page"])
    assert not seen.archive.terms.is_current("none")

    count_terms(seen.archive, held)
    from_table = trends_of(seen.archive, held, ["alien", "noncitizens"], ["page"])

    assert from_table == from_texts
    assert [point.uses for point in from_table[0].points] == [1, 0, 2]


def test_a_lexicon_that_cannot_be_read_leaves_the_counts_and_is_told(
    seen: Watcher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    count_terms(seen.archive, config(tmp_path, file="lost.toml"))

    assert "lost.toml: the lexicon cannot be read" in capsys.readouterr().err
    assert rows(seen.archive) == []
