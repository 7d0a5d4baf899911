"""When a source is to be visited, and since when it should have been seen: pure rules."""

from dataclasses import replace
from datetime import datetime, timedelta

from crawler.config import Source
from crawler.schedule import interval_s, next_time
from snapshots.archive import LastVisit
from snapshots.records import SourceStatus

FIRST_RETRY_S = 900
# More doublings than fit between two visits of any schedule.
MOST_DOUBLINGS = 20
LEAST_GRACE_S = 3600
# A visit may begin a little early, so that a daily cron line never misses a day.
SLACK_S = 60


def due_at(source: Source, last_at: datetime, bad_visits: int) -> datetime:
    """Return when a source that was visited then is to be visited again.

    ``bad_visits`` counts those since the last good one. After a visit that saw nothing, the
    next is a quarter of an hour later, and after each further one twice as long as before,
    but never later than by its schedule.
    """
    scheduled = next_time(source.schedule, source.timezone, last_at)
    if not bad_visits:
        return scheduled
    wait_s = FIRST_RETRY_S * 2 ** min(bad_visits - 1, MOST_DOUBLINGS)
    return min(scheduled, last_at + timedelta(seconds=wait_s))


def is_due(source: Source, last: LastVisit | None, now: datetime) -> bool:
    """Whether a source last visited then, or never, is to be visited now."""
    if last is None:
        return True
    due = due_at(source, last.at, last.bad_visits)
    is_counted = last.bad_visits > 0 or interval_s(source.schedule) is not None
    slack = min(timedelta(seconds=SLACK_S), (due - last.at) / 2) if is_counted else timedelta()
    return due - slack <= now


def overdue_at(source: Source, seen_at: datetime) -> datetime:
    """Return from when on a source that was last seen then is overdue.

    It is the second time of its schedule after that, and at least an hour after the first:
    one visit may fail without an alarm, two in turn may not.
    """
    first = next_time(source.schedule, source.timezone, seen_at)
    second = next_time(source.schedule, source.timezone, first)
    return max(second, first + timedelta(seconds=LEAST_GRACE_S))


def with_freshness(source: Source, status: SourceStatus, now: datetime) -> SourceStatus:
    """Return what was looked at of a source, with what is due of it and whether it is overdue.

    A source that was never seen well is overdue as long after its first visit as another
    after its last good one; a source that was never visited is overdue at once.
    """
    if status.last_at is None or status.first_at is None:
        return replace(status, due_at=None, is_overdue=True)
    due = due_at(source, status.last_at, status.bad_visits)
    is_overdue = overdue_at(source, status.last_good_at or status.first_at) <= now
    return replace(status, due_at=due, is_overdue=is_overdue)
