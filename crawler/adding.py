"""Adding a source: look at a page, say what was found, ask, write it down, visit it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from crawler.clock import Clock, SystemClock
from crawler.config import Config, Source, load
from crawler.config_writing import (
    Addition,
    add_sources,
    drafted,
    follows,
    refuse_duplicate,
    start_with,
)
from crawler.detecting import Found, found_in
from crawler.fetch import fetcher
from crawler.files import file_capture, is_warc
from crawler.lexicons import lexicon
from crawler.politeness import product_token, rules_of
from crawler.schedule import schedule_problem
from crawler.suggesting import (
    KEY,
    fit_title,
    suggested_key,
    suggested_schedule,
    suggested_title,
)
from diffs.lexicon import uses
from diffs.report.passage import clean
from snapshots.archive import Archive
from snapshots.archive.hosts import HostState
from snapshots.archive.pace import Pace, pace
from snapshots.errors import ArchiveError, ConfigError
from snapshots.extract.masthead import masthead
from snapshots.records import Capture, Item

WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person asked for; what is None is suggested. ``url`` is where a file is from."""

    url: str | None = None
    key: str | None = None
    title: str | None = None
    schedule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A source as it would be written, and what it rests on.

    ``final_url`` is where the page answered; ``robots`` says in words what robots.txt says;
    ``terms`` counts the watched terms in what would be read; ``delay_s`` is how long its host
    is to be left alone after this look, which was at ``capture.captured_at``.
    """

    source: Source
    found: Found
    capture: Capture
    robots: str
    delay_s: float = 0.0
    terms: Mapping[str, int] = field(default_factory=dict)
    pace: Pace | None = None

    @property
    def addition(self) -> Addition:
        """The source with the remark that stands above it in config.toml."""
        day = f"{self.capture.captured_at:%Y-%m-%d}"
        sure = f"confidence {self.found.confidence:.2f}"
        return Addition(self.source, (f"Added on {day}; found as a {self.source.read}, {sure}.",))


@dataclass(slots=True)
class _Robots:
    """What hosts' robots.txt said during one look; nothing is remembered longer."""

    states: dict[str, HostState] = field(default_factory=dict)

    def state(self, origin: str) -> HostState:
        return self.states.get(origin, HostState())

    def remember(self, origin: str, state: HostState) -> None:
        self.states[origin] = state


def add(
    path: Path,
    target: str,
    wishes: Wishes,
    is_wanted: Callable[[Proposal], bool],
    *,
    clock: Clock | None = None,
) -> Config | None:
    """Add what a URL or file shows to a configuration; return it, or None if it is not wanted.

    Raises:
        ConfigError: the configuration or the wishes cannot be used, there is no such
            file, or the page is followed already.
        FetchError: the URL gave no usable answer.
        ExtractError: nothing on it can be read.
    """
    config = load(path)
    proposal = propose(config, target, wishes, clock or SystemClock())
    if not is_wanted(proposal):
        return None
    return add_sources(path, [proposal.addition])


def begin(
    path: Path,
    text: str,
    target: str,
    wishes: Wishes,
    is_wanted: Callable[[Proposal], bool],
    *,
    clock: Clock | None = None,
) -> Config | None:
    """Write a first configuration, which begins with a text, with what a URL or file shows.

    Raises:
        ConfigError: there is one already; or as for ``add``.
        FetchError: as for ``add``; so is the next.
        ExtractError: nothing is written, so that it can be tried again.
    """
    if path.exists():
        raise ConfigError(
            f"{path}: is there already, and is left as it is; `reworded add {target}` adds to it"
        )
    proposal = propose(drafted(path, text), target, wishes, clock or SystemClock())
    if not is_wanted(proposal):
        return None
    return start_with(path, text, [proposal.addition])


def propose(config: Config, target: str, wishes: Wishes, clock: Clock) -> Proposal:
    """Look at a URL or file once; return the source that it would make.

    Raises:
        ConfigError: there is no such file, nothing tells where it is from, the wishes
            cannot be used, or a source follows the page already.
        FetchError: the URL gave no usable answer.
        ExtractError: nothing on it can be read.
    """
    _check(wishes, config)
    if target.startswith(WEB):
        _check_address(target)
        _refuse_followed(config, target)
        capture, robots, delay_s = asyncio.run(_fetched(config, target, clock))
    else:
        capture, robots, delay_s = _from_file(target, wishes, clock), "not asked: a file", 0.0
    _refuse_followed(config, capture.url, capture.final_url)
    found = found_in(capture)
    known = _pace(config, capture.url)
    source = _source(config, capture, found, wishes, known)
    refuse_duplicate(config, source)
    watched = lexicon(config.path, config.lexicon)
    return Proposal(
        source=source,
        found=found,
        capture=capture,
        robots=robots,
        delay_s=delay_s,
        terms=uses("\n".join(map(_words, found.items)), watched),
        pace=known,
    )


async def leave_alone(proposal: Proposal, clock: Clock) -> None:
    """Wait until the host of a page that was looked at may be asked again."""
    until = proposal.capture.captured_at + timedelta(seconds=proposal.delay_s)
    if (left_s := (until - clock.now()).total_seconds()) > 0:
        await clock.sleep(left_s)


def _check(wishes: Wishes, config: Config) -> None:
    if wishes.key is not None and not KEY.fullmatch(wishes.key):
        raise ConfigError(
            f"--key must be letters, digits, - and _, beginning with a letter or digit, "
            f"not {wishes.key!r}"
        )
    if wishes.title is not None and not fit_title(wishes.title):
        raise ConfigError("--title is empty")
    if wishes.schedule and (told := schedule_problem(wishes.schedule)):
        raise ConfigError(f"--schedule {told}")
    if wishes.key in config.sources:
        raise ConfigError(
            f"{config.path}: there is a [source.{wishes.key}] already, and it is left as it is; "
            "choose another --key"
        )


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or clean(url) != url:
        raise ConfigError(f"{clean(url)} is no web address")
    if "@" in parts.netloc:
        raise ConfigError(
            "the address must hold no user name and no password, for it is kept and published"
        )


def _refuse_followed(config: Config, *urls: str) -> None:
    if key := follows(config, *urls):
        raise ConfigError(
            f"{config.path}: [source.{key}] follows {config.sources[key].url} already, "
            f"and is left as it is; `reworded run {key}` visits it"
        )


async def _fetched(config: Config, url: str, clock: Clock) -> tuple[Capture, str, float]:
    """A URL's capture, its host's robots.txt in words, and the delay that the host asks for."""
    robots = _Robots()
    async with fetcher(config.crawler, clock, robots) as client:
        capture = await client.fetch(url)
    token = product_token(config.crawler.agent)
    state = next(iter(reversed(robots.states.values())), HostState())
    rules = rules_of(state.robots)
    asked_s = float(rules.crawl_delay(token) or 0) if rules else 0.0
    delay_s = max(config.crawler.delay_s, asked_s)
    if rules is None:
        return capture, f"there is none (it answered {state.robots_status})", delay_s
    waits = f", with {asked_s:g} seconds between requests" if asked_s else ""
    return capture, f"allows it{waits}", delay_s


def _from_file(target: str, wishes: Wishes, clock: Clock) -> Capture:
    path = Path(target)
    try:
        if not path.is_file():
            raise ConfigError(f"there is no file {target}, and it is no http address")
        if is_warc(path):
            raise ConfigError(f"{target} holds records of many pages; add the page by its address")
        held = file_capture(path, wishes.url or "", clock.now())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{target}: cannot be read ({error})") from error
    stated = masthead(held.payload, held.header("content-type")).url
    url = wishes.url or stated
    if url is None:
        raise ConfigError(f"{target} does not say where it is from; give its address by --url")
    _check_address(url)
    return replace(held, url=url, final_url=url)


def _pace(config: Config, url: str) -> Pace | None:
    """How often a page changed in the archive, where there is one that can be read."""
    with suppress(ArchiveError):
        if config.archive.is_file():
            with Archive.to_read(config.archive) as archive:
                return pace(archive.db, url)
    return None


def _source(
    config: Config, capture: Capture, found: Found, wishes: Wishes, known: Pace | None
) -> Source:
    named = masthead(capture.payload, capture.header("content-type"))
    key = wishes.key or suggested_key(capture.url, config.sources)
    title = fit_title(wishes.title) if wishes.title else suggested_title(named, capture.url)
    return Source(
        key=key,
        url=capture.url,
        read=found.recipe.read,
        title=title or key,
        schedule=wishes.schedule or suggested_schedule(known),
        confirm=config.crawler.confirm,
        timezone=config.crawler.timezone,
        recipes=(found.recipe,),
    )


def _words(item: Item) -> str:
    return "\n".join(filter(None, (item.title, item.summary, item.text, *item.fields.values())))
