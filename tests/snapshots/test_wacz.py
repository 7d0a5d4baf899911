"""WACZ files of others are read from within, and neither names nor sizes in them are trusted."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from test_warc import AT, HTML, URL
from test_warc import written as warc_written

from snapshots import wacz
from snapshots.wacz import is_wacz, read_wacz
from snapshots.warc import Damage, WarcRecord


def warc(folder: Path, body: bytes = HTML) -> bytes:
    return warc_written(folder / "one.warc.gz", gzip=True, bodies=(body,)).read_bytes()


def packed(path: Path, files: dict[str, bytes], *, compress: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compress) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return path


def described(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return files with the description that states their digests."""
    resources = [
        {"path": name, "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        for name, content in files.items()
    ]
    return {**files, "datapackage.json": json.dumps({"resources": resources}).encode()}


def found(path: Path, cap_bytes: int = 100_000) -> list[WarcRecord | Damage]:
    return list(read_wacz(path, cap_bytes=cap_bytes))


def payloads(path: Path) -> list[bytes]:
    return [each.payload for each in found(path) if isinstance(each, WarcRecord)]


def test_the_records_of_all_its_warcs_are_read(tmp_path: Path) -> None:
    files = {f"archive/{n}.warc.gz": warc(tmp_path, b"<p>%d</p>" % n) for n in (2, 1)}
    path = packed(tmp_path / "a.wacz", described(files))

    assert payloads(path) == [b"<p>1</p>", b"<p>2</p>"]
    assert not any(isinstance(each, Damage) for each in found(path))
    first = found(path)[0]
    assert isinstance(first, WarcRecord)
    assert (first.url, first.captured_at) == (URL, AT)


def test_what_lies_elsewhere_in_it_is_not_read(tmp_path: Path) -> None:
    one = warc(tmp_path)
    path = packed(
        tmp_path / "a.wacz",
        {"archive/a.warc.gz": one, "other/b.warc.gz": one, "archive/c.txt": b"c"},
    )

    assert payloads(path) == [HTML]


@pytest.mark.parametrize("name", ["a.wacz", "a.zip", "a"])
def test_it_is_known_by_its_name_or_its_bytes(tmp_path: Path, name: str) -> None:
    assert is_wacz(packed(tmp_path / name, {"archive/a.warc.gz": warc(tmp_path)}))
    assert not is_wacz(tmp_path / "one.warc.gz")


def test_names_that_lead_out_of_it_lead_nowhere(tmp_path: Path) -> None:
    one, inside = warc(tmp_path), tmp_path / "inside"
    inside.mkdir()
    files = {
        "archive/../../out.warc.gz": one,
        "/archive/abs.warc.gz": one,
        "archive/\x1b[2J.warc": b"",
    }
    path = packed(inside / "a.wacz", files)

    damages = [each for each in found(path) if isinstance(each, Damage)]

    assert sorted(each.name for each in tmp_path.iterdir()) == ["inside", "one.warc.gz"]
    assert [each.name for each in inside.iterdir()] == ["a.wacz"]
    assert damages == [Damage(0, "'archive/\\x1b[2J.warc': it holds no WARC or ARC record")]


def test_a_warc_that_would_grow_out_of_bounds_is_not_opened(tmp_path: Path) -> None:
    files = {"archive/a.warc": b"\0" * 1_000_000}
    path = packed(tmp_path / "a.wacz", files, compress=zipfile.ZIP_DEFLATED)

    assert found(path) == [
        Damage(0, "'archive/a.warc' grows more than 100 times when it is unpacked")
    ]


def test_too_many_files_are_not_looked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wacz, "MOST_FILES", 2)
    path = packed(tmp_path / "a.wacz", {f"archive/{n}.warc": b"" for n in range(3)})

    assert found(path) == [Damage(0, "it holds more than 2 files")]


def test_a_warc_with_another_digest_than_stated_is_read_and_told(tmp_path: Path) -> None:
    files = described({"archive/a.warc.gz": warc(tmp_path)})
    files["archive/a.warc.gz"] = warc(tmp_path, b"<p>Other</p>")
    path = packed(tmp_path / "a.wacz", files)

    assert payloads(path) == [b"<p>Other</p>"]
    assert found(path)[-1] == Damage(
        1, "'archive/a.warc.gz' has another digest than datapackage.json states"
    )


@pytest.mark.parametrize(
    "description",
    [
        b"",
        b"[]",
        b"{",
        b'{"resources": 1}',
        b'{"resources": [{"path": 1}]}',
        b"[" * 100_000,
        b"\xff",
    ],
    ids=["empty", "list", "cut", "number", "path", "deep", "bytes"],
)
def test_a_description_that_cannot_be_understood_is_done_without(
    tmp_path: Path, description: bytes
) -> None:
    files = {"archive/a.warc.gz": warc(tmp_path), "datapackage.json": description}

    assert payloads(packed(tmp_path / "a.wacz", files)) == [HTML]


def test_a_digest_of_an_unknown_kind_is_not_compared(tmp_path: Path) -> None:
    told = {"resources": [{"path": "archive/a.warc.gz", "hash": "md9:0"}]}
    files = {"archive/a.warc.gz": warc(tmp_path), "datapackage.json": json.dumps(told).encode()}

    assert [type(each) for each in found(packed(tmp_path / "a.wacz", files))] == [WarcRecord]


def test_one_without_a_warc_is_told(tmp_path: Path) -> None:
    assert found(packed(tmp_path / "a.wacz", {"a.txt": b"a"})) == [Damage(0, "it holds no WARC")]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_one_that_is_cut_off_is_told(tmp_path: Path, share: float) -> None:
    path = packed(tmp_path / "a.wacz", {"archive/a.warc.gz": warc(tmp_path)})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    (damage,) = found(path)

    assert isinstance(damage, Damage)
    assert damage.reason.startswith("it is no WACZ that can be read")


def test_a_flipped_bit_is_damage_and_never_another_payload(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.wacz", {"archive/a.warc.gz": warc(tmp_path)})
    whole = path.read_bytes()

    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes((whole[place] ^ 4,)) + whole[place + 1 :])
        assert set(payloads(path)) <= {HTML, b""}


def test_one_with_a_password_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.wacz", {"archive/a.warc.gz": warc(tmp_path)})
    octets = bytearray(path.read_bytes())
    octets[6] |= 1
    octets[octets.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(octets)

    (damage,) = found(path)

    assert isinstance(damage, Damage)
    assert "encrypted" in damage.reason


def test_a_bomb_within_a_warc_is_capped_like_any_payload(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.wacz", {"archive/a.warc.gz": warc(tmp_path, b"\0" * 5_000_000)})

    (record,) = found(path, cap_bytes=1000)

    assert isinstance(record, WarcRecord)
    assert (record.payload, record.lacking) == (b"", "it is larger than the cap of 1,000 bytes")
