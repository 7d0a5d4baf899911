"""``reworded init``: a commented config.toml to begin with."""

from pathlib import Path

import click

from crawler.commands import options


@click.command("init")
@click.argument("target", metavar="[URL|FILE]", required=False)
@options.wishes
@click.pass_obj
def command(
    path: Path, /, target: str | None, no_visit: bool, yes: bool, **wishes: str | None
) -> int:
    """Write a commented configuration; with a page's address, one that follows that page.

    Without an address it follows DHS and ICE. With one, the page is looked at, shown and added as
    by `reworded add`, whose options these are. An existing file is never overwritten.
    Example: reworded init https://www.ice.gov/factsheets
    """
    if target is None:
        return _write_starter(path, is_plain=not any((*wishes.values(), no_visit, yes)))
    from crawler.adding import Wishes, begin
    from crawler.asking import Asking, first_visit
    from crawler.terminal import remark

    asking = Asking(is_agreed=yes)
    config = begin(path, starter().partition("\n[source.")[0], target, Wishes(**wishes), asking)
    code = first_visit(config, asking, is_wanted=not no_visit)
    if config is not None and not config.crawler.contact:
        remark(f"Put your address in [crawler] contact of {path}")
    return code


def starter() -> str:
    """Return the configuration that comes with the program."""
    return (Path(__file__).parents[1] / "starter.toml").read_text("utf-8")


def _write_starter(path: Path, *, is_plain: bool) -> int:
    from crawler.terminal import remark
    from snapshots.errors import ConfigError

    if not is_plain:
        raise ConfigError("name the page to add: reworded init URL")
    if path.exists():
        raise ConfigError(f"{path}: is there already, and is left as it is")
    try:
        path.write_text(starter(), "utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
    remark(f"written: {path}\nPut your address in [crawler] contact; then: reworded run")
    return 0
