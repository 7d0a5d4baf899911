"""What a rule lets go, told: how much, and what can then no longer be proved."""

from collections.abc import Iterator

from crawler.retention import Plan, Stretch
from diffs.report.phrases import counted, moment
from diffs.report.text import paragraph
from snapshots.archive.rows import stamp

# How many stretches a person is shown; machines get all.
MOST_STRETCHES = 12


def plan_json(planned: Plan, *, is_done: bool) -> dict[str, object]:
    """Return a plan as ``--format jsonl`` prints it."""
    return {
        "source": planned.source,
        "rule": planned.rule,
        "thinned": is_done and bool(planned.digests),
        "payloads": len(planned.digests),
        "size_bytes": planned.size_bytes,
        "visits": [visit for visit, _ in planned.visits],
        "stretches": [
            {"from": stamp(s.from_at), "to": stamp(s.to_at), "captures": s.captures}
            for s in planned.stretches
        ],
    }


def plan_lines(planned: Plan, *, is_done: bool, width: int) -> Iterator[str]:
    """Yield what goes, or went, and what each stretch can no longer prove."""
    if not planned.digests:
        yield f"{planned.source}: nothing to thin ({planned.rule})"
        return
    went = "went" if is_done else "would go"
    payloads = counted(len(planned.digests), "payload")
    yield from paragraph(
        f"{planned.source}: {payloads} {went}, {size(planned.size_bytes)} ({planned.rule})",
        width=width,
    )
    for stretch in planned.stretches[:MOST_STRETCHES]:
        yield from paragraph(_lost(stretch), indent="  ", width=width)
    if len(planned.stretches) > MOST_STRETCHES:
        yield f"  … and {len(planned.stretches) - MOST_STRETCHES} more such stretches"
    yield from paragraph(
        "What is known stays, row by row; every change, both sides of its interval, probes and "
        "doubted visits keep their bytes. Read with another recipe, the visits of a thinned "
        "stretch prove nothing.",
        indent="  ",
        width=width,
    )


def size(size_bytes: int) -> str:
    """Return a size in words, e.g. ``1.2 MB``."""
    if size_bytes < 1000:
        return counted(size_bytes, "byte")
    amount, units = size_bytes / 1000, ["kB", "MB", "GB", "TB"]
    while amount >= 999.95 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.1f} {units[0]}"


def _lost(stretch: Stretch) -> str:
    when = f"between {moment(stretch.from_at)} and {moment(stretch.to_at)}"
    if stretch.from_at == stretch.to_at:
        when = f"at {moment(stretch.from_at)}"
    return (
        f"{when}, {counted(stretch.captures, 'capture')}: only digests and times remain; that "
        "the page said the same can no longer be shown from the bytes"
    )
