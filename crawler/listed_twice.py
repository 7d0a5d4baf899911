"""Publications that one listing shows in several rows: a featured one, one under two headings."""

from collections.abc import Sequence

from diffs.compare import is_same, values
from snapshots.records import Item

# What stands between the sections of a publication that is listed in several.
BETWEEN = "; "


def listed_once(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return a listing's items, each publication once, where its first row stands.

    Rows are of one publication when their address and title are the same, and neither says
    what the other contradicts. It has what any of its rows says, and all their sections: one
    that is no longer featured is still listed.
    """
    urls = [item.url for item in items if item.url]
    if len({*urls}) == len(urls):
        return tuple(items)
    rows: list[list[Item]] = []
    known: dict[str, list[list[Item]]] = {}
    for item in items:
        alike = known.setdefault(item.url or "", [])
        others = next((r for r in alike if item.url and _are_one(r, item)), None)
        if others is not None:
            others.append(item)
        else:
            rows.append([item])
            alike.append(rows[-1])
    return tuple(_joined(each) if len(each) > 1 else each[0] for each in rows)


def _are_one(rows: Sequence[Item], other: Item) -> bool:
    is_titled = bool(other.title) and other.text is None
    return is_titled and all(row.title and _agree(row, other) for row in rows)


def _agree(one: Item, other: Item) -> bool:
    """Whether two rows contradict each other in nothing that both say."""
    said, told = dict(values(one)), dict(values(other))
    return all(
        is_same(name, said[name], told[name]) for name in (said.keys() & told.keys()) - {"section"}
    )


def _joined(rows: Sequence[Item]) -> Item:
    sections = sorted({row.section for row in rows if row.section})
    fields = {name: text for row in reversed(rows) for name, text in row.fields.items()}
    return rows[0]._replace(
        title=_longest([row.title for row in rows]),
        summary=_longest([row.summary for row in rows]),
        published=next((row.published for row in rows if row.published), None),
        section=BETWEEN.join(sections) or None,
        fields=fields,
    )


def _longest(wordings: Sequence[str | None]) -> str | None:
    """The wording that says most: of those that agree, the others are cut short."""
    return max((wording or "" for wording in wordings), key=len) or None
