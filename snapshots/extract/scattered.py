"""A wording that a new layout says in several places of an item: which, and what joins them.

Pure. It is told only where nearly all items agree: what two columns say by chance is no news.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from snapshots.extract.candidates import LEAST_READ, MOST_TRIED, cell_names, class_names
from snapshots.extract.html import SILENT, Node, text_of
from snapshots.extract.joining import Place, places_in, say, wording_problem
from snapshots.extract.places import LONGEST_SOUGHT, folded

# What joins two places holds no letter and no number; a bracket in it ends with the second.
_JOINER = re.compile(r"[^\w{}]+")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"\w+")
CLOSING = {"(": ")", "[": "]"}
MOST_PLACES = 3
# So many items, and elements of each, are looked at.
FEWEST_ROWS = 3
MOST_ROWS = 400
MOST_ELEMENTS = 200
MOST_NAMES = 40
# So large a share of the items may say what is no edit of what they said.
MOST_AGAINST = 0.05
LIKE = 0.6
MOST_COMPARED = 200

# What each element that can be named says in each row.
Said = Mapping[str, Mapping[int, str]]
# Which end of a wording, what it said, and what it says.
Part = tuple[str, str, str]


def scattered(rows: Sequence[Node], wanted: Sequence[str | None]) -> str | None:
    """Return the places that say together what is wanted of nearly all rows, or None.

    ``wanted`` is folded, and holds None for a row of which nothing is known. Time is
    linear in the rows, of which at most ``MOST_ROWS`` are looked at.
    """
    known = {row: told for row, told in enumerate(wanted) if told}
    known = dict([*known.items()][:: len(known) // MOST_ROWS + 1])
    if len(known) < FEWEST_ROWS:
        return None
    said = _said(rows, known)
    written, _ = _chain(said, known, MOST_PLACES)
    if wording_problem(written):
        return None
    return written if _is_sure(said, known, places_in(written)) else None


def _said(rows: Sequence[Node], known: Mapping[int, str]) -> Said:
    """What the elements say that say most parts of what is known, each by a name of its own."""
    said: dict[str, dict[int, str]] = defaultdict(dict)
    repeated: set[str] = set()
    for row in known:
        if len(text_of(rows[row])) > LONGEST_SOUGHT:
            continue
        counts: Counter[str] = Counter()
        for node in _inside(rows[row]):
            names = [*dict.fromkeys(_names(node, rows[row]))]
            counts.update(names)
            text = folded(text_of(node))
            for name in names if text else ():
                said[name][row] = text
        repeated.update(name for name, count in counts.items() if count > 1)
    parts = {
        name: sum(text in known[row] for row, text in texts.items())
        for name, texts in said.items()
        if name not in repeated
    }
    names = sorted(parts, key=lambda name: parts[name], reverse=True)[:MOST_NAMES]
    return {name: said[name] for name in names if parts[name]}


def _inside(row: Node) -> Iterator[Node]:
    """The first elements inside a row, in order of the page."""
    stack, told = [row], 0
    while stack and told <= MOST_ELEMENTS:
        node = stack.pop()
        if node.mem_id != row.mem_id:
            yield node
        told += 1
        children = []
        child = node.child
        while child is not None:
            if child.is_element_node and (child.tag or "") not in SILENT:
                children.append(child)
            child = child.next
        stack += reversed(children)


def _names(node: Node, row: Node) -> Iterator[str]:
    """What an element is called in its row: by its class, cell, outer's class, or tag."""
    tag, outer = node.tag or "*", node.parent
    yield from (f"{tag}.{name}" for name in class_names(node))
    if tag in ("td", "th"):
        yield from cell_names(node)
    if outer is not None and outer.mem_id != row.mem_id:
        yield from (f".{name} > {tag}" for name in class_names(outer))
    yield tag


def _chain(said: Said, wanted: Mapping[int, str], most: int) -> tuple[str, int]:
    """The places, as a recipe writes them, that say most of what is wanted, and of how many."""
    counts = {name: _count(texts, wanted) for name, texts in said.items()}
    last = max(counts, key=lambda name: counts[name], default="")
    best = (f"{{{last}}}", counts[last]) if last else ("", 0)
    if most == 1 or best[1] == len(wanted):
        return best
    for name, joiner in _beginnings(said, wanted):
        end = CLOSING.get(joiner[-1], "")
        rest = _rest(said[name], joiner, end, wanted)
        told, count = _chain(said, rest, most - 1)
        # Where the first says it all, the others may say nothing.
        count += counts[name]
        if count > best[1]:
            best = (f"{{{name}}}{joiner}{told}{end}", count)
    return best


def _count(texts: Mapping[int, str], wanted: Mapping[int, str]) -> int:
    return sum(texts.get(row) == told for row, told in wanted.items())


def _beginnings(said: Said, wanted: Mapping[int, str]) -> list[tuple[str, str]]:
    """The elements that say how wanted wordings begin, with what follows; the commonest first."""
    found: Counter[tuple[str, str]] = Counter()
    for name, texts in said.items():
        for row, told in wanted.items():
            text = texts.get(row)
            if text and told.startswith(text) and (joiner := _JOINER.match(told, len(text))):
                found[name, joiner[0]] += joiner.end() < len(told)
    return [each for each, count in found.most_common(MOST_TRIED) if count]


def _rest(
    texts: Mapping[int, str], joiner: str, end: str, wanted: Mapping[int, str]
) -> dict[int, str]:
    """What wanted wordings say after a first place and its joiner."""
    begun = {row: f"{texts[row]}{joiner}" for row in wanted if row in texts}
    return {
        row: wanted[row].removeprefix(begin).removesuffix(end)
        for row, begin in begun.items()
        if wanted[row].startswith(begin) and wanted[row].endswith(end)
    }


def _is_sure(said: Said, known: Mapping[int, str], places: Sequence[Place]) -> bool:
    """Whether the places say most in full, of all sorts, and the rest was edited alike."""
    if len(places) < 2:
        return False
    values = {row: [said[place.selector].get(row) for place in places] for row in known}
    right = {row for row, told in known.items() if say(places, values[row]) == told}
    most, different = len(known) * LEAST_READ, len(set(known.values())) * LEAST_READ
    if len(right) < most or len({known[row] for row in right}) < different:
        return False
    parts = {row: _parts(told, places, values[row]) for row, told in known.items()}
    edited = _edited([part for of_row in parts.values() for part in of_row])
    against = sum(edited.isdisjoint(parts[row]) for row in known.keys() - right)
    return against <= len(known) * MOST_AGAINST


def _edited(parts: Sequence[Part]) -> set[Part]:
    """What seems to have been edited: the same way wherever it was said, into what none said.

    Edits keep words, or letters of a word; where several items agree, any other wording may be
    a new name.
    """
    became = Counter(parts)
    usual = {part[:2]: part for part, _ in reversed(became.most_common())}
    return {
        (end, old, new)
        for end, old, new in usual.values()
        if (end, new) not in usual and (became[end, old, new] >= FEWEST_ROWS or _is_like(old, new))
    }


def _parts(told: str, places: Sequence[Place], values: Sequence[str | None]) -> list[Part]:
    """What became of a wording's end where its beginning stands, and the other way round."""
    if not all(values):
        return []
    now = say(places, values) or ""
    first, last = (f"{places[n].before}{values[n]}{places[n].after}" for n in (0, -1))
    parts = []
    if told.startswith(first):
        parts.append(("end", told.removeprefix(first), now.removeprefix(first)))
    if told.endswith(last):
        parts.append(("beginning", told.removesuffix(last), now.removesuffix(last)))
    return parts


def _is_like(old: str, new: str) -> bool:
    """Whether one wording may have been edited into another, which no number is."""
    if _NUMBER.findall(old) != _NUMBER.findall(new):
        return False
    words = _WORD.findall(old), _WORD.findall(new)
    was, now = (
        " ".join(word for word in own if word not in other)[:MOST_COMPARED]
        for own, other in (words, words[::-1])
    )
    is_cut = len(was) < len(old) and not (was and now)
    return is_cut or SequenceMatcher(None, was, now, autojunk=False).ratio() >= LIKE
