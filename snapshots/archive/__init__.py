"""The archive: one SQLite file, evidence below and knowledge above. The one door to SQLite."""

from snapshots.archive.archive import Archive
from snapshots.archive.knowledge import Standing, StandingItem
from snapshots.archive.outbox import Message
from snapshots.archive.status import LastVisit
from snapshots.archive.step import Probe, Step, Told, Unseen

__all__ = [
    "Archive",
    "LastVisit",
    "Message",
    "Probe",
    "Standing",
    "StandingItem",
    "Step",
    "Told",
    "Unseen",
]
