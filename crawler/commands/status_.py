"""``reworded status``: whether the silence of sources can be trusted."""

from pathlib import Path

import click

from crawler.commands import options


@click.command("status")
@options.sources
@options.as_text_or_jsonl
@click.pass_obj
def command(path: Path, sources: tuple[str, ...], form: str) -> int:
    """Tell when each source was last seen, what is overdue, and since when it is blind.

    Exits 1 when a source is overdue: it was not seen well by the second time of its schedule
    after its last good visit, nor within an hour of the first; or when findings could not be sent.
    Example: reworded status || mail -s "Reworded is blind" me@example.org
    """
    from crawler.clock import SystemClock
    from crawler.config import load
    from crawler.reporting import statuses
    from crawler.showing import show_statuses
    from crawler.terminal import remark, say
    from diffs.report.phrases import chain_head
    from snapshots.archive import Archive

    config = load(path)
    chosen = config.chosen(sources)
    now = SystemClock().now()
    with Archive.to_read(config.archive) as archive:
        found = list(statuses(archive, chosen, now))
        head = archive.evidence.chain.newest()
        unsent = []
        if config.notify:
            from crawler.notifying import undelivered

            unsent = list(undelivered(archive, config))
    show_statuses(found, now, form)
    if form == "text":
        say(f"\n{chain_head(head)}")
    for line in unsent:
        remark(f"reworded: {line}")
    return int(bool(unsent) or any(status.is_overdue for status in found))
