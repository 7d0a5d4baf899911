"""``reworded init``: a commented config.toml to begin with."""

from pathlib import Path

import click


@click.command("init")
@click.pass_obj
def command(path: Path) -> None:
    """Write a commented configuration, ready to run, that follows DHS and ICE.

    An existing file is never overwritten. Example: reworded --config my.toml init
    """
    from crawler.terminal import remark
    from snapshots.errors import ConfigError

    if path.exists():
        raise ConfigError(f"{path}: is there already, and is left as it is")
    starter = Path(__file__).parents[1] / "starter.toml"
    try:
        path.write_text(starter.read_text("utf-8"), "utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
    remark(f"written: {path}\nPut your address in [crawler] contact; then: reworded run")
