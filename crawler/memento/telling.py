"""What an import of mementos is told, and tells."""

import re
from datetime import timedelta

from crawler.memento.backfill import Backfilled
from crawler.terminal import remark, say
from diffs.report.phrases import counted
from snapshots.errors import ConfigError

_INTERVAL = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
# So many problems are told; a broken archive has thousands.
MOST_TOLD = 20


def interval(written: str) -> timedelta:
    """Return the interval that a user writes, such as ``7d``.

    Raises:
        ConfigError: it is none.
    """
    found = _INTERVAL.fullmatch(written.strip().lower())
    length = int(found[1]) * _UNITS[found[2]] if found else timedelta()
    if not length:
        raise ConfigError(f"--every {written}: write a number of hours, days or weeks: 12h, 7d, 4w")
    return length


def tell(source: str, done: Backfilled) -> int:
    """Print what an import came to; return 0, or 1 where something is lacking."""
    for problem in done.problems[:MOST_TOLD]:
        remark(f"reworded: {problem}")
    if len(done.problems) > MOST_TOLD:
        remark(f"reworded: … and {len(done.problems) - MOST_TOLD} more")
    known = f" ({done.repeats} known to be equal without asking)" if done.repeats else ""
    left_out = "".join(f", {count} left out ({why})" for why, count in done.left_out.items())
    say(
        f"{source}: {counted(done.taken, 'capture')} imported as kept by {done.keeper}{known}, "
        f"{done.held} held already{left_out}; {counted(len(done.changes), 'change')}"
    )
    if done.is_stopped:
        remark("there is more to be had: the same command goes on where this one stopped")
    return int(bool(done.problems) or done.is_stopped)
