"""``reworded import``: captures from files take their place in time."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.commands import options
from crawler.terminal import parse_moment

if TYPE_CHECKING:
    from crawler.config import Config, Source
    from snapshots.archive import Archive


@click.command("import")
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
def command(
    path: Path, files: tuple[Path, ...], key: str | None, at: datetime | None, url: str | None
) -> int:
    """Import HTML, text, WARC, ARC and WACZ files as captures of a source.

    Without --at, an HTML or text file is dated by its own time of change. What `reworded
    export` wrote tells of which sources it is: without --source, the evidence of all that
    the configuration names is restored, visits and outcomes included; with it, that of
    one. Exits 1 when a file was damaged or unreadable, or visits were left out; what is
    whole is imported all the same.
    Example: reworded import page.html --source ice-factsheets --at 2018-01-03
    """
    from crawler.clock import SystemClock
    from crawler.config import load
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
