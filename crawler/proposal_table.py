"""What was found on a page, as a table for people: lines of text, no wider than asked."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from textwrap import wrap

from crawler.adding import Proposal
from crawler.config_writing import table_of
from diffs.report.passage import clean
from diffs.report.phrases import counted
from snapshots.records import Item

SHOWN_ITEMS = 3
SHOWN_TERMS = 8
_MARGIN = 13
_BAR = 10
_BOLD = "1"


def lines(proposal: Proposal, *, width: int = 80, colour: bool = False) -> Iterator[str]:
    """Yield what was found on a page, what it would be called, and the table to be written."""
    found = proposal.found
    yield _painted(_cut(proposal.capture.final_url, width), colour)
    yield ""
    kind = "a listing of items" if found.is_listing else "one page of text"
    yield from _row("read as", f"{kind}, confidence {found.confidence:.2f}", width)
    for reason in found.reasons:
        yield from _row("", reason, width, "· ")
    yield from _items(proposal, width)
    if found.is_listing:
        yield from _fields(found.shares, width)
        yield from _row("next page", found.next_url or "none found: one page is all", width)
        yield from _row("dates", _dates(found.items), width)
    yield from _row("robots.txt", proposal.robots, width)
    yield from _row("terms", _terms(proposal), width)
    yield from _row("changes", _changes(proposal), width)
    yield ""
    yield "To be written:"
    yield ""
    for line in table_of(proposal.addition).splitlines():
        yield f"  {clean(line)}".rstrip()


def _items(proposal: Proposal, width: int) -> Iterator[str]:
    items, is_listing = proposal.found.items, proposal.found.is_listing
    told = counted(len(items), "item" if is_listing else "block")
    more = " on this page" if is_listing and proposal.found.next_url else ""
    yield from _row("found", told + more, width)
    for number, item in enumerate(items[:SHOWN_ITEMS], 1):
        head = item.title or item.text or item.summary or item.url or ""
        yield _line("", f"{number}. {clean(head)}", width)
        for said in (item.url, item.published) if is_listing else ():
            if said and said != head:
                yield _line("", f"   {clean(said)}", width)


def _fields(shares: Mapping[str, float], width: int) -> Iterator[str]:
    column = min(max(map(len, shares)), 20)
    label = "fields"
    for name, share in shares.items():
        bar = "█" * max(1, round(share * _BAR))
        yield _line(label, f"{_cut(name, column):<{column}} {share:>5.0%} {bar}", width)
        label = ""


def _dates(items: Sequence[Item]) -> str:
    said = [item.published for item in items if item.published]
    understood = sorted(day for each in said if (day := _day(each)))
    if not said:
        return "none found"
    if not understood:
        return f"none of {len(said)} understood; kept as the page writes them"
    span = f"{understood[0]} to {understood[-1]}"
    rest = len(said) - len(understood)
    kept = f"; {rest} kept as the page writes them" if rest else ""
    return f"{len(understood)} of {len(said)} understood, {span}{kept}"


def _day(written: str) -> str | None:
    """The first day of a date in ISO 8601, which may be a month or an interval."""
    start = written.partition("/")[0][:10]
    try:
        return date.fromisoformat(start if len(start) > 7 else f"{start}-01").isoformat()
    except ValueError:
        return None


def _terms(proposal: Proposal) -> str:
    ranked = sorted(proposal.terms.items(), key=lambda pair: (-pair[1], pair[0]))
    told = [f"{clean(term)} {number}" for term, number in ranked[:SHOWN_TERMS]]
    if more := len(ranked) - len(told):
        told.append(f"and {more} more")
    return " · ".join(told) or "none of the lexicon"


def _changes(proposal: Proposal) -> str:
    """How often the page changed, as far as is known, and what schedule follows."""
    known, schedule = proposal.pace, clean(proposal.source.schedule)
    if known is None:
        return f"not known yet; to be visited {schedule}"
    days = max(1, round(known.span_s / 86_400))
    seen = f"{counted(known.changes, 'change')} in {counted(known.visits, 'visit')}"
    return f"{seen} over {counted(days, 'day')} held; to be visited {schedule}"


def _row(label: str, text: str, width: int, bullet: str = "") -> Iterator[str]:
    """A label, and its text beside it on as many lines as it needs."""
    room = max(20, width - _MARGIN - len(bullet))
    parts = wrap(clean(text), room, break_on_hyphens=False) or [""]
    for number, part in enumerate(parts):
        lead = bullet if number == 0 else " " * len(bullet)
        yield f"{label if number == 0 else '':<{_MARGIN}}{lead}{part}".rstrip()


def _line(label: str, text: str, width: int) -> str:
    return f"{label:<{_MARGIN}}{_cut(text, width - _MARGIN)}".rstrip()


def _cut(text: str, most: int) -> str:
    text = clean(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _painted(line: str, colour: bool) -> str:
    return f"\x1b[{_BOLD}m{line}\x1b[0m" if colour else line
