"""The talk around a new source: what was found, the question, and the first visit."""

import asyncio
import sys
from dataclasses import dataclass

import click

from crawler.adding import Proposal, leave_alone
from crawler.clock import SystemClock
from crawler.config import Config
from crawler.proposal_table import lines
from crawler.running import run
from crawler.terminal import has_colour, remark, say, width
from snapshots.errors import ConfigError


@dataclass(slots=True)
class Asking:
    """Shows a proposal, and asks about it unless that is agreed to already.

    ``proposal`` is what was shown.
    """

    is_agreed: bool
    proposal: Proposal | None = None

    def __call__(self, proposal: Proposal) -> bool:
        """Show what was found; return whether it is to be written.

        Raises:
            ConfigError: it is not agreed to, and nobody can be asked.
        """
        self.proposal = proposal
        say("\n".join(lines(proposal, width=width(), colour=has_colour())))
        if self.is_agreed:
            return True
        if not sys.stdin.isatty():
            raise ConfigError("nothing was written: nobody can be asked here; add it with --yes")
        return click.confirm(f"\nAdd it as {proposal.source.key}?", default=True, err=True)


def first_visit(config: Config | None, asking: Asking, *, is_wanted: bool) -> int:
    """Say what was written, make a source's first visit as ``run`` would; return the exit code."""
    if config is None or asking.proposal is None:
        remark("nothing was written")
        return 0
    source = asking.proposal.source
    remark(f"written: [source.{source.key}] in {config.path}")
    if not is_wanted:
        return 0
    clock = SystemClock()
    asyncio.run(leave_alone(asking.proposal, clock))
    return run(config, [source.key], clock=clock)
