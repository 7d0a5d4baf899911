"""Options that several commands share."""

from collections.abc import Callable
from datetime import datetime

import click

from crawler.terminal import parse_end, parse_moment
from snapshots.errors import ConfigError

as_text_or_jsonl = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="For people, or one JSON object a line.",
)
since = click.option(
    "--since", callback=parse_moment, metavar="DATE", help="Only what was found from then on."
)
until = click.option(
    "--until", callback=parse_end, metavar="DATE", help="Only what was found up to then."
)
base = click.option(
    "--base",
    callback=parse_end,
    metavar="DATE",
    help="What differs from the snapshots in force then, whatever happened since.",
)


def source_keys(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Return the sources whose keys begin so, for a shell to complete.

    Reads no more of the configuration than it must: of a broken one, nothing is completed.
    """
    import tomllib

    try:
        told = tomllib.loads(context.find_root().params["config"].read_text("utf-8"))
        return sorted(key for key in told["source"] if key.startswith(begun))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


sources = click.argument("sources", nargs=-1, metavar="[SOURCE]...", shell_complete=source_keys)


def exclude_since(base: datetime | None, since: datetime | None) -> None:
    """Refuse a base and a period together.

    Raises:
        ConfigError: both are given.
    """
    if base and since:
        raise ConfigError("--base compares two dates and --since bounds what was found; give one")


def wishes(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command that adds a source what a person may wish of it."""
    for option in reversed(_WISHES):
        command = option(command)
    return command


_WISHES = (
    click.option("--key", help="The source's name on the command line; suggested if left out."),
    click.option("--title", help="What reports call it; the page's own name if left out."),
    click.option("--schedule", help="How often to visit it: daily, every 6 hours, …"),
    click.option("--url", help="Where a file is from, if it does not say so itself."),
    click.option("--yes", is_flag=True, help="Add it without asking."),
    click.option("--no-visit", is_flag=True, help="Do not visit it yet."),
)
