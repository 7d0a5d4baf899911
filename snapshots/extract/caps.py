"""What is read at most of one payload, so that reading it ends within seconds and 500 MB."""

from snapshots.errors import ExtractError

MOST_BYTES = 25_000_000
# A plain text of five megabytes is ten books.
MOST_PLAIN_BYTES = 5_000_000
MOST_ITEMS = 20_000
# How many elements may lie within one another.
DEEPEST = 512
# A listing of 10,000 items has 450,000 tags, end tags counted.
MOST_TAGS = 600_000
# Formatting that is never ended is opened again in every block that follows.
MOST_REOPENED = 600_000
MOST_ATTRIBUTES = 5_000
# Lexbor looks at all options of a list for each, and at all attributes of a body for each
# that a further tag adds to it.
MOST_OPTIONS = 30_000
MOST_BODIES = 200
# One wording of this length is a book; nothing that compares or shows it would end soon.
MOST_CHARS = 1_000_000


def check_items(count: int) -> None:
    """Raise an ExtractError when a payload holds more items than are ever read of one."""
    if count > MOST_ITEMS:
        raise ExtractError(told_most(count, "items", MOST_ITEMS))


def check_size(size_bytes: int, most_bytes: int) -> None:
    """Raise an ExtractError when a payload is larger than what is read of its sort."""
    if size_bytes > most_bytes:
        raise ExtractError(told_most(size_bytes, "bytes", most_bytes))


def told_most(count: int, things: str, cap: int) -> str:
    """Return that a page has more of something than the cap for it."""
    return f"the page has {count:,} {things}, more than the cap of {cap:,}"
