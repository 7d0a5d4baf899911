"""``reworded changes``: what was found to have changed."""

from datetime import datetime
from pathlib import Path

import click

from crawler.commands import options


@click.command("changes")
@options.sources
@options.since
@options.until
@options.as_text_or_jsonl
@click.pass_obj
def command(
    path: Path, sources: tuple[str, ...], since: datetime | None, until: datetime | None, form: str
) -> None:
    """Print the changes found so far, oldest first.

    Example: reworded changes ice-factsheets --since 2021-01-20 --format jsonl
    """
    from crawler.config import load
    from crawler.showing import show_changes
    from snapshots.archive import Archive

    config = load(path)
    keys = tuple(config.source(key).key for key in sources)
    with Archive.to_read(config.archive) as archive:
        show_changes(archive.knowledge.changes(sources=keys, since=since, until=until), form)
