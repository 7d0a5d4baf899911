"""Indexes of web archives in all their forms, and what is chosen from them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.memento.capturing import original_headers
from crawler.memento.cdx import read_cdx
from crawler.memento.listed import (
    Listed,
    chosen,
    is_raw,
    moment_of,
    original_of,
    own_part,
    raw_address,
)
from crawler.memento.places import CdxServer, TimeMaps, asked_for, place_of
from crawler.memento.telling import interval
from crawler.memento.timemap import http_moment, read_timemap
from snapshots.errors import ConfigError

REPLAY = "https://web.archive.org/web/"
URL = "https://www.ice.gov/factsheets"
AT = datetime(2018, 1, 3, 4, 5, 6, tzinfo=UTC)
SEVEN = f"gov,ice)/factsheets 20180103040506 {URL} text/html 200 ABC 1234"
ELEVEN = f"gov,ice)/factsheets 20180103040506 {URL} text/html 200 ABC - - 1234 99 a.warc.gz"
OBJECT = json.dumps({"url": URL, "mime": "text/html", "status": "200", "digest": "sha1:ABC"})
ROWS = [
    ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"],
    ["gov,ice)/factsheets", "20180103040506", URL, "text/html", "200", "ABC", "1234"],
]
LISTED = Listed(
    url=URL, at=AT, memento_url=f"{REPLAY}20180103040506/{URL}", status=200, digest="ABC"
)


@pytest.mark.parametrize(
    "text",
    [
        SEVEN,
        f" CDX N b a m s k r M S V g\n{ELEVEN}\n",
        f"gov,ice)/factsheets 20180103040506 {OBJECT}\n",
        OBJECT.replace("{", '{"urlkey": "k", "timestamp": "20180103040506", ', 1),
        json.dumps(ROWS),
    ],
    ids=["seven_fields", "eleven_fields", "cdxj", "json_lines", "json_table"],
)
def test_an_index_is_read_in_the_form_of(text: str) -> None:
    found = read_cdx(text, REPLAY)

    assert found.listed == (LISTED,)
    assert (found.unread, found.resume) == (0, None)


@pytest.mark.parametrize(
    "text",
    [f"{SEVEN}\n\ngov%2Cice%29%2F+2018\n", json.dumps([*ROWS, [], ["gov%2Cice%29%2F+2018"]])],
    ids=["text", "json"],
)
def test_the_key_of_the_next_part_is_found_after_an_empty_line(text: str) -> None:
    found = read_cdx(text, REPLAY)

    assert (len(found.listed), found.unread, found.resume) == (1, 0, "gov%2Cice%29%2F+2018")


@pytest.mark.parametrize(
    "line",
    [
        "gov,ice)/factsheets 20180103040506 https://www.ice",
        f"gov,ice)/factsheets 20181303040506 {URL} text/html 200 ABC 1234",
        f"gov,ice)/factsheets 2018 {URL} text/html 200 ABC 1234",
        "gov,ice)/factsheets 20180103040506 factsheets text/html 200 ABC 1234",
        'gov,ice)/factsheets 20180103040506 {"url": "https://www.i',
        '{"url": 7, "timestamp": "20180103040506"}',
        "[1, 2",
    ],
    ids=["cut", "a_13th_month", "a_year", "no_address", "cut_json", "a_number", "half_a_table"],
)
def test_a_line_that_cannot_be_read_is_counted(line: str) -> None:
    found = read_cdx(line, REPLAY)

    assert (found.listed, found.unread) == ((), 1)


def test_a_revisit_tells_no_status_and_the_digest_of_what_it_repeats() -> None:
    line = f"gov,ice)/factsheets 20180103040506 {URL} warc/revisit - ABC 500"

    (found,) = read_cdx(line, REPLAY).listed

    assert (found.status, found.digest) == (None, "ABC")


TIMEMAP = f"""<{URL}>; rel="original",
<https://web.archive.org/web/timemap/link/{URL}>; rel="self"; type="application/link-format",
<https://web.archive.org/web/{URL}>; rel="timegate",
<{REPLAY}20180103040506/{URL}>; rel="first memento"; datetime="Wed, 03 Jan 2018 04:05:06 GMT",
</web/20190103040506/{URL}>; rel="last memento"; datetime="Thu, 03 Jan 2019 04:05:06 GMT",
<https://web.archive.org/web/timemap/link/2/{URL}>; rel="timemap"; from="Thu, 03 Jan 2019"
"""


def test_a_timemap_lists_mementos_and_its_other_pages() -> None:
    address = f"https://web.archive.org/web/timemap/link/{URL}"

    found = read_timemap(TIMEMAP, address, "https://other.gov/", REPLAY)

    assert [(each.url, each.at.year) for each in found.listed] == [(URL, 2018), (URL, 2019)]
    assert found.listed[1].memento_url == f"{REPLAY}20190103040506/{URL}"
    assert found.pages == (f"https://web.archive.org/web/timemap/link/2/{URL}",)
    assert found.unread == 0


def test_a_timemap_that_was_cut_says_so() -> None:
    cut = TIMEMAP[: TIMEMAP.index('rel="last')]

    found = read_timemap(cut, "https://web.archive.org/", URL, REPLAY)

    assert (len(found.listed), found.unread) == (1, 1)


def test_a_timemap_in_json_is_read() -> None:
    told = {
        "original_uri": URL,
        "mementos": {
            "list": [
                {"datetime": "2018-01-03T04:05:06Z", "uri": "https://archive.example/a1b2"},
                {"datetime": "never", "uri": "https://archive.example/c3d4"},
            ]
        },
    }

    found = read_timemap(json.dumps(told), "https://memgator.example/", "x", REPLAY)

    assert [(e.url, e.at, e.memento_url) for e in found.listed] == [
        (URL, AT, "https://archive.example/a1b2")
    ]
    assert found.unread == 1


@given(st.text(max_size=400))
def test_no_text_breaks_an_index(text: str) -> None:
    read_cdx(text, REPLAY)
    read_timemap(text, f"https://a.gov/timemap/{text[:20]}", URL, REPLAY)
    http_moment(text)
    moment_of(text)
    raw_address(text)


@given(st.data(), st.sampled_from([SEVEN, ELEVEN, OBJECT, json.dumps(ROWS), TIMEMAP]))
def test_no_damage_breaks_an_index(data: st.DataObject, text: str) -> None:
    place = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 20))
    put = data.draw(st.text(max_size=8))

    damaged = text[:place] + put + text[place + length :]

    read_cdx(damaged, REPLAY)
    read_timemap(damaged, "https://a.gov/timemap/", URL, REPLAY)


@pytest.mark.parametrize(
    ("shown", "raw"),
    [
        (f"{REPLAY}20180103040506/{URL}", f"{REPLAY}20180103040506id_/{URL}"),
        (f"{REPLAY}20180103040506mp_/{URL}", f"{REPLAY}20180103040506id_/{URL}"),
        (f"{REPLAY}20180103040506id_/{URL}", f"{REPLAY}20180103040506id_/{URL}"),
        ("https://archive.example/a1b2", "https://archive.example/a1b2"),
    ],
)
def test_the_bytes_as_captured_are_at(shown: str, raw: str) -> None:
    assert raw_address(shown) == raw
    assert is_raw(raw) == ("id_" in raw)
    assert original_of(raw) == (URL if "id_" in raw else None)
    assert own_part(raw) == (REPLAY if "id_" in raw else None)


def test_one_capture_a_moment_is_chosen_and_a_telling_one() -> None:
    moved = Listed(url="http://www.ice.gov/factsheets", at=AT, memento_url="m", status=301)
    twice = Listed(url=URL, at=AT, memento_url="t", status=200)

    choice = chosen([moved, LISTED, twice])

    assert choice.listed == (LISTED,)
    assert choice.left_out == {"redirects, refusals and faults that it met": 1}


def test_the_same_captures_are_chosen_wherever_one_begins() -> None:
    hours = [AT + timedelta(hours=n) for n in range(200)]
    listed = [Listed(url=URL, at=at, memento_url=f"{at}") for at in hours]
    every = timedelta(days=1)

    whole = chosen(listed, every=every).listed
    later = chosen(listed, since=AT + timedelta(days=3), every=every).listed

    # The interval that is begun in its middle gives another one; the rest are the same.
    assert later[1:] == whole[-len(later) + 1 :]
    assert len(whole) == 9


ARQUIVO = "https://arquivo.pt/wayback/"


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (
            "https://web.archive.org/cdx/search/cdx",
            CdxServer("https://web.archive.org/cdx/search/cdx", REPLAY),
        ),
        (f"{ARQUIVO}cdx/", CdxServer(f"{ARQUIVO}cdx", ARQUIVO)),
        (f"{REPLAY}timemap/link", TimeMaps(f"{REPLAY}timemap/link/")),
    ],
)
def test_an_archive_is_known_by_its_index(written: str, place: object) -> None:
    assert place_of(written) == place


@pytest.mark.parametrize(
    "written", ["https://web.archive.org/", "web.archive.org/cdx", "https://["]
)
def test_what_is_no_index_is_refused(written: str) -> None:
    with pytest.raises(ConfigError):
        place_of(written)


WAYBACK = CdxServer("https://web.archive.org/cdx/search/cdx", REPLAY)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (URL, (URL, WAYBACK)),
        (f"{REPLAY}20180103040506/{URL}", (URL, WAYBACK)),
        (
            f"https://arquivo.pt/wayback/timemap/link/{URL}",
            (URL, TimeMaps("https://arquivo.pt/wayback/timemap/link/")),
        ),
        (
            f"https://labs.example/timemap/{URL}?page=1",
            (f"{URL}?page=1", TimeMaps("https://labs.example/timemap/")),
        ),
        (
            f"https://web.archive.org/cdx/search/cdx?url={URL}&output=json",
            (URL, WAYBACK),
        ),
    ],
    ids=["a_page", "a_memento", "a_timemap", "a_plain_timemap", "a_cdx_query"],
)
def test_what_is_typed_may_be(typed: str, asked: object) -> None:
    assert asked_for(typed, WAYBACK) == asked


def test_an_original_address_keeps_its_query_in_a_timemap() -> None:
    place = TimeMaps(f"{REPLAY}timemap/link/")

    assert place.query(f"{URL}?page=1&x=%20y") == f"{REPLAY}timemap/link/{URL}?page=1&x=%20y"
    assert place.replay == REPLAY


def test_the_websites_own_headers_are_told_from_the_archives() -> None:
    marked = (
        ("Content-Type", "text/html"),
        ("Server", "nginx"),
        ("X-Archive-Orig-Server", "Apache"),
        ("Memento-Datetime", "…"),
    )
    plain = (("Server", "Apache"), ("Memento-Datetime", "…"), ("X-Archive-Src", "a.warc.gz"))

    assert original_headers(marked) == (("Content-Type", "text/html"), ("Server", "Apache"))
    assert original_headers(plain) == (("Server", "Apache"),)


@pytest.mark.parametrize(("written", "hours"), [("12h", 12), ("7d", 168), ("4W", 672)])
def test_an_interval_is_written_as(written: str, hours: int) -> None:
    assert interval(written) == timedelta(hours=hours)


@pytest.mark.parametrize("written", ["", "7", "0d", "often", "-1d", "99999d", "1y"])
def test_an_interval_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ConfigError, match="write a number of hours, days or weeks"):
        interval(written)
