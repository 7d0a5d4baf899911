"""``reworded retention``: bytes of unchanged visits go by rule; dry unless told otherwise."""

from pathlib import Path

import click

from crawler.commands.options import as_text_or_jsonl, sources


@click.command("retention")
@sources
@click.option(
    "--keep-days",
    type=click.IntRange(min=1),
    metavar="DAYS",
    help="Keep all bytes so long, whatever the configuration says.",
)
@click.option("--yes", "is_meant", is_flag=True, help="Let the bytes go, instead of only listing.")
@as_text_or_jsonl
@click.pass_obj
def command(
    path: Path, sources: tuple[str, ...], keep_days: int | None, is_meant: bool, form: str
) -> None:
    """List which bytes may go by the rule in [retention], and what they can no longer prove.

    Bytes go only with --yes, and only those of visits that changed nothing. Visits, captures,
    digests, times and headers stay, and so does all that is known, which is proved by deriving
    it again before anything goes. It cannot be undone.
    Example: reworded retention --keep-days 730
    """
    from crawler.clock import SystemClock
    from crawler.config import load
    from crawler.retention import plan, thin
    from crawler.retention_rule import chosen_rule
    from crawler.showing import show_plan
    from crawler.terminal import remark, tracked
    from snapshots.archive import Archive

    config = load(path)
    chosen = config.chosen(sources)
    rule = chosen_rule(config.retention, keep_days)
    now = SystemClock().now()
    opened = Archive.to_write if is_meant else Archive.to_read
    with opened(config.archive) as archive:
        for source in tracked(chosen, "reading history"):
            planned = plan(archive, source, rule, now)
            if is_meant and planned.digests:
                thin(archive, source, planned, now)
            show_plan(planned, form, is_done=is_meant)
    if not is_meant:
        remark("nothing was thinned; `reworded retention --yes` lets the bytes go, for good")
