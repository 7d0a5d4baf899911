"""Pointing the program at a page: what it finds, shows, asks, writes and visits."""

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from support import (
    NOT_FOUND,
    RESET,
    Answer,
    SimulatedClock,
    Site,
    Watcher,
    docs,
    html,
    listing,
    listing_source,
    page,
)

from crawler.adding import Proposal, Wishes, add, begin, leave_alone, propose
from crawler.cli import main
from crawler.config import Config, load
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import Read

REWORDED = [str(Path(sys.executable).with_name("reworded"))]
CONFIG = """\
# Whom we follow.
[archive]
path = "archive.sqlite"
[crawler]
contact = "desk@example.org"  # that is us
delay_s = 0
retries = 0
timeout_s = 5
allow_private = ["127.0.0.1"]

[source.old]
url = "https://agency.example/old"   # keep
read = "page"
"""
SHOWN = docs(*range(12))
FEED = Answer(
    body=b'<?xml version="1.0"?>\n<!-- ours -->\n<rss version="2.0"><channel></channel></rss>',
    headers=(("Content-Type", "application/rss+xml"),),
)


@dataclass(frozen=True)
class Desk:
    """A folder with a configuration for a site, and what is typed there."""

    config: Path
    site: Site
    capfd: pytest.CaptureFixture[str]

    def type(self, *words: object) -> tuple[int, str, str]:
        self.capfd.readouterr()
        code = main(["--config", str(self.config), *map(str, words)])
        return code, *self.capfd.readouterr()

    def answer(self, typed: str, *words: object) -> tuple[int, str, str]:
        """Run a command at a terminal, and type an answer there."""
        keyboard, terminal = pty.openpty()
        os.write(keyboard, typed.encode())
        command = [*REWORDED, "--config", str(self.config), *map(str, words)]
        done = subprocess.run(command, stdin=terminal, capture_output=True, text=True, timeout=60)
        os.close(keyboard)
        os.close(terminal)
        return done.returncode, done.stdout, done.stderr

    @property
    def url(self) -> str:
        return f"{self.site.url}/library"

    @property
    def added(self) -> str:
        """What was written below the configuration as it was."""
        text = self.config.read_text("utf-8")
        assert text.startswith(CONFIG)
        return text.removeprefix(CONFIG)


@pytest.fixture
def desk(tmp_path: Path, site: Site, capfd: pytest.CaptureFixture[str]) -> Desk:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, "utf-8")
    site["/library"] = listing(*SHOWN, following="/library?page=1")
    site["/library?page=1"] = listing(*docs(*range(12, 20)))
    return Desk(config, site, capfd)


def test_a_page_is_found_out_written_down_and_visited(desk: Desk) -> None:
    code, _, err = desk.type("add", desk.url, "--yes", "--key", "library")

    assert (code, err) == (
        0,
        f"written: [source.library] in {desk.config}\n"
        "library: new: 20 items on 2 pages, 0 changes\n",
    )
    source = load(desk.config).sources["library"]
    assert (source.url, source.read, source.title) == (desk.url, Read.LISTING, "Library")
    assert source.recipes[0].item
    assert "# Added on 2" in desk.added
    assert desk.site.targets == ["/library", "/library", "/library?page=1"]
    assert desk.type("run", "library")[2] == "library: unchanged: 20 items on 2 pages, 0 changes\n"


def test_what_was_found_is_shown_as_a_table(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    robots = b"User-agent: *\nDisallow: /private\n"
    desk.site["/robots.txt"] = Answer(body=robots, headers=(("Content-Type", "text/plain"),))
    rows = "".join(
        f'<li class="doc"><h3><a href="/doc/{n}">All about {title}</a></h3>'
        f"<time>May {n + 1}, 2021</time>"
        f"<p>Removable aliens were told of {title}, and noncitizens were not.</p></li>"
        for n, (_, title) in enumerate(SHOWN)
    )
    desk.site["/library"] = html(f"<main><h1>Library</h1><ul>{rows}</ul></main>")

    _, out, _ = desk.type("add", desk.url, "--yes", "--no-visit")

    rows_shown = {line[:13].strip(): line[13:] for line in out.splitlines() if line[:1].strip()}
    assert rows_shown["read as"].startswith("a listing of items, confidence ")
    assert rows_shown["found"] == "12 items"
    assert rows_shown["fields"].split() == ["title", "100%", "██████████"]
    assert rows_shown["next page"] == "none found: one page is all"
    assert rows_shown["dates"] == "12 of 12 understood, 2021-05-01 to 2021-05-12"
    assert rows_shown["robots.txt"] == "allows it"
    assert rows_shown["terms"] == "alien 12 · noncitizen 12"
    assert rows_shown["changes"] == "not known yet; to be visited daily"
    assert f"1. All about Anchors\n{' ' * 16}{desk.site.url}/doc/0\n{' ' * 16}2021-05-01\n" in out
    assert "4. " not in out
    assert "  [source.127-0-0-1-library]\n" in out
    assert max(map(len, out.splitlines())) <= 80


def test_nobody_to_ask_means_that_nothing_is_written(desk: Desk) -> None:
    code, out, err = desk.type("add", desk.url)

    assert (code, err) == (
        2,
        "reworded: nothing was written: nobody can be asked here; add it with --yes\n",
    )
    assert "12 items on this page" in out
    assert (desk.added, desk.site.targets) == ("", ["/library"])


@pytest.mark.parametrize(("typed", "is_added"), [("y\n", True), ("\n", True), ("n\n", False)])
def test_at_a_terminal_it_asks(desk: Desk, typed: str, is_added: bool) -> None:
    code, out, err = desk.answer(typed, "add", desk.url, "--key", "library", "--no-visit")

    assert code == 0
    assert "12 items on this page" in out
    assert "Add it as library? [Y/n]" in err
    assert ("[source.library]" in desk.added) is is_added
    assert err.endswith("nothing was written\n") is not is_added


def test_a_page_of_text_is_added_as_a_page(desk: Desk) -> None:
    desk.site["/sheet"] = page("Removable aliens were held here.", "Fees are due in May.")

    code, out, err = desk.type("add", f"{desk.site.url}/sheet", "--yes", "--key", "sheet")

    assert (code, err.splitlines()[-1]) == (0, "sheet: new: 2 items on 1 page, 0 changes")
    assert "one page of text" in out
    assert load(desk.config).sources["sheet"].read is Read.PAGE


def test_wishes_are_granted(desk: Desk) -> None:
    wishes = ("--key", "docs_1", "--title", "Our “library”", "--schedule", "every 2 hours")

    desk.type("add", desk.url, "--yes", "--no-visit", *wishes)

    source = load(desk.config).sources["docs_1"]
    assert (source.title, source.schedule) == ("Our “library”", "every 2 hours")
    assert not desk.config.with_name("archive.sqlite").exists()


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        (("--key", "old"), "there is a [source.old] already, and it is left as it is"),
        (("--key", 'x"]\n[crawler]'), "--key must be letters, digits, - and _"),
        (("--key", ""), "--key must be letters"),
        (("--title", "\x1b\n "), "--title is empty"),
        (("--schedule", "now and then"), "--schedule must be 'hourly', 'daily'"),
    ],
)
def test_wishes_that_cannot_be_granted_are_told_before_anything_is_asked(
    desk: Desk, wishes: tuple[str, ...], told: str
) -> None:
    code, out, err = desk.type("add", desk.url, "--yes", *wishes)

    assert (code, out) == (2, "")
    assert told in err
    assert (desk.added, desk.site.requests) == ("", [])


def test_several_pages_are_added_one_after_the_other(desk: Desk) -> None:
    for number in range(3):
        desk.site[f"/{number}/news"] = listing(*docs(*range(12)))
        assert desk.type("add", f"{desk.site.url}/{number}/news", "--yes", "--no-visit")[0] == 0

    assert list(load(desk.config).sources) == [
        "old",
        "127-0-0-1-news",
        "127-0-0-1-news-2",
        "127-0-0-1-news-3",
    ]


def test_a_page_that_is_followed_already_is_refused_before_it_is_asked(desk: Desk) -> None:
    desk.type("add", desk.url, "--yes", "--no-visit", "--key", "library")
    before, asked = desk.added, len(desk.site.requests)

    code, out, err = desk.type("add", f"{desk.url}/?utm_source=mail#top", "--yes", "--key", "b")

    assert (code, out) == (2, "")
    assert f"[source.library] follows {desk.url} already, and is left as it is" in err
    assert (desk.added, len(desk.site.requests)) == (before, asked)


def test_a_page_that_leads_to_one_that_is_followed_is_refused(desk: Desk) -> None:
    desk.type("add", desk.url, "--yes", "--no-visit", "--key", "library")
    before = desk.added
    desk.site["/publications"] = Answer(status=301, headers=(("Location", "/library"),))

    code, _, err = desk.type("add", f"{desk.site.url}/publications", "--yes")

    assert (code, desk.added) == (2, before)
    assert f"[source.library] follows {desk.url} already" in err


# What a page says is data.


@pytest.mark.parametrize(
    ("title", "read_back"),
    [
        (
            'Docs"]\n[crawler]\ncontact = "x@evil.example',
            'Docs"] [crawler] contact = "x@evil.example',
        ),
        (
            "'''\n[source.evil]\nurl = 'http://evil.example'",
            "''' [source.evil] url = 'http://evil.example'",
        ),
        ("Docs\x00\x1b[2J\x9b31m\u202egnp\u2066.exe", "Docs\ufffd[2J31mgnp.exe"),
        ("\\", "\\"),
        ("Über 移民 \U0001f600 – «nouvelles»", "Über 移民 \U0001f600"),
        ("<b>[source.x]</b>", "<b>[source.x]</b>"),
        ("x" * 5000, None),
    ],
    ids=range(7),
)
def test_a_hostile_title_is_a_title_and_nothing_else(
    desk: Desk, title: str, read_back: str | None
) -> None:
    body = listing(*SHOWN).body.decode().replace("<h1>Library</h1>", "")
    written = title.replace("<", "&lt;").replace("\x00", "&#0;")
    desk.site["/library"] = Answer(body=body.replace("<title>Site", f"<title>{written}").encode())

    code, out, _ = desk.type("add", desk.url, "--yes", "--no-visit", "--key", "library")

    config = load(desk.config)
    assert code == 0
    assert list(config.sources) == ["old", "library"]
    assert config.crawler.contact == "desk@example.org"
    told = config.sources["library"].title
    assert told == read_back if read_back else len(told) <= 120
    assert not set("\x1b\x9b\u202e\x00") & set(out + desk.added)


def test_items_that_steer_a_screen_are_shown_without_that(desk: Desk) -> None:
    items = [(f"/doc/{n}", f"Title\x1b]0;pwned\x07 \u202e{n} words") for n in range(12)]
    desk.site["/library"] = listing(*items)

    _, out, _ = desk.type("add", desk.url, "--yes", "--no-visit")

    assert not set("\x1b\x07\u202e") & set(out + desk.added)


# What cannot be seen.


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (NOT_FOUND, "answered 404"),
        (Answer(status=503, body=b"Service unavailable"), "answered 503"),
        (Answer(status=403, body=b"No"), "answered 403"),
        (RESET, "no answer"),
        (Answer(), "an empty body"),
        (html("<main></main>"), "nothing on it can be read"),
        (html("<h1>Page not found</h1><p>The page you asked for is not here.</p>"), "not found"),
        (html("<h1>Scheduled maintenance</h1><p>We will be back.</p>"), "maintenance"),
        (
            Answer(body=b"%PDF-1.7 x", headers=(("Content-Type", "application/pdf"),)),
            "neither HTML nor text",
        ),
        (Answer(body=b"PK\x03\x04\x00\x00"), "neither HTML nor text"),
        (FEED, "is a feed or a site map (rss), and those are not read"),
    ],
    ids=range(11),
)
def test_a_page_that_cannot_be_seen_is_told_and_not_added(
    desk: Desk, answer: Answer, told: str
) -> None:
    desk.site["/library"] = answer

    code, out, err = desk.type("add", desk.url, "--yes")

    assert (code, out, desk.added) == (1, "", "")
    assert err.startswith(f"reworded: {desk.url}: ")
    assert told in err


def test_what_robots_txt_forbids_is_not_asked(desk: Desk) -> None:
    desk.site["/robots.txt"] = Answer(body=b"User-agent: *\nDisallow: /library\n")

    code, _, err = desk.type("add", desk.url, "--yes")

    assert (code, err) == (1, f"reworded: {desk.url}: robots.txt forbids it\n")
    assert (desk.added, desk.site.targets) == ("", [])


def test_an_address_inside_is_not_asked(desk: Desk) -> None:
    desk.config.write_text(CONFIG.replace('allow_private = ["127.0.0.1"]\n', ""), "utf-8")

    code, _, err = desk.type("add", desk.url, "--yes")

    assert code == 1
    assert "127.0.0.1" in err
    assert desk.site.requests == []


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("http://me:hunter2@127.0.0.1/", "must hold no user name and no password"),
        ("http://[::1", "is no web address"),
        ("http://", "is no web address"),
        ("https://agency.example/\x1b[2J", "is no web address"),
        ("ftp://agency.example/", "there is no file ftp://agency.example/"),
        ("nowhere.html", "there is no file nowhere.html, and it is no http address"),
        (".", "there is no file ., and it is no http address"),
        ("x\x00.html", "x"),
    ],
)
def test_what_is_neither_an_address_nor_a_file_is_told(desk: Desk, target: str, told: str) -> None:
    code, out, err = desk.type("add", target, "--yes")

    assert (code, out, desk.added) == (2, "", "")
    assert told in err
    assert "hunter2" not in err


def test_a_first_visit_that_sees_nothing_is_told_and_the_source_stays(desk: Desk) -> None:
    desk.site["/library"] = [listing(*SHOWN), Answer(status=503, body=b"Busy")]

    code, _, err = desk.type("add", desk.url, "--yes", "--key", "library")

    assert code == 1
    assert "library: failed: " in err
    assert "[source.library]" in desk.added


def test_a_configuration_that_changed_meanwhile_is_not_written_over(desk: Desk) -> None:
    """Whoever answers the question late adds to what is there then."""
    later = CONFIG + f'\n[source.other]\nurl = "{desk.url}"\nread = "page"\n'

    def meanwhile(proposal: Proposal) -> bool:
        desk.config.write_text(later, "utf-8")
        return True

    with pytest.raises(ConfigError, match=r"\[source.other\] follows"):
        add(desk.config, desk.url, Wishes(), meanwhile)

    assert desk.config.read_text("utf-8") == later


# Files.


def saved(folder: Path, answer: Answer, name: str = "saved.html") -> Path:
    path = folder / name
    path.write_bytes(answer.body)
    return path


def test_a_saved_page_says_where_it_is_from(desk: Desk, tmp_path: Path) -> None:
    body = listing(*SHOWN).body.replace(
        b"</head>", f'<link rel="canonical" href="{desk.url}"></head>'.encode()
    )

    code, out, err = desk.type("add", saved(tmp_path, Answer(body=body)), "--yes", "--key", "lib")

    assert (code, err.splitlines()[-1]) == (0, "lib: new: 20 items on 2 pages, 0 changes")
    assert "not asked: a file" in out
    assert load(desk.config).sources["lib"].url == desk.url


def test_a_saved_page_may_be_told_where_it_is_from(desk: Desk, tmp_path: Path) -> None:
    file = saved(tmp_path, listing(*SHOWN))

    nameless = desk.type("add", file, "--yes")
    code, _, _ = desk.type("add", file, "--yes", "--no-visit", "--url", "https://www.ice.gov/news")

    assert nameless[::2] == (
        2,
        f"reworded: {file} does not say where it is from; give its address by --url\n",
    )
    assert code == 0
    assert load(desk.config).sources["ice-news"].url == "https://www.ice.gov/news"
    assert desk.site.requests == []


@pytest.mark.parametrize(
    ("name", "content", "code", "told"),
    [
        ("page.html", b"%PDF-1.7 \x00", 1, "neither HTML nor text"),
        ("page.html", b"", 1, "empty body"),
        ("page.html", b"\x00\x01\x02" * 50, 1, "neither HTML nor text"),
        ("crawl.warc", b"WARC/1.0\r\n", 2, "holds records of many pages"),
        ("page.html", b"WARC/1.0\r\n", 2, "holds records of many pages"),
    ],
    ids=range(5),
)
def test_a_file_that_is_not_what_it_says_is_told(
    desk: Desk, tmp_path: Path, name: str, content: bytes, code: int, told: str
) -> None:
    file = saved(tmp_path, Answer(body=content), name)

    found, _, err = desk.type("add", file, "--yes", "--url", "https://agency.example/x")

    assert (found, desk.added) == (code, "")
    assert told in err


def test_a_plain_text_is_added_too(desk: Desk, tmp_path: Path) -> None:
    body = b"".join(b"- Title number %d\n  All that is said of it.\n\n" % n for n in range(8))

    code, _, _ = desk.type(
        "add",
        saved(tmp_path, Answer(body=body), "list.txt"),
        "--yes",
        "--no-visit",
        "--url",
        "https://agency.example/list",
    )

    assert code == 0
    assert load(desk.config).sources["agency-list"].read is Read.LISTING


# Manners, and what is held.


def test_the_host_is_left_alone_between_the_look_and_the_first_visit(desk: Desk) -> None:
    desk.site["/robots.txt"] = Answer(body=b"User-agent: *\nCrawl-delay: 7\n")
    clock = SimulatedClock()
    proposal = propose(load(desk.config), desk.url, Wishes(), clock)
    clock.at += timedelta(seconds=2)
    clock.waits.clear()

    asyncio.run(leave_alone(proposal, clock))

    assert proposal.robots == "allows it, with 7 seconds between requests"
    assert [round(wait) for wait in clock.waits] == [5]


def test_the_schedule_follows_from_what_the_archive_holds(desk: Desk) -> None:
    config = load(desk.config)
    source = listing_source(desk.site)
    with Archive.to_write(config.archive) as archive:
        watcher = Watcher(archive, config.crawler)
        for number in range(5):
            desk.site["/library"] = listing(*docs(*range(12 + number)))
            watcher.visit(source)

    _, out, _ = desk.type("add", desk.url, "--yes", "--no-visit", "--key", "again")

    assert "4 changes in 5 visits over 4 days held; to be visited every 6 hours" in out
    assert load(desk.config).sources["again"].schedule == "every 6 hours"


# A first configuration.


def agreed(proposal: Proposal) -> bool:
    return True


def test_init_with_a_page_writes_a_configuration_that_follows_it(
    desk: Desk, tmp_path: Path
) -> None:
    file = saved(tmp_path, listing(*SHOWN))
    desk.config.unlink()

    code, _, err = desk.type(
        "init", file, "--url", "https://www.ice.gov/news", "--yes", "--no-visit"
    )

    written = desk.config.read_text("utf-8")
    assert (code, err) == (
        0,
        f"written: [source.ice-news] in {desk.config}\n"
        f"Put your address in [crawler] contact of {desk.config}\n",
    )
    assert list(load(desk.config).sources) == ["ice-news"]
    assert "# One table a source: [source.KEY]" in written
    assert desk.config.stat().st_mode & 0o777 == 0o644


def test_a_first_configuration_is_begun_from_an_address(desk: Desk) -> None:
    desk.config.unlink()

    config = begin(desk.config, CONFIG, desk.url, Wishes(key="library"), agreed)

    assert isinstance(config, Config)
    assert list(load(desk.config).sources) == ["old", "library"]


@pytest.mark.parametrize("answer", [NOT_FOUND, html("<main></main>")])
def test_init_leaves_nothing_behind_when_the_page_cannot_be_seen(
    desk: Desk, answer: Answer
) -> None:
    desk.site["/library"] = answer
    desk.config.unlink()

    # The configuration of the program allows nothing on this machine.
    code, _, _ = desk.type("init", desk.url, "--yes")

    assert code == 1
    assert os.listdir(desk.config.parent) == []


@pytest.mark.parametrize("ask", [lambda proposal: False, None], ids=["not wanted", "nobody to ask"])
def test_init_writes_nothing_that_is_not_wanted(
    desk: Desk, tmp_path: Path, ask: Callable[[Proposal], bool] | None
) -> None:
    file = saved(tmp_path, listing(*SHOWN))
    desk.config.unlink()

    if ask:
        assert begin(desk.config, CONFIG, desk.url, Wishes(), ask) is None
    else:
        assert desk.type("init", file, "--url", "https://agency.example/x")[0] == 2

    assert not desk.config.exists()


def test_init_with_a_page_leaves_an_existing_configuration_alone(desk: Desk) -> None:
    code, _, err = desk.type("init", desk.url, "--yes")

    assert (code, desk.added, desk.site.requests) == (2, "", [])
    assert f"is there already, and is left as it is; `reworded add {desk.url}` adds to it" in err


def test_init_without_a_page_takes_no_wishes(desk: Desk) -> None:
    desk.config.unlink()

    assert desk.type("init", "--yes")[::2] == (
        2,
        "reworded: name the page to add: reworded init URL\n",
    )
