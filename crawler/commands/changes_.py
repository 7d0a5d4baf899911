"""``reworded changes``: what was found to have changed."""

from datetime import datetime
from pathlib import Path

import click

from crawler.commands import options


@click.command("changes")
@options.sources
@options.since
@options.until
@options.base
@click.option("--watched", "is_watched", is_flag=True, help="Only what touches a watched term.")
@click.option("--change", "number", type=int, metavar="NUMBER", help="Only the one so numbered.")
@options.as_text_or_jsonl
@click.pass_obj
def command(
    path: Path,
    sources: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    base: datetime | None,
    is_watched: bool,
    number: int | None,
    form: str,
) -> None:
    """Print the changes found so far, oldest first, with the watched terms that they touch.

    A change that was told and is withdrawn since is not among them; asked for by its number,
    it is told as such.

    Example: reworded changes ice-factsheets --since 2021-01-20 --format jsonl

    Against a fixed day: reworded changes --base 2025-01-19
    """
    from crawler.config import load
    from crawler.dates import from_base
    from crawler.errata_told import numbered, remark_on_withdrawn
    from crawler.lexicons import lexicon
    from crawler.showing import show_based, show_changes
    from snapshots.archive import Archive

    options.exclude_since(base, since)
    config = load(path)
    keys = tuple(config.source(key).key for key in sources)
    with Archive.to_read(config.archive) as archive:
        terms = lexicon(config.path, config.lexicon)
        if base:
            show_based(from_base(archive, config.chosen(keys), base, until), form)
            return
        found = archive.knowledge.changes(sources=keys, since=since, until=until)
        if number is not None:
            found = numbered(archive, found, number)
        else:
            remark_on_withdrawn(archive, keys)
        show_changes(found, form, terms, is_watched=is_watched)
