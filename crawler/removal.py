"""When an item that is missing is called removed, and what became of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from diffs.links import canonical_link
from snapshots.archive import Archive, Probe, Standing, Step, Told, Unseen
from snapshots.records import Kind, Verdict

# An answer that settles a removal at once: nothing is left to come back to.
SURE = frozenset((Verdict.GONE,))
# So many of a list's last items are remembered; more are never pushed off at once.
TAIL = 50
# Verdicts that an item's being pushed off the end of its list explains better.
EXPLAINED = frozenset((Verdict.DELISTED, Verdict.UNCONFIRMED, None))


def confirmed(
    step: Step,
    verdicts: Mapping[str, Verdict],
    confirm: int,
    *,
    without_link: Verdict | None = None,
    moved: Collection[str] = (),
) -> Step:
    """Return a step that removes only what enough visits have missed.

    ``verdicts`` are by the URLs that were probed; an item whose link was not is
    unconfirmed, and so is one of those that ``moved``, by their keys, whose link is dead.
    One without a link has the verdict ``without_link``. The others are still standing, and
    unseen.
    """
    if not any(told.change.kind is Kind.REMOVED for told in step.told):
        return step
    told: list[Told] = []
    unseen = list(step.unseen)
    for each in step.told:
        judged = _judged(each, verdicts, without_link)
        if judged.change.verdict in SURE and judged.change.item.key in moved:
            judged = replace(judged, change=replace(judged.change, verdict=Verdict.UNCONFIRMED))
        if _is_settled(judged, confirm):
            told.append(judged)
        else:
            unseen.append(_awaiting(judged))
    return replace(step, told=tuple(told), unseen=tuple(unseen))


def missing_links(step: Step | None) -> list[str]:
    """Return the links of the items that a step would remove, each once."""
    told = step.told if step else ()
    missing = [each.change.item.url for each in told if each.change.kind is Kind.REMOVED]
    return [url for url in dict.fromkeys(missing) if url]


def awaited(step: Step) -> int:
    """Return how many items good visits have missed, and that are not yet called removed."""
    return sum(unseen.misses > 0 for unseen in step.unseen)


def moved_elsewhere(archive: Archive, source: str, probes: Sequence[Probe]) -> tuple[Probe, ...]:
    """Return probes in which an item that another source lists has moved there."""
    if not probes:
        return ()
    elsewhere = {canonical_link(url) for url in archive.knowledge.links_of_others(source)}
    return tuple(
        replace(probe, verdict=Verdict.MOVED)
        if probe.verdict not in SURE and canonical_link(probe.url) in elsewhere
        else probe
        for probe in probes
    )


def with_rolled_off(step: Step, standing: Standing) -> Step:
    """Return a step that knows which missing items were pushed off the end of their list.

    A list of fixed length loses its last items when as many new ones come in at its head.
    """
    added = {told.change.item.key for told in step.told if told.change.kind is Kind.ADDED}
    missing = {told.change.item.key for told in step.told if _is_first_miss(told)}
    if not 0 < len(missing) <= min(len(added), TAIL) or standing.complete is None:
        return step
    is_headed = all(item.key in added for item in step.items[: len(added)])
    is_full = sum(not each.misses for each in standing.items) <= len(step.items)
    is_tail = missing == {*standing.complete.tail[-len(missing) :]}
    if not (is_headed and is_full and is_tail):
        return step
    told = [replace(t, is_rolled_off=True) if _is_first_miss(t) else t for t in step.told]
    return replace(step, told=tuple(told))


def _is_settled(told: Told, confirm: int) -> bool:
    is_removal = told.change.kind is Kind.REMOVED
    return not is_removal or told.misses >= confirm or told.change.verdict in SURE


def _is_first_miss(told: Told) -> bool:
    return told.change.kind is Kind.REMOVED and told.misses == 1


def _awaiting(told: Told) -> Unseen:
    return Unseen(
        key=told.change.item.key,
        last_seen=told.seen.old.id,
        missing_since=told.seen.new.id,
        misses=told.misses,
        is_rolled_off=told.is_rolled_off,
    )


def _judged(told: Told, verdicts: Mapping[str, Verdict], without_link: Verdict | None) -> Told:
    change = told.change
    if change.kind is not Kind.REMOVED:
        return told
    url = change.item.url
    verdict = verdicts.get(url, Verdict.UNCONFIRMED) if url else without_link
    if told.is_rolled_off and verdict in EXPLAINED:
        verdict = Verdict.ROLLED_OFF
    return replace(told, change=replace(change, verdict=verdict))
