"""``reworded verify``: every payload read and hashed again."""

from pathlib import Path

import click


@click.command("verify")
@click.pass_obj
def command(path: Path) -> int:
    """Read every payload again, check its digest and the chain of captures.

    Exits 3 when anything is not as it was written. Example: reworded verify
    """
    from crawler.config import load
    from crawler.terminal import remark, say, tracked
    from snapshots.archive import Archive

    with Archive.to_read(load(path).archive) as archive:
        problems = list(tracked(archive.problems(), "verifying"))
        visits, captures, payloads = archive.evidence.counts()
        thinned = archive.thinnings.count()
        head = archive.evidence.chain_head()
    for problem in problems:
        remark(f"reworded: {problem}")
    verdict = (
        f"{len(problems)} problems" if problems else "every payload and the chain of captures agree"
    )
    rule = f" ({thinned} of them thinned by rule: their digests only)" if thinned else ""
    held = f"{payloads} payloads{rule}, {captures} captures, {visits} visits"
    say(f"{held}: {verdict}; chain head {head}")
    return 3 if problems else 0
