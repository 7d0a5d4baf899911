"""The command line: finds the command, runs it, and turns errors into exit codes."""

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

import click

from crawler import __version__
from snapshots.errors import ArchiveError, ConfigError, RewordedError

DONE, UNSEEN, WRONG_USAGE, NO_ARCHIVE, INTERRUPTED = 0, 1, 2, 3, 130
COMMANDS = (
    "init",
    "add",
    "import-config",
    "look",
    "run",
    "accept",
    "watch",
    "status",
    "import",
    "export",
    "changes",
    "diff",
    "log",
    "terms",
    "search",
    "lexicon",
    "report",
    "serve",
    "recipe",
    "rebuild",
    "retention",
    "evidence",
    "notify",
    "verify",
    "doctor",
    "compact",
    "demo",
)
# Those whose results may be longer than a screen.
PAGED = ("status", "changes", "diff", "log", "terms", "report")
EPILOG = (
    "Exit codes: 0 done; 1 something could not be seen, read or sent, or is overdue; 2 wrong usage "
    "or configuration; 3 the archive cannot be used; 130 interrupted."
)


class Commands(click.Group):
    """Loads a command's module when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the commands in the order of the work."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command, or None when there is none of that name."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(
            f"crawler.commands.{name.replace('-', '_')}_"
        ).command
        return command


@click.group(cls=Commands, epilog=EPILOG)
@click.version_option(__version__, prog_name="reworded")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.toml"),
    show_default=True,
    help="The configuration to use.",
)
@click.option("--no-pager", "is_plain", is_flag=True, help="Never show long results in a pager.")
@click.pass_context
def cli(context: click.Context, config: Path, is_plain: bool) -> None:
    """Track what government publication pages say, and what they no longer say.

    Example: reworded run && reworded changes
    """
    context.obj = config
    if context.invoked_subcommand in PAGED and not is_plain and sys.stdout.isatty():
        from crawler.pager import paged

        context.with_resource(paged())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(arguments, prog_name="reworded", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return WRONG_USAGE
    except (click.Abort, KeyboardInterrupt):
        return _told("stopped; every visit that was completed is kept", INTERRUPTED)
    except ConfigError as error:
        return _told(str(error), WRONG_USAGE)
    except ArchiveError as error:
        return _told(str(error), NO_ARCHIVE)
    except RewordedError as error:
        return _told(str(error), UNSEEN)
    except BrokenPipeError:
        # Whoever was reading has read enough; Python must not complain at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return code if isinstance(code, int) else DONE


def _told(message: str, code: int) -> int:
    click.echo(f"reworded: {message}", err=True)
    return code


def collect_rarely() -> None:
    """Look for garbage seldom: comparing makes many values at once, and next to no cycles."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def run() -> None:
    """Be the ``reworded`` command."""
    collect_rarely()
    code = main()
    # All goes with the process: what is frozen is not looked through once more at its end.
    gc.freeze()
    sys.exit(code)
