"""What lies between the pages of a listing: whether the items that are missing may stand there."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, takewhile

from crawler.config import Source
from crawler.layouts import without_dropped
from crawler.reading import Sighting, listed, longest_walk, read
from diffs.links import canonical_link
from snapshots.archive import Archive, Standing, Step
from snapshots.archive.evidence import GoodVisit
from snapshots.extract.extract import Reading
from snapshots.records import Capture, Item, Kind, Read

# Of the items on pages that a listing no longer leads to, when more are missing.
LOST_SHARE = 0.5
# A page of a list whose pages were equally long is short when it holds less of that.
FULL_SHARE = 0.8
# A list is in its old order when so many of its neighbours are.
ORDERED_SHARE = 0.8
# A list that has lost its pager misses so many rows at least.
FEWEST_LOST = 3
# Caches hold no copy of a page for longer.
CACHED_FOR = timedelta(days=7)
# The name by which a row is known from one walk to the next, and the rows of each page.
Name = str
Pages = Sequence[Sequence[Name]]
Row = tuple[str | None, str | None, str | None]


def unseen_between(
    archive: Archive, source: Source, standing: Standing, visit: GoodVisit, step: Step
) -> str | None:
    """Return why a listing whose step removes items was not seen whole, or None when it was.

    Its pages are held against those of the last whole walk. Pages may have been lost with
    the way to them, a page may have come half empty, or as a copy older than the one before
    it: what is missing then stands where nobody looked.
    """
    removed = [told.change.item for told in step.told if told.change.kind is Kind.REMOVED]
    if standing.complete is None or source.read is not Read.LISTING or not removed:
        return None
    before = archive.evidence.pages_of(standing.complete.id)
    places = longest_walk([url for url, _ in before])
    captures = [visit.captures[p] for p in longest_walk([c.url for c in visit.captures])]
    if len(places) == len(captures) == 1:
        return None
    if len(captures) < len(places) and (
        lost := _lost_pages(archive, source, standing, removed, (len(captures), len(places)))
    ):
        return lost
    past = archive.evidence.whole_captures_of(standing.complete.id)
    old = [_names(archive, source, past[place]) for place in places]
    new = [_names(archive, source, capture) for capture in captures]
    missing = {name_of(item) for item in removed}
    digests = [before[place][1] for place in places], [c.payload_digest for c in captures]
    if told := cut_off(old, new) or half_empty(old, new):
        return told
    is_recent = visit.started_at - standing.complete.captured_at < CACHED_FOR
    return outdated(old, new, missing, *digests) if is_recent else None


def without_outdated(
    archive: Archive, source: Source, standing: Standing | None, visit: GoodVisit, seen: Sighting
) -> Sighting:
    """Return what was seen without the old rows of items that stand elsewhere by now.

    An item that was reworded and moved to another page stands twice while its old page comes
    as a copy from before: byte for byte what it was, with the one row that stood.
    """
    if len(visit.captures) < 2 or standing is None or standing.complete is None:
        return seen
    links = Counter(canonical_link(item.url) for item in seen.items if item.url)
    twice = {link for link, count in links.items() if count > 1}
    if not twice:
        return seen
    stood = Counter(canonical_link(s.item.url) for s in standing.items if s.item.url)
    # From the newest down: a page that no snapshot holds was made since.
    held = [
        set(archive.evidence.pages_of(snapshot.id))
        for snapshot in (standing.snapshot, standing.complete)
    ]
    made: dict[Row, int] = {}
    for capture in visit.captures:
        reading = read(source, capture, archive)
        age = -sum((capture.url, capture.payload_digest) in pages for pages in held)
        for item in reading.items if isinstance(reading, Reading) else ():
            made[_row(item)] = max(age, made.get(_row(item), age))
    latest: dict[str, int] = {}
    for (url, *_), age in made.items():
        link = canonical_link(url or "")
        latest[link] = max(age, latest.get(link, age))

    def is_old(item: Item) -> bool:
        link = canonical_link(item.url or "")
        return link in twice and stood[link] == 1 and made.get(_row(item), 0) < latest.get(link, 0)

    return replace(seen, items=tuple(item for item in seen.items if not is_old(item)))


def _row(item: Item) -> Row:
    return (item.url, item.title, item.summary)


def name_of(item: Item) -> Name:
    """Return what a row is known by: its address, or its title if it has none."""
    return canonical_link(item.url) if item.url else item.title or ""


def cut_off(old: Pages, new: Pages) -> str | None:
    """Return that a list in another order ends with its first page, which is full, or None.

    It has lost its pager. One that has really become so short keeps its order, or ends with
    a full page by chance, when it lost a row or two.
    """
    is_full = len(new) == 1 < len(old) and len(new[0]) == len(old[0])
    lost = {name for page in old for name in page}.difference(*new)
    if not is_full or len(lost) < FEWEST_LOST or _is_ordered(old, new):
        return None
    return f"the listing led to 1 of {len(old)} pages only, in another order"


def half_empty(old: Pages, new: Pages) -> str | None:
    """Return that a page which leads on lacks many of its rows, or None.

    Where a list's pages are equally long, a row that goes lets the later ones move up.
    """
    lengths = {len(page) for page in old[:-1]}
    if len(old) <= 2 or len(lengths) != 1:
        return None
    full = lengths.pop()
    leading = [len(page) for page in new[:-1]]
    if full not in leading or min(leading) >= full * FULL_SHARE:
        return None
    page = leading.index(min(leading)) + 1
    return f"page {page} of the listing shows {min(leading)} of the {full} rows that others show"


def outdated(
    old: Pages,
    new: Pages,
    missing: AbstractSet[Name],
    old_digests: Sequence[str],
    new_digests: Sequence[str],
) -> str | None:
    """Return that a page seems to be a copy older than its neighbour, or None.

    What new rows push off the end of a page must stand on the next, and what moves up from
    the head of a page on the one before. When that page is byte for byte what it was, and
    just those rows are missing, it was perhaps not made anew, but came from a cache.
    """
    are_same = [one == other for one, other in zip(old_digests, new_digests, strict=False)]
    for place in range(1, len(are_same)):
        if are_same[place] and _are_pushed_off(old, new, place - 1, missing):
            return _copy(place + 1, f"new rows push others off page {place}")
        if are_same[place - 1] and _are_moved_up(old, new, place, missing):
            return _copy(place, f"rows moved up from page {place + 1}")
    return None


def _copy(page: int, moved: str) -> str:
    return f"page {page} of the listing is what it was, though {moved}: it may be an old copy"


def _are_pushed_off(old: Pages, new: Pages, place: int, missing: AbstractSet[Name]) -> bool:
    """Whether the last rows of a page are missing, and as many came in before them."""
    pushed = sum(1 for _ in takewhile(missing.__contains__, reversed(old[place])))
    come = set(new[place]).difference(old[place])
    return 0 < pushed <= len(come) and len(new[place]) >= len(old[place])


def _are_moved_up(old: Pages, new: Pages, place: int, missing: AbstractSet[Name]) -> bool:
    """Whether the first rows of a page are missing, and as many moved up behind the others."""
    moved = sum(1 for _ in takewhile(missing.__contains__, old[place]))
    if not moved:
        return False
    if place + 1 == len(old):
        return len(new[place]) + moved == len(old[place])
    return len(set(new[place]).intersection(old[place + 1])) >= moved


def _lost_pages(
    archive: Archive,
    source: Source,
    standing: Standing,
    removed: Sequence[Item],
    counts: tuple[int, int],
) -> str | None:
    """Return why a listing that has fewer pages than before was not seen whole, or None.

    When most items of the pages that are missing are missing themselves, the way to
    those pages was lost. A list that has really become shorter moves its later items up
    to the pages that remain.
    """
    seen, before = counts
    if standing.complete is None:
        return None
    missing = {(item.url, item.title) for item in removed}
    later = listed(archive, source, standing.complete, first_page=seen)
    lost = without_dropped(later, standing).items
    if sum((i.url, i.title) in missing for i in lost) <= len(lost) * LOST_SHARE:
        return None
    led_to = f"{seen} of {before} pages"
    return f"the listing led to {led_to} only, and most items of the others are missing"


def _names(archive: Archive, source: Source, capture: Capture) -> list[Name]:
    reading = read(source, capture, archive)
    return [name_of(item) for item in reading.items] if isinstance(reading, Reading) else []


def _is_ordered(old: Pages, new: Pages) -> bool:
    places = {name: place for place, name in enumerate(name for page in old for name in page)}
    common = [places[name] for page in new for name in page if name in places]
    rising = sum(one < other for one, other in pairwise(common))
    return rising >= (len(common) - 1) * ORDERED_SHARE
