"""What is to be sent to whom, and what was."""

from datetime import UTC, datetime, timedelta

import pytest
from support import Site, Watcher, page, page_source

from snapshots.archive import Archive, Message

AT = datetime(2021, 6, 1, 7, tzinfo=UTC)


@pytest.fixture
def lived(site: Site, watcher: Watcher) -> Archive:
    """An archive with two changes, the first before a destination was known."""
    source = page_source(site)
    for words in ("Aliens were held.", "Noncitizens were held.", "Noncitizens were freed."):
        site["/page"] = page(words, "Fees are due in May.")
        if words.endswith("freed."):
            watcher.archive.outbox.begin("desk", AT)
        watcher.visit(source)
    return watcher.archive


def test_only_what_was_told_since_a_destination_is_known_is_news_to_it(lived: Archive) -> None:
    assert lived.outbox.news("desk") == [2]
    assert lived.outbox.news("nobody") == []


def test_what_was_noted_is_no_news_any_more_and_waits(lived: Archive) -> None:
    lived.outbox.note("desk", [2], AT)
    lived.outbox.note("desk", [2], AT + timedelta(days=1))

    assert lived.outbox.news("desk") == []
    assert lived.outbox.waiting("desk") == ((2,), AT)


def test_a_change_in_a_message_stays_in_it_until_it_is_sent(lived: Archive) -> None:
    outbox = lived.outbox
    outbox.note("desk", [1, 2], AT)
    outbox.put("desk", [2], "m1")
    outbox.put("desk", [1, 2], "m2")

    assert outbox.unsent("desk") == [Message("m2", (1,)), Message("m1", (2,))]
    outbox.sent("desk", "m1", AT)
    assert outbox.unsent("desk") == [Message("m2", (1,))]
    assert outbox.waiting("desk") is None


def test_failures_are_counted_until_something_is_taken(lived: Archive) -> None:
    outbox = lived.outbox
    outbox.note("desk", [2], AT)
    outbox.put("desk", [2], "m1")
    outbox.failed("desk", "it answered 500", AT)
    outbox.failed("desk", "no connection", AT)

    (told,) = outbox.deliveries()
    assert (told.unsent, told.failures, told.failure) == (1, 2, "no connection")
    outbox.sent("desk", "m1", AT)
    (told,) = outbox.deliveries()
    assert (told.unsent, told.failures, told.failure, told.sent_at) == (0, 0, None, AT)


def test_what_takes_the_place_of_a_change_that_was_not_sent_yet_is_news(lived: Archive) -> None:
    lived.outbox.note("desk", [2], AT)
    renumber(lived, 2, 9)

    assert lived.outbox.news("desk") == [9]
    lived.outbox.note("desk", [9], AT)
    assert lived.outbox.waiting("desk") == ((9,), AT)
    assert lived.outbox.news("desk") == []


def test_what_takes_the_place_of_a_change_that_was_sent_is_no_news(lived: Archive) -> None:
    lived.outbox.note("desk", [2], AT)
    lived.outbox.put("desk", [2], "m1")
    lived.outbox.sent("desk", "m1", AT)
    renumber(lived, 2, 9)

    assert lived.outbox.news("desk") == []


def renumber(archive: Archive, old: int, new: int) -> None:
    """Have a change come out otherwise, as when a source's history is read anew."""
    archive.db.execute("DELETE FROM substitutions WHERE change = ?", (old,))
    archive.db.execute("UPDATE changes SET id = ? WHERE id = ?", (new, old))


def test_a_destination_that_is_known_stays_as_it_is(lived: Archive) -> None:
    lived.outbox.begin("desk", AT + timedelta(days=9))

    assert lived.outbox.news("desk") == [2]
