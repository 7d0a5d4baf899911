"""``reworded changes``: what was found to have changed."""

from datetime import datetime
from pathlib import Path

import click

from crawler.commands import options


@click.command("changes")
@options.sources
@options.since
@options.until
@click.option("--watched", "is_watched", is_flag=True, help="Only what touches a watched term.")
@options.as_text_or_jsonl
@click.pass_obj
def command(
    path: Path,
    sources: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    is_watched: bool,
    form: str,
) -> None:
    """Print the changes found so far, oldest first, with the watched terms that they touch.

    Example: reworded changes ice-factsheets --since 2021-01-20 --format jsonl
    """
    from crawler.config import load
    from crawler.lexicons import lexicon
    from crawler.showing import show_changes
    from snapshots.archive import Archive

    config = load(path)
    keys = tuple(config.source(key).key for key in sources)
    with Archive.to_read(config.archive) as archive:
        found = archive.knowledge.changes(sources=keys, since=since, until=until)
        show_changes(found, form, lexicon(config.path, config.lexicon), is_watched=is_watched)
