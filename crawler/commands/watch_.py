"""``reworded watch``: visit each source on its schedule until stopped."""

from pathlib import Path

import click

from crawler.commands.options import as_text_or_jsonl


@click.command("watch")
@as_text_or_jsonl
@click.pass_obj
def command(path: Path, form: str) -> int:
    """Visit each source on its schedule until stopped; print what `run` prints.

    What is overdue is visited at once. SIGTERM or Ctrl-C stops it, SIGHUP makes it read the
    configuration again. The archive is taken while visits are under way only, so that `run` or
    `import` can work in between. Exits 0 when it was stopped.
    Example: reworded watch --format jsonl >> changes.jsonl
    """
    from crawler.watching import watch

    return watch(path, form)
