"""``reworded report``: what was looked at and what changed, to be read and quoted."""

from datetime import datetime
from pathlib import Path

import click

from crawler.commands import options

FORMS = {
    ".html": "html",
    ".htm": "html",
    ".md": "md",
    ".txt": "text",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".atom": "atom",
    ".xml": "atom",
    ".eml": "email",
}


@click.command("report")
@options.sources
@options.since
@options.until
@options.base
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "md", "text", "jsonl", "csv", "atom", "edgi", "email"]),
    help="By the file's ending if left out; text on the screen.",
)
@click.option("--url", help="Where a feed will stand: its link to itself.")
@click.pass_obj
def command(
    path: Path,
    sources: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    base: datetime | None,
    output: Path | None,
    form: str | None,
    url: str | None,
) -> None:
    """Write a report: what was looked at and when, and every change with its evidence.

    Example: reworded report -o report.html --since 2021-01-20

    Against a fixed day: reworded report -o report.html --base 2025-01-19

    For analysts to fill in: reworded report -o sheet.csv --format edgi
    """
    from crawler.config import load
    from crawler.reporting import compiled, rendered, write
    from crawler.terminal import working
    from snapshots.archive import Archive

    options.exclude_since(base, since)
    config = load(path)
    form = form or (FORMS.get(output.suffix.lower(), "text") if output else "text")
    with working() as now:
        with Archive.to_read(config.archive) as archive:
            report = compiled(archive, config, sources, since, until, base=base, now=now)
        now("writing the report")
        told = rendered(report, form, to_screen=output is None, url=url)
    write(told, output)
