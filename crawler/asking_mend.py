"""The talk around a layout that changed: both recipes side by side, and the question."""

import sys

import click

from crawler.clock import Clock
from crawler.config import Config, Source
from crawler.redesign import Redesign, redesign, take
from crawler.redesign_table import lines
from crawler.terminal import remark, width
from diffs.report.phrases import counted
from snapshots.errors import ConfigError
from snapshots.records import ChangeRecord


def mend(
    config: Config, source: Source, *, is_agreed: bool, clock: Clock | None = None
) -> tuple[ChangeRecord, ...] | None:
    """Show the recipe that would read a quarantined source, and take it if that is agreed to.

    Returns what is news, or None when it is declined; then nothing is written.

    Raises:
        ConfigError: there is nothing to mend, or nobody can be asked.
    """
    found = redesign(config, source, clock)
    remark("\n".join(lines(found, width=width())))
    if not (is_agreed or _is_agreed_to(found)):
        remark("nothing was written")
        return None
    changes = take(config, found, clock)
    remark(
        f"\n{source.key}: a recipe from {found.recipe.since} is written in {config.path}; "
        f"{counted(len(changes), 'change')}; a `reworded watch` that is running reads it on SIGHUP"
    )
    return changes


def _is_agreed_to(found: Redesign) -> bool:
    if not sys.stdin.isatty():
        raise ConfigError("nothing was written: nobody can be asked here; take it with --yes")
    return click.confirm(f"\nRead {found.source.key} so from now on?", default=False, err=True)
