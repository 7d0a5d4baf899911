"""Payloads are kept as differences where that pays, and read with at most two of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from random import Random

import pytest
from sqlite_utils import Database

from snapshots.archive.payloads import Payloads
from snapshots.archive.schema import migrations
from snapshots.errors import ArchiveError
from snapshots.records import digest_of

RANDOM = Random(1)
PAGE = b"\n".join(b"<p>%s</p>" % RANDOM.randbytes(20).hex().encode() for _ in range(100))


@pytest.fixture
def payloads() -> Iterator[Payloads]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrations.apply(Database(db, execute_plugins=False))
        db.execute("PRAGMA foreign_keys = on")
        yield Payloads(db)


def version(number: int) -> bytes:
    """Return the page with another paragraph for each version before, and one of its own."""
    return PAGE + b"".join(b"<p>Paragraph %d</p>" % n for n in range(number))


def keep(payloads: Payloads, *kept: bytes) -> list[str]:
    """Keep payloads, each as one like that before."""
    digests = [digest_of(each) for each in kept]
    for like, digest, each in zip([None, *digests], digests, kept, strict=False):
        payloads.keep(digest, each, like)
    return digests


def rows(payloads: Payloads) -> list[tuple[str | None, int]]:
    return payloads.db.execute("SELECT base, length(body) FROM payloads ORDER BY rowid").fetchall()


def test_a_page_that_hardly_changes_is_kept_as_differences_from_the_first(payloads):
    versions = [version(number) for number in range(20)]

    digests = keep(payloads, *versions)

    assert [payloads.payload(digest) for digest in digests] == versions
    assert [base for base, _ in rows(payloads)] == [None, *digests[:1] * 19]
    assert max(size for _, size in rows(payloads)[1:]) < 200


def test_a_large_page_that_lost_its_first_line_is_a_small_difference(payloads):
    lines = [b"<tr><td>%s</td></tr>" % RANDOM.randbytes(20).hex().encode() for _ in range(20_000)]
    large, shorter = b"\n".join(lines), b"\n".join(lines[1:])

    keep(payloads, large, shorter)

    assert rows(payloads)[1][1] < 1000
    assert payloads.payload(digest_of(shorter)) == shorter


def test_a_page_that_became_another_is_kept_whole_and_the_next_differ_from_it(payloads):
    other = bytes(reversed(PAGE))

    digests = keep(payloads, PAGE, other, other + b"<p>More</p>")

    assert [base for base, _ in rows(payloads)] == [None, None, digests[1]]
    assert payloads.payload(digests[2]) == other + b"<p>More</p>"


def test_a_payload_is_kept_once(payloads):
    digests = keep(payloads, PAGE, version(1), PAGE)

    assert len(rows(payloads)) == 2
    assert payloads.payload(digests[2]) == PAGE


@pytest.mark.parametrize("payload", [b"", b"x", bytes(range(256)) * 8], ids=len)
def test_any_bytes_come_back(payloads, payload):
    keep(payloads, PAGE, payload)

    assert payloads.payload(digest_of(payload)) == payload


def test_what_is_like_no_held_payload_is_kept_whole(payloads):
    payloads.keep(digest_of(PAGE), PAGE, "sha256:0000")

    assert payloads.payload(digest_of(PAGE)) == PAGE


def test_a_payload_that_is_not_held_is_an_error(payloads):
    with pytest.raises(ArchiveError, match="payload sha256:0000 is not held"):
        payloads.payload("sha256:0000")


def test_damage_to_a_payload_is_told_of_all_that_differ_from_it(payloads):
    digests = keep(payloads, PAGE, version(1), version(2), bytes(reversed(PAGE)))
    payloads.db.execute("UPDATE payloads SET body = x'00' WHERE digest = ?", digests[:1])

    assert [bool(payloads.check(digest)) for digest in digests] == [True, True, True, False]
    assert len(list(payloads.problems())) == 3


def test_a_payload_that_is_released_takes_none_of_the_others_with_it(payloads):
    digests = keep(payloads, PAGE, version(1), version(2))

    payloads.release(digests[0])

    assert [payloads.check(digest) is None for digest in digests] == [False, True, True]
    assert [base for base, _ in rows(payloads)] == [None, None, None]
