"""``reworded serve``: the archive to be read in a browser."""

from pathlib import Path

import click


@click.command("serve")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to be reached at; any other than this computer's own lets others read.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="0 takes a free one.",
)
@click.option(
    "--analyst",
    metavar="NAME",
    help="Let notes be written on findings, under this name. Otherwise nothing can be written.",
)
@click.pass_obj
def command(path: Path, host: str, port: int, analyst: str | None) -> None:
    """Open the reading room: sources, findings, stories and captures, in a browser.

    Read-only, and on this computer only unless --host says otherwise. Every page is also
    JSON, under its address with .json. Needs Datasette: pip install 'reworded[serve]'.
    Example: reworded serve --analyst "Ada Byron"
    """
    from crawler.config import load
    from crawler.room.room import Room
    from crawler.room.server import serve

    serve(Room.of(load(path), analyst), host, port)
