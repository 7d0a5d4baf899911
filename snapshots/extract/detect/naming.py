"""Selectors for elements that were found, such as a person would write."""

from collections.abc import Iterator, Sequence

from snapshots.extract.detect.columns import Column
from snapshots.extract.detect.outline import Outline
from snapshots.extract.html import HEADINGS, Document, select
from snapshots.extract.selectors import ItemNodes, first_in_each, item_nodes
from snapshots.errors import ExtractError

MOST_TRIED = 24


def row_selector(document: Document, outline: Outline, rows: Sequence[int]) -> str:
    """The simplest selector that finds the rows and, if possible, nothing else."""
    wanted = {outline.nodes[row].mem_id for row in rows}
    best, fewest = "", 1 << 30
    for css in _row_names(outline, rows):
        found = {node.mem_id for node in select(document, css)}
        wrong = len(found - wanted) + 3 * len(wanted - found)
        if wrong == 0:
            return css
        if wrong < fewest:
            best, fewest = css, wrong
    return best


def _row_names(outline: Outline, rows: Sequence[int]) -> Iterator[str]:
    first = rows[len(rows) // 2]
    tag, classes = outline.tags[first], outline.classes[first]
    own = [*(f"{tag}.{name}" for name in classes[:3])]
    if len(classes) > 1:
        own.append(tag + "".join(f".{name}" for name in classes[:3]))
    yield from own
    plain = [*own, tag]
    outer = [name for each in outline.above(first)[:8] for name in _outer_names(outline, each)]
    for parent in outer:
        for name in plain:
            yield f"{parent} {name}"
    direct = _outer_names(outline, outline.parents[first]) if outline.parents[first] >= 0 else ()
    for parent in direct:
        for name in plain:
            yield f"{parent} > {name}"
            yield f"{parent} > {name}:has(a)"
    yield tag
    for name in plain:
        for inner in ("a", "td a", "td"):
            if inner == "a" or tag == "tr":
                yield f"{name}:has({inner})"
    for parent in outer[:6]:
        for name in plain:
            for inner in ("a", "td a", "td"):
                if inner == "a" or tag == "tr":
                    yield f"{parent} {name}:has({inner})"


def _outer_names(outline: Outline, number: int) -> Iterator[str]:
    tag = outline.tags[number]
    identity = outline.nodes[number].attributes.get("id")
    if identity and identity.replace("-", "").replace("_", "").isalpha() and len(identity) < 40:
        yield f"#{identity}"
    for name in outline.classes[number][:3]:
        yield f".{name}"
    if tag in ("main", "article", "table", "ul", "ol", "dl", "tbody"):
        yield tag


def column_selector(
    document: Document, outline: Outline, items: ItemNodes, column: Column, sample: Sequence[int]
) -> str | None:
    """The simplest selector that finds a column's elements inside the sampled rows."""
    places = [items.places.get(outline.nodes[row].mem_id, -1) for row in sample]
    best, most = None, 0
    for count, css in enumerate(_inner_names(outline, column)):
        if count > MOST_TRIED:
            break
        try:
            nodes = first_in_each(document, items, css)
        except ExtractError:
            continue
        right = wrong = 0
        for place, cell in zip(places, column.cells, strict=True):
            node = nodes[place] if place >= 0 else None
            got = node.mem_id if node is not None else None
            want = outline.nodes[cell].mem_id if cell >= 0 else None
            right += want is not None and got == want
            wrong += got != want
        if wrong == 0:
            return css
        if right - wrong > most and right >= 0.6 * len(places):
            best, most = css, right - wrong
    return best


def _inner_names(outline: Outline, column: Column) -> Iterator[str]:
    path = list(column.path)
    follows = bool(path) and path[0] == "~"
    if not path:
        yield ":scope"
        return
    steps = path[1:] if follows else path
    prefix = "~ " if follows else ""
    cell = next(c for c in column.cells if c >= 0)
    tag, classes = outline.tags[cell], outline.classes[cell]
    for name in classes[:3]:
        yield f"{prefix}{tag}.{name}"
    outers = [step.partition("#")[0] for step in steps[:-1]]
    for outer in reversed(outers):
        bare, *names = outer.split(".")
        if bare in HEADINGS:
            yield f"{prefix}{bare} {tag}"
        for name in names:
            yield f"{prefix}.{name} {tag}"
    yield prefix + tag
    for attribute in ("itemprop", "property", "headers"):
        value = outline.nodes[cell].attributes.get(attribute)
        if value and value.replace(":", "").isalpha():
            yield f'{prefix}[{attribute}="{value}"]'
    if follows and len(steps) == 1:
        return
    above = []
    for outer in outline.above(cell)[: len(steps) - 1 if not follows else len(steps) - 2]:
        above.append(outer)
    own = _placed(outline, cell)
    named = [tag, *(f"{tag}.{name}" for name in classes[:2])]
    for outer in above:
        placed = _placed(outline, outer)
        if placed != outline.tags[outer]:
            if outline.tags[outer] in ("td", "th") and own == tag:
                yield f"{prefix}{placed} {tag}"
    yield f"{prefix}{own}"
    for outer in above:
        placed = _placed(outline, outer)
        if placed != outline.tags[outer]:
            for name in named:
                yield f"{prefix}{placed} {name}"
            yield f"{prefix}{placed} {own}"
    for outer in above[:2]:
        yield f"{prefix}{outline.tags[outer]} > {own}"
    if len(above) > 1:
        yield f"{prefix}{_placed(outline, above[1])} > {_placed(outline, above[0])} > {own}"


def _placed(outline: Outline, number: int) -> str:
    """An element's tag, with its place among its likes where it has any."""
    tag = outline.tags[number]
    same = outline.children(outline.parents[number])
    if tag in ("td", "th"):
        return f"{tag}:nth-child({same.index(number) + 1})" if len(same) > 1 else tag
    like = [n for n in same if outline.tags[n] == tag]
    return f"{tag}:nth-of-type({like.index(number) + 1})" if len(like) > 1 else tag
