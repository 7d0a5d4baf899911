"""What selectors find in a page's tree."""

from collections.abc import Iterator
from random import Random

import pytest

from snapshots.extract.html import Document, Node, parse, select

TAGS, CLASSES = ("div", "span", "section", "b"), ("", ' class="a"', ' class="b"', ' class="a b"')


def tree(random: Random, depth: int) -> str:
    if not depth:
        return "text"
    parts = []
    for _ in range(random.randint(1, 3)):
        tag = random.choice(TAGS)
        parts.append(f"<{tag}{random.choice(CLASSES)}>{tree(random, depth - 1)}</{tag}>")
    return "".join(parts)


def places(nodes: list[Node]) -> list[int]:
    return [node.mem_id for node in nodes]


def above(node: Node) -> Iterator[Node]:
    outer = node.parent
    while outer is not None and outer.is_element_node:
        yield outer
        outer = outer.parent


def without_class(document: Document, tag: str, name: str) -> list[int]:
    """The elements of a tag that lie in one which has no such class."""
    return [
        node.mem_id
        for node in select(document, tag)
        if any(name not in (outer.attributes.get("class") or "").split() for outer in above(node))
    ]


@pytest.mark.parametrize("seed", range(30))
def test_functions_that_begin_a_compound_look_at_all_that_an_element_lies_in(seed):
    document = parse(tree(Random(seed), 5))

    for written, meant in (
        (":is(div, .a) span", "div span, .a span"),
        ("section :where(div, .a) b", "section div b, section .a b"),
        (":is(div,.a) ~ b", "div ~ b, .a ~ b"),
        ('div[title="x :is("], :is(.a, .b) span', ".a span, .b span"),
        (
            "section>:is(div, .a) :is(b, .b)",
            "section>div b, section>div .b, section>.a b, section>.a .b",
        ),
    ):
        assert places(select(document, written)) == places(select(document, meant)), written
    assert places(select(document, ":not(.a) b")) == without_class(document, "b", "a")


def test_what_several_alternatives_match_is_found_once():
    assert len(select(parse('<p class="a b">x</p>'), "p, .a, .b")) == 1
