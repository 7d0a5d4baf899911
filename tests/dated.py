"""A scripted listing of dated items, visited day by day, of which one says this or that."""

from dataclasses import replace

from crawler.config import Source
from crawler.derive import read_again
from snapshots.archive import Archive
from snapshots.records import ChangeRecord, Read, Recipe
from tests.support import START, Answer, Site, Watcher, html, page_source

RECIPE = Recipe(
    read=Read.LISTING, item="li.doc", title="a", link="a@href", summary="p", published="time"
)
ALIENS = "Officers remove criminal aliens from the interior of the country."
NONCITIZENS = "Officers remove criminal noncitizens from the interior of the country."
Row = tuple[int, str, str, str]
BUDGET: Row = (2, "Budget in Brief", "What it cost, in one page.", "2021-04-02")
HARBOR: Row = (3, "Harbor Census", "Boats by length and by flag.", "2021-04-03")


def report(summary: str = ALIENS, dated: str = "2021-04-20", title: str = "Annual Report") -> Row:
    return (1, title, summary, dated)


def listing(*rows: Row) -> Answer:
    items = (
        f'<li class="doc"><a href="/doc/{n}">{title}</a><p>{summary}</p><time>{dated}</time></li>'
        for n, title, summary, dated in rows
    )
    return html(f"<main><h1>Library</h1><ul>{''.join(items)}</ul></main>")


class Library:
    """A listing that is set and visited, day by day."""

    def __init__(self, site: Site, archive: Archive) -> None:
        self.site = site
        self.watcher = Watcher(archive)
        self.source = Source(
            key="library",
            url=f"{site.url}/library",
            read=Read.LISTING,
            title="",
            recipes=(RECIPE,),
        )

    def day(self, *rows: Row) -> tuple[ChangeRecord, ...]:
        """Let the list hold these rows today; return what the visit told."""
        self.site["/library"] = listing(*rows)
        return self.watcher.visit(self.source).changes

    def swing(self, summaries: str) -> list[tuple[ChangeRecord, ...]]:
        """Visit day by day while the report says A or B, as the letters go."""
        texts = {"A": ALIENS, "B": NONCITIZENS}
        return [self.day(report(texts[letter]), BUDGET, HARBOR) for letter in summaries]

    def is_awaiting(self) -> bool:
        """Whether an item waits for a visit that settles what became of it."""
        newest = self.watcher.archive.knowledge.newest_snapshot("library")
        return newest is not None and newest.is_awaiting

    def elsewhere(self, key: str) -> Source:
        """Return a source that lists the same, under another key."""
        return replace(self.source, key=key)

    def page(self) -> Source:
        """Return a source that is a page of the same site."""
        return page_source(self.site)

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        db = self.watcher.archive.db
        tables = ("snapshots", "items", "item_versions", "changes", "substitutions")
        return {t: sorted(db.execute(f"SELECT * FROM {t}").fetchall(), key=repr) for t in tables}

    def rebuild(self) -> None:
        with self.watcher.archive.transaction():
            read_again(self.watcher.archive, self.source, noted_at=START)
