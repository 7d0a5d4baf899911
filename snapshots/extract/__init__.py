"""Payload to items: pure functions, bytes in and items out."""

from snapshots.extract.extract import Reading, extract, unite

__all__ = ["Reading", "extract", "unite"]
