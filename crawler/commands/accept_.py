"""``reworded accept``: take a quarantined visit for real, or the recipe that would read it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.commands import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snapshots.records import ChangeRecord


@click.command("accept")
@click.argument("key", metavar="SOURCE", shell_complete=options.source_keys)
@click.option("--mend", is_flag=True, help="Propose a recipe for the new layout; ask; take it.")
@click.option("--yes", is_flag=True, help="With --mend: take what is proposed without asking.")
@options.as_text_or_jsonl
@click.pass_obj
def command(path: Path, key: str, mend: bool, yes: bool, form: str) -> int:
    """Take a source's newest visit for real, though it was quarantined.

    For a page that was truly emptied, replaced or taken down, and for a list that truly
    lost its last pages. Look at the page first.

    With --mend, for a page that is still the same in another layout: a recipe is proposed that
    finds the known items again, old and new are shown side by side with what would be
    reported, and you are asked. The recipe is written into the configuration with the day from
    which it holds, and the visits since then are read with it. Exits 1 when it is declined.

    Example: reworded accept ice-factsheets
    """
    from crawler.config import load
    from crawler.running import told_again
    from crawler.terminal import remark
    from diffs.report.phrases import counted

    config = load(path)
    source = config.source(key)
    if mend:
        from crawler.asking_mend import mend as mended

        changes = mended(config, source, is_agreed=yes)
        return 1 if changes is None else _hand_on(path, changes, form)
    from crawler.accepting import accept

    done = accept(config, source)
    if done.read_again:
        remark(f"{key}: {told_again(done.read_again)}")
    remark(
        f"{key}: accepted as it was on {done.at:%Y-%m-%d %H:%M} UTC: "
        f"{counted(done.items, 'item')}, {counted(len(done.changes), 'change')}"
    )
    return _hand_on(path, done.changes, form)


def _hand_on(path: Path, changes: "Sequence[ChangeRecord]", form: str) -> int:
    """Show what a person settled, and send it; return 1 when somebody did not take it."""
    from crawler.config import load
    from crawler.showing import show_changes

    show_changes(changes, form)
    # Read anew: a recipe may have been written into it.
    config = load(path)
    if not config.notify:
        return 0
    from crawler.notifying import sent

    return int(not sent(config, changes))
