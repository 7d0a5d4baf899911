"""``reworded notify``: send what is pending to those who asked for it."""

from pathlib import Path

import click


@click.command("notify")
@click.argument("destinations", nargs=-1, metavar="[DESTINATION]...")
@click.option("--dry-run", is_flag=True, help="Show what would be sent, and send nothing.")
@click.option("--test", "is_test", is_flag=True, help="Send a message that tells no finding.")
@click.pass_obj
def command(path: Path, destinations: tuple[str, ...], dry_run: bool, is_test: bool) -> int:
    """Send the findings that [notify] asks for and that were not sent yet.

    `run` and `watch` do so by themselves; this sends at once what a digest would still gather,
    and again what was not taken. Exits 1 when something was not taken.
    Example: reworded notify --dry-run
    """
    import asyncio

    from crawler.clock import SystemClock
    from crawler.config import load
    from crawler.notifying import chosen, deliver, preview, test
    from crawler.terminal import remark
    from snapshots.archive import Archive

    config, clock = load(path), SystemClock()
    chosen(config, destinations)
    if is_test:
        return int(not test(config, destinations))
    if dry_run:
        with Archive.to_read(config.archive) as archive:
            preview(archive, config, destinations, clock.now())
        return 0
    with Archive.to_write(config.archive) as archive:
        is_well = asyncio.run(deliver(archive, config, clock, names=destinations, every=True))
    remark("all is sent" if is_well else "something was not sent")
    return int(not is_well)
