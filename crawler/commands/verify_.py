"""``reworded verify``: every payload read and hashed again."""

from pathlib import Path

import click


@click.command("verify")
@click.pass_obj
def command(path: Path) -> int:
    """Read every payload again, check its digest and the chain of records.

    Exits 3 when anything is not as it was written. Example: reworded verify
    """
    from crawler.config import load
    from crawler.terminal import remark, say, tracked
    from diffs.report.phrases import chain_head
    from snapshots.archive import Archive

    with Archive.to_read(load(path).archive) as archive:
        problems = list(tracked(archive.problems(), "verifying"))
        visits, captures, payloads = archive.evidence.counts()
        head = archive.evidence.chain.newest()
    for problem in problems:
        remark(f"reworded: {problem}")
    agreed = "every payload and every link of the chain agree"
    verdict = f"{len(problems)} problems" if problems else agreed
    counted = f"{payloads} payloads, {captures} captures, {visits} visits"
    say(f"{counted}: {verdict}; {chain_head(head)}")
    return 3 if problems else 0
