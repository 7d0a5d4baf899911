"""An invented publisher that changes its listings and pages by seed, and remembers how."""

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from random import Random

from snapshots.records import Read, Recipe

# Words of an invented language, so that no two publications share what is rare in them.
SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "é"))
TERMS = ("aliens", "noncitizens", "persons", "people", "minors", "children")
RECIPE = Recipe(read=Read.LISTING, item="li.doc, article.publication, div.views-row")
LAYOUTS = ("li.doc", "article.publication", "div.views-row")
# What became of a publication that is no longer listed, by its number.
FATES = ("gone", "delisted", "redirected", "delisted", "gone")
MOST_PAGES = 5


@dataclass(frozen=True, slots=True)
class Record:
    """One publication, or one paragraph of a page, as it was printed."""

    number: int
    link: str
    title: str
    text: str

    def differing(self, other: "Record") -> tuple[str, ...]:
        """Return the names of the fields in which two wordings of one item differ."""
        names = {"link": "url", "title": "title", "text": "summary" if self.link else "text"}
        return tuple(
            told for name, told in names.items() if getattr(self, name) != getattr(other, name)
        )


@dataclass(frozen=True, slots=True)
class Edition:
    """What a publisher shows at one time."""

    records: tuple[Record, ...]
    layout: int = 0

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(record.number for record in self.records)


@dataclass
class Publication:
    """One listing or page, its past editions, and what each payload that it sent showed.

    ``validators`` is etag, weak, dated, or none; a noisy one differs in every answer.
    """

    key: str
    read: Read
    seed: str
    per_page: int
    size: int
    validators: str = "etag"
    is_noisy: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    past: list[tuple[datetime, Edition]] = field(default_factory=list)
    departed: list[Record] = field(default_factory=list)
    printed: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        self.random = Random(f"{self.seed}/{self.key}")
        self.publish(Edition(tuple(self.fresh() for _ in range(self.size))))

    @property
    def path(self) -> str:
        return f"/{self.key}"

    @property
    def edition(self) -> Edition:
        return self.past[-1][1]

    def publish(self, edition: Edition) -> None:
        self.past.append((self.now(), edition))

    def during(self, start: datetime, end: datetime) -> list[Edition]:
        """Return the editions that were shown at any time between two moments."""
        before = [edition for at, edition in self.past if at <= start]
        return [*before[-1:], *(edition for at, edition in self.past if start < at <= end)]

    def change(self, steps: int = 1) -> None:
        """Publish a new edition that differs from the last in so many ways."""
        edition = self.edition
        for _ in range(steps):
            step = self.random.choices(STEPS, WEIGHTS)[0]
            edition = step(self, edition)
        self.publish(edition)

    def bounds(self) -> tuple[int, int]:
        """Return the fewest and the most items that an edition may have."""
        most = self.per_page * MOST_PAGES if self.read is Read.LISTING else 100
        return max(4, int(self.size * 0.7)), min(int(self.size * 1.4), most)

    def fresh(self) -> Record:
        """Return a publication that never was before."""
        self.made += 1
        number, random = self.made, self.random
        if self.read is Read.PAGE:
            return Record(number, "", "", f"{sentence(random, 16).capitalize()}.")
        return Record(
            number,
            f"/{self.key}/doc/{number}",
            " ".join(word(random).capitalize() for _ in range(3)),
            f"{sentence(random, 9).capitalize()} ({random.choice('§¶')} {number}).",
        )

    # What the publisher can do to an edition.

    def add(self, edition: Edition) -> Edition:
        if len(edition.records) >= self.bounds()[1]:
            return edition
        if self.departed and self.random.random() < 0.25:
            new = self.departed.pop(self.random.randrange(len(self.departed)))
        else:
            new = self.fresh()
        place = 0 if self.random.random() < 0.6 else self.random.randint(0, len(edition.records))
        return _with(edition, [*edition.records[:place], new, *edition.records[place:]])

    def remove(self, edition: Edition) -> Edition:
        if len(edition.records) <= self.bounds()[0]:
            return edition
        gone = self.random.choice(edition.records)
        self.departed.append(gone)
        return _with(edition, [record for record in edition.records if record != gone])

    def reword(self, edition: Edition) -> Edition:
        """Change one of two words of a text, so that it always stays like itself."""

        def reworded(record: Record) -> Record:
            said = record.text.split(" ")
            place = self.random.choice((3, 6))
            others = [term for term in TERMS if term != said[place]]
            said[place] = self.random.choice(others)
            return replace(record, text=" ".join(said))

        return self._on_one(edition, reworded)

    def rename(self, edition: Edition) -> Edition:
        """Give one item another title, or another link: each item only ever one of both."""

        def renamed(record: Record) -> Record:
            if not record.link:
                return record
            if record.number % 2:
                head = record.title.split(" ")[:2]
                return replace(record, title=" ".join([*head, word(self.random).capitalize()]))
            base = record.link.partition("-v")[0]
            return replace(record, link=f"{base}-v{self.random.randrange(10**6)}")

        return self._on_one(edition, renamed)

    def move(self, edition: Edition) -> Edition:
        """Move one item to another place, often another page."""
        records = list(edition.records)
        records.insert(self.random.randrange(len(records)), records.pop(self._place(edition)))
        return _with(edition, records)

    def reorder(self, edition: Edition) -> Edition:
        return _with(edition, self.random.sample(edition.records, len(edition.records)))

    def redesign(self, edition: Edition) -> Edition:
        return replace(edition, layout=(edition.layout + 1) % len(LAYOUTS))

    def _on_one(self, edition: Edition, doing: Callable[[Record], Record]) -> Edition:
        place, records = self._place(edition), list(edition.records)
        records[place] = doing(records[place])
        return _with(edition, records)

    def _place(self, edition: Edition) -> int:
        return self.random.randrange(len(edition.records))

    # What is sent of an edition.

    @property
    def page_count(self) -> int:
        return len(list(self._pages(self.edition)))

    def print_page(self, number: int, noise: int) -> bytes | None:
        """Return one page of the present edition, from 0, and remember what it shows."""
        edition = self.edition
        pages = list(self._pages(edition))
        if number >= len(pages):
            return None
        following = number + 1 if number + 1 < len(pages) else None
        body = self._body(edition.layout, pages[number], following, noise * self.is_noisy)
        self.printed[f"sha256:{sha256(body).hexdigest()}"] = pages[number]
        return body

    def _pages(self, edition: Edition) -> Iterator[tuple[Record, ...]]:
        step = self.per_page if self.read is Read.LISTING else max(1, len(edition.records))
        for start in range(0, len(edition.records), step):
            yield edition.records[start : start + step]

    def _body(
        self, layout: int, records: tuple[Record, ...], following: int | None, noise: int
    ) -> bytes:
        tag, _, name = LAYOUTS[layout].partition(".")
        if self.read is Read.PAGE:
            shown = "".join(f'<p class="{name}">{html.escape(r.text)}</p>\n' for r in records)
        else:
            shown = "".join(
                f'<{tag} class="{name}"><h3><a href="{r.link}">{html.escape(r.title)}</a></h3>'
                f"<p>{html.escape(r.text)}</p></{tag}>\n"
                for r in records
            )
        shown = f"<ul>{shown}</ul>" if tag == "li" and self.read is Read.LISTING else shown
        link = f'<a rel="next" href="{self.path}?page={following}">Next</a>' if following else ""
        return (
            f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{self.key}</title></head>'
            f"<body><nav><a href='/'>Home</a></nav><main><h1>{self.key}</h1>{shown}{link}</main>"
            f"<!-- token {noise} --></body></html>\n"
        ).encode()


STEPS = (
    Publication.add,
    Publication.remove,
    Publication.reword,
    Publication.rename,
    Publication.move,
    Publication.reorder,
    Publication.redesign,
)
WEIGHTS = (5, 4, 6, 3, 4, 1, 1)


def _with(edition: Edition, records: list[Record]) -> Edition:
    return replace(edition, records=tuple(records))


def word(random: Random) -> str:
    return "".join(random.choice(SYLLABLES) for _ in range(random.randint(3, 4)))


def sentence(random: Random, length: int) -> str:
    """Return a sentence of rare words in which two places hold a term."""
    said = [word(random) for _ in range(length)]
    said[3], said[6] = random.choice(TERMS), random.choice(TERMS)
    return " ".join(said)
