"""The reading room over a real socket: what its pages tell, and that nothing in them can act."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from hostile_room import Page
from reading import HARMLESS, REWORDED, WORDS, hostile_archive, serving

from crawler.config import load
from crawler.demo.play import play
from snapshots.archive import Archive
from snapshots.records import ChangeRecord

pytest.importorskip("datasette", reason="the extra `serve` is not installed: make install does")

ANALYST = "Ada Byron"
PAGES = [
    "/sources",
    "/timeline?source=library",
    "/timeline?source=library&before=9",
    "/findings",
    "/findings?view=sides&source=library",
    "/findings?kind=removed",
    "/change/5",
    "/compare",
    "/compare?source=library&from=2021-01-11&to=2021-05-01",
    "/compare?source=library&from=2021-01-11&view=inline",
    "/search",
    "/search?q=noncitizen&way=added&ever=yes",
    "/terms",
    "/terms?term=alien",
    "/terms?term=alien&source=library",
    "/terms?term=ferry",
    "/notes",
    "/capture/1",
]
TABLES = [
    "/archive",
    "/archive/changes",
    "/archive/changes/1",
    "/archive/item_history",
    "/archive/payloads",
    "/archive?sql=select+title,+url+from+changes",
    "/archive/which_items_stand_now?source=library",
]
STEERING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]")
ACTIVE = {"script", "object", "embed", "img", "base", "applet", "svg:script", "template"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("room")
    play(made)
    return made


@pytest.fixture(scope="module")
def room(folder: Path) -> Iterator[httpx.Client]:
    with serving(folder / "config.toml", "--analyst", ANALYST) as client:
        yield client


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    config = hostile_archive(tmp_path_factory.mktemp("hostile"))
    with serving(config, "--analyst", "'\"><script>alert(1)</script>") as client:
        yield client


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    with Archive.to_read(load(folder / "config.toml").archive) as opened:
        yield opened


def told(room: httpx.Client, path: str, **query: str) -> dict[str, object]:
    answer = room.get(f"{path}.json", params=query)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert isinstance(found, dict)
    return found


def away(room: httpx.Client, page: Page) -> list[str]:
    """The addresses on a page that are not in the reading room."""
    links = [value or "" for name, value in page.attributes if name in ("href", "src", "action")]
    return [link for link in links if not link.startswith(("/", "#", "?", str(room.base_url)))]


def numbers(room: httpx.Client, **query: str) -> list[int]:
    return [each["id"] for each in told(room, "/findings", **query)["findings"]]


@pytest.mark.parametrize("path", [*PAGES, *TABLES])
def test_a_page_answers_and_lets_nothing_run(room: httpx.Client, path: str) -> None:
    answer = room.get(path)

    assert answer.status_code == 200
    page = Page(answer.text)
    assert set(page.tags) & ACTIVE == set()
    assert [name for name, _ in page.attributes if name.startswith("on")] == []
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_also_json(room: httpx.Client, path: str) -> None:
    name, _, query = path.partition("?")

    suffixed = room.get(f"{name}.json?{query}")
    asked = room.get(path, params={**dict(httpx.QueryParams(query)), "_format": "json"})

    assert suffixed.headers["content-type"] == "application/json"
    assert suffixed.json().keys() == asked.json().keys()
    assert suffixed.json()["title"]


def test_the_first_page_is_that_of_the_sources(room: httpx.Client) -> None:
    sources = told(room, "/sources")["sources"]

    assert [each["source"] for each in sources] == ["library", "fact-sheets"]
    assert [each["visits"] for each in sources] == [11, 11]
    assert "2 of 2 sources had been visited" in room.get("/").text


def test_a_timeline_tells_every_visit_the_newest_first(
    room: httpx.Client, archive: Archive
) -> None:
    visits = told(room, "/timeline", source="library")["visits"]

    held = archive.db.execute(
        "SELECT id, outcome FROM visits WHERE source = 'library' ORDER BY started_at DESC"
    ).fetchall()
    assert [(each["id"], each["outcome"]) for each in visits] == held
    assert sum(each["changes"] for each in visits) == 27
    earlier = told(room, "/timeline", source="library", before=str(held[2][0]))["visits"]
    assert [each["id"] for each in earlier] == [number for number, _ in held[3:]]


def by(records: list[ChangeRecord], **wanted: object) -> list[int]:
    newest = sorted(records, key=lambda r: (r.seen.new.captured_at, r.id), reverse=True)
    return [r.id for r in newest if all(getattr(r.change, k) == v for k, v in wanted.items())]


def test_findings_are_chosen_by_what_they_are(room: httpx.Client, archive: Archive) -> None:
    records = archive.knowledge.changes()

    assert len(numbers(room)) == 25
    assert sorted(numbers(room, kind="removed")) == sorted(by(records, kind="removed"))
    assert sorted(numbers(room, kind="added")) == sorted(by(records, kind="added"))
    of_one = [r for r in records if r.source == "fact-sheets"]
    assert numbers(room, source="fact-sheets") == by(of_one)
    flagged = [r for r in records if "stealth" in r.change.flags]
    assert sorted(numbers(room, flag="stealth", kind="changed")) == sorted(by(flagged))
    later = [r for r in records if r.seen.new.captured_at.year == 2025]
    assert sorted(numbers(room, since="2025-01-01")) == sorted(by(later))
    assert numbers(room, since="2025-01-01", until="2025-01-31") == []


def test_findings_are_chosen_by_a_term_and_by_words(room: httpx.Client) -> None:
    found = told(room, "/findings", term="noncitizen")["findings"]

    touched = {t for each in found for w in each["watched"] for t in (w["old"], w["new"])}
    assert "noncitizen" in touched
    assert len(found) == 24
    assert [r["id"] for r in found if "noncitizen" not in json.dumps(r["fields"]).lower()] == []
    assert len(numbers(room, q="ferry noncitizen")) == 2
    # Words of the record's own shape are none of the page's.
    assert numbers(room, q="longest_gap_s") == numbers(room, q="edits") == []


def test_findings_follow_one_another_without_a_gap(room: httpx.Client, archive: Archive) -> None:
    seen, following = [], "/findings.json"
    while following:
        page = room.get(following).json()
        seen += [each["id"] for each in page["findings"]]
        following = page["next"]

    assert len(seen) == len(set(seen))
    assert sorted(seen) == sorted(record.id for record in archive.knowledge.changes())


def test_two_dates_are_compared_as_diff_does(room: httpx.Client, folder: Path) -> None:
    page = told(room, "/compare", source="library", **{"from": "2021-01-11", "to": "2021-05-01"})

    command = [*REWORDED, "--config", str(folder / "config.toml"), "diff", "library"]
    dates = ["--from", "2021-01-11", "--to", "2021-05-01", "--format", "jsonl"]
    printed = subprocess.run([*command, *dates], capture_output=True, text=True, check=True).stdout
    expected = [json.loads(line) for line in printed.splitlines()]
    shared = ("id", "kind", "changed", "item", "fields", "seen")
    assert [{k: d[k] for k in shared} for d in page["differences"]] == [
        {k: d[k] for k in shared} for d in expected
    ]
    assert page["total"] == len(expected) > 5


def test_an_item_tells_its_story(room: httpx.Client, archive: Archive) -> None:
    ferry = told(room, "/findings", q="voluntary departure by ferry")["findings"]
    (item,) = {each["item"]["key"] for each in ferry}

    chapters = told(room, "/story", source="library", item=item)["chapters"]

    versions = archive.knowledge.versions("library", item)
    assert [each["item"]["summary"] for each in chapters] == [v.item.summary for v in versions]
    assert "it still stands" in room.get("/story", params={"source": "library", "item": item}).text


def test_a_search_tells_where_a_phrase_came(room: httpx.Client) -> None:
    page = told(room, "/search", q="noncitizen", way="added")

    assert page["total_changes"] == 12
    assert {each["found"] for each in page["changes"]} == {"change"}
    assert "<mark>" in room.get("/search?q=noncitizen").text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/timeline?source=nobody", 404, "there is no source"),
        ("/story?source=library&item=nothing", 404, "has no item"),
        ("/change/999", 404, "there is no finding 999"),
        ("/capture/999", 404, "there is no capture 999"),
        ("/capture/999/served", 404, "there is no capture 999"),
        ("/findings?since=soon", 400, "is not a date"),
        ("/compare?source=library&from=1999-01-01", 400, "there is no snapshot as old"),
        ("/search?q=alien+AND", 400, "AND"),
        ("/nothing", 404, ""),
        ("/archive/nothing", 404, "Table not found"),
        ("/-/plugins", 404, "no such page"),
        ("/-/databases.json", 404, "no such page"),
        ("/archive/changes.csv", 404, "reworded export"),
    ],
)
def test_what_is_not_there_is_told(room: httpx.Client, path: str, status: int, words: str) -> None:
    answer = room.get(path)

    assert answer.status_code == status
    assert words in answer.text.replace("&#39;", "'")


def test_a_capture_is_served_where_nothing_in_it_can_run(
    room: httpx.Client, archive: Archive
) -> None:
    served, text = room.get("/capture/1/served"), room.get("/capture/1/text")

    assert served.headers["content-security-policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
    assert served.headers["content-type"] == "text/html; charset=utf-8"
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    kept = archive.evidence.captures_of(1)[0].payload
    assert text.content == kept
    page = room.get("/capture/1").text
    assert '<iframe class="capture" sandbox title=' in page


def test_a_capture_tells_its_headers_as_they_were_sent(
    room: httpx.Client, archive: Archive
) -> None:
    kept = archive.evidence.captures_of(1)[0]

    headers = told(room, "/capture/1")["response_headers"]

    assert headers == [list(header) for header in kept.response_headers]
    assert len(headers) > 3


def test_a_cell_of_a_table_is_no_link(room: httpx.Client) -> None:
    page = Page(room.get("/archive/changes").text)

    assert away(room, page) == []
    assert "/publication/" in page.text


def test_the_archive_can_only_be_read(room: httpx.Client) -> None:
    assert room.put("/findings").status_code == 405
    assert room.post("/findings").status_code == 403
    written = room.get("/archive", params={"sql": "delete from changes"})
    assert written.status_code == 400


@pytest.mark.parametrize("path", ["/findings", "/archive/changes.json", "/-/static/app.css"])
def test_another_name_for_this_computer_is_not_answered(room: httpx.Client, path: str) -> None:
    """A website whose name was made to lead here must not read the archive."""
    answer = room.get(path, headers={"host": "rebound.example"})

    assert answer.status_code == 421
    assert room.get(path, headers={"host": f"localhost:{room.base_url.port}"}).status_code == 200


def form(room: httpx.Client, change: int, **given: object) -> dict[str, object]:
    page = room.get(f"/change/{change}").text
    token = re.search(r'name="csrftoken" value="([^"]+)"', page)
    assert token
    return {"csrftoken": token[1], **given}


def test_a_note_is_kept_with_its_history_and_linked(room: httpx.Client, archive: Archive) -> None:
    before = archive.evidence.chain.length()
    first = form(room, 7, importance="high", vocabulary=["page_text", "means_wording"])
    second = form(room, 7, note="Quietly.\nNo notice.", notice_given="no")

    answers = [room.post("/change/7", data=each) for each in (first, second)]

    assert [each.status_code for each in answers] == [303, 303]
    page = told(room, "/change/7")
    assert [each["note"] for each in page["notes"]] == ["Quietly.\nNo notice.", None]
    assert [each["note"] for each in page["noted"]] == ["Quietly.\nNo notice."]
    assert page["notes"][1]["vocabulary"] == ["page_text", "means_wording"]
    assert {each["analyst"] for each in page["notes"]} == {ANALYST}
    assert {each["choices"] for each in page["notes"]} == {"edgi/1"}
    shown = Page(room.get("/change/7").text).text
    assert "Quietly." in shown
    assert "importance: high: what people are told differs" in shown
    assert archive.evidence.chain.length() == before + 2
    assert list(archive.problems()) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "nothing was filled in"),
        ({"importance": "huge"}, "huge is none of the choices of edgi/1"),
        ({"vocabulary": ["page_text", "<b>"]}, "<b> is none of the choices"),
        ({"notice_given": "perhaps"}, "perhaps is none of the choices"),
        ({"available_at": "javascript:alert(1)"}, "must be a web address"),
        ({"note": "x" * 10_001}, "10,000 characters at most"),
    ],
)
def test_a_note_that_cannot_be_kept_is_shown_again(
    room: httpx.Client, given: dict[str, object], why: str
) -> None:
    before = len(told(room, "/notes")["notes"])

    answer = room.post("/change/8", data=form(room, 8, **given))

    assert answer.status_code == 409
    assert why in Page(answer.text).text
    assert len(told(room, "/notes")["notes"]) == before


def test_a_note_waits_while_another_process_writes(room: httpx.Client, folder: Path) -> None:
    filled = form(room, 8, note="Do not lose this.")

    with Archive.to_write(load(folder / "config.toml").archive):
        answer = room.post("/change/8", data=filled)

    assert answer.status_code == 409
    page = Page(answer.text).text
    assert "is writing to it" in page
    assert "Do not lose this." in page


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"cookie": ""},
        {"cookie": "other=1"},
    ],
    ids=str,
)
def test_a_form_of_anothers_writes_nothing(room: httpx.Client, headers: dict[str, str]) -> None:
    before = len(told(room, "/notes")["notes"])

    answer = room.post("/change/8", data=form(room, 8, note="forged"), headers=headers)

    assert answer.status_code == 403
    assert len(told(room, "/notes")["notes"]) == before


def test_a_form_without_end_is_not_read(room: httpx.Client) -> None:
    filled = form(room, 8, note="x" * 300_000)

    assert room.post("/change/8", data=filled).status_code == 413


def test_a_form_without_its_token_writes_nothing(room: httpx.Client) -> None:
    form(room, 8)

    assert room.post("/change/8", data={"note": "forged"}).status_code == 403
    assert room.post("/change/8", data={"csrftoken": "x", "note": "forged"}).status_code == 403


def test_without_an_analyst_nothing_can_be_written(folder: Path) -> None:
    with serving(folder / "config.toml") as room:
        page = Page(room.get("/change/7").text)
        room.cookies.set("ds_csrftoken", "x")
        answer = room.post("/change/7", data={"note": "x"})

    assert "form" not in page.tags
    assert answer.status_code in (403, 405)


def held_ready(room: httpx.Client) -> list[str]:
    named = re.findall(r'href="/archive/(\w+)"', room.get("/archive").text)
    return [n for n in named if n.startswith(("which", "what", "how", "where", "and"))]


def test_a_question_whose_values_are_not_filled_in_finds_nothing_and_does_not_fail(
    room: httpx.Client,
) -> None:
    answers = {name: room.get(f"/archive/{name}") for name in held_ready(room)}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        answers, 200
    )
    assert len(answers) > 8


def test_a_view_too_long_to_be_sorted_offers_no_sorting(room: httpx.Client) -> None:
    assert "_sort" in room.get("/archive/captures").text
    assert "_sort=value" not in room.get("/archive/capture_headers").text


def test_every_question_that_is_held_ready_answers(room: httpx.Client) -> None:
    queries = held_ready(room)
    values = {
        "source": "library",
        "at": "2021-06-01T00:00:00Z",
        "since": "2021-01-01T00:00:00Z",
        "until": "2022-01-01T00:00:00Z",
        "phrase": "alien",
        "term": "alien",
        "item": "x",
        "change": "7",
    }

    answers = {name: room.get(f"/archive/{name}.json", params=values) for name in queries}

    assert len(answers) > 12
    assert {name: a.json()["ok"] for name, a in answers.items() if not a.json()["ok"]} == {}


HOSTILE_PAGES = ("/timeline", "/findings", "/compare", "/search", "/terms", "/story")


def hostile_pages(words: str) -> Iterator[str]:
    place = 2 * [HARMLESS, *WORDS].index(words) + 2
    query = {"source": words, "item": words, "q": words, "term": words, "from": "2021-05-01"}
    yield from (f"{path}?{urlencode(query)}" for path in HOSTILE_PAGES)
    yield from ("/", "/notes", f"/change/{place}", f"/capture/{place}", "/archive/item_versions")
    yield from (f"/archive/changes/{place}", f"/archive/notes/{place // 2}", "/archive/captures")


@pytest.mark.parametrize("words", WORDS)
def test_hostile_words_are_words_on_every_page(hostile: httpx.Client, words: str) -> None:
    plain = [Page(hostile.get(path).text) for path in hostile_pages(HARMLESS)]
    tags = {tag for page in plain for tag in page.tags} | {"mark", "del", "ins", "p", "a", "code"}
    names = {name for page in plain for name, _ in page.attributes} | {"href"}

    for path in hostile_pages(words):
        answer = hostile.get(path)
        page = Page(answer.text)
        assert answer.status_code in (200, 400, 404), path
        assert set(page.tags) <= tags, path
        assert {name for name, _ in page.attributes} <= names, path
        assert away(hostile, page) == [], path
        assert STEERING.findall(answer.text) == [], path


@pytest.mark.parametrize("words", WORDS)
def test_hostile_words_come_whole_in_json(hostile: httpx.Client, words: str) -> None:
    place = 2 * [HARMLESS, *WORDS].index(words) + 2

    finding = hostile.get(f"/change/{place}.json")

    assert finding.headers["content-type"] == "application/json"
    assert finding.json()["item"]["title"] == words
    assert finding.json()["notes"][0]["note"] == words


def test_without_datasette_the_remedy_is_told(folder: Path) -> None:
    program = "import sys; sys.modules['datasette'] = None; from crawler.cli import run; run()"
    command = [sys.executable, "-c", program, "--config", str(folder / "config.toml"), "serve"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "pip install 'reworded[serve]'" in done.stderr


def test_a_port_that_is_taken_is_told(room: httpx.Client, folder: Path) -> None:
    port = str(room.base_url.port)
    command = [*REWORDED, "--config", str(folder / "config.toml"), "serve", "--port", port]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "give another --port" in done.stderr
