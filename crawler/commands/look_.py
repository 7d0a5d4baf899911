"""``reworded look``: what would be read of a file or a page, without keeping it."""

from datetime import datetime
from pathlib import Path

import click

from crawler.commands import options
from crawler.terminal import parse_moment


@click.command("look")
@click.argument("target", metavar="FILE|URL")
@click.option(
    "--source",
    "key",
    shell_complete=options.source_keys,
    metavar="KEY",
    help="Read it with this source's recipe.",
)
@click.option("--read", "read_as", type=click.Choice(["listing", "page"]), help="Read it as this.")
@click.option("--at", callback=parse_moment, metavar="TIME", help="With the recipe of that time.")
@options.as_text_or_jsonl
@click.pass_obj
def command(
    path: Path, target: str, key: str | None, read_as: str | None, at: datetime | None, form: str
) -> int:
    """Show the items that would be read of a file or a URL. Nothing is stored.

    Exits 1 when nothing is found. Example: reworded look page.html --source ice-factsheets
    """
    from crawler.looking import look
    from crawler.showing import show_items
    from crawler.terminal import remark

    read, items = look(path, target, key, read_as, at)
    show_items(items, form)
    remark(f"{target}: {len(items)} items, read as a {read}")
    return int(not items)
