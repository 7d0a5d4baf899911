"""What a page holds and how it would be read, found from its bytes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crawler.quality import answer_doubt, notice_doubt
from snapshots.errors import ExtractError, FetchError
from snapshots.extract.detect.detect import Detection, detect
from snapshots.extract.extract import Reading, extract
from snapshots.records import Capture, Item, Outcome, Read, Recipe

# What begins a feed or a site map, after the declarations and comments that may precede it.
_FEED = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s+|<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>)*"
    rb"<(rss|feed|rdf:RDF|urlset|sitemapindex|opml)[\s>]",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How a page would be read, how surely (0 to 1) and why, and what it says so read.

    ``shares`` has, for each field of an item, the share of the items that have it.
    ``next_url`` is the next page that a visit would go on to.
    """

    recipe: Recipe
    confidence: float
    reasons: tuple[str, ...]
    items: tuple[Item, ...]
    next_url: str | None = None
    shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_listing(self) -> bool:
        """Whether it lists items, rather than being the wording of one page."""
        return self.recipe.read is Read.LISTING


def found_in(capture: Capture) -> Found:
    """Return what a capture holds.

    What detection takes for a list, and its own recipe finds nothing in, is a page.

    Raises:
        FetchError: it is a refusal, a notice or an error instead of the page asked for.
        ExtractError: it is neither HTML nor text, or nothing on it can be read.
    """
    if doubt := answer_doubt(capture):
        raise _refused(capture, doubt.outcome, doubt.reason)
    if feed := _FEED.match(capture.payload[:4096]):
        raise ExtractError(
            f"{capture.final_url}: is a feed or a site map ({feed[1].decode().lower()}), and those "
            "are not read; add the page that it is of"
        )
    detection = _detected(capture)
    reading = _read(capture, detection.recipe)
    if not reading.items and detection.recipe.read is Read.LISTING:
        reasons = ("the list that was found cannot be read",)
        recipe = Recipe(read=Read.PAGE)
        detection = replace(detection, recipe=recipe, confidence=0.0, reasons=reasons)
        reading = _read(capture, recipe)
    if doubt := notice_doubt(capture, reading.items):
        raise _refused(capture, doubt.outcome, doubt.reason)
    if not reading.items:
        raise ExtractError(
            f"{capture.final_url}: nothing on it can be read; if a browser shows more, "
            "it is made by a script"
        )
    return Found(
        recipe=detection.recipe,
        confidence=detection.confidence,
        reasons=detection.reasons,
        items=reading.items,
        next_url=reading.next_url,
        shares=dict(_shares(reading)),
    )


def _detected(capture: Capture) -> Detection:
    """Ask for the recipe of a payload: the one place that knows how detection is called."""
    kind = capture.header("content-type")
    return detect(capture.payload, url=capture.final_url, content_type=kind)


def _read(capture: Capture, recipe: Recipe) -> Reading:
    kind = capture.header("content-type")
    return extract(capture.payload, recipe, url=capture.final_url, content_type=kind)


def _shares(reading: Reading) -> dict[str, float]:
    """The share of the items that have each field, as the recipe itself reads them."""
    counts: dict[str, int] = {}
    for item in reading.items:
        own = {
            "title": item.title,
            "link": item.url,
            "date": item.published,
            "summary": item.summary,
            "section": item.section,
            **item.fields,
        }
        for name, value in own.items():
            counts[name] = counts.get(name, 0) + bool(value)
    return {name: count / len(reading.items) for name, count in counts.items() if count}


def _refused(capture: Capture, outcome: Outcome, reason: str) -> FetchError:
    fact = reason.removeprefix(capture.final_url).strip()
    return FetchError(capture.final_url, fact, is_blocked=outcome is Outcome.BLOCKED)
