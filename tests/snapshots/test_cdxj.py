"""Addresses turned round as replays look them up, and the index in blocks."""

import json
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from snapshots.cdxj import LINES, index, turned
from snapshots.warc_writing import Place

AT = datetime(2021, 5, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.ICE.gov/Fact-Sheets", "gov,ice)/fact-sheets"),
        ("http://www2.ice.gov:8080/", "gov,ice:8080)/"),
        ("https://ice.gov", "gov,ice)/"),
        ("https://ice.gov/x?b=2&a=1&b=1", "gov,ice)/x?a=1&b=2&b=1"),
        ("https://ice.gov/a b", "gov,ice)/a%20b"),
        ("https://wwwx.gov/", "gov,wwwx)/"),
        ("urn:x y", "urn:x%20y"),
        ("http://[::1", "http://[::1"),
        ("http://a.gov:99999999/", "http://a.gov:99999999/"),
    ],
)
def test_an_address_is_turned_round(url: str, key: str) -> None:
    assert turned(url) == key


def test_blocks_are_found_by_their_first_lines() -> None:
    places = [
        Place(
            url=f"https://a.gov/{n % 7}",
            at=AT + timedelta(seconds=n),
            media_type="text/html",
            status=200,
            digest="sha256:0",
            offset=n,
            length=1,
        )
        for n in range(2 * LINES + 5)
    ]

    blocks, keys = index(places, "data.warc.gz")

    lines, sizes = [], []
    for key in keys.decode().splitlines()[1:]:
        told = json.loads(key[key.index("{") :])
        block = zlib.decompress(
            blocks[told["offset"] :][: told["length"]], zlib.MAX_WBITS | 16
        ).decode()
        assert block.startswith(key.partition(" {")[0])
        lines += block.splitlines()
        sizes.append(len(block.splitlines()))
    assert sizes == [LINES, LINES, 5]
    assert lines == sorted(lines)
