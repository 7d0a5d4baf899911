"""Why a payload no longer reads as it did: what its selectors match, and where the items went.

Never raises for what a payload holds; what cannot be read is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from snapshots.errors import ExtractError
from snapshots.extract import plain
from snapshots.extract.candidates import Candidate, container, listing_candidates
from snapshots.extract.caps import MOST_BYTES, MOST_PLAIN_BYTES, check_size
from snapshots.extract.charset import decode
from snapshots.extract.extract import is_plain_text, unreadable
from snapshots.extract.html import Document, parse, select
from snapshots.extract.joining import places_in
from snapshots.extract.listing import base_url
from snapshots.extract.places import Places, folded, link_key, places_of
from snapshots.extract.selectors import NOTHING, parse_selector, parts
from snapshots.extract.wording import clean
from snapshots.records import Item, Read, Recipe

# The recipe's selectors that are looked for inside the items.
INSIDE = ("title", "link", "summary", "published", "section")


@dataclass(frozen=True, slots=True)
class Matched:
    """How many elements a recipe's selector matches now; None when it is not CSS."""

    name: str
    selector: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Sought:
    """How many of the known values of one sort were looked for, and how many were found."""

    name: str
    known: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What became of a source's selectors and of its known items in one payload.

    ``unread`` tells why there is no markup to look at, or is None. ``candidates`` are
    recipes that find known items again, the best first.
    """

    known: int
    unread: str | None = None
    matched: tuple[Matched, ...] = ()
    sought: tuple[Sought, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    def lines(self) -> list[str]:
        """Return the diagnosis in plain words, one fact a line."""
        said = [f"the payload {self.unread}"] if self.unread else []
        said += [_matched_line(m, self.known) for m in self.matched if not m.count]
        where = f', inside "{self.candidates[0].item}"' if self.candidates else ""
        said += [_sought_line(s, where if s.found else "") for s in self.sought]
        return said + [f"try: {candidate}" for candidate in self.candidates[:1]]


def diagnose(
    payload: bytes,
    recipe: Recipe,
    *,
    url: str,
    content_type: str | None,
    known: Sequence[Item],
) -> Diagnosis:
    """Return what a recipe's selectors match in a payload, and where the known items are now.

    ``known`` are the items that stood. Values are found where an element says exactly
    the same; links also where the scheme or a slash at the end differs. Time is
    linear in the size of the page.
    """
    if told := unreadable(payload, content_type):
        return Diagnosis(known=len(known), unread=f"is {told}, neither HTML nor text")
    try:
        return _diagnosed(payload, recipe, url, content_type, known)
    except ExtractError as error:
        return Diagnosis(known=len(known), unread=f"cannot be read: {error}")


def _diagnosed(
    payload: bytes, recipe: Recipe, url: str, content_type: str | None, known: Sequence[Item]
) -> Diagnosis:
    check_size(len(payload), MOST_BYTES)
    text = decode(payload, content_type)
    if is_plain_text(text, content_type):
        check_size(len(payload), MOST_PLAIN_BYTES)
        sought = _sought(recipe, known, _said_in_text(text), set())
        return Diagnosis(known=len(known), unread="is plain text: it has no markup", sought=sought)
    return _of_markup(parse(text), recipe, url, known)


def _of_markup(document: Document, recipe: Recipe, url: str, known: Sequence[Item]) -> Diagnosis:
    matched = _all_matched(document, recipe)
    places = places_of(document, base_url(document, url), known)
    if recipe.read is Read.PAGE:
        found = container(document, places)
        candidates: tuple[Candidate, ...] = (found,) if found else ()
    else:
        candidates = listing_candidates(document, places, known)
    return Diagnosis(
        known=len(known),
        matched=matched,
        sought=_sought(recipe, known, _said_in_markup(places), set(places.links)),
        candidates=candidates,
    )


def _all_matched(document: Document, recipe: Recipe) -> tuple[Matched, ...]:
    items = _count(document, recipe.item) if recipe.item else None
    within = recipe.item if items and recipe.read is Read.LISTING else None
    inside = {name: getattr(recipe, name) for name in INSIDE} | dict(recipe.fields)
    matched = [Matched("item", recipe.item, items)] if recipe.item else []
    matched += [
        Matched(name, place.selector, _count(document, place.selector, within))
        for name, css in inside.items()
        for place in (places_in(css) if css and css != NOTHING else ())
    ]
    if recipe.next:
        matched.append(Matched("next", recipe.next, _count(document, recipe.next)))
    return tuple(matched)


def _count(document: Document, written: str, within: str | None = None) -> int | None:
    """How many elements a selector matches, on the page or inside what ``within`` matches."""
    css = parse_selector(written).css
    if not css or css == ":scope":
        css, within = within or "html", None
    outers = [f"{outer} " for outer in parts(within)] if within else [""]
    scoped = ", ".join(f"{outer}{inner}" for outer in outers for inner in parts(css))
    try:
        return len(select(document, scoped))
    except ExtractError:
        return None


def _sought(
    recipe: Recipe, known: Sequence[Item], said: set[str], links: set[str]
) -> tuple[Sought, ...]:
    if recipe.read is Read.PAGE:
        texts = {folded(item.text) for item in known if item.text}
        return (Sought("texts", len(texts), len(texts & said)),)
    titles = {folded(item.title) for item in known if item.title}
    addresses = {link_key(item.url) for item in known if item.url}
    return (
        Sought("titles", len(titles), len(titles & said)),
        Sought("links", len(addresses), len(addresses & links)),
    )


def _said_in_markup(places: Places) -> set[str]:
    return set(places.texts)


def _said_in_text(text: str) -> set[str]:
    """Every line of a plain text and every record's title, folded."""
    said = {folded(clean(line)) for line in text.splitlines()}
    said |= {folded(clean(record.title)) for record in plain.records(text)}
    return said | {folded(clean(block.text)) for block in plain.blocks(text)}


def _matched_line(matched: Matched, known: int) -> str:
    if matched.count is None:
        return f'{matched.name} "{matched.selector}" is not a CSS selector'
    items = "item" if known == 1 else "items"
    stood = f" (it stood for {known} {items})" if matched.name == "item" else ""
    return f'{matched.name} "{matched.selector}" matches nothing{stood}'


def _sought_line(sought: Sought, where: str) -> str:
    if not sought.known:
        return f"no {sought.name} are known"
    verb = "is" if sought.found == 1 else "are"
    count = sought.found or "none"
    return f"{count} of the {sought.known} known {sought.name} {verb} on the page{where}"
