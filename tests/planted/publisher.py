"""An invented publisher: what it prints at each snapshot, and what it plans to change."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from planted.truth import Edition, History, Planted, Record, moment
from planted.words import SAME_TITLES, SECTIONS, Writer
from snapshots.records import Read

LAYOUTS = 3
# Of a listing's items: those without a link, those that share one, those titled alike.
WITHOUT_LINK, SHARING_LINK, TITLED_ALIKE = 0.04, 0.04, 0.05
# Of a page's blocks.
HEADINGS = 0.08


class Publisher:
    """One source in the making. ``agenda`` holds what is done to it before each snapshot."""

    def __init__(self, history: History, size: int, snapshots: int, seed: str) -> None:
        self.history = history
        self.snapshots = snapshots
        self.random = Random(f"{seed}/{history.key}")
        self.writer = Writer(self.random)
        self.agenda: dict[int, list[Callable[[], object]]] = defaultdict(list)
        self.records: dict[int, Record] = {}
        self.order: list[int] = []
        self.layout = 0
        self.redesigned_at = 0
        self.today = moment(0).date()
        self.made = 0
        for _ in range(size):
            self.show(self.fresh(), len(self.order))
        self.free = [n for n in self.order if not self.records[n].is_heading]
        self.random.shuffle(self.free)

    @property
    def is_listing(self) -> bool:
        return self.history.read is Read.LISTING

    # What patterns are made of.

    def take(self) -> int:
        """Return an item that no other pattern will touch."""
        return self.free.pop()

    def number(self) -> int:
        """Return the number of an item that will be made later."""
        self.made += 1
        return self.made

    def fresh(self) -> Record:
        """Return a publication, or a block, that never was before."""
        number = self.number()
        if not self.is_listing:
            is_heading = number == 1 or self.random.random() < HEADINGS
            said = self.writer.heading() if is_heading else self.writer.sentences(1, 3)
            return Record(number=number, text=said, is_heading=is_heading)
        title = self.writer.title()
        if self.random.random() < TITLED_ALIKE:
            title = self.random.choice(SAME_TITLES)
        return Record(
            number=number,
            title=title,
            link=self._link(title),
            summary=self.writer.sentences(1, 3),
            published=str(self.today - timedelta(days=self.random.randint(0, 25))),
            section=self.writer.word(SECTIONS),
        )

    def link(self, title: str) -> str:
        """Return an address that no other item has."""
        slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
        return self.styled(f"/library/{slug}-{self.number()}")

    def _link(self, title: str) -> str | None:
        chosen = self.random.random()
        if chosen < WITHOUT_LINK:
            return None
        if chosen < WITHOUT_LINK + SHARING_LINK:
            return self.styled(f"/library/collection-{self.made // 40}")
        return self.link(title)

    def styled(self, link: str) -> str:
        """Return an address as the present site writes it: every redesign moves all of them."""
        if not self.layout:
            return link
        return f"/documents/{self.layout}/{link.rpartition('/')[2]}/view"

    def show(self, record: Record, place: int = 0) -> None:
        self.records[record.number] = record
        self.order.insert(place, record.number)

    def hide(self, number: int) -> Record:
        self.order.remove(number)
        return self.records.pop(number)

    def put(self, record: Record) -> None:
        self.records[record.number] = record

    def earlier(self, days: int) -> str:
        return str(self.today - timedelta(days=days))

    def at(self, snapshot: int, action: Callable[[], object]) -> None:
        """Do something before a snapshot."""
        self.agenda[snapshot].append(action)

    def edit(
        self, snapshot: int, number: int, edited: Callable[[Record], Record], *, dated: bool = False
    ) -> None:
        """Let an item say something else from a snapshot on, and tell the date if it is honest."""

        def done() -> None:
            self.put(edited(self.records[number]))
            if dated and self.is_listing:
                self.put(replace(self.records[number], published=str(self.today)))

        self.at(snapshot, done)

    def plant(self, pattern: str, snapshot: int, *numbers: int, flag: str | None = None) -> None:
        self.history.planted.append(Planted(pattern, snapshot, numbers, flag))

    def redesign(self) -> None:
        """Print in another layout, at other addresses."""
        self.layout += 1
        for record in [*self.records.values()]:
            self.put(self.moved(record))

    def moved(self, record: Record) -> Record:
        """Return a record at the address that it has since the redesign."""
        return replace(record, link=self.styled(record.link)) if record.link else record

    # What comes of it.

    def publish(self) -> None:
        """Do what the agenda says, snapshot by snapshot, and keep what is shown at each."""
        for snapshot in range(self.snapshots):
            self.today = moment(snapshot).date()
            for action in self.agenda[snapshot]:
                action()
            shown = tuple(self.records[number] for number in self.order)
            self.history.editions.append(Edition(shown, self.layout % LAYOUTS))
