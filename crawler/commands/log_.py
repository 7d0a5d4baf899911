"""``reworded log``: every wording of an item, with its interval."""

from pathlib import Path

import click

from crawler.commands import options


@click.command("log")
@click.argument("item")
@click.option(
    "--source",
    "key",
    shell_complete=options.source_keys,
    metavar="KEY",
    help="Look in this source only.",
)
@options.as_text_or_jsonl
@click.pass_obj
def command(path: Path, item: str, key: str | None, form: str) -> None:
    """Tell an item's story: every wording, and the interval in which it stood.

    ITEM is a key, a URL, or a part of a title or text.
    Example: reworded log "detention standards"
    """
    from crawler.config import load
    from crawler.story import tell
    from snapshots.archive import Archive

    config = load(path)
    if key:
        config.source(key)
    with Archive.to_read(config.archive) as archive:
        tell(archive, item, key, form)
