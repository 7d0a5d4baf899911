"""What an item's past says of a change: on a scripted listing, a day between visits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.flags import is_backdated, usual_lag
from snapshots.archive import Archive
from snapshots.records import ChangeRecord, Flag, Outcome
from tests.dated import ALIENS, BUDGET, HARBOR, NONCITIZENS, Library, Row, listing, report
from tests.support import Answer, Site, page


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Site() as site, Archive.to_write(tmp_path / "archive.sqlite") as archive:
        yield Library(site, archive)


def flags(records: tuple[ChangeRecord, ...]) -> list[tuple[Flag, ...]]:
    return [record.change.flags for record in records]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (report(NONCITIZENS), [(Flag.STEALTH,)]),
        (report(NONCITIZENS, "2021-05-02"), [()]),
        (report(ALIENS, "2021-05-02"), [(Flag.DATE_BUMP,)]),
        (report(ALIENS, "2021-05-02", "Yearly Report"), [()]),
        (report(ALIENS.replace(".", "")), [(Flag.PUNCTUATION,)]),
        (report(title="Yearly Report"), [(Flag.STEALTH,)]),
        (report(NONCITIZENS, ""), [()]),
    ],
    ids=[
        "wording_alone",
        "wording_and_date",
        "date_alone",
        "title_and_date",
        "marks_alone",
        "title_alone",
        "wording_and_a_date_that_is_dropped",
    ],
)
def test_a_change_is_held_against_the_items_date(
    library: Library, after: Row, told: list[tuple[Flag, ...]]
) -> None:
    library.day(report(), BUDGET, HARBOR)

    assert flags(library.day(after, BUDGET, HARBOR)) == told


def test_a_wording_of_an_item_without_a_date_is_no_stealth(library: Library) -> None:
    library.day(report(dated=""), BUDGET, HARBOR)

    assert flags(library.day(report(NONCITIZENS, ""), BUDGET, HARBOR)) == [()]


def test_a_date_column_that_the_page_ceased_to_show_makes_no_stealth(library: Library) -> None:
    bare = [
        (n, title, summary, "") for n, title, summary, _ in (report(NONCITIZENS), BUDGET, HARBOR)
    ]
    library.day(report(), BUDGET, HARBOR)

    assert flags(library.day(*bare)) == [()]


# Backdated additions.


@pytest.mark.parametrize(
    ("dated", "told"),
    [
        ("2021-03-01", [(Flag.BACKDATED,)]),
        ("2021-04", [()]),
        ("2021-03", [(Flag.BACKDATED,)]),
        ("2021-04-25", [()]),
        ("2021-05-02", [()]),
        ("soon", [()]),
        ("", [()]),
    ],
)
def test_a_new_item_dated_well_before_the_last_visit_is_backdated(
    library: Library, dated: str, told: list[tuple[Flag, ...]]
) -> None:
    library.day(BUDGET, HARBOR)

    assert flags(library.day((7, "Ferry Times", "When they sail.", dated), BUDGET, HARBOR)) == told


def test_an_old_item_that_may_have_moved_up_from_beyond_the_end_is_not_backdated(
    library: Library,
) -> None:
    ferries = (7, "Ferry Times", "When they sail.", "2019-03-01")
    library.day(report(), BUDGET, HARBOR)

    assert flags(library.day(report(), HARBOR, ferries)) == [(), ()]


def test_an_old_item_that_is_back_is_returned_and_not_backdated(library: Library) -> None:
    library.site["/doc/2"] = Answer(status=404)
    library.day(report(), BUDGET, HARBOR)
    library.day(report(), HARBOR)

    assert flags(library.day(report(), BUDGET, HARBOR)) == [(Flag.RETURNED,)]


def test_a_listing_that_is_always_late_backdates_only_what_is_later_still() -> None:
    visit = datetime(2021, 5, 1, tzinfo=UTC)
    earlier = [("2021-04-01", visit + timedelta(days=n)) for n in range(4)]

    assert usual_lag(earlier) == timedelta(days=32)
    assert usual_lag(earlier[:3]) == timedelta()
    assert is_backdated("2021-03-20", visit, earlier[:3])
    assert not is_backdated("2021-03-20", visit, earlier)
    assert is_backdated("2021-03-10", visit, earlier)


# Flapping.


def test_two_wordings_that_take_turns_are_told_as_flapping_once_and_then_held(
    library: Library,
) -> None:
    told = library.swing("ABABABAB")

    assert [flags(records) for records in told] == [
        [],
        [(Flag.STEALTH,)],
        [(Flag.STEALTH, Flag.REVERTED)],
        [(Flag.STEALTH, Flag.REVERTED, Flag.FLAPPING)],
        [],
        [],
        [],
        [],
    ]


def test_a_swing_that_is_held_is_new_and_says_so(library: Library) -> None:
    library.swing("ABAB")
    library.site["/library"] = listing(report(ALIENS), BUDGET, HARBOR)

    visit = library.watcher.visit(library.source).visit

    assert (visit.outcome, visit.reason) == (
        Outcome.NEW,
        "1 going back and forth: held until the wording stands still",
    )


def test_the_net_result_is_told_once_when_a_wording_has_stood_for_a_week(library: Library) -> None:
    library.swing("ABABA")

    told = library.swing("AAAAAAAAA")

    assert [len(records) for records in told] == [0, 0, 0, 0, 0, 0, 1, 0, 0]
    (net,) = told[6]
    knowledge = library.watcher.archive.knowledge
    assert (net.change.fields["summary"].old, net.change.fields["summary"].new) == (
        NONCITIZENS,
        ALIENS,
    )
    assert net.change.flags == (Flag.STEALTH, Flag.REVERTED)
    assert (net.seen.old.id, net.seen.new.id, net.seen.good_visits_between) == (4, 5, 0)
    assert library.is_awaiting() is False
    assert [record.id for record in knowledge.changes()] == [1, 2, 3, 4]


def test_nothing_is_told_when_it_settles_on_the_wording_told_last(library: Library) -> None:
    library.swing("ABABAB")

    assert library.swing("BBBBBBBB") == [()] * 8
    assert library.is_awaiting() is False


def test_after_it_has_settled_another_swing_is_told_at_once(library: Library) -> None:
    library.swing("ABABA" + "A" * 7)

    assert [flags(records) for records in library.swing("BA")] == [
        [(Flag.STEALTH, Flag.REVERTED)],
        [(Flag.STEALTH, Flag.REVERTED)],
    ]


def test_a_third_wording_is_told_at_once(library: Library) -> None:
    library.swing("ABABA")

    (change,) = library.day(report("A wholly other text about boats."), BUDGET, HARBOR)

    assert Flag.FLAPPING not in change.change.flags


def test_another_field_that_changes_meanwhile_is_told_and_the_swing_is_not_lost(
    library: Library,
) -> None:
    library.swing("ABABA")

    (retitled,) = library.day(report(ALIENS, title="Yearly Report"), BUDGET, HARBOR)
    later = [library.day(report(ALIENS, title="Yearly Report"), BUDGET, HARBOR) for _ in range(8)]

    (net,) = [record for records in later for record in records]
    assert retitled.change.changed == ("title",)
    assert net.change.changed == ("summary",)
    assert net.change.fields["summary"].new == ALIENS
    assert (net.seen.old.id, net.seen.new.id) == (4, 5)


def test_of_a_held_swing_what_else_changed_is_told_and_the_swing_later(library: Library) -> None:
    library.swing("ABAB")

    (retitled,) = library.day(report(ALIENS, title="Yearly Report"), BUDGET, HARBOR)
    later = [library.day(report(ALIENS, title="Yearly Report"), BUDGET, HARBOR) for _ in range(8)]

    (net,) = [record for records in later for record in records]
    assert (retitled.change.changed, retitled.change.flags) == (("title",), (Flag.STEALTH,))
    assert net.change.changed == ("summary",)
    assert net.change.fields["summary"].new == ALIENS
    assert (net.seen.old.id, net.seen.new.id, net.seen.good_visits_between) == (4, 12, 7)


def test_a_held_swing_is_told_though_the_item_changes_when_it_has_settled(
    library: Library,
) -> None:
    library.swing("ABAB")
    quiet = [library.day(report(ALIENS, title="Yearly Report"), BUDGET, HARBOR) for _ in range(7)]
    library.watcher.clock.at += timedelta(days=30)

    net, retitled = library.day(report(ALIENS, title="Report of the Year"), BUDGET, HARBOR)

    assert [len(records) for records in quiet] == [1, 0, 0, 0, 0, 0, 0]
    assert (net.change.changed, retitled.change.changed) == (("summary",), ("title",))
    assert net.change.fields["summary"].new == ALIENS
    assert (net.seen.old.id, net.seen.new.id) == (4, 11)
    assert (retitled.seen.old.id, retitled.seen.new.id) == (11, 12)
    before = library.rows()
    library.rebuild()
    assert library.rows() == before


def test_a_swing_is_held_though_another_field_changes_with_an_earlier_one(
    library: Library,
) -> None:
    library.swing("AB")

    told = [
        library.day(report(text, title="Yearly Report"), BUDGET, HARBOR)
        for text in (ALIENS, NONCITIZENS, ALIENS, NONCITIZENS)
    ]

    assert [flags(records) for records in told] == [
        [(Flag.STEALTH,)],
        [(Flag.STEALTH, Flag.REVERTED, Flag.FLAPPING)],
        [],
        [],
    ]


def test_a_date_that_goes_with_a_swing_is_held_with_it(library: Library) -> None:
    sides = (report(), report(NONCITIZENS, "2021-05-02"))

    told = [library.day(sides[n % 2], BUDGET, HARBOR) for n in range(6)]

    assert [len(records) for records in told] == [0, 1, 1, 1, 0, 0]
    assert told[3][0].change.flags == (Flag.REVERTED, Flag.FLAPPING)


def test_of_a_held_swing_a_new_date_is_told_alone_and_is_no_bump(library: Library) -> None:
    library.swing("ABAB")

    (dated,) = library.day(report(ALIENS, "2021-05-02"), BUDGET, HARBOR)

    assert (dated.change.changed, dated.change.flags) == (("published",), ())


def test_swings_far_apart_are_told_each(library: Library) -> None:
    told = []
    for letter in "ABABAB":
        told += library.swing(letter)
        library.watcher.clock.at += timedelta(days=50)

    assert [len(records) for records in told] == [0, 1, 1, 1, 1, 1]
    assert Flag.FLAPPING not in {
        flag for records in told for each in flags(records) for flag in each
    }


def test_an_item_that_flaps_is_removed_as_any_other(library: Library) -> None:
    library.site["/doc/1"] = Answer(status=404)
    library.swing("ABABA")

    (gone,) = library.day(BUDGET, HARBOR)

    assert (str(gone.change.kind), gone.change.fields["summary"].old) == ("removed", ALIENS)
    assert library.is_awaiting() is False


@pytest.mark.parametrize(
    "letters", ["ABABABAB", "ABABAAAAAAAAAB", "ABABABBBBBBBBBBA", "AABBABABAA"]
)
def test_rebuilding_with_flapping_gives_the_same_rows(library: Library, letters: str) -> None:
    library.swing(letters)
    before = library.rows()

    library.rebuild()

    assert library.rows() == before


def test_rebuilding_a_swing_that_is_told_in_part_gives_the_same_rows(library: Library) -> None:
    library.swing("ABAB")
    for _ in range(9):
        library.day(report(ALIENS, title="Yearly Report"), BUDGET, HARBOR)
    before = library.rows()

    library.rebuild()

    assert library.rows() == before


def test_a_pages_paragraph_that_takes_turns_is_held_too(library: Library) -> None:
    library.source = library.page()
    told = []
    for text in (ALIENS, NONCITIZENS) * 3:
        library.site["/page"] = page("It stays as it is.", text)
        told.append(library.watcher.visit(library.source).changes)

    assert [flags(records) for records in told] == [
        [],
        [()],
        [(Flag.REVERTED,)],
        [(Flag.REVERTED, Flag.FLAPPING)],
        [],
        [],
    ]
