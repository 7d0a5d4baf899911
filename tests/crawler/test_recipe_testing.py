"""History is the test of a selector: a recipe tried on all that is held."""

import json
from pathlib import Path

import pytest

from crawler.cli import main
from snapshots.archive import Archive

CONFIG = """\
[archive]
path = "archive.sqlite"
[source.library]
url = "https://agency.example/library"
read = "listing"
[source.library.recipe]
item = "li.doc"
title = "a"
published = "time"
"""
TITLES = ("Anchors", "Bridges", "Cranes", "Docks", "Ferries")


def old_layout(*titles: str, day: int = 1) -> str:
    rows = "".join(
        f'<li class="doc"><a href="/{title}">{title}</a><p>About {title}.</p>'
        f"<time>2021-04-0{day}</time></li>"
        for title in titles
    )
    return f"<html><body><main><ul>{rows}</ul></main></body></html>"


def new_layout(*titles: str) -> str:
    rows = "".join(
        f'<li class="record"><a href="/{title}">{title}</a><p>About {title}.</p></li>'
        for title in titles
    )
    return f"<html><body><main><ul>{rows}</ul></main></body></html>"


@pytest.fixture
def history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four snapshots of a library, the last of which has another layout without dates."""
    monkeypatch.chdir(tmp_path)
    Path("config.toml").write_text(CONFIG)
    pages = (
        old_layout(*TITLES[:4]),
        old_layout(*TITLES[:4]),
        old_layout(*TITLES),
        new_layout(*TITLES),
    )
    for day, page in enumerate(pages, 1):
        Path("page.html").write_text(page)
        main(["import", "page.html", "--source", "library", "--at", f"2021-05-0{day}"])
    capsys.readouterr()


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_each_snapshot_shows_its_items_and_how_many_have_each_field(
    history: None, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["recipe", "test", "library"])

    assert code == 1
    assert lines(capsys) == [
        "captured (UTC)   visits items  title link summary date",
        "2021-05-01 00:00      2     4   100% 100%    100% 100%",
        "2021-05-03 00:00      1     5   100% 100%    100% 100%",
        "2021-05-04 00:00      1     0!     -    -       -    -",
        "    ! stops matching: item",
        "library: 3 of 4 visits give items; never filled: section; stops matching somewhere: item",
    ]


def test_a_trial_counts_items_lost_and_gained_and_the_changes_that_would_differ(
    history: None, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["recipe", "test", "library", "--item", "li.doc, li.record"])

    shown = capsys.readouterr()
    assert code == 0
    assert shown.out.splitlines() == [
        "captured (UTC)   visits items  lost gained  title link summary date",
        "2021-05-01 00:00      2     4     -      -   100% 100%    100% 100%",
        "2021-05-03 00:00      1     5     -      -   100% 100%    100% 100%",
        "2021-05-04 00:00      1     5     -      5!  100% 100%    100%    -",
        "    ! stops matching: published",
        "library: 4 of 4 visits give items; never filled: section; "
        "stops matching somewhere: published",
    ]
    assert shown.err == "all of 1 reported change would come out as before\n"


def test_a_recipe_in_a_file_is_tried_and_nothing_is_written(
    history: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("trial.toml").write_text('item = "li.doc"\ntitle = "p"\nfields = { day = "time" }\n')
    before = Path("archive.sqlite").read_bytes()

    main(["recipe", "test", "library", "--recipe", "trial.toml", "--format", "jsonl"])

    tried = [json.loads(line) for line in lines(capsys)]
    assert [each["filled"]["day"] for each in tried] == [1.0, 1.0, 1.0, 0.0]
    assert tried[3] == {
        "source": "library",
        "snapshot": 4,
        "captured_at": "2021-05-04T00:00:00Z",
        "items": 0,
        "filled": dict.fromkeys(("title", "url", "summary", "published", "section", "day"), 0.0),
        "stopped": ["item"],
        "lost": 0,
        "gained": 0,
        "doubt": None,
        "same_bytes": False,
        "thinned": False,
    }
    assert Path("archive.sqlite").read_bytes() == before
    with Archive.to_read(Path("archive.sqlite")) as archive:
        assert archive.errata.recorded() == []


def test_the_table_fits_in_80_columns(
    history: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    named = [f"--field={name}={css}" for name, css in (("number", "p"), ("day", "time"))]

    main(["recipe", "test", "library", "--section", "time", *named])

    assert max(map(len, lines(capsys)[:-1])) <= 80


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--item", "li..doc"], "the command line: [recipe] item"),
        (["--field", "number"], "--field 'number' must be written NAME=SELECTOR"),
        (["--recipe", "trial.toml"], "trial.toml: [recipe] has no setting 'titel'"),
    ],
    ids=["no_selector", "a_field_without_selector", "an_unknown_key"],
)
def test_what_cannot_be_tried_is_told(
    history: None, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    Path("trial.toml").write_text('titel = "p"\n')

    assert main(["recipe", "test", "library", *options]) == 2

    assert told in capsys.readouterr().err
