"""How sure a detection is, and why, in words."""

from collections.abc import Iterator, Mapping

from snapshots.extract.detect.judging import Judged

# A list of this score is sure.
SURE = 25.0
_NAMES = {"title": "a title", "link": "a link", "summary": "a summary", "published": "a date"}


def confidence(facts: Judged, shares: Mapping[str, float]) -> float:
    """Return how sure it is that these are the page's records, between 0 and 1."""
    known = sum(shares.get(name, 0.0) for name in ("title", "link", "published")) / 3
    return round(min(0.99, 0.2 + 0.4 * min(1.0, facts.score / SURE) + 0.4 * known), 2)


def reasons(
    facts: Judged, count: int, shares: Mapping[str, float], next_url: str | None
) -> Iterator[str]:
    """Yield what speaks for a list."""
    yield f"{count} elements of one kind repeat, with {facts.mean_chars:.0f} characters on average"
    named = [f"{_NAMES[name]} in {share:.0%}" for name, share in shares.items() if name in _NAMES]
    yield f"of them, {', '.join(named)}"
    if facts.is_declared:
        yield "each is marked as an entry of its own"
    if facts.is_flat:
        yield "each begins with its first element, and goes on to the next one's"
    if next_url:
        yield f"the list goes on at {next_url}"
