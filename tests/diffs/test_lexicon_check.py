"""What is wrong with a lexicon."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from diffs.lexicon import Pack, Term, pack_of
from diffs.lexicon_check import findings, shape_problems

SHIPPED = sorted((Path(__file__).parents[2] / "diffs" / "lexicons").glob("*.toml"))


def told(*terms, exclude=(), **more):
    return findings([Pack(title="p", terms=tuple(terms), exclude=tuple(exclude), **more)])


def test_a_sound_pack_has_nothing_wrong():
    assert told(Term(old="alien", new=("noncitizen",)), exclude=["Alien Tort Statute"]) == []


@pytest.mark.parametrize(
    ("terms", "exclude", "finding"),
    [
        pytest.param(
            [Term(old="alien"), Term(old="Aliens")], [],
            "p: 'alien' stands 2 times (case and inflections are folded)", id="duplicate",
        ),
        pytest.param(
            [Term(old="alien", new=("noncitizen", "non-citizens"))], [],
            "p: 'alien' is given 'noncitizen' twice", id="duplicate replacement",
        ),
        pytest.param(
            [Term(old="alien", new=("migrant",)), Term(old="migrant", new=("person",))], [],
            "p: 'migrant' is both given up and written in place of another", id="overlap",
        ),
        pytest.param(
            [Term(old="illegal alien"), Term(old="alien child")], [],
            "p: 'illegal alien' overlaps 'alien child' in 'illegal alien child';"
            " make that a form of one of them, or exclude it", id="overlapping words",
        ),
        pytest.param(
            [Term(old="alien, migrant")], [],
            "p: 'alien, migrant' is several terms in one; list them apart", id="fused by a comma",
        ),
        pytest.param(
            [Term(old="alien or migrant"), Term(old="alien")], [],
            "p: 'alien or migrant' is several terms in one; list them apart", id="fused by or",
        ),
        pytest.param(
            [Term(old="alien"), Term(old="migrant"), Term(old="alienmigrant")], [],
            "p: 'alienmigrant' holds 'alienmigrant', two terms run together", id="run together",
        ),
        pytest.param(
            [Term(old="alien tort")], ["Alien Torts"],
            "p: 'alien tort' is shadowed: an exclusion takes its place", id="shadowed",
        ),
        pytest.param(
            [Term(old="alien.child"), Term(old="alien"), Term(old="child")], [],
            "p: 'alien.child' never matches as one: other terms take its words", id="split",
        ),
        pytest.param(
            [Term(old="alien*")], [],
            "p: 'alien*' never matches: terms are words, not patterns; list its forms",
            id="pattern",
        ),
        pytest.param([Term(old="…")], [], "p: '…' never matches: it has no word", id="no word"),
        pytest.param(
            [Term(old="those who")], [],
            "p: 'those who' says nothing by itself: it would match everywhere", id="stop words",
        ),
        pytest.param(
            [Term(old="alien")], ["Green Card"],
            "p: the exclusion 'Green Card' never matches: it holds no watched term", id="idle",
        ),
    ],
)  # fmt: skip
def test_it_tells(terms, exclude, finding):
    assert finding in told(*terms, exclude=exclude)


def test_an_overlap_that_a_form_settles_is_none():
    longer = Term(old="alien child", forms=("illegal alien child",))

    assert told(Term(old="illegal alien"), longer) == []


def test_a_pack_ends_after_it_begins():
    found = told(Term(old="alien"), since=date(2025, 1, 1), until=date(2021, 1, 1))

    assert found == ["p: ends on 2021-01-01, before it begins on 2025-01-01"]


def test_a_term_that_another_pack_excludes_is_told():
    packs = [
        Pack(title="a", terms=(Term(old="alien tort"),)),
        Pack(title="b", terms=(Term(old="alien"),), exclude=("Alien Tort",)),
    ]

    assert findings(packs) == ["a: 'alien tort' is shadowed: an exclusion takes its place"]


def test_wrong_shapes_are_told():
    table = tomllib.loads('titel = "x"\nexclude = [1]\n[[term]]\nnew = "noncitizen"')

    assert list(shape_problems(table)) == [
        "there is no setting 'titel'; there are title, since, until, sources, exclude, term",
        "exclude must be a list of texts in quotes",
        "term 1: new must be a list, not 'noncitizen'",
        "term 1: lacks 'old', the term to watch",
    ]


def test_the_packs_of_the_program_are_clean_and_name_their_sources():
    tables = [tomllib.loads(path.read_text("utf-8")) for path in SHIPPED]
    packs = [pack_of(table, "") for table in tables]

    assert [path.stem for path in SHIPPED] == ["ice-cbp-2021", "ice-cbp-2025"]
    assert [list(shape_problems(table)) for table in tables] == [[], []]
    assert findings(packs) == []
    assert all(pack.sources and pack.since for pack in packs)
