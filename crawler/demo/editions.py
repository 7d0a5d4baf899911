"""Eleven dated editions of an invented agency's site: what it says, not how it is marked up."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from crawler.demo import texts
from crawler.demo.texts import Block, Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The agency's site as it stands at one moment.

    ``unlisted`` are publications whose own page is online though no list leads there.
    ``cached_at`` is when the site's cache rendered its pages; None when each request is
    rendered anew, so that no two responses have the same bytes.
    """

    at: datetime
    title: str
    listed: tuple[Publication, ...]
    blocks: tuple[Block, ...]
    unlisted: tuple[Publication, ...] = ()
    cached_at: datetime | None = None
    is_maintenance: bool = False
    is_redesigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many items of one source an edition adds, removes and changes."""

    added: int = 0
    removed: int = 0
    changed: int = 0


def _noncitizens(text: str) -> str:
    text = re.sub(r"\b([Aa])n alien\b", r"\1 noncitizen", text)
    text = re.sub(r"\balien(?=s?\b)", "noncitizen", text)
    return re.sub(r"\bAlien(?=s?\b)(?! Registration Number)", "Noncitizen", text)


def _said(edition: Edition, words: dict[str, str]) -> Edition:
    """Return the edition with each summary, block or title that is a key said the other way."""
    listed = tuple(
        replace(it, title=words.get(it.title, it.title), summary=words.get(it.summary, it.summary))
        for it in edition.listed
    )
    blocks = tuple(replace(it, text=words.get(it.text, it.text)) for it in edition.blocks)
    return replace(edition, listed=listed, blocks=blocks)


def _without(edition: Edition, *slugs: str) -> tuple[Publication, ...]:
    return tuple(item for item in edition.listed if item.slug not in slugs)


def _only(edition: Edition, slug: str) -> Publication:
    return next(item for item in edition.listed if item.slug == slug)


def _by_title(items: tuple[Publication, ...]) -> tuple[Publication, ...]:
    return tuple(sorted(items, key=lambda item: item.title))


def _morning(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 6, tzinfo=UTC)


# The slugs of the publications that one event befalls.
WITHDRAWN = "detainee-medical-transfer-directive"
DELISTED = "holding-room-occupancy-2019"
REPUNCTUATED = "cargo-manifest-amendments"
REDATED = "bond-payment-instructions"

_first = Edition(
    at=_morning(2020, 11, 9),
    title="A first look",
    listed=texts.LIBRARY,
    blocks=texts.FACT_SHEETS,
    cached_at=_morning(2020, 11, 9),
)
_still = replace(_first, at=_morning(2020, 11, 16), title="Nothing changed")
_longer = replace(
    _still,
    at=_morning(2021, 1, 11),
    title="Three publications are added",
    listed=texts.ADDITIONS + _still.listed,
    cached_at=None,
)

_EARLY_TEXTS = [item.summary for item in _longer.listed] + [block.text for block in _longer.blocks]
_REWORDING = {text: _noncitizens(text) for text in _EARLY_TEXTS if _noncitizens(text) != text}
_RETITLING = {"Alternatives to Detention Quarterly Review": "Supervised Release Quarterly Review"}

_reworded = replace(
    _said(_longer, _REWORDING | _RETITLING),
    at=_morning(2021, 4, 26),
    title="Aliens become noncitizens",
)
_maintenance = replace(
    _reworded, at=_morning(2021, 9, 18), title="Closed for maintenance", is_maintenance=True
)
_shorter = replace(
    _reworded,
    at=_morning(2021, 10, 4),
    title="One publication is withdrawn, one delisted",
    listed=_without(_reworded, WITHDRAWN, DELISTED),
    unlisted=(_only(_reworded, DELISTED),),
)
_still_shorter = replace(
    _shorter, at=_morning(2021, 10, 5), title="The delisting is confirmed by a second visit"
)
_reordered = replace(
    _shorter,
    at=_morning(2022, 5, 16),
    title="The list is sorted by title",
    listed=_by_title(_shorter.listed),
    blocks=(*_shorter.blocks[:-2], _shorter.blocks[-1], _shorter.blocks[-2]),
)
_redesigned = replace(
    _reordered, at=_morning(2023, 2, 13), title="The site is redesigned", is_redesigned=True
)

_old_comma = _only(_redesigned, REPUNCTUATED).summary
_old_tidewater = next(b.text for b in _redesigned.blocks if b.text.startswith("The Tidewater"))
_REWRITING = {
    _old_comma: _old_comma.replace("carriers, and", "carriers and"),
    _old_tidewater: texts.TIDEWATER_REWRITTEN,
}

_rewritten = replace(
    _said(_redesigned, _REWRITING),
    at=_morning(2024, 6, 17),
    title="A fact sheet is rewritten",
    listed=_by_title(_said(_redesigned, _REWRITING).listed + texts.LATE_ADDITION),
)
_redated = replace(_only(_rewritten, REDATED), published=date(2025, 2, 24))
_restored = replace(
    _said(
        replace(_rewritten, listed=_by_title((*_without(_rewritten, REDATED), _redated))),
        {new: old for old, new in _REWORDING.items()},
    ),
    at=_morning(2025, 3, 3),
    title="Noncitizens become aliens again",
)

# What each edition changes in each source, against the last edition that could be read. A
# removal belongs to the edition that lacked the item first, whenever it was confirmed.
_HISTORY: tuple[tuple[Edition, Tally, Tally], ...] = (
    (_first, Tally(), Tally()),
    (_still, Tally(), Tally()),
    (_longer, Tally(added=3), Tally()),
    (_reworded, Tally(changed=10), Tally(changed=3)),
    (_maintenance, Tally(), Tally()),
    (_shorter, Tally(removed=2), Tally()),
    (_still_shorter, Tally(), Tally()),
    (_reordered, Tally(), Tally()),
    (_redesigned, Tally(), Tally()),
    (_rewritten, Tally(added=1, changed=1), Tally(changed=1)),
    (_restored, Tally(changed=10), Tally(changed=3)),
)
EDITIONS = tuple(edition for edition, _, _ in _HISTORY)
EXPECTED = tuple({"library": library, "fact-sheets": sheets} for _, library, sheets in _HISTORY)
