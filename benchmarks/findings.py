"""A report of as many invented changes as are asked for: the same for the same number."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from crawler.lexicons import shipped
from diffs.importance import importance
from diffs.lexicon import lexicon_of
from diffs.report import view
from diffs.watched import watched
from diffs.wording import reword
from snapshots.records import (
    Change,
    ChangeRecord,
    FieldChange,
    Flag,
    Item,
    Kind,
    Match,
    Outcome,
    Seen,
    Snapshot,
    SourceStatus,
    Verdict,
)

SOURCES = 27
SNAPSHOTS = 400
SUMMARY_WORDS = 40
START = datetime(2021, 1, 1, tzinfo=UTC)
WORDS = (
    "policy detention review agency report facility standard noncitizen border release custody "
    "hearing officer record transfer medical family court data privacy"
).split()


def report(number: int) -> view.Report:
    """Return a report of so many changes over 27 sources, nine in ten of them of wording."""
    lexicon = lexicon_of([shipped("ice-cbp-2021")])
    changes = tuple(sorted(_changes(number), key=lambda record: (record.source, record.id)))
    touched = {r.id: found for r in changes if (found := watched(r.change, lexicon))}
    return view.Report(
        made_at=START + timedelta(days=SNAPSHOTS),
        version="0.1",
        since=None,
        until=None,
        sources=tuple(_status(f"s{place}") for place in range(SOURCES)),
        changes=changes,
        substitutions=(),
        failures=(),
        watched=touched,
        importance={r.id: importance(r.change, touched.get(r.id, ())) for r in changes},
    )


def _changes(number: int) -> Iterator[ChangeRecord]:
    random = Random(number)
    snapshots = [_snapshot(place) for place in range(SNAPSHOTS)]
    for place in range(number):
        at = place % (SNAPSHOTS - 1)
        yield ChangeRecord(
            id=place + 1,
            source=f"s{place % SOURCES}",
            change=_change(random, place),
            seen=Seen(
                old=snapshots[at],
                new=snapshots[at + 1],
                good_visits_between=2,
                longest_gap_s=86_400,
            ),
        )


def _change(random: Random, place: int) -> Change:
    old = _text(random, SUMMARY_WORDS)
    new = old.replace("noncitizen", "alien", 1).replace("custody", "detention", 1) + " more"
    item = Item(
        key=f"k{place}",
        title=_text(random, 6).title(),
        url=f"https://agency.example/publication/{place}",
        summary=new,
        section="Enforcement",
    )
    if place % 13 == 0:
        return Change(kind=Kind.REMOVED, item=item, verdict=Verdict.GONE)
    if place % 10 == 0:
        return Change(kind=Kind.ADDED, item=item)
    return Change(
        kind=Kind.CHANGED,
        item=item,
        changed=("summary",),
        fields={"summary": FieldChange(old, new, tuple(reword(old, new)))},
        match=Match("link", 1.0),
        flags=(Flag.STEALTH,) if place % 3 else (),
    )


def _text(random: Random, words: int) -> str:
    return " ".join(random.choice(WORDS) for _ in range(words))


def _snapshot(place: int) -> Snapshot:
    return Snapshot(
        id=place + 1,
        source=f"s{place % SOURCES}",
        captured_at=START + timedelta(days=place),
        digests=(f"sha256:{place:064x}",),
    )


def _status(source: str) -> SourceStatus:
    return SourceStatus(
        source=source,
        title=f"Agency: list {source}",
        url=f"https://agency.example/{source}",
        visits=SNAPSHOTS,
        first_at=START,
        last_at=START,
        last_good_at=START,
        last_outcome=Outcome.NEW,
        last_reason=None,
        items=100,
    )
