"""``reworded doctor``: what is wrong around the program, and what to do."""

from pathlib import Path

import click

from crawler.commands import options


@click.command("doctor")
@options.as_text_or_jsonl
@click.pass_obj
def command(path: Path, form: str) -> int:
    """Look at configuration, archive, clock, disk and permissions; say what to do.

    Changes nothing. Exits 1 when something is to be seen to, 2 when the configuration cannot be
    used, 3 when the archive cannot. Example: reworded doctor
    """
    from crawler.clock import SystemClock
    from crawler.doctor import diagnose
    from crawler.showing import show_findings

    found = diagnose(path, SystemClock().now())
    show_findings(found.findings, form)
    return found.code
