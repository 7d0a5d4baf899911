"""Which changes that were told come out otherwise, when history is read again."""

import json
from collections.abc import Iterable, Mapping

from crawler.config import Source
from diffs.report.jsonl import change_json
from snapshots.archive import Archive
from snapshots.archive.errata import Erratum, What
from snapshots.records import ChangeRecord

# What a change is known by from one reading to the next: its kind, item and new snapshot.
Identity = tuple[str, str, int]


def told_of(archive: Archive, source: str) -> Mapping[Identity, ChangeRecord]:
    """Return the changes that are told of a source now, by what each is known by."""
    return by_identity(archive.knowledge.changes(sources=(source,)))


def by_identity(records: Iterable[ChangeRecord]) -> Mapping[Identity, ChangeRecord]:
    """Return changes by what each is known by from one reading to the next, in their order."""
    return {(str(r.change.kind), r.change.item.key, r.seen.new.id): r for r in records}


def differing(
    archive: Archive,
    source: Source,
    before: Mapping[Identity, ChangeRecord],
    recipe_before: str | None,
    after: Mapping[Identity, ChangeRecord] | None = None,
) -> tuple[Erratum, ...]:
    """Return how the changes of a source differ from those that were told before.

    ``after`` are what a scratch told, whose numbers mean nothing; None: what is told now.
    """
    is_kept = after is None
    now = told_of(archive, source.key) if after is None else after
    withdrawn = archive.errata.withdrawn_numbers(source.key)
    errata = []
    for identity in (*before, *(each for each in now if each not in before)):
        old, new = before.get(identity), now.get(identity)
        number = old.id if old else withdrawn.get(identity)
        if number is None and new is not None and is_kept:
            number = new.id
        told = [_json(record, number) if record else None for record in (old, new)]
        if told[0] != told[1]:
            what = _what(old, new, is_restored=identity in withdrawn)
            errata.append(
                Erratum(
                    source=source.key,
                    change=number,
                    what=what,
                    before=told[0],
                    after=told[1],
                    recipe_before=recipe_before,
                    recipe_after=source.reading_digest,
                )
            )
    return tuple(errata)


def _json(record: ChangeRecord, number: int | None) -> str:
    return json.dumps({**change_json(record), "id": number}, ensure_ascii=False)


def _what(old: ChangeRecord | None, new: ChangeRecord | None, *, is_restored: bool) -> What:
    if new is None:
        return What.WITHDRAWN
    if old is not None:
        return What.ALTERED
    return What.RESTORED if is_restored else What.NEW
