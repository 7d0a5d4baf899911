"""What the captures of a visit say, and whether each may be believed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from crawler.config import Source
from crawler.listed_twice import listed_once
from crawler.quality import Doubt, answer_doubt, cut_doubt, notice_doubt, type_doubt
from diffs.links import canonical_link
from diffs.match import match
from snapshots.archive import Archive
from snapshots.archive.evidence import GoodVisit
from snapshots.errors import ExtractError
from snapshots.extract.extract import Reading, extract, partial_columns, unite
from snapshots.extract.keys import with_unique_keys
from snapshots.records import Capture, Item, Outcome, Provenance, Read, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What was seen of a source at one moment.

    ``doubt`` tells why it concludes nothing, ``cut_short`` why it is not the whole.
    ``partial`` names the wordings of which no item shows one part.
    """

    items: tuple[Item, ...] = ()
    partial: frozenset[str] = frozenset()
    cut_short: str | None = None
    doubt: Doubt | None = None


def content_type(capture: Capture, archive: Archive) -> str | None:
    """Return a capture's media type; bytes that are held already have that of their first.

    What a 304 says of itself, or the same bytes under another label, tells nothing of them.
    """
    own = capture.header("content-type")
    if own and not capture.revisit:
        return own
    return archive.evidence.content_type(capture.payload_digest) or own


def read(source: Source, capture: Capture, archive: Archive) -> Reading | Doubt:
    """Read one capture with the recipe of its time, or tell why it concludes nothing."""
    if doubt := answer_doubt(capture):
        return _with_remedy(doubt, source, capture)
    recipe = source.recipe(capture.captured_at)
    kind = content_type(capture, archive)
    try:
        reading = extract(capture.payload, recipe, url=capture.final_url, content_type=kind)
    except ExtractError as error:
        return Doubt(Outcome.QUARANTINED, str(error))
    return notice_doubt(capture, reading.items) or reading


# How one capture is read: as ``read`` does, or from what was read ahead by it.
Reader = Callable[[Source, Capture, Archive], Reading | Doubt]


def judged(
    source: Source,
    capture: Capture,
    last: Capture | None,
    archive: Archive,
    reader: Reader = read,
) -> Reading | Doubt:
    """Read one capture beside the last that was believed, or tell why it concludes nothing."""
    doubt = cut_doubt(capture, last)
    if doubt is None and last is not None and capture.payload_digest != last.payload_digest:
        doubt = type_doubt(capture, content_type(last, archive))
    return doubt or reader(source, capture, archive)


def listed(
    archive: Archive, source: Source, snapshot: Snapshot, *, first_page: int = 0
) -> Sighting:
    """Return what the pages of an earlier snapshot list, from one of its pages on, in order."""
    captures = archive.evidence.whole_captures_of(snapshot.id)
    places = longest_walk([capture.url for capture in captures])
    readings = [read(source, captures[place], archive) for place in places[first_page:]]
    believed = [reading for reading in readings if isinstance(reading, Reading)]
    items = tuple(item for reading in believed for item in reading.items)
    return Sighting(items=items, partial=partial_columns(believed))


def longest_walk(urls: Sequence[str]) -> range:
    """Return the places, among the URLs that a visit asked for, of the walk with most pages.

    A second walk begins anew with the first URL, and counts before a first as long.
    """
    starts = [place for place, url in enumerate(urls) if url == urls[0]]
    walks = [*map(range, starts, [*starts[1:], len(urls)])]
    return max(reversed(walks), key=len, default=range(0))


def _with_remedy(doubt: Doubt, source: Source, capture: Capture) -> Doubt:
    """Tell how a source's own page is taken as gone; a later page of a listing is not it."""
    if not doubt.is_gone or capture.url != source.url:
        return doubt
    return replace(doubt, reason=f"{doubt.reason}; `reworded accept {source.key}` takes it as real")


def says_more(reading: Reading, before: Sequence[Reading]) -> bool:
    """Whether a page lists anything that no earlier page of the listing does."""
    seen = {(item.url, item.title, item.summary) for page in before for item in page.items}
    return any((item.url, item.title, item.summary) not in seen for item in reading.items)


def tears(readings: Sequence[Reading]) -> frozenset[object]:
    """Return where two pages of a walk contradict each other: an item was edited under way.

    One link stands there in two wordings, or one wording under two links. Two walks that
    show the same contradictions show what is really there.
    """
    if len(readings) < 2:
        return frozenset()
    seen: dict[object, tuple[int, object]] = {}
    found: set[object] = set()
    for page, reading in enumerate(readings):
        for item in reading.items:
            said = (item.title, item.summary)
            told = ((item.url, said), (said, item.url)) if all(said) else ((item.url, said),)
            for known, other in told if item.url else ():
                before = seen.setdefault(known, (page, other))
                if before[0] != page and before[1] != other:
                    found.add((known, before[1], other))
    return frozenset(found)


def sighting(
    readings: Sequence[Reading], cut_short: str | None, again: Sequence[Reading] = ()
) -> Sighting:
    """Return what the pages of one visit say together; no page is no sighting.

    What a second walk saw ``again`` counts as it saw it; what only the first saw, because
    the list moved under way, counts too. A publication in several rows counts once.
    """
    items = unite(readings) if readings else ()
    last = again or readings
    if tears(last) and not (again and tears(readings) == tears(again)):
        last = _without_stale(last)
        items = unite(last) if not again else items
    if again:
        items = _both_walks(items, unite(last))
    partial = partial_columns([*readings, *again])
    return Sighting(items=listed_once(items), partial=partial, cut_short=cut_short)


def _without_stale(readings: Sequence[Reading]) -> list[Reading]:
    """The pages of a torn walk, without the earlier of two like wordings under one link."""
    pages: dict[str, list[tuple[int, Item]]] = {}
    for page, reading in enumerate(readings):
        for item in reading.items:
            if item.url:
                pages.setdefault(canonical_link(item.url), []).append((page, item))
    stale = {
        (page, item.key)
        for seen in pages.values()
        if len({page for page, _ in seen}) == len(seen) > 1
        for page, item in seen[:-1]
        if match([item._replace(url=None)], [seen[-1][1]._replace(url=None)])
    }
    return [
        replace(r, items=tuple(i for i in r.items if (page, i.key) not in stale))
        for page, r in enumerate(readings)
    ]


def _both_walks(first: Sequence[Item], again: Sequence[Item]) -> tuple[Item, ...]:
    """What two walks saw: the second's items, and, after their neighbours, the first's alone.

    An item that was relinked or reworded between the walks is one item.
    """
    became = {pair.old: pair.new for pair in match(first, again)}
    said = {(item.title, item.summary, item.text) for item in again}
    links = {canonical_link(item.url) for item in again if item.url}
    # What follows each of the second's items; -1: what heads the list.
    following: dict[int, list[Item]] = defaultdict(list)
    place = -1
    for old, item in enumerate(first):
        is_linked = item.url is not None and canonical_link(item.url) in links
        if old in became:
            place = became[old]
        elif not is_linked and (item.title, item.summary, item.text) not in said:
            following[place].append(item)
    items = list(following[-1])
    for new, item in enumerate(again):
        items += [item, *following[new]]
    return with_unique_keys(items)


def reread(archive: Archive, source: Source, visit: GoodVisit, reader: Reader = read) -> Sighting:
    """Read a kept visit with today's recipe, and judge it as if it were made now.

    A listing whose last page leads on to one that was not kept was not seen whole.
    """
    walks: list[list[Reading]] = []
    cut_short = visit.reason if not visit.is_complete and not visit.is_accepted else None
    for capture in visit.captures:
        # A visit that was in doubt walked its listing a second time.
        if not walks or capture.url == visit.captures[0].url:
            walks.append([])
        readings = walks[-1]
        last = _last_believed(source, visit, capture, archive) if visit.is_doubted else None
        reading = judged(source, capture, last, archive, reader)
        if isinstance(reading, Doubt) and len(walks) == 1 and not readings:
            return Sighting(doubt=reading)
        if isinstance(reading, Doubt):
            cut_short = f"page {len(readings) + 1}: {reading.reason}"
            break
        if readings and not says_more(reading, readings):
            cut_short = f"page {len(readings) + 1} lists nothing that an earlier page does not"
            break
        readings.append(reading)
    cut_short = cut_short or _not_kept(source, visit, [r for walk in walks for r in walk])
    return sighting(walks[0] if walks else (), cut_short, walks[1] if len(walks) > 1 else ())


def _last_believed(
    source: Source, visit: GoodVisit, capture: Capture, archive: Archive
) -> Capture | None:
    is_own = capture.provenance is Provenance.OWN
    before = visit.started_at
    return archive.evidence.newest(source.key, capture.url, before) if is_own else None


def _not_kept(source: Source, visit: GoodVisit, readings: Sequence[Reading]) -> str | None:
    kept = {canonical_link(u) for c in visit.captures for u in (c.url, c.final_url)}
    leads_to = readings[-1].next_url if readings and source.read is Read.LISTING else None
    is_missing = leads_to is not None and canonical_link(leads_to) not in kept
    return f"its next page {leads_to} was not kept" if is_missing else None
