"""``reworded import-config``: what another program watches, taken over."""

from pathlib import Path

import click


@click.command("import-config")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", "is_dry", is_flag=True, help="Show what would be added; write nothing.")
@click.pass_obj
def command(path: Path, files: tuple[Path, ...], is_dry: bool) -> int:
    """Add what urlwatch, webchanges or changedetection.io watch to the configuration.

    FILES are job lists (urls.yaml, jobs.yaml), backups or exports of changedetection.io (.zip,
    .json), or lists of addresses. For each job it is said what could not be carried over; cookies,
    passwords and keys never are. What is followed already stays as it is.

    Exits 1 when a job could not be taken. Example: reworded import-config urls.yaml --dry-run
    """
    from crawler.carried_table import lines, summary
    from crawler.importing_config import import_config
    from crawler.terminal import remark, say, width

    carried = import_config(path, files, is_dry=is_dry)
    say("\n".join(lines(carried, width=width())))
    remark(summary(carried, is_dry=is_dry))
    return int(any(each.is_refused for each in carried))
