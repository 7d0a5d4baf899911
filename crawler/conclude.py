"""What a sighting teaches: how a source's knowledge moves, or why it must not.

The same functions serve a visit, an import and a rebuild, so that all give the same rows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from crawler.config import Source
from crawler.drift import drift_doubt, is_own
from crawler.layouts import filled_among, gone_with_layout, remade, without_dropped
from crawler.ledger import Ledger
from crawler.page_gaps import LOST_SHARE, unseen_between, without_outdated
from crawler.quality import Doubt, reading_doubt
from crawler.reading import Sighting
from crawler.removal import SURE, TAIL, confirmed, missing_links, with_rolled_off
from diffs.compare import carried, changes_of, differing, fuller, silent_columns
from diffs.links import canonical_link
from diffs.match import Pair, folded, match, others
from diffs.shared_parameters import at_new_addresses
from snapshots.archive import Archive, Standing, Step, Unseen
from snapshots.archive.evidence import GoodVisit
from snapshots.extract.extract import without
from snapshots.records import Change, Item, Kind, Snapshot, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """A step, or the doubt that forbids one; ``cut_short`` when the source was not seen whole.

    ``confirm`` is how many visits must miss an item before the step calls it removed, and
    ``without_link`` the verdict of one that has no link to ask. ``shorter`` is the step
    that holds instead if a list that seems to have lost its last pages is truly shorter.
    ``moved`` are the keys of items whose addresses went with the layout that had them.
    """

    step: Step | None = None
    doubt: Doubt | None = None
    cut_short: str | None = None
    confirm: int = 1
    without_link: Verdict | None = None
    shorter: Step | None = None
    moved: frozenset[str] = frozenset()


def conclude(
    archive: Archive,
    source: Source,
    visit: GoodVisit,
    standing: Standing | None,
    seen: Sighting,
) -> Conclusion:
    """Return what a visit teaches beside what stood before it.

    A visit that a person accepted is taken for real, whatever it looks like.
    """
    seen = without_outdated(archive, source, standing, visit, without_dropped(seen, standing))
    is_complete = seen.cut_short is None
    if doubt := _reading_doubt(source, visit, standing, seen):
        return Conclusion(doubt=doubt)
    snapshot = visit.snapshot(source.key, is_complete=is_complete)
    step = plan(archive, source, snapshot, standing, seen.items, seen.partial)
    if visit.is_accepted or standing is None:
        gone = Verdict.GONE if seen.doubt and seen.doubt.is_gone else None
        return Conclusion(step=step, cut_short=seen.cut_short, without_link=gone)
    shown = without(seen.items, seen.partial)
    if doubt := drift_doubt(archive, source, visit, standing, step, shown):
        return Conclusion(doubt=doubt)
    confirm = confirm_visits(source, visit)
    moved = gone_with_layout(archive, source, snapshot, standing, seen.items)
    if is_complete:
        step = with_rolled_off(step, standing)
    if is_complete and (lost := unseen_between(archive, source, standing, visit, step)):
        partial = replace(snapshot, is_complete=False)
        careful = plan(archive, source, partial, standing, seen.items, seen.partial)
        return Conclusion(step=careful, cut_short=lost, confirm=confirm, shorter=step, moved=moved)
    return Conclusion(step=step, cut_short=seen.cut_short, confirm=confirm, moved=moved)


def settled(found: Conclusion, verdicts: Mapping[str, Verdict]) -> Conclusion:
    """Return a conclusion that removes only what enough visits have missed.

    ``verdicts`` are by the links that were probed. A list has become shorter, rather than
    lost the way to its last pages, when most of what is missing is gone for good.
    """
    if found.shorter is not None:
        links = missing_links(found.shorter)
        gone = sum(verdicts.get(link) in SURE for link in links)
        if gone > len(links) * LOST_SHARE and not found.moved:
            found = replace(found, step=found.shorter, cut_short=None, shorter=None)
    if found.step is None:
        return found
    step = confirmed(
        found.step, verdicts, found.confirm, without_link=found.without_link, moved=found.moved
    )
    return replace(found, step=step)


def confirm_visits(source: Source, visit: GoodVisit) -> int:
    """Return how many visits must miss an item; a capture of another's making stands alone."""
    return source.confirm if is_own(visit) else 1


def _reading_doubt(
    source: Source, visit: GoodVisit, standing: Standing | None, seen: Sighting
) -> Doubt | None:
    """Why what was seen concludes nothing. A page that was emptied before may stay empty."""
    before = len(standing.items) if standing else 0
    is_empty = not seen.items and (seen.doubt is None or seen.doubt.is_gone)
    if is_empty and (visit.is_accepted or (standing is not None and before == 0)):
        return None
    if seen.doubt or visit.is_accepted:
        return seen.doubt
    return reading_doubt(len(seen.items), before, seen.cut_short is None, _sought(source, visit))


def plan(
    archive: Archive,
    source: Source,
    snapshot: Snapshot,
    standing: Standing | None,
    items: Sequence[Item],
    dropped: Collection[str] = (),
) -> Step:
    """Return how a source's knowledge moves when a snapshot holds these items.

    A partial snapshot removes nothing: items that were not reached stay as they were.
    Until there was a complete one, an item not seen before is no news. The columns of which
    a layout has ``dropped`` a part are not compared.
    """
    if standing is None:
        return _first_step(source, snapshot, items)
    stood = [standing_item.item for standing_item in standing.items]
    old = at_new_addresses(stood, items)
    pairs = match(old, items, surely=not snapshot.is_complete)
    anew = remade(archive, source, snapshot, standing, items, pairs)
    silent = (silent_columns(old, items, pairs) | filled_among(old, dropped)) - anew
    silent, lacking = silent | anew, silent
    keyed = _keyed(archive, source, old, items, pairs, silent)
    found = changes_of(old, keyed, pairs, silent)
    changes = [c for c in found if _is_news(c, standing, snapshot)]
    snapshot = _with_tail(snapshot, keyed)
    ledger = Ledger(archive, source, standing, snapshot, keyed, found)
    told = tuple(map(ledger.told, changes))
    settled = ledger.settled(told)
    return Step(
        snapshot=snapshot,
        recipe_digest=source.reading_digest,
        items=keyed,
        told=tuple(each for each in told if not each.is_held),
        held=tuple(each for each in told if each.is_held),
        late=settled.late,
        holding=ledger.holding(told, settled),
        settled=settled.keys,
        joined=_quiet(found, changes),
        unseen=() if snapshot.is_complete else _not_reached(standing, pairs),
        refreshed=_refreshed(stood, keyed, pairs, changes),
        matched=len(pairs),
        silent=tuple(sorted(lacking)),
        remade=tuple(sorted(anew)),
    )


def _quiet(found: Sequence[Change], news: Sequence[Change]) -> frozenset[str]:
    """The items that joined without being news."""
    told = {change.item.key for change in news}
    joined = (change.item.key for change in found if change.kind is Kind.ADDED)
    return frozenset(key for key in joined if key not in told)


def _first_step(source: Source, snapshot: Snapshot, items: Sequence[Item]) -> Step:
    """What a source's first snapshot holds, none of which is news."""
    return Step(
        snapshot=_with_tail(snapshot, items),
        recipe_digest=source.reading_digest,
        items=tuple(items),
        joined=frozenset(item.key for item in items),
    )


def _with_tail(snapshot: Snapshot, items: Sequence[Item]) -> Snapshot:
    return replace(snapshot, tail=tuple(item.key for item in items[-TAIL:]))


def _sought(source: Source, visit: GoodVisit) -> str:
    recipe = source.recipe(visit.started_at)
    return repr(recipe.item) if recipe.item else f"what a {source.read} is looked for by"


def _is_news(change: Change, standing: Standing, snapshot: Snapshot) -> bool:
    if change.kind is Kind.REMOVED:
        return snapshot.is_complete
    return change.kind is not Kind.ADDED or standing.complete is not None


def _not_reached(standing: Standing, pairs: Sequence[Pair]) -> tuple[Unseen, ...]:
    reached = {pair.old for pair in pairs}
    kept = [each for place, each in enumerate(standing.items) if place not in reached]
    return tuple(
        Unseen(
            key=s.item.key,
            last_seen=s.last_seen,
            missing_since=s.missing_since,
            misses=s.misses,
            is_rolled_off=s.is_rolled_off,
        )
        for s in kept
    )


def _keyed(
    archive: Archive,
    source: Source,
    old: Sequence[Item],
    new: Sequence[Item],
    pairs: Sequence[Pair],
    silent: frozenset[str],
) -> tuple[Item, ...]:
    """Give items the keys of their past, and those that have none keys of their own.

    A matched item has its partner's key; one that had gone and is back has its old one.
    In a column that the new side lacks altogether, items keep what they said last, and so
    does one whose wording is cut short.
    """
    known = [old[pair.old] for pair in pairs]
    read = [new[pair.new] for pair in pairs]
    told = [carried(*each, silent) for each in zip(known, read, strict=True)] if silent else read
    keyed = list(new)
    # What has not changed is from now on told by identity, which costs nothing.
    for pair, item in zip(pairs, known, strict=True):
        keyed[pair.new] = item
    for place in differing(known, told):
        item = fuller(known[place], told[place])
        keyed[pairs[place].new] = _under(item, known[place].key)
    if lone := others(len(new), [pair.new for pair in pairs]):
        keys = _Keys(archive, source, old)
        for place in lone:
            keyed[place] = _under(new[place], keys.of(new[place]))
    return tuple(keyed)


def _under(item: Item, key: str) -> Item:
    return item if item.key == key else item._replace(key=key)


class _Keys:
    """The keys that a source's items have had, and which of them are free to return."""

    def __init__(self, archive: Archive, source: Source, standing: Sequence[Item]) -> None:
        self.knowledge = archive.knowledge
        self.source = source.key
        self.taken: set[str] = set()
        self.departed: dict[object, str] = {}
        is_any_gone = self.knowledge.item_count(source.key) > len(standing)
        for item in self.knowledge.departed(source.key) if is_any_gone else ():
            for evidence in _evidence(item):
                self.departed.setdefault(evidence, item.key)

    def of(self, item: Item) -> str:
        """Return the key of an item that no standing one was matched with."""
        evidence = _evidence(item) if self.departed else ()
        found = [self.departed[e] for e in evidence if e in self.departed]
        key = found[0] if found else self._free(item.key)
        self.taken.add(key)
        if found:
            self.departed = {e: k for e, k in self.departed.items() if k != key}
        return key

    def _free(self, key: str) -> str:
        candidate, number = key, 2
        while candidate in self.taken or self.knowledge.is_known(self.source, candidate):
            candidate, number = f"{key}-{number}", number + 1
        return candidate


def _evidence(item: Item) -> list[object]:
    """What an item that is back is known by, from the surest down."""
    if item.text is not None:
        return [("text", folded(item.text))]
    title = folded(item.title)
    link = canonical_link(item.url) if item.url else None
    wording: list[object] = [("wording", title, folded(item.summary))]
    if link is None:
        return wording
    return [("link", link, title), *(wording if title and item.summary else [])]


def _refreshed(
    old: Sequence[Item], new: Sequence[Item], pairs: Sequence[Pair], changes: Sequence[Change]
) -> tuple[Item, ...]:
    told = {change.item.key for change in changes}
    moved = [pair for pair in pairs if old[pair.old] is not new[pair.new]]
    items = [new[pair.new] for pair in moved if old[pair.old] != new[pair.new]]
    return tuple(item for item in items if item.key not in told)
