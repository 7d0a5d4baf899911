"""What elements say, as cheaply as telling what they are like allows."""

from snapshots.extract.html import Node


def words_of(node: Node) -> str:
    """Return all text in an element, scripts included, with one space between words."""
    return folded(raw_text(node))


def raw_text(node: Node) -> str:
    """Return all text in an element as it is written, with a space between its parts."""
    return node.text(deep=True, separator=" ")


def folded(text: str) -> str:
    """Return text with one space between words."""
    return " ".join(text.split())
