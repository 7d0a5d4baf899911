"""``reworded accept``: take a quarantined visit for real."""

from pathlib import Path

import click

from crawler.commands import options


@click.command("accept")
@click.argument("key", metavar="SOURCE", shell_complete=options.source_keys)
@options.as_text_or_jsonl
@click.pass_obj
def command(path: Path, key: str, form: str) -> None:
    """Take a source's newest visit for real, though it was quarantined.

    For a page that was truly emptied, replaced or taken down, and for a list that truly
    lost its last pages. Look at the page first. Example: reworded accept ice-factsheets
    """
    from crawler.accepting import accept
    from crawler.config import load
    from crawler.running import told_again
    from crawler.showing import show_changes
    from crawler.terminal import remark
    from diffs.report.phrases import counted

    config = load(path)
    done = accept(config, config.source(key))
    if done.read_again:
        remark(f"{key}: {told_again(done.read_again)}")
    remark(
        f"{key}: accepted as it was on {done.at:%Y-%m-%d %H:%M} UTC: "
        f"{counted(done.items, 'item')}, {counted(len(done.changes), 'change')}"
    )
    show_changes(done.changes, form)
