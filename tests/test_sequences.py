"""Whatever is done to an archive, in whatever order: it verifies, and rebuilds to the same rows."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from support import (
    SETTINGS,
    Answer,
    SimulatedClock,
    Site,
    Watcher,
    docs,
    html,
    knowledge_of,
    listing,
    listing_source,
    online,
)

from crawler.accepting import accept
from crawler.bundle import write_bundle
from crawler.config import Config, Source
from crawler.derive import read_if_outdated
from crawler.exporting import export
from crawler.importing import keep
from crawler.rebuilding import rebuild_all
from crawler.restoring import restore
from crawler.retention import plan, thin
from crawler.retention_rule import Rule
from snapshots.archive import Archive
from snapshots.errors import ConfigError
from snapshots.records import Capture, Import, Outcome, Provenance, Visit, digest_of

EMPTIED = html("<main><h1>Library</h1><p>No publications are available at this time.</p></main>")
STEPS = 20
# In the second, bytes come again that were thinned before another recipe was tried.
SEEDS = (1, 17)


@dataclass
class Life:
    """One source and its archive, to which anything may happen; the listing never loses an item.

    Only what a person accepts as emptied removes anything.
    """

    site: Site
    folder: Path
    random: Random
    source: Source
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    listed: list[int] = field(default_factory=lambda: [1, 2, 3, 4, 5, 6])
    is_emptied: bool = False

    @property
    def config(self) -> Config:
        return Config(
            path=self.folder / "config.toml",
            archive=self.folder / "archive.sqlite",
            crawler=SETTINGS,
            sources={"library": self.source},
        )

    def opened(self) -> Archive:
        return Archive.to_write(self.config.archive)

    def visit(self, answer: Answer | None = None) -> None:
        noise = f"{self.random.random()}" if self.random.random() < 0.8 else ""
        self.site["/library"] = answer or listing(*docs(*self.listed), noise=noise)
        with self.opened() as archive:
            self.read_if_edited(archive)
            Watcher(archive, clock=self.clock).visit(self.source)

    def read_if_edited(self, archive: Archive) -> None:
        with archive.transaction():
            read_if_outdated(archive, self.source, noted_at=self.clock.now())

    def visits(self) -> None:
        for _ in range(self.random.randrange(1, 8)):
            self.visit()

    def grow(self) -> None:
        self.listed = [*dict.fromkeys([*self.listed, self.random.randrange(20)])]
        self.visit()

    def fail(self) -> None:
        self.visit(Answer(status=503))

    def empty(self) -> None:
        self.visit(EMPTIED)

    def accept(self) -> None:
        accept(self.config, self.source, self.clock)
        self.is_emptied = True

    def memento(self) -> None:
        """A web archive kept the listing as it is, a few days ago at most."""
        at = self.clock.now().replace(microsecond=0) - timedelta(days=self.random.randrange(3))
        body = listing(*docs(*self.listed), noise=f"{self.random.random()}").body
        capture = Capture(
            url=self.source.url,
            final_url=self.source.url,
            captured_at=at,
            status=200,
            payload=body,
            payload_digest=digest_of(body),
            provenance=Provenance.MEMENTO,
            memento_url=f"https://web.archive.org/web/2021id_/{self.source.url}",
        )
        visit = Visit(
            source="library",
            started_at=at,
            finished_at=at,
            outcome=Outcome.NEW,
            captures=(capture,),
        )
        with self.opened() as archive, archive.transaction():
            taken = Import(name="a", kind="memento", started_at=self.clock.now())
            number = archive.evidence.begin_import(taken)
            keep(archive, self.source, [(visit, number)], self.clock.now())

    def compact(self) -> None:
        with self.opened() as archive:
            list(archive.seal("library"))
            archive.give_back()

    def thin(self) -> None:
        rule = Rule(after_days=self.random.choice((1, 5)), keep_every_days=7)
        with self.opened() as archive:
            planned = plan(archive, self.source, rule, self.clock.now())
            if planned.visits:
                thin(archive, self.source, planned, self.clock.now())

    def edit_recipe(self) -> None:
        (recipe,) = self.source.recipes
        ignore = () if recipe.ignore else ("h1",)
        self.source = replace(self.source, recipes=(replace(recipe, ignore=ignore),))

    def export(self) -> None:
        """What is exported restores cleanly, into its own archive and another."""
        path = self.folder / "export.warc.gz"
        with self.opened() as archive:
            export(archive, (), path, "warc")
            own = restore(archive, self.config, path, now=self.clock.now())
        with Archive.to_write(self.folder / f"{self.random.random()}.sqlite") as archive:
            other = restore(archive, self.config, path, now=self.clock.now())
            assert list(archive.problems()) == []
        assert own.problems == other.problems == []

    def evidence(self) -> None:
        with self.opened() as archive:
            for record in archive.knowledge.changes()[-2:]:
                write_bundle(archive, self.config, record.id, self.folder / "evidence.wacz")

    def checked(self, heads: list[str]) -> None:
        """Look at all that must hold at any time; add the head of the chain to those before."""
        with self.opened() as archive:
            assert list(archive.problems()) == []
            assert all(archive.evidence.chain.find(head) is not None for head in heads)
            heads.append(archive.evidence.chain.head())
            self.read_if_edited(archive)
            before = knowledge_of(archive)
            list(rebuild_all(archive, [self.source], self.clock.now()))
            assert knowledge_of(archive) == before
            kinds = {str(record.change.kind) for record in archive.knowledge.changes()}
            assert self.is_emptied or "removed" not in kinds


@pytest.mark.parametrize("seed", SEEDS)
def test_an_archive_verifies_and_rebuilds_the_same_after_anything(
    site: Site, tmp_path: Path, seed: int
) -> None:
    online(site)
    life = Life(site, tmp_path, Random(seed), listing_source(site))
    actions: list[Callable[[], None]] = [
        *[life.visits] * 4,
        *(life.grow, life.fail, life.empty, life.accept, life.memento, life.compact),
        *(life.thin, life.edit_recipe, life.export, life.evidence),
    ]
    heads: list[str] = []
    life.visits()

    for _ in range(STEPS):
        try:
            life.random.choice(actions)()
        except ConfigError:
            continue  # nothing was in doubt that could be accepted
        life.checked(heads)
