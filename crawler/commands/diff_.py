"""``reworded diff``: any two dates of a source compared."""

from datetime import datetime
from pathlib import Path

import click

from crawler.commands import options
from crawler.terminal import parse_end, parse_moment, remark


@click.command("diff")
@click.argument("key", metavar="SOURCE", shell_complete=options.source_keys)
@click.option("--from", "old", required=True, callback=parse_moment, metavar="DATE")
@click.option("--to", "new", callback=parse_end, metavar="DATE", help="The newest if left out.")
@options.as_text_or_jsonl
@click.pass_obj
def command(path: Path, key: str, old: datetime, new: datetime | None, form: str) -> None:
    """Compare what a source said at two dates, whatever happened between.

    The snapshots in force then are compared, and named.
    Where an item changed more than once, the first wording is told against the last.

    Example: reworded diff ice-factsheets --from 2021-01-19 --to 2021-06-01
    """
    from crawler.config import load
    from crawler.dates import between
    from crawler.lexicons import lexicon
    from crawler.showing import show_changes
    from snapshots.archive import Archive

    config = load(path)
    source = config.source(key)
    with Archive.to_read(config.archive) as archive:
        compared = between(archive, source, old, new)
        remark(compared.sides())
        show_changes(compared.records, form, lexicon(config.path, config.lexicon))
