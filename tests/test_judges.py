"""The judges that are not ours do judge: each is shown something good and something bad."""

import io
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.judges import asked, checked, pywb

URL = "https://www.ice.gov/factsheets?page=1&x=%20y"
HTML = b"<main><p>Officers remove criminal aliens.</p></main>"


def written(path: Path) -> Path:
    with path.open("wb") as file:
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer = WARCWriter(file, gzip=path.suffix == ".gz", warc_version="1.1")
        record = writer.create_warc_record(
            URL,
            "response",
            io.BytesIO(HTML),
            http_headers=head,
            warc_headers_dict={"WARC-Date": "2021-05-01T06:00:00Z"},
        )
        writer.write_record(record)
        record.raw_stream.close()
    return path


def test_pywb_replays_a_capture_byte_for_byte(tmp_path: Path) -> None:
    warc = written(tmp_path / "a.warc.gz")

    with pywb(tmp_path / "pywb", [warc]) as base:
        answer = asked(f"{base}/20210501060000id_/{URL}")
        missing, _ = asked(f"{base}/20210501060000id_/https://www.ice.gov/other")

    assert answer == (200, HTML)
    assert missing == 404


def test_warcio_tells_a_record_whose_bytes_were_altered(tmp_path: Path) -> None:
    warc = written(tmp_path / "a.warc")
    good = checked(warc).returncode
    warc.write_bytes(warc.read_bytes().replace(b"aliens", b"aliems"))

    assert (good, checked(warc).returncode) == (0, 1)
