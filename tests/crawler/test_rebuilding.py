"""Knowledge derived from evidence again: the same rows, and errata where a recipe was edited."""

import json
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from support import (
    START,
    Site,
    Watcher,
    docs,
    html,
    knowledge_of,
    listing,
    listing_source,
    page_source,
    told,
)

from crawler.cli import main
from crawler.config import Source, load
from crawler.demo.play import play
from crawler.derive import is_outdated, read_again
from crawler.processes import FEWEST_VISITS
from crawler.rebuilding import errata_now, rebuild_all
from crawler.running import tell
from snapshots.archive import Archive
from snapshots.records import Capture, Outcome, Provenance, Read, Recipe, Visit, digest_of

TITLED = Recipe(read=Read.LISTING, item="li.doc", title="h3", link="a@href", summary="p")
# The same records, where what stands in small print is taken for the summary.
SMALL = replace(TITLED, summary="small")


def records(*texts: tuple[str, str, str]) -> str:
    return "".join(
        f'<li class="doc"><h3>{title}</h3><a href="/doc/{title}">Read</a><p>{summary}</p>'
        f"<small>{small}</small></li>"
        for title, summary, small in texts
    )


def library(site: Site, recipe: Recipe = TITLED) -> Source:
    return replace(listing_source(site), recipes=(recipe,), confirm=1)


def shelf(*, anchors: str = "Of iron.", small: str = "Edition 1") -> str:
    return records(
        ("Anchors", anchors, small),
        ("Bridges", "Of stone and of steel.", "Edition 1"),
        ("Cranes", "How high they lift.", "Edition 1"),
    )


@pytest.fixture
def edited(watcher: Watcher, site: Site) -> Source:
    """A listing whose summary changed at the second visit, and whose small print at the third."""
    source = library(site)
    for body in (
        shelf(),
        shelf(anchors="Of iron and rope."),
        shelf(anchors="Of iron and rope.", small="2"),
    ):
        site["/library"] = html(f"<main><ul>{body}</ul></main>")
        watcher.visit(source)
    return source


def test_rebuilding_twice_gives_every_row_as_it_was(watcher: Watcher, site: Site) -> None:
    other = page_source(site)
    site["/page"] = html("<main><p>Officers arrest aliens.</p></main>")
    for numbers in ((1, 2, 3), (2, 3, 4), (2, 3, 4), (1, 2, 3, 4)):
        site["/library"] = listing(*docs(*numbers))
        watcher.visit(listing_source(site))
        watcher.visit(other)
        site["/page"] = html(f"<main><p>Officers arrest {numbers[0]} aliens.</p></main>")
    lived = knowledge_of(watcher.archive)

    rebuilt = []
    for _ in range(2):
        list(rebuild_all(watcher.archive, [listing_source(site), other], START))
        rebuilt.append(knowledge_of(watcher.archive))

    assert rebuilt == [lived, lived]
    assert watcher.archive.errata.recorded() == []
    assert len([row for row in lived if row[0] == "changes"]) == 5


def test_an_edited_recipe_is_no_news_and_what_was_told_and_differs_is_an_erratum(
    watcher: Watcher, edited: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    (before,) = watcher.archive.knowledge.changes()
    source = replace(edited, recipes=(SMALL,))

    visited = watcher.visit(source)

    (after,) = watcher.archive.knowledge.changes()
    assert visited.changes == ()
    assert [(e.change, e.what, e.noted_at is None) for e in watcher.archive.errata.recorded()] == [
        (before.id, "withdrawn", False),
        (after.id, "new", False),
    ]
    assert after.id > before.id
    tell(visited, "text")
    assert capsys.readouterr().err.splitlines() == [
        "library: its history was read again with the edited recipe: 3 visits; "
        "1 withdrawn, 1 new of 1 recorded changes; see `reworded rebuild --errata`",
        "library: unchanged: 3 items on 1 page, 0 changes",
    ]


def test_a_change_that_comes_out_otherwise_keeps_its_number_and_is_altered(
    watcher: Watcher, site: Site
) -> None:
    source = library(site)
    for body in (shelf(), shelf(anchors="Of iron and rope.", small="2")):
        site["/library"] = html(f"<main><ul>{body}</ul></main>")
        watcher.visit(source)
    (before,) = watcher.archive.knowledge.changes()

    watcher.visit(replace(source, recipes=(replace(TITLED, fields={"edition": "small"}),)))

    (after,) = watcher.archive.knowledge.changes()
    (erratum,) = watcher.archive.errata.recorded()
    assert (before.change.changed, after.change.changed) == (("summary",), ("summary", "edition"))
    assert (erratum.change, erratum.what) == (before.id, "altered")
    assert before.id == after.id


def test_a_withdrawn_number_is_given_to_no_other_change_and_comes_back_with_its_own(
    watcher: Watcher, edited: Source
) -> None:
    (first,) = watcher.archive.knowledge.changes()
    watcher.visit(replace(edited, recipes=(SMALL,)))
    (other,) = watcher.archive.knowledge.changes()

    watcher.visit(edited)

    (back,) = watcher.archive.knowledge.changes()
    assert (first.id, other.id, back.id) == (1, 2, 1)
    assert [(e.change, e.what) for e in watcher.archive.errata.recorded()] == [
        (1, "withdrawn"),
        (2, "new"),
        (2, "withdrawn"),
        (1, "restored"),
    ]


@pytest.mark.parametrize(
    "edit",
    [
        {"recipes": (replace(TITLED, ignore=("small",)),)},
        {"recipes": (replace(TITLED, fields={"edition": "small"}),)},
        {"confirm": 2},
    ],
    ids=["what_is_ignored", "a_named_field", "how_many_visits_confirm"],
)
def test_history_is_read_again_after_an_edit_of(
    watcher: Watcher, edited: Source, edit: dict[str, object]
) -> None:
    changed = replace(edited, **edit)  # type: ignore[arg-type]

    assert not is_outdated(watcher.archive, edited)
    assert is_outdated(watcher.archive, changed)
    assert watcher.visit(changed).read_again is not None
    assert watcher.visit(changed).read_again is None


def test_history_is_read_again_by_a_newer_reader(
    watcher: Watcher, edited: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.config.READER", 1000)

    again = watcher.visit(edited).read_again

    assert again is not None
    assert (again.visits, again.changes, again.errata) == (3, 1, ())


def test_the_errata_that_a_rebuild_would_note_are_listed_and_nothing_is_written(
    watcher: Watcher, edited: Source
) -> None:
    before = knowledge_of(watcher.archive)

    found = list(errata_now(watcher.archive, [replace(edited, recipes=(SMALL,))]))

    assert [(e.change, e.what, e.noted_at) for e in found] == [
        (1, "withdrawn", None),
        (None, "new", None),
    ]
    assert knowledge_of(watcher.archive) == before
    assert watcher.archive.errata.recorded() == []


def test_what_a_rebuild_notes_is_what_was_listed_before(watcher: Watcher, edited: Source) -> None:
    source = replace(edited, recipes=(SMALL,))
    listed = list(errata_now(watcher.archive, [source]))

    with watcher.archive.transaction():
        noted = read_again(watcher.archive, source, noted_at=START).errata

    assert [(e.what, e.before) for e in noted] == [(e.what, e.before) for e in listed]
    after = [json.loads(e.after) if e.after else None for e in (*noted, *listed)]
    assert [each and {**each, "id": None} for each in after[:2]] == after[2:]


CONFIG = """\
[archive]
path = "archive.sqlite"
[source.sheet]
url = "https://agency.example/sheet"
read = "page"
[source.sheet.recipe]
item = "{item}"
"""


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """A page imported at two dates, whose main part and whose note changed."""
    monkeypatch.chdir(tmp_path)
    configure("main")
    for day, said, note in (("2021-05-01", "aliens", "old"), ("2021-05-02", "noncitizens", "new")):
        page = Path(f"{day}.html")
        page.write_text(
            f"<html><body><main><p>Officers arrest {said} who were removed before.</p></main>"
            f"<aside><p>This is the {note} note on the page of the agency.</p></aside>"
            "</body></html>"
        )
        assert main(["import", page.name, "--source", "sheet", "--at", day]) == 0
    capsys.readouterr()


def configure(item: str) -> None:
    Path("config.toml").write_text(CONFIG.format(item=item), "utf-8")


def test_rebuild_lists_in_words_what_differs(
    sheet: None, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("aside")

    code = main(["rebuild", "--errata"])

    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert code == 0
    assert lines[0] == "sheet: change 1 is withdrawn; another recipe, not noted yet"
    assert lines[1].startswith("  was: changed (text): ")
    assert "between 2021-05-01 00:00 UTC and 2021-05-02 00:00 UTC" in " ".join(shown.split())
    assert "    text: Officers arrest [-aliens-]{+noncitizens+} who were removed before." in lines
    assert "sheet: a change had not been told; another recipe, not noted yet" in lines


def test_a_withdrawn_change_is_not_among_the_changes_and_is_told_as_such_by_its_number(
    sheet: None, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("aside")
    assert main(["rebuild"]) == 0
    rebuilt = capsys.readouterr()
    assert "sheet: its history was read again with the edited recipe" in rebuilt.err
    assert "sheet: change 1 is withdrawn; another recipe, noted 2" in rebuilt.out

    assert main(["changes", "--format", "jsonl"]) == 0
    listed = capsys.readouterr()
    assert main(["changes", "--change", "1"]) == 2
    asked = capsys.readouterr()
    assert main(["evidence", "1", "-o", "change-1.wacz"]) == 2

    assert capsys.readouterr().err == asked.err
    assert not Path("change-1.wacz").exists()
    assert [json.loads(line)["id"] for line in listed.out.splitlines()] == [2]
    assert listed.err == (
        "withdrawn, and not among these: 1 change (1); see `reworded rebuild --errata`\n"
    )
    assert "change 1 is withdrawn since 2" in asked.err
    assert asked.out == ""


def test_a_long_history_is_read_ahead_and_comes_out_the_same(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(item="main"))
    path = tmp_path / "archive.sqlite"
    captures = [
        Capture(
            url="https://agency.example/sheet",
            final_url="https://agency.example/sheet",
            captured_at=START + timedelta(days=day),
            status=200,
            payload=payload,
            payload_digest=digest_of(payload),
            provenance=Provenance.FILE,
        )
        for day in range(FEWEST_VISITS + 50)
        for payload in [
            f"<html><body><main><p>On day {day // 3 * 3} there were {day} visitors to the harbor."
            f"</p><p>All of them {('walked', 'sailed')[day % 2]} home again.</p></main>"
            "</body></html>".encode()
        ]
    ]
    source = load(config).source("sheet")
    with Archive.to_write(path) as archive:
        with archive.transaction():
            for capture in captures:
                at = capture.captured_at
                archive.evidence.keep(
                    Visit(
                        source="sheet",
                        started_at=at,
                        finished_at=at,
                        outcome=Outcome.NEW,
                        captures=(capture,),
                    )
                )
            read_again(archive, source, noted_at=START)
        before = knowledge_of(archive)

        (rebuilt,) = rebuild_all(archive, [source], START)

        assert rebuilt.again.visits == len(captures)
        assert knowledge_of(archive) == before
        assert len(archive.knowledge.changes()) > 50


def test_an_import_after_an_edited_recipe_reads_history_first_and_tells_its_own_changes_only(
    sheet: None, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("aside")
    page = Path("2021-05-02.html")

    main(["import", page.name, "--source", "sheet", "--at", "2021-05-03"])

    told = capsys.readouterr()
    assert told.out.endswith("; 0 changes\n")
    assert told.err.startswith("sheet: its history was read again with the edited recipe: 2 visits")


def test_a_capture_in_between_narrows_the_interval_under_a_number_that_the_old_one_names(
    sheet: None, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Path("2021-05-02.html")
    main(["import", page.name, "--source", "sheet", "--at", "2021-05-01T12:00Z"])
    capsys.readouterr()

    assert main(["changes", "--change", "1"]) == 2

    told = capsys.readouterr().err
    assert "it was: changed (text): Officers arrest noncitizens who were removed before." in told
    assert "; change 2 tells the same: changed (text): " in told
    assert "between 2021-05-01 00:00 UTC and 2021-05-01 12:00 UTC" in told


def test_an_edited_lexicon_reads_nothing_again(sheet: None) -> None:
    with Archive.to_read(Path("archive.sqlite")) as archive:
        before = knowledge_of(archive)
    with Path("config.toml").open("a") as config:
        config.write('[[lexicon.term]]\nold = "officers"\nnew = ["agents"]\n')

    assert main(["rebuild"]) == 0

    with Archive.to_read(Path("archive.sqlite")) as archive:
        assert knowledge_of(archive) == before
        assert archive.errata.recorded() == []


def test_a_rebuild_that_is_killed_loses_nothing_and_is_simply_run_again(tmp_path: Path) -> None:
    sources = 3
    lines = ['[archive]\npath = "archive.sqlite"\n']
    for number in range(sources):
        lines.append(
            f'[source.sheet-{number}]\nurl = "https://agency.example/{number}"\nread = "page"\n'
        )
    (tmp_path / "config.toml").write_text("".join(lines))
    for number in range(sources):
        for day in range(1, 9):
            page = tmp_path / "page.html"
            said = "".join(f"<p>Paragraph {each} of day {day}.</p>" for each in range(40))
            page.write_text(f"<html><body><main>{said}</main></body></html>")
            at = f"2021-05-0{day}"
            options = ["--source", f"sheet-{number}", "--at", at]
            config = str(tmp_path / "config.toml")
            assert main(["--config", config, "import", str(page), *options]) == 0
    with Archive.to_read(tmp_path / "archive.sqlite") as archive:
        before = knowledge_of(archive)

    for moment_s in (0.3, 0.6, 0.9, 1.2):
        reworded = Path(sys.executable).with_name("reworded")
        running = subprocess.Popen([reworded, "rebuild"], cwd=tmp_path, stderr=subprocess.DEVNULL)
        sleep(moment_s)
        running.send_signal(signal.SIGKILL)
        running.wait()
        with Archive.to_write(tmp_path / "archive.sqlite") as archive:
            assert list(archive.problems()) == []
            assert knowledge_of(archive) == before

    assert main(["--config", str(tmp_path / "config.toml"), "rebuild"]) == 0
    with Archive.to_read(tmp_path / "archive.sqlite") as archive:
        assert knowledge_of(archive) == before


def test_the_processes_of_a_killed_rebuild_end_with_it(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)

    running = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert running.stdout is not None
    helper = int(running.stdout.readline())
    running.send_signal(signal.SIGKILL)
    running.wait()
    running.stdout.close()

    deadline = monotonic() + 10
    while is_running(helper) and monotonic() < deadline:
        sleep(0.02)
    assert not is_running(helper)


def is_running(process: int) -> bool:
    told = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return bool(told.stdout.strip()) and not told.stdout.strip().startswith("Z")


KILLED = """
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from time import monotonic, sleep

from crawler.processes import CONTEXT, begin_process

if __name__ == "__main__":
    with ProcessPoolExecutor(1, CONTEXT, begin_process) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(sleep, 60).result()
"""


def test_the_demos_archive_is_rebuilt_and_thinned_row_for_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(tmp_path)
    config = str(tmp_path / "config.toml")
    with Archive.to_read(tmp_path / "demo.sqlite") as archive:
        before = knowledge_of(archive)

    assert main(["--config", config, "rebuild"]) == 0
    assert main(["--config", config, "retention", "--keep-days", "30", "--yes"]) == 0
    assert main(["--config", config, "rebuild"]) == 0

    with Archive.to_read(tmp_path / "demo.sqlite") as archive:
        assert knowledge_of(archive) == before
        assert archive.errata.recorded() == []


def test_what_is_removed_stays_removed_in_the_same_interval(watcher: Watcher, site: Site) -> None:
    source = listing_source(site)
    for numbers in ((1, 2, 3), (1, 2), (1, 2), (1, 2, 4)):
        site["/library"] = listing(*docs(*numbers))
        watcher.visit(source)
    before = watcher.archive.knowledge.changes()

    list(rebuild_all(watcher.archive, [source], START))

    assert watcher.archive.knowledge.changes() == before
    assert told(before) == [("removed", "Docks"), ("added", "Estuaries")]
