"""Publications that one listing shows in several rows: a featured one, one under two headings."""

from collections.abc import Mapping, Sequence

from diffs.compare import is_same
from diffs.match import folded
from snapshots.records import Item

# What stands between the sections of a publication that is listed in several.
BETWEEN = "; "
# What rows of one publication may leave out, and must not contradict each other in.
COLUMNS = ("summary", "published")


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
    known: dict[tuple[str, str | None], list[list[Item]]] = {}
    for item in items:
        alike = known.setdefault((item.url or "", folded(item.title)), [])
        others = next((r for r in alike if item.url and _are_one(r, item)), None)
        if others is not None:
            others.append(item)
        else:
            rows.append([item])
            alike.append(rows[-1])
    return tuple(_joined(each) if len(each) > 1 else each[0] for each in rows)


def _are_one(rows: Sequence[Item], other: Item) -> bool:
    is_titled = bool(other.title) and other.text is None
    return is_titled and not any(_are_contradicting(_said(row), _said(other)) for row in rows)


def _said(item: Item) -> dict[str, str | None]:
    return {**item.fields, **{name: getattr(item, name) for name in COLUMNS}}


def _are_contradicting(one: Mapping[str, str | None], other: Mapping[str, str | None]) -> bool:
    return any(
        not is_same(name, text, said)
        for name, text in one.items()
        if text and (said := other.get(name))
    )


def _joined(rows: Sequence[Item]) -> Item:
    sections = sorted({row.section for row in rows if row.section})
    fields = {name: text for row in reversed(rows) for name, text in row.fields.items()}
    return rows[0]._replace(
        summary=max((row.summary or "" for row in rows), key=len) or None,
        published=next((row.published for row in rows if row.published), None),
        section=BETWEEN.join(sections) or None,
        fields=fields,
    )
