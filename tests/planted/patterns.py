"""The patterns, one function each: what is done to which items when, and what is due for it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from planted.edits import mended, misspelt, punctuated, retitled, reworded, rewritten, with_body
from planted.publisher import Publisher
from planted.truth import Record
from planted.words import SECTIONS

Pattern = Callable[[Publisher, int], None]
# So long a wording that came back had been away, and a flap stays as it is, at most.
LONGEST_AWAY = 4
FLAPS = 5


def retitle(p: Publisher, at: int) -> None:
    number, is_linked = p.take(), at != p.redesigned_at
    p.plant("retitled" if is_linked else "retitled and relinked", at, number)
    p.edit(at, number, lambda record: retitled(record, p.writer))


def relink(p: Publisher, at: int) -> None:
    number = p.take()
    p.plant("relinked", at, number)
    p.edit(at, number, lambda record: replace(record, link=p.link(p.writer.place())))


def retitle_and_relink(p: Publisher, at: int) -> None:
    number = p.take()
    p.plant("retitled and relinked", at, number)
    p.edit(at, number, lambda record: retitled(record, p.writer))
    p.edit(at, number, lambda record: replace(record, link=p.link(p.writer.place())))


def redate(p: Publisher, at: int) -> None:
    """A date is put right, to an earlier one."""
    number, year = p.take(), p.random.randint(2005, 2017)
    p.plant("redated", at, number)
    p.edit(at, number, lambda record: replace(record, published=f"{year}-03-09"))


def bump(p: Publisher, at: int) -> None:
    number = p.take()
    p.plant("date_bump", at, number, flag="date_bump")
    p.edit(at, number, lambda record: record, dated=True)


def change_stealthily(p: Publisher, at: int) -> None:
    number = p.take()
    p.plant("stealth", at, number, flag="stealth")
    p.edit(at, number, lambda record: reworded(record, p.writer))


def move_section(p: Publisher, at: int) -> None:
    number = p.take()
    other = p.random.choice([s for s in SECTIONS if s != p.records[number].section])
    p.plant("section", at, number)
    p.edit(at, number, lambda record: replace(record, section=other))


def punctuate(p: Publisher, at: int) -> None:
    number = p.take()
    p.plant("punctuation", at, number, flag="punctuation")
    p.edit(at, number, lambda record: punctuated(record, p.writer))


def rewrite(p: Publisher, at: int) -> None:
    number = p.take()
    p.plant("rewritten", at, number, flag="rewritten")
    p.edit(at, number, lambda record: rewritten(record, p.writer), dated=True)


def mend(p: Publisher, at: int) -> None:
    number = p.take()
    if slip := misspelt(p.records[number], p.writer):
        p.put(slip.record)
        p.plant("slip mended", at, number)
        p.edit(at, number, lambda record: mended(record, slip), dated=True)


def reword(p: Publisher, at: int) -> None:
    number = p.take()
    p.plant("reworded", at, number)
    p.edit(at, number, lambda record: reworded(record, p.writer), dated=True)


def revert(p: Publisher, at: int) -> None:
    number, back = p.take(), _later(p, at)
    body = p.records[number].body
    p.plant("changed for a while", at, number)
    p.edit(at, number, lambda record: reworded(record, p.writer), dated=True)
    if back > at:
        p.plant("reverted", back, number, flag="reverted")
        p.edit(back, number, lambda record: with_body(record, body), dated=True)


def flap(p: Publisher, at: int) -> None:
    """An item goes to and fro from one visit to the next."""
    number, first = p.take(), min(at, p.snapshots - FLAPS)
    sides = (p.records[number].body, reworded(p.records[number], p.writer).body)
    p.plant("flapping", first, number, flag="flapping")
    for flip in range(FLAPS):
        p.edit(first + flip, number, partial(with_body, body=sides[1 - flip % 2]))


def remove(p: Publisher, at: int) -> None:
    number = p.take()
    p.plant("removed", at, number)
    p.at(at, lambda: p.hide(number))


def give_back(p: Publisher, at: int) -> None:
    """An item goes, and is back later; when all has moved meanwhile, at another address."""
    number, back = p.take(), _later(p, at)
    has_moved = p.is_listing and at < p.redesigned_at <= back and p.records[number].link
    kept: list[Record] = []
    p.plant("removed for a while", at, number)
    p.at(at, lambda: kept.append(p.hide(number)))
    if back > at:
        p.plant("returned elsewhere" if has_moved else "returned", back, number, flag="returned")
        p.at(back, lambda: p.show(p.moved(kept[0]) if has_moved else kept[0]))


def give_back_elsewhere(p: Publisher, at: int) -> None:
    give_back(p, max(1, p.redesigned_at - 1))


def add(p: Publisher, at: int) -> None:
    number, place = p.number(), p.random.choice((1, len(p.order)))
    p.plant("added", at, number)
    p.at(at, lambda: p.show(replace(p.fresh(), number=number), place))


def add_backdated(p: Publisher, at: int) -> None:
    number, days = p.number(), p.random.randint(400, 1500)
    p.plant("backdated", at, number, flag="backdated")
    p.at(at, lambda: p.show(replace(p.fresh(), number=number, published=p.earlier(days)), 1))


def split(p: Publisher, at: int) -> None:
    """One item of four sentences becomes two of two; of a listing's, one has the old address."""
    number, second = p.take(), p.number()
    sentences = [p.writer.sentence() for _ in range(4)]
    p.put(with_body(p.records[number], " ".join(sentences)))
    p.plant("split", at, number, second, flag="split")
    p.at(at, lambda: _split(p, number, second, sentences))


def merge(p: Publisher, at: int) -> None:
    """Two items of two sentences become one of four, which has the first's address."""
    one, other = p.take(), p.take()
    for number in (one, other):
        p.put(with_body(p.records[number], p.writer.sentences(2, 2)))
    p.order.remove(other)
    p.order.insert(p.order.index(one) + 1, other)
    p.plant("merged", at, one, other, flag="merged")
    p.at(at, lambda: _merge(p, one, other))


def reorder(p: Publisher, at: int) -> None:
    p.plant("reordered", at)
    head = 0 if p.is_listing else 1

    def shuffled() -> None:
        p.order[head:] = p.random.sample(p.order[head:], len(p.order) - head)

    p.at(at, shuffled)


def redesign(p: Publisher, at: int) -> None:
    """Every link changes at once, and the layout."""

    def redesigned() -> None:
        p.redesign()
        p.plant("redesigned", at, *(n for n in p.order if p.records[n].link))

    p.at(at, redesigned)


# How many of each in a thousand items.
ANYWHERE: dict[Pattern, float] = {
    reword: 40,
    mend: 25,
    punctuate: 15,
    revert: 14,
    flap: 6,
    remove: 22,
    give_back: 14,
    add: 60,
    split: 8,
    merge: 8,
}
ALONE = (bump, punctuate)
LISTED: dict[Pattern, float] = {
    retitle: 20,
    relink: 18,
    retitle_and_relink: 8,
    redate: 12,
    bump: 18,
    change_stealthily: 16,
    move_section: 14,
    rewrite: 12,
    add_backdated: 10,
    give_back_elsewhere: 6,
}


def _later(p: Publisher, at: int) -> int:
    return min(at + p.random.randint(1, LONGEST_AWAY), p.snapshots - 1)


def _split(p: Publisher, number: int, second: int, sentences: list[str]) -> None:
    whole = p.records[number]
    halves = " ".join(sentences[:2]), " ".join(sentences[2:])
    place = p.order.index(number) + 1
    p.put(with_body(whole, halves[0]))
    parted = with_body(replace(whole, number=second), halves[1])
    if whole.title:
        p.put(replace(p.records[number], title=f"{whole.title}: Part One"))
        parted = replace(parted, title=f"{whole.title}: Part Two", link=p.link(whole.title))
    p.show(parted, place)


def _merge(p: Publisher, one: int, other: int) -> None:
    gone, kept = p.hide(other), p.records[one]
    merged = with_body(kept, f"{kept.body} {gone.body}")
    title = f"{kept.title}, with {gone.title}" if kept.title else None
    p.put(replace(merged, title=title))
