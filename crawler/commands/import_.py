"""``reworded import``: captures from files take their place in time."""

from datetime import datetime
from pathlib import Path

import click

from crawler.terminal import parse_moment


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", "key", required=True, metavar="KEY", help="The source they are of.")
@click.option("--at", callback=parse_moment, metavar="TIME", help="When it was captured.")
@click.option("--url", help="The address that was captured; the source's own if left out.")
@click.pass_obj
def command(
    path: Path, files: tuple[Path, ...], key: str, at: datetime | None, url: str | None
) -> int:
    """Import HTML, text, WARC and ARC files as captures of a source.

    Without --at, an HTML or text file is dated by its own time of change. Exits 1
    when a file was damaged or unreadable; what is whole is imported all the same.
    Example: reworded import page.html --source ice-factsheets --at 2018-01-03
    """
    from crawler.clock import SystemClock
    from crawler.config import load
    from crawler.counting import count_terms
    from crawler.importing import import_files
    from crawler.terminal import remark, say
    from diffs.report.phrases import counted
    from snapshots.archive import Archive

    config = load(path)
    source = config.source(key)
    with Archive.to_write(config.archive) as archive:
        done = import_files(archive, config, source, files, at=at, url=url, now=SystemClock().now())
        count_terms(archive, config)
    for problem in done.problems:
        remark(f"reworded: {problem}")
    say(
        f"{key}: {counted(done.taken, 'capture')} imported, {done.held} held already, "
        f"{counted(done.others, 'record')} of other URLs skipped; "
        f"{counted(len(done.changes), 'change')}"
    )
    return int(bool(done.problems))
