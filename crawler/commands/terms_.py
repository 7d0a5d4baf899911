"""``reworded terms``: phrases that became other phrases."""

from pathlib import Path

import click

from crawler.commands.options import as_text_or_jsonl


@click.command("terms")
@click.argument("terms", nargs=-1, metavar="[TERM]...")
@click.option("--source", "keys", multiple=True, metavar="KEY", help="Only in this source.")
@as_text_or_jsonl
@click.pass_obj
def command(path: Path, terms: tuple[str, ...], keys: tuple[str, ...], form: str) -> None:
    """List the phrases that became other phrases, the most general first.

    Inflections and case are folded. With TERM, only those that hold it on either side.
    Example: reworded terms alien
    """
    from crawler.config import load
    from crawler.showing import show_substitutions
    from diffs.terms import count, holding
    from snapshots.archive import Archive

    config = load(path)
    chosen = tuple(config.source(key).key for key in keys)
    with Archive.to_read(config.archive) as archive:
        counts = count(archive.knowledge.substitutions(chosen))
    show_substitutions(holding(counts, terms), form)
