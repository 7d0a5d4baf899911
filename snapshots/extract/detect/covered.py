"""How much of what a page says its rows say, told with as little counting as it takes."""

from functools import cached_property

from snapshots.extract.detect.outline import around_content
from snapshots.extract.detect.words import raw_text
from snapshots.extract.html import Document, Node, lies_in

# A text of so many characters is looked at in any case.
AT_FIRST = 4_096
# In UTF-8, white space of one byte, what begins rarer kinds of it, and all bytes of characters
# but their first.
_SPACES = b"\t\n\v\f\r\x1c\x1d\x1e\x1f "
_RARE = b"\xc2\xe1\xe2\xe3"
_FURTHER_BYTES = bytes(range(0x80, 0xC0))
_MAYBE_SPACES = _SPACES + _RARE + _FURTHER_BYTES
_NEVER_SPACES = bytes(set(range(256)) - set(_RARE))
_SPACED = bytes.maketrans(_SPACES, b" " * len(_SPACES))


class Page:
    """How much a page says, without its scripts and what lies around its content.

    It takes long to tell, and is told as nearly as it is asked for.
    """

    def __init__(self, document: Document, body: Node) -> None:
        self.document, self.body = document, body
        # What the size of the text is at least, as far as it was asked for.
        self._surely = 0

    def is_covered(self, chars: float, least: float) -> bool:
        """Whether so many characters are at least such a share of a page's text."""
        # With its white space, the text is larger, and this is soon told.
        most = len(self._text) + 1
        if chars / most >= least or chars / max(1, most - self._around) >= least:
            return True
        if self._is_larger(chars, least):
            return False
        begin = self._text[: 2 * int(chars / least + self._around) + AT_FIRST]
        for bound in (_least_letters, _least_size):
            self._surely = max(self._surely, bound(begin))
            if self._is_larger(chars, least):
                return False
        return chars / max(1, self._size - self._around) >= least

    def _is_larger(self, chars: float, least: float) -> bool:
        """Whether the text is surely too large for so many characters to be such a share of it."""
        return chars / max(1, self._surely - self._around) < least

    @property
    def is_counted(self) -> bool:
        """Whether it was asked before, and takes no time to be asked again."""
        return "_around" in self.__dict__

    @cached_property
    def _text(self) -> str:
        return raw_text(self.body)

    @cached_property
    def _size(self) -> int:
        return _size(self._text)

    @cached_property
    def _around(self) -> int:
        around = around_content(self.document)
        places = {node.mem_id for node in around}
        return sum([_size(raw_text(node)) for node in around if not lies_in(node, places)])


def _size(text: str) -> int:
    """The characters of a text's words, and one for the space after each."""
    words = text.split()
    return sum(map(len, words)) + len(words)


def _least_letters(text: str) -> int:
    """What a text's size is at least: its characters that are surely no white space."""
    return len(text.encode(errors="replace").translate(None, _MAYBE_SPACES))


def _least_size(text: str) -> int:
    """The same, of its characters less the white space beside other white space.

    What may be a word, or a space of a rarer kind, is neither.
    """
    written = text.encode(errors="replace")
    spaced = written.translate(_SPACED, _FURTHER_BYTES)
    rare = len(written.translate(None, _NEVER_SPACES))
    return len(spaced) - 2 * spaced.count(b"  ") - 2 * rare - 1
