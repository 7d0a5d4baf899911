"""What is wrong around the program: configuration, archive, clock, disk, permissions."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from statistics import median

import crawler
from crawler.config import Config, load
from crawler.reporting import statuses
from diffs.report.phrases import counted, moment
from snapshots.archive import Archive
from snapshots.archive.health import Health, health
from snapshots.errors import ArchiveError, ConfigError

# A clock may be this far ahead of or behind those of most servers.
MOST_SKEW_S = 300
# Captures are kept by whole seconds, and clocks are set right by a little now and then.
CLOCK_SLACK = timedelta(seconds=60)
MOST_LOG_BYTES = 64_000_000
LEAST_FREE_BYTES = 100_000_000
# There should be room for what this many months bring.
MONTHS = 6
MONTH = timedelta(days=30)
# After a shorter time, what a month brings cannot be told.
LEAST_LIFE = timedelta(days=7)
VERIFY_EVERY = timedelta(days=31)
MOST_NAMED = 5
_MB = 1_000_000


class Mark(StrEnum):
    """How a finding is meant: nothing to do, something to see to, or nothing works until then."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, what it is like, and what to do about it (or None)."""

    mark: Mark
    about: str
    told: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All findings, and the exit code that they come to."""

    findings: tuple[Finding, ...]
    code: int


def diagnose(path: Path, now: datetime) -> Diagnosis:
    """Look at everything that the program stands on; change nothing. Never raises.

    The code is 0 when nothing is to be done, 1 for a warning, 2 when the configuration cannot
    be used, 3 when the archive cannot.
    """
    try:
        config = load(path)
    except ConfigError as error:
        told = [each.removeprefix(f"{path}: ") for each in str(error).splitlines()]
        found = tuple(Finding(Mark.FAIL, "configuration", each) for each in told)
        return Diagnosis(findings=found, code=2)
    found = (*_configuration(config), *_surroundings(config, now))
    marks = {finding.mark for finding in found}
    return Diagnosis(findings=found, code=3 if Mark.FAIL in marks else int(Mark.WARN in marks))


def _configuration(config: Config) -> Iterator[Finding]:
    sources = counted(len(config.sources), "source")
    if config.sources:
        yield Finding(Mark.OK, "configuration", f"{config.path}: {sources}")
    else:
        yield Finding(Mark.WARN, "configuration", "there is no source", "add a [source.KEY]")
    if config.crawler.contact or config.crawler.user_agent:
        yield Finding(Mark.OK, "user agent", config.crawler.agent)
    else:
        yield Finding(
            Mark.WARN,
            "user agent",
            "names nobody whom a site's owner could write to",
            "set [crawler] contact",
        )
    if config.notify:
        yield from _destinations(config)


def _surroundings(config: Config, now: datetime) -> Iterator[Finding]:
    folder = config.archive.resolve().parent
    yield _folder(folder)
    if not config.archive.exists():
        yield Finding(Mark.OK, "archive", f"{config.archive}: none yet; `reworded run` makes it")
        yield from _clock(None, now)
        if folder.is_dir():
            yield _disk(folder, None)
        return
    try:
        held = health(config.archive)
    except ArchiveError as error:
        yield Finding(Mark.FAIL, "archive", str(error))
        return
    yield from _archive(config.archive, held, now)
    yield from _clock(held, now)
    yield _disk(folder, held)
    if held.is_current and not held.finding:
        yield _sources(config, now)
        if config.notify:
            yield from _unsent(config)


def _folder(folder: Path) -> Finding:
    if not folder.is_dir():
        return Finding(Mark.FAIL, "folder", f"{folder} is not there", "make it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        remedy = "let the user who runs Reworded write to it: its log and lock stand there"
        return Finding(Mark.FAIL, "folder", f"{folder} cannot be written to", remedy)
    return Finding(Mark.OK, "folder", f"{folder} can be written to")


def _archive(path: Path, held: Health, now: datetime) -> Iterator[Finding]:
    if held.finding:
        remedy = "take the newest copy that `reworded verify` finds whole; keep this one"
        yield Finding(Mark.FAIL, "archive", f"{path}: is damaged: {held.finding}", remedy)
    elif not os.access(path, os.W_OK):
        remedy = "let the user who runs Reworded write to it"
        yield Finding(Mark.FAIL, "archive", f"{path}: cannot be written to", remedy)
    elif not held.is_current:
        told = f"{path}: is of an earlier version; the next command copies it and brings it to date"
        yield Finding(Mark.OK, "archive", told)
    else:
        yield Finding(Mark.OK, "archive", f"{path}: opens, {held.size_bytes / _MB:.1f} MB")
    if held.writer:
        yield Finding(Mark.OK, "writer", held.writer)
    if held.log_bytes > MOST_LOG_BYTES and not held.writer:
        told = f"the log beside it has grown to {held.log_bytes / _MB:.0f} MB"
        remedy = "close the programs that read the archive; the next run then empties it"
        yield Finding(Mark.WARN, "archive", told, remedy)
    yield from _verified(held, now)


def _verified(held: Health, now: datetime) -> Iterator[Finding]:
    since = held.verified_at or held.oldest_at
    if not held.is_current or since is None:
        return
    when = f"on {moment(held.verified_at)}" if held.verified_at else "never yet"
    mark = Mark.WARN if now - since > VERIFY_EVERY else Mark.OK
    remedy = "run `reworded verify`" if mark is Mark.WARN else None
    yield Finding(mark, "verified", when, remedy)


def _clock(held: Health | None, now: datetime) -> Iterator[Finding]:
    remedy = "set the clock, and let NTP keep it"
    installed = datetime.fromtimestamp(Path(crawler.__file__).stat().st_mtime, UTC)
    newest = held.newest_at if held else None
    skew = median(held.ahead_s) if held and held.ahead_s else 0
    if now < installed - CLOCK_SLACK:
        told = f"it says {moment(now)}, before Reworded was installed on {moment(installed)}"
        yield Finding(Mark.WARN, "clock", told, remedy)
    elif newest and now < newest - CLOCK_SLACK:
        told = f"it says {moment(now)}, before the newest capture, of {moment(newest)}"
        yield Finding(Mark.WARN, "clock", told, remedy)
    elif abs(skew) > MOST_SKEW_S:
        way = "ahead of" if skew > 0 else "behind"
        told = f"at the newest answers it was {abs(skew):.0f} s {way} the servers'"
        yield Finding(Mark.WARN, "clock", told, remedy)
    else:
        yield Finding(Mark.OK, "clock", f"{moment(now)} is plausible")


def _disk(folder: Path, held: Health | None) -> Finding:
    free = shutil.disk_usage(folder).free
    growth = _growth_bytes(held)
    monthly = f"; the archive grows by {growth / _MB:.1f} MB a month" if growth else ""
    told = f"{free / _MB:.0f} MB are free{monthly}"
    if free < max(LEAST_FREE_BYTES, growth * MONTHS):
        return Finding(Mark.WARN, "disk", told, "free some room, or move the archive")
    return Finding(Mark.OK, "disk", told)


def _growth_bytes(held: Health | None) -> float:
    """What a month brings, by what the time since the first capture brought."""
    if held is None or held.oldest_at is None or held.newest_at is None:
        return 0
    life = held.newest_at - held.oldest_at
    return held.size_bytes * (MONTH / life) if life >= LEAST_LIFE else 0


def _sources(config: Config, now: datetime) -> Finding:
    try:
        with Archive.to_read(config.archive) as archive:
            found = list(statuses(archive, config.sources.values(), now))
    except ArchiveError as error:
        return Finding(Mark.FAIL, "sources", str(error))
    overdue = [status.source for status in found if status.is_overdue]
    if not overdue:
        return Finding(Mark.OK, "sources", "none is overdue")
    told = f"{len(overdue)} of {counted(len(found), 'source')} overdue: {_named(overdue)}"
    return Finding(Mark.WARN, "sources", told, "see `reworded status`, and whether cron runs it")


def _destinations(config: Config) -> Iterator[Finding]:
    """Whether every address that findings are sent to can be used, as things stand."""
    from crawler.notifying import missing

    found = list(missing(config))
    for told in found:
        yield Finding(Mark.WARN, "notify", told, "set it where Reworded is started from")
    if not found:
        told = f"{counted(len(config.notify), 'destination')} can be sent to"
        yield Finding(Mark.OK, "notify", told)


def _unsent(config: Config) -> Iterator[Finding]:
    from crawler.notifying import undelivered

    with Archive.to_read(config.archive) as archive:
        for told in undelivered(archive, config):
            yield Finding(Mark.WARN, "notify", told, "see `reworded notify --test`")


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"
