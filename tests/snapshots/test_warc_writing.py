"""Records as others are to read them: nothing that a page says ends a line or changes a length."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from warcio.archiveiterator import ArchiveIterator

from snapshots.errors import ArchiveError
from snapshots.records import Capture, digest_of
from snapshots.warc_writing import WarcFile, sent

AT = datetime(2021, 5, 1, 6, tzinfo=UTC)
BODY = b"<p>Fees are due.</p>"
CAPTURE = Capture(
    url="https://a.gov/x",
    final_url="https://a.gov/x",
    captured_at=AT,
    status=200,
    payload=BODY,
    payload_digest=digest_of(BODY),
    request_headers=(("Host", "a.gov"),),
    response_headers=(("Content-Type", "text/html"),),
)


def written(*captures: Capture) -> list[tuple[str, dict[str, str], dict[str, str], bytes]]:
    """Each record but the first as warcio reads it: type, headers, HTTP headers, and body."""
    file = io.BytesIO()
    warc = WarcFile(file, is_zipped=True, at=AT, software="test/1", sources=("a",))
    for number, capture in enumerate(captures):
        warc.capture(capture, f"{number:064x}")
    file.seek(0)
    return [
        (
            record.rec_type,
            dict(record.rec_headers.headers),
            dict(record.http_headers.headers) if record.http_headers else {},
            record.content_stream().read(),
        )
        for record in ArchiveIterator(file, check_digests="raise")
    ][1:]


def test_an_answer_and_its_request_are_records_that_name_each_other() -> None:
    (kind, told, headers, body), (asked, request, sent_along, _) = written(CAPTURE)

    assert (kind, asked, headers, body) == (
        "response",
        "request",
        {"Content-Type": "text/html"},
        BODY,
    )
    assert told["WARC-Target-URI"] == request["WARC-Target-URI"] == "https://a.gov/x"
    assert told["WARC-Date"] == request["WARC-Date"] == "2021-05-01T06:00:00Z"
    assert told["WARC-Payload-Digest"] == digest_of(BODY)
    assert request["WARC-Concurrent-To"] == told["WARC-Record-ID"]
    assert sent_along == {"Host": "a.gov"}


def test_what_has_no_request_headers_has_no_request() -> None:
    assert [record[0] for record in written(replace(CAPTURE, request_headers=()))] == ["response"]


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\0"])
def test_no_header_and_no_address_begins_a_line_of_its_own(sign: str) -> None:
    evil = f"a{sign}WARC-Type: warcinfo{sign}{sign}x"
    hostile = replace(
        CAPTURE,
        final_url=f"https://a.gov/{evil}",
        response_headers=(("X-Note", evil), (f"X{sign}Y", "z"), ("Content-Type", f"text/{evil}")),
        request_headers=(("Referer", evil),),
    )

    records = written(hostile)

    assert [record[0] for record in records] == ["response", "request"]
    assert records[0][3] == BODY
    assert "WARC-Type" not in records[0][2]
    assert sign not in records[0][1]["WARC-Target-URI"]


def test_texts_beyond_ascii_are_written_as_they_are() -> None:
    (response, _) = written(
        replace(CAPTURE, final_url="https://a.gov/ü", response_headers=(("X-Note", "café"),))
    )

    assert response[1]["WARC-Target-URI"] == "https://a.gov/ü"
    assert response[2] == {"X-Note": "café"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (("Content-Encoding", "gzip"), "X-Archive-Orig-Content-Encoding"),
        (("transfer-encoding", "chunked"), "X-Archive-Orig-transfer-encoding"),
        (("Content-Length", "7"), "X-Archive-Orig-Content-Length"),
        (("Content-Length", "20"), "Content-Length"),
        (("Content-Type", "text/html"), "Content-Type"),
    ],
    ids=["coded", "chunked", "length", "own length", "other"],
)
def test_headers_that_no_longer_hold_have_another_name(given: tuple[str, str], kept: str) -> None:
    assert sent((given,), 20) == ((kept, given[1]),)


def test_the_same_payload_once_more_is_a_revisit_of_the_first() -> None:
    first, _, again, _ = written(CAPTURE, replace(CAPTURE, final_url="https://a.gov/y", status=404))

    assert again[0] == "revisit"
    assert again[1]["WARC-Profile"].endswith("/1.1/revisit/identical-payload-digest")
    assert again[1]["WARC-Refers-To"] == first[1]["WARC-Record-ID"]
    assert again[1]["WARC-Refers-To-Target-URI"] == "https://a.gov/x"
    assert again[3] == b""


def test_a_304_whose_answer_is_not_there_is_kept_as_what_it_stands_for() -> None:
    """An answer with that status has no payload; a resource has no status."""
    (record, _) = written(replace(CAPTURE, status=304))

    assert (record[0], record[3]) == ("resource", BODY)
    assert record[1]["Content-Type"] == "text/html"


def test_a_payload_of_another_digest_is_refused() -> None:
    with pytest.raises(ArchiveError, match="has another digest than was kept"):
        written(replace(CAPTURE, payload=b"other"))


def test_a_status_that_nobody_named_is_written_all_the_same() -> None:
    file = io.BytesIO()
    warc = WarcFile(file, is_zipped=False, at=AT, software="test/1", sources=())
    warc.capture(replace(CAPTURE, status=799), "0" * 64)

    assert b"\r\nHTTP/1.1 799 Unnamed\r\n" in file.getvalue()
