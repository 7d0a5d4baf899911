"""``reworded export``: what the archive holds, for other programs."""

from pathlib import Path

import click

from crawler.commands import options

output = click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write."
)


@click.group("export")
def command() -> None:
    """Write what the archive holds for other programs.

    Example: reworded export wacz ice-factsheets -o ice.wacz
    """


@command.command("warc")
@options.sources
@output
@click.pass_obj
def warc(path: Path, sources: tuple[str, ...], output: Path) -> None:
    """Write what was seen of some sources, or of all, as WARC 1.1; zipped if it ends in .gz.

    Every capture and probe with its headers, and after each what WARC has no field for:
    the visits, their outcomes, the chain. Imported again, that gives equal evidence.
    Example: reworded export warc -o archive.warc.gz
    """
    _write(path, sources, output, "warc")


@command.command("wacz")
@options.sources
@output
@click.pass_obj
def wacz(path: Path, sources: tuple[str, ...], output: Path) -> None:
    """Write the same as WACZ, which opens in ReplayWeb.page.

    Example: reworded export wacz ice-factsheets -o ice.wacz
    """
    _write(path, sources, output, "wacz")


def _write(path: Path, sources: tuple[str, ...], output: Path, form: str) -> None:
    from crawler.config import load
    from crawler.exporting import export
    from crawler.terminal import remark
    from diffs.report.phrases import counted
    from snapshots.archive import Archive

    with Archive.to_read(load(path).archive) as archive:
        done = export(archive, sources, output, form)
    told = ", ".join(counted(count, record) for record, count in done.counts.items())
    remark(f"written: {output} ({told})")
