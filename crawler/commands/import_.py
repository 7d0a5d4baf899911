"""``reworded import``: captures from files take their place in time."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.commands import options
from crawler.terminal import parse_end, parse_moment

if TYPE_CHECKING:
    from crawler.config import Config, Source
    from snapshots.archive import Archive


class Imports(click.Group):
    """Imports files, unless it is told what else by its first word."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Read what follows ``import`` as files, where it does not begin with another word."""
        is_other = not arguments or arguments[0] in (*self.commands, "--help")
        return super().parse_args(context, arguments if is_other else ["files", *arguments])


@click.group("import", cls=Imports)
def command() -> None:
    """Import captures of a source from files, or from a web archive.

    Both take their place in time, and the changes around them follow. What is held already
    is not imported again. A file called "memento" is written ./memento.

    Example: reworded import page.html --source ice-factsheets --at 2018-01-03

    From a web archive: reworded import memento https://www.ice.gov/factsheets --source KEY
    """


@command.command("files")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--source",
    "key",
    shell_complete=options.source_keys,
    metavar="KEY",
    help="The source they are of.",
)
@click.option("--at", callback=parse_moment, metavar="TIME", help="When it was captured.")
@click.option("--url", help="The address that was captured; the source's own if left out.")
@click.pass_obj
def files_(
    path: Path, files: tuple[Path, ...], key: str | None, at: datetime | None, url: str | None
) -> int:
    """Import HTML, text, WARC, ARC and WACZ files; the word "files" may be left out.

    Without --at, an HTML or text file is dated by its own time of change. What `reworded
    export` wrote tells of which sources it is: without --source, the evidence of all that
    the configuration names is restored, visits and outcomes included; with it, that of
    one. Exits 1 when a file was damaged or unreadable, or visits were left out; what is
    whole is imported all the same.
    Example: reworded import page.html --source ice-factsheets --at 2018-01-03
    """
    from crawler.clock import SystemClock
    from crawler.config import load
    from crawler.counting import count_terms
    from crawler.restoring import sources_of
    from crawler.terminal import remark
    from snapshots.archive import Archive

    config = load(path)
    cap_bytes, now = config.crawler.max_payload_bytes, SystemClock().now()
    told = {f: sources_of(f, cap_bytes) for f in files if f.is_file() and not (at or url)}
    if key is None:
        if others := [str(f) for f in files if not told.get(f)]:
            raise click.UsageError(
                f"Missing option '--source'. Name what {', '.join(others)} is of; only what "
                "`reworded export` wrote tells that itself."
            )
        ours = files
    else:
        ours = tuple(f for f, sources in told.items() if sources and key in sources)
    rest = tuple(each for each in files if each not in ours)
    source = config.source(key) if key else None
    with Archive.to_write(config.archive) as archive:
        problems = _restore(archive, config, ours, key, now)
        if source and rest:
            problems += _import(archive, config, source, rest, at, url, now)
        count_terms(archive, config)
    for problem in problems:
        remark(f"reworded: {problem}")
    return int(bool(problems))


def _restore(
    archive: "Archive", config: "Config", files: tuple[Path, ...], key: str | None, now: datetime
) -> list[str]:
    """Restore what was exported, say what came of it, and return what is to be told of."""
    from crawler.restoring import restore
    from crawler.terminal import say
    from diffs.report.phrases import counted

    problems: list[str] = []
    for file in files:
        done = restore(archive, config, file, keys=(key,) if key else (), now=now)
        taken = ", ".join(counted(n, record) for record, n in done.taken.items() if n)
        held = f"{counted(done.held, 'visit')} held already"
        say(f"{file}: {taken or 'nothing'} restored, {held}; {counted(done.changes, 'change')}")
        problems += done.problems
        problems += [
            f"{file}: {counted(number, 'visit')} of {name!r} left out: "
            f"{config.path} has no such source"
            for name, number in sorted(done.left_out.items())
            if number
        ]
    return problems


def _import(
    archive: "Archive",
    config: "Config",
    source: "Source",
    files: tuple[Path, ...],
    at: datetime | None,
    url: str | None,
    now: datetime,
) -> list[str]:
    """Import captures of one source, say what came of it, and return what is to be told of."""
    from crawler.importing import import_files
    from crawler.running import told_again
    from crawler.terminal import remark, say
    from diffs.report.phrases import counted

    done = import_files(archive, config, source, files, at=at, url=url, now=now)
    if done.read_again:
        remark(f"{source.key}: {told_again(done.read_again)}")
    say(
        f"{source.key}: {counted(done.taken, 'capture')} imported, {done.held} held already, "
        f"{counted(done.others, 'record')} of other URLs skipped; "
        f"{counted(len(done.changes), 'change')}"
    )
    return list(done.problems)


@command.command("memento")
@click.argument("url")
@click.option("--source", "key", required=True, metavar="KEY", help="The source it is of.")
@click.option("--from", "since", callback=parse_moment, metavar="DATE", help="Only from then on.")
@click.option("--to", "until", callback=parse_end, metavar="DATE", help="Only up to then.")
@click.option("--every", metavar="INTERVAL", help="One capture an interval: 12h, 7d, 4w.")
@click.option("--archive", "index", metavar="ADDRESS", help="The web archive to ask.")
@click.pass_obj
def memento(
    path: Path,
    url: str,
    key: str,
    since: datetime | None,
    until: datetime | None,
    every: str | None,
    index: str | None,
) -> int:
    """Import what a web archive keeps of URL, as captures of a source.

    URL is the page's address, now or then, or that of a TimeMap. The archive is the Wayback
    Machine, unless [memento] archive or --archive names another by its CDX server, or by
    what goes before the address in a TimeMap's. Requests are at least 4 seconds apart
    ([memento] delay_s). Stop it when you like: the same command goes on where it was.

    Exits 1 when something could not be had, or more is to be had later.
    Example: reworded import memento https://www.ice.gov/factsheets --source ice-factsheets
    """
    from crawler.clock import SystemClock
    from crawler.config import load
    from crawler.counting import count_terms
    from crawler.memento.backfill import Span, import_mementos
    from crawler.memento.telling import interval, tell
    from snapshots.archive import Archive

    span = Span(since=since, until=until, every=interval(every) if every else None)
    config = load(path)
    source = config.source(key)
    with Archive.to_write(config.archive) as archive:
        clock = SystemClock()
        done = import_mementos(archive, config, source, url, span, index=index, clock=clock)
        count_terms(archive, config)
    return tell(key, done)
