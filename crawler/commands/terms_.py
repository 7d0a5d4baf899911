"""``reworded terms``: phrases that became other phrases, and how often terms are used."""

from datetime import datetime
from pathlib import Path

import click

from crawler.commands import options


@click.command("terms")
@click.argument("terms", nargs=-1, metavar="[TERM]...")
@click.option(
    "--source",
    "keys",
    shell_complete=options.source_keys,
    multiple=True,
    metavar="KEY",
    help="Only in this source.",
)
@options.since
@options.until
@click.option("--trends", "is_trend", is_flag=True, help="Only how often each TERM is used.")
@click.option("--within", "is_within", is_flag=True, help="Count TERM in longer terms, too.")
@options.as_text_or_jsonl
@click.pass_obj
def command(
    path: Path,
    terms: tuple[str, ...],
    keys: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    is_trend: bool,
    is_within: bool,
    form: str,
) -> None:
    """List the phrases that became other phrases, the systematic first.

    Inflections and case are folded. With TERM, only those that hold it on either side, and
    then how often it is used at each good snapshot, in all items and in those that were
    there at both ends. JSON lines are of one shape: with --trends, of the uses.
    Example: reworded terms alien --trends
    """
    from crawler.config import load
    from crawler.showing import show_substitutions, show_trends
    from crawler.trending import trends_of
    from diffs.terms import count, holding
    from snapshots.archive import Archive
    from snapshots.errors import ConfigError

    if is_trend and not terms:
        raise ConfigError("--trends needs a TERM: write `reworded terms alien --trends`")
    config = load(path)
    chosen = tuple(config.source(key).key for key in keys)
    with Archive.to_read(config.archive) as archive:
        if not is_trend:
            found = archive.knowledge.substitutions(chosen)
            told = (s for s in found if _is_in(s.at, since, until))
            show_substitutions(holding(count(told), terms), form)
        if terms and (is_trend or form == "text"):
            sources = chosen or tuple(config.sources)
            show_trends(
                trends_of(
                    archive, config, terms, sources, since=since, until=until, is_within=is_within
                ),
                form,
            )


def _is_in(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at <= until)
