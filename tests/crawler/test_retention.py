"""Bytes of unchanged visits go by rule; what is known of the source stays, row by row."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support import (
    START,
    Answer,
    Site,
    Watcher,
    docs,
    knowledge_of,
    listing,
    listing_source,
    online,
    told,
)

from crawler.cli import main
from crawler.config import Source, load
from crawler.derive import read_again
from crawler.importing import import_files
from crawler.rebuilding import rebuild_all
from crawler.retention import Plan, plan, thin
from crawler.retention_rule import Rule
from snapshots.archive import Archive
from snapshots.errors import ArchiveError, ConfigError
from snapshots.records import Outcome

RULE = Rule(after_days=10, keep_every_days=7)


@pytest.fixture
def source(watcher: Watcher, site: Site) -> Source:
    """A listing with other noise each day: an item came on day 20, and one went on day 30."""
    online(site)
    source = listing_source(site)
    for day in range(50):
        numbers = (1, 2, 3) if day < 20 else (1, 2, 3, 4) if day < 30 else (1, 2, 4)
        site["/library"] = listing(*docs(*numbers), noise=f"served on day {day}")
        watcher.visit(source)
    return source


def thinned(watcher: Watcher, source: Source, rule: Rule = RULE) -> Plan:
    planned = plan(watcher.archive, source, rule, watcher.clock.at)
    thin(watcher.archive, source, planned, watcher.clock.at)
    return planned


def test_a_thinned_archive_knows_what_it_knew_and_gives_it_again(
    watcher: Watcher, source: Source
) -> None:
    before, changes = knowledge_of(watcher.archive), watcher.archive.knowledge.changes()

    planned = thinned(watcher, source)

    rebuilt = list(rebuild_all(watcher.archive, [source], START))
    assert knowledge_of(watcher.archive) == before
    assert watcher.archive.knowledge.changes() == changes
    assert told(changes) == [("added", "Estuaries"), ("removed", "Docks")]
    assert [each.again.errata for each in rebuilt] == [()]
    assert len(planned.digests) == 31


def test_both_captures_of_each_interval_keep_their_bytes(watcher: Watcher, source: Source) -> None:
    thinned(watcher, source)

    for record in watcher.archive.knowledge.changes():
        for side in (record.seen.old, record.seen.new):
            assert watcher.archive.evidence.captures_of(side.id)


def test_the_rest_of_the_evidence_stays_and_verifies(watcher: Watcher, source: Source) -> None:
    chain = watcher.archive.evidence.chain
    counts, head = watcher.archive.evidence.counts(), chain.newest()

    planned = thinned(watcher, source)

    assert watcher.archive.evidence.counts() == counts
    assert chain.find(head.hash.removeprefix("sha256:")) == head.records
    assert chain.length() == head.records + 1
    assert list(watcher.archive.problems()) == []
    assert watcher.archive.thinnings.count() == len(planned.digests)
    with pytest.raises(ArchiveError, match="was thinned at 2021-06-20T06:"):
        watcher.archive.evidence.payload(planned.digests[0])


def test_a_payload_without_bytes_that_no_thinning_took_is_lost(
    watcher: Watcher, source: Source
) -> None:
    planned = thinned(watcher, source)
    (kept, *_) = (capture.payload_digest for capture in watcher.archive.evidence.captures_of(50))

    watcher.archive.db.execute(
        "UPDATE payloads SET body = x'', crc = 0, thinned_at = '2021-06-20T06:00:00Z'"
        " WHERE digest = ?",
        (kept,),
    )

    (problem,) = watcher.archive.problems()
    assert problem.startswith(f"payload {kept} (capture 50: ")
    assert problem.endswith(") has no bytes, and no thinning tells why")
    assert kept not in planned.digests


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [
        ("size_bytes", 7, "has another size than was noted when its bytes were let go"),
        ("crc", 7, "is not stored as it was when its bytes were let go"),
        ("body", b"7", "is not stored as it was when its bytes were let go"),
        ("place", 7, "is not stored as it was when its bytes were let go"),
    ],
)
def test_what_is_left_of_a_thinned_payload_cannot_be_altered(
    watcher: Watcher, source: Source, column: str, value: object, wrong: str
) -> None:
    digest = thinned(watcher, source).digests[3]

    watcher.archive.db.execute(
        f"UPDATE payloads SET {column} = ? WHERE digest = ?", (value, digest)
    )

    (problem,) = watcher.archive.problems()
    assert problem.startswith(f"payload {digest} (capture ")
    assert problem.endswith(wrong)


def test_thinning_twice_takes_nothing_more(watcher: Watcher, source: Source) -> None:
    thinned(watcher, source)

    again = plan(watcher.archive, source, RULE, watcher.clock.at)

    assert (again.digests, again.visits, again.stretches) == ((), (), ())


def test_one_visit_of_each_period_stays_whole(watcher: Watcher, source: Source) -> None:
    planned = thinned(watcher, source)

    gone = {visit for visit, _ in planned.visits}
    whole = [number for number in range(1, 41) if number not in gone]
    assert whole == [1, 8, 15, 20, 21, 28, 30, 31, 32, 39]


def test_visits_go_on_after_a_thinning(watcher: Watcher, site: Site, source: Source) -> None:
    thinned(watcher, source)

    site["/library"] = listing(*docs(1, 2, 4, 5), noise="later")
    visited = watcher.visit(source)

    assert told(visited.changes) == [("added", "Ferries")]
    assert list(watcher.archive.problems()) == []


def test_bytes_that_were_let_go_and_come_again_are_held_again(
    watcher: Watcher, site: Site, source: Source
) -> None:
    thinned(watcher, source)
    before = watcher.archive.thinnings.count()

    site["/library"] = listing(*docs(1, 2, 3), noise="served on day 3")
    watcher.visit(source)

    assert watcher.archive.thinnings.count() == before - 1
    assert list(watcher.archive.problems()) == []
    list(rebuild_all(watcher.archive, [source], START))
    assert watcher.archive.errata.recorded() == []


def test_read_with_another_recipe_thinned_visits_prove_nothing(
    watcher: Watcher, source: Source
) -> None:
    planned = thinned(watcher, source)
    (added, removed) = watcher.archive.knowledge.changes()
    other = replace(source, recipes=(replace(source.recipes[0], title="a"),))

    with watcher.archive.transaction():
        read_again(watcher.archive, other, noted_at=START)

    snapshots = {each.id for each in watcher.archive.knowledge.snapshots("library")}
    changes = watcher.archive.knowledge.changes()
    assert snapshots == set(range(1, 51)) - {visit for visit, _ in planned.visits}
    assert [(r.id, r.seen.old, r.seen.new) for r in changes] == [
        (r.id, r.seen.old, r.seen.new) for r in (added, removed)
    ]


def test_bytes_that_come_again_after_another_recipe_change_nothing_of_the_past(
    watcher: Watcher, site: Site, source: Source
) -> None:
    planned = thinned(watcher, source)
    recipe = replace(source.recipes[0], title="a")
    other = replace(source, recipes=(recipe,))
    with watcher.archive.transaction():
        read_again(watcher.archive, other, noted_at=START)

    site["/library"] = listing(*docs(1, 2, 3), noise="served on day 3")
    watcher.visit(other)
    before = knowledge_of(watcher.archive)
    list(rebuild_all(watcher.archive, [other], START))

    assert 4 in {visit for visit, _ in planned.visits}
    assert knowledge_of(watcher.archive) == before


def test_a_capture_that_comes_between_thinned_visits_is_not_said_to_have_been_repeated(
    watcher: Watcher, source: Source, tmp_path: Path
) -> None:
    planned = thinned(watcher, source)
    after, *rest = (visit for visit, before in planned.visits if before in dict(planned.visits))
    page = tmp_path / "page.html"
    page.write_bytes(listing(*docs(1, 2, 3, 7), noise="by another").body)
    at = watcher.archive.knowledge.snapshot(after).captured_at - timedelta(hours=1)
    config = load_of(tmp_path, source)

    import_files(watcher.archive, config, source, [page], at=at, now=watcher.clock.at)

    # Nobody can say how long the item that another saw stood: only that it went by the next
    # visit that is whole.
    came, went = (
        r for r in watcher.archive.knowledge.changes() if r.change.item.title == "Harbors"
    )
    held = {each.id for each in watcher.archive.knowledge.snapshots("library")}
    assert (str(came.change.kind), str(went.change.kind)) == ("added", "removed")
    assert after not in held
    assert went.seen.old.captured_at == at
    assert watcher.archive.evidence.captures_of(went.seen.new.id)
    assert rest


def load_of(folder: Path, source: Source):
    path = folder / "config.toml"
    path.write_text(f'[source.library]\nurl = "{source.url}"\nread = "listing"\n')
    return load(path)


def test_what_was_doubted_stays_whole(watcher: Watcher, site: Site) -> None:
    source = listing_source(site)
    for day in range(30):
        site["/library"] = listing(*docs(*range(12)), noise=f"{day}")
        if day == 5:
            site["/library"] = Answer(body=b"<html><body><main>Nothing</main></body></html>")
        watcher.visit(source)

    planned = thinned(watcher, source, Rule(after_days=1, keep_every_days=1000))

    doubted = [v.id for v in watcher.archive.evidence.readable_visits("library") if v.is_doubted]
    gone = {visit for visit, _ in planned.visits}
    assert doubted == [6]
    assert gone == set(range(2, 30)) - {5, 6}


CONFIG = """\
[archive]
path = "archive.sqlite"
[source.library]
url = "https://agency.example/library"
read = "listing"
[source.library.recipe]
item = "li.doc"
"""


@pytest.fixture
def imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nine captures of one unchanged list, a day apart, each with noise of its own."""
    monkeypatch.chdir(tmp_path)
    Path("config.toml").write_text(CONFIG)
    for day in range(1, 10):
        Path("page.html").write_bytes(listing(*docs(1, 2, 3), noise=str(day)).body)
        main(["import", "page.html", "--source", "library", "--at", f"2021-05-0{day}"])
    capsys.readouterr()


def test_a_dry_run_says_what_would_go_and_what_could_no_longer_be_proved(
    imported: None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path("archive.sqlite").read_bytes()

    assert main(["retention", "--keep-days", "10"]) == 0

    shown = capsys.readouterr()
    said = " ".join(shown.out.split())
    assert said.startswith("library: 7 payloads would go, ")
    assert (
        "(unchanged visits older than 10 days, but one every 30 days) between 2021-05-02 00:00 UTC "
        "and 2021-05-08 00:00 UTC, 7 captures: only digests and times remain; that the page said "
        "the same can no longer be shown from the bytes"
    ) in said
    assert shown.err.startswith("nothing was thinned; ")
    assert Path("archive.sqlite").read_bytes() == before


def test_with_yes_the_bytes_go_and_verify_tells_them_from_lost_ones(
    imported: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("config.toml").write_text(f'{CONFIG}[retention]\nafter = "5d"\nkeep_every = "2d"\n')

    assert main(["retention", "--yes", "--format", "jsonl"]) == 0
    (done,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert main(["verify"]) == 0

    assert (done["thinned"], done["payloads"], done["visits"]) == (True, 4, [2, 4, 6, 8])
    assert capsys.readouterr().out.startswith(
        "9 payloads (4 of them thinned by rule: their digests only), 9 captures, 9 visits: every "
    )
    with Archive.to_read(Path("archive.sqlite")) as archive:
        (thinning,) = archive.thinnings.recorded()
        assert thinning.rule == "unchanged visits older than 5 days, but one every 2 days"
        assert thinning.visits == ((2, 1), (4, 3), (6, 5), (8, 7))
        outcomes = [visit.repeated for visit in archive.evidence.readable_visits("library")]
        assert [each is not None for each in outcomes] == [False, True] * 4 + [False]


def test_without_a_rule_nothing_is_thinned(
    imported: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["retention", "--yes"]) == 2

    assert "no rule says what may go" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('after = "soon"', "[retention] after must be a number of days such as '365d'"),
        ("after = 30", "[retention] after must be text in quotes, not 30"),
        ('keep_evry = "30d"', "did you mean 'keep_every'?"),
    ],
    ids=["no_days", "a_number", "a_misspelt_key"],
)
def test_a_rule_that_cannot_be_used_is_told(tmp_path: Path, written: str, told: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"{CONFIG}[retention]\n{written}\n")

    with pytest.raises(ConfigError) as error:
        load(path)

    assert told in str(error.value)


def test_an_outcome_is_as_it_was_before_the_thinning(watcher: Watcher, source: Source) -> None:
    thinned(watcher, source)

    visits = [*watcher.archive.evidence.readable_visits("library")]
    assert len(visits) == 50
    status = watcher.archive.status("library", title="", url=source.url)
    assert status.outcomes[Outcome.UNCHANGED] + status.outcomes[Outcome.NEW] == 50
