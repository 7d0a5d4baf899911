"""The view of substitutions: the counts of the statistic, and bounds on chance."""

from random import Random

import pytest

from diffs.terms import count
from snapshots.archive import Archive

THEN, LATER = "2021-05-01T00:00:00Z", "2025-02-01T00:00:00Z"


MONTHS = [f"202{year}-{month:02}-01T00:00:00Z" for year in range(1, 5) for month in range(1, 13)]


@pytest.fixture
def archive(tmp_path):
    with Archive.to_write(tmp_path / "archive.sqlite") as archive:
        for number, at in enumerate((THEN, LATER, *MONTHS), 1):
            archive.db.execute(
                "INSERT INTO visits (id, source, started_at, finished_at, outcome)"
                " VALUES (?, 'ice', ?, ?, 'new')",
                (number, at, at),
            )
            archive.db.execute(
                "INSERT INTO snapshots (id, source, captured_at, is_complete, item_count,"
                " recipe_digest, digests) VALUES (?, 'ice', ?, 1, 9, '', '[]')",
                (number, at),
            )
        yield archive


def write(archive, old, new, items, snapshot=1):
    """Let a phrase become another in some items at a snapshot."""
    for item in items:
        cursor = archive.db.execute(
            "INSERT INTO changes (source, kind, changed, flags, item, fields, old_snapshot,"
            " new_snapshot, good_visits_between, longest_gap_s)"
            " VALUES ('ice', 'changed', '[]', '[]', ?, '{}', 1, ?, 0, 0)",
            (f"{item}-{old}", snapshot),
        )
        archive.db.execute(
            "INSERT INTO substitutions VALUES (?, 0, ?, ?, ?, ?, '', '')",
            (cursor.lastrowid, old, new, old, new),
        )


def view(archive, columns):
    return archive.db.execute(f"SELECT {columns} FROM phrase_substitutions").fetchall()


def test_the_systematic_come_first(archive):
    for n in range(20):
        write(archive, f"word{n}", f"phrase{n}", [0])
    write(archive, "alien", "noncitizen", range(3))

    found = view(archive, "old, items, replaced_items, written_items, is_systematic")

    assert found[0] == ("alien", 3, 3, 3, 1)
    assert [row[-1] for row in found[1:]] == [0] * 20


def test_a_reversal_years_later_leaves_both_directions_systematic(archive):
    write(archive, "alien", "noncitizen", range(12))
    write(archive, "noncitizen", "alien", range(12), snapshot=2)

    assert view(archive, "old, reverse_items, is_systematic") == [
        ("alien", 12, 1),
        ("noncitizen", 12, 1),
    ]


def test_what_goes_both_ways_at_once_is_chance(archive):
    write(archive, "begin", "start", range(10))
    write(archive, "start", "begin", range(10, 20))

    assert view(archive, "chance_at_most, is_systematic") == [(1.0, 0), (1.0, 0)]


def test_the_bound_is_never_below_the_exact_chance(archive):
    for n in range(30):
        write(archive, f"word{n % 7}", f"phrase{n % 4}", [n])
    write(archive, "alien", "noncitizen", range(3))
    write(archive, "alien", "migrant", range(5, 7))

    bounds = {(old, new): bound for old, new, bound in view(archive, "old, new, chance_at_most")}

    exact = {(c.old, c.new): c.chance for c in count(archive.knowledge.substitutions())}
    assert bounds.keys() == exact.keys()
    assert all(bounds[pair] >= exact[pair] - 1e-12 for pair in exact)


def test_the_bound_is_exact_where_a_phrase_became_one_other_at_once(archive):
    for month in range(40):
        write(archive, f"word{month % 7}", f"phrase{month % 4}", [month], snapshot=month + 3)
    write(archive, "homeless", "unhoused", range(5), snapshot=9)
    write(archive, "equity", "fairness", range(4), snapshot=20)
    write(archive, "fairness", "equity", range(4), snapshot=30)

    bounds = {row[0]: row[1:] for row in view(archive, "old, chance_at_most, is_systematic")}

    exact = {c.old: c for c in count(archive.knowledge.substitutions())}
    for old in ("homeless", "equity", "fairness"):
        bound, is_systematic = bounds[old]
        assert bound == pytest.approx(exact[old].chance)
        assert is_systematic
        assert exact[old].is_systematic


def test_the_view_ranks_what_went_by_chance_as_the_command_does(archive):
    draw = Random(3)
    for n in range(400):
        pair = f"word{draw.randrange(12)}", f"phrase{draw.randrange(12)}"
        write(archive, *pair[:: draw.choice((1, -1))], [n], snapshot=draw.randrange(3, 50))

    bounds = {row[:2]: row[2:] for row in view(archive, "old, new, chance_at_most, is_systematic")}

    exact = {(c.old, c.new): c for c in count(archive.knowledge.substitutions())}
    assert all(bounds[pair][0] >= exact[pair].chance - 1e-12 for pair in exact)
    assert {pair for pair in bounds if bounds[pair][1]} <= {
        p for p in exact if exact[p].is_systematic
    }
