"""Whether an answer may conclude anything: failing to see is not seeing nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from snapshots.extract import visible_text
from snapshots.records import Capture, Item, Outcome

# A 206 is a part, a 202 a promise. Source: RFC 9110, section 15.3.
GOOD = frozenset((200, 203))
GONE = frozenset((404, 410))
BLOCKING = frozenset((401, 403, 405, 407, 429, 451))
# A maintenance page is short; a page that merely mentions maintenance is not.
NOTICE_CHARS = 1_500
NOTICE_BYTES = 200_000
_END = b"</html"
END_BYTES = 2_048
_MAINTENANCE = re.compile(
    r"(scheduled|undergoing|under|site|system|routine) maintenance"
    r"|temporarily (unavailable|offline)|(is|are) currently (unavailable|offline)"
    r"|(please )?(check|try|come) back (later|soon|shortly)",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"access denied|request (was )?(blocked|rejected)|pardon our interruption"
    r"|checking (your browser|if the site connection is secure)|enable javascript and cookies"
    r"|verify(ing)? (that )?you are (a )?human|attention required|unusual traffic|captcha",
    re.IGNORECASE,
)
# Below this share of the items that stood, a reading is a broken page or selector.
SHRUNKEN_BELOW = 0.2
FEWEST_TO_SHRINK = 5


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an answer or a reading concludes nothing. ``is_gone``: the page itself is no more."""

    outcome: Outcome
    reason: str
    is_gone: bool = False


def answer_doubt(capture: Capture) -> Doubt | None:
    """Return why a response's status keeps it from being the page asked for, or None.

    A 304 stands for a page that was healthy when it was kept.
    """
    if capture.status == 304 and capture.payload:
        return None
    if capture.status in GONE:
        told = f"{capture.final_url} answered {capture.status}: the page is gone"
        return Doubt(Outcome.QUARANTINED, told, is_gone=True)
    if capture.status in BLOCKING:
        return Doubt(Outcome.BLOCKED, f"{capture.final_url} answered {capture.status}")
    if capture.status not in GOOD:
        return Doubt(Outcome.FAILED, f"{capture.final_url} answered {capture.status}")
    if not capture.payload or capture.payload.isspace():
        return Doubt(Outcome.FAILED, f"{capture.final_url} answered with an empty body")
    return None


def notice_doubt(capture: Capture, items: Sequence[Item]) -> Doubt | None:
    """Return why a page is a refusal or a maintenance notice sent as if it were healthy.

    Only a page that says little is suspected: one that says much is not a notice.
    """
    if any(said > NOTICE_CHARS for said in accumulate(map(_length, items))):
        return None
    visible = visible_text(capture.payload[:NOTICE_BYTES], capture.header("content-type"))
    if len(visible) > 2 * NOTICE_CHARS:
        return None
    if found := _CHALLENGE.search(visible):
        return Doubt(Outcome.BLOCKED, f"{capture.final_url} answered a block page ({found[0]!r})")
    if found := _MAINTENANCE.search(visible):
        told = f"{capture.final_url} answered a maintenance page ({found[0]!r})"
        return Doubt(Outcome.FAILED, told)
    return None


def cut_doubt(capture: Capture, last: Capture | None) -> Doubt | None:
    """Return that a page seems to have been cut off, or None.

    Only a body whose length was not announced can be cut without notice. It is doubted
    when the end of the document is missing, which the last healthy one had.
    """
    is_announced = capture.header("content-length") or capture.header("transfer-encoding")
    if is_announced or last is None or capture.status not in GOOD:
        return None
    ends = [_END in held.payload[-END_BYTES:].lower() for held in (last, capture)]
    if ends == [True, False]:
        return Doubt(Outcome.FAILED, f"{capture.final_url} answered a page without its end")
    return None


def likeness_doubt(matched: int, standing: int, *, is_complete: bool) -> Doubt | None:
    """Return that a page is another than the one that stood, or None.

    ``matched`` is how many of the ``standing`` items were found again. A partial
    snapshot need not hold many of them.
    """
    least = max(1.0, standing * SHRUNKEN_BELOW)
    if standing < FEWEST_TO_SHRINK or not is_complete:
        least = 1 if is_complete or standing >= FEWEST_TO_SHRINK else 0
    if matched >= least:
        return None
    told = f"{matched} of the {standing} items that stood are on the page: it seems another one"
    return Doubt(Outcome.QUARANTINED, told)


def reading_doubt(items: int, standing: int, is_complete: bool, sought: str) -> Doubt | None:
    """Return why the items of a snapshot are not to be believed, or None when they are.

    ``standing`` is how many items stood before; ``sought`` names the selector in words.
    """
    if not items:
        return Doubt(Outcome.QUARANTINED, f"nothing matches {sought}")
    is_shrunken = standing >= FEWEST_TO_SHRINK and items < standing * SHRUNKEN_BELOW
    if is_shrunken and is_complete:
        return Doubt(Outcome.QUARANTINED, f"only {items} items where {standing} stood")
    return None


def _length(item: Item) -> int:
    return sum(len(part) for part in (item.title, item.summary, item.text) if part)
