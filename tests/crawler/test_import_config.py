"""What urlwatch, webchanges and changedetection.io watch, taken over as sources."""

import json
import tomllib
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import Site, html

from crawler.carried_table import lines
from crawler.cli import main
from crawler.config import Config, load
from crawler.config_writing import table_of
from crawler.importing_config import carry
from crawler.job_files import jobs_in
from crawler.running import run
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import Read, Recipe

EMPTY = "# Ours.\n[crawler]\nconfirm = 2\n"
URLWATCH = """\
name: "Agency: news"
url: https://agency.example/news
filter:
  - css:
      selector: main .content, aside .dates
      exclude: .ads
  - html2text
  - strip
headers:
  Authorization: Bearer hunter2
cookies: {session: hunter2}
http_proxy: http://hunter2.example
tags: [gov]
---
name: Forms
url: https://agency.example/forms
filter: element-by-id:list-1,html2text,grep:hunter2
max_tries: 3
---
name: Backup
command: echo hunter2
---
url: https://office.example/reports
filter:
  - xpath: //div[@id='main']
  - element-by-class: rows
  - element-by-tag: P
---
url: https://office.example/last
filter:
  - xpath: //table/tr[3]/td/text()
  - re.sub: {pattern: hunter2}
"""
WEBCHANGES = """\
.defaults: &usual
  filters:
    - element-by-id: content
  timeout: 90
---
name: Alerts
url: https://agency.example/alerts
use_browser: true
note: look twice
additions_only: true
http_credentials: me:hunter2
wait_for: hunter2
user_visible_url: https://agency.example/see
---
name: Off
url: https://agency.example/off
enabled: false
---
kind: url
guid: !uuid 0000
name: !!python/object/apply:os.system ["hunter2"]
url: !secret https://agency.example/tagged
data: !include hunter2.yaml
---
- <<: {url: https://agency.example/merged, filters: [css: "#a b"], timeout: 1}
  name: Merged
- url: https://agency.example/listed
"""
WATCHES = {
    "watching": {
        "6e1": {
            "url": "https://agency.example/news",
            "title": "News",
            "include_filters": ["main", "xpath://div[@id='x']", "json:$.hunter2"],
            "subtractive_selectors": [".ad", "//footer"],
            "time_between_check": {"weeks": None, "days": 0, "hours": 6, "minutes": None},
            "notification_urls": ["mailto://hunter2@example.org"],
            "browser_steps": [{"operation": "Click element", "selector": "hunter2"}],
            "headers": {"Cookie": "hunter2"},
            "fetch_backend": "html_webdriver",
            "trigger_text": ["hunter2"],
            "ignore_text": [],
            "proxy": None,
        },
        "6e2": {"url": "https://agency.example/forms", "title": None, "paused": True},
        "6e3": {"url": "https://agency.example/prices", "processor": "restock_diff"},
        "6e4": {"url": "https://agency.example/?access_token=hunter2"},
        "6e5": {"url": "https://agency.example/own", "time_between_check": {"minutes": 90}},
    },
    "settings": {
        "requests": {"time_between_check": {"days": 1}, "proxy": "hunter2"},
        "application": {"password": "hunter2"},
    },
}


class Desk:
    """A folder with a configuration, and import-config typed in it."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd
        self.config = self.write("config.toml", EMPTY)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def take(self, *words: object) -> tuple[int, str, str]:
        self.capfd.readouterr()
        code = main(["--config", str(self.config), "import-config", *map(str, words)])
        return code, *self.capfd.readouterr()


@pytest.fixture
def desk(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capfd)


def test_urlwatch_jobs_become_sources_and_say_what_was_lost(desk: Desk) -> None:
    code, out, err = desk.take(desk.write("urls.yaml", URLWATCH))

    assert out.splitlines() == [
        "urls.yaml",
        "+ agency-news     daily           https://agency.example/news",
        "    “Agency: news”",
        "    reads main .content, aside .dates, leaves out .ads",
        "    not carried over: headers, cookies, proxy, tags",
        "+ agency-forms    daily           https://agency.example/forms",
        "    “Forms”",
        "    reads #list-1",
        "    not carried over: filter grep, max_tries",
        "- job 3 (Backup)",
        "    it runs a command, which is never done",
        "+ office-reports  daily           https://office.example/reports",
        "    reads div#main .rows p",
        "+ office-last     daily           https://office.example/last",
        "    reads the page's main content",
        "    not carried over: filter xpath, filter re.sub",
    ]
    assert err == "4 sources added, 1 of them whole; 0 followed already, 1 not taken\n"
    assert code == 1
    sources = load(desk.config).sources
    assert sources["agency-news"].title == "Agency: news"
    assert sources["agency-news"].recipes == (
        Recipe(read=Read.PAGE, item="main .content, aside .dates", ignore=(".ads",)),
    )
    written = desk.config.read_text("utf-8")
    assert written.startswith(EMPTY)
    assert "# From urls.yaml, job 2; not carried over: filter grep, max_tries.\n[source" in written


def test_webchanges_jobs_become_sources_and_their_tags_do_nothing(desk: Desk) -> None:
    code, out, _ = desk.take(desk.write("jobs.yaml", WEBCHANGES))

    sources = load(desk.config).sources
    assert code == 1
    assert {key: (each.url, each.title) for key, each in sources.items()} == {
        "agency-alerts": ("https://agency.example/alerts", "Alerts"),
        "agency-tagged": ("https://agency.example/tagged", "agency-tagged"),
        "agency-merged": ("https://agency.example/merged", "Merged"),
        "agency-listed": ("https://agency.example/listed", "agency-listed"),
    }
    assert sources["agency-merged"].recipes[0].item == "#a b"
    lost = "a browser, note, additions_only, authentication, browser steps, user_visible_url"
    assert f"not carried over: {lost}" in " ".join(out.split())
    assert "it is not enabled" in out


def test_changedetection_watches_become_sources_with_their_intervals(desk: Desk) -> None:
    code, out, _ = desk.take(desk.write("url-watches.json", json.dumps(WATCHES)))

    sources = load(desk.config).sources
    assert code == 1
    assert {key: each.schedule for key, each in sources.items()} == {
        "agency-news": "every 6 hours",
        "agency-prices": "daily",
        "agency-own": "every 90 minutes",
    }
    assert sources["agency-news"].recipes == (
        Recipe(read=Read.PAGE, item="main, div#x", ignore=(".ad", "footer")),
    )
    said = " ".join(out.split())
    assert (
        "not carried over: notifications, browser steps, headers, trigger_text, filter, a browser"
        in said
    )
    assert "not carried over: processor restock_diff" in said
    assert "watch 2 it is paused" in said
    assert "watch 4 its address holds what looks like a secret" in said


@pytest.mark.parametrize(
    "members",
    [
        {"url-watches.json": json.dumps(WATCHES), "secret.txt": "hunter2"},
        {f"{key}/watch.json": json.dumps(watch) for key, watch in WATCHES["watching"].items()},
    ],
    ids=["one file", "a file each"],
)
def test_a_backup_is_read_without_being_unpacked(desk: Desk, members: dict[str, str]) -> None:
    path = desk.folder / "backup.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as backup:
        for name, text in members.items():
            backup.writestr(name, text)

    desk.take(path)

    assert list(load(desk.config).sources) == ["agency-news", "agency-prices", "agency-own"]
    assert sorted(each.name for each in desk.folder.iterdir()) == ["backup.zip", "config.toml"]


def test_a_list_of_addresses_is_taken_line_by_line(desk: Desk) -> None:
    listed = "# ours\r\nhttps://a.example/x gov, dhs\r\n\r\nhttps://b.example/y\r\n"

    code, out, err = desk.take(desk.write("url-list.txt", "\ufeff" + listed))

    assert code == 0
    assert [each.url for each in load(desk.config).sources.values()] == [
        "https://a.example/x",
        "https://b.example/y",
    ]
    assert "not carried over: tags" in out
    assert err == "2 sources added, 1 of them whole; 0 followed already, 0 not taken\n"


def test_what_an_api_lists_is_taken(desk: Desk) -> None:
    listed = {"6e1": {"url": "https://a.example/x", "title": "A", "last_changed": 0}}

    code, _, _ = desk.take(
        desk.write("a.json", json.dumps(listed)),
        desk.write("b.json", json.dumps(["https://b.example/y"])),
    )

    assert code == 0
    assert [each.title for each in load(desk.config).sources.values()] == ["A", "b-y"]


def test_what_was_carried_over_is_what_is_read(desk: Desk, site: Site) -> None:
    site["/news"] = html(
        "<main><p>Around it.</p><div id='list'><p>Aliens were held.</p><p class='ad'>Buy.</p>"
        "</div></main>"
    )
    desk.config.write_text(EMPTY + 'delay_s = 0\nallow_private = ["127.0.0.1"]\n', "utf-8")
    job = f"url: {site.url}/news\nfilter: [{{css: {{selector: '#list', exclude: .ad}}}}]\n"

    desk.take(desk.write("jobs.yaml", job))
    config = load(desk.config)

    assert run(config, []) == 0
    (key,) = config.sources
    with Archive.to_read(config.archive) as archive:
        texts = [item.text for item, *_ in archive.knowledge.wordings(key)]
    assert texts == ["Aliens were held."]


def test_a_dry_run_shows_the_same_and_writes_nothing(desk: Desk) -> None:
    file = desk.write("urls.yaml", URLWATCH)

    code, dry, err = desk.take(file, "--dry-run")

    assert desk.config.read_text("utf-8") == EMPTY
    assert err == "4 sources would be added, 1 of them whole; 0 followed already, 1 not taken\n"
    assert desk.take(file)[:2] == (code, dry)


def test_a_second_run_adds_nothing_and_changes_nothing(desk: Desk) -> None:
    file = desk.write("url-watches.json", json.dumps(WATCHES))
    desk.take(file)
    before = desk.config.read_bytes()

    _, out, err = desk.take(file)

    assert desk.config.read_bytes() == before
    assert err.startswith("0 sources added, 0 of them whole; 3 followed already, 2 not taken")
    assert "is followed already, as agency-news" in out


def test_one_page_in_two_files_makes_one_source(desk: Desk) -> None:
    first = desk.write("a.txt", "https://agency.example/news/\n")
    second = desk.write("b.txt", "http://www.agency.example/news?utm_source=x#top\n")

    code, out, _ = desk.take(first, second)

    assert (code, list(load(desk.config).sources)) == (0, ["agency-news"])
    assert out.splitlines()[-2:] == ["= line 1", "    is followed already, as agency-news"]


@pytest.mark.parametrize(
    "css",
    ["li[", "> li", "a@href", "li:has-text(x)", "", "li\x00", "json:$.a", "jq:.a", "//a/@href"],
)
def test_a_selector_that_cannot_be_read_is_told_and_the_page_is_read_without(
    desk: Desk, css: str
) -> None:
    watches = {"1": {"url": "https://agency.example/x?session=118", "include_filters": [css, "p"]}}

    code, out, _ = desk.take(desk.write("a.json", json.dumps(watches)))

    (source,) = load(desk.config).sources.values()
    assert (code, source.recipes[0].item) == (0, "p")
    assert ("not carried over: filter" in out) is bool(css)


@pytest.mark.parametrize("form", ["yaml", "json", "zip"])
def test_no_secret_is_copied_or_shown(desk: Desk, form: str) -> None:
    if form == "zip":
        file = desk.folder / "backup.zip"
        with zipfile.ZipFile(file, "w") as backup:
            backup.writestr("x/url-watches.json", json.dumps(WATCHES))
    else:
        content = URLWATCH if form == "yaml" else json.dumps(WATCHES)
        file = desk.write(f"jobs.{form}", content + ("\n---\n" + WEBCHANGES) * (form == "yaml"))

    _, out, err = desk.take(file)

    assert "hunter2" not in out + err + desk.config.read_text("utf-8")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://me:hunter2@agency.example/", "its address holds a user name or password"),
        ("https://agency.example/?api_key=hunter2", "its address holds what looks like a secret"),
        ("https://agency.example/?X-Amz-Signature=hunter2", "looks like a secret"),
        ("file:///etc/passwd", "it follows no web page"),
        ("javascript:alert(1)", "it follows no web page"),
        ("http://[::1", "it follows no web page"),
        ("https://agency.example/{{ today }}", "it follows no web page"),
        ("", "it follows no web page"),
    ],
)
def test_an_address_that_cannot_be_followed_is_told(desk: Desk, url: str, why: str) -> None:
    file = desk.write("a.json", json.dumps({"watching": {"1": {"url": url}}}))

    code, out, _ = desk.take(file)

    assert code == 1
    assert why in out
    assert desk.config.read_text("utf-8") == EMPTY


def test_hostile_names_stay_names(desk: Desk) -> None:
    name = 'News"]\n[crawler]\nconfirm = 9\x1b[2J\u202e'
    watches = {"1": {"url": "https://agency.example/news", "title": name, "processor": name}}

    _, out, _ = desk.take(desk.write("a.json", json.dumps(watches)))

    config = load(desk.config)
    assert config.crawler.confirm == 2
    assert config.sources["agency-news"].title == 'News"] [crawler] confirm = 9[2J'
    assert "\x1b" not in out + desk.config.read_text("utf-8")


ALIASES = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)
)


@pytest.mark.parametrize(
    "job",
    [
        "url: *m",
        "url: https://agency.example/x\nname: *m\nenabled: *m\nschedule: *m",
        "url: https://agency.example/x\nfilter: *m",
        "url: https://agency.example/x\nfilter:\n  - css: *m\n  - xpath: {path: *m}",
        "url: https://agency.example/x\nfilter:\n  - css: {selector: a, exclude: *m, method: *m}",
        "url: https://agency.example/x\nfilter: [" + "{css: 'a, b, c'}, " * 40 + "]",
        "url: https://agency.example/x\n<<: *m",
        "&x\nurl: https://agency.example/x\n<<: [*x, *x]",
    ],
    ids=range(8),
)
def test_what_holds_itself_many_times_over_is_not_written_out(desk: Desk, job: str) -> None:
    text = ALIASES + job

    desk.take(desk.write("jobs.yaml", text))

    assert len(desk.config.read_bytes()) < 5_000


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("jobs.yaml", b"", "holds no jobs"),
        ("jobs.yaml", b"# nothing yet\n", "holds no jobs"),
        ("jobs.yaml", b"name: only\n", "holds no jobs: nothing in it has a url"),
        ("jobs.yaml", b"url: [unclosed\n", "cannot be read as YAML (line 2)"),
        ("jobs.yaml", b"a: b\ncookies: hunter2: x\n", "cannot be read as YAML (line 2)"),
        ("jobs.yaml", b"a: b\n" * 400_001, "is larger than the cap of 2,000,000 bytes"),
        ("jobs.yaml", b"\x80\xff\x00", "is no text in UTF-8"),
        ("jobs.yaml", b"url: x\x00", "is binary"),
        ("jobs.yaml", b"%PDF-1.7 x", "is a page or a document"),
        ("jobs.yaml", b"<!doctype html><p>Not found", "is a page or a document"),
        ("jobs.yaml", b"url: " + b"[" * 3000, "cannot be read as"),
        ("jobs.yaml", ALIASES.encode(), "holds no jobs: nothing in it has a url"),
        ("jobs.yaml", b"? {a: 1}\n: url\n", "cannot be read as YAML"),
        ("list.txt", b"just some words\n", "holds no jobs"),
        ("w.json", b'{"watching": ', "looks like JSON and cannot be read as it"),
        ("w.json", b'{"watching": [1, 2]}', "is JSON, and no export of changedetection.io"),
        ("w.json", b'{"dependencies": {"left-pad": "1"}}', "is JSON, and no export"),
        ("w.json", b"[" * 100_000, "looks like JSON and cannot be read as it"),
        ("w.json", b'{"watching": {}}', "is JSON, and no export"),
        ("b.zip", b"PK\x03\x04 and then nothing", "is a ZIP file that cannot be read"),
        ("urls.txt", None, "cannot be read (No such file or directory)"),
        (".", None, "cannot be read (Is a directory)"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_a_file_that_is_not_what_it_says_is_named_and_nothing_is_written(
    desk: Desk, name: str, content: bytes | None, told: str
) -> None:
    good = desk.write("good.txt", "https://agency.example/news\n")
    file = desk.folder / name if content is None else desk.write(name, content)

    code, out, err = desk.take(good, file)

    assert (code, out) == (2, "")
    assert err.startswith(f"reworded: {file}: ")
    assert told in err
    assert "hunter2" not in err
    assert desk.config.read_text("utf-8") == EMPTY


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
NAMES = ("url", "title", "include_filters", "subtractive_selectors", "time_between_check")
NAMES += ("fetch_backend", "processor", "method", "paused", "headers", "browser_steps")
FILTERS = ("css", "xpath", "element-by-id", "element-by-tag", "element-by-class", "grep")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file of jobs with some bytes cut out, doubled, or made others."""
    whole = draw(st.sampled_from([URLWATCH, WEBCHANGES, json.dumps(WATCHES)])).encode()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(whole)))
        end = start + draw(st.integers(0, 30))
        middle = draw(st.sampled_from([b"", whole[start:end] * 2, b"\t", b"&a *a", b"\xff", b"{["]))
        whole = whole[:start] + middle + whole[end:]
    return whole


def carried(path: Path) -> int:
    """How many sources a file's jobs come to; 0 when it is refused by name."""
    try:
        jobs = jobs_in(path)
    except ConfigError as error:
        return 0 if str(error).startswith(f"{path}: ") else -1
    found = carry(Config(path=path, archive=path), [(path.name, job) for job in jobs])
    list(lines(found))
    additions = [each.addition for each in found if each.addition]
    written = tomllib.loads("\n".join(map(table_of, additions))).get("source", {})
    assert len(written) == len(additions)
    return len(additions)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=damaged() | st.binary(max_size=200))
def test_a_damaged_file_is_read_or_refused_by_name(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.yaml"
        path.write_bytes(content)
        assert carried(path) >= 0


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(NAMES), JSON),
    st.dictionaries(st.sampled_from(FILTERS), JSON),
    JSON,
)
def test_whatever_a_job_says_it_is_read_or_told(
    watch: dict[str, object], filters: dict[str, object], other: object
) -> None:
    named = {**watch, "url": "https://agency.example/x", "filter": [filters, other]}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "jobs"
        path.write_text(json.dumps({"watching": {"1": named}}), "utf-8")
        assert carried(path) == (0 if watch.get("paused") is True else 1)
        # JSON is YAML, too.
        path.write_text("# jobs\n" + json.dumps(named), "utf-8")
        assert carried(path) == 1


def test_a_backup_of_something_else_is_named(desk: Desk) -> None:
    path = desk.folder / "holiday.zip"
    with zipfile.ZipFile(path, "w") as backup:
        backup.writestr("beach.txt", "sand")

    assert desk.take(path)[::2] == (2, f"reworded: {path}: holds no jobs and no addresses\n")


def test_a_backup_that_unpacks_without_end_is_refused(desk: Desk) -> None:
    path = desk.folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as backup:
        backup.writestr("url-watches.json", b" " * 20_000_001)

    code, _, err = desk.take(path)

    assert (code, err) == (2, f"reworded: {path}: is larger than the cap of 20,000,000 bytes\n")


def test_without_a_configuration_it_says_how_to_make_one(desk: Desk) -> None:
    desk.config.unlink()

    code, _, err = desk.take(desk.write("a.txt", "https://agency.example/\n"))

    assert code == 2
    assert "not found; `reworded init` writes one" in err
