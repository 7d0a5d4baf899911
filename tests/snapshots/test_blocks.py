"""A block gives back every payload that went in, byte for byte."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshots.archive import blocks
from snapshots.archive.blocks import (
    block,
    is_sealable,
    payload_in,
    payloads_in,
    pieces_of,
    vocabulary,
)

MARKUP = st.sampled_from(
    [b"<li>", b"</li>\n", b"Aliens", b"<p class='a'>", b"}", b"\n  ", b"token-", b"=", b" "]
)
WORDS = st.text("abcdef0123456789", min_size=8, max_size=12).map(str.encode)
PAYLOADS = st.lists(MARKUP | WORDS | st.binary(max_size=5)).map(b"".join).filter(is_sealable)


def all_in(made):
    pieces = pieces_of(vocabulary(made.pieces))
    payloads = [payload_in(made.body, place, pieces) for place in range(made.count)]
    assert list(payloads_in(made.body, pieces)) == payloads
    return payloads


def served(day, token):
    items = "\n".join(f"<li><a href='/doc/{n}'>Fact sheet {n}</a></li>" for n in range(day, 40))
    return f"<form id='form-{token}'></form><ul>\n{items}\n</ul><i nonce='{token}'>".encode()


@given(st.lists(PAYLOADS, max_size=8))
def test_every_payload_comes_back(payloads):
    made = block(payloads, ())

    assert all_in(made) == payloads


@given(st.lists(PAYLOADS, max_size=5), st.lists(PAYLOADS, max_size=5))
def test_a_vocabulary_that_grew_still_reads_the_blocks_before(earlier, later):
    first = block(earlier, ())
    second = block(later, first.pieces)

    grown = pieces_of(vocabulary(second.pieces))

    assert [payload_in(first.body, n, grown) for n in range(first.count)] == earlier
    assert [payload_in(second.body, n, grown) for n in range(second.count)] == later


def test_words_that_no_other_payload_has_stay_out_of_the_vocabulary():
    tokens = [Random(day).randbytes(16).hex() for day in range(30)]
    payloads = [served(day, token) for day, token in enumerate(tokens)]

    made = block(payloads, ())

    assert all_in(made) == payloads
    assert [token for token in tokens if token.encode() in b"".join(made.pieces)] == []
    # A token takes 16 bytes; all else, the lengths and the shortened list included, less.
    assert len(made.body) < 30 * 2 * 16


def test_a_payload_with_many_words_of_its_own_keeps_them():
    words = b" ".join(b"word%06d" % number for number in range(blocks.MOST_LIFTED + 1))
    payloads = [words, b"<p>another</p>"]

    made = block(payloads, ())

    assert all_in(made) == payloads
    assert words in made.pieces


@pytest.mark.parametrize("mark", [b"\x00", b"\x01", b"\x02"])
def test_a_payload_with_a_byte_that_marks_holes_is_not_sealable(mark):
    assert not is_sealable(b"<p>a" + mark + b"</p>")


def test_a_block_takes_no_more_than_it_may_hold(monkeypatch):
    monkeypatch.setattr(blocks, "MOST_NUMBERS_BYTES", 8)
    payloads = [b"<p>one<p>two", b"<p>two<p>one", b"<p>one<p>two<p>three"]

    made = block(payloads, ())

    assert (made.count, all_in(made)) == (2, payloads[:2])


def test_a_full_vocabulary_takes_nothing_new(monkeypatch):
    monkeypatch.setattr(blocks, "MOST_VOCABULARY_BYTES", 10)
    pieces = (b"<p>a rather long piece of text",)

    assert block([b"<p>another"], pieces).count == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: b"",
        lambda body: body[: len(body) // 2],
        lambda body: b"\xff" + body[1:],
    ],
    ids=["empty", "cut_short", "no_frame"],
)
def test_a_damaged_block_is_a_value_error(damage):
    made = block([served(day, f"token{day:08}") for day in range(9)], ())

    with pytest.raises(ValueError, match=r"."):
        payload_in(damage(made.body), 8, made.pieces)


def test_a_vocabulary_that_lacks_pieces_is_a_value_error():
    made = block([b"<p>one<p>two"], ())

    with pytest.raises(ValueError, match="range"):
        payload_in(made.body, 0, made.pieces[:1])
