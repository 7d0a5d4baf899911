"""``reworded search``: when and where a phrase came or went, and what holds it."""

from datetime import datetime
from pathlib import Path

import click

from crawler.commands import options


@click.command("search")
@click.argument("query")
@click.option("--removed", "is_removed", is_flag=True, help="Only changes that took it out.")
@click.option("--added", "is_added", is_flag=True, help="Only changes that put it in.")
@click.option("--ever", "is_ever", is_flag=True, help="Every item that ever held it, and when.")
@click.option("--source", "keys", multiple=True, metavar="KEY", help="Only in this source.")
@options.since
@options.until
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="So many at most; how many more there are is told.",
)
@options.as_text_or_jsonl
@click.pass_obj
def command(
    path: Path,
    query: str,
    is_removed: bool,
    is_added: bool,
    is_ever: bool,
    keys: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    limit: int,
    form: str,
) -> None:
    """Tell when and where a phrase came or went, and which items hold it now.

    Words are a phrase, in any case, accent and inflection; in double quotes they are just as
    they are spelled. Also: alien*, NEAR(asylum seeker, 5), and AND, OR, NOT with parentheses.
    Example: reworded search "asylum seeker" --removed
    """
    from crawler.config import load
    from crawler.searching import Sought, search
    from snapshots.archive import Archive

    config = load(path)
    sought = Sought(
        query=query,
        is_added=is_added,
        is_removed=is_removed,
        is_ever=is_ever,
        sources=tuple(config.source(key).key for key in keys),
        since=since,
        until=until,
        most=limit,
    )
    with Archive.to_read(config.archive) as archive:
        search(archive, sought, form)
