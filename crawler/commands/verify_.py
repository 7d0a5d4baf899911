"""``reworded verify``: every payload and every record read and hashed again."""

from pathlib import Path

import click


@click.command("verify")
@click.option("--head", metavar="HASH", help="A published chain head, to be part of the chain.")
@click.option("--all", "every", is_flag=True, help="Tell all that is wrong, not only the first.")
@click.pass_obj
def command(path: Path, head: str | None, every: bool) -> int:
    """Read every payload and every record again; check digests, the chain, and the file itself.

    Names the first record that is not as it was kept, and counts the others. Prints the chain
    head, which stands for all that was kept: publish it, and nobody can alter what was before.
    With --head, a head that was published earlier must still be part of the chain.

    Exits 3 when anything is not as it was kept. Example: reworded verify
    """
    from crawler.clock import SystemClock
    from crawler.config import load
    from crawler.showing import show_verified
    from crawler.verifying import verify

    found = verify(load(path).archive, SystemClock().now(), head)
    show_verified(found, head, every=every)
    is_lost = head is not None and found.pinned is None
    return 3 if found.faults or is_lost else 0
