"""A person takes a doubted visit for real, and the next visits go on from there."""

from pathlib import Path

import pytest
from support import (
    NOT_FOUND,
    SETTINGS,
    START,
    Answer,
    SimulatedClock,
    Site,
    Watcher,
    docs,
    html,
    listing,
    listing_source,
    online,
    page,
    page_source,
    told,
)

from crawler.accepting import accept
from crawler.config import Config, Source
from crawler.derive import read_again
from crawler.importing import keep
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import Capture, Import, Outcome, Provenance, Verdict, Visit, digest_of

EMPTIED = html("<main><h1>Library</h1><p>No publications are available at this time.</p></main>")


class Desk:
    """A source that is visited day by day, and accepted in between."""

    def __init__(self, path: Path, source: Source) -> None:
        self.config = Config(
            path=path, archive=path / "a.sqlite", crawler=SETTINGS, sources={source.key: source}
        )
        self.source = source
        self.clock = SimulatedClock(START)

    def visit(self):
        with Archive.to_write(self.config.archive) as archive:
            return Watcher(archive, clock=self.clock).visit(self.source)

    def accept(self):
        return accept(self.config, self.source, self.clock)


@pytest.fixture
def desk(tmp_path: Path, site: Site) -> Desk:
    site["/library"] = listing(*docs(0, 1, 2, 3, 4, 5))
    return Desk(tmp_path, listing_source(site))


def test_a_page_that_was_truly_emptied_is_accepted_as_empty(site, desk):
    desk.visit()
    site["/library"] = EMPTIED
    assert desk.visit().visit.outcome is Outcome.QUARANTINED

    done = desk.accept()

    assert len(done.changes) == 6
    assert {record.change.kind for record in done.changes} == {"removed"}
    assert {record.seen.new.id for record in done.changes} == {2}


def test_visits_go_on_from_what_was_accepted(site, desk):
    desk.visit()
    site["/library"] = EMPTIED
    desk.visit()
    desk.accept()

    still = desk.visit()
    site["/library"] = listing(*docs(0, 7))
    fuller = desk.visit()

    assert (still.visit.outcome, still.changes) == (Outcome.UNCHANGED, ())
    assert told(fuller.changes) == [("added", "Anchors"), ("added", "Harbors")]
    assert [r.change.flags for r in fuller.changes] == [("returned",), ()]


def test_the_missing_items_own_links_are_asked(site, desk):
    site["/doc/1"] = html(
        "<main><p>Still here, and worth a read, says the one document.</p></main>"
    )
    desk.visit()
    site["/library"] = EMPTIED
    desk.visit()

    done = desk.accept()

    verdicts = {record.change.item.title: record.change.verdict for record in done.changes}
    assert verdicts["Bridges"] is Verdict.DELISTED
    assert verdicts["Anchors"] is Verdict.GONE


def test_a_list_that_truly_lost_its_last_page_is_accepted(site, desk):
    online(site)
    site["/library"] = listing(*docs(0, 1, 2), following="/library?page=1")
    site["/library?page=1"] = listing(*docs(3, 4, 5))
    desk.visit()
    site["/library"] = listing(*docs(0, 1, 2))
    assert desk.visit().visit.outcome is Outcome.PARTIAL

    done = desk.accept()
    still = desk.visit()

    assert told(done.changes) == [("removed", t) for t in ("Docks", "Estuaries", "Ferries")]
    assert (still.visit.outcome, still.changes) == (Outcome.UNCHANGED, ())


def test_a_walk_that_failed_on_its_way_cannot_be_accepted(site, desk):
    site["/library"] = listing(*docs(0, 1, 2), following="/library?page=1")
    site["/library?page=1"] = listing(*docs(3, 4, 5))
    desk.visit()
    site["/library?page=1"] = Answer(status=500)
    assert desk.visit().visit.outcome is Outcome.PARTIAL

    with pytest.raises(ConfigError, match="did not see the whole"):
        desk.accept()


def test_what_was_accepted_stays_so_when_knowledge_is_derived_again(site, desk):
    desk.visit()
    site["/library"] = EMPTIED
    desk.visit()
    before = desk.accept().changes

    with Archive.to_write(desk.config.archive) as archive:
        with archive.transaction():
            read_again(archive, desk.source, noted_at=START)
        after = archive.knowledge.changes()

    assert [(r.id, r.change.item.key, r.seen, r.change.verdict) for r in after] == [
        (r.id, r.change.item.key, r.seen, r.change.verdict) for r in before
    ]


@pytest.mark.parametrize(
    ("answer", "match"),
    [
        (listing(*docs(0, 1, 2, 3, 4, 5)), "was unchanged"),
        (Answer(status=500), "was failed"),
        (Answer(body=b"%PDF-1.7 \x00").having(Content_Type="application/pdf"), "cannot be read"),
    ],
    ids=["healthy", "failed", "pdf"],
)
def test_what_is_not_in_doubt_cannot_be_accepted(site, desk, answer, match):
    desk.visit()
    site["/library"] = answer
    desk.visit()

    with pytest.raises(ConfigError, match=match):
        desk.accept()


def test_nothing_can_be_accepted_before_a_first_visit_or_twice(site, desk):
    with Archive.to_write(desk.config.archive):
        pass
    with pytest.raises(ConfigError, match="never visited"):
        desk.accept()
    desk.visit()
    site["/library"] = EMPTIED
    desk.visit()
    desk.accept()
    with pytest.raises(ConfigError, match="accepted already"):
        desk.accept()


def test_a_page_that_was_taken_down_is_gone_once_that_is_accepted(site, tmp_path):
    site["/page"] = page("What the page says first.", "What it says after that.")
    desk = Desk(tmp_path, page_source(site))
    desk.visit()
    site["/page"] = NOT_FOUND
    gone = desk.visit().visit
    assert (gone.outcome, "the page is gone" in gone.reason) == (Outcome.QUARANTINED, True)

    done = desk.accept()
    still = desk.visit()
    site["/page"] = page("What the page says first.", "What it says after that.")
    back = desk.visit()

    assert [record.change.verdict for record in done.changes] == [Verdict.GONE] * 2
    assert (still.visit.outcome, still.changes) == (Outcome.UNCHANGED, ())
    assert [record.change.flags for record in back.changes] == [("returned",)] * 2


def archived(desk: Desk, body: bytes) -> None:
    """Keep what a web archive saw of the source just now."""
    at = desk.clock.now().replace(microsecond=0)
    capture = Capture(
        url=desk.source.url,
        final_url=desk.source.url,
        captured_at=at,
        status=200,
        payload=body,
        payload_digest=digest_of(body),
        provenance=Provenance.MEMENTO,
        memento_url=f"https://web.archive.org/web/2021id_/{desk.source.url}",
    )
    visit = Visit(
        source=desk.source.key,
        started_at=at,
        finished_at=at,
        outcome=Outcome.NEW,
        captures=(capture,),
    )
    with Archive.to_write(desk.config.archive) as archive, archive.transaction():
        number = archive.evidence.begin_import(Import(name="a", kind="memento", started_at=at))
        keep(archive, desk.source, [(visit, number)], at)


def test_another_sight_that_a_web_archive_kept_is_not_what_is_accepted(site, desk):
    desk.visit()
    archived(desk, listing(*docs(0, 1)).body)

    with pytest.raises(ConfigError, match="was new"):
        desk.accept()


def test_our_own_doubted_visit_is_accepted_though_a_web_archive_saw_later(site, desk):
    desk.visit()
    site["/library"] = EMPTIED
    desk.visit()
    archived(desk, listing(*docs(0, 1, 2, 3, 4, 5)).body)

    done = desk.accept()

    assert {record.change.kind for record in done.changes} == {"removed"}
    assert {record.seen.new.id for record in done.changes} == {2}
