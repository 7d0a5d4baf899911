"""Content codings undone, with a cap: a small body can hold a very large one."""

import zlib
from collections.abc import Callable

import brotli
import zstandard

from snapshots.errors import ExtractError

ACCEPTED = "gzip, deflate, br, zstd"
BITE_BYTES = 1024


def decoded(body: bytes, content_encoding: str | None, *, cap_bytes: int) -> bytes:
    """Return a body with its content codings undone, last applied first.

    Raises:
        ExtractError: the body is damaged or cut short, its coding is unknown, or it
            would grow beyond the cap.

    Source: RFC 9110, section 8.4 (Content-Encoding); RFC 7932 (br); RFC 8878 (zstd).
    """
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    for name in reversed([name for name in names if name not in ("", "identity")]):
        decode = DECODERS.get(name)
        if decode is None:
            raise ExtractError(f"the body is coded as {name!r}, which is not understood")
        body = decode(body, cap_bytes + 1) if body else b""
        if len(body) > cap_bytes:
            raise ExtractError(f"the body grows beyond the cap of {cap_bytes:,} bytes")
    return body


def _gzip(body: bytes, most: int) -> bytes:
    out = bytearray()
    while body and len(out) < most:
        part, body = _inflated(body, most - len(out), zlib.MAX_WBITS | 16)
        out += part
    return bytes(out)


def _deflate(body: bytes, most: int) -> bytes:
    # Some servers send zlib's format, as the RFC says; others the bare one.
    try:
        return _inflated(body, most, zlib.MAX_WBITS)[0]
    except ExtractError:
        return _inflated(body, most, -zlib.MAX_WBITS)[0]


def _inflated(body: bytes, most: int, window: int) -> tuple[bytes, bytes]:
    decoder = zlib.decompressobj(window)
    try:
        out = decoder.decompress(body, most)
    except zlib.error as error:
        raise ExtractError(f"the body is damaged ({error})") from error
    if not decoder.eof and len(out) < most:
        raise ExtractError("the body is cut short")
    return out, decoder.unused_data


def _brotli(body: bytes, most: int) -> bytes:
    decoder = brotli.Decompressor()
    out = bytearray()
    try:
        out += decoder.process(body, output_buffer_limit=most)
        while not decoder.is_finished() and len(out) < most:
            part = decoder.process(b"", output_buffer_limit=most - len(out))
            if not part:
                raise ExtractError("the body is cut short")
            out += part
    except brotli.error as error:
        raise ExtractError(f"the body is damaged ({error})") from error
    return bytes(out)


def _zstd(body: bytes, most: int) -> bytes:
    out = bytearray()
    try:
        while body and len(out) < most:
            decoder = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
            eaten = 0
            # Small bites bound what a bomb can blow up to before the cap is looked at.
            while eaten < len(body) and not decoder.eof and len(out) < most:
                out += decoder.decompress(body[eaten : eaten + BITE_BYTES])
                eaten += BITE_BYTES
            if not decoder.eof and len(out) < most:
                raise ExtractError("the body is cut short")
            body = decoder.unused_data + body[eaten:]
    except zstandard.ZstdError as error:
        raise ExtractError(f"the body is damaged ({error})") from error
    return bytes(out[:most])


DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
