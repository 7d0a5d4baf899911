"""``reworded run``: visit what is due, print what changed."""

from pathlib import Path

import click

from crawler.commands import options


@click.command("run")
@click.argument("keys", nargs=-1, metavar="[SOURCE]...", shell_complete=options.source_keys)
@click.option("--all", "every", is_flag=True, help="Visit every source, due or not.")
@options.as_text_or_jsonl
@click.pass_obj
def command(path: Path, keys: tuple[str, ...], every: bool, form: str) -> int:
    """Visit the sources that are due, or those named; print what changed.

    Made for cron, and safe to start every minute: while another process writes to the archive
    it does nothing and exits 0, unless sources are named, or --all; then it exits 3. A source
    that could not be seen is due again after 15 minutes, then 30, and so on, up to its schedule.

    Exits 1 when a source could not be seen. Example: reworded run ice-factsheets
    """
    from crawler.config import load
    from crawler.running import run

    return run(load(path), keys, every=every, form=form)
