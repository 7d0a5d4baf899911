"""Bytes become characters as a browser would read them; nothing is refused."""

import pytest

from snapshots.extract.charset import declared, decode

CYRILLIC = "Министерство внутренних дел сообщает о новых правилах въезда в страну. " * 4


@pytest.mark.parametrize(
    ("payload", "content_type", "text"),
    [
        pytest.param("état".encode(), None, "état", id="undeclared UTF-8"),
        pytest.param(b"\xef\xbb\xbfa", "text/html; charset=latin-1", "a", id="UTF-8 mark first"),
        pytest.param(b"\xff\xfea\0", None, "a", id="UTF-16 mark, little end"),
        pytest.param(b"\xfe\xff\0a", None, "a", id="UTF-16 mark, big end"),
        pytest.param(b"\xe9", "text/html; charset=ISO-8859-1", "é", id="header"),
        pytest.param(b"\xe9", 'text/html;charset="iso-8859-1"', "é", id="header in quotes"),
        pytest.param(b"\x93a\x94", "text/html; charset=iso-8859-1", "“a”", id="Windows superset"),
        pytest.param(b"\x93a\x94", "text/html; charset=us-ascii", "“a”", id="ASCII superset"),
        pytest.param(
            b"<meta charset=utf-8>\xe9", "text/html; charset=latin1", "<meta charset=utf-8>é",
            id="the header wins over the page",
        ),
        pytest.param(
            b"<meta charset=koi8-r>\xc1", "text/html", "<meta charset=koi8-r>а", id="page"
        ),
        pytest.param(
            b'<meta http-equiv=x content="text/html; charset=koi8-r">\xc1', None,
            '<meta http-equiv=x content="text/html; charset=koi8-r">а', id="page, older form",
        ),
        pytest.param(
            b"<?xml version='1.0' encoding='koi8-r'?>\xc1", None,
            "<?xml version='1.0' encoding='koi8-r'?>а", id="XML declaration",
        ),
        pytest.param(b"a", "text/html; charset=no-such", "a", id="unknown label"),
        pytest.param(b"a\xff", "text/html; charset=utf-8", "a\ufffd", id="unreadable byte"),
        pytest.param(b"\x82\xa0", "text/html; charset=x-sjis", "あ", id="alias of Shift JIS"),
        pytest.param(b"\xe0\xb9", "text/html; charset=windows-874", "เน", id="alias of Thai"),
        pytest.param(b"", "text/html; charset=utf-8", "", id="nothing"),
    ],
)  # fmt: skip
def test_characters_are_read_from(payload, content_type, text):
    assert decode(payload, content_type) == text


def test_undeclared_bytes_that_are_no_utf8_are_guessed():
    assert decode(CYRILLIC.encode("cp1251")) == CYRILLIC


def test_bytes_of_which_nothing_is_known_become_characters_all_the_same():
    assert len(decode(bytes(range(128, 256)) * 3)) > 0


@pytest.mark.parametrize(
    ("payload", "encoding"),
    [
        (b"<meta charset=utf-16>", "utf-8"),
        (b"<meta charset=GB2312>", "gb18030"),
        (b"<meta charset='latin1'>", "cp1252"),
        (b"<p>charset=latin1</p>", None),
        (b"<meta charset=no-such>", None),
        (b" " * 3000 + b"<meta charset=koi8-r>", "koi8-r"),
        (b" " * 5000 + b"<meta charset=koi8-r>", None),
    ],
)
def test_a_page_declares_its_encoding_near_its_beginning(payload, encoding):
    assert declared(payload) == encoding
