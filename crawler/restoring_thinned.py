"""Thinnings in a file that we wrote: payloads whose bytes went where the file comes from."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from snapshots.archive.rows import moment
from snapshots.archive.thinnings import Thinning


@dataclass(slots=True)
class Thinned:
    """What a file tells of thinnings, by the numbers that records have in it.

    They come after the visits that they are of, and are read ahead.
    """

    thinnings: dict[object, Thinning] = field(default_factory=dict)
    _sizes: dict[str, tuple[object, int]] = field(default_factory=dict)

    def tells(self, visit: object, digest: str) -> bool:
        """Whether a payload that a visit saw went by a rule, so that it has no bytes."""
        thinning, _ = self._sizes.get(digest, (None, 0))
        return thinning is not None and visit in dict(self.thinnings[thinning].visits)

    def of(self, digest: str) -> tuple[datetime, int]:
        """Return when a payload's bytes went, and how many they were."""
        thinning, size_bytes = self._sizes[digest]
        return self.thinnings[thinning].thinned_at, size_bytes

    def is_of(self, digest: str, thinning: object) -> bool:
        """Whether a payload's bytes went by a thinning."""
        return self._sizes.get(digest, (None, 0))[0] == thinning

    def add(self, row: Mapping[str, Any], digests: Mapping[object, str], now: datetime) -> None:
        """Add a thinning by its row; ``digests`` are the captures' before it, by number.

        Raises:
            ValueError: it is none that we write, or did not note any sizes yet.
        """
        thinning = thinning_of(row)
        sizes = json.loads(row["sizes"])
        told = {digests[capture]: size for capture, size in sizes}
        if thinning.thinned_at > now or not all(type(n) is int and n >= 0 for n in told.values()):
            raise ValueError("a thinning of the future, or of no size")
        self.thinnings[row["id"]] = thinning
        self._sizes |= {digest: (row["id"], size) for digest, size in told.items()}


def thinning_of(row: Mapping[str, Any]) -> Thinning:
    """Return a thinning by its row, with the numbers that visits have there.

    Raises:
        ValueError: it is none that we write.
    """
    texts = [row[name] for name in ("source", "rule", "recipe_digest")]
    numbers = [row["payloads"], row["size_bytes"]]
    visits = tuple((visit, before) for visit, before in json.loads(row["visits"]))
    if not _are(str, texts) or not _are(int, (*numbers, *(n for pair in visits for n in pair))):
        raise ValueError("a thinning with other values than we write")
    return Thinning(
        source=texts[0],
        thinned_at=moment(row["thinned_at"]),
        rule=texts[1],
        recipe_digest=texts[2],
        payloads=numbers[0],
        size_bytes=numbers[1],
        from_at=moment(row["from_at"]),
        to_at=moment(row["to_at"]),
        visits=visits,
    )


def _are(kind: type, values: Iterable[object]) -> bool:
    return all(type(value) is kind for value in values)
