"""Damage such as pages come to: cut short, repeated, shuffled, wrongly nested, wrongly coded."""

from collections.abc import Callable, Sequence
from random import Random

ODDITIES = (
    b"<table><tr><td>",
    b"</div></div></ul>",
    b"<a href='http://[x'>broken</a>",
    b"<a href>",
    b'<li class="\xff\xfe a.b:c">',
    b"<b><i><u><p>" * 20,
    b"<div>" * 200,
    b'<time datetime="0000-99-99">99/99/9999</time>',
    b"<script type='application/ld+json'>[{[",
    b'<a href="?page=99999999999999999999">next</a>',
    b"<td>30 de febrero de 2026</td>",
    b"<!--",
    b"<![CDATA[",
    b"\x00",
    b"<svg><a href='/x'>t</a></svg>",
    b"<template><ul><li><a href='/y'>z</a></ul></template>",
    "<p>\u202e\ufeff\u0301\u0301</p>".encode(),
    b'<ul id="1\\"]x">',
    b"&#x110000;&nbsp;&amp",
    b"<base href='::'>",
)


def cut(random: Random, page: bytes) -> bytes:
    """Leave out a stretch."""
    begin = random.randrange(len(page) + 1)
    return page[:begin] + page[begin + random.randrange(1, 2_000) :]


def repeated(random: Random, page: bytes) -> bytes:
    """Say a stretch several times."""
    begin = random.randrange(len(page) + 1)
    piece = page[begin : begin + random.randrange(1, 800)]
    return page[:begin] + piece * random.randrange(2, 40) + page[begin:]


def moved(random: Random, page: bytes) -> bytes:
    """Say a stretch elsewhere."""
    begin, other = random.randrange(len(page) + 1), random.randrange(len(page) + 1)
    end = begin + random.randrange(1, 3_000)
    return page[:other] + page[begin:end] + page[other:]


def strewn(random: Random, page: bytes) -> bytes:
    """Insert what no page should hold."""
    for _ in range(random.randrange(1, 8)):
        place = random.randrange(len(page) + 1)
        page = page[:place] + random.choice(ODDITIES) + page[place:]
    return page


def flipped(random: Random, page: bytes) -> bytes:
    """Change bytes."""
    damaged = bytearray(page or b"x")
    for _ in range(random.randrange(1, 60)):
        damaged[random.randrange(len(damaged))] = random.randrange(256)
    return bytes(damaged)


def unended(random: Random, page: bytes) -> bytes:
    """Leave out all end tags of one kind."""
    return page.replace(random.choice((b"</a>", b"</li>", b"</div>", b"</tr>", b"</table>")), b"")


def renamed(random: Random, page: bytes) -> bytes:
    """Make elements of one kind into another."""
    old, new = random.sample((b"li", b"div", b"td", b"tr", b"p", b"a", b"h3", b"dt", b"article"), 2)
    return page.replace(b"<" + old, b"<" + new).replace(b"</" + old, b"</" + new)


MUTATIONS: Sequence[Callable[[Random, bytes], bytes]] = (
    cut,
    repeated,
    moved,
    strewn,
    flipped,
    unended,
    renamed,
)


def mutated(random: Random, page: bytes) -> bytes:
    """Return a page with one to five damages."""
    for _ in range(random.randrange(1, 6)):
        page = random.choice(MUTATIONS)(random, page)
    return page
