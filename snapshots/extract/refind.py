"""Recipes that would find known items again on a page whose layout has changed. Pure.

Where each column lies now is told by what the known items say, and by detection where
none of them says it any more.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from snapshots.errors import ExtractError
from snapshots.extract.candidates import (
    DATES,
    LEAST_READ,
    MOST_TRIED,
    area,
    cell_names,
    container,
    inside_names,
    listing_candidates,
    nodes_of,
    numbers_of,
)
from snapshots.extract.charset import decode
from snapshots.extract.dates import iso
from snapshots.extract.detect.columns import columns
from snapshots.extract.detect.detect import detect_in
from snapshots.extract.detect.judging import SAMPLE
from snapshots.extract.detect.naming import Names
from snapshots.extract.detect.records import records_of
from snapshots.extract.extract import is_plain_text, unreadable
from snapshots.extract.html import Document, Node, parse, select
from snapshots.extract.joining import places_in, wordings_of
from snapshots.extract.listing import base_url, read_listing
from snapshots.extract.paging import is_template
from snapshots.extract.places import Places, folded, joined, link_key, places_of
from snapshots.extract.scattered import scattered
from snapshots.extract.selectors import NOTHING, item_nodes, parse_selector, parts
from snapshots.records import Item, Read, Recipe

Told = Callable[[str], str]


def refound(
    payload: bytes,
    recipe: Recipe,
    *,
    url: str,
    content_type: str | None,
    known: Sequence[Item],
) -> tuple[Recipe, ...]:
    """Return undated recipes that may read a payload as ``recipe`` read the ``known`` items.

    None of them is sure: whoever asks reads the page with each and compares. Empty for
    what is no HTML. Columns that are not found again are left to the defaults, and named
    fields are left out.
    """
    if unreadable(payload, content_type):
        return ()
    try:
        text = decode(payload, content_type)
        if is_plain_text(text, content_type):
            return ()
        found = list(_recipes(parse(text), replace(recipe, since=None), url, known))
    except ExtractError:
        return ()
    return tuple({repr(each): each for each in found}.values())


def _recipes(
    document: Document, recipe: Recipe, url: str, known: Sequence[Item]
) -> Iterator[Recipe]:
    recipe = replace(recipe, ignore=_still(document, recipe.ignore))
    base = base_url(document, url)
    if recipe.read is Read.PAGE:
        yield from _pages(document, recipe, places_of(document, base, known))
        return
    for css in recipe.ignore:
        for node in select(document, css):
            node.decompose()
    found = detect_in(document, url).recipe
    places = places_of(document, base, [*known, *_named_values(known)])
    yield from _listings(document, recipe, found, places, known)


def _pages(document: Document, recipe: Recipe, places: Places) -> Iterator[Recipe]:
    """The page's own landmarks, and the element that holds most of the known blocks."""
    named = container(document, places)
    yield replace(recipe, item=None)
    if named:
        yield replace(recipe, item=named.item)


def _listings(
    document: Document, old: Recipe, found: Recipe, places: Places, known: Sequence[Item]
) -> Iterator[Recipe]:
    """A recipe for each selector that may find the items, each column found anew in its rows."""
    rows = [each.item for each in listing_candidates(document, places, known)]
    for css in dict.fromkeys((old.item, found.item, *rows)):
        if css and item_nodes(document, css).nodes:
            columns = _Columns(document, css, places, known)
            is_own = css == found.item
            yield (recipe := columns.recipe(old, found, is_own=is_own))
            for narrower in columns.narrower(recipe):
                # Where it finds the same rows, it is the same recipe.
                if 0 < len(item_nodes(document, narrower).nodes) < len(columns.items.nodes):
                    narrowed = _Columns(document, narrower, places, known)
                    yield narrowed.recipe(old, found, is_own=is_own)
    if found.read is Read.LISTING:
        following = _following(document, old.next) or found.next
        rare = _Columns(document, found.item or "", places, known).without_rare(found)
        yield replace(rare, since=None, next=following, ignore=old.ignore, fields={})


class _Columns:
    """The rows of one selector, each with the known item that lies in it, if one does."""

    def __init__(self, document: Document, css: str, places: Places, known: Sequence[Item]) -> None:
        self.document = document
        self.css = css
        self.places = places
        self.items = item_nodes(document, css)
        self.own = self._owners(known)
        self.held = [n for n, own in zip(self.items.nodes, self.own, strict=True) if own]
        self.together: dict[tuple[str | None, ...], str | None] = {}

    def recipe(self, old: Recipe, found: Recipe, *, is_own: bool) -> Recipe:
        """Return a recipe whose columns say what they said, as far as they are found.

        What was detected is tried; where nothing says it, it stands if these are ``is_own``,
        the rows that it was detected in.
        """
        rest = found if is_own else Recipe(read=Read.LISTING)
        return Recipe(
            read=Read.LISTING,
            item=self.css,
            title=self._worded("title", old.title, found.title) or rest.title,
            link=self._link(old.link, found.link) or rest.link,
            summary=self._worded("summary", old.summary, found.summary)
            or self._filled("summary", rest.summary),
            published=self._date(old.published, found.published)
            or self._filled("published", rest.published),
            section=self._worded("section", old.section, found.section) if old.section else None,
            next=_following(self.document, old.next) or found.next,
            ignore=old.ignore,
            fields=self._fields(old, found),
        )

    def without_rare(self, recipe: Recipe) -> Recipe:
        """Return a recipe that reads no column which few of its rows have."""
        summary = self._filled("summary", recipe.summary)
        return replace(
            recipe, summary=summary, published=self._filled("published", recipe.published)
        )

    def _filled(self, name: str, written: str | None) -> str | None:
        """What reads a column of which nothing is known: detection, or else a default.

        Where few rows have it, what is read there is something else, and nothing is better:
        a column that a few items alone have now would be missed in all others.
        """
        shares = {css: self._share(name, css) for css in (written, None)}
        most = (css for css, share in shares.items() if share >= LEAST_READ)
        return next(most, NOTHING if shares[None] else None)

    def _share(self, name: str, written: str | None) -> float:
        """The share of the rows that have a column, read by a selector, or else by defaults."""
        recipe = Recipe(read=Read.LISTING, item=self.css, **{name: written})  # type: ignore[arg-type]
        items = read_listing(self.document, recipe, self.places.base).items
        return sum(bool(getattr(item, name)) for item in items) / len(self.items.nodes)

    def narrower(self, recipe: Recipe) -> list[str]:
        """Selectors of fewer rows, where some hold no known item: by what is in or around those."""
        if None not in self.own:
            return []
        around = area(self.held) if self.held else None
        within = [_each(self.css, f"{around} {{}}")] if around else []
        marks = self._marks(recipe)
        marked = (_each(css, f"{{}}:has({mark})") for css in (self.css, *within) for mark in marks)
        return [*within, *marked]

    def _marks(self, recipe: Recipe) -> list[str]:
        """What tells the rows of items from others, such as those of a table's headers."""
        named = [places_in(css)[0].selector for css in (recipe.title, recipe.link) if css]
        written = [parse_selector(css).css for css in named]
        plain = [css for css in written if css[:1] not in ("", ":", "~", "<")]
        return list(dict.fromkeys((*plain, "a")))

    def _link(self, old: str | None, found: str | None) -> str | None:
        wanted = [link_key(item.url) if item and item.url else None for item in self.own]
        named = self._names(wanted, self.places.links, "@href")
        return self._best((old, found, *named), wanted, self._address)

    def _address(self, href: str) -> str:
        return link_key(joined(self.places.base, href) or "")

    def _date(self, old: str | None, found: str | None) -> str | None:
        written = (old, found, *DATES)
        return self._best(written, self._wanted("published"), _day)

    def _fields(self, old: Recipe, found: Recipe) -> dict[str, str]:
        told = {
            name: [(item.fields.get(name) if item else None) for item in self.own]
            for name in old.fields
        }
        tried = found.fields.values()
        named = {name: self._said(told[name], css, *tried) for name, css in old.fields.items()}
        return {name: css for name, css in named.items() if css}

    def _worded(self, name: str, old: str | None, found: str | None) -> str | None:
        return self._said(self._wanted(name), old, found)

    def _said(self, wanted: Sequence[str | None], *written: str | None) -> str | None:
        """The selector that says the same words as before in most rows, or several together."""
        words = tuple(folded(value) if value else None for value in wanted)
        best = self._best((*written, *self._names(words, self.places.texts)), words, folded)
        known = sum(word is not None for word in words)
        if best and self._score(best, words, folded) == known:
            return best
        return self._best((best, *self._cells, self._scattered(words)), words, folded)

    @cached_property
    def _cells(self) -> list[str]:
        """Selectors of all that detection tells apart in the rows that hold a known item."""
        records = records_of(self.held[:SAMPLE], None)
        names, found = Names(records), columns(records) if records else []
        told = ((names.selector(column), column.attribute) for column in found)
        return [f"{css}@{attribute}" if attribute else css for css, attribute in told if css]

    def _scattered(self, words: tuple[str | None, ...]) -> str | None:
        """The places of a row that say together what is wanted; the same words once."""
        if words not in self.together:
            self.together[words] = scattered(self.items.nodes, words)
        return self.together[words]

    def _wanted(self, name: str) -> list[str | None]:
        return [getattr(item, name) if item else None for item in self.own]

    def _names(
        self, wanted: Sequence[str | None], found: dict[str, list[Node]], ending: str = ""
    ) -> list[str]:
        """Selectors of the elements that say what is wanted, the commonest first."""
        names: Counter[str] = Counter()
        for value in {value: None for value in wanted if value}:
            for node in found.get(value, ()):
                is_row = node.mem_id in self.items.places
                own = (":scope",) if is_row else (*inside_names(node), *cell_names(node))
                names.update(list(dict.fromkeys(own)))
        return [f"{css}{ending}" for css, _ in names.most_common(MOST_TRIED)]

    def _best(
        self, written: Iterable[str | None], wanted: Sequence[str | None], told: Told
    ) -> str | None:
        """The selector that reads what is wanted in most rows, or None when few do."""
        scores = {css: self._score(css, wanted, told) for css in written if css}
        css = max(scores, key=lambda css: scores[css], default=None)
        least = LEAST_READ * sum(value is not None for value in wanted)
        return css if css and scores[css] and scores[css] >= least else None

    def _score(self, written: str, wanted: Sequence[str | None], told: Told) -> int:
        try:
            values = wordings_of(self.document, self.items, written)
        except ExtractError:
            return 0
        pairs = zip(wanted, values, strict=True)
        return sum(bool(want and value and told(value) == want) for want, value in pairs)

    def _owners(self, known: Sequence[Item]) -> list[Item | None]:
        """The known item of each row; None where there is none, or more than one."""
        held: dict[int, set[int]] = defaultdict(set)
        for number, item in zip(numbers_of(known), known, strict=True):
            for node in nodes_of(item, self.places):
                place = self._row(node)
                if place is not None:
                    held[place].add(number)
        own = {place: min(numbers) for place, numbers in held.items() if len(numbers) == 1}
        return [
            known[own[place]] if place in own else None for place in range(len(self.items.nodes))
        ]

    def _row(self, node: Node | None) -> int | None:
        while node is not None:
            place = self.items.places.get(node.mem_id)
            if place is not None:
                return place
            node = node.parent
        return None


def _each(css: str, made: str) -> str:
    """A selector of which each alternative is made into another."""
    return ", ".join(made.replace("{}", part) for part in parts(css))


def _day(told: str) -> str:
    return iso(told) or ""


def _named_values(known: Sequence[Item]) -> Iterator[Item]:
    """What the items say in sections and named fields, as wordings to be looked for."""
    values = {v: None for i in known for v in (i.section, *i.fields.values()) if v}
    yield from (Item(key="", title=value) for value in values)


def _following(document: Document, written: str | None) -> str | None:
    """The old way to the next page, if it is one still."""
    if written is None or is_template(written):
        return written
    return written if _still(document, (parse_selector(written).css,)) else None


def _still(document: Document, selectors: Iterable[str]) -> tuple[str, ...]:
    """The selectors that still match something."""
    return tuple(css for css in selectors if select(document, css))
