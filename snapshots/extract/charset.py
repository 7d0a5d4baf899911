"""Bytes to characters: what the page declares, then UTF-8, then the likeliest guess."""

import codecs
import re

# A browser reads these labels as their Windows supersets.
# Source: WHATWG Encoding Standard, section 4.2 (names and labels).
SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# The labels that Python spells otherwise, or does not know.
LABELS = {
    "x-sjis": "cp932",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "ks_c_5601-1987": "cp949",
    "windows-949": "cp949",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-x-big5": "big5hkscs",
    "unicode": "utf-16-le",
}
# Codecs of Python that are no encoding of pages, or can yield half a character.
NO_CHARSETS = frozenset(
    ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7")
)
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How far a declaration is looked for; the standard's 1,024 bytes miss real pages.
PRESCAN_BYTES = 4096
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)


def decode(payload: bytes, content_type: str | None = None) -> str:
    """Return a payload's characters; a byte that cannot be read becomes U+FFFD.

    A byte-order mark wins over the ``charset`` of the Content-Type header, which
    wins over the page's own declaration. Undeclared bytes are UTF-8 if they can
    be, and guessed otherwise.

    Source: WHATWG HTML, section 13.2.3.2 (determining the character encoding).
    """
    for mark, encoding in BOMS:
        if payload.startswith(mark):
            return payload[len(mark) :].decode(encoding, "replace")
    stated = _from_header(content_type) or declared(payload)
    if stated:
        return payload.decode(stated, "replace")
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return payload.decode(_guess(payload), "replace")


def declared(payload: bytes) -> str | None:
    """Return the Python name of the encoding that a page declares for itself, or None."""
    head = payload[:PRESCAN_BYTES]
    found = _XML.search(head) or _META.search(head)
    encoding = _codec(found[1].decode("ascii", "replace")) if found else None
    # A declaration that could be read as ASCII is not in UTF-16, whatever it says.
    return "utf-8" if encoding and encoding.startswith(("utf-16", "utf-32")) else encoding


def _from_header(content_type: str | None) -> str | None:
    found = _CHARSET.search(content_type or "")
    return _codec(found[1]) if found else None


def _codec(label: str) -> str | None:
    try:
        name = codecs.lookup(LABELS.get(label.lower(), label)).name
        b"x".decode(name)  # refuses codecs that are no text, such as base64
    except (LookupError, UnicodeError):
        # Half a character is still text: UTF-16 is one that b"x" is too short for.
        name = name if label.lower().startswith(("utf-16", "utf-32", "utf_16")) else ""
    return None if not name or name in NO_CHARSETS else SUPERSETS.get(name, name)


def _guess(payload: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(payload[:65536]).best()
    return SUPERSETS.get(best.encoding, best.encoding) if best else "cp1252"
