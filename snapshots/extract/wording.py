"""Text as a reader sees it: no invisible characters, one space between words, NFC."""

import re
import unicodedata

# Zero-width space, word joiner, byte-order mark, soft hyphen: they join no letters
# and part no words, but pages acquire and lose them without a word changing.
_INVISIBLE = dict.fromkeys((0x200B, 0x2060, 0xFEFF, 0x00AD))
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


def clean(text: str) -> str:
    """Return text with white space folded, invisible characters dropped, in NFC."""
    # Most texts are clean but for the spaces around them; telling so is cheap.
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    folded = " ".join(text.split())
    if folded.isascii() and folded.isprintable():
        return folded
    visible = _CONTROLS.sub("", text.translate(_INVISIBLE))
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def clean_line(text: str) -> str:
    """Return a line of a plain-text capture with its white space folded.

    Non-breaking spaces are kept: the text is already somebody's rendering, and is
    evidence as it stands. Comparing folds them.
    """
    visible = _CONTROLS.sub("", text.translate(_INVISIBLE))
    return unicodedata.normalize("NFC", _SPACES.sub(" ", visible).strip())


def said(text: str | None) -> str | None:
    """Return cleaned text, or None when nothing is left to read."""
    return (clean(text) or None) if text else None
