"""Items and substitutions as the documented JSON records."""

from datetime import UTC, datetime

from diffs.report import jsonl
from snapshots.records import Item, Substitution, SubstitutionCount

OLD, NEW = datetime(2020, 12, 15, tzinfo=UTC), datetime(2021, 6, 1, tzinfo=UTC)


def test_an_item_is_told_with_what_it_does_not_state() -> None:
    assert jsonl.item_json(Item(key="k", text="Words.", fields={"block": "paragraph"})) == {
        "key": "k",
        "title": None,
        "url": None,
        "summary": None,
        "published": None,
        "section": None,
        "text": "Words.",
        "fields": {"block": "paragraph"},
    }


def test_a_substitution_is_told_with_every_context() -> None:
    context = Substitution(
        change=7,
        source="ice",
        item="k1",
        old="aliens",
        new="noncitizens",
        at=NEW,
        context_old="… aliens.",
        context_new="… noncitizens.",
    )
    count = SubstitutionCount(
        old="aliens",
        new="noncitizens",
        places=4,
        items=3,
        sources=1,
        first=OLD,
        last=NEW,
        reverse_places=0,
        contexts=(context,),
    )

    assert jsonl.substitution_json(count) == {
        "old": "aliens",
        "new": "noncitizens",
        "places": 4,
        "items": 3,
        "sources": 1,
        "first": "2020-12-15T00:00:00Z",
        "last": "2021-06-01T00:00:00Z",
        "reverse_places": 0,
        "contexts": [{"change": 7, "old": "… aliens.", "new": "… noncitizens."}],
    }
