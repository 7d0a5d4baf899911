"""What the pages of the reading room share: the configuration, the archive, and the query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Self
from urllib.parse import urlencode

from crawler.clock import Clock, SystemClock
from crawler.config import Config, Source
from crawler.lexicons import lexicon
from crawler.room.choices import Choices, choices
from crawler.terminal import end_of, moment_of
from diffs.importance import WEIGHTS
from diffs.lexicon import Lexicon
from diffs.report.passage import clean
from snapshots.archive import Archive
from snapshots.errors import RewordedError
from snapshots.records import Read

MOST_SIGNS = 2_000


class NotThereError(RewordedError):
    """There is no such page: no such source, item, change or capture."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: its query, and the number in its path."""

    values: Mapping[str, Sequence[str]]
    number: int = 0

    def text(self, name: str) -> str | None:
        """Return what was asked under a name; None when that is nothing."""
        given = self.values.get(name, [""])[0][:MOST_SIGNS].strip()
        return given or None

    def moment(self, name: str) -> datetime | None:
        """Return a date or time, taken as UTC.

        Raises:
            ConfigError: it is none.
        """
        given = self.text(name)
        return moment_of(given) if given else None

    def end(self, name: str) -> datetime | None:
        """Return the end of a period: a bare date means the whole of that day."""
        given = self.text(name)
        return end_of(given) if given else None

    def count(self, name: str) -> int | None:
        """Return a whole number, None when it is none."""
        given = self.text(name) or ""
        return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None

    def but(self, **others: str | int | None) -> str:
        """Return the query with some values changed; None leaves one out."""
        kept = {name: given[0] for name, given in self.values.items() if given and given[0]}
        kept |= {name: str(value) for name, value in others.items() if value is not None}
        left = {n: v for n, v in kept.items() if not (n in others and others[n] is None)}
        return urlencode(left, errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: the template that shows ``shown``, and ``told``, which is its JSON."""

    template: str
    title: str
    told: Mapping[str, object]
    shown: Mapping[str, object] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Room:
    """One reading room: what is read, and who may write notes; None: nobody."""

    config: Config
    analyst: str | None = None
    clock: Clock = field(default_factory=SystemClock)

    @classmethod
    def of(cls, config: Config, analyst: str | None) -> Self:
        """Return the room of a configuration. An analyst's name is one line of text."""
        name = " ".join(clean(analyst or "").split())
        return cls(config=config, analyst=name or None)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The terms that are watched."""
        return lexicon(self.config.path, self.config.lexicon)

    @cached_property
    def choices(self) -> Choices:
        """What analysts choose from."""
        return choices()

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """What each reason adds to a finding's importance."""
        return {**WEIGHTS, **self.config.importance}

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return self.clock.now().astimezone(UTC)

    def source(self, archive: Archive, key: str | None) -> Source:
        """Return a source that is configured, or that the archive holds visits to.

        Raises:
            NotThereError: there is none of that name.
        """
        if key is not None and key in self.config.sources:
            return self.config.sources[key]
        if key is None or archive.evidence.newest_visit(key) is None:
            raise NotThereError(f"there is no source {key!r}" if key else "name a source")
        return former(key)

    def sources(self, archive: Archive) -> list[Source]:
        """Return the configured sources, then those that only the archive knows."""
        known = self.config.sources
        others = [former(key) for key in archive.sources() if key not in known]
        return [*known.values(), *others]


def former(key: str) -> Source:
    """Return a source that is configured no more, of which the archive knows the name."""
    return Source(key=key, url="", read=Read.LISTING, title=key)
