"""``reworded compact``: the same evidence in less room."""

from pathlib import Path

import click


@click.command("compact")
@click.argument("keys", nargs=-1, metavar="[SOURCE]...")
@click.pass_obj
def command(path: Path, keys: tuple[str, ...]) -> int:
    """Seal payloads that say nearly the same into blocks, pack headers, and shrink the file.

    Nothing is lost: a block is read back, and every digest checked, before what it replaces is
    dropped; headers, of all sources, likewise. A run does the same at its end, for a few seconds
    at most, when enough has gathered. It may be stopped at any moment, and others may read
    meanwhile.

    Example: reworded compact ice-factsheets
    """
    from crawler.compacting import compact
    from crawler.config import load

    return compact(load(path), keys)
