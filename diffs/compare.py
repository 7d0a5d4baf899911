"""What changed between two sets of items that are read with the same recipe."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter, itemgetter

from rapidfuzz.distance import Prefix

from diffs.absorbed import absorbed
from diffs.cut_short import is_cut_of, is_shown_less
from diffs.links import canonical_link
from diffs.match import Pair, folded, match, others
from diffs.same_date import is_relative, is_same_date
from diffs.splits import divided, flags_of_places
from diffs.wording import REWRITTEN_BELOW, kept_share, reword
from diffs.words import marks_only
from snapshots.records import Change, Edit, FieldChange, Flag, Item, Kind, Match

LISTED = ("title", "url", "summary", "published", "section")
# A column is judged from so many items, and counts as filled when this share has it.
FEWEST_ROWS = 3
MOST = 0.5
# A layout has made a column anew when it says so large a share of the items otherwise.
REMADE = 0.8
EXACT = frozenset(("url", "published"))
WORDED = frozenset(("title", "summary", "text"))
# What is never shown in part.
WHOLE = frozenset(("text", "section"))
# What an item is known by, whatever else is said of it.
KNOWN_BY = frozenset(("title", "text"))
_COLUMNS = {name: attrgetter(name) for name in (*LISTED, "text")}
_FIELDS = attrgetter("fields")
_OLD, _NEW = itemgetter(0), itemgetter(1)


def compare(old: Sequence[Item], new: Sequence[Item]) -> list[Change]:
    """Return what to tell a reader of ``old`` who now sees ``new``.

    Additions and changes come first, in the order of the new items; removals
    follow, in the order of the old. Position alone is never a change.
    """
    pairs = match(old, new)
    return changes_of(old, new, pairs, silent_columns(old, new, pairs))


def changes_of(
    old: Sequence[Item],
    new: Sequence[Item],
    pairs: Sequence[Pair],
    silent: frozenset[str] = frozenset(),
) -> list[Change]:
    """Return the changes that a matching implies, outside the silent columns."""
    olds, news = list(map(_OLD, pairs)), list(map(_NEW, pairs))
    among = differing(map(old.__getitem__, olds), map(new.__getitem__, news))
    partner = {news[place]: pairs[place] for place in among}
    come = others(len(new), news)
    of_new: dict[int, Change] = {}
    for place in sorted((*partner, *come)):
        pair = partner.get(place)
        if pair is None:
            of_new[place] = added(new[place])
        elif change := changed(old[pair.old], new[place], pair.match, silent=silent):
            of_new[place] = change
    gone = others(len(old), olds)
    of_old = {place: removed(old[place]) for place in gone}
    flags, flags_old = _divided(old, new, partner, of_old, of_new)
    told = [_flagged(change, flags.get(place)) for place, change in of_new.items()]
    return told + [_flagged(change, flags_old.get(place)) for place, change in of_old.items()]


def _sides(
    old: Sequence[Item], new: Sequence[Item], pairs: Sequence[Pair]
) -> tuple[list[Item], list[Item]]:
    """The items of pairs, on either side."""
    olds, news = map(_OLD, pairs), map(_NEW, pairs)
    return list(map(old.__getitem__, olds)), list(map(new.__getitem__, news))


def _divided(
    old: Sequence[Item],
    new: Sequence[Item],
    partner: Mapping[int, Pair],
    of_old: Mapping[int, Change],
    of_new: Mapping[int, Change],
) -> tuple[dict[int, Flag], dict[int, Flag]]:
    """The flags of new and of old places that were split or merged, among those that changed."""
    pairs = {place: partner[place].old for place in of_new if place in partner}
    if len(pairs) == len(of_new) and not of_old:
        return {}, {}
    news, olds = [*of_new], [*pairs.values(), *of_old]
    before = {place: number for number, place in enumerate(olds)}
    places = [(before[pairs[p]], number) for number, p in enumerate(news) if p in pairs]
    left, right = [old[place] for place in olds], [new[place] for place in news]
    flags_old, flags_new = flags_of_places(*divided(left, right, places))
    told_new = {news[number]: flag for number, flag in flags_new.items()}
    told_old = {olds[number]: flag for number, flag in flags_old.items()}
    _flag_absorbed(pairs, of_old, of_new, (told_old, told_new))
    return told_new, told_old


def _flag_absorbed(
    pairs: Mapping[int, int],
    of_old: Mapping[int, Change],
    of_new: Mapping[int, Change],
    told: tuple[dict[int, Flag], dict[int, Flag]],
) -> None:
    """Flag the blocks whose text stands within another one's, with those, where nothing has."""
    beside = {place: change for place, change in of_new.items() if place in pairs}
    lone = {place: change for place, change in of_new.items() if place not in pairs}
    for part, whole in absorbed(lone, beside, "delete"):
        told[1].setdefault(part, Flag.SPLIT)
        told[1].setdefault(whole, Flag.SPLIT)
    became = {pairs[place]: place for place in beside}
    beside_old = {old: beside[new] for old, new in became.items()}
    for part, whole in absorbed(of_old, beside_old, "insert"):
        told[0].setdefault(part, Flag.MERGED)
        told[1].setdefault(became[whole], Flag.MERGED)


def _flagged(change: Change, flag: Flag | None) -> Change:
    return replace(change, flags=(*change.flags, flag)) if flag else change


def silent_columns(
    old: Sequence[Item], new: Sequence[Item], pairs: Sequence[Pair]
) -> frozenset[str]:
    """Return the columns that one side lacks altogether and most items of the other fill.

    A layout that no longer shows a column, or a capture as text that has no links,
    says nothing of what single items say: the column is not compared (law 2).
    """
    # A column that so many fill is filled by one of half of them and one more.
    some = _sides(old, new, pairs[: int(len(pairs) * (1 - MOST)) + 1])
    if not _filled(some[0]) ^ _filled(some[1]):
        return frozenset()
    olds, news = _sides(old, new, pairs)
    if len(differing(olds, news)) < max(FEWEST_ROWS, len(pairs) * MOST):
        return frozenset()
    filled_old = Counter(name for item in olds for name, _ in values(item))
    filled_new = Counter(name for item in news for name, _ in values(item))
    one_sided = filled_old.keys() ^ filled_new.keys()
    counts = filled_old + filled_new
    return frozenset(name for name in one_sided if counts[name] >= len(pairs) * MOST)


def remade_columns(
    old: Sequence[Item], new: Sequence[Item], pairs: Sequence[Pair]
) -> frozenset[str]:
    """Return the columns in which another layout says something else of nearly every item.

    A redesign that gives every item another address, or cuts every summary short, says
    nothing of single items. Wording that was edited counts, however many items have it, and
    so do titles and texts, by which items are known.
    """
    if len(pairs) < FEWEST_ROWS:
        return frozenset()
    both, remade = Counter[str](), Counter[str]()
    for pair in pairs:
        after = dict(values(new[pair.new]))
        for name, value in values(old[pair.old]):
            if name in after and name not in KNOWN_BY:
                both[name] += 1
                remade[name] += says_something_else(name, value, after[name])
    return frozenset(
        name
        for name, count in remade.items()
        if count >= both[name] * REMADE and both[name] >= len(pairs) * MOST
    )


def says_something_else(name: str, old: str, new: str) -> bool:
    """Whether a column's value is no edit of what it was: rewritten, cut short, or just other."""
    if name not in WHOLE | EXACT and is_shown_less(old, new):
        return True
    if is_same(name, old, new):
        return False
    if name in EXACT:
        return True
    one, other = ((folded(text) or "").rstrip(" .…") for text in (old, new))
    is_cut = one.startswith(other) or other.startswith(one)
    return is_cut or kept_share(reword(old, new)) < REWRITTEN_BELOW


def _filled(items: Sequence[Item]) -> set[str]:
    """The columns that any of some items fills."""
    own = {name for name, get in _COLUMNS.items() if any(map(get, items))}
    return own.union(*filter(None, map(_FIELDS, items)))


def carried(old: Item, new: Item, silent: frozenset[str]) -> Item:
    """Return a new item that keeps what the old one said in columns now silent."""
    kept = {n: v for n, v in values(old) if n in silent and getattr(new, n, None) is None}
    listed = {name: value for name, value in kept.items() if name in LISTED}
    fields = {name: value for name, value in kept.items() if name not in LISTED}
    return new._replace(**listed, fields={**fields, **new.fields}) if kept else new


def fuller(old: Item, new: Item) -> Item:
    """Return a new item that keeps what the old one said where it is now cut short."""
    after = dict(values(new))
    cut = {
        n: v for n, v in values(old) if n not in WHOLE | EXACT and is_cut_of(after.get(n, ""), v)
    }
    if not cut:
        return new
    listed = {name: value for name, value in cut.items() if name in LISTED}
    fields = {name: value for name, value in cut.items() if name not in LISTED}
    return new._replace(**listed, fields={**new.fields, **fields})


def added(item: Item) -> Change:
    """Return the change that an item's appearance is."""
    fields = {name: FieldChange(None, value) for name, value in values(item)}
    return Change(kind=Kind.ADDED, item=item, fields=fields)


def removed(item: Item) -> Change:
    """Return the change that an item's disappearance is."""
    fields = {name: FieldChange(value, None) for name, value in values(item)}
    return Change(kind=Kind.REMOVED, item=item, fields=fields)


def changed(
    old: Item, new: Item, found: Match, *, silent: frozenset[str] = frozenset()
) -> Change | None:
    """Return how an item's fields changed, or None when it says what it said.

    The columns named in ``silent`` are not compared.
    """
    before, after = dict(values(old)), dict(values(new))
    fields = {
        name: _field(name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
        and name not in silent
        and not is_same(name, before.get(name), after.get(name))
    }
    if not fields:
        return None
    return Change(
        kind=Kind.CHANGED,
        item=new if new.section or not old.section else new._replace(section=old.section),
        changed=tuple(fields),
        fields=fields,
        flags=_flags(fields, before, after, silent),
        match=found,
    )


def restricted(change: Change, names: Sequence[str]) -> Change:
    """Return the part of a change that is of the named fields, with the flags that it keeps."""
    fields = {name: value for name, value in change.fields.items() if name in names}
    lost = {
        Flag.STEALTH: not _is_reworded(fields),
        Flag.REWRITTEN: not _is_rewritten(fields),
    }
    flags = tuple(flag for flag in change.flags if not lost.get(flag))
    return replace(change, changed=tuple(fields), fields=fields, flags=flags)


def values(item: Item) -> Iterator[tuple[str, str]]:
    """Yield the fields of an item that a comparison speaks of, those that are filled.

    A block's section and kind are its place on the page, and a move is no change.
    """
    if item.text is not None:
        yield "text", item.text
        return
    for name in LISTED:
        value = getattr(item, name)
        if value is not None:
            yield name, value
    yield from item.fields.items()


def differing(olds: Iterable[Item], news: Iterable[Item]) -> list[int]:
    """Return the places at which items differ in anything but their keys.

    One loop for all of them, as most items of most visits are the same.
    """
    return [
        place
        for place, (old, new) in enumerate(zip(olds, news, strict=True))
        if old != new and old[1:] != new[1:]
    ]


def is_same(name: str, old: str | None, new: str | None) -> bool:
    """Whether a field says the same, however it is written; None is what says nothing."""
    if old is None or new is None or old == new:
        return old == new
    if name == "url":
        return canonical_link(old) == canonical_link(new)
    if name == "published":
        return is_same_date(old, new)
    alike = Prefix.similarity(old, new)
    # Where neither goes on with white space, no folding makes them one.
    is_other = not old[alike : alike + 1].isspace() and not new[alike : alike + 1].isspace()
    if not is_other and folded(old) == folded(new):
        return True
    return name not in WHOLE and is_shown_less(old, new)


def _field(name: str, old: str | None, new: str | None) -> FieldChange:
    if old is None or new is None:
        return FieldChange(old, new)
    if name in EXACT:
        return FieldChange(old, new, (Edit("delete", old), Edit("insert", new)))
    return FieldChange(old, new, reword(old, new))


def _flags(
    fields: dict[str, FieldChange],
    before: Mapping[str, str],
    after: Mapping[str, str],
    silent: frozenset[str],
) -> tuple[Flag, ...]:
    marks = {name for name, c in fields.items() if name not in EXACT and _is_punctuation(c)}
    if marks == fields.keys():
        return (Flag.PUNCTUATION,)
    dates = [] if "published" in silent else [before.get("published"), after.get("published")]
    is_dated = bool(dates) and all(date and not is_relative(date) for date in dates)
    flags = {
        Flag.REWRITTEN: _is_rewritten(fields),
        Flag.STEALTH: is_dated
        and "published" not in fields
        and not WORDED & fields.keys() <= marks,
        Flag.DATE_BUMP: is_dated and fields.keys() == {"published"},
    }
    return tuple(flag for flag, is_set in flags.items() if is_set)


def _is_rewritten(fields: Mapping[str, FieldChange]) -> bool:
    worded = [c for name, c in fields.items() if name in WORDED and c.old and c.new]
    return any(kept_share(change.edits) < REWRITTEN_BELOW for change in worded)


def _is_reworded(fields: Mapping[str, FieldChange]) -> bool:
    return any(name in WORDED and not _is_punctuation(c) for name, c in fields.items())


def _is_punctuation(change: FieldChange) -> bool:
    if change.old is None or change.new is None:
        return False
    return marks_only(change.old, change.new)
