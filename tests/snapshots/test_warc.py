"""WARC files are read record by record; where one is damaged, the damage comes last."""

import io
from datetime import UTC, datetime

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from snapshots.warc import Damage, WarcRecord, read_warc

URL = "https://www.ice.gov/factsheets"
HTML = b"<main><p>Officers remove criminal aliens.</p></main>"
AT = datetime(2021, 5, 1, 6, tzinfo=UTC)
DIGEST = "sha1:GFWI2BI4VVL57G7FOIQXGPUTVVWJC2FG"


def written(path, *, gzip=False, bodies=(HTML,), status="200 OK", revisit=False, type_="response"):
    """Write one response a body, a day apart, and a revisit of the first if asked for."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=gzip, warc_version="1.1")
        for day, body in enumerate(bodies, 1):
            head = StatusAndHeaders(status, [("Content-Type", "text/html")], protocol="HTTP/1.1")
            dated = {"WARC-Date": f"2021-05-{day:02}T06:00:00Z"}
            record = writer.create_warc_record(
                URL, type_, io.BytesIO(body), http_headers=head, warc_headers_dict=dated
            )
            writer.write_record(record)
            record.raw_stream.close()
        if revisit:
            writer.write_record(
                writer.create_revisit_record(
                    URL,
                    digest=DIGEST,
                    refers_to_uri=URL,
                    refers_to_date="2021-05-01T06:00:00Z",
                    warc_headers_dict={"WARC-Date": "2021-06-01T06:00:00Z"},
                )
            )
    return path


def records(path, cap_bytes=10_000):
    return list(read_warc(path, cap_bytes=cap_bytes))


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_a_response_is_read_with_its_moment_status_headers_and_payload(tmp_path, gzip):
    path = written(tmp_path / "a.warc", gzip=gzip)

    assert records(path) == [
        WarcRecord(
            type="response",
            url=URL,
            captured_at=AT,
            status=200,
            headers=(("Content-Type", "text/html"),),
            digest=DIGEST,
            refers_to=(None, None),
            payload=HTML,
        )
    ]


def test_a_revisit_names_the_capture_that_it_repeats(tmp_path):
    path = written(tmp_path / "a.warc", revisit=True)

    assert records(path)[1] == WarcRecord(
        type="revisit",
        url=URL,
        captured_at=datetime(2021, 6, 1, 6, tzinfo=UTC),
        status=None,
        headers=(),
        digest=DIGEST,
        refers_to=(URL, AT),
        payload=b"",
    )


def test_an_error_answer_keeps_its_status(tmp_path):
    path = written(tmp_path / "a.warc", status="404 Not Found")

    assert [record.status for record in records(path)] == [404]


def test_a_chunked_payload_is_put_together(tmp_path):
    head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    block = head.encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(HTML), HTML)
    path = tmp_path / "a.warc"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        record = writer.create_warc_record(URL, "response", io.BytesIO(block))
        writer.write_record(record)
        record.raw_stream.close()

    assert [record.payload for record in records(path)] == [HTML]


def test_a_payload_longer_than_the_cap_is_lacking_and_not_cut(tmp_path):
    path = written(tmp_path / "a.warc")

    told = [(record.payload, record.lacking) for record in records(path, cap_bytes=6)]

    assert told == [(b"", "it is larger than the cap of 6 bytes")]


def test_a_file_that_ends_in_what_is_no_record_gives_the_whole_ones_and_then_the_damage(tmp_path):
    path = written(tmp_path / "a.warc", bodies=(HTML, HTML))
    path.write_bytes(path.read_bytes() + b"<html>no record</html>")

    first, second, damage = records(path)

    assert (first.payload, second.payload) == (HTML, HTML)
    assert damage == Damage(2, "Invalid WARC record, first line: <html>no record</html>")


def test_what_is_no_warc_is_damage_from_the_beginning(tmp_path):
    path = tmp_path / "a.warc"
    path.write_bytes(b"<html></html>")

    assert records(path) == [Damage(0, "Unknown archive format, first line: ['<html></html>']")]


def test_an_empty_file_is_told(tmp_path):
    path = tmp_path / "a.warc"
    path.write_bytes(b"")

    assert records(path) == [Damage(0, "it holds no WARC or ARC record")]
