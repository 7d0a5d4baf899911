"""``reworded export``: what the archive holds, for other programs."""

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any

import click

from crawler.commands import options
from crawler.terminal import parse_end, parse_moment

output = click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write."
)
OF_VIEW = (
    click.argument("view"),
    click.option("--source", "keys", multiple=True, metavar="KEY", help="Only of this source."),
    click.option("--since", callback=parse_moment, metavar="DATE", help="From then on."),
    click.option("--until", callback=parse_end, metavar="DATE", help="Up to then."),
    output,
)


def of_view(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what says which rows of which table are written, and where to."""
    return reduce(lambda inner, option: option(inner), reversed(OF_VIEW), command)


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
    _write_records(path, sources, output, "warc")


@command.command("wacz")
@options.sources
@output
@click.pass_obj
def wacz(path: Path, sources: tuple[str, ...], output: Path) -> None:
    """Write the same as WACZ, which opens in ReplayWeb.page.

    Example: reworded export wacz ice-factsheets -o ice.wacz
    """
    _write_records(path, sources, output, "wacz")


def _write_records(path: Path, sources: tuple[str, ...], output: Path, form: str) -> None:
    from crawler.config import load
    from crawler.exporting import export
    from crawler.terminal import remark
    from diffs.report.phrases import counted
    from snapshots.archive import Archive

    with Archive.to_read(load(path).archive) as archive:
        done = export(archive, sources, output, form)
    told = ", ".join(counted(count, record) for record, count in done.counts.items())
    remark(f"written: {output} ({told})")
    if done.thinned:
        remark(
            f"{counted(done.thinned, 'capture')} told without bytes, which a rule of retention let "
            "go: with headers, time and digest; docs/retention.md tells what that still proves"
        )


@command.command("csv")
@of_view
@click.pass_obj
def csv(path: Path, /, **asked: Any) -> None:
    """Write a table or view as CSV, by whose columns docs/schema.md tells.

    A text that a spreadsheet would take for a formula, as it begins with = + - @, a tab or a
    return, gets an apostrophe before it. NULL is an empty cell; bytes are in base64.
    Example: reworded export csv item_history --source ice-factsheets -o wordings.csv
    """
    _write_table(path, form="csv", **asked)


@command.command("jsonl")
@of_view
@click.pass_obj
def jsonl(path: Path, /, **asked: Any) -> None:
    """Write a table or view as JSON lines: an object a row, its texts as they are.

    Bytes are in base64. Example: reworded export jsonl visits --since 2025-01-20 -o visits.jsonl
    """
    _write_table(path, form="jsonl", **asked)


@command.command("parquet")
@of_view
@click.pass_obj
def parquet(path: Path, /, **asked: Any) -> None:
    """Write a table or view as Parquet, its texts and bytes as they are.

    Needs pyarrow: pip install 'reworded[parquet]'.
    Example: reworded export parquet term_counts -o terms.parquet
    """
    _write_table(path, form="parquet", **asked)


def _write_table(
    path: Path,
    view: str,
    keys: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    output: Path,
    form: str,
) -> None:
    from crawler.config import load
    from crawler.tables import write_table
    from crawler.terminal import remark
    from diffs.report.phrases import counted
    from snapshots.archive import Archive

    config = load(path)
    sources = tuple(config.source(key).key for key in keys)
    with Archive.to_read(config.archive) as archive:
        table = archive.tables.rows(view, sources=sources, since=since, until=until)
        rows = write_table(table, output, form)
    remark(f"written: {output} ({counted(rows, 'row')})")
