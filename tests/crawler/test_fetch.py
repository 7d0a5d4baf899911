"""Requests on a real wire: conditional, decoded, capped, retried; every hop kept."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from support import CODERS, HELD, RESET, SETTINGS, START, Answer, Site, Watcher, html, page

from crawler.fetch import fetcher
from snapshots.errors import FetchError
from snapshots.records import Hop, Revisit

TEXT = b"<p>Aliens must carry a registration card at all times.</p>" * 20
BOMB = b"\x00" * 3_000_000


def test_the_second_request_sends_back_what_the_server_wrote(site: Site, watcher: Watcher) -> None:
    site["/page"] = page("Words.").having(
        ETag='W/"x-1"', Last_Modified="Saturday, 01-May-21 06:00:00 GMT"
    )

    held = watcher.fetch(f"{site.url}/page")
    watcher.fetch(f"{site.url}/page", held)

    first, second = site.asked("/page")
    assert "if-none-match" not in first.headers
    assert "if-modified-since" not in first.headers
    assert second.headers["if-none-match"] == 'W/"x-1"'
    assert second.headers["if-modified-since"] == "Saturday, 01-May-21 06:00:00 GMT"


def test_no_date_is_made_up_for_a_server_that_sent_none(site: Site, watcher: Watcher) -> None:
    site["/page"] = page("Words.").having(ETag='"x-1"')

    watcher.fetch(f"{site.url}/page", watcher.fetch(f"{site.url}/page"))

    assert site.asked("/page")[1].headers["if-none-match"] == '"x-1"'
    assert "if-modified-since" not in site.asked("/page")[1].headers


def test_a_tag_that_is_not_ascii_is_not_sent_back(site: Site, watcher: Watcher) -> None:
    site["/page"] = page("Words.").having(ETag='"é"')

    again = watcher.fetch(f"{site.url}/page", watcher.fetch(f"{site.url}/page"))

    assert "if-none-match" not in site.asked("/page")[1].headers
    assert (again.status, again.revisit) == (200, Revisit.SAME_PAYLOAD)


def test_a_304_is_answered_from_the_held_capture(site: Site, watcher: Watcher) -> None:
    site["/page"] = [page("Words.").having(ETag='"x-1"'), Answer(status=304).having(ETag='"x-1"')]
    held = watcher.fetch(f"{site.url}/page")

    again = watcher.fetch(f"{site.url}/page", held)

    assert (again.status, again.revisit) == (304, Revisit.NOT_MODIFIED)
    assert again.payload == held.payload
    assert again.payload_digest == held.payload_digest
    assert again.captured_at > held.captured_at


def test_the_same_bytes_sent_again_are_a_revisit(site: Site, watcher: Watcher) -> None:
    site["/page"] = page("Words.")

    again = watcher.fetch(f"{site.url}/page", watcher.fetch(f"{site.url}/page"))

    assert (again.status, again.revisit) == (200, Revisit.SAME_PAYLOAD)


@pytest.mark.parametrize("coding", CODERS)
def test_a_coded_body_is_kept_as_what_it_says(site: Site, watcher: Watcher, coding: str) -> None:
    site["/page"] = Answer(body=TEXT).coded(coding)

    capture = watcher.fetch(f"{site.url}/page")

    assert capture.payload == TEXT
    assert capture.header("content-encoding") == coding
    assert site.asked("/page")[0].headers["accept-encoding"] == "gzip, deflate, br, zstd"


def test_the_request_names_the_program_and_whom_to_write_to(site: Site, watcher: Watcher) -> None:
    site["/page"] = page("Words.")

    capture = watcher.fetch(f"{site.url}/page")

    agent = site.asked("/page")[0].headers["user-agent"]
    assert agent.startswith("reworded/")
    assert agent.endswith(" (+test@example.org)")
    assert ("User-Agent", agent) in capture.request_headers or (
        "user-agent",
        agent,
    ) in capture.request_headers


def test_redirects_are_recorded_hop_by_hop(site: Site, watcher: Watcher) -> None:
    site["/a"] = Answer(status=301).having(Location="/b")
    site["/b"] = Answer(status=302).having(Location=f"{site.url}/c?x=1")
    site["/c"] = page("Words.")

    capture = watcher.fetch(f"{site.url}/a")

    assert capture.hops == (Hop(f"{site.url}/a", 301), Hop(f"{site.url}/b", 302))
    assert (capture.url, capture.final_url) == (f"{site.url}/a", f"{site.url}/c?x=1")
    assert site.targets == ["/a", "/b", "/c?x=1"]


def test_redirects_in_a_circle_are_told(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, max_redirects=3)
    site["/a"] = Answer(status=302).having(Location="/b")
    site["/b"] = Answer(status=302).having(Location="/a")

    error = refused(watcher, f"{site.url}/a")

    assert str(error) == f"{site.url}/a: redirects more than 3 times"
    assert site.targets == ["/a", "/b", "/a", "/b"]


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://127.0.0.1/page", "javascript:alert(1)", "data:text/html,words"],
)
def test_nothing_but_http_is_ever_asked(site: Site, watcher: Watcher, target: str) -> None:
    site["/a"] = Answer(status=302).having(Location=target)

    error = refused(watcher, f"{site.url}/a")

    assert error.fact.startswith("redirects to ")
    assert "no web address" in error.fact
    assert site.targets == ["/a"]


def test_a_body_beyond_the_cap_is_given_up_as_it_streams_in(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, max_body_bytes=1000)
    site["/page"] = Answer(body=b"x" * 1001)

    error = refused(watcher, f"{site.url}/page")

    assert str(error) == f"{site.url}/page: the body is larger than the cap of 1,000 bytes"


def test_an_endless_body_is_given_up_at_the_cap(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, max_body_bytes=100_000)
    site["/page"] = Answer(body=b"x" * 200_000, length=-1, ending="hold")

    error = refused(watcher, f"{site.url}/page")

    assert str(error) == f"{site.url}/page: the body is larger than the cap of 100,000 bytes"


@pytest.mark.parametrize("coding", CODERS)
def test_a_bomb_is_given_up_at_the_cap(site: Site, watcher: Watcher, coding: str) -> None:
    watcher.settings = replace(SETTINGS, max_payload_bytes=100_000)
    site["/page"] = Answer(body=BOMB).coded(coding)

    error = refused(watcher, f"{site.url}/page")

    assert str(error) == f"{site.url}/page: the body grows beyond the cap of 100,000 bytes"
    assert len(CODERS[coding](BOMB)) < 10_000


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_coded_body_that_was_cut_is_told(site: Site, watcher: Watcher, coding: str) -> None:
    whole = Answer(body=TEXT).coded(coding)
    site["/page"] = replace(whole, body=whole.body[:-9], length=-1)

    error = refused(watcher, f"{site.url}/page")

    assert str(error) == f"{site.url}/page: the body is cut short"


@pytest.mark.parametrize("coding", CODERS)
def test_a_body_that_is_not_in_its_coding_is_told(
    site: Site, watcher: Watcher, coding: str
) -> None:
    site["/page"] = Answer(body=TEXT).having(Content_Encoding=coding)

    error = refused(watcher, f"{site.url}/page")

    assert error.fact.startswith("the body is damaged (")


def test_an_unknown_coding_is_named(site: Site, watcher: Watcher) -> None:
    site["/page"] = Answer(body=TEXT).having(Content_Encoding="sdch")

    error = refused(watcher, f"{site.url}/page")

    assert str(error) == (f"{site.url}/page: the body is coded as 'sdch', which is not understood")


def test_a_server_that_says_nothing_is_given_up(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, timeout_s=0.1)
    site["/page"] = HELD

    error = refused(watcher, f"{site.url}/page")

    assert str(error) == f"{site.url}/page: no answer (ReadTimeout)"


def test_a_server_that_stops_in_the_middle_is_given_up(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, timeout_s=0.1)
    site["/page"] = Answer(body=TEXT, length=len(TEXT) + 1, ending="hold")

    error = refused(watcher, f"{site.url}/page")

    assert str(error) == f"{site.url}/page: no answer (ReadTimeout)"


@pytest.mark.parametrize(
    "broken",
    [
        RESET,
        Answer(wire=b""),
        Answer(wire=b"\x16\x03\x01 no HTTP at all\r\n\r\n"),
        Answer(body=TEXT[:300], length=len(TEXT)),
        Answer(wire=b"HTTP/1.1 200 OK\r\nContent-Length: some\r\n\r\nwords"),
        Answer(wire=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nwords"),
    ],
    ids=["reset", "closed", "no_http", "cut_short", "senseless_length", "cut_chunk"],
)
def test_a_broken_answer_is_asked_for_again(site: Site, watcher: Watcher, broken: Answer) -> None:
    watcher.settings = replace(SETTINGS, retries=1)
    site["/page"] = [broken, Answer(body=TEXT)]

    capture = watcher.fetch(f"{site.url}/page")

    assert capture.payload == TEXT
    assert len(site.asked("/page")) == 2
    assert len(watcher.clock.waits) == 1


def test_a_connection_that_stays_broken_is_told(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, retries=2)
    site["/page"] = RESET

    error = refused(watcher, f"{site.url}/page")

    assert error.fact.startswith("no answer (ReadError")
    assert len(site.asked("/page")) == 3


def test_nobody_listening_is_told(watcher: Watcher) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    error = refused(watcher, f"http://127.0.0.1:{port}/page")

    assert "no answer (ConnectError" in error.fact


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_each_retry_waits_about_twice_as_long(site: Site, watcher: Watcher, status: int) -> None:
    watcher.settings = replace(SETTINGS, retries=3)
    site["/page"] = [Answer(status=status)] * 3 + [page("Words.")]

    capture = watcher.fetch(f"{site.url}/page")

    first, second, third = watcher.clock.waits
    assert capture.status == 200
    assert 1.5 <= first <= 2.5
    assert 3 <= second <= 5
    assert 6 <= third <= 10


def test_a_server_that_keeps_failing_has_its_last_answer_told(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, retries=2)
    site["/page"] = Answer(status=503)

    capture = watcher.fetch(f"{site.url}/page")

    assert capture.status == 503
    assert len(site.asked("/page")) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 410, 501])
def test_an_answer_that_will_not_change_is_not_asked_for_again(
    site: Site, watcher: Watcher, status: int
) -> None:
    watcher.settings = replace(SETTINGS, retries=3)
    site["/page"] = Answer(status=status)

    assert watcher.fetch(f"{site.url}/page").status == status
    assert len(site.asked("/page")) == 1


def test_retry_after_in_seconds_is_waited_for(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, retries=1)
    site["/page"] = [Answer(status=503).having(Retry_After="77"), page("Words.")]

    assert watcher.fetch(f"{site.url}/page").status == 200
    assert watcher.clock.waits == [77]


def test_retry_after_as_a_date_is_waited_for(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, retries=1)
    until = (START + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    site["/page"] = [Answer(status=429).having(Retry_After=until), page("Words.")]

    assert watcher.fetch(f"{site.url}/page").status == 200
    assert 89 < watcher.clock.waits[0] <= 90


def test_a_retry_after_that_is_too_long_is_not_waited_for(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, retries=3)
    site["/page"] = Answer(status=429).having(Retry_After="86400")

    assert watcher.fetch(f"{site.url}/page").status == 429
    assert watcher.clock.waits == []


@pytest.mark.parametrize("written", ["soon", "", "-5", "9" * 500, "Mon, 99 Foo 2021 00:00:00"])
def test_a_senseless_retry_after_is_no_more_than_an_answer(
    site: Site, watcher: Watcher, written: str
) -> None:
    watcher.settings = replace(SETTINGS, retries=1)
    site["/page"] = Answer(status=503).having(Retry_After=written)

    assert watcher.fetch(f"{site.url}/page").status == 503


def test_headers_are_kept_as_they_were_sent(site: Site, watcher: Watcher) -> None:
    site["/page"] = html("<p>Words.</p>", X_One="1").having(X_One="2")

    capture = watcher.fetch(f"{site.url}/page")

    assert [(n, v) for n, v in capture.response_headers if n == "x-one"] == [
        ("x-one", "1"),
        ("x-one", "2"),
    ]


def test_secrets_are_kept_by_their_names_only(site: Site, watcher: Watcher) -> None:
    site["/a"] = Answer(status=302).having(Set_Cookie="session=4711", Location="/b")
    site["/b"] = page("Words.").having(Set_Cookie="session=4712; Secure")

    capture = watcher.fetch(f"{site.url}/a")

    assert site.asked("/b")[0].headers["cookie"] == "session=4711"
    assert ("cookie", "[not kept]") in capture.request_headers
    assert ("set-cookie", "[not kept]") in capture.response_headers
    assert "471" not in str((capture.request_headers, capture.response_headers))


def test_a_user_name_and_password_are_neither_sent_nor_kept(site: Site, watcher: Watcher) -> None:
    with_user = site.url.replace("//", "//user:word@")
    site["/a"] = Answer(status=302).having(Location=f"{with_user}/b?c=@")
    site["/b"] = page("Words.")

    capture = watcher.fetch(f"{with_user}/a")

    assert capture.final_url == f"{site.url}/b?c=@"
    assert capture.hops == (Hop(f"{site.url}/a", 302),)
    assert all("authorization" not in request.headers for request in site.requests)


def test_a_private_address_is_never_asked(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, allow_private=(), retries=3)

    error = refused(watcher, f"{site.url}/page")

    assert (
        "127.0.0.1 is a loopback address; name it in [crawler] allow_private if that is meant"
        in str(error)
    )
    assert not error.is_blocked
    assert site.requests == []
    assert watcher.clock.waits == []


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 is a metadata address; name"),
        ("http://0x7f.2/", "0x7f.2 leads to 127.0.0.2, a loopback address; name"),
        ("http://[::1]/", "::1 is a loopback address; name"),
    ],
)
def test_no_redirect_leads_to_a_private_address(
    site: Site, watcher: Watcher, target: str, told: str
) -> None:
    site["/a"] = Answer(status=302).having(Location=target)

    error = refused(watcher, f"{site.url}/a")

    assert told in str(error)
    assert watcher.clock.waits == []


def test_robots_txt_leads_to_no_private_address(site: Site, watcher: Watcher) -> None:
    site["/robots.txt"] = Answer(status=302).having(Location="http://10.0.0.1/robots.txt")
    site["/page"] = page("Words.")

    error = refused(watcher, f"{site.url}/page")

    assert "10.0.0.1 is a private address; name it" in str(error)
    assert site.targets == []


def test_headers_beyond_the_cap_are_told_and_not_asked_for_again(
    site: Site, watcher: Watcher
) -> None:
    watcher.settings = replace(SETTINGS, max_header_bytes=1000, retries=3)
    site["/page"] = page("Words.").having(X_Long="x" * 1000)

    error = refused(watcher, f"{site.url}/page")

    told = "the headers are larger than the cap of 1,000 bytes (max_header_bytes)"
    assert str(error) == f"{site.url}/page: {told}"
    assert site.targets == ["/page"]


def test_a_visit_has_so_long_to_wait_for_all_its_answers(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, max_visit_s=0.3, delay_s=60)
    site["/page"], site["/slow"] = page("Words."), HELD

    async def visit() -> tuple[int, list[str]]:
        async with fetcher(watcher.settings, watcher.clock) as client:
            visiting = client.for_one_visit()
            status = (await visiting.fetch(f"{site.url}/page")).status
            told = []
            for target in ("/slow", "/page"):
                with pytest.raises(FetchError) as raised:
                    await visiting.fetch(f"{site.url}{target}")
                told.append(raised.value.fact)
            another = await client.for_one_visit().fetch(f"{site.url}/page")
            assert another.status == 200
            return status, told

    status, told = asyncio.run(visit())

    assert status == 200
    assert told == ["the visit took longer than 0.3 seconds (max_visit_s)"] * 2
    assert site.targets == ["/page", "/slow", "/page"]


def test_a_robots_txt_that_trickles_ends(site: Site, watcher: Watcher) -> None:
    watcher.settings = replace(SETTINGS, max_visit_s=0.2)
    site["/robots.txt"] = HELD

    error = refused(watcher, f"{site.url}/page")

    assert "the visit took longer than 0.2 seconds (max_visit_s)" in str(error)


def refused(watcher: Watcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as raised:
        watcher.fetch(url)
    return raised.value
