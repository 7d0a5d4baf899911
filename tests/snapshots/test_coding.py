"""Content codings are undone, last applied first, and never beyond the cap."""

import gzip
import zlib

import brotli
import pytest
import zstandard

from snapshots.coding import decoded
from snapshots.errors import ExtractError

TEXT = b"Officers remove criminal aliens. " * 50
CAP = 10_000


def deflated(body, window):
    coder = zlib.compressobj(wbits=window)
    return coder.compress(body) + coder.flush()


def zstd(body):
    return zstandard.ZstdCompressor().compress(body)


GZIP = gzip.compress(TEXT, mtime=0)
CODED = {
    "gzip": ("gzip", GZIP),
    "gzip of two members": ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
    "x-gzip": ("X-GZIP", GZIP),
    "deflate with the header of zlib": ("deflate", deflated(TEXT, 15)),
    "deflate without a header": ("deflate", deflated(TEXT, -15)),
    "brotli": ("br", brotli.compress(TEXT)),
    "zstandard": ("zstd", zstd(TEXT)),
    "zstandard in two frames": ("zstd", zstd(TEXT[:100]) + zstd(TEXT[100:])),
    "two codings": ("gzip, br", brotli.compress(GZIP)),
    "identity among others": ("identity, gzip", GZIP),
    "none": (None, TEXT),
    "an empty name": ("", TEXT),
    "identity": ("identity", TEXT),
}


@pytest.mark.parametrize("case", CODED)
def test_the_body_comes_back_from(case):
    coding, body = CODED[case]

    assert decoded(body, coding, cap_bytes=CAP) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_body_stays_empty_in(coding):
    assert decoded(b"", coding, cap_bytes=CAP) == b""


BOMBS = {
    "gzip": gzip.compress(b"\0" * 5_000_000),
    "deflate": zlib.compress(b"\0" * 5_000_000),
    "br": brotli.compress(b"\0" * 5_000_000),
    "zstd": zstd(b"\0" * 5_000_000),
    "gzip, gzip": gzip.compress(gzip.compress(b"\0" * 5_000_000)),
    "identity, gzip": gzip.compress(b"a") * 20_000,
}


@pytest.mark.parametrize("coding", BOMBS)
def test_a_body_that_grows_beyond_the_cap_is_refused(coding):
    with pytest.raises(ExtractError, match="the body grows beyond the cap of 10,000 bytes"):
        decoded(BOMBS[coding], coding, cap_bytes=CAP)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_a_body_just_as_long_as_the_cap_is_read(coding):
    whole = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}[coding]

    assert decoded(whole(b"a" * CAP), coding, cap_bytes=CAP) == b"a" * CAP


@pytest.mark.parametrize("case", ["gzip", "deflate with the header of zlib", "brotli"])
def test_a_body_cut_short_is_refused(case):
    coding, body = CODED[case]

    with pytest.raises(ExtractError, match=r"cut short|damaged"):
        decoded(body[:-5], coding, cap_bytes=CAP)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_not_coded_as_it_says_is_refused(coding):
    with pytest.raises(ExtractError, match=r"the body is damaged|the body is cut short"):
        decoded(b"<html>plain after all</html>", coding, cap_bytes=CAP)


def test_a_gzip_body_with_an_altered_byte_is_refused():
    body = bytearray(GZIP)
    body[-6] ^= 1

    with pytest.raises(ExtractError, match="the body is damaged"):
        decoded(bytes(body), "gzip", cap_bytes=CAP)


def test_an_unknown_coding_is_named():
    with pytest.raises(ExtractError, match="coded as 'compress', which is not understood"):
        decoded(TEXT, "compress", cap_bytes=CAP)
