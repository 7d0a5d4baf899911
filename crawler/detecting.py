"""What a page holds and how it would be read, found from its bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.quality import answer_doubt, notice_doubt
from snapshots.errors import ExtractError, FetchError
from snapshots.extract.charset import decode
from snapshots.extract.detect.detect import Detection, detect
from snapshots.extract.extract import Reading, extract, is_plain_text, unreadable
from snapshots.extract.html import parse
from snapshots.records import Capture, Item, Outcome, Read, Recipe

# A plain text is read as a listing from so many records.
FEWEST_RECORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How a page would be read, how surely (0 to 1) and why, and what it says so read."""

    recipe: Recipe
    confidence: float
    reasons: tuple[str, ...]
    items: tuple[Item, ...]
    next_url: str | None = None

    @property
    def is_listing(self) -> bool:
        """Whether it lists items, rather than being the wording of one page."""
        return self.recipe.read is Read.LISTING


def found_in(capture: Capture) -> Found:
    """Return what a capture holds.

    Raises:
        FetchError: it is a refusal, a notice or an error instead of the page asked for.
        ExtractError: it is neither HTML nor text, or nothing on it can be read.
    """
    if doubt := answer_doubt(capture):
        raise _refused(capture, doubt.outcome, doubt.reason)
    detection = _detected(capture)
    reading = _read(capture, detection.recipe)
    if not reading.items and detection.recipe.read is Read.LISTING:
        detection = replace(detection, recipe=Recipe(read=Read.PAGE), confidence=0.0)
        reading = _read(capture, detection.recipe)
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
        reasons=detection.reasons or tuple(_reasons(detection.recipe, reading.items)),
        items=reading.items,
        next_url=reading.next_url,
    )


def _detected(capture: Capture) -> Detection:
    """Ask for the recipe of a payload: the one place that knows how detection is called."""
    kind = capture.header("content-type")
    if told := unreadable(capture.payload, kind):
        raise ExtractError(f"{capture.final_url}: the payload is {told}, neither HTML nor text")
    text = decode(capture.payload, kind)
    if is_plain_text(text, kind):
        return _detected_in_text(capture)
    found = detect(parse(text))
    return replace(found, recipe=replace(found.recipe, read=Read(found.recipe.read)))


def _detected_in_text(capture: Capture) -> Detection:
    recipe = Recipe(read=Read.LISTING)
    count = len(_read(capture, recipe).items)
    if count < FEWEST_RECORDS:
        recipe = Recipe(read=Read.PAGE)
    return Detection(recipe=recipe, confidence=0.5, reasons=("it is plain text",))


def _read(capture: Capture, recipe: Recipe) -> Reading:
    kind = capture.header("content-type")
    return extract(capture.payload, recipe, url=capture.final_url, content_type=kind)


def _reasons(recipe: Recipe, items: Sequence[Item]) -> list[str]:
    if recipe.read is Read.PAGE:
        return ["no list of records stands out"]
    linked = sum(1 for item in items if item.url)
    dated = sum(1 for item in items if item.published)
    told = [f"{len(items)} elements {recipe.item} repeat"] if recipe.item else []
    return [*told, f"{linked} of {len(items)} have a link, {dated} a date"]


def _refused(capture: Capture, outcome: Outcome, reason: str) -> FetchError:
    fact = reason.removeprefix(capture.final_url).strip()
    return FetchError(capture.final_url, fact, is_blocked=outcome is Outcome.BLOCKED)
