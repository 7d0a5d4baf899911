"""The commands as they are typed: output, exit codes, and what happens when things go wrong."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support import (
    EMPTY,
    START,
    Answer,
    Request,
    SimulatedClock,
    Site,
    Watcher,
    docs,
    html,
    listing,
    page,
)

from crawler import __version__
from crawler.cli import COMMANDS, main
from crawler.config import load
from crawler.running import due, run
from snapshots.archive import Archive

REWORDED = [str(Path(sys.executable).with_name("reworded"))]
CONFIG = """
[archive]
path = "archive.sqlite"
[crawler]
delay_s = 0
timeout_s = 5
retries = 0
allow_private = ["127.0.0.1"]
[source.library]
url = "{url}/library"
read = "listing"
[source.library.recipe]
item = "li.doc"
[source.sheets]
url = "{url}/sheets"
read = "page"
"""
ALIENS = page("Removable aliens were held here.", "Fees are due in May.")
NONCITIZENS = page("Removable noncitizens were held here.", "Fees are due in May.")
CHANGE_KEYS = [
    "id",
    "source",
    "kind",
    "changed",
    "verdict",
    "flags",
    "item",
    "fields",
    "match",
    "seen",
]
ITEM_KEYS = ["key", "title", "url", "summary", "published", "section", "text", "fields"]
LOG_KEYS = [
    "source",
    "first_at",
    "until_at",
    "item",
    "last_seen_at",
    "change",
    "kind",
    "changed",
    "flags",
    "fields",
    "removal",
    "verdict",
    "kept_by",
    "corroborated_by",
]
SUBSTITUTION_KEYS = [
    "old",
    "new",
    "places",
    "items",
    "sources",
    "first",
    "last",
    "reverse_places",
    "contexts",
]


@dataclass(frozen=True)
class Desk:
    """A folder with a configuration for a site, and what is typed there."""

    config: Path
    site: Site
    capfd: pytest.CaptureFixture[str]

    @property
    def archive(self) -> Path:
        return self.config.with_name("archive.sqlite")

    def type(self, *words: object) -> tuple[int, str, str]:
        """Run a command in this process; return its exit code, stdout and stderr."""
        self.capfd.readouterr()
        code = main(["--config", str(self.config), *map(str, words)])
        return code, *self.capfd.readouterr()

    def start(
        self, *words: object, before: Callable[[], object] | None = None
    ) -> "subprocess.Popen[str]":
        """Start a command in a process of its own."""

        def prepare() -> None:
            # A job in the background is born deaf to Ctrl-C.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            if before:
                before()

        return subprocess.Popen(
            [*REWORDED, "--config", str(self.config), *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=prepare,
        )

    def run_apart(
        self, *words: object, before: Callable[[], object] | None = None
    ) -> tuple[int, str, str]:
        """Run a command in a process of its own to its end."""
        with self.start(*words, before=before) as process:
            out, err = process.communicate(timeout=30)
        return process.returncode, out, err

    def verdict(self) -> str:
        """Return what ``verify`` says of the archive, without the chain's head."""
        code, out, err = self.type("verify")
        return f"{code} {out.partition(';')[0]}{err}"


@pytest.fixture
def desk(tmp_path: Path, site: Site, capfd: pytest.CaptureFixture[str]) -> Desk:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(url=site.url), "utf-8")
    site["/library"] = listing(*docs(0, 1, 2))
    site["/sheets"] = ALIENS
    return Desk(config, site, capfd)


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """A desk whose archive saw an addition, a removal and a rewording, a day apart."""
    config = load(desk.config)
    with Archive.to_write(config.archive) as archive:
        watcher = Watcher(archive, config.crawler)
        for source in config.sources.values():
            watcher.visit(source)
        desk.site["/library"], desk.site["/sheets"] = listing(*docs(0, 2, 3)), NONCITIZENS
        for source in config.sources.values():
            watcher.visit(source)
    return desk


# Help.


def test_help_lists_the_commands_in_the_order_of_the_work(desk: Desk) -> None:
    code, out, _ = desk.type("--help")

    listed = [line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line]
    assert code == 0
    assert [word for word in listed if word in COMMANDS] == list(COMMANDS)
    assert "Exit codes: 0 done" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_an_example(desk: Desk, command: str) -> None:
    code, out, _ = desk.type(command, "--help")

    assert code == 0
    assert "Example: reworded " in " ".join(out.split())


def test_the_version_is_told(desk: Desk) -> None:
    assert desk.type("--version") == (0, f"reworded, version {__version__}\n", "")


def test_help_costs_next_to_nothing() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    subprocess.run([*REWORDED, "--help"], check=True, capture_output=True)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent_s < 0.3


# The commands.


def test_init_writes_a_configuration_that_can_be_used(desk: Desk) -> None:
    desk.config.unlink()

    code, out, err = desk.type("init")

    assert (code, out) == (0, "")
    assert err.startswith(f"written: {desk.config}\n")
    assert len(load(desk.config).sources) == 2


def test_init_leaves_an_existing_configuration_alone(desk: Desk) -> None:
    before = desk.config.read_bytes()

    assert desk.type("init") == (
        2,
        "",
        f"reworded: {desk.config}: is there already, and is left as it is\n",
    )
    assert desk.config.read_bytes() == before


def test_look_shows_the_items_of_a_file_and_stores_nothing(desk: Desk, tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_bytes(listing(*docs(0, 1)).body)

    code, out, err = desk.type("look", saved, "--source", "library", "--format", "jsonl")

    items = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, f"{saved}: 2 items, read as a listing\n")
    assert [item["title"] for item in items] == ["Anchors", "Bridges"]
    assert [list(item) for item in items] == [ITEM_KEYS, ITEM_KEYS]
    assert not desk.archive.exists()


def test_look_shows_the_items_of_an_address(desk: Desk) -> None:
    code, out, _ = desk.type("look", f"{desk.site.url}/sheets", "--read", "page")

    assert code == 0
    assert "Removable aliens were held here." in out


def test_run_visits_what_is_due_and_tells_what_it_saw(desk: Desk) -> None:
    first, second = desk.type("run"), desk.type("run")

    assert first == (
        0,
        "",
        "library: new: 3 items on 1 page, 0 changes\nsheets: new: 2 items on 1 page, 0 changes\n",
    )
    assert second == (0, "", "nothing is due\n")


def test_a_source_that_was_not_seen_is_tried_again_before_its_next_day(desk: Desk) -> None:
    desk.site["/sheets"] = [Answer(status=503), ALIENS]
    half_an_hour = SimulatedClock(datetime.now(UTC) + timedelta(minutes=30))

    first, at_once = desk.type("run"), desk.type("run")
    later = run(load(desk.config), (), clock=half_an_hour)

    assert (first[0], at_once) == (1, (0, "", "nothing is due\n"))
    assert later == 0
    assert desk.site.targets == ["/library", "/sheets", "/sheets"]


def test_a_run_asks_the_archive_once_for_all_its_sources(desk: Desk) -> None:
    tables = (f'[source.s{n}]\nurl = "http://a.gov/{n}"\nread = "page"\n' for n in range(100))
    desk.config.write_text(CONFIG.format(url=desk.site.url) + "\n".join(tables))
    config, asked = load(desk.config), []
    with Archive.to_write(desk.archive) as archive:
        archive.db.set_trace_callback(asked.append)

        found = due(config.sources.values(), archive, SimulatedClock())

    assert (len(found), len(asked)) == (102, 1)


def test_run_prints_changes_on_stdout(desk: Desk) -> None:
    desk.type("run")
    desk.site["/sheets"] = NONCITIZENS

    code, out, err = desk.type("run", "sheets", "--format", "jsonl")

    assert (code, err) == (0, "sheets: new: 2 items on 1 page, 1 change\n")
    assert [json.loads(line)["kind"] for line in out.splitlines()] == ["changed"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(status=500), "failed: {url}/sheets answered 500"),
        (Answer(status=403), "blocked: {url}/sheets answered 403"),
        (EMPTY, "failed: {url}/sheets answered with an empty body"),
        (html("<nav>Home</nav>"), "quarantined: nothing matches what a page is looked for by"),
    ],
    ids=["failed", "blocked", "empty", "quarantined"],
)
def test_run_exits_1_when_a_source_could_not_be_seen(desk: Desk, answer: Answer, told: str) -> None:
    desk.site["/sheets"] = answer

    code, out, err = desk.type("run")

    assert (code, out) == (1, "")
    assert err.splitlines()[1] == f"sheets: {told.format(url=desk.site.url)}"
    assert desk.verdict().startswith("0 ")


def test_changes_as_jsonl_have_the_documented_keys(lived: Desk) -> None:
    code, out, err = lived.type("changes", "--format", "jsonl")

    records = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [(r["kind"], r["verdict"]) for r in records] == [
        ("added", None),
        ("removed", "gone"),
        ("changed", None),
    ]
    for record in records:
        assert list(record) == CHANGE_KEYS
        assert list(record["item"]) == ["key", "title", "url", "section"]
        assert list(record["seen"]) == ["old", "new", "good_visits_between", "longest_gap_s"]
        assert list(record["seen"]["old"]) == ["snapshot", "captured_at", "digests"]
        for told in record["fields"].values():
            assert list(told) == ["old", "new", "edits"]
    assert records[2]["fields"]["text"] == {
        "old": "Removable aliens were held here.",
        "new": "Removable noncitizens were held here.",
        "edits": [
            ["keep", "Removable "],
            ["delete", "aliens"],
            ["insert", "noncitizens"],
            ["keep", " were held here."],
        ],
    }


def test_changes_of_one_source_since_a_date(lived: Desk) -> None:
    day = f"{START + timedelta(days=2):%Y-%m-%d}"

    of_one = lived.type("changes", "sheets", "--format", "jsonl")[1]
    earlier = lived.type("changes", "--until", day, "--format", "jsonl")[1]
    later = lived.type("changes", "--since", "2030-01-01")[1]

    assert [json.loads(line)["source"] for line in of_one.splitlines()] == ["sheets"]
    assert {json.loads(line)["source"] for line in earlier.splitlines()} <= {"library"}
    assert later == ""


def test_diff_compares_any_two_dates(lived: Desk) -> None:
    code, out, _ = lived.type(
        "diff", "library", "--from", "2021-05-02", "--to", "2021-05-10", "--format", "jsonl"
    )

    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(r["kind"], r["item"]["title"]) for r in records] == [
        ("added", "Docks"),
        ("removed", "Bridges"),
    ]
    assert [list(record) for record in records] == [CHANGE_KEYS, CHANGE_KEYS]


def test_diff_of_a_moment_with_itself_finds_nothing(lived: Desk) -> None:
    code, out, _ = lived.type("diff", "library", "--from", "2021-05-02", "--to", "2021-05-02")

    assert (code, out) == (0, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "2001-01-01"), "library: there is no snapshot as old as 2001-01-01"),
        (("--from", "2021-05-10", "--to", "2021-05-02"), "--from is later than --to"),
        (("--from", "long ago"), "'long ago' is not a date; write it like 2021-05-01"),
    ],
    ids=["too_early", "wrong_order", "no_date"],
)
def test_diff_tells_what_is_wrong_with_its_dates(
    lived: Desk, words: tuple[str, ...], told: str
) -> None:
    code, out, err = lived.type("diff", "library", *words)

    assert (code, out) == (2, "")
    assert err.startswith(f"reworded: {told}")


def test_diff_says_on_stderr_which_snapshots_it_used(lived: Desk) -> None:
    _, _, err = lived.type("diff", "library", "--from", "2021-05-02", "--to", "2021-05-10")

    assert err.startswith("library: snapshot 1 of 2021-05-01 06:00 UTC against snapshot ")


def test_changes_compares_every_source_with_a_fixed_base(lived: Desk) -> None:
    code, out, err = lived.type("changes", "--base", "2021-05-01", "--format", "jsonl")

    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [list(record) for record in records] == [CHANGE_KEYS] * len(records)
    assert [(r["id"], r["source"], r["kind"]) for r in records] == [
        (1, "library", "added"),
        (2, "library", "removed"),
    ]
    assert "sheets: there is no snapshot as old as 2021-05-01 23:59" in err


def test_a_report_against_a_base_names_what_it_compared(lived: Desk) -> None:
    for form in ("text", "md", "html"):
        code, out, _ = lived.type("report", "--base", "2021-05-02", "--format", form)

        assert code == 0
        assert "What differs on " in out
        assert "What was compared" in out
        assert "sheets: snapshot 2 of 2021-05-02 06:00 UTC against snapshot 4" in " ".join(
            out.split()
        )


def test_log_tells_every_wording_with_its_interval(lived: Desk) -> None:
    code, out, _ = lived.type("log", "held here", "--format", "jsonl")

    wordings = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [list(wording) for wording in wordings] == [LOG_KEYS, LOG_KEYS]
    assert [(w["kind"], w["changed"], w["flags"]) for w in wordings] == [
        (None, [], []),
        ("changed", ["text"], []),
    ]
    assert wordings[1]["fields"]["text"]["edits"][1:3] == [
        ["delete", "aliens"],
        ["insert", "noncitizens"],
    ]
    assert [wording["item"]["text"] for wording in wordings] == [
        "Removable aliens were held here.",
        "Removable noncitizens were held here.",
    ]
    assert wordings[0]["until_at"] == wordings[1]["first_at"]
    assert wordings[1]["until_at"] is None


def test_log_tells_which_items_a_vague_word_could_mean(lived: Desk) -> None:
    code, out, err = lived.type("log", "s")

    assert (code, out) == (2, "")
    assert "items hold 's'; name one by its key:" in err


def test_terms_lists_phrases_that_became_others(lived: Desk) -> None:
    code, out, _ = lived.type("terms", "alien", "--format", "jsonl")

    (term,) = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert list(term) == SUBSTITUTION_KEYS
    assert [term[key] for key in ("old", "new", "places", "items", "sources")] == [
        "aliens",
        "noncitizens",
        1,
        1,
        1,
    ]
    assert list(term["contexts"][0]) == ["change", "old", "new"]


def test_terms_tells_how_often_a_term_was_used_at_each_good_snapshot(lived: Desk) -> None:
    code, out, _ = lived.type(
        "terms", "alien", "--trends", "--source", "sheets", "--format", "jsonl"
    )

    (trend,) = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert list(trend) == ["term", "source", "panel_items", "points", "items"]
    assert (trend["term"], trend["source"], trend["panel_items"]) == ("alien", "sheets", 2)
    assert [
        [point[key] for key in ("uses", "panel_uses", "items", "entered", "left")]
        for point in trend["points"]
    ] == [[1, 1, 2, 0, 0], [0, 0, 2, 0, 0]]
    assert [[number for _, number in item["uses"]] for item in trend["items"]] == [[1, 0]]


def test_terms_draws_the_uses_below_the_phrases(lived: Desk) -> None:
    _, out, _ = lived.type("terms", "noncitizens", "--source", "sheets")

    assert "aliens → noncitizens" in out
    assert "  all items           0 → 1  ▁█  2 → 2 items (+0 −0)" in out.splitlines()
    assert "  constant panel      0 → 1  ▁█  2 items there at both ends" in out.splitlines()


def test_trends_need_a_term(lived: Desk) -> None:
    code, out, err = lived.type("terms", "--trends")

    assert (code, out) == (2, "")
    assert "--trends needs a TERM" in err


def test_a_change_that_touches_a_watched_term_says_so(lived: Desk) -> None:
    _, out, _ = lived.type("changes", "sheets")

    assert "    watched: alien → noncitizen (1 place)" in out


def test_changes_may_be_only_those_that_touch_a_watched_term(lived: Desk) -> None:
    _, out, _ = lived.type("changes", "--watched", "--format", "jsonl")

    told = [json.loads(line) for line in out.splitlines()]
    assert [(c["source"], list(c)) for c in told] == [("sheets", CHANGE_KEYS)]


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_a_report_says_which_changes_touch_a_watched_term(lived: Desk, form: str) -> None:
    _, out, _ = lived.type("report", "--format", form)

    assert out.count("watched: alien → noncitizen (1 place)") == 1


@pytest.mark.parametrize(
    ("name", "begins"),
    [("r.html", "<!doctype html>"), ("r.md", "# "), ("r.txt", "What changed"), ("r.jsonl", "{")],
)
def test_a_report_takes_its_form_from_the_name_of_its_file(
    lived: Desk, tmp_path: Path, name: str, begins: str
) -> None:
    path = tmp_path / name

    code, out, err = lived.type("report", "-o", path)

    assert (code, out, err) == (0, "", f"written: {path}\n")
    text = path.read_text("utf-8")
    assert text.startswith(begins)
    assert "noncitizens" in text
    assert "Docks" in text


def test_a_report_on_the_screen_is_text(lived: Desk) -> None:
    code, out, _ = lived.type("report")

    assert code == 0
    assert out.startswith("What changed")


def test_import_tells_what_was_taken(desk: Desk, tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_bytes(ALIENS.body)

    first = desk.type("import", saved, "--source", "sheets", "--at", "2018-01-03")
    again = desk.type("import", saved, "--source", "sheets", "--at", "2018-01-03")

    told = "records of other URLs skipped; 0 changes\n"
    assert first == (0, f"sheets: 1 capture imported, 0 held already, 0 {told}", "")
    assert again == (0, f"sheets: 0 captures imported, 1 held already, 0 {told}", "")


def test_demo_leaves_an_archive_and_a_report(tmp_path: Path) -> None:
    folder = tmp_path / "demo"

    assert main(["demo", "-o", str(folder)]) == 0

    assert main(["--config", str(folder / "config.toml"), "verify"]) == 0
    assert (folder / "report.html").stat().st_size > 10_000


def test_demo_never_writes_over_someone_elses_configuration(desk: Desk, tmp_path: Path) -> None:
    before = desk.config.read_bytes()

    assert desk.type("demo", "-o", tmp_path)[0] == 2
    assert desk.config.read_bytes() == before


# Wrong usage: 2.


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "librray"), "there is no [source.librray]; did you mean 'library'?"),
        (("changes", "nowhere"), "there is no [source.nowhere]; there are library, sheets"),
        (("diff", "nowhere", "--from", "2021-05-01"), "there is no [source.nowhere]"),
        (("report", "nowhere"), "there is no [source.nowhere]"),
        (("terms", "--source", "nowhere"), "there is no [source.nowhere]"),
        (("log", "Anchors", "--source", "nowhere"), "there is no [source.nowhere]"),
        (("look", "missing.html"), "there is no file missing.html, and it is no http address"),
        (("import", "missing.html", "--source", "sheets"), "there is no file missing.html"),
        (("changes", "--since", "soon"), "'soon' is not a date"),
        (("changes", "--base", "2021-05-01", "--since", "2021-05-01"), "give one"),
        (("report", "--base", "2021-05-03", "--until", "2021-05-01"), "--base is later than"),
        (("report", "-o", "/nowhere/report.html"), "/nowhere/report.html: cannot be written"),
        (("log", "no such words"), "no item is, or holds, 'no such words'"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_wrong(
    lived: Desk, words: tuple[str, ...], told: str
) -> None:
    code, out, err = lived.type(*words)

    assert (code, out) == (2, "")
    assert err.startswith("reworded: ")
    assert told in err


@pytest.mark.parametrize("words", [("nonsense",), ("run", "--nonsense"), ("import", "a.html"), ()])
def test_what_is_no_command_exits_2_with_the_usage(desk: Desk, words: tuple[str, ...]) -> None:
    code, _, err = desk.type(*words)

    assert code == 2
    assert err.startswith("Usage: reworded ")


@pytest.mark.parametrize("command", ["run", "watch", "status", "changes", "verify", "report"])
def test_a_missing_configuration_exits_2(desk: Desk, command: str) -> None:
    desk.config.unlink()

    assert desk.type(command) == (
        2,
        "",
        f"reworded: {desk.config}: not found; `reworded init` writes one\n",
    )


def test_an_unreadable_configuration_exits_2(desk: Desk) -> None:
    desk.config.write_bytes(b"\xff\xfe\x00\x01")

    code, _, err = desk.type("run")

    assert code == 2
    assert err.startswith(f"reworded: {desk.config}: cannot be read (")


def test_a_mistaken_configuration_exits_2_before_anything_is_asked(desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text().replace("delay_s", "dellay_s"))

    assert desk.type("run") == (
        2,
        "",
        f"reworded: {desk.config}: [crawler] has no setting 'dellay_s'; did you mean 'delay_s'?\n",
    )
    assert desk.site.requests == []


# What cannot be seen or read: 1.


def test_binary_garbage_exits_1(desk: Desk, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.html"
    garbage.write_bytes(bytes(range(256)) * 64)

    looked = desk.type("look", garbage)
    imported = desk.type("import", garbage, "--source", "sheets")

    assert looked[0] == imported[0] == 1
    assert "the payload is binary, neither HTML nor text" in looked[2]
    assert imported[2] == (
        f"reworded: {garbage}: {desk.site.url}/sheets: the payload is binary, "
        "neither HTML nor text\n"
    )
    assert (
        desk.verdict()
        == "0 0 payloads, 0 captures, 0 visits: every payload and every link of the chain agree"
    )


def test_an_address_that_answers_an_error_exits_1(desk: Desk) -> None:
    assert desk.type("look", f"{desk.site.url}/nowhere") == (
        1,
        "",
        f"reworded: {desk.site.url}/nowhere: answered 404\n",
    )


# The archive: 3.


@pytest.mark.parametrize("command", ["status", "changes", "report", "terms", "verify"])
def test_no_archive_yet_exits_3_with_how_to_make_one(desk: Desk, command: str) -> None:
    assert desk.type(command) == (
        3,
        "",
        f"reworded: {desk.archive}: there is no archive yet; "
        "`reworded run` or `reworded import` makes it\n",
    )


def a_text_file(path: Path) -> None:
    path.write_text("This is no archive, and must stay as it is.\n" * 200)


def another_database(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE mine (words TEXT)")
    database.commit()
    database.close()


@pytest.mark.parametrize("command", ["run", "watch", "status", "changes", "verify", "report"])
@pytest.mark.parametrize(
    ("make", "told"),
    [
        (a_text_file, "this file is not an archive (not SQLite); name another in [archive] path"),
        (
            another_database,
            "this SQLite file is not an archive of Reworded; name another in [archive] path",
        ),
    ],
)
def test_what_is_no_archive_exits_3_and_stays_as_it_is(
    desk: Desk, command: str, make: Callable[[Path], None], told: str
) -> None:
    make(desk.archive)
    before = desk.archive.read_bytes()

    code, out, err = desk.type(command)

    assert (code, out) == (3, "")
    assert err.endswith(f"reworded: {desk.archive}: {told}\n")
    assert desk.archive.read_bytes() == before
    assert desk.site.requests == []


@pytest.mark.parametrize("command", ["run", "status", "changes", "verify", "report", "terms"])
def test_a_damaged_archive_exits_3(lived: Desk, command: str) -> None:
    content = bytearray(lived.archive.read_bytes())
    for page_start in range(4096 * 2, len(content), 4096):
        content[page_start : page_start + 64] = b"\xff" * 64
    lived.archive.write_bytes(content)

    code, _, err = lived.type(command)

    assert code == 3
    assert err.startswith(f"reworded: {lived.archive}: ") or "malformed" in err


def test_verify_counts_what_is_as_it_was_written(lived: Desk) -> None:
    assert (
        lived.verdict()
        == "0 5 payloads, 4 captures, 4 visits: every payload and every link of the chain agree"
    )


def test_verify_names_a_damaged_payload(lived: Desk) -> None:
    database = sqlite3.connect(lived.archive)
    ((digest, body),) = database.execute("SELECT digest, body FROM payloads LIMIT 1").fetchall()
    flipped = body[:-1] + bytes([body[-1] ^ 1])
    database.execute("UPDATE payloads SET body = ? WHERE digest = ?", (flipped, digest))
    database.commit()
    database.close()

    code, out, err = lived.type("verify")

    assert code == 3
    assert "1 fault;" in out
    seen = f"capture 1: {lived.site.url}/library, 2021-05-01T06:00:00Z"
    assert err.startswith(f"reworded: payload {digest} ({seen}) is damaged (")


def test_verify_names_a_capture_that_was_altered(lived: Desk) -> None:
    database = sqlite3.connect(lived.archive)
    database.execute("UPDATE captures SET captured_at = '2020-01-01T00:00:00Z' WHERE id = 2")
    database.commit()
    database.close()

    code, _, err = lived.type("verify")

    assert code == 3
    assert err == (
        f"reworded: capture 2 ({lived.site.url}/sheets, 2020-01-01T00:00:00Z) was altered, "
        "or its link 4 of the chain was\n"
    )


def test_a_run_does_nothing_while_another_process_writes(desk: Desk) -> None:
    with Archive.to_write(desk.archive):
        ended = desk.run_apart("run")

    assert ended == (0, "", "another run is at work; nothing done\n")
    assert desk.site.requests == []
    assert desk.type("run")[0] == 0


@pytest.mark.parametrize("asked", ["library", "--all"])
def test_a_second_writer_exits_3_and_names_the_first(desk: Desk, asked: str) -> None:
    with Archive.to_write(desk.archive):
        ended = desk.run_apart("run", asked)

    assert ended == (
        3,
        "",
        f"reworded: {desk.archive}: process {os.getpid()} is writing to it; "
        "wait until it has finished, and start again\n",
    )
    assert desk.type("run")[0] == 0


def test_a_reader_does_not_mind_a_writer(lived: Desk) -> None:
    with Archive.to_write(lived.archive):
        code, out, _ = lived.run_apart("changes", "--format", "jsonl")

    assert (code, len(out.splitlines())) == (0, 3)


def test_a_full_disk_exits_3_and_loses_nothing(lived: Desk) -> None:
    lived.site["/library"] = listing(*docs(*range(20)), noise=os.urandom(300_000).hex())
    size = lived.archive.stat().st_size

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, size + 20_000))

    code, _, err = lived.run_apart("run", "library", before=fill)

    assert code == 3
    assert "Traceback" not in err
    assert err == (
        f"reworded: {lived.archive}: the disk cannot take more (disk I/O error); "
        "free some room: nothing that was kept is lost\n"
    )
    assert (
        lived.verdict()
        == "0 5 payloads, 4 captures, 4 visits: every payload and every link of the chain agree"
    )
    assert lived.type("run", "library")[0] == 0


def test_a_disk_that_is_really_full_exits_3_and_loses_nothing(lived: Desk, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(small)]
    with suppress(FileNotFoundError):
        mounted = subprocess.run(mount, capture_output=True, check=False)
        if mounted.returncode:
            pytest.skip("a small file system can be mounted by root only")
    try:
        (small / "archive.sqlite").write_bytes(lived.archive.read_bytes())
        config = small / "config.toml"
        config.write_text(lived.config.read_text())
        desk = Desk(config, lived.site, lived.capfd)
        lived.site["/library"] = listing(*docs(*range(20)), noise=os.urandom(300_000).hex())

        code, _, err = desk.run_apart("run", "library")

        assert code == 3
        assert err.startswith(f"reworded: {desk.archive}: the disk cannot take more (")
        assert (
            desk.verdict()
            == "0 5 payloads, 4 captures, 4 visits: every payload and every link of the chain agree"
        )
    finally:
        subprocess.run(["umount", str(small)], check=True)


# Interruptions.


def test_a_reader_that_has_read_enough_is_no_error(lived: Desk) -> None:
    typed = f"'{REWORDED[0]}' --config '{lived.config}' changes --format jsonl | head -1"

    piped = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {typed}"], capture_output=True, text=True, check=False
    )

    assert (piped.returncode, piped.stderr) == (0, "")
    assert len(piped.stdout.splitlines()) == 1


@pytest.mark.parametrize("command", ["changes", "terms", "report", "verify"])
def test_a_pipe_that_is_closed_from_the_beginning_is_no_error(lived: Desk, command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    ended = subprocess.run(
        [*REWORDED, "--config", str(lived.config), command],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (0, "")


def test_ctrl_c_exits_130_and_keeps_what_was_completed(desk: Desk) -> None:
    desk.site["/library"] = listing(*docs(0, 1, 2))
    desk.site["/sheets"] = Answer(wire=b"", ending="hold")

    with desk.start("run") as process:
        until(desk.site, "/sheets")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)

    assert process.returncode == 130
    assert out == ""
    assert [line for line in err.splitlines() if line] == [
        "library: new: 3 items on 1 page, 0 changes",
        "reworded: stopped; every visit that was completed is kept",
    ]
    assert (
        desk.verdict()
        == "0 1 payload, 1 capture, 1 visit: every payload and every link of the chain agree"
    )


@pytest.mark.parametrize("after", [1, 2, 3, 5])
def test_a_run_that_is_killed_leaves_an_archive_that_verifies(desk: Desk, after: int) -> None:
    """``after`` so many pages of a listing, whose last one never comes."""

    def endless(request: Request) -> Answer:
        number = len(desk.site.targets) - 1
        if number > after:
            return Answer(wire=b"", ending="hold")
        return listing(*docs(number), following=f"/library?page={number}")

    desk.site["/library"] = endless
    with desk.start("run", "sheets", "library") as process:
        until(desk.site, f"/library?page={after}")
        process.kill()
        process.communicate(timeout=10)

    assert process.returncode == -signal.SIGKILL
    assert (
        desk.verdict()
        == "0 1 payload, 1 capture, 1 visit: every payload and every link of the chain agree"
    )
    desk.site["/library"] = listing(*docs(0, 1, 2))
    assert desk.type("run", "library")[0] == 0


def until(site: Site, target: str) -> None:
    """Wait until a site is asked for a target, without a clock of one's own."""
    with site.news:
        assert site.news.wait_for(lambda: site.asked(target), timeout=20)
