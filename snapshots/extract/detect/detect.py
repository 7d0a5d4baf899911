"""From a page's bytes to the recipe that reads it. Pure: nothing is asked of the network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from snapshots.errors import ExtractError
from snapshots.extract import plain
from snapshots.extract.caps import MOST_BYTES, check_size
from snapshots.extract.charset import decode
from snapshots.extract.detect import declared, groups, told
from snapshots.extract.detect.article import Article
from snapshots.extract.detect.columns import Column, columns
from snapshots.extract.detect.dated import is_dated
from snapshots.extract.detect.fields import fields_of, headers_of
from snapshots.extract.detect.following import LEADING_ON, next_page
from snapshots.extract.detect.judging import DATED_IN, SAMPLE, Judged, ranked
from snapshots.extract.detect.leads import dates_before, leads_of
from snapshots.extract.detect.naming import Names
from snapshots.extract.detect.outline import LINKS, TEXTS, Outline, outline, outlined
from snapshots.extract.detect.records import Record, likeness, records_of, spread, trimmed
from snapshots.extract.detect.roles import (
    around_title,
    date_of,
    link_of,
    named_by_date,
    summary_of,
    title_of,
)
from snapshots.extract.detect.rows import FEWEST, candidates
from snapshots.extract.detect.rows_named import row_selector
from snapshots.extract.detect.words import raw_text
from snapshots.extract.extract import is_plain_text, unreadable
from snapshots.extract.html import Document, Node, parse, select
from snapshots.extract.listing import base_url
from snapshots.records import Read, Recipe

# A plain text whose bulleted records hold this share of it is a listing.
LEAST_BULLETED = 0.3
FEWEST_BULLETED = 3
# Records without links have dates.
FEWEST_DATED = 3
# So few records have to be made alike, and have a title each.
FEW = 3
LEAST_ALIKE = 0.5
# Sections of one page are no records: several that are made as unlike each other as these.
SEVERAL = 7
LEAST_ALIKE_OF_SEVERAL = 0.25
# What a page has beside its list that tells of it: one walk over the page finds all of it.
_BESIDE = f"base[href], link[rel~=alternate], {declared.JSON_LD}, {LEADING_ON}"
# Records that lead nowhere have titles.
LEAST_NAMED = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What a page was found to be, and the recipe that reads it.

    ``confidence`` is between 0 and 1; ``reasons`` are sentences for people. ``shares`` has,
    for each field of the recipe, the share of the records looked at that have it; ``count``
    is how many records the recipe's ``item`` finds; 0 for a page. ``next_url`` is the
    address of the list's next page, if it has one.
    """

    recipe: Recipe
    confidence: float
    reasons: tuple[str, ...]
    shares: Mapping[str, float] = field(default_factory=dict)
    count: int = 0
    next_url: str | None = None


def detect(payload: bytes, *, url: str, content_type: str | None) -> Detection:
    """Return what a payload is, and the recipe that reads it.

    The same payload is always told the same. ``url`` is where the page was found: its
    next page is told by its whole address.

    Raises:
        ExtractError: the payload is neither HTML nor text, or larger or deeper than what
            is ever read.
    """
    if sort := unreadable(payload, content_type):
        raise ExtractError(f"{url}: the payload is {sort}, neither HTML nor text")
    check_size(len(payload), MOST_BYTES)
    text = decode(payload, content_type)
    if is_plain_text(text, content_type):
        return _plain(text)
    return detect_in(parse(text), url)


def detect_in(document: Document, url: str) -> Detection:
    """Return what a parsed page is, and the recipe that reads it; the page is left as it is."""
    article, reason = Article(document), "nothing repeats that could be a list of publications"
    for found, seeds in _outlines(document):
        for facts in ranked(document, found, candidates(found, seeds)):
            if article.holds(found, facts):
                reason = "what repeats stands in an article, or beside one"
            elif detection := _listing(document, found, facts, url):
                return detection
    reasons = (reason, *declared.reasons(select(document, declared.DECLARING)))
    return Detection(recipe=Recipe(read=Read.PAGE), confidence=0.7, reasons=reasons)


def _outlines(document: Document) -> Iterator[tuple[Outline, list[int]]]:
    """What records may be found around, the likeliest first, and what it lies in."""
    found, links = outline(document, LINKS, is_whole=False)
    yield found, links
    if len(links) < FEWEST:
        # Where markup is broken, all of a page may lie in its menu.
        yield outline(document, LINKS)
    rows = select(document, TEXTS)
    texts = spread(rows, SAMPLE * 3)
    dated = (node for node in texts if is_dated(raw_text(node)[:DATED_IN]))
    if len(list(islice(dated, FEWEST_DATED))) == FEWEST_DATED:
        yield outlined(document, rows)


def _plain(text: str) -> Detection:
    """A text is a listing when bulleted records with summaries are much of it."""
    records = plain.records(text)
    rich = [record for record in records if record.summary]
    held = sum(len(record.title) + len(record.summary or "") for record in rich)
    share = held / max(1, len(text.strip()))
    if len(rich) >= FEWEST_BULLETED and share >= LEAST_BULLETED:
        reason = f"{len(records)} bulleted records are {share:.0%} of the text"
        recipe = Recipe(read=Read.LISTING)
        return Detection(recipe=recipe, confidence=0.8, reasons=(reason,), count=len(records))
    recipe = Recipe(read=Read.PAGE)
    return Detection(recipe=recipe, confidence=0.7, reasons=("its text is no bulleted list",))


class _Roles(NamedTuple):
    """The columns of a list's records by what they are; ``dated`` with the attribute to read."""

    title: Column
    link: Column | None
    dated: tuple[Column, str | None] | None
    summary: Column | None
    fields: Mapping[str, Column]

    @property
    def shares(self) -> dict[str, float]:
        """For each field, the share of the records that have it."""
        date = self.dated[0] if self.dated else None
        found = {"title": self.title, "link": self.link, "summary": self.summary, "published": date}
        return {name: round(c.filled, 2) for name, c in found.items() if c} | {
            name: round(column.filled, 2) for name, column in self.fields.items()
        }


def _roles(records: Sequence[Record], found: Sequence[Column]) -> _Roles | None:
    """What is what in records, or None where nothing names them."""
    title = title_of(found)
    if title is None or (title.is_own and title.parts):
        title = named_by_date(records, found) or title
    if title is None:
        return None
    dated = date_of(records, found)
    taken = [title, *([dated[0]] if dated else [])]
    summary = summary_of(records, found, taken)
    taken += [summary] if summary else []
    fields = fields_of(records, found, taken)
    return _Roles(title, link_of(records, found, title), dated, summary, fields)


def _is_doubtful(records: Sequence[Record], roles: _Roles) -> bool:
    """Whether too little speaks for records: a few unlike ones, or some that say nothing."""
    if len(records) <= FEW:
        is_whole = roles.title.filled == 1 and (not roles.link or roles.link.filled == 1)
        return not is_whole or likeness(records) < LEAST_ALIKE
    if not roles.link and roles.title.filled < LEAST_NAMED:
        return True
    is_unlike = len(records) <= SEVERAL and likeness(records) < LEAST_ALIKE_OF_SEVERAL
    return is_unlike and not roles.dated


def _listing(document: Document, found: Outline, facts: Judged, url: str) -> Detection | None:
    """The detection that a list ends in, or None where nothing names its records."""
    numbers = trimmed(found, facts.rows.numbers)
    leads = leads_of(found, numbers)
    starts = {*facts.starts, *(node.mem_id for node in leads)} if facts.is_flat else None
    records = records_of([found.nodes[n] for n in spread(numbers, SAMPLE)], starts)
    all_columns = columns(records, headers_of(found.nodes[numbers[0]]))
    roles, names = _roles(records, all_columns), Names(records)
    if roles and not _written(names, roles.title):
        named = [each for each in all_columns if _written(names, each)]
        roles = _roles(records, named) or roles
    item, count = row_selector(document, found, numbers)
    if roles is None or count < FEWEST or _is_doubtful(records, roles):
        return None
    above = groups.groups(document, found, item, numbers)
    lead = dates_before(document, item, leads)
    day = None if roles.dated else lead or groups.dated(above)
    section = groups.section(above)
    # What several alternatives of a selector match is found by each of them.
    beside = [*{node.mem_id: node for node in select(document, _BESIDE)}.values()]
    following, next_url = next_page(document, beside, _base(document, beside, url))
    title = around_title(all_columns, roles.title)
    recipe = Recipe(
        read=Read.LISTING,
        item=item,
        title=_written(names, title) or _written(names, roles.title),
        link=_written(names, roles.link, "href"),
        summary=_written(names, roles.summary),
        published=day.css if day else _written(names, *(roles.dated or (None,))),
        section=section.css if section else None,
        next=following,
        fields=_fields(names, roles.fields),
    )
    shares = roles.shares | ({"published": round(day.filled, 2)} if day else {})
    return Detection(
        recipe=recipe,
        confidence=told.confidence(facts, shares),
        reasons=(*told.reasons(facts, count, shares, next_url), *declared.reasons(beside)),
        shares=shares,
        count=count,
        next_url=next_url,
    )


def _base(document: Document, beside: Sequence[Node], url: str) -> str:
    """The address that links start from: the page's own, unless it is saved, or says another."""
    is_own = url.startswith(("http://", "https://")) and all(node.tag != "base" for node in beside)
    return url if is_own else base_url(document, url)


def _written(names: Names, column: Column | None, attribute: str | None = None) -> str | None:
    """A column's selector, with the attribute that holds its value."""
    css = names.selector(column) if column else None
    if css is None or column is None:
        return None
    attribute = attribute or column.attribute
    return f"{css}@{attribute}" if attribute else css


def _fields(names: Names, found: Mapping[str, Column]) -> dict[str, str]:
    written = {name: _written(names, column) for name, column in found.items()}
    return {name: css for name, css in written.items() if css}
