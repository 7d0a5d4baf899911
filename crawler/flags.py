"""What an item's past says of a change: that a wording is back, that it flaps, that a date is odd.

Pure: values in, findings out.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from diffs.compare import WORDED, values
from diffs.match import folded
from snapshots.archive.knowledge import Version
from snapshots.records import Change, Item, Snapshot

# A wording has settled when it has stood so long, and been read on so many visits.
SETTLED_AFTER = timedelta(days=7)
SETTLED_VISITS = 3
# Three swings between two wordings that never settle are flapping when they fall within this.
FLAPPING_WITHIN = timedelta(days=90)
# A new item is backdated when its date is older than the last visit by more than this,
# beyond the lag with which the listing usually shows its items.
BACKDATED_AFTER = timedelta(days=14)
# That lag is what three in four of so many earlier additions kept to; with fewer, none.
LAG_ADDITIONS = 50
FEWEST_ADDITIONS = 4
USUAL_SHARE = 0.75

_DATED = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?(?:T.*)?")


class Stand(NamedTuple):
    """What some fields of an item said, folded, and the first snapshot that said it."""

    said: tuple[str | None, ...]
    first: Snapshot


def wording_back(versions: Sequence[Version], change: Change) -> Version | None:
    """Return the latest ended version that had the wording a change brings back, or None.

    A change of wording is judged by its wording alone, another by all that changed.
    """
    new = {name: value.new for name, value in change.fields.items()}
    back = {name: text for name, text in new.items() if name in WORDED} or new
    same = [v for v in versions if v.until and back and _says(v.item, back)]
    return same[-1] if same else None


def stands(
    versions: Sequence[Version], names: Sequence[str], item: Item, snapshot: Snapshot
) -> list[Stand]:
    """Return what the named fields said one after the other; the last is what an item now says."""
    told = [Stand(_said(v.item, names), v.first) for v in versions]
    found: list[Stand] = []
    for stand in (*told, Stand(_said(item, names), snapshot)):
        if not found or found[-1].said != stand.said:
            found.append(stand)
    return found


def take_turns(found: Sequence[Stand]) -> bool:
    """Whether the last four stands are A, B, A, B, and their three swings close together."""
    if len(found) < 4:
        return False
    a, b, again, now = found[-4:]
    is_alternating = a.said == again.said and b.said == now.said
    return is_alternating and now.first.captured_at - b.first.captured_at <= FLAPPING_WITHIN


def is_settled(since: datetime, until: datetime, visits: int) -> bool:
    """Whether a wording that was read so often over a time has settled."""
    return until - since >= SETTLED_AFTER and visits >= SETTLED_VISITS


def is_backdated(
    published: str | None, last_visit: datetime, earlier: Sequence[tuple[str, datetime]]
) -> bool:
    """Whether a new item is dated well before the visit that still lacked it.

    ``earlier`` are the dates of earlier additions, each with the last visit without it.
    """
    lag = _lag(published, last_visit)
    return lag is not None and lag > BACKDATED_AFTER + usual_lag(earlier)


def usual_lag(earlier: Sequence[tuple[str, datetime]]) -> timedelta:
    """Return how late a listing usually shows an item: what three in four additions kept to."""
    found = (_lag(published, last_visit) for published, last_visit in earlier)
    lags = sorted(lag for lag in found if lag is not None)
    if len(lags) < FEWEST_ADDITIONS:
        return timedelta()
    return max(timedelta(), lags[int(USUAL_SHARE * (len(lags) - 1))])


def _lag(published: str | None, last_visit: datetime) -> timedelta | None:
    """From the end of the day, or month, that a page states to a visit; None for no date."""
    day = _latest_day(published or "")
    return last_visit.astimezone(UTC).date() - day if day else None


def _latest_day(written: str) -> date | None:
    found = _DATED.fullmatch(written)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if year is None or month is None or day is not None:
            return date(year or 0, month or 0, day or 0)
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def _said(item: Item, names: Sequence[str]) -> tuple[str | None, ...]:
    said = dict(values(item))
    return tuple(folded(said.get(name)) for name in names)


def _says(item: Item, wording: Mapping[str, str | None]) -> bool:
    """Whether an earlier version of an item had the wording that is back."""
    said = dict(values(item))
    return all(folded(said.get(name)) == folded(text) for name, text in wording.items())
