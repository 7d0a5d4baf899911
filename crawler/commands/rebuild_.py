"""``reworded rebuild``: knowledge derived from evidence again, and what differs then."""

from pathlib import Path

import click

from crawler.commands.options import as_text_or_jsonl, sources


@click.command("rebuild")
@sources
@click.option("--errata", "is_dry", is_flag=True, help="Only list what differs, or differed.")
@as_text_or_jsonl
@click.pass_obj
def command(path: Path, sources: tuple[str, ...], is_dry: bool, form: str) -> None:
    """Derive all that is known of the sources from the evidence again.

    Changes that come out as before keep their numbers. Those that do not are errata: noted
    for good, listed, and never news. With --errata nothing is derived to stay: it lists the
    errata that are noted, and those that a rebuild would note now.
    Example: reworded rebuild --errata ice-factsheets
    """
    from crawler.clock import SystemClock
    from crawler.config import load
    from crawler.counting import count_terms
    from crawler.rebuilding import errata_now, rebuild_all
    from crawler.running import told_again
    from crawler.showing import show_errata
    from crawler.terminal import measured, remark
    from snapshots.archive import Archive

    config = load(path)
    chosen = config.chosen(sources)
    opened = Archive.to_read if is_dry else Archive.to_write
    with opened(config.archive) as archive:
        visits = sum(archive.evidence.count_readable(source.key) for source in chosen)
        with measured("reading history again", visits) as done:
            if is_dry:
                recorded = archive.errata.recorded(tuple(source.key for source in chosen))
                found = [*recorded, *errata_now(archive, chosen, done)]
                rebuilt = []
            else:
                rebuilt = list(rebuild_all(archive, chosen, SystemClock().now(), done))
                found = [erratum for each in rebuilt for erratum in each.again.errata]
                count_terms(archive, config)
    for each in rebuilt:
        remark(f"{each.source}: {told_again(each.again)}")
    show_errata(found, form)
    if not found:
        remark("no change that was told differs")
