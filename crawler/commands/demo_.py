"""``reworded demo``: the main job, played against an invented agency."""

from pathlib import Path

import click


@click.command("demo")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="The folder for the archive and the report.",
)
def command(output: Path) -> int:
    """Play eleven editions of an invented agency's site, and tell what was found.

    Example: reworded demo -o /tmp/demo
    """
    from crawler.demo.play import play

    return play(output)
