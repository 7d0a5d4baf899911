"""``reworded evidence``: what one change rests on, in one file that others can check."""

from pathlib import Path

import click


@click.command("evidence")
@click.argument("change", type=int)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write."
)
@click.pass_obj
def command(path: Path, change: int, output: Path) -> None:
    """Write what one change rests on: both sides as they were sent, and how to check them.

    CHANGE is its number in `reworded changes`. The file is a ZIP with a page to read it by,
    which sha256sum alone confirms; it is a WACZ as well, and opens in ReplayWeb.page.
    Example: reworded evidence 7 -o change-7.wacz
    """
    from crawler.bundle import write_bundle
    from crawler.config import load
    from crawler.terminal import remark
    from snapshots.archive import Archive

    config = load(path)
    with Archive.to_read(config.archive) as archive:
        write_bundle(archive, config, change, output)
    remark(f"written: {output}")
